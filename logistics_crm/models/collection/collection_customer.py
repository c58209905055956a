# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class LogisticsCustomer(models.Model):
    """Promises and disputes on the customer's account."""

    _inherit = "logistics.customer"

    promise_ids = fields.One2many("logistics.payment.promise", "customer_id")
    promise_open_count = fields.Integer(compute="_compute_promise_counts")
    promise_broken_count = fields.Integer(compute="_compute_promise_counts")
    dispute_open_count = fields.Integer(compute="_compute_dispute_open_count")

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.payment.promise"]

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

    def action_open_disputes(self):
        """Open the disputes of the customer's invoices."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_dispute")
        action["domain"] = [("customer_id", "=", self.id)]
        action["context"] = {}
        return action
