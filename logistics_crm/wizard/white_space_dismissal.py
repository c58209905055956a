# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

from ..models.consumption.white_space import DISMISS_REASONS


class LogisticsWhiteSpaceDismissal(models.TransientModel):
    """Why proposals are not worth a conversation."""

    _name = "logistics.white.space.dismissal"
    _description = "Dismiss White Space"

    proposal_ids = fields.Many2many("logistics.white.space", required=True)
    reason = fields.Selection(DISMISS_REASONS, required=True)
    note = fields.Char()

    def action_dismiss(self):
        """Dismiss the open proposals with this reason; they are not proposed again."""
        self.ensure_one()
        self.proposal_ids.check_access("read")
        self.proposal_ids.customer_id.check_access("write")
        self.proposal_ids.sudo().filtered(lambda row: row.state == "open")._decide(
            self.env.user,
            state="dismissed",
            dismiss_reason=self.reason,
            dismiss_note=self.note,
        )
        return {"type": "ir.actions.act_window_close"}
