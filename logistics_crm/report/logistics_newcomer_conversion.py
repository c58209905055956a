# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ..fields_unknown import KnownFloat
from ..models.customer.logistics_customer import VALUE_CLASSES

ORDERS = [(str(place), f"Order {place}") for place in range(2, 6)]
YEARS = 3


class LogisticsNewcomerConversion(models.Model):
    """From new to old: which newcomers came to a second, third, fourth and fifth order.

    One row for each customer won in the last three years and each of these orders. The rate
    counts only newcomers who have had their time, so that last month's newcomers neither spoil
    nor flatter it.
    """

    _name = "logistics.newcomer.conversion"
    _description = "Newcomer Conversion"
    _inherit = "logistics.unknown.last.mixin"
    _auto = False
    _order = "cohort desc, customer_id, order_number"
    _rec_name = "customer_id"
    _depends = {
        "account.move": ["state", "move_type", "partner_id"],
        "account.move.line": ["balance", "date", "quantity", "display_type", "sale_line_ids"],
        "logistics.customer": ["user_id", "value_class", "partner_id", "customer_type_id"],
        "logistics.rhythm": ["second_order_days", "as_of"],
        "logistics.trading.history": ["amount", "date", "quantity", "partner_id"],
    }

    customer_id = fields.Many2one("logistics.customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    customer_type_id = fields.Many2one("logistics.customer.type", readonly=True)
    cohort = fields.Date("First Order", readonly=True, help="Day of the first trade.")
    order_number = fields.Selection(ORDERS, string="Order", readonly=True)
    newcomers = fields.Integer(readonly=True, help="Customers won, of every age.")
    reached = fields.Integer(
        "Reached So Far", readonly=True, help="Came to this order, however long it took."
    )
    too_young = fields.Integer(
        readonly=True, help="Their time for this order is not over yet: they are in no rate."
    )
    rate = KnownFloat(
        "Conversion Rate",
        readonly=True,
        aggregator="avg",
        help="Of the newcomers whose time for this order is over, the share that came to it in "
        "time. The time is that in which three of four customers of the company come to the "
        "next order (Configuration > Trading Rhythm), or New Customer Days where the company has "
        "too few customers to tell, times the number of further orders. Empty: all are too "
        "young.",
    )
    days = KnownFloat(
        "Days to It",
        readonly=True,
        aggregator="avg",
        digits=(16, 0),
        help="Days from the first order to this one, of those who reached it.",
    )

    @property
    def _table_query(self) -> SQL:
        return self._report_sql(fields.Date.context_today(self))

    @api.model
    def _report_sql(self, as_of):
        """One pass over the facts up to a day; ``day`` trade days, ``own`` a row per newcomer."""
        since = fields.Date.subtract(as_of, years=YEARS)
        places = SQL(", ").join(
            SQL("max(date) FILTER (WHERE place = %s) AS %s", place, SQL.identifier(f"on_{place}"))
            for place in range(2, 6)
        )
        return SQL(
            """
            WITH day AS (
                SELECT f.company_id, f.partner_id, f.date,
                       row_number() OVER (PARTITION BY f.company_id, f.partner_id
                                          ORDER BY f.date) AS place
                  FROM %(facts)s AS f
                 GROUP BY f.company_id, f.partner_id, f.date
                HAVING bool_or(COALESCE(f.amount, f.quantity, 0) >= 0)
            ),
            own AS (
                SELECT company_id, partner_id, min(date) AS first, %(places)s
                  FROM day WHERE place <= 5
                 GROUP BY company_id, partner_id
                HAVING min(date) > %(since)s
            )
            SELECT c.id::bigint * 8 + n.place AS id, c.id AS customer_id, c.company_id,
                   c.user_id, c.value_class, c.country_id, c.customer_type_id,
                   own.first AS cohort, n.place::text AS order_number, 1 AS newcomers,
                   (n.date IS NOT NULL)::int AS reached,
                   (own.first + n.time > %(as_of)s)::int AS too_young,
                   CASE WHEN own.first + n.time <= %(as_of)s
                        THEN (COALESCE(n.date <= own.first + n.time, FALSE))::int::float8
                   END AS rate,
                   (n.date - own.first)::float8 AS days
              FROM own
              JOIN logistics_customer c ON c.partner_id = own.partner_id
                                       AND c.company_id = own.company_id
              JOIN res_company co ON co.id = c.company_id
              LEFT JOIN LATERAL (
                   SELECT r.second_order_days FROM logistics_rhythm r
                    WHERE r.company_id = c.company_id AND r.as_of <= %(as_of)s
                    ORDER BY r.as_of DESC LIMIT 1) rh ON TRUE
             CROSS JOIN LATERAL (
                   SELECT v.place, v.date,
                          (v.place - 1) * ceil(COALESCE(rh.second_order_days,
                                                        co.logistics_new_customer_days))::int
                              AS time
                     FROM (VALUES (2, own.on_2), (3, own.on_3), (4, own.on_4), (5, own.on_5))
                              AS v(place, date)) n
            """,
            facts=self.env["logistics.trading.facts"]._facts_sql(date_to=as_of),
            places=places,
            since=since,
            as_of=as_of,
        )
