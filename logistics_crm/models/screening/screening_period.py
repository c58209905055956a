# Part of logistics_crm. License LGPL-3 or later.
"""Which twelve months a campaign looks at: the calendar year, or twelve months during a year."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date
from odoo.tools.misc import babel_locale_parse, get_lang

from .screening import FIRST_YEAR

YEAR_END = "12"
# Years of trade that the trend is drawn from, the screened one included.
WINDOW_YEARS = 3


def month_number(expression):
    """SQL for the months since year 0 of a date: differences count months across years."""
    return SQL(
        "(EXTRACT(YEAR FROM %(day)s)::int * 12 + EXTRACT(MONTH FROM %(day)s)::int)",
        day=expression,
    )


class LogisticsScreening(models.Model):
    """A screening during the year stands beside that of the year's end.

    It looks at twelve months as well, so that change, points and limits mean the same in both, a
    season does not look like growth, and what one of them proposes can be held against the other.
    """

    _inherit = "logistics.screening"

    closing_month = fields.Selection(
        selection="_closing_months",
        required=True,
        default=YEAR_END,
        tracking=True,
        help="Last of the twelve months that are screened. December: the calendar year. Another "
        "month: a screening during the year, such as June when the market turns.",
    )
    is_interim = fields.Boolean(
        string="During the Year", compute="_compute_is_interim", search="_search_is_interim"
    )

    _year_company_uniq = models.UniqueIndex(
        "(year, closing_month, company_id)",
        "These twelve months already have a screening in this company. Open that one and "
        "recompute it.",
    )

    @api.model
    def _closing_months(self):
        locale = babel_locale_parse(get_lang(self.env).code)
        names = locale.months["stand-alone"]["wide"]
        return [(str(number), names[number]) for number in range(1, 13)]

    @api.depends("closing_month")
    def _compute_is_interim(self):
        for screening in self:
            screening.is_interim = screening.closing_month != YEAR_END

    def _search_is_interim(self, operator, value):
        if operator != "in" or set(value) - {True, False}:
            return NotImplemented
        interim = fields.Domain("closing_month", "!=", YEAR_END)
        return interim if True in value else ~interim

    @api.depends("year", "closing_month")
    def _compute_dates(self):
        for screening in self:
            screening.date_from = screening.date_to = False
            if FIRST_YEAR <= (screening.year or 0) <= 9998 and screening.closing_month:
                first = fields.Date.to_date(
                    f"{screening.year}-{int(screening.closing_month):02}-01"
                )
                screening.date_from = first - relativedelta(months=11)
                screening.date_to = first + relativedelta(months=1, days=-1)

    @api.depends("year", "closing_month", "company_id")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_display_name(self):
        several = len(self.env.companies) > 1
        for screening in self:
            if screening.is_interim and screening.date_to:
                name = self.env._(
                    "Mid-Year Screening %s",
                    format_date(self.env, screening.date_to, date_format="LLLL y"),
                )
            else:
                name = self.env._("Screening %s", screening.year or "")
            if several and screening.company_id:
                name = f"{name} · {screening.company_id.name}"
            screening.display_name = name

    def _period_name(self):
        """The screened months in short, as text: ``2025``, or ``07/2025–06/2026``."""
        self.ensure_one()
        if not self.is_interim or not self.date_from:
            # as text: a year has no thousands separator
            return str(self.year)
        first, last = (
            format_date(self.env, day, date_format="MM/y") for day in (self.date_from, self.date_to)
        )
        return f"{first}–{last}"

    def _period_code(self):
        """The screened months for a file name: ``2025``, or ``2026-06``."""
        self.ensure_one()
        return f"{self.year}-{int(self.closing_month):02}" if self.is_interim else str(self.year)

    # ------------------------------------------------------------------ days
    def _previous_start(self):
        """First day of the twelve months before the screened ones."""
        return self.date_from - relativedelta(years=1)

    def _window_start(self):
        """First day of the years that the trend is drawn from."""
        return self.date_from - relativedelta(years=WINDOW_YEARS - 1)

    def _following_year(self):
        """Calendar year that targets are set for: the one in which the day after closing lies."""
        return (self.date_to + relativedelta(days=1)).year

    def _month_index_sql(self, expression):
        """SQL for the place 1..12 of a date within the screened months."""
        if not self.is_interim:
            # a third cheaper over millions of rows than counting from the year 0
            return SQL("date_part('month', %s)::int", expression)
        return SQL(
            "(%s - %s)",
            month_number(expression),
            self.date_from.year * 12 + self.date_from.month - 1,
        )

    def _campaign_before(self):
        """The campaign this one follows: a year earlier, else the latest that ended before."""
        self.ensure_one()
        domain = [("company_id", "=", self.company_id.id), ("state", "!=", "draft")]
        return self.search(
            [*domain, ("year", "=", self.year - 1), ("closing_month", "=", self.closing_month)],
            limit=1,
        ) or self.search(
            [*domain, ("date_to", "<", self.date_to)], order="date_to desc, id desc", limit=1
        )

    @api.model
    def _check_one_per_year(self, year, company_id, closing_month=YEAR_END):
        """:raise ValidationError: when the same months have a screening in the company."""
        other = self.sudo().search(
            [
                ("year", "=", year),
                ("closing_month", "=", closing_month),
                ("company_id", "=", company_id),
                ("id", "not in", self.ids),
            ],
            limit=1,
        )
        if other:
            raise ValidationError(
                self.env._(
                    "%(company)s already has a screening of %(year)s. Open that one and "
                    "recompute it.",
                    company=other.company_id.name,
                    year=other._period_name(),
                )
            )
