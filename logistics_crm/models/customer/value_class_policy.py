# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .logistics_customer import VALUE_CLASSES
from .value_class_criterion import DEFER_CHECK, RULED_CLASSES

_DEFAULT_PLACES = {"key": 50.0, "core": 80.0, "standard": 95.0}
_VERSIONED = {
    "criterion_ids",
    "alternatives_key",
    "alternatives_core",
    "alternatives_standard",
}


class LogisticsValueClassPolicy(models.Model):
    """What makes a customer a key account, and what each class is entitled to.

    A customer is put into the highest class whose criteria it meets: all that must be met, and
    as many of the others as the class asks for. Who meets none, but traded in the twelve months,
    is marginal; who did not trade has no class. How a customer pays and where its relation
    stands are other axes and never counted here.
    """

    _name = "logistics.value.class.policy"
    _description = "Value Class Policy"
    _inherit = ["mail.thread"]
    _order = "company_id, active desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("Value classes"))
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True, tracking=True)
    date_from = fields.Date(
        string="In Force Since",
        readonly=True,
        copy=False,
        tracking=True,
        default=lambda self: fields.Date.context_today(self),
    )
    version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        aggregator=None,
        help="Counts the changes of the criteria. Every change of a class remembers its version.",
    )
    criterion_ids = fields.One2many(
        "logistics.value.class.criterion", "policy_id", string="Criteria", copy=True
    )
    alternatives_key = fields.Integer(
        string="Needed for Key Account",
        default=1,
        aggregator=None,
        tracking=True,
        help="How many of the criteria marked 'one of several' a key account must meet.",
    )
    alternatives_core = fields.Integer(
        string="Needed for Core", default=1, aggregator=None, tracking=True
    )
    alternatives_standard = fields.Integer(
        string="Needed for Standard", default=1, aggregator=None, tracking=True
    )
    candidate_gap_percent = fields.Float(
        string="Upgrade Candidate Within (%)",
        default=30.0,
        aggregator=None,
        tracking=True,
        help="A customer is an upgrade candidate when so many percent more margin (or revenue) "
        "in twelve months would lift it to the next class.",
    )
    override_max_days = fields.Integer(
        string="Longest Class by Hand (days)",
        default=365,
        required=True,
        aggregator=None,
        tracking=True,
        help="A class set by hand ends after so many days at the latest.",
    )
    entitlement_ids = fields.One2many(
        "logistics.value.class.entitlement", "policy_id", string="Entitlements", copy=False
    )
    summary = fields.Html(compute="_compute_summary", string="In Words")

    _one_active = models.UniqueIndex(
        "(company_id) WHERE active",
        "A company has one active set of value classes. Activate the other one instead.",
    )
    _numbers = models.Constraint(
        "CHECK (candidate_gap_percent >= 0 AND override_max_days BETWEEN 1 AND 3650)",
        "The gap of candidates cannot be negative, and a class by hand lasts 1 to 3650 days.",
    )

    # ------------------------------------------------------------------ words
    @api.depends(
        "criterion_ids.value_class",
        "criterion_ids.criterion",
        "criterion_ids.threshold",
        "criterion_ids.requirement",
        "alternatives_key",
        "alternatives_core",
        "alternatives_standard",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for policy in self:
            lines = []
            for code, label in policy._class_labels():
                must, others = policy._criteria_of(code)
                parts = must.mapped("condition")
                if others:
                    parts.append(
                        self.env._(
                            "%(count)s of: %(criteria)s",
                            count=policy[f"alternatives_{code}"],
                            criteria=", ".join(others.mapped("condition")),
                        )
                    )
                text = "; ".join(part for part in parts if part) or self.env._(
                    "no criteria: nobody"
                )
                lines.append((label, text))
            policy.summary = self.env["ir.qweb"]._render(
                "logistics_crm.value_class_policy_summary", {"lines": lines}
            )

    @api.model
    def _class_labels(self):
        labels = dict(
            self.env["logistics.customer"]._fields["value_class"]._description_selection(self.env)
        )
        return [(code, labels[code]) for code, _label in RULED_CLASSES]

    def _criteria_of(self, value_class):
        """The criteria of a class: those that must be met, and the others."""
        rows = self.criterion_ids.filtered(lambda row: row.value_class == value_class)
        must = rows.filtered(lambda row: row.requirement == "must")
        return must, rows - must

    # ------------------------------------------------------------------ rules
    @api.constrains("alternatives_key", "alternatives_core", "alternatives_standard")
    def _check_alternatives(self):
        if self.env.context.get("logistics_value_check") is not DEFER_CHECK:
            self._check_criteria()

    def _check_criteria(self):
        """Refuse criteria that contradict or overlap each other, in words.

        :raise ValidationError: naming the classes and the criterion
        """
        labels = dict(self._class_labels())
        order = [code for code, _label in RULED_CLASSES]
        for policy in self:
            policy.criterion_ids._check_numbers()
            for code in order:
                must, others = policy._criteria_of(code)
                needed = policy[f"alternatives_{code}"]
                if others and not 1 <= needed <= len(others):
                    raise ValidationError(
                        self.env._(
                            "%(class)s: %(needed)s of %(count)s criteria marked 'one of several' "
                            "cannot be asked for. Give a number from 1 to %(count)s.",
                            **{"class": labels[code]},
                            needed=needed,
                            count=len(others),
                        )
                    )
                if not must and not others and code == "key":
                    raise ValidationError(
                        self.env._(
                            "Give at least one criterion for key accounts: without any, nobody "
                            "could ever be one."
                        )
                    )
            for higher, lower in zip(order, order[1:], strict=False):
                policy._check_pair(higher, lower, labels)

    def _check_pair(self, higher, lower, labels):
        """A higher class must not be easier to reach than the one below it."""
        above = {row.criterion: row for row in self._criteria_of(higher)[0]}
        every_above = {
            row.criterion: row for row in self.criterion_ids if row.value_class == higher
        }
        for row in self.criterion_ids.filtered(lambda c: c.value_class == lower):
            other = every_above.get(row.criterion)
            if other:
                wrong = (
                    other.threshold > row.threshold
                    if row._is_at_most()
                    else other.threshold < row.threshold
                )
                same = other.threshold == row.threshold and row.criterion == "place"
                if wrong or same:
                    raise ValidationError(
                        self.env._(
                            "%(criterion)s: the ranges of %(higher)s (%(high)s) and %(lower)s "
                            "(%(low)s) overlap. %(higher)s must ask for more than %(lower)s.",
                            criterion=row._criterion_label(),
                            higher=labels[higher],
                            lower=labels[lower],
                            high=other._threshold_words(),
                            low=row._threshold_words(),
                        )
                    )
            if (
                row.requirement == "must"
                and self._criteria_of(higher)[0]
                and row.criterion not in above
            ):
                raise ValidationError(
                    self.env._(
                        "%(lower)s must meet '%(criterion)s', %(higher)s need not: a customer "
                        "could be in the higher class without being good enough for the lower "
                        "one. Ask for it in %(higher)s too.",
                        criterion=row.condition,
                        higher=labels[higher],
                        lower=labels[lower],
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        deferred = self.with_context(logistics_value_check=DEFER_CHECK)
        policies = super(LogisticsValueClassPolicy, deferred).create(vals_list).with_env(self.env)
        policies._add_missing()
        policies._check_criteria()
        return policies

    def write(self, vals):
        """Write all changed criteria before they are checked against each other."""
        if {"version", "date_from"} & vals.keys() and not self.env.su:
            raise AccessError(self.env._("The version of a policy is counted, not typed."))
        deferred = self.with_context(logistics_value_check=DEFER_CHECK)
        result = super(LogisticsValueClassPolicy, deferred).write(vals)
        if vals.keys() & _VERSIONED:
            self._check_criteria()
            self._new_version()
        return result

    def _new_version(self):
        for policy in self.sudo():
            policy.write({"version": policy.version + 1})

    def _add_missing(self):
        deferred = self.with_context(logistics_value_check=DEFER_CHECK)
        deferred.env["logistics.value.class.criterion"].create(
            [
                {
                    "policy_id": policy.id,
                    "value_class": code,
                    "criterion": "place",
                    "threshold": place,
                }
                for policy in self
                if not policy.criterion_ids
                for code, place in _DEFAULT_PLACES.items()
            ]
        )
        self.env["logistics.value.class.entitlement"].create(
            [
                {"policy_id": policy.id, "value_class": code}
                for policy in self
                for code, _label in VALUE_CLASSES
                if code not in policy.entitlement_ids.mapped("value_class")
            ]
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for policy in self:
            if policy.active or policy.version > 1:
                raise UserError(
                    self.env._(
                        "A value class policy is archived, not deleted: the history of classes "
                        "refers to its versions."
                    )
                )

    def copy_data(self, default=None):
        """A copy starts archived, as a draft of new rules: a company has one active policy."""
        return [
            dict(vals, active=False, date_from=False, name=self.env._("%s (copy)", policy.name))
            for policy, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def copy(self, default=None):
        """Copy the policy with its criteria and entitlements, archived."""
        copies = super().copy(default)
        for policy, new in zip(self, copies, strict=True):
            by_class = {line.value_class: line for line in policy.entitlement_ids}
            for line in new.entitlement_ids:
                values = by_class[line.value_class].copy_data()[0]
                values.pop("policy_id", None)
                line.write(values)
        return copies

    # ------------------------------------------------------------------ what others ask
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

    @api.model
    def _for_company(self, company):
        """The active policy of one company, with superuser rights; made when missing."""
        return self._for_companies(company)[company.id]

    # ------------------------------------------------------------------ actions
    @api.model
    def action_open_company_policy(self):
        """Open the value classes of the current company; made on the first visit.

        :raise AccessError: for a user who may not read them
        """
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Value Classes"),
            "res_model": self._name,
            "res_id": self._for_company(self.env.company).id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_activate(self):
        """Put these rules into force today in place of the active ones.

        :raise AccessError: for a user who may not write policies
        """
        self.ensure_one()
        self.check_access("write")
        current = self.search([("company_id", "=", self.company_id.id), ("active", "=", True)])
        (current - self).active = False
        self.active = True
        self.sudo().date_from = fields.Date.context_today(self)
        return self.action_apply()

    def action_apply(self):
        """Class every customer of the company by these rules now.

        :raise AccessError: for a user who may not write policies
        """
        self.ensure_one()
        self.check_access("write")
        if not self.active:
            raise UserError(self.env._("Activate these rules first."))
        customers = self.env["logistics.customer"].sudo()
        as_of = fields.Date.context_today(self)
        customers._refresh_value_classes(as_of, self.company_id)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_value_class_change"
        )
        action["domain"] = [
            ("company_id", "=", self.company_id.id),
            ("date", "=", fields.Date.to_string(as_of)),
        ]
        return action
