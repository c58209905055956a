# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import formatLang
from odoo.tools.misc import format_date

from ..trading.logistics_customer_figures import LEDGER_GROUPS

PROMISE_STATES = [
    ("open", "Open"),
    ("kept", "Kept"),
    ("partly", "Partly Kept"),
    ("broken", "Broken"),
    ("cancelled", "Cancelled"),
]


class LogisticsPaymentPromise(models.Model):
    """A customer said what will be paid until when; the ledger says whether it was.

    The terms are never rewritten: who promises anew gets a new promise, and the old one stays to
    be judged. The state is written by the judge alone (see ``payment_promise_judge``).
    """

    _name = "logistics.payment.promise"
    _description = "Payment Promise"
    _inherit = ["logistics.credit.document"]
    _order = "date_promised desc, id desc"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="customer_id.partner_id", string="Commercial Entity", store=True, index=True
    )
    user_id = fields.Many2one(related="customer_id.user_id", string="Representative")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="What the customer promised is held against payments in this currency. Payments in "
        "another one count at the rate of their day.",
    )
    amount = fields.Monetary(string="Promised Amount", required=True, tracking=True)
    date_made = fields.Date(
        string="Made On",
        required=True,
        default=fields.Date.context_today,
        help="Only payments dated on or after this day count.",
    )
    date_promised = fields.Date(
        string="Pays Until", required=True, tracking=True, help="The day the money is promised for."
    )
    date_deadline = fields.Date(
        string="Judged After",
        compute="_compute_date_deadline",
        store=True,
        index=True,
        help="Promised day and the promise grace days of the company. A payment on this day is "
        "still in time; from the next day on the promise is kept, partly kept or broken.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Promised By",
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="Who at the customer gave the word.",
    )
    recorded_by = fields.Many2one(
        "res.users", default=lambda self: self.env.user, required=True, readonly=True
    )
    item_ids = fields.Many2many(
        "account.move.line",
        "logistics_payment_promise_item_rel",
        "promise_id",
        "line_id",
        string="For Items",
        groups=LEDGER_GROUPS,
        help="The open items the promise is for. Then payments allocated to them count, and money "
        "not yet allocated. Empty: any payment of the customer counts.",
    )
    note = fields.Text()
    state = fields.Selection(
        PROMISE_STATES,
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        help="Judged from payments, not from credit notes. Money is counted once: it keeps the "
        "promise with the earliest deadline first.",
    )
    kept_amount = fields.Monetary(
        readonly=True,
        copy=False,
        groups=LEDGER_GROUPS,
        help="Payments dated from the day of the promise to its deadline, as of the day judged.",
    )
    kept_on = fields.Date(
        readonly=True, copy=False, help="The day of the payment that made it full."
    )
    judged_on = fields.Date(readonly=True, copy=False, help="The state is true for this day.")
    cancelled_on = fields.Date(readonly=True, copy=False)
    cancelled_by = fields.Many2one("res.users", readonly=True, copy=False)
    cancel_reason = fields.Text(readonly=True, copy=False)

    _amount_positive = models.Constraint("CHECK (amount > 0)", "Promise more than nothing.")
    _dates_in_order = models.Constraint(
        "CHECK (date_promised >= date_made)", "A promise is for its own day or a later one."
    )

    @api.model
    def _given_fields(self):
        return {
            "customer_id",
            "currency_id",
            "amount",
            "date_made",
            "date_promised",
            "contact_id",
            "item_ids",
            "note",
        }

    def _open_fields(self):
        return {"note", "contact_id"}

    @api.depends("date_promised", "company_id")
    def _compute_date_deadline(self):
        # Not recomputed when the grace changes: a promise is judged by the rule it was made under.
        for promise in self:
            grace = promise.company_id.sudo().logistics_promise_grace_days
            promise.date_deadline = (
                promise.date_promised + timedelta(days=grace) if promise.date_promised else False
            )

    @api.depends("customer_id", "amount", "date_promised")
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = self.env._(
                "%(customer)s: %(amount)s until %(day)s",
                customer=promise.customer_id.display_name or "",
                amount=formatLang(self.env, promise.amount, currency_obj=promise.currency_id),
                day=format_date(self.env, promise.date_promised) or "",
            )

    @api.constrains("date_made")
    def _check_date_made(self):
        today = fields.Date.context_today(self)
        if any(promise.date_made > today for promise in self):
            raise ValidationError(self.env._("A promise cannot have been made in the future."))

    @api.constrains("item_ids", "customer_id")
    def _check_items(self):
        for promise in self.sudo():
            for line in promise.item_ids:
                if (
                    line.account_type != "asset_receivable"
                    or line.parent_state != "posted"
                    or line.company_id != promise.company_id
                    or line.partner_id.commercial_partner_id != promise.partner_id
                ):
                    raise ValidationError(
                        self.env._(
                            "%(item)s is no posted receivable item of %(customer)s in "
                            "%(company)s. Choose from the customer's open items.",
                            item=line.display_name,
                            customer=promise.customer_id.display_name,
                            company=promise.company_id.name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("currency_id") and vals.get("customer_id"):
                customer = self.env["logistics.customer"].browse(vals["customer_id"])
                vals["currency_id"] = customer.currency_id.id
        promises = super().create(vals_list)
        for promise in promises:
            promise.customer_id.sudo()._message_log(
                body=self.env._(
                    "Payment promised: %(amount)s until %(day)s.",
                    amount=formatLang(self.env, promise.amount, currency_obj=promise.currency_id),
                    day=format_date(self.env, promise.date_promised),
                ),
                author_id=self.env.user.partner_id.id,
            )
        promises.sudo()._judge_and_store()
        return promises

    def action_cancel(self, reason=None):
        """Withdraw promises that were recorded wrongly. Without a reason, ask for it in a dialog.

        Whoever recorded a promise may withdraw it on the same day; later only a credit
        controller may, who does not look after the customer: a promise that was broken counts
        in the credit grade.

        :param reason: why it does not count
        :raise AccessError: for everybody else
        """
        self.check_access("write" if self.env.su else "read")
        today = fields.Date.context_today(self)
        for promise in self:
            fresh = (
                promise.recorded_by == self.env.user
                and fields.Datetime.context_timestamp(self, promise.create_date).date() == today
            )
            if not (self.env.su or fresh):
                self._check_controller(self.env._("withdraw a promise of payment"))
                promise._check_not_own_customer(self.env._("withdraw the promise"))
        if reason is None and self.env.user.has_groups(LEDGER_GROUPS):
            return self.env["logistics.credit.decision"]._ask(self, "cancel")
        if reason is None:
            reason = self.env._("Recorded by mistake.")
        reason = self._need_reason(reason)
        if any(promise.state == "cancelled" for promise in self):
            raise UserError(self.env._("This promise is withdrawn already."))
        self.sudo()._step().write(
            {
                "state": "cancelled",
                "cancelled_on": today,
                "cancelled_by": self.env.user.id,
                "cancel_reason": reason,
            }
        )
        # What it had taken up counts for the customer's other promises now.
        self.sudo().search(
            [("customer_id", "in", self.customer_id.ids), ("state", "!=", "cancelled")]
        )._judge_and_store()
        return True

    @api.model
    def _fold_customer(self, source, destination):
        """Promises move with their account; the entity that pays is the destination's."""
        self.search([("customer_id", "=", source.id)])._step().customer_id = destination

    def action_judge(self):
        """Judge these promises now, from today's ledger.

        :raise AccessError: for a user who may not read them
        """
        self.check_access("read")
        if not self.env.user.has_groups(LEDGER_GROUPS):
            raise AccessError(self.env._("Only credit controllers and managers may do this."))
        self.sudo()._judge_and_store()
        return True
