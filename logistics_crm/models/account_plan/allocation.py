# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat
from ..customer.logistics_customer import VALUE_CLASSES
from .order_priority import PRIORITIES


def share_out(wanted, amount, whole):
    """Share an amount in proportion to what is wanted, never more than that.

    :param wanted: list of numbers, not negative
    :param amount: what there is to share
    :param whole: hand out whole units; the largest fractions get what is left over
    :return: list of shares; their sum is the smaller of ``amount`` and the sum of ``wanted``,
        rounded down to whole units when ``whole``
    """
    total = sum(wanted)
    if total <= 0 or amount <= 0:
        return [0.0] * len(wanted)
    if amount >= total:
        shares = list(wanted)
        return [float(int(share + 1e-9)) for share in shares] if whole else shares
    exact = [part * amount / total for part in wanted]
    if not whole:
        return exact
    shares = [float(int(part + 1e-9)) for part in exact]
    left = int(amount + 1e-9) - int(sum(shares))
    order = sorted(range(len(wanted)), key=lambda n: (shares[n] - exact[n], n))
    for place in order:
        if left <= 0:
            break
        if shares[place] + 1 <= wanted[place] + 1e-9:
            shares[place] += 1
            left -= 1
    return shares


class LogisticsAllocation(models.Model):
    """Who gets how much when a capacity is short: a proposal, until somebody accepts it.

    Every order first gets the floor, whatever its class. What is left goes to the priorities of
    the value classes, the first before the next; inside one in proportion.
    """

    _name = "logistics.allocation"
    _description = "Allocation"
    _inherit = ["mail.thread", "logistics.readonly.mixin"]
    _order = "id desc"
    _rec_name = "capacity_id"

    capacity_id = fields.Many2one(
        "logistics.capacity", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="capacity_id.company_id", store=True, index=True)
    service_id = fields.Many2one(related="capacity_id.service_id", store=True)
    date_from = fields.Date(related="capacity_id.date_from", store=True)
    date_to = fields.Date(related="capacity_id.date_to", store=True)
    state = fields.Selection(
        [("proposed", "Proposed"), ("accepted", "Accepted"), ("cancelled", "Cancelled")],
        string="Status",
        compute="_compute_state",
        store=True,
        precompute=True,
        index=True,
        tracking=True,
        copy=False,
    )
    floor_share = fields.Float(
        string="Floor for Everyone",
        default=lambda self: self.env.company.logistics_allocation_floor,
        tracking=True,
        help="Part of what was ordered that every customer gets before priorities count.",
    )
    whole_units = fields.Boolean(
        default=True, help="Hand out whole parcels or pallets; off: any fraction."
    )
    quantity = fields.Float(string="Can Be Done", readonly=True, copy=False)
    wanted = fields.Float(string="Ordered", readonly=True, copy=False)
    allocated = fields.Float(readonly=True, copy=False)
    floor_kept = fields.Boolean(
        readonly=True,
        copy=False,
        help="The capacity was enough for the floor of everybody. Otherwise the floor was cut "
        "for all alike.",
    )
    line_ids = fields.One2many("logistics.allocation.line", "allocation_id", copy=False)
    accepted_by = fields.Many2one("res.users", readonly=True, copy=False)
    accepted_on = fields.Date(readonly=True, copy=False)

    _floor = models.Constraint(
        "CHECK (floor_share >= 0 AND floor_share <= 1)",
        "The floor is a share between 0 and 100 percent.",
    )

    def _compute_state(self):
        # Not a default: a user could give another one.
        for allocation in self:
            allocation.state = allocation.state or "proposed"

    def action_propose(self):
        """Share out the capacity anew, from the orders of this moment.

        :raise UserError: for a proposal that was accepted
        """
        self.check_access("write")
        for allocation in self:
            if allocation.state == "accepted":
                raise UserError(self.env._("An accepted allocation stays. Make another one."))
            allocation.sudo()._propose()
        return True

    def _propose(self):
        capacity = self.capacity_id
        demand = self._demand(capacity)
        wanted = [row["wanted"] for row in demand]
        amount = capacity.quantity
        floors = [part * self.floor_share for part in wanted]
        floor_kept = sum(floors) <= amount + 1e-9
        given = share_out(floors, amount, self.whole_units)
        left = amount - sum(given)
        floors = list(given)
        for priority in ("2", "1", "0"):
            places = [n for n, row in enumerate(demand) if row["priority"] == priority]
            more = share_out(
                [max(wanted[n] - given[n], 0.0) for n in places], left, self.whole_units
            )
            for place, part in zip(places, more, strict=True):
                given[place] += part
            left -= sum(more)
        self.line_ids.unlink()
        self.env["logistics.allocation.line"].create(
            [
                {
                    "allocation_id": self.id,
                    "customer_id": row["customer_id"],
                    "line_id": row["line_id"],
                    "value_class": row["value_class"],
                    "priority": row["priority"],
                    "day": row["day"],
                    "wanted": row["wanted"],
                    "floor": floors[place],
                    "allocated": given[place],
                }
                for place, row in enumerate(demand)
            ]
        )
        self.write(
            {
                "state": "proposed",
                "quantity": amount,
                "wanted": sum(wanted),
                "allocated": sum(given),
                "floor_kept": floor_kept,
            }
        )

    @api.model
    def _demand(self, capacity):
        """The order lines that ask for a capacity, with class and priority of their customers."""
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT d.line_id, d.wanted, d.day, c.id AS customer_id, c.value_class,
                       COALESCE(e.priority, '0') AS priority
                  FROM (%s) d
                  LEFT JOIN logistics_customer c ON c.partner_id = d.partner_id
                                                AND c.company_id = %s
                  LEFT JOIN (logistics_value_class_entitlement e
                             JOIN logistics_value_class_policy y ON y.id = e.policy_id
                                                                AND y.active)
                         ON e.company_id = c.company_id AND e.value_class = c.value_class
                 ORDER BY COALESCE(e.priority, '0') DESC, d.day, d.line_id
                """,
                self.env["logistics.capacity"]._demand_sql(capacity),
                capacity.company_id.id,
            )
        )

    def action_accept(self):
        """Put the proposal into force: the order lines show what they get.

        :raise UserError: when orders changed since the proposal
        """
        self.check_access("write")
        for allocation in self.sudo().filtered(lambda a: a.state == "proposed"):
            now = {
                row["line_id"]: round(row["wanted"], 6)
                for row in self._demand(allocation.capacity_id)
            }
            then = {row.line_id.id: round(row.wanted, 6) for row in allocation.line_ids}
            if now != then or allocation.quantity != allocation.capacity_id.quantity:
                raise UserError(
                    self.env._(
                        "Orders or capacity of %s changed since the proposal. Propose again.",
                        allocation.capacity_id.name,
                    )
                )
            others = self.sudo().search(
                [
                    ("capacity_id", "=", allocation.capacity_id.id),
                    ("state", "=", "accepted"),
                    ("id", "!=", allocation.id),
                ]
            )
            others.action_cancel()
            for row in allocation.line_ids:
                row.line_id.logistics_allocated_qty = row.allocated
            allocation.write(
                {
                    "state": "accepted",
                    "accepted_by": self.env.uid,
                    "accepted_on": fields.Date.context_today(self),
                }
            )
        return True

    def action_cancel(self):
        """Cancel these; order lines they were in force for show nothing any more."""
        self.check_access("write")
        for allocation in self.sudo():
            if allocation.state == "accepted":
                allocation.line_ids.line_id.write({"logistics_allocated_qty": False})
            allocation.state = "cancelled"
        return True


class LogisticsAllocationLine(models.Model):
    """What one order line gets of a short capacity, and why."""

    _name = "logistics.allocation.line"
    _description = "Allocation Line"
    _inherit = ["logistics.readonly.mixin"]
    _order = "allocation_id, priority desc, day, id"

    allocation_id = fields.Many2one(
        "logistics.allocation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="allocation_id.company_id", store=True, index=True)
    customer_id = fields.Many2one(
        "logistics.customer", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    order_id = fields.Many2one(related="line_id.order_id", string="Order")
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    day = fields.Date(string="Promised For", readonly=True)
    wanted = fields.Float(string="Ordered", readonly=True)
    floor = fields.Float(readonly=True, help="What it got before priorities counted.")
    allocated = fields.Float(readonly=True)
    shortfall = fields.Float(compute="_compute_shortfall", store=True)
    filled = KnownFloat(string="Filled", compute="_compute_shortfall", store=True, aggregator="avg")
    explanation = fields.Char(compute="_compute_explanation")

    @api.depends("wanted", "allocated")
    def _compute_shortfall(self):
        for row in self:
            row.shortfall = row.wanted - row.allocated
            row.filled = row.allocated / row.wanted if row.wanted else False

    @api.depends("wanted", "allocated", "floor", "priority")
    @api.depends_context("lang")
    def _compute_explanation(self):
        labels = dict(self._fields["priority"]._description_selection(self.env))
        for row in self:
            values = {
                "floor": f"{row.floor:g}",
                "more": f"{row.allocated - row.floor:g}",
                "priority": labels.get(row.priority, ""),
                "wanted": f"{row.wanted:g}",
                "missing": f"{row.shortfall:g}",
            }
            if row.shortfall <= 1e-9:
                text = self.env._(
                    "All %(wanted)s: floor %(floor)s, priority %(priority)s %(more)s.", **values
                )
            elif row.allocated - row.floor > 1e-9:
                text = self.env._(
                    "Floor %(floor)s and %(more)s of what was left for priority %(priority)s; "
                    "%(missing)s of %(wanted)s are missing.",
                    **values,
                )
            else:
                text = self.env._(
                    "The floor of %(floor)s only: higher priorities took the rest; %(missing)s of "
                    "%(wanted)s are missing.",
                    **values,
                )
            row.explanation = text


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    logistics_allocated_qty = KnownFloat(
        string="Allocated",
        readonly=True,
        copy=False,
        digits="Product Unit",
        help="What the line gets of a capacity that is short, in the product's unit. Empty: the "
        "capacity is not short, or nobody has decided yet.",
    )


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_allocation_floor = fields.Float(
        string="Allocation Floor",
        default=0.3,
        help="When capacity is short, every order gets this part of what it asks for before "
        "priorities count.",
    )

    _logistics_allocation_floor = models.Constraint(
        "CHECK (logistics_allocation_floor >= 0 AND logistics_allocation_floor <= 1)",
        "The floor is a share between 0 and 100 percent.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_allocation_floor = fields.Float(
        related="company_id.logistics_allocation_floor", readonly=False
    )
