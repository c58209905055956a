# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_qweb import QWebError

REPORTS = {
    "statement": "logistics_crm.action_report_statement",
    "confirmation": "logistics_crm.action_report_confirmation",
}


class LogisticsLetterBatch(models.Model):
    """Statements and balance confirmations as letters of a batch."""

    _inherit = "logistics.letter.batch"

    def _letter_data(self, lines):
        data = super()._letter_data(lines)
        if self.kind not in REPORTS:
            return data
        customers = lines.customer_id.sudo()
        statements = customers._statement_data(self.date, self.date_from)
        recipients = self._recipients(customers) if self.delivery == "mail" else {}
        return {
            customer.id: {
                "statement": statements[customer.id],
                "statements": statements,
                "recipient": recipients.get(customer.id),
            }
            for customer in customers
        }

    def _recipients(self, customers):
        """Return ``{customer id: partner}``: the first invoice contact with an address.

        One query for all; the entity itself stands in where no invoice contact has an address.
        """
        partners = customers.partner_id
        children = self.env["res.partner"].search_fetch(
            [
                ("commercial_partner_id", "in", partners.ids),
                ("type", "=", "invoice"),
                ("email_normalized", "!=", False),
            ],
            ["commercial_partner_id", "email_normalized", "lang"],
            order="id desc",
        )
        found = {partner.commercial_partner_id.id: partner for partner in children}
        return {
            customer.id: found.get(customer.partner_id.id, customer.partner_id)
            for customer in customers
        }

    def _letter_make(self, line, data):
        if self.kind not in REPORTS:
            return super()._letter_make(line, data)
        customer = line.customer_id.sudo()
        lang = self._letter_lang(customer)
        recipient = data.get("recipient")
        if self.delivery == "mail" and not (recipient and recipient.email_normalized):
            raise UserError(
                self.env._(
                    "%s has no mail address. Give the customer, or its invoice contact, one.",
                    customer.name,
                )
            )
        batch = self.with_context(lang=lang)
        customer = customer.with_context(lang=lang)
        confirmation = None
        if self.kind == "confirmation":
            confirmation = self.env["logistics.balance.confirmation"]._confirmation_of(
                customer, self.date, data["statement"]["balance"]
            )
        attachment = batch._letter_pdf(customer, data["statements"])
        values = {"attachment_id": attachment.id}
        if self.delivery == "mail":
            message = batch._letter_mail(customer, recipient, attachment, confirmation)
            values.update(message_id=message.id, sent_to=recipient.email_normalized)
        else:
            customer._message_log(
                body=self.env._("%s printed.", batch.name), attachment_ids=attachment.ids
            )
        if confirmation:
            confirmation._mark_sent(attachment, values.get("sent_to"))
        return values

    def _letter_lang(self, customer):
        """Return the customer's language.

        :raise UserError: when the contact has none, or one that is not installed
        """
        lang = customer.partner_id.lang
        if not lang:
            raise UserError(
                self.env._(
                    "%s has no language. Set it on the contact, so that the letter is written in "
                    "it.",
                    customer.name,
                )
            )
        if lang not in dict(self.env["res.lang"].get_installed()):
            raise UserError(
                self.env._(
                    "The language %(lang)s of %(name)s is not active. Activate it, or choose "
                    "another one on the contact.",
                    lang=lang,
                    name=customer.name,
                )
            )
        return lang

    def _letter_pdf(self, customer, statements):
        """Render the letter of one customer and attach it to the account."""
        content, extension = (
            self.env["ir.actions.report"]
            .sudo()
            ._render_qweb_pdf(
                REPORTS[self.kind],
                customer.ids,
                data={
                    "statements": statements,
                    "as_of": self.date,
                    "date_from": self.date_from,
                    "report_type": "pdf",
                },
            )
        )
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{kinds[self.kind]} {self.date} {customer.name}.{extension}".replace(
                        "/", "-"
                    ),
                    "raw": content,
                    "res_model": customer._name,
                    "res_id": customer.id,
                    "company_id": self.company_id.id,
                }
            )
        )

    def _letter_mail(self, customer, recipient, attachment, confirmation=None):
        """Write the mail on the customer's timeline; the mail queue sends it once committed.

        :raise UserError: when the template is missing, broken or empty
        """
        template = self.template_id.sudo()
        if not template or template.model != customer._name:
            raise UserError(self.env._("The batch has no mail template for customers."))
        template = template.with_context(
            lang=customer.env.context.get("lang"),
            letter_date=self.date,
            letter_url=confirmation and confirmation._reply_url(),
        )
        try:
            rendered = {
                name: template._render_field(name, customer.ids)[customer.id]
                for name in ("subject", "body_html")
            }
        except (UserError, QWebError) as error:
            # The text holds a traceback; what is wrong stands in its cause.
            cause = " ".join(str(error.__cause__ or error.__context__ or error).split())
            raise UserError(
                self.env._(
                    "The mail template %(name)s is broken: %(error)s",
                    name=template.name,
                    error=cause[:300],
                )
            ) from error
        if not rendered["subject"] or not rendered["body_html"]:
            raise UserError(
                self.env._("The mail template %s gives an empty subject or text.", template.name)
            )
        return customer.with_context(mail_notify_force_send=False).message_post(
            subject=rendered["subject"],
            body=rendered["body_html"],
            author_id=self.user_id.partner_id.id,
            email_from=template.email_from
            and template._render_field("email_from", customer.ids)[customer.id]
            or self.company_id.email_formatted
            or self.user_id.email_formatted,
            partner_ids=recipient.ids,
            attachment_ids=attachment.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            email_layout_xmlid="mail.mail_notification_light",
        )

    # ------------------------------------------------------------------ filling
    def action_add_debtors(self):
        """Add every customer whose account is not zero on the batch's day.

        :raise UserError: when the batch has started already
        """
        self.ensure_one()
        self._check_sender()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("%s has been started already.", self.name))
        ageing = self.env["logistics.receivable.report"]._ageing(self.date, self.company_id)
        customers = (
            self.env["logistics.customer"]
            .sudo()
            .search(
                [
                    (
                        "partner_id",
                        "in",
                        [row["partner_id"] for row in ageing if row["partner_id"]],
                    ),
                    ("company_id", "=", self.company_id.id),
                ]
            )
        )
        self.sudo()._add_customers(customers)
        return True

    def action_print_all(self):
        """Print the letters of the whole batch in one PDF, one customer after the other."""
        self.ensure_one()
        self._check_sender()
        self.check_access("read")
        customers = self.line_ids.customer_id
        if not customers:
            raise UserError(self.env._("Choose the customers first: the batch is empty."))
        return self.env.ref(REPORTS[self.kind]).report_action(
            customers,
            data={
                "customer_ids": customers.ids,
                "as_of": fields.Date.to_string(self.date),
                "date_from": self.date_from and fields.Date.to_string(self.date_from),
            },
        )
