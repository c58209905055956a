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


# What stands before and behind the raw figures of the criteria, which have one list.
_HEAD = (
    *("revenue_rank", "customer_name", "customer_id", "country_id", "user_id", "value_class"),
    *("lifecycle_stage", "customer_type_id", "size_band", "traded", "is_new"),
)
_BESIDE = ("known_line_count", "turnover", "late_count", "on_time_rate")
_TAIL = (
    *("score_total", "confidence", "peer_count", "peer_place"),
    *("proposal", "proposal_reason", "decision", "decision_reason"),
)
# Where a sum over the customers means something; the other figures are shares and points.
_SUMMED = {
    *(
        "line_count",
        "known_line_count",
        "quantity",
        "revenue",
        "revenue_previous",
        "revenue_before",
    ),
    *("gross_margin", "net_margin", "turnover", "given_on_price", "concession_cost"),
    *("late_payment_cost", "claim_cost", "visit_cost", "unknown_cost_count", "due_count"),
    *("due_amount", "open_amount", "overdue_amount", "disputed_count", "disputed_amount"),
    *("late_count", "quote_count", "promise_count", "complaint_count"),
}
_PERCENT = {"on_time_rate", "confidence"}
_KINDS = {
    "boolean": ("flag", 9),
    "date": ("date", 12),
    "float": ("number", 10),
    "integer": ("count", 10),
    "monetary": ("money", 16),
}
_WIDTHS = {
    "revenue_rank": 7,
    "customer_name": 34,
    "customer_id": 16,
    "country_id": 18,
    "user_id": 18,
    "proposal": 20,
    "proposal_reason": 60,
    "decision": 20,
    "decision_reason": 40,
    "customer_type_id": 18,
    "future_basis": 30,
}


def customer_columns(line_model):
    """Columns of the sheet of customers: every raw figure of the criteria that is stored."""
    criteria, shares = line_model._figures_of_criteria()
    figures = [
        name for names in criteria.values() for name in names if line_model._fields[name].store
    ]
    points = [f"score_{criterion}" for criterion in criteria]
    names = dict.fromkeys((*_HEAD, *figures, *_BESIDE, *points, *_TAIL))
    return [_column(line_model, name, name in shares or name in _PERCENT) for name in names]


def _column(line_model, name, is_share):
    kind, width = _KINDS.get(line_model._fields[name].type, ("text", 13))
    if is_share:
        kind, width = "percent", 10
    elif name == "quantity":
        kind, width = "quantity", 13
    return Column(name, kind, _WIDTHS.get(name, width), name in _SUMMED)


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
