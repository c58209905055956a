# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class AccountMove(models.Model):
    """The invoice shows that it is disputed."""

    _inherit = "account.move"

    logistics_dispute_ids = fields.One2many(
        "logistics.dispute",
        "move_id",
        string="Disputes",
        groups="logistics_crm.group_user,logistics_crm.group_credit_controller",
    )
    logistics_dispute_open = fields.Boolean(
        string="Disputed", compute="_compute_logistics_dispute_open"
    )

    def _compute_logistics_dispute_open(self):
        # Everybody who reads the invoice may know that it is disputed, not by whom and why.
        rows = (
            self.env["logistics.dispute"]
            .sudo()
            ._read_group([("move_id", "in", self.ids), ("state", "=", "open")], ["move_id"])
        )
        disputed = {move.id for (move,) in rows}
        for move in self:
            move.logistics_dispute_open = move.id in disputed

    def action_logistics_dispute(self):
        """Open the dispute of the invoice, or the form of a new one."""
        self.ensure_one()
        disputes = self.env["logistics.dispute"].search([("move_id", "=", self.id)])
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Dispute"),
            "res_model": "logistics.dispute",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"default_move_id": self.id},
        }
        if len(disputes.filtered(lambda dispute: dispute.state == "open")) == 1:
            action["res_id"] = disputes.filtered(lambda dispute: dispute.state == "open").id
        return action
