# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..customer.logistics_customer import CREDIT_GRADES

KINDS = [
    ("reminder", "Reminder"),
    ("call", "Call"),
    ("letter", "Formal Letter"),
    ("visit", "Visit"),
    ("stop", "Stop Orders"),
    ("lawyer", "Lawyer"),
    ("court", "Court"),
]
CHANNELS = [("mail", "Mail"), ("phone", "Phone"), ("visit", "In Person"), ("internal", "Internal")]
LEGAL = ("lawyer", "court")


class LogisticsCollectionStep(models.Model):
    """One rung of the collection ladder."""

    _name = "logistics.collection.step"
    _description = "Collection Step"
    _order = "company_id, grade, days, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Empty: for all companies that have no steps of their own.",
    )
    grade = fields.Selection(
        [*CREDIT_GRADES, ("N", "Not rated")],
        string="Credit Grade",
        help="Customers of this grade. Empty: customers of the grades that have no steps of their "
        "own.",
    )
    days = fields.Integer(
        string="Days from Due Date",
        required=True,
        help="Counted from the due date of the customer's oldest open item. Negative: a friendly "
        "reminder before it falls due.",
    )
    kind = fields.Selection(
        KINDS,
        required=True,
        default="reminder",
        help="Stop Orders places a credit hold that ends when everything overdue is paid. Lawyer "
        "and Court open a legal case for a controller to decide.",
    )
    channel = fields.Selection(CHANNELS, compute="_compute_channel", store=True, readonly=False)
    template_id = fields.Many2one(
        "mail.template",
        string="Mail Template",
        domain="[('model', '=', 'logistics.customer')]",
        help="One letter for the customer, not one for each invoice.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        help="What somebody has to do. Empty: a call, or a to-do.",
    )
    responsible = fields.Selection(
        [("owner", "Owner of the Case"), ("rep", "Representative"), ("user", "A Person")],
        string="Who",
        default="owner",
        required=True,
        help="Who gets the activity.",
    )
    user_id = fields.Many2one("res.users", domain="[('share', '=', False)]")
    note = fields.Text(string="What to Do", translate=True)

    @api.depends("kind")
    def _compute_channel(self):
        channels = {"reminder": "mail", "letter": "mail", "call": "phone", "visit": "visit"}
        for step in self:
            step.channel = channels.get(step.kind, "internal")

    @api.constrains("channel", "template_id", "responsible", "user_id", "days", "kind")
    def _check_complete(self):
        for step in self:
            if step.channel == "mail" and not step.template_id:
                raise ValidationError(
                    self.env._("%s goes by mail: choose its mail template.", step.name)
                )
            if step.responsible == "user" and not step.user_id:
                raise ValidationError(self.env._("%s: choose the person.", step.name))
            if step.days < 0 and step.kind != "reminder":
                raise ValidationError(
                    self.env._("Before the due date there is nothing but a friendly reminder.")
                )
            if not -60 <= step.days <= 3650:
                raise ValidationError(
                    self.env._(
                        "A step lies between 60 days before and ten years after the due day."
                    )
                )

    @api.model
    def _ladders(self, companies):
        """The steps of each company and grade, in the order in which they are taken.

        The steps of a company stand in for the shared ones, and within them those of a grade for
        those without a grade.

        :return: ``{(company id, grade 'A'..'D' or 'N'): steps}``
        """
        steps = self.sudo().search([("company_id", "in", [False, *companies.ids])])
        ladders = {}
        for company in companies:
            own = steps.filtered(lambda step, company=company: step.company_id == company)
            own = own or steps.filtered(lambda step: not step.company_id)
            for grade in "ABCDN":
                mine = own.filtered(lambda step, grade=grade: step.grade == grade)
                mine = mine or own.filtered(lambda step: not step.grade)
                ladders[company.id, grade] = mine.sorted(lambda step: (step.days, step.id))
        return ladders


class LogisticsCollectionHoliday(models.Model):
    """A day, or some days, on which nobody is dunned."""

    _name = "logistics.collection.holiday"
    _description = "Collection Holiday"
    _order = "date_from desc"

    name = fields.Char(required=True)
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="Until", required=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")

    _dates_in_order = models.Constraint(
        "CHECK (date_to >= date_from)", "The holiday ends before it begins."
    )


class LogisticsCollectionRate(models.Model):
    """How likely overdue money comes within three months, by age."""

    _name = "logistics.collection.rate"
    _description = "Recovery Rate"
    _order = "company_id, days_from"

    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    days_from = fields.Integer(string="Overdue From (Days)", required=True)
    rate = fields.Float(
        required=True,
        digits=(5, 4),
        aggregator=None,
        help="Share of the overdue amount that is expected to be paid within 90 days.",
    )
    learned = fields.Boolean(
        readonly=True, help="From the company's own payments. Otherwise a default anybody may edit."
    )
    learned_on = fields.Date(readonly=True)
    sample_amount = fields.Float(
        readonly=True, aggregator=None, help="Overdue amount the learned rate is read from."
    )

    _rate_is_share = models.Constraint(
        "CHECK (rate BETWEEN 0 AND 1 AND days_from >= 0)",
        "A recovery rate lies between 0 and 1, from a number of days on.",
    )
    _age_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), days_from)", "There is one rate for each age."
    )


class ResCompany(models.Model):
    _inherit = "res.company"

    def _is_collection_day(self, day):
        """Tell whether steps are taken on a day: no quiet weekday and no collection holiday."""
        self.ensure_one()
        if day.isoweekday() > int(self.logistics_collection_weekdays):
            return False
        return (
            not self.env["logistics.collection.holiday"]
            .sudo()
            .search_count(
                [
                    ("company_id", "in", [False, self.id]),
                    ("date_from", "<=", day),
                    ("date_to", ">=", day),
                ],
                limit=1,
            )
        )
