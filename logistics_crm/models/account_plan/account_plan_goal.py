# Part of logistics_crm. License LGPL-3 or later.

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat
from ...year_pace import ON_TRACK, elapsed

# measure: (label, grows with the year, more is better)
MEASURES = {
    "revenue": ("Revenue of the Year", True, True),
    "margin": ("Margin of the Year", True, True),
    "quantity": ("Quantity of the Year", True, True),
    "services": ("Services Used", False, True),
    "on_time": ("On-Time Deliveries (%)", False, True),
    "late": ("Paid Late (%)", False, False),
    "custom": ("Other, Counted by Hand", False, True),
}


class LogisticsAccountPlanGoal(models.Model):
    """A goal that can be measured: from the trading facts of the year, or counted by hand."""

    _name = "logistics.account.plan.goal"
    _description = "Account Plan Goal"
    _inherit = ["logistics.readonly.mixin"]
    _order = "plan_id, sequence, id"
    _rec_name = "measure"

    plan_id = fields.Many2one(
        "logistics.account.plan", required=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(related="plan_id.customer_id", store=True, index=True)
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    year = fields.Integer(related="plan_id.year", store=True)
    sequence = fields.Integer(default=10)
    measure = fields.Selection(
        [(code, label) for code, (label, _grows, _more) in MEASURES.items()],
        required=True,
        default="revenue",
    )
    name = fields.Char(string="In Words", help="What exactly is meant to be reached.")
    baseline = KnownFloat(
        help="The year before, from the trading facts, when the goal was set. Empty: not known.",
        aggregator=None,
    )
    target = KnownFloat(required=True, aggregator=None)
    counted = KnownFloat(
        string="By Hand", aggregator=None, help="The state of a goal that is counted by hand."
    )
    measured = KnownFloat(readonly=True, copy=False, aggregator=None)
    measured_on = fields.Date(readonly=True, copy=False)
    actual = KnownFloat(
        compute="_compute_status",
        store=True,
        aggregator=None,
        help="What was reached so far: of the year's trade until the last refresh. Shares in "
        "percent. Empty: not known.",
    )
    progress = KnownFloat(
        compute="_compute_status",
        store=True,
        aggregator=None,
        help="What was reached by what is aimed at.",
    )
    status = fields.Selection(
        [
            ("unknown", "Unknown"),
            ("behind", "Behind"),
            ("on_track", "On Track"),
            ("reached", "Reached"),
        ],
        compute="_compute_status",
        store=True,
        index=True,
        help="Sums are on track when they have reached the part of the target that has passed of "
        "the year, less a tenth.",
    )

    @api.constrains("target", "measure")
    def _check_target(self):
        for goal in self:
            if goal.target is False:
                raise ValidationError(self.env._("A goal needs a number to reach."))
            if goal.measure in ("on_time", "late") and not 0 <= goal.target <= 100:
                raise ValidationError(self.env._("A share lies between 0 and 100 percent."))

    @api.depends("measure", "target", "counted", "measured", "measured_on", "year")
    def _compute_status(self):
        for goal in self:
            _label, grows, more = MEASURES.get(goal.measure, ("", False, True))
            actual = goal.counted if goal.measure == "custom" else goal.measured
            goal.actual = actual
            if actual is False or goal.target is False:
                goal.progress, goal.status = False, "unknown"
                continue
            goal.progress = actual / goal.target if goal.target else False
            good = actual >= goal.target if more else actual <= goal.target
            if not more:
                goal.status = "reached" if good else "behind"
            elif good:
                goal.status = "reached"
            elif grows and actual >= ON_TRACK * goal.target * elapsed(
                goal.year, goal.measured_on or fields.Date.context_today(goal)
            ):
                goal.status = "on_track"
            else:
                goal.status = "behind"

    @api.model_create_multi
    def create(self, vals_list):
        goals = super().create(vals_list)
        goals._take_baseline(only_missing=True)
        goals._measure()
        return goals

    def write(self, vals):
        result = super().write(vals)
        if {"measure", "plan_id"} & vals.keys():
            self._take_baseline()
            self._measure()
        return result

    def _take_baseline(self, only_missing=False):
        goals = self.filtered(
            lambda goal: goal.measure != "custom" and not (only_missing and goal.baseline)
        )
        figures = goals._year_figures(-1)
        for goal in goals.sudo():
            goal.baseline = figures.get(goal.id, False)

    def _measure(self, as_of=None):
        """Measure these goals: three statements, nothing later than the day.

        :param as_of: date; today when omitted
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        figures = self._year_figures(0, as_of)
        for goal in self.sudo():
            goal.write({"measured": figures.get(goal.id, False), "measured_on": as_of})

    def _year_figures(self, shift, as_of=None):
        """What the goals measure, in the plan's year or one beside it: ``{goal id: number}``.

        Money in company currency, untaxed, less credit notes; shares in percent. A sum is zero
        without trade, and missing where there was trade but nothing is known of it.

        :param shift: years from the plan's year, -1 for the one before
        :param as_of: last day that counts
        """
        if not self.ids:
            return {}
        self.env.flush_all()
        partners = self.sudo().customer_id.partner_id.ids
        facts = self.env["logistics.trading.facts"]._facts_sql(date_to=as_of, partner_ids=partners)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT g.id, g.measure, count(f.date), sum(f.amount), sum(f.amount - f.cost),
                       sum(f.quantity), count(DISTINCT f.service_id),
                       100.0 * count(*) FILTER (WHERE f.delivered_date <= f.promised_date)
                       / NULLIF(count(*) FILTER (WHERE f.delivered_date IS NOT NULL
                                                   AND f.promised_date IS NOT NULL), 0)
                  FROM logistics_account_plan_goal g
                  JOIN logistics_customer c ON c.id = g.customer_id
                  LEFT JOIN %(facts)s AS f ON f.partner_id = c.partner_id
                        AND f.company_id = c.company_id
                        AND f.date >= make_date(g.year + %(shift)s, 1, 1)
                        AND f.date < make_date(g.year + %(shift)s + 1, 1, 1)
                 WHERE g.id IN %(ids)s AND g.measure NOT IN ('late', 'custom')
                 GROUP BY g.id, g.measure
                """,
                facts=facts,
                shift=shift,
                ids=tuple(self.ids),
            )
        )
        result = {}
        place = {"revenue": 0, "margin": 1, "quantity": 2, "services": 3, "on_time": 4}
        for goal, measure, lines, *values in rows:
            value = values[place[measure]]
            if measure != "on_time" and not lines:
                value = 0
            if value is not None:
                result[goal] = float(value)
        if shift == 0:
            # How they pay is judged over twelve months, by the figures.
            for goal in self.sudo().filtered(lambda goal: goal.measure == "late"):
                share = goal.customer_id.late_share
                if share is not False:
                    result[goal.id] = share * 100
        return result
