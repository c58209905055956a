# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL


class LogisticsNetworkFinding(models.Model):
    """Fewer levels: tiers that could be left out, and customers to supply directly."""

    _inherit = "logistics.network.finding"

    @api.model
    def _checks(self, company, as_of):
        names = ("customer_id", "other_customer_id", "amount", "facts")
        return [
            *super()._checks(company, as_of),
            ("tier", names, self._tier_sql(company, as_of)),
            ("direct", names, self._direct_sql(company)),
        ]

    @api.model
    def _tier_sql(self, company, as_of):
        """Distributors whose volume earns more where customers are served directly.

        Compared by service and lane: margin per unit of the distributor against the median of
        three or more customers that the company serves itself, none of them with more volume.
        Lines without a known cost say nothing. From the gain of twelve months the cost of
        serving each customer behind the distributor directly is taken off, as far as the
        settings name it; a finding is what is left above zero.
        """
        return SQL(
            """
            WITH sold AS MATERIALIZED (%(prices)s),
            compared AS (
                SELECT m.id, m.service_id, m.quantity, m.price - m.cost AS earned,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY d.price - d.cost) AS direct,
                       count(*) AS examples
                  FROM sold m
                  JOIN sold d ON d.service_id = m.service_id
                             AND d.lane_id IS NOT DISTINCT FROM m.lane_id
                             AND d.quantity <= m.quantity AND d.id <> m.id
                  JOIN logistics_customer x ON x.id = d.id AND x.network_parent_id IS NULL
                 WHERE m.cost IS NOT NULL AND d.cost IS NOT NULL
                   AND EXISTS (SELECT 1 FROM logistics_customer k
                                WHERE k.network_parent_id = m.id)
                   AND NOT EXISTS (SELECT 1 FROM logistics_customer k
                                    WHERE k.network_parent_id = d.id)
                 GROUP BY m.id, m.service_id, m.lane_id, m.quantity, m.price, m.cost
                HAVING count(*) >= 3
            )
            SELECT c.id::varchar AS key, c.id AS customer_id,
                   c.network_parent_id AS other_customer_id, g.gain::numeric AS amount,
                   jsonb_build_object('gain', g.gain, 'services', g.services,
                                      'quantity', g.quantity, 'examples', g.examples,
                                      'customers', g.children, 'cost', g.cost,
                                      'earned', g.earned, 'direct', g.direct) AS facts
              FROM logistics_customer c
              JOIN LATERAL (
                   SELECT sum((v.direct - v.earned) * v.quantity) - b.children * %(cost)s AS gain,
                          b.children * %(cost)s AS cost, b.children, count(*) AS services,
                          sum(v.quantity) AS quantity, min(v.examples) AS examples,
                          sum(v.earned * v.quantity) / sum(v.quantity) AS earned,
                          sum(v.direct * v.quantity) / sum(v.quantity) AS direct
                     FROM compared v
                    CROSS JOIN (SELECT count(*) AS children FROM logistics_customer k
                                 WHERE k.network_parent_id = c.id AND k.active) b
                    WHERE v.id = c.id
                    GROUP BY b.children
              ) g ON g.gain > 0
             WHERE c.company_id = %(company)s AND c.active
            """,
            prices=self._unit_prices_sql(company, as_of),
            company=company.id,
            cost=company.logistics_direct_cost or 0,
        )

    @api.model
    def _direct_sql(self, company):
        """Customers behind a distributor that lie near, buy much and are courted.

        Near: the distance typed on the customer, else as the crow flies from the nearest place
        of the company whose coordinates are known, within the short radius. Much: the branch's
        revenue of twelve months reaches the large volume. Courted: a competitor was seen in
        twelve months. A customer whose distance or revenue is unknown is no candidate.
        """
        return SQL(
            """
            SELECT c.id::varchar AS key, c.id AS customer_id,
                   c.network_parent_id AS other_customer_id, v.revenue AS amount,
                   jsonb_build_object('distance', d.km, 'typed', c.supply_distance IS NOT NULL,
                                      'competitors', c.competitor_count,
                                      'level', c.network_level) AS facts
              FROM logistics_customer c
              JOIN res_partner p ON p.id = c.partner_id
             CROSS JOIN LATERAL (
                   SELECT COALESCE(c.network_revenue_12m, c.revenue_12m) AS revenue) v
             CROSS JOIN LATERAL (
                   SELECT COALESCE(c.supply_distance::float8, (
                        SELECT min(12742 * asin(sqrt(LEAST(1,
                                   power(sin(radians(p.partner_latitude - w.partner_latitude) / 2),
                                         2)
                                   + cos(radians(p.partner_latitude))
                                     * cos(radians(w.partner_latitude))
                                     * power(sin(radians(p.partner_longitude
                                                         - w.partner_longitude) / 2), 2)))))
                          FROM res_partner w
                         WHERE w.commercial_partner_id = %(home)s AND w.active
                           AND (w.partner_latitude <> 0 OR w.partner_longitude <> 0)
                           AND (p.partner_latitude <> 0 OR p.partner_longitude <> 0)
                   )) AS km) d
             WHERE c.company_id = %(company)s AND c.active AND c.network_parent_id IS NOT NULL
               AND c.competitor_count > 0 AND d.km <= %(radius)s
               AND v.revenue IS NOT NULL AND v.revenue >= %(least)s
            """,
            company=company.id,
            home=company.partner_id.commercial_partner_id.id,
            radius=company.logistics_direct_radius_km,
            least=company.logistics_direct_min_revenue or 0,
        )
