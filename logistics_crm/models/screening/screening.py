# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...fields_unknown import KnownMonetary

FIRST_YEAR = 1990
# The figures of a screening with amounts of the ledger; not the ledger itself.
LEDGER_GROUPS = (
    "logistics_crm.group_manager,logistics_crm.group_credit_controller,logistics_crm.group_board"
)
# Totals of the company are not for a salesperson who may only see his own customers.
TOTALS_GROUPS = f"logistics_crm.group_user_all,{LEDGER_GROUPS}"


class LogisticsScreening(models.Model):
    """The screening of a company's customers: one campaign per twelve months and company."""

    _name = "logistics.screening"
    _description = "Year-End Screening"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "logistics.unknown.last.mixin",
        "logistics.screening.settings.mixin",
    ]
    _order = "date_to desc, company_id, id desc"
    _check_company_auto = True

    year = fields.Integer(
        required=True,
        default=lambda self: fields.Date.context_today(self).year - 1,
        aggregator=None,
        tracking=True,
        help="Calendar year that is screened, with four digits; of a screening during the year, "
        "the year it ends in.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    state = fields.Selection(
        [("draft", "Draft"), ("computed", "Computed"), ("closed", "Closed")],
        required=True,
        default="draft",
        readonly=True,
        index=True,
        tracking=True,
        copy=False,
    )
    date_from = fields.Date(string="From", compute="_compute_dates", store=True)
    date_to = fields.Date(string="To", compute="_compute_dates", store=True)
    note = fields.Html(string="Notes", help="What the company wants from this year's screening.")

    as_of = fields.Date(
        string="Figures as of",
        readonly=True,
        copy=False,
        help="Last day of the year, or the day of computing while the year is still running.",
    )
    computed_at = fields.Datetime(readonly=True, copy=False)
    computed_by = fields.Many2one("res.users", readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)
    closed_by = fields.Many2one("res.users", readonly=True, copy=False)
    run = fields.Integer(readonly=True, copy=False, aggregator=None)
    needs_recompute = fields.Boolean(readonly=True, copy=False)
    needs_rescore = fields.Boolean(
        readonly=True,
        copy=False,
        help="Weights, limits or judgements changed since the points were given.",
    )
    rescored_at = fields.Datetime(string="Points Given at", readonly=True, copy=False)

    customer_count = fields.Integer(
        string="Customers", readonly=True, copy=False, groups=TOTALS_GROUPS
    )
    traded_count = fields.Integer(
        string="Traded in the Year", readonly=True, copy=False, groups=TOTALS_GROUPS
    )
    known_amount_count = fields.Integer(
        string="With Known Amount",
        readonly=True,
        copy=False,
        groups=TOTALS_GROUPS,
        help="Customers that traded in the year with at least one line whose amount is known.",
    )
    trade_line_count = fields.Integer(
        string="Trading Lines", readonly=True, copy=False, groups=TOTALS_GROUPS
    )
    late_count = fields.Integer(
        string="Late Deliveries", readonly=True, copy=False, groups=TOTALS_GROUPS
    )
    revenue = KnownMonetary(readonly=True, copy=False, groups=TOTALS_GROUPS)
    revenue_previous = KnownMonetary(
        string="Revenue of the Year Before", readonly=True, copy=False, groups=TOTALS_GROUPS
    )
    gross_margin = KnownMonetary(readonly=True, copy=False, groups=LEDGER_GROUPS)
    cost_coverage = fields.Float(
        readonly=True,
        copy=False,
        aggregator="avg",
        groups=TOTALS_GROUPS,
        help="Share of the known revenue whose cost is known.",
    )
    amount_coverage = fields.Float(
        readonly=True,
        copy=False,
        aggregator="avg",
        groups=TOTALS_GROUPS,
        help="Share of the trading lines whose amount is known.",
    )

    line_ids = fields.One2many("logistics.screening.line", "screening_id", readonly=True)
    line_count = fields.Integer(string="Screened Customers", compute="_compute_progress")
    decided_count = fields.Integer(string="Decided", compute="_compute_progress")
    decision_progress = fields.Float(string="Decided (%)", compute="_compute_progress")

    # ------------------------------------------------------------------ computes
    @api.depends("line_ids.decision", "run")
    def _compute_progress(self):
        """Lines and decided lines that the reader may see."""
        counts = {}
        for screening, decision, count in self.env["logistics.screening.line"]._read_group(
            [("screening_id", "in", self.ids), ("folded", "=", False)],
            ["screening_id", "decision"],
            ["__count"],
        ):
            total, decided = counts.get(screening.id, (0, 0))
            counts[screening.id] = (total + count, decided + (count if decision else 0))
        for screening in self:
            total, decided = counts.get(screening.id, (0, 0))
            screening.line_count = total
            screening.decided_count = decided
            screening.decision_progress = 100.0 * decided / total if total else 0.0

    # ------------------------------------------------------------------ constraints
    @api.constrains("year")
    def _check_year(self):
        latest = fields.Date.context_today(self).year + 1
        for screening in self:
            if not FIRST_YEAR <= screening.year <= latest:
                raise ValidationError(
                    self.env._(
                        "%(year)s is not a year that can be screened. Enter it with four "
                        "digits, from %(first)s to %(last)s.",
                        year=screening.year,
                        first=FIRST_YEAR,
                        last=latest,
                    )
                )
