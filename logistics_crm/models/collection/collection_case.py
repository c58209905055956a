# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..trading.logistics_customer_figures import LEDGER_GROUPS
from .collection_step import CHANNELS, KINDS

PRIORITIES = [("0", "Later"), ("1", "Due"), ("2", "Promise Broken")]
TOUCH_KINDS = [*KINDS, ("note", "Note")]
CALL_RESULTS = [
    ("reached", "Reached"),
    ("not_reached", "Not Reached"),
    ("promised", "Promised to Pay"),
    ("disputed", "Disputes the Invoice"),
    ("refused", "Refuses to Pay"),
]


class LogisticsCollectionCase(models.Model):
    """Bringing in the money of one customer: where it stands and what comes next.

    A customer has one case for good. It closes when nothing is left to collect and opens again
    with a new cycle. Within a cycle no step is taken twice; a cycle lasts until everything that
    was overdue, or about to be, as it began is settled.
    """

    _name = "logistics.collection.case"
    _description = "Collection Case"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.readonly.mixin"]
    # No amount in the order: salespeople read cases on the customer form, and may not see amounts.
    _order = "priority desc, id desc"
    _rec_name = "customer_id"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Commercial Entity")
    user_id = fields.Many2one(related="customer_id.user_id", string="Representative")
    credit_grade_code = fields.Selection(related="customer_id.credit_grade_code")
    phone = fields.Char(related="partner_id.phone")
    owner_id = fields.Many2one(
        "res.users",
        tracking=True,
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who brings the money in. At first the company's controller of held orders.",
    )
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="open",
        index=True,
        tracking=True,
    )
    cycle = fields.Integer(readonly=True, default=1, aggregator=None)
    cycle_until = fields.Date(
        readonly=True,
        help="The cycle goes on until every item due up to this day is settled.",
    )
    figures_as_of = fields.Date(readonly=True, help="The amounts are true for this day.")
    overdue_amount = fields.Monetary(
        readonly=True,
        groups=LEDGER_GROUPS,
        help="Open items past their due date, without disputed ones, those in a legal case and "
        "those taken out of follow-up, less unallocated payments and credit notes.",
    )
    disputed_amount = fields.Monetary(
        readonly=True, groups=LEDGER_GROUPS, help="Open amount of disputed invoices."
    )
    oldest_due_date = fields.Date(readonly=True)
    oldest_days = fields.Integer(
        string="Days Overdue",
        readonly=True,
        aggregator="max",
        help="Days since the oldest item fell due; negative before.",
    )
    expected_recovery = fields.Monetary(
        readonly=True,
        groups=LEDGER_GROUPS,
        help="Overdue amount of each item times the recovery rate of its age (Configuration > "
        "Recovery Rates), less unallocated payments and credit notes in proportion. The rates are "
        "learned from the company's own payments where there are enough.",
    )
    last_step_id = fields.Many2one("logistics.collection.step", readonly=True)
    last_touch_date = fields.Date(readonly=True)
    next_step_id = fields.Many2one("logistics.collection.step", readonly=True, index=True)
    next_channel = fields.Selection(related="next_step_id.channel", string="How")
    mail_to = fields.Char(compute="_compute_mail_to", help="Empty: no usable e-mail address.")
    next_action_date = fields.Date(
        readonly=True,
        index=True,
        help="The next step is not taken before: its day on the ladder, the days between two "
        "letters, an open promise and a pause are waited for.",
    )
    promise_date = fields.Date(
        string="Promised Until", readonly=True, help="The last deadline of the open promises."
    )
    priority = fields.Selection(PRIORITIES, readonly=True, default="0", index=True)
    paused_until = fields.Date(readonly=True, tracking=True)
    pause_reason = fields.Char(readonly=True, tracking=True)
    problem = fields.Char(
        readonly=True, help="Why the last step could not be taken. It is tried again every day."
    )
    touch_ids = fields.One2many("logistics.collection.touch", "case_id")
    touch_count = fields.Integer(compute="_compute_touch_count")
    item_table = fields.Html(
        compute="_compute_item_table",
        sanitize=False,
        groups=LEDGER_GROUPS,
        help="The open items a letter lists.",
    )

    _customer_uniq = models.UniqueIndex("(customer_id)", "A customer has one collection case.")
    _worklist = models.Index("(company_id, next_action_date) WHERE state = 'open'")

    def _compute_touch_count(self):
        rows = self.env["logistics.collection.touch"]._read_group(
            [("case_id", "in", self.ids)], ["case_id"], ["__count"]
        )
        counts = {case.id: number for case, number in rows}
        for case in self:
            case.touch_count = counts.get(case.id, 0)

    @api.depends("customer_id")
    def _compute_mail_to(self):
        for case in self:
            case.mail_to = case._recipient().email

    @api.depends("customer_id")
    def _compute_item_table(self):
        tables = self._item_rows()
        for case in self:
            case.item_table = self.env["ir.qweb"]._render(
                "logistics_crm.collection_item_table",
                {"case": case, "items": tables.get(case.id, [])},
                raise_if_not_found=False,
            )

    @api.model
    def _fold_customer(self, source, destination):
        """One case stays; what was sent to either account is kept in its list.

        Steps of the folded case belong to no cycle any more, so that they stop nothing.
        """
        mine = self.search([("customer_id", "=", source.id)])
        kept = self.search([("customer_id", "=", destination.id)])
        if not mine:
            return
        if not kept:
            mine.customer_id = destination
            return
        touches = self.env["logistics.collection.touch"].search([("case_id", "=", mine.id)])
        touches.write({"cycle": 0})
        touches.write({"case_id": kept.id, "customer_id": destination.id})
        self.env["logistics.legal.case"].search([("customer_id", "=", source.id)]).write(
            {"customer_id": destination.id}
        )
        self.env.flush_all()
        mine.unlink()

    # ------------------------------------------------------------------ who
    def _check_collector(self):
        """:raise AccessError: unless a credit controller or manager who may write the cases"""
        if not (
            self.env.su
            or self.env.user.has_group("logistics_crm.group_credit_controller")
            or self.env.user.has_group("logistics_crm.group_manager")
        ):
            raise AccessError(
                self.env._("Only credit controllers and managers work on collection cases.")
            )
        self.check_access("write")

    # ------------------------------------------------------------------ actions
    def action_pause(self, until=None, reason=None):
        """Let cases rest until a day. Without arguments, ask in a dialog.

        :param until: the last day of rest, a date after today
        :param reason: kept with the case
        """
        self._check_collector()
        if until is None:
            return self._dialog("logistics.collection.pause", self.env._("Pause"))
        until = fields.Date.to_date(until)
        if until <= fields.Date.context_today(self):
            raise UserError(self.env._("A pause ends on a day to come."))
        if not (reason or "").strip():
            raise UserError(self.env._("Give a reason: the pause is kept with it."))
        self.sudo().write({"paused_until": until, "pause_reason": reason.strip()})
        self.sudo()._plan_next()
        return True

    def action_resume(self):
        """End a pause."""
        self._check_collector()
        self.sudo().write({"paused_until": False, "pause_reason": False})
        self.sudo()._plan_next()
        return True

    def action_log_call(self):
        """Open the dialog that records a call and what came out of it."""
        self._check_collector()
        return self._dialog("logistics.collection.call", self.env._("Log Call"))

    def action_promise(self):
        """Open the form of a new promise of payment."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Promise"),
            "res_model": "logistics.payment.promise",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_customer_id": self.customer_id.id},
        }

    def action_dispute(self):
        """Open the customer's unpaid invoices, each with its button to dispute it."""
        self.ensure_one()
        action = self.customer_id.action_open_invoices()
        action["domain"] = [
            *action["domain"],
            ("state", "=", "posted"),
            ("payment_state", "in", ("not_paid", "partial")),
        ]
        return action

    def action_take_step(self):
        """Take the next step of these cases now, on its day or before.

        :raise UserError: when there is none, or it cannot be taken; nothing is sent then
        """
        self._check_collector()
        for case in self:
            if case.state != "open" or not case.next_step_id:
                raise UserError(
                    self.env._("There is no next step for %s.", case.customer_id.display_name)
                )
            case.sudo()._take_step(case.next_step_id, user=self.env.user)
        self.sudo()._plan_next()
        return True

    def action_preview(self):
        """Show the letter of the next step as it would be sent; nothing is sent.

        :raise UserError: with what keeps it from being sent
        """
        self.ensure_one()
        self._check_collector()
        letter = self.sudo()._render_letter(self.sudo().next_step_id.template_id)
        preview = self.env["logistics.collection.preview"].create(
            {
                "mail_to": letter["recipient"].email,
                "subject": letter["subject"],
                "body": letter["body_html"],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": preview._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_legal(self):
        """Open the legal case of the customer, or propose one with everything overdue."""
        self.ensure_one()
        self._check_collector()
        legal = self.sudo()._open_legal_case()
        self.sudo()._plan_next()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.legal.case",
            "res_id": legal.id,
            "view_mode": "form",
        }

    def action_open_touches(self):
        """Open everything sent and done in these cases."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_collection_touch"
        )
        action["domain"] = [("case_id", "in", self.ids)]
        return action

    def action_refresh(self):
        """Read amounts and next steps anew from today's ledger."""
        self.check_access("read")
        self._check_collector()
        companies = self.company_id
        for company in companies:
            self.sudo()._refresh_cases(company)
        return True

    def _dialog(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_ids": self.ids},
        }


class LogisticsCollectionTouch(models.Model):
    """Something sent to a customer or done about its debts, on a day."""

    _name = "logistics.collection.touch"
    _description = "Collection Touch"
    _inherit = ["logistics.readonly.mixin"]
    _order = "date desc, id desc"
    _rec_name = "summary"

    case_id = fields.Many2one(
        "logistics.collection.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    kind = fields.Selection(TOUCH_KINDS, required=True, readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    step_id = fields.Many2one(
        "logistics.collection.step",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: done by hand, beside the ladder.",
    )
    cycle = fields.Integer(readonly=True, aggregator=None)
    user_id = fields.Many2one("res.users", string="Done By", readonly=True)
    summary = fields.Char(readonly=True)
    note = fields.Text(readonly=True)
    result = fields.Selection(CALL_RESULTS, readonly=True)
    amount = fields.Monetary(
        string="Overdue Then", readonly=True, groups=LEDGER_GROUPS, aggregator=None
    )
    template_id = fields.Many2one("mail.template", readonly=True, ondelete="set null")
    sent_to = fields.Char(readonly=True)
    message_id = fields.Many2one(
        "mail.message", readonly=True, index="btree_not_null", ondelete="set null"
    )
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")
    promise_id = fields.Many2one("logistics.payment.promise", readonly=True, ondelete="set null")

    # What makes a second run of the job harmless, two at once included.
    _step_once = models.UniqueIndex(
        "(customer_id, step_id, cycle) WHERE step_id IS NOT NULL AND cycle > 0",
        "This step was taken already.",
    )
