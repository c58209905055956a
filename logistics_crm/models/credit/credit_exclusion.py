# Part of logistics_crm. License LGPL-3 or later.
import math

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...fields_unknown import KnownFloat
from .credit_settings import ABSURD_AMOUNT

RULES = [
    ("limit", "Credit Limit"),
    ("oldest_overdue", "Oldest Overdue"),
    ("overdue_amount", "Overdue Amount"),
    ("limit_expired", "Limit or Review Expired"),
    ("grade", "Credit Grade"),
    ("order_amount", "Order Amount"),
    ("terms", "Payment Terms"),
    ("insurance_extension", "Insurer's Extension Passed"),
    ("signal", "Risk Signal"),
]
# Which figures of the grade's line a special condition may replace, and for which rule.
PARAMETERS = {
    "limit": ("warn_utilisation", "hold_utilisation"),
    "oldest_overdue": ("warn_overdue_days", "hold_overdue_days", "overdue_tolerance"),
    "overdue_amount": ("hold_overdue_amount",),
    "order_amount": ("order_amount_limit",),
    "terms": ("terms_max_days",),
}


class LogisticsCreditRuleExclusion(models.Model):
    """A rule that does not apply, or applies with another figure, for a customer or a grade.

    The nearest wins: the customer's own condition, then that of its grade, then that of the
    company, then the figures of the grade in the credit policy. The arrears gate and a manual
    hold cannot be excluded: they are lifted where they were made.
    """

    _name = "logistics.credit.rule.exclusion"
    _description = "Special Credit Condition"
    _inherit = ["logistics.credit.document"]
    _order = "company_id, customer_id, grade, rule, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    customer_id = fields.Many2one(
        "logistics.customer",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Empty: for all customers of the grade, or of the company.",
    )
    grade = fields.Selection(
        [("A", "A"), ("B", "B"), ("C", "C"), ("D", "D"), ("N", "Not rated")],
        help="Empty: for one customer, or for the whole company.",
    )
    rule = fields.Selection(RULES, required=True)
    parameter = fields.Selection(
        [
            ("warn_utilisation", "Warn at Use of Limit"),
            ("hold_utilisation", "Hold above Use of Limit"),
            ("warn_overdue_days", "Warn at Overdue (days)"),
            ("hold_overdue_days", "Hold at Overdue (days)"),
            ("overdue_tolerance", "Overdue Tolerance"),
            ("hold_overdue_amount", "Hold above Overdue Amount"),
            ("order_amount_limit", "Largest Order"),
            ("terms_max_days", "Terms (days)"),
        ],
        string="Figure",
        help="Empty: the rule does not apply at all. Otherwise it applies with the value below.",
    )
    value = KnownFloat(
        aggregator=None, help="Shares as 0.8 for 80 %. Empty: the figure is not looked at."
    )
    reason = fields.Text(required=True)
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date(string="Until", tracking=True, help="The last day it applies.")
    state = fields.Selection(
        [("in_force", "In Force"), ("ended", "Ended")],
        default="in_force",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    granted_by = fields.Many2one(
        "res.users", readonly=True, required=True, default=lambda self: self.env.user, copy=False
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A special condition cannot end before it begins.",
    )
    _one_level = models.Constraint(
        "CHECK (customer_id IS NULL OR grade IS NULL)",
        "A special condition is for one customer or for a grade, not for both.",
    )

    @api.model
    def _given_fields(self):
        return {
            "company_id",
            "customer_id",
            "grade",
            "rule",
            "parameter",
            "value",
            "reason",
            "date_from",
            "date_to",
        }

    def _open_fields(self):
        return {"date_to"} if self.state == "in_force" else set()

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_controller(self.env._("grant a special condition"))
        conditions = super().create(vals_list)
        if not self.env.su:
            conditions._check_not_own_customer(self.env._("grant the condition"))
        return conditions

    def write(self, vals):
        if not self._in_step() and not self.env.su and "date_to" in vals:
            self._check_controller(self.env._("change a special condition"))
            self._check_not_own_customer(self.env._("change the condition"))
        return super().write(vals)

    @api.constrains("rule", "parameter", "value", "reason", "customer_id", "company_id")
    def _check_sensible(self):
        for condition in self:
            if not (condition.reason or "").strip():
                raise ValidationError(self.env._("A special condition needs a reason."))
            name = condition.parameter
            if name and name not in PARAMETERS.get(condition.rule, ()):
                raise ValidationError(
                    self.env._("This figure does not belong to the rule that is chosen.")
                )
            value = condition.value
            if value is not False and not (math.isfinite(value) and 0 <= value < ABSURD_AMOUNT):
                raise ValidationError(
                    self.env._("The figure of a special condition must be a sensible number.")
                )
            if name and name.endswith("_utilisation") and value is not False and value > 10:
                raise ValidationError(
                    self.env._("Give the use of the limit as a share: 1.1 for 110 %.")
                )

    @api.depends("rule", "customer_id", "grade")
    def _compute_display_name(self):
        labels = dict(self._fields["rule"]._description_selection(self.env))
        for condition in self:
            whom = condition.customer_id.display_name or condition.grade or ""
            condition.display_name = f"{labels.get(condition.rule, '')} {whom}".strip()

    def action_end(self):
        """End special conditions today; the grade's figures apply again.

        :raise AccessError: no controller, or own customer
        """
        self._check_controller(self.env._("end a special condition"))
        self.check_access("write")
        self._check_not_own_customer(self.env._("end the condition"))
        if any(condition.state != "in_force" for condition in self):
            raise UserError(self.env._("This condition has ended already."))
        self.sudo()._step().write({"state": "ended"})
        return True
