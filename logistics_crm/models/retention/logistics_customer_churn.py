# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL


class LogisticsCustomer(models.Model):
    """Who will stop buying: a rank from recency, frequency and value."""

    _inherit = "logistics.customer"

    @api.model
    def _churn_update_sql(self, companies):
        """Rank every account against the others of its company by churn risk.

        Recency counts for half of the weight, frequency for 0.3 and value for 0.2, each as the
        percentage of trading accounts that are better off.

        :param companies: limit to these ``res.company``; all when empty or None
        """
        return SQL(
            """
            WITH ranked AS (
                SELECT id,
                       0.5 * percent_rank() OVER (PARTITION BY company_id
                                                  ORDER BY last_trade_date DESC)
                       + 0.3 * percent_rank() OVER (PARTITION BY company_id
                                                    ORDER BY trade_days_12m DESC)
                       + 0.2 * percent_rank() OVER (PARTITION BY company_id
                                                    ORDER BY COALESCE(revenue_12m, 0) DESC)
                       AS churn_risk
                  FROM logistics_customer c
                 WHERE c.last_trade_date IS NOT NULL %(company)s
            )
            UPDATE logistics_customer c
               SET churn_risk = r.churn_risk
              FROM logistics_customer x
              LEFT JOIN ranked r ON r.id = x.id
             WHERE x.id = c.id %(company)s
               AND c.churn_risk IS DISTINCT FROM r.churn_risk
         RETURNING c.id
            """,
            company=SQL("AND c.company_id IN %s", tuple(companies.ids)) if companies else SQL(),
        )

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        self.env.execute_query(self._churn_update_sql(companies))
        return result
