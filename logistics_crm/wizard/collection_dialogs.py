# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.collection.collection_case import CALL_RESULTS


class LogisticsCollectionPause(models.TransientModel):
    """Asks until when and why cases rest."""

    _name = "logistics.collection.pause"
    _description = "Pause Collections"

    case_ids = fields.Many2many("logistics.collection.case", required=True)
    until = fields.Date(required=True, help="Nothing is sent up to and including this day.")
    reason = fields.Char(required=True)

    def action_pause(self):
        """Hand the pause to the cases."""
        self.ensure_one()
        self.case_ids.action_pause(self.until, self.reason)
        return {"type": "ir.actions.act_window_close"}


class LogisticsCollectionPreview(models.TransientModel):
    """A letter as it would be sent."""

    _name = "logistics.collection.preview"
    _description = "Preview of a Collection Letter"

    mail_to = fields.Char(readonly=True)
    subject = fields.Char(readonly=True)
    body = fields.Html(readonly=True)


class LogisticsCollectionCall(models.TransientModel):
    """Records a call: what came out of it, and the promise that was made."""

    _name = "logistics.collection.call"
    _description = "Collection Call"

    case_ids = fields.Many2many("logistics.collection.case", string="Cases", required=True)
    case_id = fields.Many2one("logistics.collection.case", compute="_compute_case_id")
    currency_id = fields.Many2one(related="case_id.currency_id")
    partner_id = fields.Many2one(related="case_id.partner_id")
    phone = fields.Char(related="partner_id.phone")
    contact_id = fields.Many2one(
        "res.partner",
        string="Spoken To",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    result = fields.Selection(CALL_RESULTS, required=True, default="reached")
    note = fields.Text(help="What was said, in a few words.")
    promise_amount = fields.Monetary(
        string="Promised Amount", compute="_compute_promise_amount", store=True, readonly=False
    )
    promise_date = fields.Date(string="Pays Until")
    call_again = fields.Date(help="An activity reminds you on this day.")

    @api.depends("case_ids")
    def _compute_case_id(self):
        for call in self:
            call.case_id = call.case_ids[:1]

    @api.depends("case_ids", "result")
    def _compute_promise_amount(self):
        for call in self:
            call.promise_amount = call.case_ids[:1].overdue_amount

    def action_log(self):
        """Record the call, and the promise when one was made.

        :raise UserError: for several cases at once, or a promise without amount or day
        """
        self.ensure_one()
        if len(self.case_ids) != 1:
            raise UserError(self.env._("A call is with one customer: log it from its case."))
        case = self.case_id
        case._check_collector()
        promise = self.env["logistics.payment.promise"]
        if self.result == "promised":
            if not self.promise_date or self.promise_amount <= 0:
                raise UserError(self.env._("Give the promised amount and the day."))
            promise = promise.create(
                {
                    "customer_id": case.customer_id.id,
                    "currency_id": case.currency_id.id,
                    "amount": self.promise_amount,
                    "date_promised": self.promise_date,
                    "contact_id": self.contact_id.id,
                    "note": self.note,
                }
            )
        case._log_touch("call", "phone", self.note, result=self.result, promise_id=promise.id)
        calls = case.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id.category == "phonecall"
        )
        if self.result != "not_reached":
            calls.action_feedback(feedback=self.note or "")
        if self.call_again:
            case.sudo().activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=self.call_again,
                summary=self.env._("Call again: %s", case.customer_id.display_name),
                user_id=self.env.uid,
            )
        case.sudo()._plan_next()
        return {"type": "ir.actions.act_window_close"}
