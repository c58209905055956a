# Part of logistics_crm. License LGPL-3 or later.
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...complaint_words import CHANNELS, OPEN_STATES, SEVERITIES, STATES, VERDICTS
from ...fields_unknown import KnownMonetary
from ..credit.credit_settings import ABSURD_AMOUNT


class LogisticsComplaint(models.Model):
    """A customer is not content: what happened, who sees to it, what it cost, how it ended.

    A complaint about an invoice is linked with the invoice's dispute, which keeps reminders away;
    it is never counted twice. Its state changes by its own methods only, whoever writes.
    """

    _name = "logistics.complaint"
    _description = "Complaint"
    _inherit = [
        "portal.mixin",
        "rating.mixin",
        "logistics.credit.document",
        "logistics.unknown.last.mixin",
    ]
    _order = "received_at desc, id desc"
    _rec_names_search = ["reference", "name", "shipment_ref"]
    _mail_post_access = "read"
    _primary_email = "email_from"
    _check_company_auto = True

    name = fields.Char(string="Subject", required=True, tracking=True)
    reference = fields.Char(readonly=True, copy=False, index="trigram")
    active = fields.Boolean(default=True)
    customer_id = fields.Many2one(
        "logistics.customer",
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
        help="Empty: the sender is not known yet.",
    )
    partner_id = fields.Many2one(
        related="customer_id.partner_id", string="Customer Contact", store=True, index=True
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Complainant",
        index="btree_not_null",
        check_company=True,
        help="The person who complained.",
    )
    email_from = fields.Char(string="Email")
    phone = fields.Char()
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    received_on = fields.Date(required=True, index=True, default=fields.Date.context_today)
    received_at = fields.Datetime(
        compute="_compute_received_at",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="The terms for answer and solution begin here.",
    )
    channel = fields.Selection(CHANNELS, required=True, default="phone", tracking=True)
    type_id = fields.Many2one(
        "logistics.complaint.type", index=True, ondelete="restrict", tracking=True
    )
    cause_id = fields.Many2one(
        "logistics.complaint.cause", index=True, ondelete="restrict", tracking=True
    )
    severity = fields.Selection(
        SEVERITIES,
        compute="_compute_severity",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        help="Starts with that of the type, one step higher for key accounts.",
    )
    description = fields.Html(help="What happened, in the customer's words.", sanitize_style=True)
    order_id = fields.Many2one("sale.order", index="btree_not_null", check_company=True)
    order_line_id = fields.Many2one(
        "sale.order.line",
        string="Shipment",
        index="btree_not_null",
        check_company=True,
        domain="[('order_id', '=', order_id), ('display_type', '=', False)]",
        help="The shipment of the order, when it has several.",
    )
    shipment_ref = fields.Char(string="Waybill", help="Number of the shipment or container.")
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('move_type', 'in', ('out_invoice', 'out_receipt')), ('state', '=', 'posted'),"
        " ('commercial_partner_id', '=?', partner_id), ('company_id', '=', company_id)]",
    )
    service_id = fields.Many2one(
        "logistics.service",
        compute="_compute_service_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    dispute_id = fields.Many2one(
        "logistics.dispute",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The dispute that keeps reminders for the invoice away.",
    )
    claim_currency_id = fields.Many2one(
        "res.currency",
        string="Claimed In",
        compute="_compute_claim_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    claim_amount = KnownMonetary(
        string="Claim",
        currency_field="claim_currency_id",
        help="What the customer claims, in the customer's currency. Empty: no amount was named.",
    )
    claimed_amount = KnownMonetary(
        compute="_compute_claimed_amount",
        store=True,
        readonly=False,
        tracking=True,
        help="The claim in company currency, at the rate of the day it was received.",
    )
    compensation_amount = KnownMonetary(
        string="Compensated",
        help="What posted credit notes really gave the customer, in company currency, tax "
        "included. Empty: nothing yet.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Handler",
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    department_id = fields.Many2one(
        "logistics.complaint.department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        tracking=True,
        help="Answers for what went wrong. Starts with that of the type.",
    )
    branch_id = fields.Many2one(
        "res.company",
        compute="_compute_branch_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        domain="[('id', 'child_of', company_id)]",
        help="Where it went wrong, when the company has branches.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Person Concerned",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        groups="logistics_crm.group_complaint_handler,logistics_crm.group_manager",
        help="Whose work the complaint is about. Told to complaint handlers and managers only.",
    )
    root_cause = fields.Text(help="What really caused it, beyond the first appearance.")
    recovery = fields.Text(
        string="Recovery Action", help="What was done at once to make good for this customer."
    )
    prevention = fields.Text(help="What keeps it from happening again.")
    answer = fields.Text(
        string="Answer to the Customer", help="What the customer is told; shown in the portal."
    )
    state = fields.Selection(
        STATES,
        default="new",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    state_since = fields.Datetime(readonly=True, copy=False, default=fields.Datetime.now)
    days_in_state = fields.Integer(string="Days in Stage", compute="_compute_days_in_state")
    verdict = fields.Selection(
        VERDICTS, default="unknown", required=True, copy=False, index=True, tracking=True
    )
    accepted_at = fields.Datetime(readonly=True, copy=False)
    answered_at = fields.Datetime(readonly=True, copy=False)
    closed_on = fields.Date(readonly=True, copy=False, index="btree_not_null")
    closed_by = fields.Many2one("res.users", readonly=True, copy=False)
    end_reason = fields.Text(
        string="Reason",
        readonly=True,
        copy=False,
        help="Why it was refused, withdrawn or opened again.",
    )
    reopen_count = fields.Integer(string="Times Reopened", readonly=True, copy=False)

    _claim_positive = models.Constraint(
        "CHECK (claim_amount IS NULL OR claim_amount >= 0)", "A claim cannot be negative."
    )
    _claimed_positive = models.Constraint(
        "CHECK (claimed_amount IS NULL OR claimed_amount >= 0)", "A claim cannot be negative."
    )
    _customer_day_idx = models.Index("(customer_id, received_on)")

    # ------------------------------------------------------------------ guards
    @api.model
    def _given_fields(self):
        return self._open_fields() | {"company_id", "channel", "received_on", "received_at"}

    def _open_fields(self):
        """What people type. The end of a complaint is nobody's to rewrite."""
        typed = {
            "name",
            "active",
            "customer_id",
            "contact_id",
            "email_from",
            "phone",
            "type_id",
            "cause_id",
            "severity",
            "description",
            "order_id",
            "order_line_id",
            "shipment_ref",
            "move_id",
            "service_id",
            "claim_currency_id",
            "claim_amount",
            "claimed_amount",
            "user_id",
            "department_id",
            "branch_id",
            "responsible_id",
            "root_cause",
            "recovery",
            "prevention",
            "answer",
            "verdict",
        }
        if self and self.state not in OPEN_STATES:
            return {"prevention", "responsible_id", "active"}
        return typed

    @api.model
    def _is_machinery(self, name):
        if name.startswith("rating_") or name == "access_token":
            return self.env.su
        return super()._is_machinery(name)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Complaints are kept. Cancel one that was opened by mistake, with a reason.")
        )

    # ------------------------------------------------------------------ values
    @api.depends("customer_id")
    def _compute_company_id(self):
        for complaint in self:
            complaint.company_id = (
                complaint.customer_id.company_id or complaint.company_id or self.env.company
            )

    @api.depends("received_on")
    def _compute_received_at(self):
        """Now for what came in today; noon of the company's clock for what is entered later."""
        today = fields.Date.context_today(self)
        for complaint in self:
            day = complaint.received_on or today
            if complaint.received_at and complaint.received_at.date() == day:
                continue
            if day == today:
                complaint.received_at = fields.Datetime.now()
                continue
            zone = pytz.timezone(complaint.company_id.sudo().resource_calendar_id.tz or "UTC")
            noon = zone.localize(datetime.combine(day, time(12)))
            complaint.received_at = noon.astimezone(pytz.utc).replace(tzinfo=None)

    @api.depends("type_id", "customer_id")
    def _compute_severity(self):
        names = [code for code, _label in SEVERITIES]
        for complaint in self:
            usual = complaint.type_id.severity or "normal"
            if complaint.customer_id.sudo().value_class == "key":
                usual = names[min(names.index(usual) + 1, len(names) - 1)]
            complaint.severity = usual

    @api.depends("order_id", "order_line_id")
    def _compute_service_id(self):
        for complaint in self:
            lines = complaint.sudo().order_line_id or complaint.sudo().order_id.order_line
            services = lines.logistics_service_id
            if len(services) == 1:
                complaint.service_id = services
            else:
                complaint.service_id = complaint.service_id

    @api.depends("company_id", "move_id")
    def _compute_claim_currency_id(self):
        for complaint in self:
            if complaint.claim_amount is False:
                complaint.claim_currency_id = (
                    complaint.move_id.sudo().currency_id or complaint.company_id.currency_id
                )

    @api.depends("claim_amount", "claim_currency_id", "received_on")
    def _compute_claimed_amount(self):
        for complaint in self:
            if complaint.claim_amount is False:
                complaint.claimed_amount = complaint.claimed_amount
                continue
            currency = complaint.claim_currency_id or complaint.company_id.currency_id
            complaint.claimed_amount = currency._convert(
                complaint.claim_amount,
                complaint.company_id.currency_id,
                complaint.company_id,
                complaint.received_on or fields.Date.context_today(self),
            )

    @api.depends("type_id")
    def _compute_department_id(self):
        for complaint in self:
            if not complaint.department_id:
                complaint.department_id = complaint.type_id.department_id

    @api.depends("company_id")
    def _compute_branch_id(self):
        for complaint in self:
            complaint.branch_id = complaint.company_id

    @api.depends("state_since")
    def _compute_days_in_state(self):
        now = fields.Datetime.now()
        for complaint in self:
            complaint.days_in_state = (now - (complaint.state_since or now)).days

    @api.depends("reference", "name")
    def _compute_display_name(self):
        for complaint in self:
            complaint.display_name = " ".join(filter(None, (complaint.reference, complaint.name)))

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for complaint in self:
            complaint.access_url = f"/my/complaints/{complaint.id}"
        return result

    # ------------------------------------------------------------------ checks
    @api.constrains("received_on", "received_at")
    def _check_received(self):
        # a day's leeway: the customer's morning may be the company's evening
        latest = fields.Date.context_today(self) + timedelta(days=1)
        for complaint in self:
            if complaint.received_on > latest:
                raise ValidationError(self.env._("A complaint cannot come in the future."))

    @api.constrains("claim_amount", "claimed_amount")
    def _check_claim(self):
        for complaint in self:
            if max(complaint.claim_amount or 0, complaint.claimed_amount or 0) >= ABSURD_AMOUNT:
                raise ValidationError(self.env._("The claim must be a sensible amount."))

    @api.constrains("customer_id", "order_id", "order_line_id", "move_id")
    def _check_documents(self):
        """Order and invoice are those of the customer, so that nothing of another is shown."""
        for complaint in self.sudo():
            entity = complaint.partner_id
            order, move = complaint.order_id, complaint.move_id
            if complaint.order_line_id and complaint.order_line_id.order_id != order:
                raise ValidationError(self.env._("The shipment belongs to another order."))
            if move and move.move_type not in ("out_invoice", "out_receipt"):
                raise ValidationError(
                    self.env._("Complaints are about customer invoices: choose one.")
                )
            ordered_by = (order.partner_id | order.partner_invoice_id).commercial_partner_id
            for document, owners in ((order, ordered_by), (move, move.commercial_partner_id)):
                if document and entity and entity not in owners:
                    raise ValidationError(
                        self.env._(
                            "%(document)s is not a document of %(customer)s.",
                            document=document.display_name,
                            customer=entity.display_name,
                        )
                    )
