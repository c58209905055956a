# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat


class LogisticsCapacity(models.Model):
    """How much of a service can be done in a week or on a day, and what is ordered of it."""

    _name = "logistics.capacity"
    _description = "Capacity"
    _inherit = ["mail.thread"]
    _order = "date_from, service_id, id"

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    service_id = fields.Many2one(
        "logistics.service", required=True, index=True, ondelete="restrict"
    )
    period = fields.Selection([("week", "Week"), ("day", "Day")], required=True, default="week")
    date_from = fields.Date(
        string="From",
        required=True,
        index=True,
        default=fields.Date.context_today,
        help="The day, or any day of the week (Monday to Sunday).",
    )
    date_to = fields.Date(
        string="Until", compute="_compute_date_to", store=True, precompute=True, index=True
    )
    quantity = fields.Float(
        string="Capacity",
        required=True,
        digits="Product Unit",
        tracking=True,
        help="In the unit of the service's products. 0: nothing can be done.",
    )
    ordered = KnownFloat(
        compute="_compute_ordered",
        help="Confirmed orders of the service promised for the period, not delivered yet. An "
        "order without a promised day counts on the day of its delivery date or its order.",
    )
    missing = fields.Float(compute="_compute_ordered", help="What is ordered beyond the capacity.")
    short = fields.Boolean(compute="_compute_ordered", search="_search_short")
    allocation_ids = fields.One2many("logistics.allocation", "capacity_id")
    note = fields.Char()
    active = fields.Boolean(default=True)

    _period_uniq = models.UniqueIndex(
        "(company_id, service_id, period, date_from) WHERE active",
        "The capacity of this service and period is there already.",
    )
    _not_negative = models.Constraint(
        "CHECK (quantity >= 0)", "A capacity cannot be negative. 0 means that nothing can be done."
    )

    @api.depends("service_id.name", "date_from", "date_to")
    def _compute_name(self):
        for row in self:
            days = {day for day in (row.date_from, row.date_to) if day}
            row.name = " ".join(
                [row.service_id.name or "", " – ".join(str(day) for day in sorted(days))]
            )

    @api.depends("period", "date_from")
    def _compute_date_to(self):
        for row in self:
            row.date_to = row.date_from and row.date_from + timedelta(
                days=6 if row.period == "week" else 0
            )

    @api.model
    def _whole_week(self, vals, period=None):
        day = fields.Date.to_date(vals.get("date_from"))
        if day and (vals.get("period") or period or "week") == "week":
            vals = {**vals, "date_from": day - timedelta(days=day.weekday())}
        return vals

    @api.model_create_multi
    def create(self, vals_list):
        default = fields.Date.context_today(self)
        return super().create(
            [self._whole_week({"date_from": default, **vals}) for vals in vals_list]
        )

    def write(self, vals):
        if not {"date_from", "period"} & vals.keys():
            return super().write(vals)
        for row in self:
            super(LogisticsCapacity, row).write(
                self._whole_week({"date_from": row.date_from, **vals}, row.period)
            )
        return True

    @api.constrains("company_id", "service_id", "date_from", "date_to", "active")
    def _check_periods(self):
        for row in self.filtered("active"):
            twin = self.search(
                [
                    ("company_id", "=", row.company_id.id),
                    ("service_id", "=", row.service_id.id),
                    ("id", "!=", row.id),
                    ("date_from", "<=", row.date_to),
                    ("date_to", ">=", row.date_from),
                ],
                limit=1,
            )
            if twin:
                raise ValidationError(
                    self.env._(
                        "%(one)s and %(other)s share days. Give the capacity per week or per day, "
                        "not both for the same days.",
                        one=row.name,
                        other=twin.name,
                    )
                )

    @api.model
    def _demand_sql(self, capacities):
        """Open order lines that ask for these capacities.

        Columns: ``capacity_id``, ``line_id``, ``order_id``, ``partner_id`` (commercial entity),
        ``wanted`` (in the product's unit, ordered less delivered), ``day``.
        """
        return SQL(
            """
            SELECT k.id AS capacity_id, l.id AS line_id, o.id AS order_id,
                   p.commercial_partner_id AS partner_id, d.day,
                   ((l.product_uom_qty - COALESCE(l.qty_delivered, 0))
                    * COALESCE(ul.factor / up.factor, 1))::float8 AS wanted
              FROM logistics_capacity k
              JOIN sale_order_line l ON l.logistics_service_id = k.service_id
              JOIN sale_order o ON o.id = l.order_id AND o.company_id = k.company_id
                               AND o.state = 'sale'
              JOIN res_partner p ON p.id = o.partner_id
              LEFT JOIN product_product pp ON pp.id = l.product_id
              LEFT JOIN product_template pt ON pt.id = pp.product_tmpl_id
              LEFT JOIN uom_uom ul ON ul.id = l.product_uom_id
              LEFT JOIN uom_uom up ON up.id = pt.uom_id
             CROSS JOIN LATERAL (
                   SELECT COALESCE(l.logistics_promised_date, o.commitment_date::date,
                                   o.date_order::date) AS day) d
             WHERE k.id IN %s AND d.day BETWEEN k.date_from AND k.date_to
               AND l.logistics_delivered_date IS NULL
               AND l.product_uom_qty > COALESCE(l.qty_delivered, 0)
            """,
            tuple(capacities.ids) or (0,),
        )

    @api.depends("quantity", "service_id", "date_from", "date_to")
    def _compute_ordered(self):
        self.env.flush_all()
        ordered = dict(
            self.env.execute_query(
                SQL(
                    "SELECT d.capacity_id, sum(d.wanted) FROM (%s) d GROUP BY d.capacity_id",
                    self._demand_sql(self),
                )
            )
        )
        for row in self:
            row.ordered = ordered.get(row.id, 0.0)
            row.missing = max(row.ordered - row.quantity, 0.0)
            row.short = row.missing > 0

    def _search_short(self, operator, value):
        if operator != "in":
            return NotImplemented
        # a few rows a service and year; the orders are summed for all of them at once
        capacities = self.search_fetch([], ["quantity"])
        domain = fields.Domain("id", "in", capacities.filtered("short").ids)
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        return domain if True in value else ~domain

    def action_allocate(self):
        """Propose who gets how much of this capacity, and open the proposal.

        :raise UserError: when nothing is ordered
        """
        self.ensure_one()
        if not self.ordered:
            raise UserError(self.env._("Nothing is ordered of %s.", self.name))
        allocation = self.env["logistics.allocation"].create({"capacity_id": self.id})
        allocation.action_propose()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.allocation",
            "res_id": allocation.id,
            "view_mode": "form",
        }
