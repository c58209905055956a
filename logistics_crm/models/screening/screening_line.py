# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...fields_unknown import KnownFloat, KnownMonetary
from ..customer.logistics_customer import CREDIT_GRADES, LIFECYCLE_STAGES, VALUE_CLASSES
from .screening import LEDGER_GROUPS, TOTALS_GROUPS

PROPOSALS = [
    ("keep", "Keep"),
    ("develop", "Develop"),
    ("maintain", "Maintain"),
    ("rectify", "Rectify"),
    ("wind_down", "Wind Down"),
]
SCORE_DIGITS = (5, 2)


class LogisticsScreeningLine(models.Model):
    """One customer in one screening: frozen figures, five criteria, proposal and decision."""

    _name = "logistics.screening.line"
    _description = "Screened Customer"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.unknown.last.mixin"]
    _order = "revenue desc nulls last, id"
    _rec_name = "customer_name"

    screening_id = fields.Many2one(
        "logistics.screening", required=True, readonly=True, index=True, ondelete="cascade"
    )
    screening_state = fields.Selection(related="screening_id.state", string="Campaign State")
    customer_id = fields.Many2one(
        "logistics.customer",
        string="Customer Account",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    customer_name = fields.Char(
        string="Customer",
        readonly=True,
        index="trigram",
        help="Name at the time of computing; it does not follow later changes.",
    )
    date_from = fields.Date(related="screening_id.date_from", string="From")
    span = fields.Selection(related="screening_id.span")
    as_of = fields.Date(related="screening_id.as_of")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Representative",
        readonly=True,
        index=True,
        help="Who looked after the customer when the screening was computed.",
    )
    country_id = fields.Many2one("res.country", readonly=True, index="btree_not_null")
    value_class = fields.Selection(VALUE_CLASSES, readonly=True, help="When computed.")
    credit_grade_code = fields.Selection(
        CREDIT_GRADES, string="Credit Grade", readonly=True, help="When computed."
    )
    lifecycle_stage = fields.Selection(LIFECYCLE_STAGES, readonly=True, help="When computed.")
    run = fields.Integer(readonly=True, aggregator=None)
    folded = fields.Boolean(
        readonly=True,
        help="The customer was merged into another one after this screening was closed.",
    )

    # ------------------------------------------------------------------ volume
    traded = fields.Boolean(string="Traded in the Year", readonly=True)
    is_new = fields.Boolean(
        string="New in the Year", readonly=True, help="Never traded before this year."
    )
    line_count = fields.Integer(string="Trading Lines", readonly=True)
    known_line_count = fields.Integer(string="Lines with Known Amount", readonly=True)
    trade_days = fields.Integer(readonly=True, help="Days of the year with trade.")
    active_months = fields.Integer(
        readonly=True, aggregator="avg", help="Months of the year with trade."
    )
    quantity = KnownFloat(readonly=True, digits=(16, 2))
    revenue = KnownMonetary(
        readonly=True,
        help="Untaxed, less credit notes, company currency. Empty: traded, but no amount is known.",
    )
    turnover = KnownMonetary(
        string="Gross Turnover",
        readonly=True,
        help="Known amounts without their sign; the base of the cost coverage.",
    )
    revenue_previous = KnownMonetary(string="Revenue of the Year Before", readonly=True)
    revenue_before = KnownMonetary(string="Revenue Two Years Before", readonly=True)
    lines_previous = fields.Integer(string="Trading Lines of the Year Before", readonly=True)
    lines_before = fields.Integer(string="Trading Lines Two Years Before", readonly=True)
    revenue_change = KnownFloat(
        string="Change",
        readonly=True,
        aggregator=None,
        help="Against the revenue of the year before. Empty: nothing to compare with.",
    )
    revenue_trend = KnownFloat(
        string="Yearly Growth",
        readonly=True,
        aggregator=None,
        help="Mean growth per year over three years. Empty: traded in fewer than two of them.",
    )
    amount_coverage = fields.Float(
        readonly=True, aggregator="avg", help="Share of the lines whose amount is known."
    )
    average_price = KnownMonetary(
        readonly=True,
        aggregator="avg",
        help="Per unit, over the lines whose amount is known.",
    )
    revenue_rank = fields.Integer(
        string="Rank", readonly=True, aggregator=None, help="Place by revenue, 1 is the largest."
    )
    revenue_share = KnownFloat(
        readonly=True, groups=TOTALS_GROUPS, help="Share of the company's revenue of the year."
    )
    pareto_share = KnownFloat(
        string="Cumulated Share",
        readonly=True,
        aggregator=None,
        groups=TOTALS_GROUPS,
        help="Share of the revenue that this and all larger customers make together.",
    )

    # ------------------------------------------------------------------ margin
    gross_margin = KnownMonetary(
        readonly=True,
        groups=LEDGER_GROUPS,
        help="Revenue less the cost frozen on the order lines, over the lines whose cost is "
        "known. Empty: no cost is known.",
    )
    margin_rate = KnownFloat(readonly=True, aggregator="avg", groups=LEDGER_GROUPS)
    cost_coverage = fields.Float(
        readonly=True, aggregator="avg", help="Share of the known revenue whose cost is known."
    )

    # ------------------------------------------------------------------ safety
    due_count = fields.Integer(
        string="Items Due",
        readonly=True,
        help="Invoices and instalments that fell due in the year, and older ones still open.",
    )
    due_amount = KnownMonetary(string="Fallen Due", readonly=True, groups=LEDGER_GROUPS)
    collected_share = KnownFloat(
        string="Collected",
        readonly=True,
        aggregator="avg",
        help="Share of what fell due that was settled on the closing date.",
    )
    late_share = KnownFloat(
        readonly=True,
        aggregator="avg",
        help="Share of the items due that were paid late, or are late and still open.",
    )
    average_days_late = KnownFloat(
        readonly=True, aggregator="avg", help="Weighted with the amounts paid."
    )
    open_amount = KnownMonetary(
        readonly=True,
        groups=LEDGER_GROUPS,
        help="Receivable balance on the closing date. Empty: no receivable item is known.",
    )
    open_debt = KnownMonetary(
        readonly=True,
        groups=LEDGER_GROUPS,
        help="Open amount without unallocated payments and credit notes.",
    )
    overdue_amount = KnownMonetary(string="Overdue", readonly=True, groups=LEDGER_GROUPS)
    has_overdue = fields.Boolean(string="Owes Overdue Money", readonly=True)

    # ------------------------------------------------------------------ future and cooperation
    first_trade_date = fields.Date(string="Trading Since", readonly=True)
    tenure_years = KnownFloat(
        string="Years of Trade", readonly=True, aggregator="avg", digits=(6, 2)
    )
    regularity = KnownFloat(
        readonly=True,
        aggregator="avg",
        help="Share of the months with trade, counted from the first trade in the year for new "
        "customers.",
    )
    late_count = fields.Integer(
        string="Late Deliveries", readonly=True, help="Delivered after the promised day."
    )
    on_time_rate = KnownFloat(
        string="On-Time Deliveries",
        readonly=True,
        aggregator="avg",
        help="Share of the deliveries with a promised day that arrived by it.",
    )

    # ------------------------------------------------------------------ judgement
    score_volume = KnownFloat(string="Volume", readonly=True, aggregator="avg", digits=SCORE_DIGITS)
    score_margin = KnownFloat(string="Margin", readonly=True, aggregator="avg", digits=SCORE_DIGITS)
    score_safety = KnownFloat(string="Safety", readonly=True, aggregator="avg", digits=SCORE_DIGITS)
    score_future = KnownFloat(string="Future", readonly=True, aggregator="avg", digits=SCORE_DIGITS)
    score_cooperation = KnownFloat(
        string="Cooperation", readonly=True, aggregator="avg", digits=SCORE_DIGITS
    )
    score_total = KnownFloat(
        string="Total",
        readonly=True,
        aggregator="avg",
        digits=SCORE_DIGITS,
        help="Weighted over the criteria that are known; unknown ones do not count as zero.",
    )
    confidence = fields.Float(
        readonly=True, aggregator="avg", help="Share of the weights whose criterion is known."
    )
    proposal = fields.Selection(PROPOSALS, readonly=True)
    proposal_rule = fields.Char(readonly=True)
    proposal_reason = fields.Text(string="Reason", compute="_compute_proposal_reason")
    decision = fields.Selection(PROPOSALS, tracking=True, copy=False)
    decision_reason = fields.Text(string="Reason of the Decision", tracking=True, copy=False)
    decision_differs = fields.Boolean(
        string="Differs from Proposal", compute="_compute_decision_differs", store=True
    )

    # Sparse month -> [lines, lines with amount, quantity, their quantity, amount]: twelve rows
    # per customer in a table of their own would make computing several times slower.
    month_data = fields.Json(readonly=True)
    service_data = fields.Json(readonly=True)
    month_ids = fields.One2many("logistics.screening.month", "line_id", readonly=True)
    service_month_ids = fields.One2many(
        "logistics.screening.month.service", "line_id", readonly=True
    )

    _screening_customer_uniq = models.UniqueIndex(
        "(screening_id, customer_id) WHERE folded IS NOT TRUE",
        "This customer is already in the screening.",
    )
    _screening_revenue = models.Index("(screening_id, revenue DESC NULLS LAST, id)")

    @api.depends("decision", "proposal")
    def _compute_decision_differs(self):
        for line in self:
            line.decision_differs = bool(line.decision) and line.decision != line.proposal

    @api.depends(
        "customer_name", "screening_id.year", "screening_id.closing_month", "screening_id.span"
    )
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.customer_name} ({line.screening_id._period_name()})"

    # ------------------------------------------------------------------ guards
    @api.model
    def _decision_fields(self):
        """Fields that people decide; everything else on a line is computed."""
        return {"decision", "decision_reason"}

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse: lines come from computing their campaign only.

        :raise UserError: whenever something is to be created
        """
        if vals_list:
            raise UserError(
                self.env._("Screened customers come from computing the screening, not by hand.")
            )
        return super().create(vals_list)

    def write(self, vals):
        names = {
            name
            for name in vals
            if name in self._fields
            and not name.startswith(("message_", "activity_", "website_message_", "rating_"))
        }
        if names:
            self.screening_id._hold_open()
        if names - self._decision_fields():
            raise UserError(
                self.env._(
                    "The figures of a screening are computed. Only the decision and its reason "
                    "can be entered."
                )
            )
        return super().write(vals)

    def _write_computed(self, vals):
        """Write past the guard of ``write``; private, so never reachable over RPC."""
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self.screening_id._hold_open()

    # ------------------------------------------------------------------ actions
    def action_accept_proposal(self):
        """Decide as proposed, for those lines that are not decided yet."""
        undecided = self.filtered(lambda line: not line.decision)
        for proposal, lines in undecided.grouped("proposal").items():
            lines.write({"decision": proposal})
        return True

    def action_open_customer(self):
        """Open the customer account behind the line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.customer",
            "res_id": self.customer_id.id,
            "view_mode": "form",
        }
