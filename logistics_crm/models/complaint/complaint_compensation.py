# Part of logistics_crm. License LGPL-3 or later.
import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...complaint_words import OPEN_STATES
from ...fields_unknown import KnownMonetary

KINDS = [("refund", "On the Invoice"), ("goodwill", "Without Invoice")]
STATES = [
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]


class LogisticsComplaintCompensation(models.Model):
    """What a customer gets for a complaint: asked for, approved by whoever may, credited."""

    _name = "logistics.complaint.compensation"
    _description = "Complaint Compensation"
    _inherit = ["logistics.credit.document"]
    _order = "id desc"
    _rec_name = "reason"
    _check_company_auto = True

    complaint_id = fields.Many2one(
        "logistics.complaint", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(
        related="complaint_id.company_id", store=True, index=True, precompute=True
    )
    customer_id = fields.Many2one(related="complaint_id.customer_id", store=True, index=True)
    partner_id = fields.Many2one(related="complaint_id.partner_id", string="Customer Contact")
    kind = fields.Selection(KINDS, required=True, default="refund", tracking=True)
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        compute="_compute_move_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted'),"
        " ('commercial_partner_id', '=', partner_id), ('company_id', '=', company_id)]",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="On an invoice: the invoice's. The company's amount follows at the day's rate.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(required=True, tracking=True, help="Tax included.")
    reason = fields.Char(required=True, help="Printed on the credit note.")
    state = fields.Selection(
        STATES,
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    requested_by = fields.Many2one(
        "res.users", readonly=True, copy=False, default=lambda self: self.env.user
    )
    requested_on = fields.Date(readonly=True, copy=False, default=fields.Date.context_today)
    decided_by = fields.Many2one("res.users", readonly=True, copy=False, tracking=True)
    decided_on = fields.Date(readonly=True, copy=False)
    decision_note = fields.Char(readonly=True, copy=False)
    credit_note_id = fields.Many2one(
        "account.move", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    credited_amount = KnownMonetary(
        string="Credited",
        compute="_compute_credited",
        compute_sudo=True,
        store=True,
        currency_field="company_currency_id",
        help="What the posted credit note gave, in company currency. Empty: it is not posted.",
    )
    credited_on = fields.Date(compute="_compute_credited", compute_sudo=True, store=True)
    may_decide = fields.Boolean(compute="_compute_may_decide")

    _amount_positive = models.Constraint("CHECK (amount > 0)", "Compensate more than nothing.")

    @api.model
    def _given_fields(self):
        return {"complaint_id", *self._open_fields()}

    def _open_fields(self):
        if self and self.state != "requested":
            return set()
        return {"kind", "move_id", "currency_id", "amount", "reason"}

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Compensations are kept: withdraw the request instead."))

    @api.depends("complaint_id", "kind")
    def _compute_move_id(self):
        for record in self:
            if record.kind == "goodwill":
                record.move_id = False
            elif not record.move_id:
                record.move_id = record.complaint_id.move_id

    @api.depends("move_id", "kind")
    def _compute_currency_id(self):
        for record in self:
            if record.move_id:
                record.currency_id = record.move_id.sudo().currency_id
            else:
                record.currency_id = (
                    record.currency_id
                    or record.complaint_id.claim_currency_id
                    or record.company_id.currency_id
                )

    @api.depends("credit_note_id.state", "credit_note_id.amount_total_signed")
    def _compute_credited(self):
        for record in self:
            note = record.credit_note_id
            posted = note.state == "posted"
            record.credited_amount = -note.amount_total_signed if posted else False
            record.credited_on = note.invoice_date if posted else False

    @api.depends("amount", "state", "move_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for record in self:
            record.may_decide = bool(
                record._origin.id
                and record.state == "requested"
                and not record._refusal_of(self.env.user)
            )

    @api.constrains("move_id", "kind", "amount", "currency_id", "complaint_id")
    def _check_sensible(self):
        for record in self.sudo():
            if not record.complaint_id.customer_id:
                raise ValidationError(
                    self.env._("Say first which customer complained: nobody else can be credited.")
                )
            if record.state != "requested":
                continue
            if record.complaint_id.state not in OPEN_STATES:
                raise ValidationError(
                    self.env._(
                        "%s has ended: open it again before compensating.",
                        record.complaint_id.display_name,
                    )
                )
            if record.kind == "goodwill":
                if not record.company_id.logistics_claim_product_id:
                    raise ValidationError(
                        self.env._(
                            "Compensation without an invoice needs the product of compensations: "
                            "choose it in the settings."
                        )
                    )
                continue
            move = record.move_id
            if not move:
                raise ValidationError(
                    self.env._(
                        "Choose the invoice that is credited, or compensate without an invoice."
                    )
                )
            if move.move_type != "out_invoice" or move.state != "posted":
                raise ValidationError(self.env._("Only a posted customer invoice can be credited."))
            if move.commercial_partner_id != record.complaint_id.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(document)s is not a document of %(customer)s.",
                        document=move.name,
                        customer=record.complaint_id.partner_id.display_name,
                    )
                )
            left = record._left_on_invoice()
            if move.currency_id.compare_amounts(record.amount, left) > 0:
                raise ValidationError(
                    self.env._(
                        "Of %(invoice)s only %(left)s can still be credited. Grant at most that "
                        "on the invoice, and the rest without an invoice, or refuse it.",
                        invoice=move.name,
                        left=move.currency_id.format(left),
                    )
                )

    def _left_on_invoice(self):
        """What of the invoice is not credited or promised yet, in its currency, tax included."""
        self.ensure_one()
        move = self.move_id.sudo()
        notes = move.reversal_move_ids.filtered(
            lambda note: note.state != "cancel" and note.move_type == "out_refund"
        )
        promised = self.sudo().search(
            [
                ("move_id", "=", move.id),
                ("state", "in", ("requested", "approved")),
                ("credit_note_id", "=", False),
                ("id", "!=", self._origin.id or 0),
            ]
        )
        return (
            move.amount_total - sum(notes.mapped("amount_total")) - sum(promised.mapped("amount"))
        )

    # ------------------------------------------------------------------ who may
    def _company_amount(self):
        return self.currency_id._convert(
            self.amount,
            self.company_id.currency_id,
            self.company_id,
            fields.Date.context_today(self),
        )

    def _amount_together(self):
        """This and what else was granted for the complaint or the invoice, company currency.

        Several small grants must not get round the limit of one large one.
        """
        self.ensure_one()
        record = self.sudo()
        others = fields.Domain("complaint_id", "=", record.complaint_id.id)
        if record.move_id:
            others |= fields.Domain("move_id", "=", record.move_id.id)
        granted = self.sudo().search(
            others
            & fields.Domain("state", "=", "approved")
            & fields.Domain("id", "!=", record._origin.id or 0)
        )
        return record._company_amount() + sum(other._company_amount() for other in granted)

    def _refusal_of(self, user):
        """Why a user may not approve this; empty when the user may."""
        self.ensure_one()
        together = self._amount_together()
        company = self.sudo().company_id
        alone, others = self.env["logistics.compensation.authority"]._ceilings(user, company)
        compare = company.currency_id.compare_amounts
        words = company.currency_id.format(together)
        if self.sudo().requested_by == user:
            if compare(together, alone) > 0:
                return self.env._(
                    "You asked for this yourself, and %(amount)s is more than you may grant "
                    "alone: somebody else with the authority has to approve it.",
                    amount=words,
                )
        elif others != math.inf and compare(together, others) > 0:
            return self.env._(
                "%(amount)s is more than you may approve: ask somebody with a higher authority.",
                amount=words,
            )
        return ""

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            complaint = self.env["logistics.complaint"].browse(vals.get("complaint_id"))
            complaint.check_access("write")
        records = super().create(vals_list)
        for record in records:
            record.complaint_id._message_log(
                body=self.env._(
                    "Compensation of %(amount)s requested: %(reason)s",
                    amount=record.currency_id.format(record.amount),
                    reason=record.reason,
                )
            )
        return records

    # ------------------------------------------------------------------ steps
    def _lock_books(self):
        """Let one decision at a time pass for a complaint and an invoice.

        Rows are written, not only locked: under REPEATABLE READ the later one would not see what
        the earlier one granted, and is run again by Odoo.
        """
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE logistics_complaint SET id = id WHERE id IN %s", [tuple(self.complaint_id.ids)]
        )
        if moves := self.sudo().move_id:
            self.env.cr.execute(
                "UPDATE account_move SET id = id WHERE id IN %s", [tuple(moves.ids)]
            )
        self.env.invalidate_all()

    def _decide(self, state, note=None):
        for record in self:
            if record.state != "requested":
                raise UserError(self.env._("This request was decided already."))
        self._step().write(
            {
                "state": state,
                "decided_by": self.env.uid,
                "decided_on": fields.Date.context_today(self),
                "decision_note": note or False,
            }
        )

    def action_approve(self):
        """Grant the compensation and make its credit note.

        :raise AccessError: without the authority, or alone above what one may grant alone
        """
        self.check_access("read")
        self._lock_books()
        for record in self:
            if refusal := record._refusal_of(self.env.user):
                raise AccessError(refusal)
            record.sudo()._check_sensible()
            record.sudo()._decide("approved")
            record._make_credit_note()
        return True

    def _refuse(self, note):
        """Refuse the request, with the reason.

        :raise AccessError: without an authority that reaches so far
        """
        note = self._need_reason(note)
        self.check_access("read")
        for record in self:
            _alone, others = self.env["logistics.compensation.authority"]._ceilings(
                self.env.user, record.sudo().company_id
            )
            if not others:
                raise AccessError(
                    self.env._("Only somebody with an authority for compensations refuses one.")
                )
            record.sudo()._decide("refused", note)
        return True

    def action_withdraw(self):
        """Take the request back; whoever works on the complaint may."""
        self.complaint_id.check_access("write")
        self.sudo()._decide("withdrawn")
        return True
