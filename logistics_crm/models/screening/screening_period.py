# Part of logistics_crm. License LGPL-3 or later.
"""Which months a campaign looks at: the calendar year, or twelve or six months during a year."""

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

    It looks at twelve months as well, so that what one of them proposes can be held against the
    other; or at half a year, when the market asks for a look at what is new. Half a year is
    compared with the same months of the years before, so that a season does not look like growth,
    and limits of yearly revenue count for their half.
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
    span = fields.Selection(
        [("12", "Twelve Months"), ("6", "Six Months")],
        string="Months Screened",
        required=True,
        default="12",
        tracking=True,
        help="Six months are compared with the same six months of the years before.",
    )
    is_interim = fields.Boolean(
        string="During the Year", compute="_compute_is_interim", search="_search_is_interim"
    )

    _year_company_uniq = models.UniqueIndex(
        "(year, closing_month, span, company_id)",
        "These months already have a screening in this company. Open that one and recompute it.",
    )

    @api.model
    def _closing_months(self):
        locale = babel_locale_parse(get_lang(self.env).code)
        names = locale.months["stand-alone"]["wide"]
        return [(str(number), names[number]) for number in range(1, 13)]

    @api.depends("closing_month", "span")
    def _compute_is_interim(self):
        for screening in self:
            screening.is_interim = screening.closing_month != YEAR_END or screening.span == "6"

    def _search_is_interim(self, operator, value):
        if operator != "in" or set(value) - {True, False}:
            return NotImplemented
        interim = fields.Domain("closing_month", "!=", YEAR_END) | fields.Domain("span", "=", "6")
        return interim if True in value else ~interim

    @api.depends("year", "closing_month", "span")
    def _compute_dates(self):
        for screening in self:
            screening.date_from = screening.date_to = False
            if FIRST_YEAR <= (screening.year or 0) <= 9998 and screening.closing_month:
                first = fields.Date.to_date(
                    f"{screening.year}-{int(screening.closing_month):02}-01"
                )
                screening.date_from = first - relativedelta(months=screening._months() - 1)
                screening.date_to = first + relativedelta(months=1, days=-1)

    @api.depends("year", "closing_month", "span", "company_id")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_display_name(self):
        several = len(self.env.companies) > 1
        for screening in self:
            if screening.is_interim and screening.date_to:
                until = format_date(self.env, screening.date_to, date_format="LLLL y")
                if screening.span == "6":
                    name = self.env._("Half-Year Screening %s", until)
                else:
                    name = self.env._("Mid-Year Screening %s", until)
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
        if not self.is_interim:
            return str(self.year)
        code = f"{self.year}-{int(self.closing_month):02}"
        return f"{code}-{self._months()}m" if self.span == "6" else code

    def _market_company(self):
        return self.company_id or super()._market_company()

    # ------------------------------------------------------------------ days
    def _months(self):
        """How many months are screened."""
        return int(self.span or 12)

    def _of_a_year(self, yearly):
        """A limit of yearly revenue as it counts for the screened months; unknown stays so."""
        return yearly if yearly is False else yearly * self._months() / 12

    def _previous_start(self):
        """First day of the months that are compared with: those of a year before."""
        return self.date_from - relativedelta(years=1)

    def _period_index_sql(self, expression):
        """SQL for 1..12 of a date in the screened months, 0 a year and -1 two years before.

        -2 for the months between, which half a year leaves out.
        """
        if self._months() == 12:
            # nothing lies between
            return SQL(
                "CASE WHEN %(day)s >= %(start)s THEN %(month)s"
                " WHEN %(day)s >= %(previous)s THEN 0 ELSE -1 END",
                day=expression,
                start=self.date_from,
                month=self._month_index_sql(expression),
                previous=self._previous_start(),
            )
        ends = [self._month_after(self.date_from - relativedelta(years=years)) for years in (1, 2)]
        return SQL(
            """CASE WHEN %(day)s >= %(start)s THEN %(month)s
                    WHEN %(day)s >= %(previous)s AND %(day)s < %(previous_end)s THEN 0
                    WHEN %(day)s >= %(before)s AND %(day)s < %(before_end)s THEN -1
                    ELSE -2 END""",
            day=expression,
            start=self.date_from,
            month=self._month_index_sql(expression),
            previous=self._previous_start(),
            previous_end=ends[0],
            before=self._window_start(),
            before_end=ends[1],
        )

    def _month_after(self, first):
        """First day behind as many months as are screened."""
        return first + relativedelta(months=self._months())

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
        """The campaign this one follows: a year earlier, else the latest that ended before.

        Only of as many months: half a year says nothing about a year.
        """
        self.ensure_one()
        domain = [
            ("company_id", "=", self.company_id.id),
            ("span", "=", self.span),
            ("state", "!=", "draft"),
        ]
        return self.search(
            [*domain, ("year", "=", self.year - 1), ("closing_month", "=", self.closing_month)],
            limit=1,
        ) or self.search(
            [*domain, ("date_to", "<", self.date_to)], order="date_to desc, id desc", limit=1
        )

    @api.model
    def _check_one_per_year(self, year, company_id, closing_month=YEAR_END, span="12"):
        """:raise ValidationError: when the same months have a screening in the company."""
        other = self.sudo().search(
            [
                ("year", "=", year),
                ("closing_month", "=", closing_month),
                ("span", "=", span),
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
