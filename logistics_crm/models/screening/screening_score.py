# Part of logistics_crm. License LGPL-3 or later.
"""From raw figures to points, total and proposal; docs/screening.md explains every formula."""

from odoo import api, models
from odoo.tools import SQL

# Money that comes this late on average earns no points for punctuality.
WORST_DAYS_LATE = 60
# A relation of this many years has proven itself.
PROVEN_YEARS = 5

# What each rule proposes, in the order in which the rules are asked; the first that holds wins.
PROPOSAL_OF_RULE = {
    "stopped_overdue": "rectify",
    "overdue": "rectify",
    "late_payer": "rectify",
    "stopped": "maintain",
    "no_profit_no_potential": "wind_down",
    "loss": "rectify",
    "unknown_amount": "maintain",
    "top": "keep",
    "new": "develop",
    "returned": "develop",
    "growing": "develop",
    "steady": "maintain",
}


def clamped(expression):
    """SQL for ``expression`` kept within 0..1; NULL stays NULL (plain GREATEST drops NULL)."""
    return SQL("CASE WHEN (%(x)s) IS NOT NULL THEN GREATEST(0, LEAST(1, %(x)s)) END", x=expression)


def known_average(parts):
    """SQL for the weighted mean of those ``(weight, expression)`` that are not NULL."""
    return SQL(
        "(%s) / NULLIF(%s, 0)",
        SQL(" + ").join(SQL("COALESCE(%s * (%s), 0)", weight, x) for weight, x in parts),
        SQL(" + ").join(
            SQL("CASE WHEN (%s) IS NULL THEN 0 ELSE %s END", x, weight) for weight, x in parts
        ),
    )


