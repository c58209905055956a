# Part of logistics_crm. License LGPL-3 or later.
import logging

from odoo import api, models
from odoo.tools import email_normalize

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    """Who may answer by mail on a record of a customer: that customer's people, and ours.

    Whoever knows the number of a message could otherwise write into the matter of another
    customer, where its people read it.
    """

    _inherit = "mail.thread"

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        """Treat a stranger's reply as a new mail: a new complaint, or it bounces."""
        model, thread_id = route[0], route[1]
        if thread_id and (model or "").startswith("logistics.") and model in self.env:
            record = self.env[model].sudo().browse(thread_id).exists()
            sender = email_normalize(message_dict["email_from"])
            if record and not record._logistics_takes_reply(sender):
                _logger.info(
                    "Mail of %s to %s,%s is no reply to it: not one of that customer's people",
                    sender,
                    model,
                    thread_id,
                )
                return ()
            if record and record._logistics_is_flood(sender):
                return False
        return super()._routing_check_route(
            message, message_dict, route, raise_exception=raise_exception
        )

    @api.model
    def _logistics_is_flood(self, sender):
        """Whether so many mails of an address came that no more are stored; complaints count."""
        return False

    def _logistics_takes_reply(self, sender):
        """Whether a mail of this address may be added to the record; called as superuser.

        Records that belong to no customer take what Odoo's own rules let in.
        """
        self.ensure_one()
        if self._name == "logistics.customer":
            entity = self.partner_id
        elif "customer_id" in self._fields:
            entity = self["customer_id"].partner_id
        else:
            return True
        if not sender:
            return False
        people = self.env["res.partner"].search([("email_normalized", "=", sender)])
        if people.user_ids.filtered(lambda user: not user.share):
            return True
        if people & self.message_partner_ids or entity in people.commercial_partner_id:
            return True
        # whom one of us wrote to on this matter: a subcontractor, an insurer
        return bool(
            self.env["mail.message"].search_count(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    "|",
                    ("partner_ids", "in", people.ids),
                    ("outgoing_email_to", "ilike", sender),
                ],
                limit=1,
            )
        )
