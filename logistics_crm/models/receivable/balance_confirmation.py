# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...fields_unknown import KnownMonetary

ANSWERABLE = ("sent", "no_answer")


class LogisticsBalanceConfirmation(models.Model):
    """A balance the customer is asked to confirm in writing, and what it answered.

    The balance is frozen: it is what was asked, whatever the books say later. The answer comes
    through the portal with the token of the letter, or on paper and is recorded by a controller;
    who answered, when and from where stays with it as evidence.
    """

    _name = "logistics.balance.confirmation"
    _description = "Balance Confirmation"
    _inherit = ["portal.mixin", "mail.thread", "mail.activity.mixin", "logistics.readonly.mixin"]
    _order = "date desc, id desc"
    _rec_name = "customer_id"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="customer_id.partner_id", store=True, index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(string="As Of", required=True, readonly=True)
    balance = fields.Monetary(
        readonly=True,
        tracking=True,
        help="What the ledger said the customer owed on that day, when the letter was written.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Waiting for Answer"),
            ("agreed", "Agreed"),
            ("disputed", "Disputed"),
            ("no_answer", "No Answer"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        tracking=True,
    )
    sent_at = fields.Datetime(readonly=True)
    sent_to = fields.Char(readonly=True, help="Empty: printed, not mailed.")
    deadline = fields.Date(
        string="Answer Until",
        readonly=True,
        help="After this day the confirmation counts as not answered; a late answer still counts.",
    )
    reminder_count = fields.Integer(string="Reminders", readonly=True)
    last_reminded = fields.Date(readonly=True)
    letter_id = fields.Many2one("ir.attachment", readonly=True)
    their_balance = KnownMonetary(
        string="Customer's Balance",
        readonly=True,
        tracking=True,
        help="What the customer's own books say. Empty: not said.",
    )
    difference = KnownMonetary(
        compute="_compute_difference",
        store=True,
        help="Customer's balance less ours. Empty: the customer gave no figure.",
    )
    reason = fields.Text(readonly=True, tracking=True)
    answered_at = fields.Datetime(readonly=True)
    answered_by = fields.Char(readonly=True, help="The name the customer signed with.")
    answered_from = fields.Char(
        readonly=True,
        help="Network address of the answer; for one recorded by hand, the user's name.",
    )

    _one_per_day = models.UniqueIndex(
        "(customer_id, date) WHERE state <> 'cancelled'",
        "This customer has been asked about this day already. Cancel that confirmation first.",
    )

    @api.depends("balance", "their_balance", "state")
    def _compute_difference(self):
        for confirmation in self:
            theirs = confirmation.their_balance
            confirmation.difference = False if theirs is False else theirs - confirmation.balance

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for confirmation in self:
            confirmation.access_url = f"/my/confirmation/{confirmation.id}"
        return result

    @api.model
    def _fold_customer(self, src, dst):
        """Two accounts become one: what each was asked stays; a second question is closed."""
        mine = self.sudo().search([("customer_id", "=", src.id), ("state", "!=", "cancelled")])
        days = (
            self.sudo()
            .search([("customer_id", "=", dst.id), ("state", "!=", "cancelled")])
            .mapped("date")
        )
        mine.filtered(lambda confirmation: confirmation.date in days).state = "cancelled"
        self.flush_model()
        self.sudo().search([("customer_id", "=", src.id)]).write({"customer_id": dst.id})

    # ------------------------------------------------------------------ sending
    @api.model
    def _confirmation_of(self, customer, date, balance):
        """Return the confirmation of a customer for a day, a new one when there is none.

        :raise UserError: when that day's confirmation has been answered already
        """
        known = self.sudo().search(
            [
                ("customer_id", "=", customer.id),
                ("date", "=", date),
                ("state", "!=", "cancelled"),
            ]
        )
        if known.state in ("agreed", "disputed"):
            raise UserError(
                self.env._(
                    "%(customer)s has answered for %(day)s already.",
                    customer=customer.name,
                    day=date,
                )
            )
        if not known:
            known = self.sudo().create(
                {
                    "customer_id": customer.id,
                    "company_id": customer.company_id.id,
                    "date": date,
                    "balance": balance,
                }
            )
        elif known.state == "draft" or not known.sent_at:
            known.balance = balance
        return known

    def _mark_sent(self, attachment, address=None):
        """Note that the letter went out; a second time counts as a reminder."""
        today = fields.Date.context_today(self)
        for confirmation in self.sudo():
            values = {
                "letter_id": attachment.id,
                "deadline": today
                + timedelta(days=confirmation.company_id.logistics_confirmation_days),
            }
            if confirmation.state == "draft":
                values |= {"sent_at": fields.Datetime.now(), "sent_to": address}
            else:
                values |= {
                    "reminder_count": confirmation.reminder_count + 1,
                    "last_reminded": today,
                }
            confirmation.write({**values, "state": "sent"})

    def _reply_url(self):
        """The address at which the customer answers; the token is the key."""
        self.ensure_one()
        return self.get_base_url() + self.sudo().get_portal_url()

    def action_remind(self):
        """Write to those who have not answered again: one batch per company and day.

        :raise UserError: when all of them have answered
        """
        self._check_controller()
        waiting = self.filtered(lambda confirmation: confirmation.state in ANSWERABLE)
        if not waiting:
            raise UserError(self.env._("Everybody chosen has answered."))
        template = self.env.ref("logistics_crm.mail_confirmation", raise_if_not_found=False)
        batches = self.env["logistics.letter.batch"]
        for (company, date), group in waiting.grouped(lambda c: (c.company_id, c.date)).items():
            batch = batches.create(
                {
                    "kind": "confirmation",
                    "company_id": company.id,
                    "date": date,
                    "delivery": "mail",
                    "template_id": template and template.id,
                }
            )
            batch.sudo()._add_customers(group.customer_id)
            batch.action_start()
            batches |= batch
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reminders"),
            "res_model": batches._name,
            "view_mode": "list,form",
            "domain": [("id", "in", batches.ids)],
        }

    @api.model
    def _cron_no_answer(self):
        """Mark what nobody answered in time; a late answer is still taken."""
        self.search(
            [("state", "=", "sent"), ("deadline", "<", fields.Date.context_today(self))]
        ).write({"state": "no_answer"})

    # ------------------------------------------------------------------ answering
    def _answer(self, agreed, *, name, origin, their_balance=False, reason=None):
        """Record the customer's answer, once.

        :param agreed: whether the customer agrees with the balance
        :param name: who answers
        :param origin: network address, or how the answer came in
        :param their_balance: what the customer's books say, company currency; False: not said
        :param reason: why it disagrees
        :raise UserError: when it has been answered already, or a disagreement says nothing
        """
        self.ensure_one()
        confirmation = self.sudo()
        confirmation.lock_for_update()
        if confirmation.state not in ANSWERABLE:
            raise UserError(self.env._("This balance has been answered already. Thank you."))
        name, reason = (name or "").strip(), (reason or "").strip()
        if not name:
            raise UserError(self.env._("Please give your name."))
        if not agreed and not reason:
            raise UserError(self.env._("Please say what does not agree."))
        confirmation.write(
            {
                "state": "agreed" if agreed else "disputed",
                "their_balance": confirmation.balance if agreed else their_balance,
                "reason": reason or False,
                "answered_at": fields.Datetime.now(),
                "answered_by": name[:200],
                "answered_from": origin,
            }
        )
        labels = dict(confirmation._fields["state"]._description_selection(self.env))
        text = self.env._(
            "Balance of %(day)s: %(answer)s by %(name)s. %(reason)s",
            day=confirmation.date,
            answer=labels[confirmation.state],
            name=confirmation.answered_by,
            reason=reason,
        )
        confirmation._message_log(body=text)
        confirmation.customer_id._message_log(body=text)

    def _check_controller(self):
        """:raise AccessError: unless the user deals with confirmations"""
        self.env["logistics.letter.batch"]._check_sender()
        self.check_access("write")

    def action_record(self):
        """Open the form on which an answer that came on paper is recorded."""
        self.ensure_one()
        self._check_controller()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record the Answer"),
            "res_model": "logistics.balance.confirmation.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_confirmation_id": self.id},
        }

    def action_cancel(self):
        """Withdraw the question; the customer may be asked about that day again."""
        self._check_controller()
        self.sudo().filtered(lambda c: c.state in ("draft", *ANSWERABLE)).state = "cancelled"
        return True

    def action_open_customer(self):
        """Open the customer account."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.customer",
            "res_id": self.customer_id.id,
            "view_mode": "form",
        }


class LogisticsBalanceConfirmationAnswer(models.TransientModel):
    """An answer that came on paper."""

    _name = "logistics.balance.confirmation.answer"
    _description = "Answer to a Balance Confirmation"

    confirmation_id = fields.Many2one(
        "logistics.balance.confirmation", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="confirmation_id.company_id")
    currency_id = fields.Many2one(related="confirmation_id.currency_id")
    balance = fields.Monetary(related="confirmation_id.balance", string="Our Balance")
    answer = fields.Selection(
        [("agreed", "Agreed"), ("disputed", "Disputed")], required=True, default="agreed"
    )
    name = fields.Char(string="Signed By", required=True)
    knows_balance = fields.Boolean(string="Customer Gave a Balance")
    their_balance = fields.Monetary(string="Customer's Balance")
    reason = fields.Text()

    def action_record(self):
        """Record the answer.

        :raise UserError: when it has been answered already, or a dispute has no reason
        """
        self.ensure_one()
        self.confirmation_id._check_controller()
        self.confirmation_id._answer(
            self.answer == "agreed",
            name=self.name,
            origin=self.env.user.name,
            their_balance=self.their_balance if self.knows_balance else False,
            reason=self.reason,
        )
        return {"type": "ir.actions.act_window_close"}
