# Part of logistics_crm. License LGPL-3 or later.
"""What else the criteria read: small tables beside the facts, one row per customer each.

All of them answer as of the closing date. The facts of the customer file are those of the day of
computing: preparing a campaign is completing them.
"""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

# Concessions with a figure of their own.
VISIT_KINDS = ("visit", "gift")
CLAIM_KINDS = ("claim",)
# Grows until the money comes: computed from the settlement as of the closing date instead.
LATE_KIND = "late_payment"
# Years back that the growth of a customer's own business may be drawn from.
BUSINESS_YEARS = 3


class LogisticsScreening(models.Model):
    _inherit = "logistics.screening"

    def _further_sources(self):
        """Names of common table expressions and their SELECTs; areas add theirs by override.

        Each has one row per ``customer_id``, or per ``partner_id`` (commercial entity).
        """
        return {
            "given": self._given_sql(),
            "quoted": self._quoted_sql(),
            "promised": self._promised_sql(),
            "complained": self._complained_sql(),
            "compensated": self._compensated_sql(),
            "contracted": self._contracted_sql(),
            "business": self._business_sql(),
            "wallet": self._wallet_sql(),
            "gated": self._gated_sql(),
        }

    def _given_sql(self):
        """Concessions, claims, visits and gifts of the year, from the concession ledger.

        Claims read from credit notes are left to ``_compensated_sql``: they count once.
        """
        return SQL(
            """
            SELECT w.customer_id,
                   sum(w.amount) FILTER (WHERE w.in_margin AND w.kind NOT IN %(claims)s)
                       AS given_on_price,
                   sum(w.amount) FILTER (WHERE NOT w.in_margin AND w.kind IN %(visits)s)
                       AS visit_cost,
                   sum(w.amount) FILTER (WHERE NOT w.in_margin AND w.kind IN %(claims)s
                                           AND w.derived IS NOT TRUE) AS claim_cost,
                   sum(w.amount) FILTER (WHERE NOT w.in_margin AND w.kind NOT IN %(apart)s)
                       AS concession_cost,
                   count(*) FILTER (WHERE NOT w.in_margin AND w.amount IS NULL)
                       AS unknown_cost_count
              FROM logistics_concession w
             WHERE w.company_id = %(company)s AND w.active AND w.kind <> %(late)s
               AND w.date BETWEEN %(start)s AND %(as_of)s
             GROUP BY w.customer_id
            """,
            visits=VISIT_KINDS,
            claims=CLAIM_KINDS,
            apart=(*VISIT_KINDS, *CLAIM_KINDS),
            late=LATE_KIND,
            company=self.company_id.id,
            start=self.date_from,
            as_of=self.as_of,
        )

    def _quoted_sql(self):
        """Quotations that were decided in the year: confirmed, cancelled, or expired."""
        return SQL(
            """
            SELECT rp.commercial_partner_id AS partner_id, count(*) AS quote_count,
                   count(*) FILTER (WHERE so.state = 'sale') AS quote_won
              FROM sale_order so
              JOIN res_partner rp ON rp.id = so.partner_id
             WHERE so.company_id = %(company)s
               AND so.date_order >= %(start)s AND so.date_order < %(end)s
               AND (so.state IN ('sale', 'cancel')
                    OR so.state = 'sent' AND COALESCE(so.validity_date, %(start)s) < %(as_of)s)
             GROUP BY rp.commercial_partner_id
            """,
            company=self.company_id.id,
            start=self.date_from,
            end=self.as_of + timedelta(days=1),
            as_of=self.as_of,
        )

    def _promised_sql(self):
        """Payment promises whose last day lay in the year, and those that were kept."""
        return SQL(
            """
            SELECT customer_id, count(*) AS promise_count,
                   count(*) FILTER (WHERE state = 'kept' AND kept_on <= date_deadline)
                       AS promises_kept
              FROM logistics_payment_promise
             WHERE company_id = %(company)s AND state IN ('kept', 'partly', 'broken')
               AND date_deadline BETWEEN %(start)s AND %(as_of)s
             GROUP BY customer_id
            """,
            company=self.company_id.id,
            start=self.date_from,
            as_of=self.as_of,
        )

    def _complained_sql(self):
        """Complaints received in the year, and what came of them by the closing date."""
        if "logistics.complaint" not in self.env:
            return SQL(
                "SELECT NULL::int AS customer_id, 0 AS complaint_count,"
                " NULL::float8 AS complaint_justified, NULL::float8 AS complaint_unjustified"
                " WHERE FALSE"
            )
        judged = SQL(
            "verdict IN ('justified', 'partly', 'not_justified')"
            " AND (closed_on IS NULL OR closed_on <= %s)",
            self.as_of,
        )
        return SQL(
            """
            SELECT customer_id, count(*) AS complaint_count,
                   sum(CASE verdict WHEN 'justified' THEN 1 WHEN 'partly' THEN 0.5 ELSE 0 END)
                       FILTER (WHERE %(judged)s)::float8 AS complaint_justified,
                   sum(CASE verdict WHEN 'not_justified' THEN 1 WHEN 'partly' THEN 0.5 ELSE 0 END)
                       FILTER (WHERE %(judged)s)::float8 AS complaint_unjustified
              FROM logistics_complaint
             WHERE company_id = %(company)s AND %(counting)s
               AND received_on BETWEEN %(start)s AND %(as_of)s
             GROUP BY customer_id
            """,
            judged=judged,
            counting=self.env["logistics.complaint.repeat"]._counting_sql(),
            company=self.company_id.id,
            start=self.date_from,
            as_of=self.as_of,
        )

    def _compensated_sql(self):
        """What complaints cost in the year as far as the gross margin does not have it yet.

        The lines of their credit notes, untaxed and by accounting date like all trade. Only
        those without a known cost: the gross margin looks at lines of known cost and has the
        others already, so that no credit note counts twice.
        """
        nothing = SQL("SELECT NULL::int AS partner_id, 0 AS compensation WHERE FALSE")
        if "logistics.complaint" not in self.env:
            return nothing
        partners = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT p.commercial_partner_id
                  FROM account_move m JOIN res_partner p ON p.id = m.partner_id
                 WHERE m.logistics_complaint_id IS NOT NULL AND m.state = 'posted'
                   AND m.company_id = %s AND m.date BETWEEN %s AND %s
                """,
                self.company_id.id,
                self.date_from,
                self.as_of,
            )
        )
        if not partners:
            return nothing
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=self.company_id,
            date_from=self.date_from,
            date_to=self.as_of,
            partner_ids=[row[0] for row in partners],
        )
        return SQL(
            """
            SELECT f.partner_id, -sum(f.amount) AS compensation
              FROM %s AS f
              JOIN account_move m ON m.id = f.document_id
             WHERE m.logistics_complaint_id IS NOT NULL AND f.cost IS NULL
             GROUP BY f.partner_id
            """,
            facts,
        )

    def _contracted_sql(self):
        """The signed contracts on the closing date: one that runs, else the last that ended."""
        return SQL(
            """
            SELECT customer_id,
                   CASE WHEN bool_or(running) THEN 'running' ELSE 'ended' END AS contract_state,
                   CASE WHEN bool_or(running AND date_end IS NULL) THEN NULL
                        WHEN bool_or(running) THEN max(date_end) FILTER (WHERE running)
                        ELSE max(date_end) END AS contract_until
              FROM (SELECT customer_id, date_end,
                           COALESCE(date_end >= %(as_of)s, TRUE) AS running
                      FROM logistics_contract
                     WHERE company_id = %(company)s AND state = 'signed'
                       AND date_start <= %(as_of)s AND COALESCE(date_issue, date_start) <= %(as_of)s
                   ) k
             GROUP BY customer_id
            """,
            company=self.company_id.id,
            as_of=self.as_of,
        )

    def _last_full_year(self):
        """The last calendar year that had ended on the closing date."""
        return (self.as_of + timedelta(days=1)).year - 1

    def _business_sql(self):
        """Yearly growth of the customers' own revenue, up to the screened year."""
        return SQL(
            """
            SELECT DISTINCT ON (f.partner_id) f.partner_id, f.year::varchar AS business_year,
                   (power(f.revenue::float8 / b.revenue::float8, 1.0 / (f.year - b.year)) - 1)
                       AS business_growth
              FROM logistics_partner_financial f
              JOIN logistics_partner_financial b
                ON b.partner_id = f.partner_id AND b.currency_id = f.currency_id
               AND b.year < f.year AND b.year >= f.year - %(years)s AND b.revenue > 0
             WHERE f.revenue IS NOT NULL AND f.year BETWEEN %(year)s - %(years)s AND %(year)s
             ORDER BY f.partner_id, f.year DESC, b.year DESC, f.id, b.id
            """,
            years=BUSINESS_YEARS,
            year=self._last_full_year(),
        )

    @api.model
    def _rate_sql(self, currency, day):
        """Rate of a currency on a day by the company's rates; NULL when there is none by then.

        Not Odoo's own fall-back to the first later rate, or to 1: a spend that cannot be
        converted is not known.
        """
        return SQL(
            """
            (SELECT r.rate FROM res_currency_rate r
              WHERE r.currency_id = %(currency)s AND r.name <= %(day)s
                AND (r.company_id IS NULL OR r.company_id = %(root)s)
              ORDER BY r.company_id, r.name DESC LIMIT 1)
            """,
            currency=currency,
            day=day,
            root=self.company_id.root_id.id,
        )

    def _wallet_sql(self):
        """What customers spent on logistics, in company currency at the end of that year.

        Of half a year: half of what the year's spend was.
        """
        day = SQL("make_date(f.year, 12, 31)")
        return SQL(
            """
            SELECT DISTINCT ON (f.partner_id) f.partner_id, f.year AS wallet_year,
                   (f.logistics_spend * %(share)s::float8
                    * CASE WHEN f.currency_id = %(home)s THEN 1
                        ELSE COALESCE(%(home_rate)s, 1) / %(rate)s END)::float8 AS wallet_spend
              FROM logistics_partner_financial f
             WHERE f.logistics_spend > 0 AND f.year BETWEEN %(first)s AND %(last)s
             ORDER BY f.partner_id, f.year DESC, f.id DESC
            """,
            share=self._months() / 12,
            home=self.currency_id.id,
            home_rate=self._rate_sql(self.currency_id.id, day),
            rate=self._rate_sql(SQL("f.currency_id"), day),
            first=self.year - 1,
            last=self._last_full_year(),
        )

    def _missing_rates(self):
        """Currencies in which a spend of these two years cannot be converted.

        :return: ``[(currency name, year, customers)]``
        """
        self.ensure_one()
        return self.env.execute_query(
            SQL(
                """
                SELECT cu.name, f.year, count(*)
                  FROM logistics_partner_financial f
                  JOIN res_currency cu ON cu.id = f.currency_id
                  JOIN logistics_screening_line l ON l.partner_id = f.partner_id
                   AND l.screening_id = %(screening)s AND l.folded IS NOT TRUE
                 WHERE f.logistics_spend > 0 AND f.currency_id <> %(home)s
                   AND f.year BETWEEN %(first)s AND %(last)s AND %(rate)s IS NULL
                 GROUP BY cu.name, f.year ORDER BY cu.name, f.year
                """,
                screening=self.id,
                home=self.currency_id.id,
                first=self.year - 1,
                last=self._last_full_year(),
                rate=self._rate_sql(SQL("f.currency_id"), SQL("make_date(f.year, 12, 31)")),
            )
        )

    def _gated_sql(self):
        """The latest arrears gate up to the screened year, as it stood on the closing date.

        What the gate of the screened year lists was open on its last day by definition; of an
        older one, what the settlement facts still have open counts.
        """
        return SQL(
            """
            SELECT DISTINCT ON (g.customer_id) g.customer_id,
                   CASE WHEN g.lifted_on::date <= %(as_of)s THEN 'lifted'
                        WHEN make_date(g.year, 12, 31) = %(as_of)s THEN 'open'
                        WHEN EXISTS (
                             SELECT 1 FROM logistics_arrears_gate_item i
                              WHERE i.gate_id = g.id
                                AND (i.source = 'history' AND i.document = ANY (s.open_documents)
                                     OR i.move_id IN (SELECT l.move_id FROM account_move_line l
                                                       WHERE l.id = ANY (s.open_lines))))
                        THEN 'open' ELSE 'settled' END AS gate_state
              FROM logistics_arrears_gate g
              JOIN logistics_customer c ON c.id = g.customer_id
              LEFT JOIN settled s ON s.partner_id = c.partner_id
             WHERE g.company_id = %(company)s AND g.year <= %(year)s
             ORDER BY g.customer_id, g.year DESC
            """,
            company=self.company_id.id,
            year=self._last_full_year(),
            as_of=self.as_of,
        )
