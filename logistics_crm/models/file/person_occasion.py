# Part of logistics_crm. License LGPL-3 or later.
import calendar
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]


def next_on(month, day, today):
    """The first such day of the year that is not before today; 29 February falls on the 28th.

    :param month: 1..12
    :param day: 1..31
    :return: a date
    """
    for year in (today.year, today.year + 1):
        found = date(year, month, min(day, calendar.monthrange(year, month)[1]))
        if found >= today:
            return found
    return found


class LogisticsPersonOccasion(models.Model):
    """A day of the year on which a customer hears from us. Without the year of birth."""

    _name = "logistics.person.occasion"
    _description = "Occasion"
    _inherit = ["logistics.file.reminder.mixin"]
    _order = "next_date, id"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer",
        compute="_compute_customer_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    person_id = fields.Many2one(
        "logistics.key.person",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('customer_id', '=', customer_id)]",
        help="Empty: the occasion is the customer's own, such as the company's anniversary.",
    )
    kind = fields.Selection(
        [
            ("birthday", "Birthday"),
            ("service", "Anniversary in Office"),
            ("company", "Company Anniversary"),
            ("contract", "Contract Anniversary"),
            ("festival", "Festival"),
            ("other", "Other"),
        ],
        required=True,
        default="birthday",
    )
    month = fields.Selection(MONTHS, required=True)
    day = fields.Integer(required=True)
    note = fields.Char(help="What to do: call, card, visit.")
    user_id = fields.Many2one(
        "res.users", string="Responsible", compute="_compute_user_id", help="Who covers the person."
    )
    next_date = fields.Date(
        string="Next On",
        compute="_compute_next_date",
        store=True,
        index=True,
        help="The next such day. Refreshed every night.",
    )
    active = fields.Boolean(default=True)

    @api.depends("person_id")
    def _compute_customer_id(self):
        for occasion in self:
            if occasion.person_id:
                occasion.customer_id = occasion.person_id.customer_id

    @api.depends("person_id.user_id", "customer_id.user_id")
    def _compute_user_id(self):
        for occasion in self:
            occasion.user_id = occasion.person_id.user_id or occasion.customer_id.user_id

    @api.depends("month", "day")
    def _compute_next_date(self):
        today = fields.Date.context_today(self)
        for occasion in self:
            valid = occasion.month and 1 <= occasion.day <= 31
            occasion.next_date = (
                next_on(int(occasion.month), occasion.day, today) if valid else False
            )

    @api.constrains("month", "day", "person_id", "customer_id")
    def _check_day(self):
        for occasion in self:
            # 2024 was a leap year: 29 February is a day.
            last = calendar.monthrange(2024, int(occasion.month))[1]
            if not 1 <= occasion.day <= last:
                raise ValidationError(
                    self.env._(
                        "%(month)s has no day %(day)s.",
                        month=dict(self._fields["month"]._description_selection(self.env))[
                            occasion.month
                        ],
                        day=occasion.day,
                    )
                )
            person = occasion.person_id
            if person and person.customer_id != occasion.customer_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s is a key person of %(other)s, not of %(customer)s.",
                        person=person.name,
                        other=person.customer_id.display_name,
                        customer=occasion.customer_id.display_name,
                    )
                )

    @api.depends("kind", "person_id", "customer_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for occasion in self:
            who = occasion.person_id.name or occasion.customer_id.display_name
            occasion.display_name = f"{labels.get(occasion.kind, '')}: {who}"

    @api.model
    def _upcoming(self, date_from, date_to, company=None, customer=None):
        """Occasions between two days, both included; persons who do not want contact left out.

        :return: occasions the user may see, by date
        """
        domain = [
            ("next_date", ">=", date_from),
            ("next_date", "<=", date_to),
            "|",
            ("person_id", "=", False),
            "&",
            ("person_id.active", "=", True),
            ("person_id.do_not_contact", "=", False),
        ]
        if company:
            domain.append(("company_id", "=", company.id))
        if customer:
            domain.append(("customer_id", "=", customer.id))
        return self.search(domain)

    @api.model
    def _roll_forward(self, today):
        """Set the next day of every occasion that has passed, in one statement."""
        self.env.flush_all()
        # The day of the month is capped by the length of that month in that year.
        in_year = """make_date(%(year)s, month::int, LEAST(day, EXTRACT(DAY FROM
                     make_date(%(year)s, month::int, 1) + interval '1 month - 1 day')::int))"""
        self.env.execute_query(
            SQL(
                """
                UPDATE logistics_person_occasion o
                   SET next_date = CASE WHEN n.this_year >= %(today)s THEN n.this_year
                                        ELSE n.next_year END
                  FROM (SELECT id, %(this_year)s AS this_year, %(next_year)s AS next_year
                          FROM logistics_person_occasion
                         WHERE next_date IS NULL OR next_date < %(today)s) n
                 WHERE n.id = o.id
             RETURNING o.id
                """,
                today=today,
                this_year=SQL(in_year, year=today.year),
                next_year=SQL(in_year, year=today.year + 1),
            )
        )
        self.invalidate_model(["next_date"])
