# Part of logistics_crm. License LGPL-3 or later.
from collections import namedtuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...fields_unknown import KnownFloat, KnownMonetary

GRADES = ("A", "B", "C", "D")
# One rule: its code, the column of the threshold here and the figure it is held against. A
# customer gets grade A when no figure exceeds A's thresholds, else B by B's, else C. A figure
# that is not known decides nothing; what A leaves empty is bound by B. Reasons are told in this
# order.
GradeRule = namedtuple("GradeRule", "code threshold figure")
GRADE_RULES = (
    GradeRule("overdue_age", "max_overdue_days", "overdue_oldest_days"),
    GradeRule("overdue_amount", "max_overdue_amount", "overdue_late_amount"),
    GradeRule("overdue_share", "max_overdue_share", "overdue_share"),
    GradeRule("late_share", "max_late_share", "late_share"),
    GradeRule("days_late", "max_mean_days_late", "average_days_late"),
    GradeRule("promises", "max_broken_promises", "broken_promises"),
)
# Nobody can send an object over RPC: a context key with any other value defers no check.
DEFER_POLICY_CHECK = object()

GRADE_DEFAULTS = {
    "A": {
        "max_overdue_days": 0,
        "max_late_share": 0,
        "max_broken_promises": 0,
        "terms_max_days": 60,
        "limit_months": 3,
        "warn_utilisation": 0.8,
        "hold_utilisation": 1.0,
        "warn_overdue_days": 15,
        "hold_overdue_days": 60,
        "visit_interval_days": 30,
        "review_interval_months": 12,
    },
    "B": {
        "max_overdue_days": 30,
        "max_overdue_share": 0.1,
        "max_late_share": 0.5,
        "max_mean_days_late": 30,
        "max_broken_promises": 1,
        "terms_max_days": 30,
        "limit_months": 2,
        "warn_utilisation": 0.8,
        "hold_utilisation": 1.0,
        "warn_overdue_days": 7,
        "hold_overdue_days": 30,
        "visit_interval_days": 30,
        "review_interval_months": 6,
    },
    "C": {
        "terms_max_days": 15,
        "limit_months": 1,
        "warn_utilisation": 0.6,
        "hold_utilisation": 0.9,
        "warn_overdue_days": 1,
        "hold_overdue_days": 15,
        "visit_interval_days": 14,
        "review_interval_months": 3,
    },
    "D": {
        "terms_max_days": 0,
        "limit_months": 0,
        "warn_utilisation": 0,
        "hold_utilisation": 0,
        "warn_overdue_days": 0,
        "hold_overdue_days": 0,
        "review_interval_months": 1,
        "approval_needed": True,
        "stop": True,
    },
    "N": {
        "terms_max_days": 30,
        "limit_months": 1,
        "warn_utilisation": 0.8,
        "hold_utilisation": 1.0,
        "warn_overdue_days": 1,
        "hold_overdue_days": 15,
        "visit_interval_days": 30,
        "review_interval_months": 3,
    },
}
# Figures that a better grade may never allow less of.
_GENEROSITY = (
    "terms_max_days",
    "limit_months",
    "limit_cap",
    "hold_utilisation",
    "hold_overdue_days",
    "overdue_tolerance",
    "hold_overdue_amount",
    "order_amount_limit",
)
_WARN_BEFORE_HOLD = (
    ("warn_utilisation", "hold_utilisation"),
    ("warn_overdue_days", "hold_overdue_days"),
)
_SHARES = ("max_late_share", "max_overdue_share")


