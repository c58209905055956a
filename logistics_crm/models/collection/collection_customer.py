# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError


class LogisticsCustomer(models.Model):
    """Promises and disputes on the customer's account."""

    _inherit = "logistics.customer"

    collection_case_ids = fields.One2many(
        "logistics.collection.case", "customer_id", string="Collection Cases"
    )
    collection_case_id = fields.Many2one(
        "logistics.collection.case", compute="_compute_collection_case_id"
    )
    collection_state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        string="Collections",
        compute="_compute_collection_case_id",
    )
    promise_ids = fields.One2many("logistics.payment.promise", "customer_id")
    promise_open_count = fields.Integer(compute="_compute_promise_counts")
    promise_broken_count = fields.Integer(compute="_compute_promise_counts")
    dispute_open_count = fields.Integer(compute="_compute_dispute_open_count")

    @api.model
    def _folding_models(self):
        return [
            *super()._folding_models(),
            "logistics.payment.promise",
            "logistics.collection.case",
        ]

    @api.depends("collection_case_ids")
    def _compute_collection_case_id(self):
        for account in self:
            case = account.collection_case_ids[:1]
            account.collection_case_id = case
            account.collection_state = case.state

    def _compute_promise_counts(self):
        rows = self.env["logistics.payment.promise"]._read_group(
            [("customer_id", "in", self.ids), ("state", "in", ("open", "partly", "broken"))],
            ["customer_id", "state"],
            ["__count"],
        )
        counts = {(customer.id, state): number for customer, state, number in rows}
        for account in self:
            account.promise_open_count = counts.get((account.id, "open"), 0)
            account.promise_broken_count = sum(
                counts.get((account.id, state), 0) for state in ("partly", "broken")
            )

    def _compute_dispute_open_count(self):
        rows = self.env["logistics.dispute"]._read_group(
            [("customer_id", "in", self.ids), ("state", "=", "open")], ["customer_id"], ["__count"]
        )
        counts = {customer.id: number for customer, number in rows}
        for account in self:
            account.dispute_open_count = counts.get(account.id, 0)

    def action_open_promises(self):
        """Open the customer's promises of payment, and record new ones there."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_payment_promise"
        )
        action["domain"] = [("customer_id", "=", self.id)]
        action["context"] = {"default_customer_id": self.id}
        return action

    def action_open_collection_case(self):
        """Open the customer's collection case; a controller opens the first one here.

        :raise UserError: when nothing is to be collected
        """
        self.ensure_one()
        case = self.collection_case_id
        if not case:
            self.env["logistics.collection.case"]._check_collector()
            cases = self.env["logistics.collection.case"].sudo()
            cases._refresh_cases(self.company_id)
            case = cases.search([("customer_id", "=", self.id)])
        if not case:
            raise UserError(self.env._("Nothing is to be collected from %s.", self.display_name))
        return {
            "type": "ir.actions.act_window",
            "res_model": case._name,
            "res_id": case.id,
            "view_mode": "form",
        }

    def action_open_disputes(self):
        """Open the disputes of the customer's invoices."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_dispute")
        action["domain"] = [("customer_id", "=", self.id)]
        action["context"] = {}
        return action
