# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...fields_unknown import KnownFloat

SIDES = ("a", "b")
# What the summary holds for each of the two rule sets, in the order of the SQL that fills it.
MEASURES = (
    "held_count",
    "held_amount",
    "caught_count",
    "caught_amount",
    "missed_amount",
    "delayed_count",
    "delayed_amount",
    "delay_days",
    "delay_unknown_amount",
)
REASONS = [
    ("grade", "Grade"),
    ("limit", "Credit Limit"),
    ("oldest_overdue", "Oldest Overdue"),
    ("overdue_amount", "Overdue Amount"),
    ("order_amount", "Order Amount"),
    ("terms", "Payment Terms"),
]


class LogisticsCreditBacktest(models.Model):
    """What a credit policy would have held in the past, and what that would have been worth.

    Every document of the period is judged by what was known the evening before its day: the
    balance, what was overdue, and the grade the rules give on the first of its month. Then its
    own fate is read from the ledger of today. Two policies can be held side by side.
    """

    _name = "logistics.credit.backtest"
    _description = "Credit Policy Back-Test"
    _inherit = ["logistics.readonly.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy_id = fields.Many2one(
        "logistics.credit.policy",
        string="Rule Set A",
        required=True,
        ondelete="cascade",
        check_company=True,
        context={"active_test": False},
        default=lambda self: self.env["logistics.credit.policy"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        ),
        help="The company's policy, or an archived copy of it with other thresholds.",
    )
    other_policy_id = fields.Many2one(
        "logistics.credit.policy",
        string="Rule Set B",
        ondelete="cascade",
        check_company=True,
        context={"active_test": False},
        help="Held beside the first one. Empty: one rule set alone.",
    )
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="Until", required=True)
    bad_days = fields.Integer(
        string="Bad After (Days)",
        default=90,
        required=True,
        aggregator=None,
        help="A document turned bad when something of it was still open so many days after its "
        "due date, was written off, or is in a legal case.",
    )
    computed_on = fields.Datetime(readonly=True)
    line_ids = fields.One2many("logistics.credit.backtest.line", "backtest_id")

    total_count = fields.Integer(string="Documents", readonly=True)
    total_amount = fields.Monetary(readonly=True)
    bad_count = fields.Integer(string="Turned Bad", readonly=True)
    bad_amount = fields.Monetary(
        readonly=True, help="Still open at the day a document counts as bad, or written off."
    )
    open_count = fields.Integer(
        string="Outcome Not Known Yet",
        readonly=True,
        help="Not invoiced, or due too lately to call it good or bad.",
    )
    limit_unknown_count = fields.Integer(
        string="Without a Limit Then",
        readonly=True,
        help="No approved limit covered the day: the limit rule cannot be judged for these.",
    )
    held_count_a = fields.Integer(string="Held (A)", readonly=True)
    held_amount_a = fields.Monetary(string="Held Amount (A)", readonly=True)
    caught_count_a = fields.Integer(
        string="Bad Ones Held (A)", readonly=True, help="Held documents that turned bad later."
    )
    caught_amount_a = fields.Monetary(
        string="Bad Debt Caught (A)", readonly=True, help="Their bad amount."
    )
    missed_amount_a = fields.Monetary(
        string="Bad Debt Missed (A)",
        readonly=True,
        help="Bad amount of documents that would not have been held.",
    )
    delayed_count_a = fields.Integer(string="Good Ones Held (A)", readonly=True)
    delayed_amount_a = fields.Monetary(
        string="Revenue Delayed (A)", readonly=True, help="Held documents that were paid."
    )
    delay_days_a = KnownFloat(
        string="Days Delayed (A)",
        readonly=True,
        digits=(16, 1),
        aggregator=None,
        help="Until everything that was overdue on the day was settled, weighted with the amounts; "
        "only documents held for nothing but overdue items. Empty: not known of any.",
    )
    delay_unknown_amount_a = fields.Monetary(
        string="Delay Not Known (A)",
        readonly=True,
        help="Revenue delayed for another reason: nobody can tell until when.",
    )
    held_count_b = fields.Integer(string="Held (B)", readonly=True)
    held_amount_b = fields.Monetary(string="Held Amount (B)", readonly=True)
    caught_count_b = fields.Integer(string="Bad Ones Held (B)", readonly=True)
    caught_amount_b = fields.Monetary(string="Bad Debt Caught (B)", readonly=True)
    missed_amount_b = fields.Monetary(string="Bad Debt Missed (B)", readonly=True)
    delayed_count_b = fields.Integer(string="Good Ones Held (B)", readonly=True)
    delayed_amount_b = fields.Monetary(string="Revenue Delayed (B)", readonly=True)
    delay_days_b = KnownFloat(
        string="Days Delayed (B)", readonly=True, digits=(16, 1), aggregator=None
    )
    delay_unknown_amount_b = fields.Monetary(string="Delay Not Known (B)", readonly=True)

    _sane = models.Constraint(
        "CHECK (date_to >= date_from AND bad_days BETWEEN 1 AND 3650)",
        "The period ends before it begins, or the days are no number from 1 to 3650.",
    )

    @api.depends("policy_id", "other_policy_id", "date_from", "date_to")
    def _compute_name(self):
        for test in self:
            names = [name for name in (test.policy_id.name, test.other_policy_id.name) if name]
            test.name = f"{' / '.join(names)}: {test.date_from or ''} - {test.date_to or ''}"

    @api.constrains("date_from", "date_to", "policy_id", "other_policy_id")
    def _check_period(self):
        today = fields.Date.context_today(self)
        for test in self:
            if test.date_to > today:
                raise ValidationError(self.env._("A back-test is about the past."))
            if (test.date_to - test.date_from).days > 5 * 366:
                raise ValidationError(self.env._("Choose a period of five years at most."))
            if test.policy_id == test.other_policy_id:
                raise ValidationError(self.env._("Compare two different rule sets."))

    # ------------------------------------------------------------------ actions
    def action_compute(self):
        """Compute the back-test anew, set-based.

        :raise AccessError: for anybody but credit controllers and managers
        """
        self._check_reader()
        for test in self.sudo():
            test._clear_lines()
            test._compute_lines()
            test._summarise()
            test.computed_on = fields.Datetime.now()
        self.invalidate_recordset()
        return True

    def action_copy_policy(self):
        """Make an archived copy of rule set A as rule set B and open it, to change thresholds.

        :raise UserError: when there is a rule set B already
        """
        self.ensure_one()
        self._check_reader()
        if self.other_policy_id:
            raise UserError(self.env._("There is a rule set B already: open and change that."))
        copy = self.policy_id.copy({"name": self.env._("What if: %s", self.policy_id.name)})
        self.other_policy_id = copy
        return {
            "type": "ir.actions.act_window",
            "res_model": copy._name,
            "res_id": copy.id,
            "view_mode": "form",
        }

    def action_open_lines(self):
        """Open the documents of the back-test."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_credit_backtest_line"
        )
        action["domain"] = [("backtest_id", "=", self.id)]
        return action

    def _check_reader(self):
        if not (
            self.env.su
            or self.env.user.has_group("logistics_crm.group_credit_controller")
            or self.env.user.has_group("logistics_crm.group_manager")
        ):
            raise AccessError(self.env._("Only credit controllers and managers run a back-test."))
        self.check_access("write")


class LogisticsCreditBacktestLine(models.Model):
    """One document of the past: what the rules would have said, and what became of it."""

    _name = "logistics.credit.backtest.line"
    _description = "Back-Tested Document"
    _inherit = ["logistics.readonly.mixin"]
    _order = "date, id"
    _rec_name = "document"

    backtest_id = fields.Many2one(
        "logistics.credit.backtest", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(
        "logistics.customer", readonly=True, index=True, ondelete="cascade"
    )
    source = fields.Selection(
        [("order", "Order"), ("invoice", "Invoice"), ("history", "Trading History")], readonly=True
    )
    document = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True, help="Tax included, company currency.")
    terms_days = fields.Integer(string="Terms (Days)", readonly=True, aggregator=None)
    exposure = fields.Monetary(
        string="Balance Before",
        readonly=True,
        aggregator=None,
        help="Receivable balance the evening before. Orders not invoiced then are not in it: "
        "the past does not tell which they were.",
    )
    limit_amount = fields.Monetary(
        string="Limit Then", readonly=True, aggregator=None, help="Empty: not documented, or none."
    )
    limit_known = fields.Boolean(readonly=True)
    overdue_amount = fields.Monetary(string="Overdue Then", readonly=True, aggregator=None)
    overdue_days = fields.Integer(string="Oldest Overdue (Days)", readonly=True, aggregator=None)
    grade_a = fields.Char(string="Grade (A)", readonly=True)
    reasons_a = fields.Char(string="Held For (A)", readonly=True)
    held_a = fields.Boolean(string="Held by A", readonly=True)
    delay_a = fields.Integer(string="Delay in Days (A)", readonly=True, aggregator="avg")
    grade_b = fields.Char(string="Grade (B)", readonly=True)
    reasons_b = fields.Char(string="Held For (B)", readonly=True)
    held_b = fields.Boolean(string="Held by B", readonly=True)
    delay_b = fields.Integer(string="Delay in Days (B)", readonly=True, aggregator="avg")
    outcome = fields.Selection(
        [("paid", "Paid"), ("bad", "Turned Bad"), ("open", "Not Known Yet")], readonly=True
    )
    bad_amount = fields.Monetary(readonly=True)
