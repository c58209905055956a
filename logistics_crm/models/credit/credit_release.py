# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..customer.logistics_customer import CREDIT_GRADES

REASONS = [
    ("payment_announced", "Payment Announced"),
    ("payment_seen", "Payment Seen, Not Booked Yet"),
    ("disputed", "Overdue Item Is Disputed"),
    ("security", "Security or Guarantee Given"),
    ("season", "Seasonal Peak"),
    ("strategic", "Important Customer"),
    ("other", "Other"),
]
RULES = [
    ("limit", "Credit Limit"),
    ("oldest_overdue", "Oldest Overdue"),
    ("overdue_amount", "Overdue Amount"),
    ("limit_expired", "Limit or Review Expired"),
    ("grade", "Credit Grade"),
    ("order_amount", "Order Amount"),
    ("terms", "Payment Terms"),
    ("arrears_gate", "Arrears Gate"),
    ("manual_hold", "Manual Hold"),
    ("insurance_extension", "Insurer's Extension Passed"),
    ("signal", "Risk Signal"),
    ("currency_rate", "No Exchange Rate"),
    ("other", "Other"),
]
# The gate has its own authority: a release would be a way round "settle this year's money first".
# Without a rate nobody knows which amount he would release.
NOT_RELEASABLE = {"arrears_gate", "currency_rate"}


