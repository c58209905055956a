# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..fields_unknown import KnownFloat, KnownMonetary
from ..visit_kinds import KINDS

# What a rate is made of: grouped rows divide the sums, never average the rates.
_PARTS = {
    "coverage": ("covered", "target"),
    "attainment": ("attained", "required"),
    "over_servicing": ("over", "done"),
}
# What the touches of the month themselves tell, as the visit analysis measures it.
_TOUCHES = (
    "plan_compliance",
    "response",
    "cost_per_touch",
    "facts_per_touch",
    "order_amount",
    "collected",
    "complaints_closed",
)


class LogisticsVisitDashboard(models.Model):
    """How a representative stands with each kind of touch in a month: the figures on one page."""

    _name = "logistics.visit.dashboard"
    _description = "Visit Dashboard"
    _auto = False
    _order = "month desc, kind, coverage, id"
    _rec_name = "kind"
    _depends = {
        "logistics.visit.coverage": [
            "month",
            "kind",
            "user_id",
            "target",
            "covered",
            "required",
            "done",
            "attained",
            "over",
            "debt_days",
        ],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    month = fields.Date(readonly=True, help="Its first day.")
    latest = fields.Boolean(readonly=True, help="The last month that was measured.")
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    target = fields.Integer(string="Customers with a Target", readonly=True)
    covered = fields.Integer(string="Covered Customers", readonly=True)
    required = fields.Integer(string="Touches Required", readonly=True)
    attained = fields.Integer(string="Touches Attained", readonly=True)
    done = fields.Integer(string="Touches Done", readonly=True)
    over = fields.Integer(string="Touches Beyond", readonly=True)
    debt_days = fields.Integer(string="Visit Debt (days)", readonly=True)
    coverage = KnownFloat(
        readonly=True, aggregator="avg", help="Covered customers over customers with a target."
    )
    attainment = KnownFloat(
        string="Frequency Attainment",
        readonly=True,
        aggregator="avg",
        help="Touches done, no more than required of each customer, over touches required. "
        "Empty: none is required yet.",
    )
    over_servicing = KnownFloat(
        readonly=True,
        aggregator="avg",
        help="Touches beyond what is required over all touches done. Empty: none is done.",
    )

    currency_id = fields.Many2one(related="company_id.currency_id")
    plan_compliance = KnownFloat(
        compute="_compute_touches",
        help="Done on the planned day, over all that were planned for a day that has passed.",
    )
    response = KnownFloat(
        compute="_compute_touches",
        help="Share of the done touches with a result in which the customer was reached.",
    )
    cost_per_touch = KnownMonetary(
        string="Cost per Touch",
        compute="_compute_touches",
        help="Of the done touches whose cost is known: time at the hourly cost, travel and gift.",
    )
    facts_per_touch = KnownFloat(
        string="Facts per Touch",
        compute="_compute_touches",
        help="Facts of the file newly learned or confirmed, over the done touches.",
    )
    order_amount = KnownMonetary(
        string="Ordered (30 days)",
        compute="_compute_touches",
        help="Untaxed, company currency, confirmed within thirty days after the touch.",
    )
    collected = KnownMonetary(
        string="Collected (30 days)",
        compute="_compute_touches",
        groups="logistics_crm.group_credit_controller,logistics_crm.group_manager",
        help="Payments allocated to receivables within thirty days after the touch, company "
        "currency.",
    )
    complaints_closed = fields.Integer(
        string="Complaints Closed (30 days)",
        compute="_compute_touches",
        help="Complaints of the customer closed within thirty days after the touch; refused and "
        "cancelled ones do not count.",
    )

    @api.depends("company_id", "month", "user_id", "kind")
    def _compute_touches(self):
        report = self.env["logistics.visit.report"].sudo()
        for (company, month), rows in self.grouped(lambda row: (row.company_id, row.month)).items():
            figures = report._month_figures(company, month)
            for row in rows:
                found = figures.get((row.user_id.id or None, row.kind), {})
                for name in _TOUCHES:
                    row[name] = found.get(name, False)

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, function = aggregate_spec.partition(":")
        if function == "avg" and name in _PARTS:
            part, whole = (self._field_to_sql(self._table, one, query) for one in _PARTS[name])
            return SQL("SUM(%s)::float8 / NULLIF(SUM(%s), 0)", part, whole)
        return super()._read_group_select(aggregate_spec, query)

    @property
    def _table_query(self) -> SQL:
        return self._dashboard_sql()

    @api.model
    def _dashboard_sql(self):
        return SQL(
            """
            SELECT min(id) AS id, company_id, month, user_id, kind,
                   month = max(month) OVER (PARTITION BY company_id) AS latest,
                   sum(target) AS target, sum(covered) AS covered, sum(required) AS required,
                   sum(attained) AS attained, sum(done) AS done, sum(over) AS over,
                   sum(debt_days) AS debt_days,
                   sum(covered)::float8 / NULLIF(sum(target), 0) AS coverage,
                   sum(attained)::float8 / NULLIF(sum(required), 0) AS attainment,
                   sum(over)::float8 / NULLIF(sum(done), 0) AS over_servicing
              FROM logistics_visit_coverage
             GROUP BY company_id, month, user_id, kind
            """
        )

    def action_open_uncovered(self):
        """Open the customers behind one figure, those who are not covered first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_visit_coverage"
        )
        action.update(
            path=False,
            domain=[
                ("company_id", "=", self.company_id.id),
                ("month", "=", self.month),
                ("user_id", "=", self.user_id.id),
                ("kind", "=", self.kind),
            ],
            context={"search_default_uncovered": 1},
            views=[(False, "list"), (False, "pivot"), (False, "graph")],
        )
        return action

    def action_open_touches(self):
        """Open the analysis of the touches behind one card, by channel."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_visit_report")
        action.update(
            path=False,
            domain=[
                ("company_id", "=", self.company_id.id),
                ("date", ">=", self.month),
                ("date", "<", self.month + relativedelta(months=1)),
                ("user_id", "=", self.user_id.id),
                ("kind", "=", self.kind),
            ],
            views=[(False, "pivot"), (False, "graph")],
        )
        return action
