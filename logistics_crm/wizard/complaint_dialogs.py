# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError


class LogisticsComplaintReason(models.TransientModel):
    """Asks for the reason of a step that needs one: refuse, cancel, open again."""

    _name = "logistics.complaint.reason"
    _description = "Reason of a Complaint's Step"

    step = fields.Selection(
        [
            ("refuse", "Refuse the Claim"),
            ("cancel", "Cancel"),
            ("reopen", "Open Again"),
            ("refuse_compensation", "Refuse the Compensation"),
        ],
        required=True,
    )
    complaint_ids = fields.Many2many("logistics.complaint", string="Complaints")
    compensation_id = fields.Many2one("logistics.complaint.compensation", ondelete="cascade")
    reason = fields.Text(required=True)

    def action_apply(self):
        """Hand the reason to the step, which checks the rights."""
        self.ensure_one()
        if self.step == "refuse_compensation":
            self.compensation_id._refuse(self.reason)
        else:
            getattr(self.complaint_ids, f"_{self.step}")(self.reason)
        return {"type": "ir.actions.act_window_close"}


class LogisticsComplaintMerge(models.TransientModel):
    """Asks which of several complaints remains."""

    _name = "logistics.complaint.merge"
    _description = "Merge Complaints"

    complaint_ids = fields.Many2many("logistics.complaint", string="Complaints")
    target_id = fields.Many2one(
        "logistics.complaint", required=True, domain="[('id', 'in', complaint_ids)]"
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        complaints = self.env["logistics.complaint"].browse(
            self.env.context.get("active_ids") or []
        )
        values["complaint_ids"] = complaints.ids
        values["target_id"] = complaints.sorted("received_at")[:1].id
        return values

    def action_merge(self):
        """Merge the others into the one that remains, and open it."""
        self.ensure_one()
        others = self.complaint_ids - self.target_id
        if not others:
            raise UserError(self.env._("Choose at least two complaints."))
        others._merge_into(self.target_id)
        return self.target_id._get_records_action()


class LogisticsComplaint(models.Model):
    _inherit = "logistics.complaint"

    def _ask_reason(self, step, title):
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.complaint.reason",
            "view_mode": "form",
            "target": "new",
            "context": {"default_step": step, "default_complaint_ids": self.ids},
            "name": title,
        }

    def action_refuse(self):
        """Ask for the reason and refuse the claim."""
        return self._ask_reason("refuse", self.env._("Refuse the Claim"))

    def action_cancel(self):
        """Ask for the reason and cancel."""
        return self._ask_reason("cancel", self.env._("Cancel the Complaint"))

    def action_reopen(self):
        """Ask for the reason and open it again."""
        return self._ask_reason("reopen", self.env._("Open Again"))


class LogisticsComplaintCompensation(models.Model):
    _inherit = "logistics.complaint.compensation"

    def action_refuse(self):
        """Ask for the reason and refuse the compensation."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.complaint.reason",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_step": "refuse_compensation",
                "default_compensation_id": self.id,
            },
            "name": self.env._("Refuse the Compensation"),
        }
