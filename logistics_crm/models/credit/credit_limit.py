# Part of logistics_crm. License LGPL-3 or later.
import math

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .credit_settings import ABSURD_AMOUNT

KINDS = [
    ("base", "Base Limit"),
    ("temporary", "Temporary Limit"),
    ("insurance", "Insured or Secured"),
]
STATES = [
    ("proposed", "Proposed"),
    ("in_force", "Approved"),
    ("ended", "Ended"),
    ("refused", "Refused"),
]


class LogisticsCreditLimit(models.Model):
    """One dated decision on how much a customer may owe.

    Limits are never overwritten: a new base limit ends the old one on the day before, so that
    every day's limit can be told afterwards. "Approved" says that the document counts between
    its two dates; before the first and after the last one it does not.
    """

    _name = "logistics.credit.limit"
    _description = "Credit Limit"
    _inherit = ["logistics.credit.document"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        KINDS,
        required=True,
        default="base",
        help="A temporary limit replaces the base limit between its dates. Insured or secured "
        "amounts are added to whichever of the two is in force.",
    )
    limit_type = fields.Selection(
        [("amount", "Amount"), ("unlimited", "Unlimited")], required=True, default="amount"
    )
    amount = fields.Monetary(
        tracking=True, help="Company currency, including tax. Zero: the customer pays first."
    )
    previous_type = fields.Selection(
        [("not_set", "Not Set"), ("amount", "Amount"), ("unlimited", "Unlimited")],
        string="Before",
        readonly=True,
        copy=False,
        help="What applied on the day before this document was approved.",
    )
    previous_amount = fields.Monetary(string="Amount Before", readonly=True, copy=False)
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date(string="Until", tracking=True, help="The last day it counts.")
    review_date = fields.Date(
        string="Review On", tracking=True, help="When the limit has to be looked at again."
    )
    guarantor = fields.Char(help="The insurer, bank or person that stands in for the amount.")
    policy_number = fields.Char()
    counted_percent = fields.Float(
        string="Counted (%)",
        default=100.0,
        help="How much of the insured amount is added to the limit; the rest is your own risk.",
    )
    extension_days = fields.Integer(
        string="Maximum Extension (Days)",
        help="The insurer stops cover for new deliveries when an item is overdue by more days. "
        "0: no such clause.",
    )
    notification_days = fields.Integer(
        string="Notify Insurer After (Days)",
        help="The insurer must be told about an item overdue by this many days. 0: no deadline.",
    )
    state = fields.Selection(
        STATES,
        default="proposed",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    origin = fields.Selection(
        [("manual", "By Hand"), ("formula", "By Formula")],
        default="manual",
        required=True,
        readonly=True,
        copy=False,
    )
    basis = fields.Char(readonly=True, copy=False, help="How a formula arrived at the amount.")
    reason = fields.Text(help="Why this limit, in words.")
    requested_by = fields.Many2one(
        "res.users", readonly=True, required=True, default=lambda self: self.env.user, copy=False
    )
    decided_by = fields.Many2one("res.users", readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    decision_reason = fields.Text(readonly=True, copy=False)
    ended_by = fields.Many2one("res.users", readonly=True, copy=False)
    end_reason = fields.Text(readonly=True, copy=False)

    _in_force_idx = models.Index("(customer_id, date_from) WHERE state = 'in_force'")
    _amount_sane = models.Constraint(
        "CHECK (amount >= 0 AND amount < 1e13)",
        "A credit limit cannot be negative, and must be a sensible amount.",
    )
    _unlimited_without_amount = models.Constraint(
        "CHECK (limit_type = 'amount' OR (kind <> 'insurance' AND COALESCE(amount, 0) = 0))",
        "Unlimited has no amount, and an insured sum is never unlimited.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A limit cannot end before it begins.",
    )
    _counted_range = models.Constraint(
        "CHECK (counted_percent >= 0 AND counted_percent <= 100)",
        "The counted share lies between 0 and 100 percent.",
    )
    _days_range = models.Constraint(
        "CHECK (extension_days BETWEEN 0 AND 3650 AND notification_days BETWEEN 0 AND 3650)",
        "The days of the insurer's clauses lie between 0 and 3650.",
    )

    # ------------------------------------------------------------------ guards
    @api.model
    def _given_fields(self):
        return {
            "customer_id",
            "kind",
            "limit_type",
            "amount",
            "date_from",
            "date_to",
            "review_date",
            "guarantor",
            "policy_number",
            "counted_percent",
            "extension_days",
            "notification_days",
            "reason",
        }

    def _open_fields(self):
        if self.state == "proposed":
            return self._given_fields() - {"customer_id"}
        if self.state == "in_force":
            # A review may be moved; what is granted changes only with a document of its own.
            return {"review_date"}
        return set()

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_controller(self.env._("propose a credit limit"))
        for vals in vals_list:
            if vals.get("limit_type", "amount") == "amount" and "amount" not in vals:
                raise ValidationError(
                    self.env._("Give the amount of the limit. Zero means: the customer pays first.")
                )
        return super().create(vals_list)

    def write(self, vals):
        """Write; whoever changes a proposal becomes its requester, so that another one decides."""
        changed = not self._in_step() and vals.keys() & self._given_fields()
        if changed and not self.env.su:
            self._check_controller(self.env._("change a credit limit"))
        result = super().write(vals)
        if changed:
            proposed = self.sudo().filtered(lambda limit: limit.state == "proposed")
            proposed._step().write({"requested_by": self.env.uid, "origin": "manual"})
        return result

    def copy_data(self, default=None):
        """A copy is a new proposal."""
        return [
            dict(vals, date_from=fields.Date.context_today(self), date_to=False, review_date=False)
            for vals in super().copy_data(default)
        ]

    @api.constrains(
        "kind", "limit_type", "amount", "date_from", "date_to", "review_date", "guarantor"
    )
    def _check_sensible(self):
        for limit in self:
            if not math.isfinite(limit.amount) or not 0 <= limit.amount < ABSURD_AMOUNT:
                raise ValidationError(
                    self.env._("A credit limit cannot be negative, and must be a sensible amount.")
                )
            if limit.kind == "temporary" and not limit.date_to:
                raise ValidationError(
                    self.env._(
                        "A temporary limit needs a last day. Without one it is a base limit."
                    )
                )
            if limit.kind == "insurance" and not (limit.guarantor and limit.date_to):
                raise ValidationError(
                    self.env._("An insured amount needs the insurer (guarantor) and a last day.")
                )
            furthest = limit.date_from + relativedelta(years=10)
            if any(day and day > furthest for day in (limit.date_to, limit.review_date)):
                raise ValidationError(
                    self.env._("A limit is decided for ten years at most: check the dates.")
                )
            if limit.review_date and limit.review_date < limit.date_from:
                raise ValidationError(self.env._("The review cannot come before the limit begins."))

    @api.constrains("kind", "state", "customer_id", "date_from", "date_to")
    def _check_temporary_overlap(self):
        for limit in self:
            if limit.kind != "temporary" or limit.state not in ("proposed", "in_force"):
                continue
            other = self.sudo().search(
                [
                    ("id", "!=", limit.id),
                    ("customer_id", "=", limit.customer_id.id),
                    ("kind", "=", "temporary"),
                    ("state", "=", "in_force"),
                    ("date_from", "<=", limit.date_to),
                    ("date_to", ">=", limit.date_from),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "Temporary limits cannot overlap: one of %(amount)s runs from %(start)s "
                        "to %(end)s already. End it first.",
                        amount=other.amount,
                        start=other.date_from,
                        end=other.date_to,
                    )
                )

    @api.depends("kind", "customer_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for limit in self:
            limit.display_name = (
                f"{labels.get(limit.kind, '')}: {limit.customer_id.display_name or ''}"
            )

    # ------------------------------------------------------------------ deciding
    def _check_may_decide(self, what):
        """Raise unless the user may decide: a controller, not the requester, not the rep."""
        self._check_controller(what)
        self.check_access("write")
        self._check_not_own_customer(what)
        for limit in self:
            if limit.requested_by == self.env.user:
                raise AccessError(
                    self.env._(
                        "You proposed this limit yourself: somebody else has to %(what)s.",
                        what=what,
                    )
                )
            if limit.state != "proposed":
                raise UserError(self.env._("This limit is decided already."))

    def action_approve(self):
        """Put proposed limits into force from their first day; a base limit ends the old one.

        :raise AccessError: no controller, own proposal, or own customer
        :raise UserError: decided already, or its last day has passed
        """
        self._check_may_decide(self.env._("approve it"))
        self.sudo()._approve(self.env.user)
        return True

    def _approve(self, user):
        """Approve without asking who; for set-up code and ``action_approve``."""
        # Two approvals at once would both see no overlap: the accounts' rows are written first.
        self.customer_id.lock_for_update()
        today = fields.Date.context_today(self)
        for limit in self.sorted("date_from"):
            if limit.date_to and limit.date_to < today:
                raise UserError(
                    self.env._("The last day of this limit has passed: change the dates first.")
                )
            start = limit.date_from
            before = limit.customer_id._credit_limit(start)
            if limit.kind == "base":
                limit._end_previous_base(user)
            limit._step().write(
                {
                    "state": "in_force",
                    "decided_by": user.id,
                    "decided_on": fields.Datetime.now(),
                    "previous_type": before["state"],
                    "previous_amount": before["base"] or 0.0,
                }
            )
        self.customer_id._sync_core_credit_limit()

    def _end_previous_base(self, user):
        """End the base limits this one follows; those that never began are set aside."""
        self.ensure_one()
        others = self.search(
            [
                ("id", "!=", self.id),
                ("customer_id", "=", self.customer_id.id),
                ("kind", "=", "base"),
                ("state", "=", "in_force"),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", self.date_from),
            ]
        )
        note = self.env._("Followed by the limit from %s.", self.date_from)
        for other in others._step():
            if other.date_from < self.date_from:
                last = self.date_from - relativedelta(days=1)
                values = {"date_to": last}
                if other.review_date and other.review_date > last:
                    values["review_date"] = False
            else:
                values = {"state": "refused"}
            other.write({**values, "ended_by": user.id, "end_reason": note})

    def action_refuse(self, reason=None):
        """Refuse proposed limits; the reason is kept.

        :raise AccessError: no controller, own proposal, or own customer
        """
        self._check_may_decide(self.env._("refuse it"))
        self.sudo()._step().write(
            {
                "state": "refused",
                "decided_by": self.env.user.id,
                "decided_on": fields.Datetime.now(),
                "decision_reason": (reason or "").strip() or False,
            }
        )
        return True

    def action_end(self, reason=None):
        """End limits in force: today is the first day on which they no longer count.

        A limit that has not begun yet is set aside. Ending a temporary limit brings the base
        limit back; after ending a base limit the customer has none, and the default applies.

        :raise AccessError: no controller, or own customer
        """
        self._check_controller(self.env._("end a credit limit"))
        self.check_access("write")
        self._check_not_own_customer(self.env._("end the limit"))
        if any(limit.state != "in_force" for limit in self):
            raise UserError(self.env._("Only a limit in force can be ended."))
        self.sudo()._end(self.env.user, (reason or "").strip() or False)
        return True

    def _end(self, user, reason):
        today = fields.Date.context_today(self)
        yesterday = today - relativedelta(days=1)
        for limit in self._step():
            values = {"ended_by": user.id, "end_reason": reason}
            if limit.date_from >= today:
                values["state"] = "refused"
            else:
                values.update(state="ended", date_to=yesterday)
                if limit.review_date and limit.review_date > yesterday:
                    values["review_date"] = False
            limit.write(values)
        self.customer_id._sync_core_credit_limit()