class LogisticsScreening(models.Model):
    _inherit = "logistics.screening"

    def _figure_sql(self):
        """Raw figures per customer account, from ``traded``, ``settled`` and ``early``.

        A customer without any line in a year has revenue 0 (known); with lines of which no
        amount is known the revenue is NULL (unknown).
        """
        return SQL(
            """
            SELECT c.id AS customer_id, c.partner_id, c.user_id, c.country_id,
                   COALESCE(c.name, p.complete_name, c.ref) AS customer_name,
                   c.value_class, c.credit_grade_code, c.lifecycle_stage,
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
                   y.active_months::float8 / f.months AS regularity,
                   COALESCE(y.month_data, '{}'::jsonb) AS month_data,
                   l.judged_future, l.judged_cooperation
              FROM traded y
              JOIN logistics_customer c ON c.partner_id = y.partner_id
                                       AND c.company_id = %(company)s
              JOIN res_partner p ON p.id = c.partner_id
              LEFT JOIN early e ON e.partner_id = y.partner_id
              LEFT JOIN settled s ON s.partner_id = y.partner_id
              LEFT JOIN logistics_screening_line l
                     ON l.screening_id = %(screening)s AND l.customer_id = c.id
                    AND l.folded IS NOT TRUE
              CROSS JOIN LATERAL (
                    SELECT LEAST(c.first_trade_date, e.first_date, y.first_date)
                               AS first_trade_date,
                           COALESCE((y.covered / NULLIF(y.turnover, 0))::float8,
                                    CASE WHEN y.margin IS NULL THEN 0 ELSE 1 END)
                               AS cost_coverage,
                           EXTRACT(MONTH FROM %(as_of)s::date) + 1 - EXTRACT(MONTH FROM GREATEST(
                               LEAST(c.first_trade_date, e.first_date, y.first_date,
                                     %(as_of)s::date),
                               %(start)s::date)) AS months
                   ) f
            """,
            start=self.date_from,
            as_of=self.as_of,
            company=self.company_id.id,
            screening=self.id,
        )

    @api.model
    def _ranked_sql(self):
        """Comparisons with the year before and with the other screened customers."""
        return SQL(
            """
            SELECT f.*,
                   CASE WHEN revenue_previous > 0
                        THEN (revenue / revenue_previous - 1)::float8 END AS revenue_change,
                   CASE WHEN revenue IS NULL
                          OR ((line_count > 0)::int + (lines_previous > 0)::int
                              + (lines_before > 0)::int) < 2 THEN NULL
                        WHEN revenue_before > 0
                        THEN sqrt((GREATEST(revenue, 0) / revenue_before)::float8) - 1
                        WHEN revenue_previous > 0
                        THEN (GREATEST(revenue, 0) / revenue_previous)::float8 - 1
                   END AS revenue_trend,
                   CASE WHEN revenue > 0
                        THEN rank() OVER (ORDER BY revenue DESC NULLS LAST) END AS revenue_rank,
                   CASE WHEN revenue > 0
                        THEN (revenue / sum(GREATEST(revenue, 0)) OVER ())::float8
                   END AS revenue_share,
                   CASE WHEN revenue > 0
                        THEN (sum(GREATEST(revenue, 0)) OVER (
                                  ORDER BY revenue DESC NULLS LAST, customer_id
                                  ROWS UNBOUNDED PRECEDING)
                              / sum(GREATEST(revenue, 0)) OVER ())::float8
                   END AS pareto_share,
                   CASE WHEN revenue IS NULL THEN NULL
                        WHEN count(revenue) OVER () = 1 THEN 1
                        ELSE percent_rank() OVER (PARTITION BY revenue IS NULL ORDER BY revenue)
                   END AS volume_rank,
                   CASE WHEN gross_margin IS NULL THEN NULL
                        WHEN count(gross_margin) OVER () = 1 THEN 1
                        ELSE percent_rank() OVER (PARTITION BY gross_margin IS NULL
                                                  ORDER BY gross_margin)
                   END AS margin_rank
              FROM figure f
            """
        )

    @api.model
    def _criteria_sql(self):
        """Share 0..1 each criterion earns, over the columns of ``ranked``; NULL is unknown.

        * volume: rank by revenue among the screened (4) and change against last year (1)
        * margin: rank by gross margin (1) and margin rate against the target (1); nothing for
          a loss
        * safety: share of what fell due that is settled (5), share of the debt that is not
          overdue (3), days late (2)
        * future: yearly growth over three years (7), years of trade (3), judgement (10)
        * cooperation: months with trade (1), items paid on time (1), judgement (1)
        """
        return {
            "volume": known_average(
                [
                    (4, SQL("CASE WHEN revenue IS NOT NULL THEN volume_rank END")),
                    (1, clamped(SQL("(1 + revenue_change) / 2"))),
                ]
            ),
            "margin": SQL(
                "CASE WHEN gross_margin <= 0 THEN 0 WHEN gross_margin > 0 THEN %s END",
                known_average(
                    [
                        (1, SQL("margin_rank")),
                        (1, clamped(SQL("margin_rate / %s", self.target_margin_rate))),
                    ]
                ),
            ),
            "safety": SQL(
                "CASE WHEN due_count > 0 THEN %s END",
                known_average(
                    [
                        (5, clamped(SQL("collected_share"))),
                        (
                            3,
                            clamped(
                                SQL(
                                    "CASE WHEN open_debt > 0 THEN"
                                    " 1 - COALESCE(overdue_amount, 0) / open_debt"
                                    " WHEN open_debt <= 0 THEN 1 END"
                                )
                            ),
                        ),
                        (2, clamped(SQL("1 - average_days_late / %s", WORST_DAYS_LATE))),
                    ]
                ),
            ),
            "future": SQL(
                "CASE WHEN revenue_trend IS NOT NULL OR judged_future IS NOT NULL THEN %s END",
                known_average(
                    [
                        (7, clamped(SQL("0.5 + revenue_trend"))),
                        (3, clamped(SQL("tenure_years / %s", PROVEN_YEARS))),
                        (10, SQL("judged_future")),
                    ]
                ),
            ),
            "cooperation": known_average(
                [
                    (1, clamped(SQL("regularity"))),
                    (1, SQL("1 - late_share")),
                    (1, SQL("judged_cooperation")),
                ]
            ),
        }

    def _scored_sql(self):
        """``ranked`` with the points 0..100 of the five criteria."""
        return SQL(
            "SELECT r.*, %s FROM ranked r",
            SQL(", ").join(
                SQL(
                    "round((100 * (%s))::numeric, 2) AS %s",
                    share,
                    SQL.identifier(f"score_{criterion}"),
                )
                for criterion, share in self._criteria_sql().items()
            ),
        )

    def _totalled_sql(self):
        """``scored`` with the total over the known criteria and the confidence in it."""
        scores = [
            (weight, SQL.identifier(f"score_{criterion}"))
            for criterion, weight in self._weights().items()
        ]
        return SQL(
            """
            SELECT s.*, round((%(total)s)::numeric, 2) AS score_total,
                   ((%(known)s) / 100.0)::float8 AS confidence
              FROM scored s
            """,
            total=known_average(scores),
            known=SQL(" + ").join(
                SQL("CASE WHEN %s IS NULL THEN 0 ELSE %s END", score, weight)
                for weight, score in scores
            ),
        )

    def _rule_conditions(self):
        """Condition of each rule over ``totalled`` and the median total ``m``.

        A rule whose figures are unknown does not hold: nobody is let go for what is not known.
        """
        overdue = SQL(
            "(overdue_amount > 0 AND overdue_amount > %s * COALESCE(due_amount, 0))",
            self.threshold_overdue,
        )
        loss = SQL(
            "(gross_margin <= 0 AND cost_coverage >= %s)", max(self.minimum_cost_coverage, 1e-9)
        )
        return {
            "stopped_overdue": SQL("NOT traded AND %s", overdue),
            "overdue": overdue,
            "late_payer": SQL("average_days_late > %s", self.threshold_days_late),
            "stopped": SQL("NOT traded"),
            "no_profit_no_potential": SQL("%s AND revenue_change <= 0 AND score_future < 50", loss),
            "loss": loss,
            "unknown_amount": SQL("revenue IS NULL"),
            "top": SQL("pareto_share - revenue_share < %s", self.threshold_pareto),
            "new": SQL("is_new"),
            "returned": SQL("lines_previous = 0"),
            "growing": SQL(
                "revenue_change >= %s AND score_total >= m.median", self.threshold_growth
            ),
            "steady": SQL("TRUE"),
        }

    def _judged_sql(self):
        """``totalled`` with the rule that holds and what it proposes."""
        conditions = self._rule_conditions()
        return SQL(
            """
            SELECT *, CASE proposal_rule %(proposals)s END AS proposal
              FROM (SELECT t.*, CASE %(rules)s END AS proposal_rule
                      FROM totalled t
                     CROSS JOIN (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY score_total)
                                            AS median
                                   FROM totalled WHERE traded) m) q
            """,
            rules=SQL(" ").join(
                SQL("WHEN %s THEN %s", conditions[rule], rule) for rule in PROPOSAL_OF_RULE
            ),
            proposals=SQL(" ").join(
                SQL("WHEN %s THEN %s", rule, proposal)
                for rule, proposal in PROPOSAL_OF_RULE.items()
            ),
        )
