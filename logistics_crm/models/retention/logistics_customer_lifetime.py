# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary

HORIZON_YEARS = 10
# Fewer customers say nothing about how many stay.
ENOUGH = 30


class LogisticsCustomer(models.Model):
    """What a customer has left so far, and what it may still leave."""

    _inherit = "logistics.customer"

    margin_to_date = KnownMonetary(
        readonly=True,
        help="Margin over the whole history, over lines whose cost is known. Empty: no cost is "
        "known.",
    )
    expected_years = KnownFloat(
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Years a customer of this company can be expected to stay: 1 / (1 - s), at most "
        "ten; 0 for lost ones. s is the share that traded in the last twelve months, of those "
        "who had traded before and were not silent for two years. Empty: fewer than 30 of them.",
    )
    lifetime_value = KnownMonetary(
        readonly=True,
        help="Margin to be expected in the next ten years: margin of the last twelve months "
        "times the chance of still being a customer in each year, discounted with the cost of "
        "capital where one is set. Company currency. Empty: the margin or how many customers "
        "stay is not known.",
    )

    @api.model
    def _lifetime_update_sql(self, as_of, companies):
        """Expected years and lifetime value from the figures of the day; ``k`` survival.

        Survival is materialized: with old statistics it would be counted once per account.
        """
        company = SQL("AND x.company_id IN %s", tuple(companies.ids)) if companies else SQL()
        return SQL(
            """
            WITH kept AS MATERIALIZED (
                SELECT x.company_id,
                       count(*) FILTER (WHERE x.last_trade_date > %(as_of)s::date - 365)::float8
                           / count(*) AS s
                  FROM logistics_customer x
                 WHERE x.first_trade_date <= %(as_of)s::date - 365
                   AND x.last_trade_date > %(as_of)s::date - 730 %(company)s
                 GROUP BY x.company_id
                HAVING count(*) >= %(enough)s
            ),
            told AS (
                SELECT x.id,
                       CASE WHEN x.lifecycle_stage = 'lost' THEN 0
                            WHEN x.first_trade_date IS NULL THEN NULL
                            WHEN k.s >= 1 - 1.0 / %(most)s THEN %(most)s
                            ELSE 1 / (1 - k.s) END AS years,
                       CASE WHEN x.lifecycle_stage = 'lost' THEN 0
                            WHEN x.first_trade_date IS NULL THEN NULL
                            ELSE x.margin_12m * q.years END AS value
                  FROM logistics_customer x
                  JOIN res_company co ON co.id = x.company_id
                  LEFT JOIN kept k ON k.company_id = x.company_id
                  LEFT JOIN LATERAL (
                       SELECT sum((k.s / (1 + COALESCE(co.logistics_capital_rate, 0) / 100)) ^ t)
                                  AS years
                         FROM generate_series(1, %(most)s) AS g(t)) q ON k.s IS NOT NULL
                 WHERE x.figures_as_of = %(as_of)s %(company)s
            )
            UPDATE logistics_customer c
               SET expected_years = t.years, lifetime_value = round(t.value::numeric, 2)
              FROM told t
             WHERE t.id = c.id
               AND (c.expected_years, c.lifetime_value)
                   IS DISTINCT FROM (t.years, round(t.value::numeric, 2))
            """,
            as_of=as_of,
            company=company,
            enough=ENOUGH,
            most=HORIZON_YEARS,
        )

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        self.env.cr.execute(self._lifetime_update_sql(as_of, companies))
        return result
