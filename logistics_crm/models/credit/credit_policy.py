# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .credit_grade_policy import DEFER_POLICY_CHECK, GRADE_DEFAULTS, GRADE_RULES

MARKET_STATES = [("normal", "Normal"), ("cautious", "Cautious"), ("downturn", "Downturn")]
# A change of one of these changes what the grades mean: it makes a new version of the policy.
_VERSIONED = {
    "window_months",
    "grace_days",
    "minimum_items",
    "reviews_to_rise",
    "reviews_to_fall",
    "market_state",
    "factor_cautious",
    "factor_downturn",
    "rule_ids",
    "grade_ids",
    "active",
}


class LogisticsCreditPolicy(models.Model):
    """How a company grades its customers, and what each grade allows them."""

    _name = "logistics.credit.policy"
    _description = "Credit Policy"
    _inherit = ["mail.thread"]
    _order = "company_id, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("Credit policy"))
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True, tracking=True)
    version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        aggregator=None,
        help="Counts the changes of what grades mean. Every review remembers its version.",
    )

    # ------------------------------------------------------------- how grades are given
    window_months = fields.Integer(
        string="Look Back (months)",
        default=12,
        required=True,
        tracking=True,
        aggregator=None,
        help="Items that fell due in this many months up to the day of grading are counted.",
    )
    grace_days = fields.Integer(
        compute="_compute_grace_days",
        inverse="_inverse_grace_days",
        aggregator=None,
        help="Days after the due date during which a payment still counts as on time. The same "
        "setting as the payment grace days of the company.",
    )
    minimum_items = fields.Integer(
        string="Minimum Items Due",
        default=3,
        required=True,
        tracking=True,
        aggregator=None,
        help="With fewer items due in the months looked back, a customer is not rated: one late "
        "invoice would decide.",
    )
    reviews_to_rise = fields.Integer(
        default=2,
        required=True,
        tracking=True,
        aggregator=None,
        help="So many consecutive reviews must find a better grade before it is given.",
    )
    reviews_to_fall = fields.Integer(
        default=1,
        required=True,
        tracking=True,
        aggregator=None,
        help="So many consecutive reviews must find a worse grade before it is given. With 1 a "
        "grade falls at once, also between two reviews.",
    )
    review_months = fields.Integer(
        string="Review Every (months)",
        default=3,
        required=True,
        tracking=True,
        aggregator=None,
    )
    next_review_date = fields.Date(
        tracking=True,
        copy=False,
        default=lambda self: fields.Date.context_today(self) + relativedelta(months=3),
        help="All customers of the company are reviewed on this day. Empty: no automatic review.",
    )
    override_max_days = fields.Integer(
        string="Longest Override (days)",
        default=365,
        required=True,
        tracking=True,
        aggregator=None,
        help="A grade set by hand ends after so many days at the latest.",
    )
    market_state = fields.Selection(
        MARKET_STATES,
        default="normal",
        required=True,
        tracking=True,
        help="In a bad market every figure a grade allows is multiplied with the factor of the "
        "state: customers are screened harder without touching the rules.",
    )
    factor_cautious = fields.Float(
        default=0.8, required=True, tracking=True, digits=(4, 2), aggregator=None
    )
    factor_downturn = fields.Float(
        default=0.5, required=True, tracking=True, digits=(4, 2), aggregator=None
    )
    market_factor = fields.Float(compute="_compute_market_factor", digits=(4, 2), aggregator=None)
    rule_ids = fields.One2many(
        "logistics.credit.grade.policy",
        "policy_id",
        string="Rules",
        domain=[("grade", "in", ("A", "B"))],
        copy=False,
    )
    grade_ids = fields.One2many(
        "logistics.credit.grade.policy",
        "policy_id",
        string="What Each Grade Allows",
        copy=False,
    )

    _one_active = models.UniqueIndex(
        "(company_id) WHERE active",
        "A company has one active credit policy. Archive the other one first.",
    )

    # ------------------------------------------------------------------ computed
    @api.depends("company_id.logistics_grace_days")
    def _compute_grace_days(self):
        for policy in self:
            policy.grace_days = policy.company_id.sudo().logistics_grace_days

    def _inverse_grace_days(self):
        for policy in self:
            if policy.grace_days < 0:
                raise ValidationError(self.env._("Grace days cannot be negative."))
            # A controller sets the grace days of the figures, without being able to write
            # companies in general; that he may write the policy was checked before.
            policy.company_id.sudo().logistics_grace_days = policy.grace_days

    @api.depends("market_state", "factor_cautious", "factor_downturn")
    def _compute_market_factor(self):
        for policy in self:
            policy.market_factor = {
                "cautious": policy.factor_cautious,
                "downturn": policy.factor_downturn,
            }.get(policy.market_state, 1.0)

    # ------------------------------------------------------------------ rules
    @api.constrains(
        "window_months",
        "minimum_items",
        "reviews_to_rise",
        "reviews_to_fall",
        "review_months",
        "override_max_days",
        "factor_cautious",
        "factor_downturn",
    )
    def _check_numbers(self):
        for policy in self:
            for name, highest in (
                ("window_months", 120),
                ("minimum_items", 1000),
                ("reviews_to_rise", 12),
                ("reviews_to_fall", 12),
                ("review_months", 60),
                ("override_max_days", 3650),
            ):
                if not 1 <= policy[name] <= highest:
                    raise ValidationError(
                        self.env._(
                            "%(field)s must be between 1 and %(highest)s.",
                            field=policy._fields[name]._description_string(self.env),
                            highest=highest,
                        )
                    )
            if not 0 < policy.factor_downturn <= policy.factor_cautious <= 1:
                raise ValidationError(
                    self.env._(
                        "The factors contradict each other: a downturn must be at least as strict "
                        "as a cautious market, and that at least as strict as a normal one "
                        "(0 < downturn ≤ cautious ≤ 1)."
                    )
                )

    def _check_grades(self):
        """Refuse grade rules that contradict each other, in words.

        :raise ValidationError: naming the two grades and the figure
        """
        for policy in self:
            policy.grade_ids._check_consistent()

    @api.model_create_multi
    def create(self, vals_list):
        deferred = self.with_context(logistics_policy_check=DEFER_POLICY_CHECK)
        policies = super(LogisticsCreditPolicy, deferred).create(vals_list).with_env(self.env)
        policies._add_missing_grades()
        policies._check_grades()
        return policies

    def write(self, vals):
        """Write all changed rules before they are checked against each other; count versions."""
        if "version" in vals and not self.env.su:
            raise AccessError(self.env._("The version of a credit policy is counted, not typed."))
        deferred = self.with_context(logistics_policy_check=DEFER_POLICY_CHECK)
        result = super(LogisticsCreditPolicy, deferred).write(vals)
        if vals.keys() & {"rule_ids", "grade_ids"}:
            self._check_grades()
        if vals.keys() & _VERSIONED:
            self._new_version()
        return result

    def _new_version(self):
        for policy in self.sudo():
            policy.write({"version": policy.version + 1})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for policy in self:
            if policy.version > 1 or policy.active:
                raise UserError(
                    self.env._(
                        "A credit policy is archived, not deleted: reviews refer to its versions."
                    )
                )

    def _add_missing_grades(self):
        vals_list = []
        for policy in self:
            present = set(policy.grade_ids.mapped("grade"))
            vals_list += [
                dict(GRADE_DEFAULTS[grade], policy_id=policy.id, grade=grade)
                for grade in GRADE_DEFAULTS
                if grade not in present
            ]
        self.env["logistics.credit.grade.policy"].with_context(
            logistics_policy_check=DEFER_POLICY_CHECK
        ).create(vals_list)

    def copy_data(self, default=None):
        """A copy starts archived: a company has one active policy."""
        return [
            dict(vals, active=False, name=self.env._("%s (copy)", policy.name))
            for policy, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def copy(self, default=None):
        """Copy the policy with its grades, archived."""
        copies = super().copy(default)
        for policy, new in zip(self, copies, strict=True):
            by_grade = {line.grade: line for line in policy.grade_ids}
            for line in new.grade_ids:
                values = by_grade[line.grade].copy_data()[0] if line.grade in by_grade else {}
                values.pop("policy_id", None)
                line.with_context(logistics_policy_check=DEFER_POLICY_CHECK).write(values)
        return copies

    # ------------------------------------------------------------------ what others ask
    @api.model
    def _for_company(self, company):
        """The active policy of a company, made with default values when there is none.

        :param company: a ``res.company``
        :return: one policy, with superuser rights
        """
        return self._for_companies(company)[company.id]

    @api.model
    def _for_companies(self, companies):
        """The active policies of companies as ``{company id: policy}``; missing ones are made."""
        policies = self.sudo().with_context(active_test=True)
        found = policies.search([("company_id", "in", companies.ids)])
        missing = companies - found.company_id
        if missing:
            found |= (
                policies.with_context(tracking_disable=True, mail_create_nolog=True)
                .create([{"company_id": company.id} for company in missing])
                .with_env(policies.env)
            )
        return {policy.company_id.id: policy for policy in found}

    def _grade_line(self, grade):
        """The line of a grade: 'A' to 'D', or falsy / 'N' for customers not rated."""
        self.ensure_one()
        return self.grade_ids.filtered(lambda line: line.grade == (grade or "N"))

    def _grading_values(self, as_of):
        """What the rules say on a day, the market state applied.

        The only place where thresholds are read: the SQL that grades everybody and the
        explanation of one customer get their numbers from here.

        :param as_of: the day of grading, a date
        :return: dict with company_id, version, window_from (due dates after this day count),
            grace_days, minimum_items, reviews_to_rise, reviews_to_fall and, for each grade A
            and B and each rule, ``(grade, rule): threshold or None``
        """
        self.ensure_one()
        values = {
            "company_id": self.company_id.id,
            "version": self.version,
            "window_months": self.window_months,
            "window_from": as_of - relativedelta(months=self.window_months),
            "grace_days": self.company_id.logistics_grace_days,
            "minimum_items": self.minimum_items,
            "reviews_to_rise": self.reviews_to_rise,
            "reviews_to_fall": self.reviews_to_fall,
        }
        good, fair = self._grade_line("A"), self._grade_line("B")
        for rule in GRADE_RULES:
            for grade, limit in (
                ("A", good[rule.threshold]),
                ("B", fair[rule.threshold]),
            ):
                values[grade, rule.code] = None if limit is False else limit * self.market_factor
            if values["A", rule.code] is None:
                # Whoever misses B cannot get A.
                values["A", rule.code] = values["B", rule.code]
        return values

    # ------------------------------------------------------------------ actions
    @api.model
    def action_open_company_policy(self):
        """Open the policy of the current company; make it on the first visit.

        :raise AccessError: for a user who may not read credit policies
        """
        self.check_access("read")
        policy = self._for_company(self.env.company)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Policy"),
            "res_model": self._name,
            "res_id": policy.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_review_now(self):
        """Review every customer of the company today, beside the automatic reviews.

        :raise AccessError: for a user who is not a credit controller
        """
        self.ensure_one()
        self._check_controller()
        self.check_access("write")
        self.env["logistics.customer"].sudo()._review_grades(company=self.company_id, kind="manual")
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_credit_review")
        action["domain"] = [
            ("company_id", "=", self.company_id.id),
            ("as_of", "=", fields.Date.to_string(fields.Date.context_today(self))),
        ]
        return action

    @api.model
    def _check_controller(self):
        if not (self.env.su or self.env.user.has_group("logistics_crm.group_credit_controller")):
            raise AccessError(self.env._("Only a credit controller may do this."))

    @api.model
    def _cron_review_grades(self):
        """Review the companies whose review day has come, one transaction each."""
        today = fields.Date.context_today(self)
        policies = self.search([("next_review_date", "<=", today)])
        self.env["ir.cron"]._commit_progress(remaining=len(policies))
        for policy in policies:
            self.env["logistics.customer"].with_company(policy.company_id)._review_grades(
                as_of=today, company=policy.company_id
            )
            policy.next_review_date = today + relativedelta(months=policy.review_months)
            if not self.env["ir.cron"]._commit_progress(1):
                break
