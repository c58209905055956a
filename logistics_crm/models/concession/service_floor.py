# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models

from ...fields_unknown import KnownFloat

# promise: whether more of it is better for the customer
PROMISES = {"response_hours": False, "on_time_target": True, "complaint_days": False}


class LogisticsServicePromise(models.AbstractModel):
    """The three promises a floor makes to everyone, and a programme may better."""

    _name = "logistics.service.promise"
    _description = "Service Promise"

    response_hours = KnownFloat(
        string="Answer Within (Hours)",
        help="Working hours until the customer gets an answer. Empty: nothing is promised.",
    )
    on_time_target = KnownFloat(
        string="On-Time Target",
        help="Share of the deliveries that arrive on or before the promised day. Empty: nothing "
        "is promised.",
    )
    complaint_days = KnownFloat(
        string="Complaint Settled Within (Days)",
        help="Days until a complaint is settled. Empty: nothing is promised.",
    )

    _response_sane = models.Constraint(
        "CHECK (response_hours IS NULL OR response_hours > 0)",
        "An answer takes more than no time.",
    )
    _on_time_sane = models.Constraint(
        "CHECK (on_time_target IS NULL OR (on_time_target > 0 AND on_time_target <= 1))",
        "The on-time target is a share above 0 and up to 100 percent.",
    )
    _complaint_sane = models.Constraint(
        "CHECK (complaint_days IS NULL OR complaint_days > 0)",
        "Settling a complaint takes more than no time.",
    )

    def _falls_below(self, floor):
        """Name the promises of this record that are worse than those of a floor."""
        self.ensure_one()
        worse = []
        for name, more_is_better in PROMISES.items():
            own, least = self[name], floor[name]
            if own is False or least is False:
                continue
            if own < least if more_is_better else own > least:
                worse.append(self._fields[name]._description_string(self.env))
        return worse


class LogisticsServiceFloor(models.Model):
    """What every customer gets, large or small. No programme promises less."""

    _name = "logistics.service.floor"
    _description = "Service Floor"
    _inherit = ["logistics.service.promise", "mail.thread"]
    _order = "company_id, id"

    name = fields.Char(required=True, default=lambda self: self.env._("Service for Everyone"))
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True)
    note = fields.Text(help="What else every customer can rely on.")
    below_count = fields.Integer(
        string="Customers Below",
        compute="_compute_below_count",
        help="Customers whose deliveries of the last twelve months miss the on-time target.",
    )

    _company_uniq = models.UniqueIndex(
        "(company_id) WHERE active", "This company has a service floor already."
    )

    def _below_domain(self):
        self.ensure_one()
        if self.on_time_target is False:
            return fields.Domain.FALSE
        return fields.Domain("company_id", "=", self.company_id.id) & fields.Domain(
            "on_time_rate", "<", self.on_time_target
        )

    def _compute_below_count(self):
        for floor in self:
            floor.below_count = self.env["logistics.customer"].search_count(floor._below_domain())

    def action_open_below(self):
        """Open the customers whose service is below the floor, by value class."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_customer")
        action["domain"] = list(self._below_domain())
        action["context"] = {"search_default_group_class": 1}
        return action

    @api.constrains("active", "company_id", *PROMISES)
    def _check_programmes(self):
        for floor in self.filtered("active"):
            programmes = self.env["logistics.retention.programme"].search(
                [("company_id", "=", floor.company_id.id)]
            )
            programmes._check_floor()


class LogisticsCustomer(models.Model):
    """What is promised to this customer: the floor, or better through a programme."""

    _inherit = "logistics.customer"

    service_response_hours = KnownFloat(
        string="Answer Within (Hours)", compute="_compute_service_promises"
    )
    service_on_time_target = KnownFloat(
        string="On-Time Target", compute="_compute_service_promises"
    )
    service_complaint_days = KnownFloat(
        string="Complaint Settled Within (Days)", compute="_compute_service_promises"
    )
    service_below_floor = fields.Boolean(
        compute="_compute_service_promises",
        help="The deliveries of the last twelve months miss the on-time target of the floor.",
    )

    @api.depends("company_id", "on_time_rate")
    def _compute_service_promises(self):
        floors = {
            floor.company_id: floor
            for floor in self.env["logistics.service.floor"]
            .sudo()
            .search([("company_id", "in", self.company_id.ids)])
        }
        members = (
            self.env["logistics.retention.membership"]
            .sudo()
            .search([("customer_id", "in", self.ids), ("date_to", "=", False)])
            .grouped("customer_id")
        )
        for customer in self:
            floor = floors.get(customer.company_id)
            sources = list(members.get(customer.sudo(), self.env["logistics.retention.membership"]))
            promises = [source.programme_id for source in sources] + ([floor] if floor else [])
            for name, more_is_better in PROMISES.items():
                given = [promise[name] for promise in promises if promise[name] is not False]
                best = max if more_is_better else min
                customer[f"service_{name}"] = best(given) if given else False
            target = floor.on_time_target if floor else False
            customer.service_below_floor = (
                target is not False
                and customer.on_time_rate is not False
                and customer.on_time_rate < target
            )
