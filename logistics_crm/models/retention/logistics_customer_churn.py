# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL


class LogisticsCustomer(models.Model):
    """Who will stop buying: a rank from recency, frequency, value, tenure and own rhythm."""

    _inherit = "logistics.customer"

    @api.model
    def _churn_features_sql(self, companies):
        """The five features of the score for every account that ever traded.

        Read from the figures snapshot, as of the day it holds: ``recency`` square root of the
        days of silence by the days observed in this company (at most three years); ``frequency``
        log of the trade days; ``value`` log of the amount relative to the company's median trade
        day; ``tenure`` log of the days since the first trade; ``rhythm`` log of the silence by
        the own interval, counting from four trade days on and fully from 23. An unknown
        amount is taken as the company's median, because unknown is not nothing.

        :param companies: limit to these ``res.company``; all when empty or None
        """
        company = SQL("AND c.company_id IN %s", tuple(companies.ids)) if companies else SQL()
        return SQL(
            """
            WITH m AS MATERIALIZED (
                SELECT c.company_id,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY c.amount_per_trade_day)
                           FILTER (WHERE c.amount_per_trade_day > 0) AS median
                  FROM logistics_customer c
                 WHERE c.last_trade_date IS NOT NULL %(company)s
                 GROUP BY c.company_id
            )
            SELECT s.id, s.company_id,
                   sqrt(s.silence / s.observed) AS recency,
                   ln(s.days) AS frequency,
                   ln(GREATEST(s.days * COALESCE(s.amount / NULLIF(m.median, 0), 1), 0.01))
                       AS value,
                   ln(s.age + 1) AS tenure,
                   LEAST(ln(1 + s.silence / GREATEST(COALESCE(s.pace, 1), 0.5)), 4)
                       * LEAST(GREATEST((s.days - 3) / 20, 0), 1) AS rhythm
              FROM (SELECT c.id, c.company_id,
                           (c.figures_as_of - c.last_trade_date)::float8 AS silence,
                           (c.figures_as_of - c.first_trade_date)::float8 AS age,
                           LEAST(1095, GREATEST(30, c.figures_as_of - min(c.first_trade_date)
                               OVER (PARTITION BY c.company_id)))::float8 AS observed,
                           GREATEST(c.trade_days_total, 1)::float8 AS days,
                           c.order_interval_days::float8 AS pace,
                           c.amount_per_trade_day::float8 AS amount
                      FROM logistics_customer c
                     WHERE c.last_trade_date IS NOT NULL %(company)s) s
              LEFT JOIN m ON m.company_id = s.company_id
            """,
            company=company,
        )

    @api.model
    def _churn_update_sql(self, companies):
        """Rank every account against the others of its company by its churn score.

        The score is the sum of the features times the coefficients of the company's model in
        use (`logistics.churn.model`); ``churn_risk`` is the share of trading accounts of the
        company that score lower: 0 the safest, 1 the most likely to stop. Accounts that never
        traded have none.

        The medians are materialized, and the accounts looked up by the ranks: in a first refresh
        statistics still say that nobody traded, and either would be done once per account.

        :param companies: limit to these ``res.company``; all when empty or None
        """
        return SQL(
            """
            WITH ranked AS (
                SELECT f.id,
                       percent_rank() OVER (
                           PARTITION BY f.company_id
                           ORDER BY k.recency * f.recency + k.frequency * f.frequency
                                    + k.value * f.value + k.tenure * f.tenure
                                    + k.rhythm * f.rhythm) AS churn_risk
                  FROM (%(features)s) f
                  JOIN (%(models)s) k ON k.company_id = f.company_id
            ),
            never AS (
                UPDATE logistics_customer c
                   SET churn_risk = NULL
                 WHERE c.last_trade_date IS NULL AND c.churn_risk IS NOT NULL %(company)s
             RETURNING c.id
            )
            UPDATE logistics_customer c
               SET churn_risk = r.churn_risk
              FROM ranked r
             WHERE r.id = c.id AND c.churn_risk IS DISTINCT FROM r.churn_risk
         RETURNING c.id
            """,
            features=self._churn_features_sql(companies),
            models=self.env["logistics.churn.model"]._in_use_sql(),
            company=SQL("AND c.company_id IN %s", tuple(companies.ids)) if companies else SQL(),
        )

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        self.env.execute_query(self._churn_update_sql(companies))
        return result