class LogisticsCreditRelease(models.Model):
    """The request to let a held order pass, and the decision on it.

    It covers one order, or all orders of a customer until a day and up to an amount in total.
    Every figure is taken from the verdict at the time of the request, and again at approval;
    nobody types them.
    """

    _name = "logistics.credit.release"
    _description = "Credit Release"
    _inherit = ["logistics.credit.document"]
    _order = "amount_at_risk desc, id desc"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        related="customer_id.user_id", store=True, string="Representative", index=True
    )
    credit_grade_code = fields.Selection(
        CREDIT_GRADES,
        string="Credit Grade",
        readonly=True,
        help="The grade when the release was requested or last re-evaluated.",
    )
    scope = fields.Selection(
        [("order", "This Order"), ("customer", "All Orders Until a Day")],
        required=True,
        readonly=True,
        default="order",
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, index="btree_not_null", ondelete="set null"
    )
    reason_code = fields.Selection(
        REASONS, string="Why Release", required=True, readonly=True, index=True
    )
    reason = fields.Text(string="Explanation", required=True, readonly=True)
    main_rule = fields.Selection(RULES, string="Held Because Of", readonly=True, index=True)
    rule_codes = fields.Char(
        readonly=True, help="The codes of the rules that held the order; a release covers these."
    )
    hold_explanation = fields.Text(compute="_compute_hold_explanation", string="Why It Is Held")
    # The values behind the words hold the ledger's figures, which salespeople do not read.
    hold_reasons = fields.Json(
        readonly=True,
        groups="logistics_crm.group_credit_controller",
        export_string_translation=False,
    )

    requested_amount = fields.Monetary(
        readonly=True,
        help="The amount to be released, in company currency including tax: of the order, or of "
        "all orders in total.",
    )
    amount_at_risk = fields.Monetary(
        readonly=True,
        aggregator="sum",
        help="The part of the requested amount that is not prepaid.",
    )
    excess = fields.Monetary(
        string="Over the Limit",
        readonly=True,
        help="By how much the customer would exceed the credit limit with these orders.",
    )
    authority_amount = fields.Monetary(
        compute="_compute_authority_amount",
        store=True,
        string="Authority Needed",
        help="The amount an approver must be allowed to release: the excess when the limit is "
        "the only reason, the larger of excess and amount at risk otherwise.",
    )
    approved_amount = fields.Monetary(
        tracking=True, help="The requested amount, or less. Orders above it stay held."
    )
    tolerance = fields.Float(
        string="Tolerance (%)",
        tracking=True,
        help="By how much the orders may grow after the release without being held again.",
    )
    valid_until = fields.Date(required=True, tracking=True, help="The last day it may be used.")
    used_amount = fields.Monetary(
        compute="_compute_used_amount",
        store=True,
        help="Confirmed under this release so far, in company currency.",
    )
    order_ids = fields.One2many("sale.order", "logistics_release_id", string="Confirmed Orders")

    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("used", "Used"),
            ("declined", "Declined"),
            ("expired", "Expired"),
            ("cancelled", "Withdrawn"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    requested_by = fields.Many2one("res.users", readonly=True, required=True, index=True)
    requested_on = fields.Datetime(readonly=True, required=True)
    own_hand_ids = fields.Many2many(
        "res.users",
        readonly=True,
        string="May Not Decide",
        help="Requester, representative, salesperson and writer of the order at the time of the "
        "request. Changing the representative afterwards does not help.",
    )
    approver_id = fields.Many2one(
        "res.users", string="Asked Controller", readonly=True, index="btree_not_null"
    )
    decided_by = fields.Many2one("res.users", readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    decision_reason = fields.Text(copy=False)

    _order_once = models.UniqueIndex(
        "(order_id) WHERE state = 'requested'",
        "A release is already requested for this order.",
    )
    _amounts_sane = models.Constraint(
        "CHECK (approved_amount >= 0 AND approved_amount <= requested_amount)",
        "The approved amount lies between zero and the requested amount.",
    )
    _tolerance_sane = models.Constraint(
        "CHECK (tolerance >= 0 AND tolerance <= 100)",
        "The tolerance lies between 0 and 100 percent.",
    )

    # ------------------------------------------------------------------ guards
    def _open_fields(self):
        if self.state != "requested":
            return set()
        self._check_controller(self.env._("change a release request"))
        return {"approved_amount", "tolerance", "valid_until", "decision_reason"}

    def copy_data(self, default=None):
        raise UserError(self.env._("A release is requested anew for every order, never copied."))

    # ------------------------------------------------------------------ computes
    @api.depends("scope", "order_id", "customer_id", "valid_until")
    def _compute_display_name(self):
        for release in self:
            customer = release.sudo().customer_id.display_name or ""
            if release.scope == "order":
                release.display_name = f"{release.sudo().order_id.name or ''} {customer}".strip()
            else:
                release.display_name = self.env._(
                    "%(customer)s until %(day)s",
                    customer=customer,
                    day=fields.Date.to_string(release.valid_until) or "",
                )

    @api.depends("excess", "amount_at_risk", "rule_codes")
    def _compute_authority_amount(self):
        for release in self:
            if release._codes() <= {"limit"}:
                release.authority_amount = release.excess
            else:
                release.authority_amount = max(release.excess, release.amount_at_risk)

    @api.depends("order_ids.state", "order_ids.logistics_release_amount")
    def _compute_used_amount(self):
        for release in self:
            release.used_amount = sum(
                order.logistics_release_amount
                for order in release.order_ids
                if order.state == "sale"
            )

    @api.depends("state", "order_id", "hold_reasons")
    @api.depends_context("uid", "lang")
    def _compute_hold_explanation(self):
        for release in self:
            order = release.order_id
            if release.state == "requested" and order:
                # Live, and in the reader's words: the verdict knows who asks.
                release.hold_explanation = release._reasons_text(order.sudo()._credit_verdict())
            else:
                release.hold_explanation = self.env["logistics.credit.rules"]._explain(
                    release.sudo().hold_reasons, release.company_id
                )

    def _codes(self):
        return set((self.rule_codes or "").split(",")) - {""}

    @api.model
    def _hold_reasons(self, verdict):
        return [reason for reason in verdict["reasons"] if reason.get("level") == "hold"]

    @api.model
    def _reasons_text(self, verdict):
        return "\n".join(
            reason["text"] for reason in verdict["reasons"] if reason["level"] != "pass"
        )

    # ------------------------------------------------------------------ requesting
    @api.model
    def _figures(self, order, verdict, scope, amount):
        """Return the figures of a request from a verdict, in company currency.

        :param amount: requested total for all orders of the customer (scope 'customer')
        """
        currency = order.company_id.currency_id
        reasons = self._hold_reasons(verdict)
        codes = [reason["rule"] for reason in reasons]
        known = dict(RULES)
        at_risk = verdict["amount_at_risk"]
        excess = 0.0
        if "limit" in codes:
            # What is left before these orders is below zero where too much is owed already.
            wanted = amount if scope == "customer" else at_risk
            excess = max(0.0, wanted - verdict["available"])
        return {
            "requested_amount": currency.round(
                amount if scope == "customer" else order._credit_company_amount()
            ),
            "amount_at_risk": currency.round(amount if scope == "customer" else at_risk),
            "excess": currency.round(excess),
            "hold_reasons": [
                {"rule": r["rule"], "level": r["level"], "values": r["values"]}
                for r in verdict["reasons"]
                if r["level"] != "pass"
            ],
            "rule_codes": ",".join(sorted(set(codes))),
            "main_rule": codes[0] if codes and codes[0] in known else ("other" if codes else False),
        }

    @api.model
    def _request(self, order, reason_code, reason, scope="order", amount=None, valid_until=None):
        """Ask for the release of a held order (or of all orders of its customer).

        Runs with the rights of the person who asks, who must be able to change the order.

        :param order: the held ``sale.order``
        :param reason_code: a key of ``REASONS``
        :param reason: in words, required
        :param scope: 'order', or 'customer' for all its orders until ``valid_until``
        :param amount: total of all orders in company currency, for scope 'customer'
        :param valid_until: last day; the company's usual validity by default
        :return: the request
        :raise UserError: when the order is not held, the gate holds it, or one is asked already
        """
        order.ensure_one()
        order.check_access("write")
        reason = self._need_reason(reason)
        company = order.company_id
        today = fields.Date.context_today(self)
        valid_until = valid_until or fields.Date.add(today, days=company.logistics_release_days)
        if valid_until < today:
            raise UserError(self.env._("A release cannot end in the past."))
        if order.state == "cancel":
            raise UserError(self.env._("%(order)s is cancelled.", order=order.name))
        verdict = order._credit_verdict()
        if verdict["state"] != "hold":
            raise UserError(
                self.env._(
                    "Nothing holds %(order)s any more: it can be confirmed.", order=order.name
                )
            )
        self._check_releasable(order, verdict)
        customer = order.sudo()._credit_account()
        if self._pending(order, customer, scope):
            raise UserError(
                self.env._(
                    "A release is already requested for %(what)s.",
                    what=order.name if scope == "order" else customer.display_name,
                )
            )
        if scope == "customer" and (not amount or amount <= 0):
            raise UserError(self.env._("Say up to which total amount the orders shall pass."))
        figures = self._figures(order, verdict, scope, amount)
        writers = order._release_reps() | self.env.user
        release = (
            self.sudo()
            ._step()
            .create(
                {
                    **figures,
                    "credit_grade_code": customer.credit_grade_code,
                    "customer_id": customer.id,
                    "order_id": order.id,
                    "scope": scope,
                    "reason_code": reason_code,
                    "reason": reason,
                    "approved_amount": figures["requested_amount"],
                    "tolerance": company.logistics_release_tolerance,
                    "valid_until": valid_until,
                    "requested_by": self.env.user.id,
                    "requested_on": fields.Datetime.now(),
                    "own_hand_ids": [fields.Command.set(writers.ids)],
                }
            )
        )
        release._announce_request()
        return release.with_env(self.env)

    @api.model
    def _check_releasable(self, order, verdict):
        blocking = [r for r in self._hold_reasons(verdict) if r["rule"] in NOT_RELEASABLE]
        if blocking:
            raise UserError(
                self.env._(
                    "%(order)s cannot be released as long as this is so:\n%(reasons)s",
                    order=order.name,
                    reasons="\n".join(reason["text"] for reason in blocking),
                )
            )

    @api.model
    def _pending(self, order, customer, scope):
        domain = Domain("state", "=", "requested") & Domain("scope", "=", scope)
        if scope == "order":
            domain &= Domain("order_id", "=", order.id)
        else:
            domain &= Domain("customer_id", "=", customer.id)
        return self.sudo().search(domain, limit=1)

    def action_withdraw(self):
        """Take back requests that are no longer wanted: requester, salesperson or controller."""
        for release in self:
            user = self.env.user
            if user not in release.sudo().own_hand_ids and not user.has_group(
                "logistics_crm.group_credit_controller"
            ):
                raise AccessError(
                    self.env._("Only the requester or a credit controller withdraws a request.")
                )
            if release.state != "requested":
                raise UserError(self.env._("Only an open request can be withdrawn."))
        self.sudo()._close("cancelled", self.env._("Withdrawn."))
        return True

    def _close(self, state, note):
        """End requests without a decision and tidy up their activities."""
        self._step().write({"state": state})
        self.activity_unlink(["logistics_crm.activity_credit_release"])
        for release in self:
            release._message_log(body=note)

    def action_open_order(self):
        """Open the order the release was asked for."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }
