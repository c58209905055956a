# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat


class LogisticsCustomer(models.Model):
    """How long the customer has been under contract without a break."""

    _inherit = "logistics.customer"

    contract_years = KnownFloat(
        readonly=True,
        index=True,
        aggregator="avg",
        digits=(16, 2),
        help="Years of unbroken contract up to today. A gap of no more than the tolerance days "
        "of the settings does not break it. 0: the last contract has run out. Empty: no contract "
        "is recorded.",
    )
    contract_end_date = fields.Date(
        string="Contract Until",
        readonly=True,
        index=True,
        help="The last day of the unbroken contract. Empty: none, or until further notice.",
    )

    def _refresh_contract_years(self, as_of=None, companies=None):
        """Recompute the continuous contract years in one statement.

        Signed contracts that began by then are joined into chains where one begins no later than
        the tolerance after the other's end; the chain that reaches the day, tolerance included,
        counts from its first day to its last, at most to the day.

        :param as_of: date; today when omitted
        :param companies: with an empty recordset, limit to these ``res.company``
        """
        as_of = as_of or fields.Date.context_today(self)
        scope = SQL("TRUE")
        if self:
            scope = SQL("c.id IN %s", tuple(self.ids))
        elif companies:
            scope = SQL("c.company_id IN %s", tuple(companies.ids))
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                WITH span AS (
                    SELECT k.customer_id, k.date_start, co.logistics_contract_gap_days AS gap,
                           COALESCE(k.date_end, '9999-12-31') AS date_end
                      FROM logistics_contract k
                      JOIN logistics_customer c ON c.id = k.customer_id
                      JOIN res_company co ON co.id = c.company_id
                     WHERE k.state = 'signed' AND k.date_start <= %(as_of)s AND %(scope)s
                ),
                broken AS (
                    SELECT *, CASE WHEN date_start - 1 - gap <= max(date_end) OVER (
                                        PARTITION BY customer_id ORDER BY date_start, date_end
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                                   THEN 0 ELSE 1 END AS break
                      FROM span
                ),
                linked AS (
                    SELECT *, sum(break) OVER (PARTITION BY customer_id
                                               ORDER BY date_start, date_end) AS chain
                      FROM broken
                ),
                chain AS (
                    SELECT customer_id, min(date_start) AS date_start, max(date_end) AS date_end,
                           max(gap) AS gap
                      FROM linked GROUP BY customer_id, chain
                ),
                result AS (
                    SELECT DISTINCT ON (customer_id) customer_id,
                           CASE WHEN date_end + gap >= %(as_of)s
                                THEN round((LEAST(date_end, %(as_of)s) - date_start + 1)
                                           / 365.25, 2)
                                ELSE 0 END AS years,
                           CASE WHEN date_end + gap >= %(as_of)s AND date_end < '9999-12-31'
                                THEN date_end END AS until
                      FROM chain ORDER BY customer_id, date_end DESC
                )
                UPDATE logistics_customer c
                   SET contract_years = r.years, contract_end_date = r.until
                  FROM logistics_customer x LEFT JOIN result r ON r.customer_id = x.id
                 WHERE x.id = c.id AND %(scope)s
                   AND (c.contract_years, c.contract_end_date)
                       IS DISTINCT FROM (r.years, r.until)
             RETURNING c.id
                """,
                as_of=as_of,
                scope=scope,
            )
        )
        self.invalidate_model(["contract_years", "contract_end_date"])

    def _refresh_further(self, as_of, companies):
        # Before the others: the value class looks at the contract years.
        self._refresh_contract_years(as_of, companies)
        return super()._refresh_further(as_of, companies)
