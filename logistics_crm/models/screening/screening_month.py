# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query, drop_view_if_exists

from ...fields_unknown import KnownFloat, KnownMonetary


class LogisticsScreeningMonthMixin(models.AbstractModel):
    """Months that are read out of the line they belong to, not stored again.

    The id of a row carries the id of its line, so that reading rows by id goes through the
    primary key of the lines instead of unfolding every screening there is.
    """

    _name = "logistics.screening.month.mixin"
    _inherit = ["logistics.unknown.last.mixin"]
    _description = "Months of a Screened Customer"
    _rec_name = "date"
    _ids_per_line = None

    screening_id = fields.Many2one("logistics.screening", readonly=True)
    line_id = fields.Many2one("logistics.screening.line", string="Screened Customer", readonly=True)
    customer_id = fields.Many2one("logistics.customer", string="Customer Account", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    month = fields.Integer(readonly=True, aggregator=None, help="1 to 12.")
    date = fields.Date(string="Month of", readonly=True, help="First day of the month.")
    line_count = fields.Integer(string="Trading Lines", readonly=True)
    known_line_count = fields.Integer(string="Lines with Known Amount", readonly=True)
    quantity = KnownFloat(readonly=True, digits=(16, 2))
    amount = KnownMonetary(
        readonly=True,
        help="Untaxed, less credit notes, company currency. Empty: traded, but no amount is known.",
    )
    average_price = KnownMonetary(
        readonly=True,
        aggregator="avg",
        help="Per unit, over the lines whose amount is known.",
    )

    @api.model
    def _search(self, domain, *args, **kwargs):
        return super()._search(Domain(domain).map_conditions(self._through_line), *args, **kwargs)

    def _through_line(self, condition):
        if condition.field_expr != "id" or condition.operator not in ("in", "="):
            return condition
        ids = condition.value if condition.operator == "in" else [condition.value]
        if isinstance(ids, (Query, SQL)) or not all(isinstance(id_, int) for id_ in ids):
            return condition
        return condition & Domain("line_id", "in", list({id_ // self._ids_per_line for id_ in ids}))

    @api.model
    def _common_columns(self):
        return SQL(
            """
            l.id AS line_id, l.screening_id, l.customer_id, l.partner_id, l.company_id,
            l.currency_id, l.user_id, l.country_id
            """
        )

    def init(self):
        if self._abstract:
            return
        drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL("CREATE VIEW %s AS %s", SQL.identifier(self._table), self._view_sql())
        )


class LogisticsScreeningMonth(models.Model):
    """The months of a screened customer: all that are screened, with or without trade."""

    _name = "logistics.screening.month"
    _description = "Month of a Screened Customer"
    _inherit = ["logistics.screening.month.mixin"]
    _auto = False
    _order = "line_id, month"
    _ids_per_line = 16
    _depends = {
        "logistics.screening.line": ["month_data", "customer_id", "partner_id", "user_id"],
        "logistics.screening": ["date_from", "span"],
    }

    @api.model
    def _view_sql(self):
        return SQL(
            """
            SELECT l.id::bigint * %(factor)s + m.month AS id, %(columns)s,
                   m.month, (s.date_from + make_interval(months => m.month - 1))::date AS date,
                   COALESCE((l.month_data -> m.month::text ->> 0)::int, 0) AS line_count,
                   COALESCE((l.month_data -> m.month::text ->> 1)::int, 0) AS known_line_count,
                   CASE WHEN jsonb_exists(l.month_data, m.month::text)
                        THEN (l.month_data -> m.month::text ->> 2)::numeric ELSE 0
                   END AS quantity,
                   CASE WHEN jsonb_exists(l.month_data, m.month::text)
                        THEN (l.month_data -> m.month::text ->> 4)::numeric ELSE 0
                   END AS amount,
                   (l.month_data -> m.month::text ->> 4)::numeric
                       / NULLIF((l.month_data -> m.month::text ->> 3)::numeric, 0)
                       AS average_price
              FROM logistics_screening_line l
              JOIN logistics_screening s ON s.id = l.screening_id
             CROSS JOIN generate_series(1, s.span::int) m(month)
            """,
            factor=self._ids_per_line,
            columns=self._common_columns(),
        )


class LogisticsScreeningMonthService(models.Model):
    """Months of a screened customer by service; only months with trade."""

    _name = "logistics.screening.month.service"
    _description = "Month and Service of a Screened Customer"
    _inherit = ["logistics.screening.month.mixin"]
    _auto = False
    _order = "line_id, service_id, month"
    _ids_per_line = 65536
    _depends = {
        "logistics.screening.line": ["service_data", "customer_id", "partner_id", "user_id"],
        "logistics.screening": ["date_from"],
    }

    service_id = fields.Many2one("logistics.service", readonly=True)

    @api.model
    def _view_sql(self):
        return SQL(
            """
            SELECT l.id::bigint * %(factor)s + e.place AS id, %(columns)s,
                   (e.row ->> 0)::int AS service_id, (e.row ->> 1)::int AS month,
                   (s.date_from + make_interval(months => (e.row ->> 1)::int - 1))::date AS date,
                   (e.row ->> 2)::int AS line_count,
                   (e.row ->> 3)::int AS known_line_count,
                   (e.row ->> 4)::numeric AS quantity,
                   (e.row ->> 6)::numeric AS amount,
                   (e.row ->> 6)::numeric / NULLIF((e.row ->> 5)::numeric, 0) AS average_price
              FROM logistics_screening_line l
              JOIN logistics_screening s ON s.id = l.screening_id
             CROSS JOIN LATERAL jsonb_array_elements(l.service_data)
                   WITH ORDINALITY AS e(row, place)
            """,
            factor=self._ids_per_line,
            columns=self._common_columns(),
        )