class LogisticsCreditGradePolicy(models.Model):
    """One grade in a credit policy: what it takes to get it, and what it allows."""

    _name = "logistics.credit.grade.policy"
    _description = "Credit Policy of a Grade"
    _inherit = "logistics.unknown.last.mixin"
    _order = "policy_id, sequence, id"
    _rec_name = "grade"

    policy_id = fields.Many2one(
        "logistics.credit.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="policy_id.company_id.currency_id")
    grade = fields.Selection(
        [("A", "A"), ("B", "B"), ("C", "C"), ("D", "D"), ("N", "Not rated")],
        required=True,
        readonly=True,
    )
    sequence = fields.Integer(compute="_compute_sequence", store=True)

    # What it takes: only grades A and B. C is what remains, D is a judgement of people.
    max_overdue_days = KnownFloat(
        string="Oldest Overdue (days)",
        aggregator=None,
        digits=(16, 0),
        help="No open item may be overdue longer than this. Items within the grace days are not "
        "overdue. Empty: not looked at.",
    )
    max_overdue_amount = KnownMonetary(
        string="Overdue Amount",
        aggregator=None,
        help="Not more than this may be overdue beyond the grace days. Empty: not looked at.",
    )
    max_overdue_share = KnownFloat(
        string="Overdue Share",
        aggregator=None,
        help="Overdue amount as a share of what fell due in the months looked back, not more "
        "than this. Empty: not looked at.",
    )
    max_late_share = KnownFloat(
        string="Late Share",
        aggregator=None,
        help="Not more than this share of the items due may be late. Of all figures this one "
        "tells most about the next year. Empty: not looked at.",
    )
    max_mean_days_late = KnownFloat(
        string="Mean Days Late",
        aggregator=None,
        help="Days between due date and payment, weighted with the amounts, not more than this. "
        "Empty: not looked at.",
    )
    max_broken_promises = KnownFloat(
        string="Broken Promises",
        aggregator=None,
        digits=(16, 0),
        help="Promises of payment broken in the months looked back, not more than this. Decides "
        "nothing as long as no promises are recorded. Empty: not looked at.",
    )

    # What it allows
    terms_max_days = KnownFloat(
        string="Terms (days)",
        aggregator=None,
        digits=(16, 0),
        help="Longest payment terms granted. Empty: any terms.",
    )
    limit_months = KnownFloat(
        string="Limit (months of sales)",
        aggregator=None,
        digits=(16, 2),
        help="A limit is proposed as so many months of the average monthly sales of the last "
        "twelve months. Empty: no limit is proposed.",
    )
    limit_cap = KnownMonetary(
        string="Highest Limit", aggregator=None, help="No higher limit is proposed. Empty: any."
    )
    warn_utilisation = KnownFloat(
        string="Warn at Use of Limit",
        aggregator=None,
        help="Warn from this share of the limit on. Empty: no warning.",
    )
    hold_utilisation = KnownFloat(
        string="Hold above Use of Limit",
        aggregator=None,
        help="Hold orders that exceed this share of the limit. Empty: never held for the limit.",
    )
    warn_overdue_days = KnownFloat(
        string="Warn at Overdue (days)",
        aggregator=None,
        digits=(16, 0),
        help="Warn when the oldest item is overdue by more days. Empty: no warning.",
    )
    hold_overdue_days = KnownFloat(
        string="Hold at Overdue (days)",
        aggregator=None,
        digits=(16, 0),
        help="Hold orders when the oldest item is overdue by more days. Empty: never.",
    )
    overdue_tolerance = KnownMonetary(
        string="Overdue Tolerance",
        aggregator=None,
        help="Overdue items of together not more than this amount neither warn nor hold.",
    )
    hold_overdue_amount = KnownMonetary(
        string="Hold above Overdue Amount",
        aggregator=None,
        help="Hold orders when more than this is overdue. Empty: never.",
    )
    order_amount_limit = KnownMonetary(
        string="Largest Order", aggregator=None, help="Hold larger orders. Empty: any amount."
    )
    visit_interval_days = KnownFloat(
        string="Visit Every (days)", aggregator=None, digits=(16, 0), help="Empty: no plan."
    )
    approval_needed = fields.Boolean(
        help="Every order waits for a release by the credit controller."
    )
    stop = fields.Boolean(string="No Orders", help="No orders on credit at all.")
    review_interval_months = fields.Integer(
        string="Review File Every (months)",
        default=6,
        aggregator=None,
        help="The customer's limit and file are looked at anew after so many months.",
    )

    _grade_uniq = models.UniqueIndex(
        "(policy_id, grade)", "A credit policy has one line for each grade."
    )

    @api.depends("grade")
    def _compute_sequence(self):
        for line in self:
            line.sequence = "ABCDN".find(line.grade or "N")

    @api.constrains(
        "grade",
        "stop",
        "approval_needed",
        "review_interval_months",
        "visit_interval_days",
        *(rule.threshold for rule in GRADE_RULES),
        *_GENEROSITY,
        *(name for pair in _WARN_BEFORE_HOLD for name in pair),
    )
    def _check_lines(self):
        if self.env.context.get("logistics_policy_check") is not DEFER_POLICY_CHECK:
            self.policy_id._check_grades()

    def write(self, vals):
        """Write, and count a new version when a line is changed outside its policy's form."""
        result = super().write(vals)
        if self.env.context.get("logistics_policy_check") is not DEFER_POLICY_CHECK:
            self.policy_id._new_version()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if any(line.policy_id.active for line in self):
            raise ValidationError(
                self.env._("Every grade keeps its line in the policy. Clear its figures instead.")
            )

    # ------------------------------------------------------------------ consistency
    def _check_consistent(self):
        """Check all lines of one policy alone and against each other.

        :raise ValidationError: naming what contradicts what
        """
        for line in self:
            line._check_alone()
        ordered = self.filtered(lambda line: line.grade in GRADES).sorted("sequence")
        for better, worse in zip(ordered, ordered[1:], strict=False):
            better._check_against(worse)

    def _label(self, name):
        return self._fields[name]._description_string(self.env)

    def _check_alone(self):
        self.ensure_one()
        grade = self.grade
        numbers = [rule.threshold for rule in GRADE_RULES] + [
            *_GENEROSITY,
            *(name for pair in _WARN_BEFORE_HOLD for name in pair),
        ]
        for name in numbers:
            if self[name] is not False and self[name] < 0:
                raise ValidationError(
                    self.env._(
                        "Grade %(grade)s: %(field)s cannot be negative.",
                        grade=grade,
                        field=self._label(name),
                    )
                )
        for name in _SHARES:
            if self[name] is not False and self[name] > 1:
                raise ValidationError(
                    self.env._(
                        "Grade %(grade)s: %(field)s is a share and cannot exceed 100 %%.",
                        grade=grade,
                        field=self._label(name),
                    )
                )
        if self.visit_interval_days is not False and self.visit_interval_days < 1:
            raise ValidationError(
                self.env._("Grade %s: the days between two visits must be at least 1.", grade)
            )
        if self.review_interval_months < 1:
            raise ValidationError(
                self.env._("Grade %s: the months between two reviews must be at least 1.", grade)
            )
        for warn, hold in _WARN_BEFORE_HOLD:
            if self[warn] is not False and self[hold] is not False and self[warn] > self[hold]:
                raise ValidationError(
                    self.env._(
                        "Grade %(grade)s would hold before it warns: %(warn)s is above %(hold)s.",
                        grade=grade,
                        warn=self._label(warn),
                        hold=self._label(hold),
                    )
                )
        has_rule = any(self[rule.threshold] is not False for rule in GRADE_RULES)
        if grade in ("A", "B") and not has_rule:
            raise ValidationError(
                self.env._(
                    "Grade %s has no rule left: every customer would get it. Keep at least one "
                    "figure that decides.",
                    grade,
                )
            )
        if grade not in ("A", "B") and has_rule:
            raise ValidationError(
                self.env._(
                    "Only grades A and B have rules: C is given when neither is reached, D only "
                    "for confirmed bad faith."
                )
            )

    def _check_against(self, worse):
        """Refuse a better grade that demands less, or allows less, than the next worse one."""
        if worse.grade == "B":
            for rule in GRADE_RULES:
                mine, theirs = self[rule.threshold], worse[rule.threshold]
                if theirs is not False and mine is not False and mine > theirs:
                    raise ValidationError(
                        self.env._(
                            "Grade %(worse)s is stricter than grade %(better)s in %(field)s: a "
                            "customer good enough for %(better)s would miss %(worse)s.",
                            worse=worse.grade,
                            better=self.grade,
                            field=self._label(rule.threshold),
                        )
                    )
        for name in _GENEROSITY:
            mine, theirs = self[name], worse[name]
            if name in ("overdue_tolerance", "limit_months"):
                mine, theirs = mine or 0, theirs or 0
            if mine is not False and (theirs is False or theirs > mine) and not worse.stop:
                raise ValidationError(
                    self.env._(
                        "Grade %(worse)s would be treated better than grade %(better)s in "
                        "%(field)s.",
                        worse=worse.grade,
                        better=self.grade,
                        field=self._label(name),
                    )
                )
        for name in ("approval_needed", "stop"):
            if self[name] and not (worse[name] or worse.stop):
                raise ValidationError(
                    self.env._(
                        "Grade %(worse)s would be treated better than grade %(better)s in "
                        "%(field)s.",
                        worse=worse.grade,
                        better=self.grade,
                        field=self._label(name),
                    )
                )
