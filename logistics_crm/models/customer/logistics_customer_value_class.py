# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL


class LogisticsCustomer(models.Model):
    """What the customer is worth: the value class."""

    _inherit = "logistics.customer"

    @api.model
    def _value_class_update_sql(self, companies):
        """Class every account by its place in the cumulated margin of twelve months.

        Key up to 50 %, core up to 80 %, standard up to 95 %, marginal beyond; none for accounts
        that did not trade in the twelve months. Revenue takes the place of margin where the
        company's margins are mostly unknown.

        :param companies: limit to these ``res.company``; all when empty or None
        """
        return SQL(
            """
            WITH basis AS (
                SELECT c.id, c.company_id, c.trade_days_12m,
                       CASE WHEN avg(CASE WHEN c.margin_12m IS NULL THEN 0.0 ELSE 1.0 END)
                                     FILTER (WHERE c.trade_days_12m > 0)
                                     OVER (PARTITION BY c.company_id) >= 0.5
                            THEN c.margin_12m ELSE c.revenue_12m END AS worth
                  FROM logistics_customer c
                 WHERE c.last_trade_date IS NOT NULL %(company)s
            ),
            positive AS (
                SELECT *, GREATEST(COALESCE(worth, 0), 0) AS gain FROM basis
            ),
            placed AS (
                SELECT id,
                       CASE WHEN trade_days_12m > 0 AND worth IS NOT NULL THEN
                           (sum(gain) OVER by_gain - gain)
                           / NULLIF(sum(gain) OVER (PARTITION BY company_id), 0)
                       END AS place
                  FROM positive
                WINDOW by_gain AS (PARTITION BY company_id ORDER BY gain DESC, id
                                   ROWS UNBOUNDED PRECEDING)
            ),
            classed AS (
                SELECT id, CASE WHEN place IS NULL THEN NULL
                                WHEN place < 0.5 THEN 'key'
                                WHEN place < 0.8 THEN 'core'
                                WHEN place < 0.95 THEN 'standard'
                                ELSE 'marginal' END AS value_class
                  FROM placed
            )
            UPDATE logistics_customer c
               SET value_class = r.value_class
              FROM logistics_customer x
              LEFT JOIN classed r ON r.id = x.id
             WHERE x.id = c.id %(company)s
               AND c.value_class IS DISTINCT FROM r.value_class
         RETURNING c.id
            """,
            company=SQL("AND c.company_id IN %s", tuple(companies.ids)) if companies else SQL(),
        )

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        self.env.execute_query(self._value_class_update_sql(companies))
        return result
