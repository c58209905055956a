# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ..fields_unknown import KnownFloat, KnownMonetary
from ..models.customer.logistics_customer import VALUE_CLASSES

YEARS = 3


class LogisticsRetentionRate(models.Model):
    """Retention beside acquisition: each month, who was there, who was lost, who was gained.

    One row per customer and month with something to tell, from the dated history of the
    lifecycle. Losses and gains stand side by side and are never netted: a hundred lost and a
    hundred won are a hundred lost.
    """

    _name = "logistics.retention.rate"
    _description = "Retention Rate"
    _inherit = "logistics.unknown.last.mixin"
    _auto = False
    _order = "month desc, customer_id"
    _rec_name = "customer_id"
    _depends = {
        "logistics.customer": ["user_id", "value_class", "country_id", "company_id"],
        "logistics.stage.change": ["customer_id", "date", "to_stage", "movement", "revenue"],
    }

    customer_id = fields.Many2one("logistics.customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    month = fields.Date(readonly=True, help="First day of the month.")
    present = fields.Integer(
        "Customers at the Start",
        readonly=True,
        help="Had traded and was not lost when the month began.",
    )
    lost = fields.Integer(
        readonly=True, help="Of the customers at the start: lost within the month."
    )
    gained = fields.Integer(readonly=True, help="New or won back within the month.")
    rate = KnownFloat(
        "Retention Rate",
        readonly=True,
        aggregator="avg",
        help="Customers at the start that were not lost within the month, by all of them. Empty: "
        "nobody was there.",
    )
    revenue_lost = KnownMonetary(
        readonly=True,
        help="Of the customers lost: revenue of the twelve months up to their last trade. Empty: "
        "not known.",
    )
    revenue_gained = KnownMonetary(
        readonly=True,
        help="Of the customers gained: revenue of the twelve months up to that day. Empty: not "
        "known.",
    )
    margin_lost = KnownMonetary(readonly=True, help="Of the same twelve months, where known.")
    margin_gained = KnownMonetary(readonly=True, help="Of the same twelve months, where known.")

    @property
    def _table_query(self) -> SQL:
        return self._report_sql(fields.Date.context_today(self))

    @api.model
    def _report_sql(self, as_of):
        """Months of three years up to a day; ``held`` the stage from one change to the next."""
        return SQL(
            """
            WITH held AS (
                SELECT h.customer_id, h.date, h.to_stage,
                       lead(h.date) OVER (PARTITION BY h.customer_id ORDER BY h.date) AS until
                  FROM logistics_stage_change h
                 WHERE h.date <= %(as_of)s
            ),
            month AS (
                SELECT m.month::date AS month
                  FROM generate_series(date_trunc('month', %(since)s::timestamp),
                                       %(as_of)s::timestamp, interval '1 month') AS m(month)
            ),
            row AS (
                SELECT h.customer_id, m.month, 1 AS present, 0 AS lost, 0 AS gained,
                       NULL::numeric AS revenue_lost, NULL::numeric AS revenue_gained,
                       NULL::numeric AS margin_lost, NULL::numeric AS margin_gained
                  FROM month m
                  JOIN held h ON h.date < m.month AND (h.until IS NULL OR h.until >= m.month)
                             AND h.to_stage NOT IN ('target', 'prospect', 'lost')
                 UNION ALL
                SELECT h.customer_id, date_trunc('month', h.date::timestamp)::date, 0,
                       (h.movement = 'loss')::int, (h.movement = 'gain')::int,
                       CASE WHEN h.movement = 'loss' THEN h.revenue END,
                       CASE WHEN h.movement = 'gain' THEN h.revenue END,
                       CASE WHEN h.movement = 'loss' THEN h.margin END,
                       CASE WHEN h.movement = 'gain' THEN h.margin END
                  FROM logistics_stage_change h
                  JOIN logistics_customer c ON c.id = h.customer_id
                 WHERE h.movement IN ('loss', 'gain') AND h.date <= %(as_of)s
                   AND h.date >= date_trunc('month', %(since)s::timestamp)
                   -- the first line of a history that begins late is no movement
                   AND (h.from_stage IS NOT NULL
                        OR h.movement = 'gain' AND c.first_trade_date > h.date - 45)
            ),
            summed AS (
                SELECT customer_id, month, max(present) AS present, max(lost) AS lost,
                       max(gained) AS gained, sum(revenue_lost) AS revenue_lost,
                       sum(revenue_gained) AS revenue_gained, sum(margin_lost) AS margin_lost,
                       sum(margin_gained) AS margin_gained
                  FROM row GROUP BY customer_id, month
            )
            SELECT c.id::bigint * 32768
                       + (extract(year FROM s.month) * 12 + extract(month FROM s.month))::int AS id,
                   c.id AS customer_id, c.company_id, co.currency_id, c.user_id, c.value_class,
                   c.country_id, s.month, s.present, s.lost * s.present AS lost, s.gained,
                   CASE WHEN s.present = 1 THEN (1 - s.lost)::float8 END AS rate,
                   s.revenue_lost, s.revenue_gained, s.margin_lost, s.margin_gained
              FROM summed s
              JOIN logistics_customer c ON c.id = s.customer_id
              JOIN res_company co ON co.id = c.company_id
            """,
            as_of=as_of,
            since=fields.Date.subtract(as_of, years=YEARS),
        )
