# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..customer.logistics_customer import VALUE_CLASSES

SECTIONS = [
    ("identity", "Identity"),
    ("company", "Company"),
    ("business", "Business"),
    ("outlook", "Outlook"),
    ("people", "Key Persons"),
    ("finance", "Finances"),
    ("competition", "Competition"),
    ("papers", "Documents & Contracts"),
]


class LogisticsFileSectionRule(models.Model):
    """Which sections a file has, how much each counts and how often it is looked at.

    The most telling rule wins: company before all companies, then type and class, type, class,
    and last the rule for everybody.
    """

    _name = "logistics.file.section.rule"
    _description = "File Section Rule"
    _order = "section, customer_type_id, value_class, id"

    section = fields.Selection(SECTIONS, required=True)
    customer_type_id = fields.Many2one(
        "logistics.customer.type",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: every type.",
    )
    value_class = fields.Selection(VALUE_CLASSES, help="Empty: every class.")
    company_id = fields.Many2one("res.company", index=True, help="Empty: every company.")
    shown = fields.Boolean(
        default=True,
        help="A section that is not shown does not count for completeness and needs no review.",
    )
    weight = fields.Float(
        default=10.0,
        help="What the section counts for completeness, against the other sections shown.",
    )
    review_months = fields.Integer(
        string="Review After (Months)",
        default=12,
        help="So long after it was verified the section counts as stale. 0: never.",
    )
    active = fields.Boolean(default=True)

    _scope_uniq = models.UniqueIndex(
        "(section, COALESCE(customer_type_id, 0), COALESCE(value_class, ''),"
        " COALESCE(company_id, 0)) WHERE active",
        "There is a rule for this section, type, class and company already: change that one.",
    )

    @api.constrains("weight", "review_months")
    def _check_figures(self):
        for rule in self:
            if rule.weight < 0 or rule.review_months < 0:
                raise ValidationError(
                    self.env._(
                        "%(section)s: weight and review months cannot be negative. Untick Shown "
                        "to leave a section out.",
                        section=rule.display_name,
                    )
                )

    @api.depends("section", "customer_type_id", "value_class")
    def _compute_display_name(self):
        labels = dict(self._fields["section"]._description_selection(self.env))
        classes = dict(self._fields["value_class"]._description_selection(self.env))
        for rule in self:
            parts = [
                labels.get(rule.section),
                rule.customer_type_id.name,
                classes.get(rule.value_class),
            ]
            rule.display_name = " / ".join(part for part in parts if part)

    @api.model
    def _resolve(self, companies):
        """Find the rule of every section for every company, type and class.

        :param companies: the ``res.company`` to answer for
        :return: ``{(company id, type id or False, class or False): {section: rule}}``
        """
        rules = {
            (rule.company_id.id, rule.section, rule.customer_type_id.id, rule.value_class): rule
            for rule in self.sudo().search([("company_id", "in", [False, *companies.ids])])
        }
        types = self.env["logistics.customer.type"].sudo().search([("active", "in", (True, False))])
        resolved = {}
        for company in companies:
            for type_id in (False, *types.ids):
                for value_class in (False, *dict(VALUE_CLASSES)):
                    resolved[company.id, type_id, value_class] = {
                        section: self._most_telling(
                            rules, company.id, section, type_id, value_class
                        )
                        for section, _label in SECTIONS
                    }
        return resolved

    @api.model
    def _most_telling(self, rules, company_id, section, type_id, value_class):
        for company in (company_id, False):
            for wanted in (
                (type_id, value_class),
                (type_id, False),
                (False, value_class),
                (False, False),
            ):
                rule = rules.get((company, section, *wanted))
                if rule:
                    return rule
        return self.browse()

    def action_refresh_files(self):
        """Apply changed rules and weights to all files of the user's companies now."""
        self.check_access("write")
        customers = self.env["logistics.customer"].sudo()
        customers._refresh_files(fields.Date.context_today(self), self.env.companies)
        customers.invalidate_model()
