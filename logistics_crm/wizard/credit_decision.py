# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError

# What may be asked a reason for, and the method that takes it (and checks who may).
_DECISIONS = {
    ("logistics.credit.release", "decline"): "action_decline",
    ("logistics.credit.hold", "lift"): "action_lift",
    ("logistics.arrears.gate", "lift"): "action_lift",
    ("logistics.credit.signal", "close"): "action_close",
    ("logistics.payment.promise", "cancel"): "action_cancel",
}


class LogisticsCreditDecision(models.TransientModel):
    """Asks for the reason of a decision; the decided document checks who may decide."""

    _name = "logistics.credit.decision"
    _description = "Reason of a Credit Decision"

    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True)
    reason = fields.Text(required=True)

    @api.model
    def _ask(self, documents, kind):
        """Return the action that asks for the reason of a decision on documents."""
        titles = {
            "decline": self.env._("Decline"),
            "lift": self.env._("Lift"),
            "close": self.env._("Close"),
            "cancel": self.env._("Withdraw"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[kind],
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_res_model": documents._name,
                "default_res_ids": documents.ids,
                "default_kind": kind,
            },
        }

    def action_decide(self):
        """Hand the reason to the document's own method."""
        self.ensure_one()
        method = _DECISIONS.get((self.res_model, self.kind))
        if not method:
            raise UserError(self.env._("There is nothing to decide here."))
        getattr(self.env[self.res_model].browse(self.res_ids), method)(reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
