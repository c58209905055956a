# Part of logistics_crm. License LGPL-3 or later.
"""The raw figures of a line, from the sources; docs/screening.md explains every one."""

from odoo import models
from odoo.tools import SQL

from .screening_period import month_number

# Raw figures of a line that the sources beside the facts give, as named in ``figure``.
FURTHER_FIGURES = (
    *("given_on_price", "concession_cost", "late_payment_cost", "claim_cost", "visit_cost"),
    *("unknown_cost_count", "net_margin", "net_margin_rate"),
    *("disputed_count", "disputed_amount", "gate_state"),
    *("market_influence", "development_potential", "innovation_ability"),
    *("business_growth", "business_year", "share_of_wallet", "contract_state", "contract_until"),
    *("quote_count", "quote_conversion", "promise_count", "promises_kept"),
    *("complaint_count", "complaint_justified", "complaint_unjustified"),
)


class LogisticsScreening(models.Model):
    _inherit = "logistics.screening"

    def _figure_sql(self):
        """Raw figures per customer account, from the facts and the sources beside them.

        A customer without any line in a year has revenue 0 (known); with lines of which no
        amount is known the revenue is NULL (unknown).
        """
        rate = self.company_id.logistics_capital_rate
        return SQL(
            """
            SELECT x.*,
                   x.gross_margin - x.costs AS net_margin,
                   x.margin_rate - COALESCE((x.costs / NULLIF(GREATEST(x.revenue, 0), 0))::float8,
                                            0) AS net_margin_rate
              FROM (
                SELECT c.id AS customer_id, c.partner_id, c.user_id, c.country_id,
                       COALESCE(c.name, p.complete_name, c.ref) AS customer_name,
                       c.value_class, c.credit_grade_code, c.lifecycle_stage, c.customer_type_id,
                       y.trade_days > 0 AS traded,
                       f.first_trade_date >= %(start)s AS is_new,
                       y.lines AS line_count, y.known_lines AS known_line_count,
                       y.lines_previous, y.lines_before,
                       y.trade_days, y.active_months,
                       CASE WHEN y.lines = 0 THEN 0 ELSE y.quantity END AS quantity,
                       CASE WHEN y.lines = 0 THEN 0 ELSE y.amount END AS revenue,
                       COALESCE(y.turnover, 0) AS turnover,
                       CASE WHEN y.lines_previous = 0 THEN 0 ELSE y.amount_previous END
                           AS revenue_previous,
                       CASE WHEN y.lines_before = 0 THEN 0 ELSE y.amount_before END
                           AS revenue_before,
                       y.amount / NULLIF(y.known_quantity, 0)::numeric AS average_price,
                       CASE WHEN f.cost_coverage > 0 THEN y.margin END AS gross_margin,
                       CASE WHEN f.cost_coverage > 0 AND y.costed_amount > 0
                            THEN (y.margin / y.costed_amount)::float8 END AS margin_rate,
                       f.cost_coverage,
                       COALESCE(y.known_lines::float8 / NULLIF(y.lines, 0), 0) AS amount_coverage,
                       y.late AS late_count,
                       y.on_time::float8 / NULLIF(y.on_time + y.late, 0) AS on_time_rate,
                       f.first_trade_date,
                       (%(as_of)s::date - f.first_trade_date) / 365.25::float8 AS tenure_years,
                       COALESCE(s.due_count, 0) AS due_count,
                       s.due_amount, s.collected_share, s.late_share, s.average_days_late,
                       s.open_amount, s.open_debt, s.overdue_amount,
                       COALESCE(s.has_overdue, FALSE) AS has_overdue,
                       COALESCE(s.disputed_count, 0) AS disputed_count,
                       CASE WHEN s.disputed_count > 0 THEN s.disputed_amount ELSE 0 END
                           AS disputed_amount,
                       y.active_months::float8 / f.months AS regularity,
                       COALESCE(y.month_data, '{}'::jsonb) AS month_data,
                       l.judged_future, l.judged_cooperation,
                       COALESCE(given.given_on_price, 0) AS given_on_price,
                       COALESCE(given.concession_cost, 0) AS concession_cost,
                       f.claim_cost,
                       COALESCE(given.visit_cost, 0) AS visit_cost,
                       COALESCE(given.unknown_cost_count, 0) AS unknown_cost_count,
                       CASE WHEN COALESCE(s.waited, 0) = 0 THEN 0 ELSE f.late_cost END
                           AS late_payment_cost,
                       COALESCE(given.concession_cost, 0) + f.claim_cost
                           + COALESCE(given.visit_cost, 0) + COALESCE(f.late_cost, 0) AS costs,
                       gated.gate_state,
                       c.market_influence, c.development_potential, c.innovation_ability,
                       business.business_growth, business.business_year,
                       (CASE WHEN wallet.wallet_year = %(wallet_year)s
                             THEN CASE WHEN y.lines = 0 THEN 0 ELSE y.amount END
                             ELSE CASE WHEN y.lines_previous = 0 THEN 0 ELSE y.amount_previous END
                        END)::float8 / NULLIF(wallet.wallet_spend, 0) AS share_of_wallet,
                       contracted.contract_state, contracted.contract_until,
                       COALESCE(quoted.quote_count, 0) AS quote_count,
                       quoted.quote_won::float8 / NULLIF(quoted.quote_count, 0)
                           AS quote_conversion,
                       COALESCE(promised.promise_count, 0) AS promise_count,
                       promised.promises_kept::float8 / NULLIF(promised.promise_count, 0)
                           AS promises_kept,
                       COALESCE(complained.complaint_count, 0) AS complaint_count,
                       complained.complaint_justified, complained.complaint_unjustified
                  FROM traded y
                  JOIN logistics_customer c ON c.partner_id = y.partner_id
                                           AND c.company_id = %(company)s
                  JOIN res_partner p ON p.id = c.partner_id
                  LEFT JOIN early e ON e.partner_id = y.partner_id
                  LEFT JOIN settled s ON s.partner_id = y.partner_id
                  LEFT JOIN given ON given.customer_id = c.id
                  LEFT JOIN quoted ON quoted.partner_id = y.partner_id
                  LEFT JOIN promised ON promised.customer_id = c.id
                  LEFT JOIN complained ON complained.customer_id = c.id
                  LEFT JOIN compensated ON compensated.partner_id = y.partner_id
                  LEFT JOIN contracted ON contracted.customer_id = c.id
                  LEFT JOIN business ON business.partner_id = y.partner_id
                  LEFT JOIN wallet ON wallet.partner_id = y.partner_id
                  LEFT JOIN gated ON gated.customer_id = c.id
                  LEFT JOIN logistics_screening_line l
                         ON l.screening_id = %(screening)s AND l.customer_id = c.id
                        AND l.folded IS NOT TRUE
                  CROSS JOIN LATERAL (
                        SELECT LEAST(c.first_trade_date, e.first_date, y.first_date)
                                   AS first_trade_date,
                               COALESCE((y.covered / NULLIF(y.turnover, 0))::float8,
                                        CASE WHEN y.margin IS NULL THEN 0 ELSE 1 END)
                                   AS cost_coverage,
                               round((s.waited * %(rate)s::float8 / 36500)::numeric, %(digits)s)
                                   AS late_cost,
                               COALESCE(given.claim_cost, 0) + COALESCE(compensated.compensation, 0)
                                   AS claim_cost,
                               %(last_month)s + 1 - %(first_month)s AS months
                       ) f
              ) x
            """,
            start=self.date_from,
            as_of=self.as_of,
            wallet_year=self._last_full_year() if self.is_interim else self.year,
            rate=None if rate is False else rate,
            digits=self.currency_id.decimal_places,
            company=self.company_id.id,
            screening=self.id,
            last_month=self.as_of.year * 12 + self.as_of.month,
            first_month=month_number(
                SQL(
                    """GREATEST(LEAST(c.first_trade_date, e.first_date, y.first_date,
                                      %s::date), %s::date)""",
                    self.as_of,
                    self.date_from,
                )
            ),
        )
