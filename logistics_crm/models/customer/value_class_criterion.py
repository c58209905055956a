# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_amount, formatLang

CRITERIA = [
    ("place", "Place in the Profit"),
    ("margin", "Margin (12 m)"),
    ("revenue", "Revenue (12 m)"),
    ("trading_years", "Years of Trading"),
    ("contract_years", "Years Under Contract"),
    ("potential", "Development Potential"),
    ("influence", "Market Influence"),
    ("innovation", "Innovation Ability"),
]
# What each criterion is measured in: decides the words and the numbers that make sense.
_KINDS = {
    "place": "percent",
    "margin": "amount",
    "revenue": "amount",
    "trading_years": "years",
    "contract_years": "years",
    "potential": "score",
    "influence": "score",
    "innovation": "score",
}
_RANGES = {"percent": (0, 100), "amount": (0, None), "years": (0, 100), "score": (1, 5)}
RULED_CLASSES = [("key", "Key Account"), ("core", "Core"), ("standard", "Standard")]
# Given by the policy, which checks everything together once all rows are written.
DEFER_CHECK = object()


class LogisticsValueClassCriterion(models.Model):
    """One thing a customer must bring to be in a value class."""

    _name = "logistics.value.class.criterion"
    _description = "Value Class Criterion"
    _order = "policy_id, class_rank, requirement desc, criterion, id"

    policy_id = fields.Many2one(
        "logistics.value.class.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    value_class = fields.Selection(RULED_CLASSES, required=True)
    class_rank = fields.Integer(compute="_compute_class_rank", store=True, aggregator=None)
    requirement = fields.Selection(
        [("must", "Must Be Met"), ("alternative", "One of Several")],
        required=True,
        default="must",
        help="Every criterion that must be met is needed. Of those marked 'one of several' as "
        "many as the policy says for the class.",
    )
    criterion = fields.Selection(
        CRITERIA,
        required=True,
        help="Place in the profit: the share of the company's margin of twelve months that is "
        "earned with larger customers; the largest customer is at 0 %. Scores are given by "
        "people, from 1 to 5.",
    )
    threshold = fields.Float(
        required=True,
        aggregator=None,
        help="At most, for the place in the profit (percent); at least, for everything else "
        "(company currency, years, or a score from 1 to 5).",
    )
    condition = fields.Char(compute="_compute_condition", string="Reads")

    _criterion_uniq = models.UniqueIndex(
        "(policy_id, value_class, criterion)",
        "A criterion can be asked for once in a class.",
    )

    @api.depends("value_class")
    def _compute_class_rank(self):
        ranks = [code for code, _label in RULED_CLASSES]
        for row in self:
            row.class_rank = ranks.index(row.value_class) + 1 if row.value_class else 9

    @api.depends("criterion", "threshold")
    @api.depends_context("lang")
    def _compute_condition(self):
        for row in self:
            row.condition = row.criterion and self.env._(
                "%(criterion)s %(condition)s",
                criterion=row._criterion_label(),
                condition=row._threshold_words(),
            )

    def _criterion_label(self):
        return dict(self._fields["criterion"]._description_selection(self.env))[self.criterion]

    def _threshold_words(self):
        """'at most 50 %' or 'at least $ 1,000.00', in the reader's language."""
        value = self._value_words(self.threshold)
        if self._is_at_most():
            return self.env._("at most %s", value)
        return self.env._("at least %s", value)

    def _is_at_most(self):
        return self.criterion == "place"

    def _value_words(self, value):
        """A value of this criterion in words; ``None`` is unknown."""
        if value is None:
            return self.env._("unknown")
        kind = _KINDS[self.criterion]
        if kind == "amount":
            return format_amount(self.env, value, self.policy_id.company_id.currency_id)
        digits = 1 if kind in ("percent", "years") and value % 1 else 0
        number = formatLang(self.env, value, digits=digits)
        if kind == "percent":
            return self.env._("%s %%", number)
        if kind == "years":
            return self.env._("%s years", number)
        return self.env._("%s of 5", number)

    def _is_met(self, value):
        """Whether a value meets this criterion; an unknown one never does.

        The same comparison as in the SQL of the refresh, for explanations.
        """
        if value is None:
            return False
        return value < self.threshold if self._is_at_most() else value >= self.threshold

    @api.model
    def _values_sql(self):
        """How each criterion is measured, as SQL on ``c`` (account), ``p`` (contact) and
        ``pl`` (place in the company: columns ``place`` 0..1 and ``as_of``).

        The one home of these figures: the refresh of everybody and the explanation of one
        customer read them from here. NULL is unknown and meets nothing.
        """
        return {
            "place": SQL("pl.place * 100.0"),
            "margin": SQL("c.margin_12m"),
            "revenue": SQL("c.revenue_12m"),
            "trading_years": SQL("(pl.as_of - c.first_trade_date) / 365.25"),
            "contract_years": SQL("c.contract_years"),
            "potential": SQL("c.development_potential::float8"),
            "influence": SQL("c.market_influence::float8"),
            "innovation": SQL("c.innovation_ability::float8"),
        }

    @api.model
    def _value_case_sql(self):
        """The value of criterion row ``cr`` for one account."""
        return SQL(
            "CASE cr.criterion %s END",
            SQL(" ").join(
                SQL("WHEN %s THEN (%s)::float8", code, sql)
                for code, sql in self._values_sql().items()
            ),
        )

    @api.constrains("value_class", "requirement", "criterion", "threshold")
    def _check_policy(self):
        if self.env.context.get("logistics_value_check") is not DEFER_CHECK:
            self.policy_id._check_criteria()

    def _check_numbers(self):
        for row in self:
            low, high = _RANGES[_KINDS[row.criterion]]
            wrong = row.threshold < low or (high is not None and row.threshold > high)
            if wrong or (row._is_at_most() and not row.threshold):
                raise ValidationError(
                    self.env._(
                        "%(class)s, %(criterion)s: %(value)s makes no sense. Give a number "
                        "from %(low)s to %(high)s.",
                        **{"class": row._class_label()},
                        criterion=row._criterion_label(),
                        value=formatLang(self.env, row.threshold, digits=2),
                        low=low,
                        high=high if high is not None else self.env._("any amount"),
                    )
                )

    def _class_label(self):
        return dict(self._fields["value_class"]._description_selection(self.env))[self.value_class]

    def write(self, vals):
        result = super().write(vals)
        if self.env.context.get("logistics_value_check") is not DEFER_CHECK:
            self.policy_id._new_version()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        if self.env.context.get("logistics_value_check") is not DEFER_CHECK:
            rows.policy_id._new_version()
        return rows

    def unlink(self):
        policies = self.policy_id
        result = super().unlink()
        if self.env.context.get("logistics_value_check") is not DEFER_CHECK:
            policies.exists()._check_criteria()
            policies.exists()._new_version()
        return result
