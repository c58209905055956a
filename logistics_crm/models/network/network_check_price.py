# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL


class LogisticsNetworkFinding(models.Model):
    """Price chaos: who pays clearly less than those supplied by the same supplier."""

    _inherit = "logistics.network.finding"

    @api.model
    def _checks(self, company, as_of):
        return [
            *super()._checks(company, as_of),
            (
                "price",
                ("customer_id", "other_customer_id", "service_id", "amount", "facts"),
                self._price_sql(company, as_of),
            ),
        ]

    @api.model
    def _unit_prices_sql(self, company, as_of):
        """Mean price and cost per unit of customers by service and lane, twelve months.

        Columns: ``id`` (account), ``service_id``, ``lane_id``, ``quantity``, ``price``, ``cost``
        (NULL where no cost is known), company currency, of lines whose amount and quantity are
        known.
        """
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=company, date_from=as_of - relativedelta(years=1, days=-1), date_to=as_of
        )
        return SQL(
            """
            SELECT c.id, f.service_id, f.lane_id, sum(f.quantity) AS quantity,
                   sum(f.amount)::float8 / sum(f.quantity) AS price,
                   (sum(f.cost) / NULLIF(sum(f.quantity) FILTER (WHERE f.cost IS NOT NULL), 0)
                   )::float8 AS cost
              FROM %(facts)s AS f
              JOIN logistics_customer c ON c.partner_id = f.partner_id
                                       AND c.company_id = f.company_id
             WHERE f.service_id IS NOT NULL AND f.amount IS NOT NULL AND f.quantity IS NOT NULL
             GROUP BY c.id, f.service_id, f.lane_id
            HAVING sum(f.quantity) > 0 AND sum(f.amount) > 0
            """,
            facts=facts,
        )

    @api.model
    def _price_sql(self, company, as_of):
        """Customers whose price lies below the floor of their siblings.

        Siblings are supplied by the same supplier (by the company: those of the network's first
        level). The floor is the median price of the family for the same service and lane, less
        the tolerance of the settings; a family has three members or more. The amount is what
        lacks to the floor in twelve months.
        """
        return SQL(
            """
            WITH sold AS MATERIALIZED (%(prices)s),
            sibling AS MATERIALIZED (
                SELECT s.*, COALESCE(c.network_parent_id, 0) AS family
                  FROM sold s JOIN logistics_customer c ON c.id = s.id
                 WHERE c.network_parent_id IS NOT NULL
                    OR EXISTS (SELECT 1 FROM logistics_customer x
                                WHERE x.network_parent_id = c.id)
            ),
            family AS (
                SELECT x.family, x.service_id, x.lane_id, count(*) AS members,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY x.price) AS median
                  FROM sibling x
                 GROUP BY x.family, x.service_id, x.lane_id
                HAVING count(*) >= 3
            )
            SELECT concat_ws(':', s.id, s.service_id, COALESCE(s.lane_id, 0)) AS key,
                   s.id AS customer_id, NULLIF(s.family, 0) AS other_customer_id, s.service_id,
                   ((o.median * %(part)s - s.price) * s.quantity)::numeric AS amount,
                   jsonb_build_object('price', s.price, 'median', o.median,
                                      'members', o.members, 'floor', o.median * %(part)s,
                                      'quantity', s.quantity, 'lane', l.name) AS facts
              FROM sibling s
              JOIN family o ON o.family = s.family AND o.service_id = s.service_id
                           AND COALESCE(o.lane_id, 0) = COALESCE(s.lane_id, 0)
              LEFT JOIN logistics_lane l ON l.id = s.lane_id
             WHERE s.price < o.median * %(part)s
            """,
            prices=self._unit_prices_sql(company, as_of),
            part=1 - company.logistics_network_price_tolerance,
        )
