# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import formatLang

from ...fields_unknown import KnownFloat
from .logistics_customer import VALUE_CLASSES


class LogisticsValueClassEntitlement(models.Model):
    """What a customer of a value class may expect from us, at every transaction."""

    _name = "logistics.value.class.entitlement"
    _description = "Value Class Entitlement"
    _order = "policy_id, class_rank"
    _rec_name = "value_class"

    policy_id = fields.Many2one(
        "logistics.value.class.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, index=True, precompute=True
    )
    value_class = fields.Selection(VALUE_CLASSES, required=True, readonly=True)
    class_rank = fields.Integer(compute="_compute_class_rank", store=True, aggregator=None)
    response_hours = KnownFloat(
        string="Answer Within (h)",
        aggregator=None,
        digits=(16, 1),
        help="Working hours in which an enquiry or a complaint is answered. Empty: no promise.",
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "High"), ("2", "First")],
        default="0",
        required=True,
        help="Whose shipment goes first when capacity is short.",
    )
    discount_percent = KnownFloat(
        string="Discount Room (%)",
        aggregator=None,
        digits=(16, 1),
        help="Up to this discount needs no approval, as a guide for the salesperson. Empty: no "
        "guide; 0: none.",
    )
    visit_interval_days = fields.Integer(
        string="Visit Every (days)",
        aggregator=None,
        help="A hint for the visit plan. 0: no regular visits.",
    )
    rep_required = fields.Boolean(
        string="Named Rep Needed",
        help="Customers of this class without a representative are listed.",
    )
    backup_required = fields.Boolean(
        string="Backup Needed",
        help="Customers of this class without a backup representative are listed.",
    )
    extras = fields.Char(
        translate=True,
        help="Anything else the customer is entitled to, in a few words: shown on quotations.",
    )

    _class_uniq = models.UniqueIndex(
        "(policy_id, value_class)", "A class has one row of entitlements."
    )
    _numbers = models.Constraint(
        "CHECK ((response_hours IS NULL OR response_hours > 0)"
        " AND (discount_percent IS NULL OR discount_percent BETWEEN 0 AND 100)"
        " AND visit_interval_days >= 0)",
        "Hours must be positive, discounts between 0 and 100 %, and days not negative.",
    )

    @api.depends("value_class")
    def _compute_class_rank(self):
        ranks = [code for code, _label in VALUE_CLASSES]
        for row in self:
            row.class_rank = ranks.index(row.value_class) + 1 if row.value_class else 9

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("value_class") == "key":
                # Every key account has a representative and a backup, unless somebody says no.
                vals.setdefault("rep_required", True)
                vals.setdefault("backup_required", True)
        return super().create(vals_list)

    def _words(self):
        """The entitlements as a list of short phrases in the reader's language."""
        self.ensure_one()
        words = []
        if self.response_hours is not False:
            words.append(
                self.env._(
                    "answer within %s h",
                    formatLang(
                        self.env, self.response_hours, digits=1 if self.response_hours % 1 else 0
                    ),
                )
            )
        if self.priority != "0":
            labels = dict(self._fields["priority"]._description_selection(self.env))
            words.append(self.env._("priority: %s", labels[self.priority]))
        if self.discount_percent:
            words.append(
                self.env._(
                    "discount up to %s %%",
                    formatLang(
                        self.env,
                        self.discount_percent,
                        digits=1 if self.discount_percent % 1 else 0,
                    ),
                )
            )
        if self.visit_interval_days:
            words.append(self.env._("visit every %s days", self.visit_interval_days))
        if self.extras:
            words.append(self.extras)
        return words
