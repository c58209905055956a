# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL


class LogisticsCustomer(models.Model):
    """Two of the three axes, from the figures: what they are worth and where they stand.

    How they pay, the credit grade, is decided in models/credit by the rules of the policy.
    """

    _inherit = "logistics.customer"

    @api.model
    def _lifecycle_sql(self, as_of):
        """Lifecycle stage from the dates of trade; ``t`` trade, ``g`` gaps, ``co`` company.

        Lost after the company's lost days or twice the customer's own rhythm, whichever is
        longer; dormant after half of that; at risk when the present gap exceeds three times the
        own rhythm and thirty days; won back for the new-customer period after a pause that
        counted as lost; new for that period after the first trade; loyal after three years.
        """
        gap = SQL("(%s::date - t.last_trade_date)", as_of)
        patience = SQL(
            "GREATEST(co.logistics_lost_customer_days, 2 * COALESCE(t.order_interval_days, 0))"
        )
        return SQL(
            """
            CASE WHEN t.last_trade_date IS NULL THEN 'prospect'
                 WHEN %(gap)s > %(patience)s THEN 'lost'
                 WHEN %(gap)s > %(patience)s / 2 THEN 'dormant'
                 WHEN g.resumed_on > %(as_of)s::date - co.logistics_new_customer_days
                      THEN 'won_back'
                 WHEN t.first_trade_date > %(as_of)s::date - co.logistics_new_customer_days
                      THEN 'new'
                 WHEN %(gap)s > GREATEST(30, 3 * t.order_interval_days) THEN 'at_risk'
                 WHEN t.first_trade_date <= %(as_of)s::date - 3 * 365 THEN 'loyal'
                 ELSE 'regular'
            END
            """,
            gap=gap,
            patience=patience,
            as_of=as_of,
        )

    @api.model
    def _axes_update_sql(self, companies):
        """Rank every account against the others of its company: value class and churn risk.

        Value class is the place in the cumulated margin of twelve months (revenue where the
        company's margins are mostly unknown): key up to 50 %, core up to 80 %, standard up to
        95 %, marginal beyond; none for accounts that did not trade in the twelve months.

        Churn risk ranks by recency (half of the weight), frequency (0.3) and value (0.2), each
        as the percentage of trading accounts that are better off.

        :param companies: limit to these ``res.company``; all when empty or None
        """
        return SQL(
            """
            WITH basis AS (
                SELECT c.id, c.company_id,
                       CASE WHEN avg(CASE WHEN c.margin_12m IS NULL THEN 0.0 ELSE 1.0 END)
                                     FILTER (WHERE c.trade_days_12m > 0)
                                     OVER (PARTITION BY c.company_id) >= 0.5
                            THEN c.margin_12m ELSE c.revenue_12m END AS worth,
                       c.trade_days_12m, c.last_trade_date, c.revenue_12m
                  FROM logistics_customer c
                 WHERE c.last_trade_date IS NOT NULL %(company)s
            ),
            positive AS (
                SELECT *, GREATEST(COALESCE(worth, 0), 0) AS gain FROM basis
            ),
            ranked AS (
                SELECT id,
                       CASE WHEN trade_days_12m > 0 AND worth IS NOT NULL THEN
                           (sum(gain) OVER by_gain - gain)
                           / NULLIF(sum(gain) OVER (PARTITION BY company_id), 0)
                       END AS place,
                       0.5 * percent_rank() OVER (PARTITION BY company_id
                                                  ORDER BY last_trade_date DESC)
                       + 0.3 * percent_rank() OVER (PARTITION BY company_id
                                                    ORDER BY trade_days_12m DESC)
                       + 0.2 * percent_rank() OVER (PARTITION BY company_id
                                                    ORDER BY COALESCE(revenue_12m, 0) DESC)
                       AS churn_risk
                  FROM positive
                WINDOW by_gain AS (PARTITION BY company_id ORDER BY gain DESC, id
                                   ROWS UNBOUNDED PRECEDING)
            )
            UPDATE logistics_customer c
               SET churn_risk = r.churn_risk,
                   value_class = CASE WHEN r.place IS NULL THEN NULL
                                      WHEN r.place < 0.5 THEN 'key'
                                      WHEN r.place < 0.8 THEN 'core'
                                      WHEN r.place < 0.95 THEN 'standard'
                                      ELSE 'marginal' END
              FROM logistics_customer x
              LEFT JOIN ranked r ON r.id = x.id
             WHERE x.id = c.id %(company)s
               AND (c.churn_risk IS DISTINCT FROM r.churn_risk
                    OR c.value_class IS DISTINCT FROM
                       CASE WHEN r.place IS NULL THEN NULL
                            WHEN r.place < 0.5 THEN 'key'
                            WHEN r.place < 0.8 THEN 'core'
                            WHEN r.place < 0.95 THEN 'standard'
                            ELSE 'marginal' END)
         RETURNING c.id
            """,
            company=SQL("AND c.company_id IN %s", tuple(companies.ids)) if companies else SQL(),
        )
