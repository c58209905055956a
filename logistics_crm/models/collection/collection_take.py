# Part of logistics_crm. License LGPL-3 or later.
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import email_normalize

from .collection_step import LEGAL

_logger = logging.getLogger(__name__)

# What one transaction of the job holds.
CHUNK = 20


class LogisticsCollectionCase(models.Model):
    """Taking a step: the touch, its mail and its message are one transaction."""

    _inherit = "logistics.collection.case"

    @api.model
    def _cron_collect(self):
        """Every day: judge promises, refresh the cases, and take the steps that are due.

        Steps are taken only for companies that send automatically, and not on quiet days. The
        job commits some customers at a time; killed at any moment, a step is taken exactly when
        its touch exists, and the next run goes on with the others.
        """
        companies = self.env["res.company"].search([("logistics_collections", "!=", "off")])
        today = fields.Date.context_today(self)
        for company in companies:
            cases = self.with_company(company)
            self.env["logistics.payment.promise"]._judge(company)
            cases._learn_rates(company)
            cases._refresh_cases(company)
            self.env["ir.cron"]._commit_progress()
        for company in companies.filtered(lambda c: c.logistics_collections == "auto"):
            if not company._is_collection_day(today):
                continue
            due = self.with_company(company)._due(company, today)
            self.env["ir.cron"]._commit_progress(remaining=len(due))
            for start in range(0, len(due), CHUNK):
                chunk = due[start : start + CHUNK].try_lock_for_update()
                for case in chunk:
                    case._take_due_step(today)
                chunk._plan_next(today)
                if not self.env["ir.cron"]._commit_progress(len(chunk)):
                    return

    @api.model
    def _due(self, company, day):
        """The open cases of a company whose next step is due on a day, the oldest debt first."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("next_step_id", "!=", False),
                ("next_action_date", "<=", day),
            ],
            order="oldest_due_date, id",
        )

    def _take_due_step(self, day):
        """Take the next step if it is due; what hinders is kept with the case, nothing raises."""
        self.ensure_one()
        if not self.next_step_id or not self.next_action_date or self.next_action_date > day:
            return
        try:
            with self.env.cr.savepoint():
                self._take_step(self.next_step_id)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            if not isinstance(error, UserError):
                _logger.warning("Collection step of %s", self.display_name, exc_info=True)
            self.env.invalidate_all(flush=False)
            self.problem = self.env["logistics.letter.batch"]._error_text(error)[:250]

    def _take_step(self, step, user=None):
        """Take a step of the ladder for one customer, once in the case's cycle.

        :param step: a ``logistics.collection.step``
        :param user: who does it; the job when omitted
        :return: the touch
        :raise UserError: when it was taken already or cannot be taken: nothing is sent then
        """
        self.ensure_one()
        self.lock_for_update()
        touches = self.env["logistics.collection.touch"].sudo()
        if touches.search_count(
            [
                ("customer_id", "=", self.customer_id.id),
                ("step_id", "=", step.id),
                ("cycle", "=", self.cycle),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "%(step)s was done already for %(customer)s. Nothing is sent twice.",
                    step=step.name,
                    customer=self.customer_id.display_name,
                )
            )
        touch = touches.create(
            {
                **self._touch_values(step.kind, step.channel, user),
                "step_id": step.id,
                "cycle": self.cycle,
                "summary": step.name,
                "template_id": step.template_id.id if step.channel == "mail" else False,
            }
        )
        touch.flush_recordset()
        if step.channel == "mail":
            touch.write(self._send_letter(step.template_id))
        elif step.kind in LEGAL:
            self._open_legal_case(step)
        else:
            if step.kind == "stop":
                self._place_hold(step)
            touch.activity_id = self._schedule_step(step)
        if not touch.message_id:
            touch.message_id = self._tell(
                self.env._("Collections: %s.", step.name), user or self.env.user
            )
        self.problem = False
        return touch

    def _touch_values(self, kind, channel, user=None):
        return {
            "case_id": self.id,
            "customer_id": self.customer_id.id,
            "company_id": self.company_id.id,
            "date": fields.Date.context_today(self),
            "kind": kind,
            "channel": channel,
            "user_id": (user or self.env.user).id,
            "amount": self.sudo().overdue_amount,
        }

    def _tell(self, body, user):
        """Put a line on the customer's timeline; nobody is notified."""
        return self.customer_id.sudo().message_post(
            body=body,
            author_id=user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )

    def _send_letter(self, template):
        """Mail one letter to the customer: to its invoice contact, in its language.

        :return: ``dict(sent_to, message_id)``; the mail waits in Odoo's mail queue, written in
            this transaction
        :raise UserError: when there is no usable address, or the template cannot be rendered
        """
        letter = self._render_letter(template)
        customer = self.customer_id.sudo().with_context(
            lang=letter["lang"], mail_notify_force_send=False
        )
        message = customer.message_post(
            subject=letter["subject"],
            body=letter["body_html"],
            partner_ids=letter["recipient"].ids,
            email_from=self.company_id.email_formatted or None,
            subtype_xmlid="mail.mt_note",
            email_layout_xmlid="mail.mail_notification_light",
        )
        return {"sent_to": letter["recipient"].email, "message_id": message.id}

    def _recipient(self):
        """Who gets the customer's letters: its invoice contact, else the customer itself."""
        entity = self.customer_id.sudo().partner_id
        recipient = entity.browse(entity.address_get(["invoice"])["invoice"])
        return recipient if email_normalize(recipient.email) else entity

    def _render_letter(self, template):
        """Write the letter without sending it.

        :return: ``dict(recipient, lang, subject, body_html)``
        :raise UserError: when there is no usable address, or the template cannot be rendered
        """
        if not template:
            raise UserError(self.env._("The step has no mail template any more: choose one."))
        customer = self.customer_id.sudo()
        entity = customer.partner_id
        recipient = self._recipient()
        if not email_normalize(recipient.email):
            raise UserError(
                self.env._(
                    "%s has no usable e-mail address. Enter one on the contact, or on its invoice "
                    "address.",
                    entity.display_name,
                )
            )
        language = recipient.lang or entity.lang or self.env.lang
        try:
            rendered = {
                name: template.with_context(lang=language)._render_field(
                    name, customer.ids, set_lang=language
                )[customer.id]
                for name in ("subject", "body_html")
            }
        except UserError as error:
            raise UserError(
                self.env._(
                    "The mail template %(template)s cannot be used: %(error)s",
                    template=template.name,
                    error=str(error),
                )
            ) from error
        return {"recipient": recipient, "lang": language, **rendered}

    def _schedule_step(self, step):
        """Give the step to somebody as an activity on the case; return it."""
        person = {
            "owner": self.owner_id or self.user_id,
            "rep": self.user_id or self.owner_id,
            "user": step.user_id,
        }[step.responsible]
        kind = step.activity_type_id or self.env.ref(
            "mail.mail_activity_data_call"
            if step.kind == "call"
            else "mail.mail_activity_data_todo"
        )
        return self.activity_schedule(
            activity_type_id=kind.id,
            summary=f"{step.name}: {self.customer_id.display_name}",
            note=step.note,
            user_id=(person or self.env.user).id,
        )

    def _place_hold(self, step):
        """Stop the customer's orders with a plain credit hold, unless one is in force."""
        today = fields.Date.context_today(self)
        if self.customer_id._manual_hold(today):
            return
        self.env["logistics.credit.hold"].sudo().create(
            {
                "customer_id": self.customer_id.id,
                "reason": self.env._(
                    "Collections: %(step)s, the oldest item is overdue by %(days)d days.",
                    step=step.name,
                    days=self.oldest_days,
                ),
                "date_from": today,
            }
        )

    def _open_legal_case(self, step=None):
        """The customer's legal case that is not closed, or a new proposal with what is overdue."""
        self.ensure_one()
        legal = self.env["logistics.legal.case"].sudo()
        found = legal.search(
            [
                ("customer_id", "=", self.customer_id.id),
                ("state", "not in", ("closed", "declined")),
            ],
            limit=1,
        )
        if not found:
            rows = [
                row
                for row in self._item_rows().get(self.id, [])
                if row["treat"] == "collect" and row["age"] > 0
            ]
            found = legal.create(
                {
                    "customer_id": self.customer_id.id,
                    "owner_id": self.owner_id.id or self.env.uid,
                    "item_ids": [row["ref_id"] for row in rows if row["source"] == "invoice"],
                    "claimed_amount": sum(row["open_amount"] for row in rows),
                }
            )
        found.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=step.name if step else self.env._("Decide on the legal case"),
            user_id=(found.owner_id or self.env.user).id,
        )
        return found

    def _log_touch(self, kind, channel, note, **values):
        """Record what somebody did by hand, beside the ladder, and tell the timeline.

        :return: the touch
        """
        self.ensure_one()
        touch = (
            self.env["logistics.collection.touch"]
            .sudo()
            .create(
                {
                    **self._touch_values(kind, channel),
                    "summary": dict(
                        self.touch_ids._fields["kind"]._description_selection(self.env)
                    )[kind],
                    "note": note,
                    **values,
                }
            )
        )
        results = dict(touch._fields["result"]._description_selection(self.env))
        text = ": ".join(filter(None, [touch.summary, results.get(touch.result), note]))
        touch.message_id = self._tell(text, self.env.user)
        return touch


class LogisticsLetterBatch(models.Model):
    """Reminders to many customers as one job with a progress bar: the due step of each."""

    _inherit = "logistics.letter.batch"

    kind = fields.Selection(
        selection_add=[("reminder", "Reminder")], ondelete={"reminder": "cascade"}
    )

    def _letter_make(self, line, data):
        if self.kind != "reminder":
            return super()._letter_make(line, data)
        case = self.env["logistics.collection.case"].search(
            [("customer_id", "=", line.customer_id.id), ("state", "=", "open")]
        )
        step = case.next_step_id
        if not step:
            raise UserError(self.env._("Nothing is to be collected, or no step is left."))
        if step.channel != "mail":
            raise UserError(
                self.env._("The next step is no letter: %s. Take it from the worklist.", step.name)
            )
        if case.next_action_date > fields.Date.context_today(self):
            raise UserError(
                self.env._("The next letter is not due before %s.", case.next_action_date)
            )
        touch = case._take_step(step)
        case._plan_next()
        return {"sent_to": touch.sent_to, "message_id": touch.message_id.id}
