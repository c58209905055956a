# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.exceptions import UserError

REOPEN_DAYS = 90


class LogisticsComplaint(models.Model):
    """What a customer may do with a complaint of its own; called after the portal checked whose."""

    _inherit = "logistics.complaint"

    def _may_reopen_by_customer(self):
        """Whether the customer may open it again: answered, not long ago, not a duplicate."""
        self.ensure_one()
        if self.duplicate_of_id or self.state not in ("answered", "closed", "refused"):
            return False
        if not self.closed_on:
            return True
        last = fields.Date.add(self.closed_on, days=REOPEN_DAYS)
        return fields.Date.context_today(self) <= last

    def _reopen_by_customer(self, reason):
        """The customer is not content with the answer.

        :raise UserError: without reason, or when it ended too long ago
        """
        self.ensure_one()
        if not self._may_reopen_by_customer():
            raise UserError(
                self.env._("This complaint cannot be opened again: please file a new one.")
            )
        self.sudo()._reopen(reason)
        self.sudo().message_post(
            body=reason,
            author_id=(self.contact_id or self.partner_id).id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
