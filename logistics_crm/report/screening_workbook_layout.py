# Part of logistics_crm. License LGPL-3 or later.
"""Columns, formats and words of the screening workbook."""

import re
from dataclasses import dataclass

TITLE_ROW, TOTAL_ROW, HEADER_ROW, FIRST_ROW = range(4)


@dataclass(frozen=True)
class Column:
    """A field of the screening line on the sheet of customers."""

    name: str
    kind: str  # text, count, quantity, money, percent, number, date, flag
    width: int = 12
    total: bool = False


CUSTOMER_COLUMNS = (
    Column("revenue_rank", "count", 7),
    Column("customer_name", "text", 34),
    Column("customer_id", "text", 16),
    Column("country_id", "text", 18),
    Column("user_id", "text", 18),
    Column("value_class", "text", 13),
    Column("credit_grade_code", "text", 8),
    Column("lifecycle_stage", "text", 13),
    Column("traded", "flag", 9),
    Column("is_new", "flag", 9),
    Column("line_count", "count", 10, total=True),
    Column("known_line_count", "count", 10, total=True),
    Column("quantity", "quantity", 13, total=True),
    Column("revenue", "money", 16, total=True),
    Column("revenue_previous", "money", 16, total=True),
    Column("revenue_change", "percent", 10),
    Column("revenue_share", "percent", 10),
    Column("pareto_share", "percent", 10),
    Column("average_price", "money", 14),
    Column("gross_margin", "money", 16, total=True),
    Column("margin_rate", "percent", 10),
    Column("cost_coverage", "percent", 10),
    Column("net_margin", "money", 16, total=True),
    Column("turnover", "money", 16, total=True),
    Column("due_count", "count", 9, total=True),
    Column("due_amount", "money", 16, total=True),
    Column("late_share", "percent", 10),
    Column("average_days_late", "number", 10),
    Column("open_amount", "money", 16, total=True),
    Column("overdue_amount", "money", 16, total=True),
    Column("late_count", "count", 10, total=True),
    Column("on_time_rate", "percent", 10),
    Column("first_trade_date", "date", 12),
    Column("score_volume", "number", 9),
    Column("score_margin", "number", 9),
    Column("score_safety", "number", 9),
    Column("score_future", "number", 9),
    Column("score_cooperation", "number", 11),
    Column("score_total", "number", 9),
    Column("confidence", "percent", 11),
    Column("peer_count", "count", 11),
    Column("peer_place", "count", 11),
    Column("proposal", "text", 20),
    Column("proposal_reason", "text", 60),
    Column("decision", "text", 20),
    Column("decision_reason", "text", 40),
)
MONTH_WIDTH = 14

_FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")


def sheet_name(title, taken):
    """A worksheet name out of a translated title: no forbidden character, short, used once."""
    base = _FORBIDDEN_IN_SHEET_NAME.sub(" ", title).strip(" '")[:31] or "Sheet"
    name, number = base, 2
    while name.casefold() in taken:
        suffix = f" {number}"
        name, number = base[: 31 - len(suffix)] + suffix, number + 1
    taken.add(name.casefold())
    return name


class Formats:
    """Cell formats of the workbook, by kind of figure; a zero shows as a dash."""

    def __init__(self, book, currency):
        places = "0" * currency.decimal_places
        money = f"#,##0.{places}" if places else "#,##0"
        self.codes = {
            "count": "#,##0",
            "quantity": "#,##0.##",
            "money": f'{money};[Red]-{money};"–"',
            "percent": "0.0%;[Red]-0.0%;0.0%",
            "number": "0.0",
            "date": "yyyy-mm-dd",
        }
        # a trailing decimal point would stay visible on whole quantities
        self.codes["quantity"] = '#,##0;[Red]-#,##0;"–"'
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.heading = book.add_format({"bold": True, "font_size": 12, "bottom": 1})
        self.header = book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "top",
                "bg_color": "#714B67",
                "font_color": "#FFFFFF",
            }
        )
        self.note = book.add_format({"italic": True, "font_color": "#666666"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.total_text = book.add_format({"bold": True, "bg_color": "#EEEEEE"})
        self.text = book.add_format({})
        for kind, code in self.codes.items():
            setattr(self, kind, book.add_format({"num_format": code}))
        self._totals = {}

    def of(self, kind):
        """Format of a cell of this kind."""
        return getattr(self, kind)

    def total(self, kind):
        """Format of a total of this kind."""
        if kind not in self._totals:
            self._totals[kind] = self.book.add_format(
                {
                    "bold": True,
                    "bg_color": "#EEEEEE",
                    "align": "right",
                    "num_format": self.codes[kind],
                }
            )
        return self._totals[kind]


def glossary_rows(env, label, columns):
    """Yield ``(term, meaning)`` for the last sheet.

    :param label: function giving the heading of a column
    :param columns: the columns the reader has
    """
    line = env["logistics.screening.line"]
    yield (
        env._("Unknown"),
        env._(
            "An empty cell, or the word where a total has nothing to add up. It is not zero: a "
            "zero shows as a dash or 0."
        ),
    )
    yield (
        env._("Totals"),
        env._(
            "Formulas over the rows that are known. On the sheets they follow the filter; on the "
            "summary they cover everybody."
        ),
    )
    yield (
        env._("Sources"),
        env._(
            "Posted customer invoices less credit notes, and the trading history from before "
            "Odoo; untaxed, in the company's currency at the rate of the day."
        ),
    )
    yield (
        env._("Frozen"),
        env._("Figures are those of the day the screening was computed; they do not move."),
    )
    yield (
        env._("Points"),
        env._(
            "0 to 100 for each criterion. The total weighs the criteria that are known; the "
            "confidence is the share of the weights they make up."
        ),
    )
    for column in columns:
        meaning = line._fields[column.name]._description_help(env)
        if meaning:
            yield label(column), " ".join(meaning.split())
