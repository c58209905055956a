# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

REASONS = [
    ("price", "Price or Terms"),
    ("quantity", "Weight or Quantity"),
    ("damage", "Damage or Loss"),
    ("late", "Delivered Late"),
    ("not_ordered", "Not Ordered"),
    ("paid", "Paid Already"),
    ("document", "Document Missing or Wrong"),
    ("other", "Other"),
]
DEPARTMENTS = [
    ("sales", "Sales"),
    ("operations", "Operations"),
    ("billing", "Billing"),
    ("claims", "Claims"),
    ("accounting", "Accounting"),
]
RESULTS = [
    ("credit_note", "Credit Note"),
    ("partly", "Partly Accepted"),
    ("rejected", "Rejected"),
    ("withdrawn", "Withdrawn by the Customer"),
]


class LogisticsDispute(models.Model):
    """A customer does not accept an invoice, or a part of it.

    As long as it is open, reminders leave the invoice out, and the ageing shows it as disputed.
    """

    _name = "logistics.dispute"
    _description = "Invoice Dispute"
    _inherit = ["logistics.credit.document"]
    _order = "state desc, deadline, id desc"
    _check_company_auto = True

    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('move_type', 'in', ('out_invoice', 'out_receipt')), ('state', '=', 'posted')]",
    )
    line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('move_id', '=', move_id), ('display_type', '=', 'product')]",
        help="The line in question. Empty: the invoice as a whole.",
    )
    customer_id = fields.Many2one(
        "logistics.customer",
        compute="_compute_customer_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="move_id.currency_id")
    reason = fields.Selection(REASONS, string="Reason Category", required=True, tracking=True)
    description = fields.Text(help="What the customer says, in the customer's words.")
    amount = fields.Monetary(
        string="Disputed Amount",
        compute="_compute_amount",
        store=True,
        readonly=False,
        tracking=True,
        help="In the invoice's currency; at first the whole line or invoice, tax included.",
    )
    owner_id = fields.Many2one(
        "res.users",
        required=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        help="Who finds out and answers. Gets an activity for the deadline.",
    )
    department = fields.Selection(DEPARTMENTS, tracking=True)
    date_opened = fields.Date(
        string="Opened On", required=True, default=fields.Date.context_today, tracking=True
    )
    deadline = fields.Date(
        required=True,
        tracking=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=14),
        help="The customer has an answer by this day.",
    )
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    result = fields.Selection(RESULTS, readonly=True, copy=False, tracking=True)
    accepted_amount = fields.Monetary(
        readonly=True, copy=False, help="What the customer need not pay, tax included."
    )
    credit_note_id = fields.Many2one(
        "account.move", readonly=True, copy=False, index="btree_not_null"
    )
    result_note = fields.Text(string="Answer", readonly=True, copy=False)
    closed_on = fields.Date(readonly=True, copy=False)
    closed_by = fields.Many2one("res.users", readonly=True, copy=False)
    paused_follow_up = fields.Boolean(
        readonly=True,
        copy=False,
        help="The dispute took the invoice out of follow-up, and puts it back when it closes.",
    )

    _amount_positive = models.Constraint("CHECK (amount > 0)", "Dispute more than nothing.")

    @api.model
    def _given_fields(self):
        return self._open_fields() | {"move_id", "line_id", "date_opened"}

    def _open_fields(self):
        if self and self.state != "open":
            return set()
        return {"reason", "description", "amount", "owner_id", "department", "deadline"}

    @api.depends("move_id")
    def _compute_customer_id(self):
        accounts = self.env["logistics.customer"].sudo()
        for dispute in self:
            move = dispute.move_id
            dispute.customer_id = (
                accounts._ensure_for(move.partner_id, move.company_id).filtered(
                    lambda account, move=move: (
                        account.partner_id == move.partner_id.commercial_partner_id
                        and account.company_id == move.company_id
                    )
                )[:1]
                if move.partner_id
                else False
            )

    @api.depends("move_id", "line_id")
    def _compute_amount(self):
        for dispute in self:
            dispute.amount = dispute.line_id.price_total or dispute.move_id.amount_total

    @api.depends("move_id", "reason")
    def _compute_display_name(self):
        labels = dict(self._fields["reason"]._description_selection(self.env))
        # The customer's representative sees the dispute of a colleague's invoice, too.
        for dispute in self.sudo():
            dispute.display_name = (
                f"{dispute.move_id.name or ''}: {labels.get(dispute.reason, '')}".strip(": ")
            )

    @api.constrains("move_id", "line_id", "amount", "deadline", "date_opened")
    def _check_sensible(self):
        today = fields.Date.context_today(self)
        for dispute in self:
            move = dispute.move_id.sudo()
            if move.move_type not in ("out_invoice", "out_receipt") or move.state != "posted":
                raise ValidationError(self.env._("Only a posted customer invoice can be disputed."))
            if dispute.line_id and dispute.line_id.sudo().move_id != move:
                raise ValidationError(self.env._("The line belongs to another invoice."))
            if dispute.currency_id.compare_amounts(dispute.amount, move.amount_total) > 0:
                raise ValidationError(
                    self.env._("More is disputed than the invoice %(name)s is for.", name=move.name)
                )
            if dispute.date_opened > today:
                raise ValidationError(self.env._("A dispute cannot be opened in the future."))
            if dispute.deadline < dispute.date_opened:
                raise ValidationError(self.env._("The deadline lies before the dispute began."))

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        for dispute in disputes.sudo():
            move = dispute.move_id
            if not move.no_followup:
                move.no_followup = True
                dispute._step().paused_follow_up = True
            dispute.customer_id._message_log(
                body=self.env._(
                    "%(invoice)s is disputed: %(reason)s.",
                    invoice=move.name,
                    reason=dict(self._fields["reason"]._description_selection(self.env))[
                        dispute.reason
                    ],
                ),
                author_id=self.env.user.partner_id.id,
            )
            dispute._schedule_answer()
        return disputes

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"owner_id", "deadline"}:
            for dispute in self.filtered(lambda d: d.state == "open").sudo():
                dispute._answer_activities().unlink()
                dispute._schedule_answer()
        return result

    def _answer_activities(self):
        kind = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        return self.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def _schedule_answer(self):
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.deadline,
            summary=self.env._("Answer the dispute of %s", self.move_id.name),
            user_id=self.owner_id.id,
        )

    def action_close_dispute(self):
        """Open the dialog that asks for the result."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close Dispute"),
            "res_model": "logistics.dispute.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_dispute_id": self.id},
        }

    def _close(self, result, accepted_amount=0.0, credit_note=None, note=None):
        """Close the dispute with a result and let the follow-up go on.

        :param result: one of the codes of ``RESULTS``
        :param accepted_amount: what need not be paid, in the invoice's currency, tax included
        :param credit_note: the ``account.move`` that says so, if there is one
        :raise UserError: when it is closed already, or result and amount contradict each other
        """
        self.ensure_one()
        self.check_access("write")
        self.lock_for_update()
        compare = self.currency_id.compare_amounts
        if self.state != "open":
            raise UserError(self.env._("This dispute is closed already."))
        if result in ("rejected", "withdrawn"):
            accepted_amount, credit_note = 0.0, None
        elif compare(accepted_amount, 0.0) <= 0:
            raise UserError(self.env._("Say how much the customer need not pay."))
        if compare(accepted_amount, self.amount) > 0:
            raise UserError(self.env._("More is accepted than was disputed."))
        if result == "partly" and not compare(accepted_amount, self.amount):
            raise UserError(self.env._("All of it is accepted: then the result is a credit note."))
        if credit_note and (
            credit_note.sudo().move_type != "out_refund"
            or credit_note.sudo().company_id != self.company_id
            or credit_note.sudo().commercial_partner_id != self.sudo().customer_id.partner_id
        ):
            raise UserError(self.env._("The credit note must be one of this customer."))
        self.sudo()._step().write(
            {
                "state": "closed",
                "result": result,
                "accepted_amount": accepted_amount,
                "credit_note_id": credit_note.id if credit_note else False,
                "result_note": note,
                "closed_on": fields.Date.context_today(self),
                "closed_by": self.env.user.id,
            }
        )
        self.sudo()._answer_activities().action_feedback()
        move = self.sudo().move_id
        others = self.sudo().search([("move_id", "=", move.id), ("state", "=", "open")])
        if self.paused_follow_up and others:
            # The last one to close puts the invoice back.
            others[0]._step().paused_follow_up = True
        elif self.paused_follow_up:
            move.no_followup = False
        self.sudo().customer_id._message_log(
            body=self.env._(
                "The dispute of %(invoice)s is closed: %(result)s.",
                invoice=move.name,
                result=dict(self._fields["result"]._description_selection(self.env))[result],
            ),
            author_id=self.env.user.partner_id.id,
        )
        return True

    @api.model
    def _disputed_sql(self, as_of, company=None):
        """Return a subquery of what was disputed on a day.

        Columns ``move_id``, ``company_id``, ``amount`` (invoice's currency); one row for each
        invoice with an open dispute, its amount not more than the invoice's.

        :param as_of: a date; disputes opened later are left out, those closed later count
        :param company: limit to this ``res.company``
        """
        self.env.flush_all()
        return SQL(
            """
            (SELECT d.move_id, d.company_id, LEAST(sum(d.amount), max(m.amount_total)) AS amount
               FROM logistics_dispute d JOIN account_move m ON m.id = d.move_id
              WHERE d.date_opened <= %(as_of)s AND (d.closed_on IS NULL OR d.closed_on > %(as_of)s)
                %(company)s
              GROUP BY d.move_id, d.company_id)
            """,
            as_of=as_of,
            company=SQL("AND d.company_id = %s", company.id) if company else SQL(),
        )


class LogisticsSettlementFacts(models.AbstractModel):
    _inherit = "logistics.settlement.facts"

    @api.model
    def _disputed_column_sql(self, as_of):
        disputed = self.env["logistics.dispute"]._disputed_sql(as_of)
        return SQL("NULLIF(am.id IN (SELECT dis.move_id FROM %s AS dis), FALSE)", disputed)


class LogisticsDisputeClose(models.TransientModel):
    """Asks for the result of a dispute."""

    _name = "logistics.dispute.close"
    _description = "Result of a Dispute"

    dispute_id = fields.Many2one("logistics.dispute", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="dispute_id.company_id")
    currency_id = fields.Many2one(related="dispute_id.currency_id")
    partner_id = fields.Many2one(related="dispute_id.customer_id.partner_id")
    result = fields.Selection(RESULTS, required=True, default="rejected")
    accepted_amount = fields.Monetary()
    credit_note_id = fields.Many2one(
        "account.move",
        domain="[('move_type', '=', 'out_refund'), ('company_id', '=', company_id),"
        " ('commercial_partner_id', '=', partner_id)]",
    )
    note = fields.Text(string="Answer")

    @api.onchange("result")
    def _onchange_result(self):
        if self.result == "credit_note":
            self.accepted_amount = self.dispute_id.amount
        elif self.result in ("rejected", "withdrawn"):
            self.accepted_amount = 0.0

    def action_close(self):
        """Hand the result to the dispute, which checks it."""
        self.ensure_one()
        self.dispute_id._close(self.result, self.accepted_amount, self.credit_note_id, self.note)
        return {"type": "ir.actions.act_window_close"}
