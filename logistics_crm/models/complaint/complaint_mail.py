# Part of logistics_crm. License LGPL-3 or later.
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize, is_html_empty
from odoo.tools.misc import clean_context

from ...complaint_words import OPEN_STATES

_logger = logging.getLogger(__name__)

# Further mails of one sender in an hour, beyond which nothing is stored any more: a machine.
FLOOD_MESSAGES = 40


class LogisticsComplaintDepartment(models.Model):
    """Each department may have a mail address that opens complaints."""

    _name = "logistics.complaint.department"
    _inherit = ["logistics.complaint.department", "mail.alias.mixin.optional"]

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("logistics.complaint")
        if self.id:
            values["alias_defaults"] = {
                "department_id": self.id,
                "company_id": (self.company_id or self.env.company).id,
                "channel": "mail",
            }
        return values


class LogisticsComplaint(models.Model):
    """Complaints by mail: from anybody, but never from a machine or from ourselves."""

    _inherit = "logistics.complaint"

    @api.model
    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["contact_id", "partner_id"]

    def _mail_get_partners(self, introspect_fields=False):
        """The person who complained; the company's own address only when nobody is named."""
        return {complaint.id: complaint.contact_id or complaint.partner_id for complaint in self}

    @api.model
    def _from_machine(self, message, email_from):
        """Whether a mail was written by a machine, or by this system itself."""
        if (message.get("Auto-Submitted") or "no").split(";")[0].strip().lower() != "no":
            return True
        if message.get("X-Autoreply") or message.get("X-Autorespond"):
            return True
        if (message.get("Precedence") or "").strip().lower() == "auto_reply":
            return True
        sender = email_normalize(email_from)
        if not sender:
            return False
        host = sender.rpartition("@")[2]
        domains = (
            self.env["mail.alias.domain"]
            .sudo()
            .search(["|", ("name", "=ilike", host), ("default_from", "=ilike", sender)])
        )
        own = {
            address
            for name in ("catchall_email", "bounce_email", "default_from_email")
            for address in domains.mapped(name)
        }
        aliases = self.env["mail.alias"].sudo()
        return sender in own or bool(aliases.search_count([("alias_full_name", "=", sender)]))

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        """Drop what would go round in circles before anything is made of it."""
        if not route[1] and self._from_machine(message, message_dict["email_from"]):
            _logger.info(
                "No complaint from %s, Message-Id %s: written by a machine",
                message_dict["email_from"],
                message_dict["message_id"],
            )
            return ()
        if not route[1] and self._logistics_is_flood(email_normalize(message_dict["email_from"])):
            return ()
        return super()._routing_check_route(
            message, message_dict, route, raise_exception=raise_exception
        )

    @api.model
    def _logistics_is_flood(self, sender):
        """Whether so many mails of an address came in an hour that no more are stored."""
        if not sender:
            return False
        recent = (
            self.env["mail.message"]
            .sudo()
            .search_count(
                [
                    ("model", "=", self._name),
                    ("message_type", "=", "email"),
                    ("create_date", ">=", fields.Datetime.now() - timedelta(hours=1)),
                    ("email_from", "ilike", sender),
                ],
                limit=FLOOD_MESSAGES,
            )
        )
        if recent < FLOOD_MESSAGES:
            return False
        _logger.warning("No further mail from %s on complaints: a flood", sender)
        return True

    def _logistics_takes_reply(self, sender):
        known = (self.email_from, self.contact_id.email)
        if sender and sender in {email_normalize(email) for email in known if email}:
            return True
        return super()._logistics_takes_reply(sender)

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a complaint of a mail; a flood goes to the sender's last one.

        An unknown sender's has no customer and waits for somebody to say who it is.
        """
        values = dict(custom_values or {})
        company = self.env["res.company"].browse(values.get("company_id")) or self.env.company
        sender = email_normalize(msg_dict.get("email_from") or "")
        if sender:
            recent = self.sudo().search(
                [
                    ("email_from", "ilike", sender),
                    ("company_id", "=", company.id),
                    ("create_date", ">=", fields.Datetime.now() - timedelta(hours=1)),
                ],
                order="id desc",
            )
            if len(recent) >= company.logistics_complaint_flood:
                recent[0]._message_log(
                    body=self.env._(
                        "%s writes very often: further mails of this hour are added here.", sender
                    )
                )
                return recent[0]
        body = msg_dict.get("body") or ""
        author = self.env["res.partner"].browse(msg_dict.get("author_id") or []).sudo()
        zone = company._complaint_calendar().tz or "UTC"
        values |= {
            "name": (msg_dict.get("subject") or "").strip()[:250]
            or self.env._("Mail without subject"),
            "channel": "mail",
            "company_id": company.id,
            "email_from": msg_dict.get("email_from"),
            "received_on": fields.Date.context_today(self.with_context(tz=zone)),
            "description": self.env._("The mail was empty.") if is_html_empty(body) else body,
        }
        if author.partner_share:
            values |= {"contact_id": author.id, "phone": author.phone}
        plain = self.with_env(self.env(context=clean_context(self.env.context)))
        complaint = plain.create(values)
        complaint._acknowledge()
        return complaint

    def message_update(self, msg_dict, update_vals=None):
        """A mail about a complaint that has ended is shown to its handler."""
        result = super().message_update(msg_dict, update_vals=update_vals)
        self._customer_wrote()
        return result

    def _customer_wrote(self):
        """Tell the handler that the customer wrote after the end."""
        for complaint in self.sudo():
            if complaint.state in OPEN_STATES or not complaint.user_id:
                continue
            complaint.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The customer wrote after the end"),
                user_id=complaint.user_id.id,
            )

    # ------------------------------------------------------------------ mails we send
    def _acknowledge(self):
        """Tell the customer that the complaint arrived, when the company wants such mails."""
        self._send_template("logistics_crm.mail_complaint_received")

    def _send_template(self, xmlid):
        template = self.env.ref(xmlid, raise_if_not_found=False)
        for complaint in self.sudo():
            if not template or not complaint.company_id.logistics_complaint_mail:
                continue
            if not (complaint.contact_id.email or complaint.email_from):
                continue
            template.sudo().send_mail(
                complaint.id,
                email_values={"headers": repr({"Auto-Submitted": "auto-replied"})},
            )

    def _move_to(self, state, sources, **values):
        result = super()._move_to(state, sources, **values)
        if state == "answered":
            self._send_template("logistics_crm.mail_complaint_answered")
        return result

    def _end(self, state, sources, reason=None, **values):
        result = super()._end(state, sources, reason, **values)
        if state == "refused":
            self._send_template("logistics_crm.mail_complaint_answered")
        if state in ("closed", "refused"):
            self._ask_rating()
        return result

    def _ask_rating(self):
        """Ask the customer how well it was handled, when the company wants that."""
        template = self.env.ref("logistics_crm.mail_complaint_rating", raise_if_not_found=False)
        for complaint in self.sudo():
            if (
                template
                and complaint.company_id.logistics_complaint_rating
                and complaint._rating_get_partner().email
            ):
                complaint.rating_send_request(
                    template, lang=complaint._rating_get_partner().lang, force_send=False
                )

    def _rating_get_partner(self):
        return self.contact_id or self.partner_id
