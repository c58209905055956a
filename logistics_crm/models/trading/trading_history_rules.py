# Part of logistics_crm. License LGPL-3 or later.
"""What a row of the trading history may hold, wherever it comes from.

``row_problems`` judges values and is shared by the CSV import and by the model's constraint (form,
Odoo's own import, RPC). ``RowChecker`` turns the cells of one CSV row into such values.
"""

import re
import unicodedata
from datetime import date, timedelta

COLUMNS = (
    "customer_ref",
    "customer_name",
    "country",
    "date",
    "document",
    "line",
    "service",
    "quantity",
    "weight_kg",
    "amount",
    "cost",
    "currency",
    "promised_date",
    "delivered_date",
    "due_date",
    "paid_date",
    "disputed",
)
# Longest text per column, in characters: an index entry has to fit in a database page.
MAX_LENGTH = {
    "customer_ref": 128,
    "customer_name": 256,
    "country": 128,
    "document": 128,
    "line": 64,
    "service": 128,
}
FIRST_DAY = date(1970, 1, 1)
MAX_NUMBER = 1e15  # beyond this a float no longer holds every unit
MAX_DAYS_AHEAD = 366
MAX_DAYS_APART = 3653  # ten years between a document and what belongs to it

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GROUPED = re.compile(r"[+-]?[0-9][0-9., \u00a0\u202f]*")
_HARMLESS_AFTER_DASH = re.compile(r"[\w .\-/–—]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DISPUTED = {
    "": None,
    "yes": "yes",
    "y": "yes",
    "true": "yes",
    "1": "yes",
    "是": "yes",
    "no": "no",
    "n": "no",
    "false": "no",
    "0": "no",
    "否": "no",
}


def is_formula(text):
    """Tell whether a spreadsheet program would take this text for a formula.

    ``=``, ``+``, ``@`` (also in full width), a tab or a carriage return at the start are refused
    outright. A dash is a common placeholder and prefix of references (``-``, ``-12/A``), so it is
    only a formula when an operator, bracket or quote follows.
    """
    if not text:
        return False
    if text[0] in "\t\r":
        return True
    text = text.lstrip()
    if not text:
        return False
    if text[0] in "=+@＝＋＠":
        return True
    return text[0] in "-－" and not _HARMLESS_AFTER_DASH.fullmatch(text, 1)


def is_number(text):
    """Tell whether the text is a number such as ``-12.5``."""
    return bool(_NUMBER.fullmatch(text.strip()))


def last_plausible_days(today):
    """Return the last day a document may carry, and the last on which something happened.

    One day of grace for what happened: it may be tomorrow already where the customer is.
    """
    return today + timedelta(days=MAX_DAYS_AHEAD), today + timedelta(days=1)


def row_problems(env, values, last_days):
    """Judge one row of trading history and return ``[(column, reason)]``, empty when it is fine.

    :param values: mapping with ``date`` (a date), ``quantity``, ``weight_kg``, ``amount``,
        ``cost`` (finite numbers) and ``promised_date``, ``delivered_date``, ``due_date``,
        ``paid_date`` (dates); None is unknown and is never wrong
    :param last_days: what ``last_plausible_days`` returned
    """
    problems = []
    quantity, amount = values["quantity"], values["amount"]
    if quantity is not None and amount is not None and quantity * amount < 0:
        problems.append(
            (
                "amount",
                env._(
                    "Quantity %(quantity)s and amount %(amount)s have opposite signs. A credit "
                    "has both negative, a sale neither.",
                    quantity=quantity,
                    amount=amount,
                ),
            )
        )
    for column in ("weight_kg", "cost"):
        value = values[column]
        if value is not None and value < 0 and not _is_credit(quantity, amount):
            problems.append(
                (
                    column,
                    env._(
                        "A negative number (%s) belongs only to a credit, whose quantity or "
                        "amount is negative too.",
                        value,
                    ),
                )
            )
    day = values["date"]
    last_document_day, last_event_day = last_days
    if day is None:
        return problems
    if day < FIRST_DAY or day > last_document_day:
        problems.append(
            (
                "date",
                env._(
                    "%(date)s is not between %(first)s and %(last)s. Check the year.",
                    date=day.isoformat(),
                    first=FIRST_DAY.isoformat(),
                    last=last_document_day.isoformat(),
                ),
            )
        )
        return problems
    for column in ("promised_date", "delivered_date", "due_date", "paid_date"):
        other = values[column]
        if other is None:
            continue
        if column in ("delivered_date", "paid_date") and other > last_event_day:
            problems.append(
                (
                    column,
                    env._(
                        "%s lies in the future: it cannot have happened yet. Leave the cell "
                        "empty until it has.",
                        other.isoformat(),
                    ),
                )
            )
        elif abs((other - day).days) > MAX_DAYS_APART:
            problems.append(
                (
                    column,
                    env._(
                        "%(date)s is more than ten years away from the document's date "
                        "%(document_date)s. Check the year.",
                        date=other.isoformat(),
                        document_date=day.isoformat(),
                    ),
                )
            )
    return problems


def _is_credit(quantity, amount):
    return (quantity is not None and quantity < 0) or (amount is not None and amount < 0)


class RowChecker:
    """Turn the cells of CSV rows into values, collecting problems in words.

    ``parse`` is called once per row and leaves ``problems`` as ``[(column, reason)]``.
    """

    def __init__(self, env, header, today, ledger_start=None):
        self.env = env
        self.index = {column: header.index(column) for column in COLUMNS}
        self.width = len(header)
        self.last_days = last_plausible_days(today)
        self.ledger_start = ledger_start
        self.problems = []
        self._dates = {"": None}  # text -> date: the same few thousand days come again and again

    def parse(self, cells):
        """Return a dict of values by column, or None for a row that cannot be used."""
        self.problems = []
        if len(cells) != self.width:
            self._refuse(
                "",
                self.env._(
                    "The row has %(found)s cells, the header %(expected)s. A comma inside a text "
                    "needs quotation marks around the text.",
                    found=len(cells),
                    expected=self.width,
                ),
            )
            return None
        index = self.index
        values = {column: self._text(cells[index[column]], column) for column in MAX_LENGTH}
        for column in ("customer_ref", "document", "line"):
            if not values[column] and values[column] is not None:
                self._refuse(
                    column,
                    self.env._("The cell is empty, but it identifies the row. Fill it in."),
                )
        for column in ("quantity", "weight_kg", "amount", "cost"):
            values[column] = self._number(cells[index[column]].strip(), column)
        for column in ("date", "promised_date", "delivered_date", "due_date", "paid_date"):
            values[column] = self._date(cells[index[column]].strip(), column)
        if values["date"] is None and not cells[index["date"]].strip():
            self._refuse("date", self.env._("The row has no date. Write it as 2014-12-31."))
        values["currency"] = cells[index["currency"]].strip()
        values["disputed"] = self._disputed(cells[index["disputed"]].strip())
        if self.problems:
            return None
        self.problems = row_problems(self.env, values, self.last_days)
        if self.ledger_start and values["date"] >= self.ledger_start:
            self._refuse(
                "date",
                self.env._(
                    "The invoices are in Odoo since %s: the row would be counted twice. Leave it "
                    "out.",
                    self.ledger_start.isoformat(),
                ),
            )
        return None if self.problems else values

    def _refuse(self, column, reason):
        self.problems.append((column, reason))

    def _text(self, cell, column):
        text = cell.strip()
        if not text:
            return ""
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        if is_formula(cell):
            self._refuse(
                column,
                self.env._(
                    "“%s” begins like a spreadsheet formula and is refused for safety. Remove the "
                    "first character.",
                    text[:40],
                ),
            )
            return None
        if _CONTROL.search(text):
            if column != "customer_name":
                self._refuse(
                    column,
                    self.env._("The cell holds a tab, line break or control character. Remove it."),
                )
                return None
            text = " ".join(_CONTROL.sub(" ", text).split())
        if len(text) > MAX_LENGTH[column]:
            self._refuse(
                column,
                self.env._(
                    "The text has %(length)s characters, %(limit)s are allowed. Shorten it.",
                    length=len(text),
                    limit=MAX_LENGTH[column],
                ),
            )
            return None
        return text

    def _number(self, text, column):
        if not text:
            return None
        if len(text) <= 40 and _NUMBER.fullmatch(text):
            value = float(text)
            if abs(value) <= MAX_NUMBER:
                return value + 0.0  # no minus zero
            self._refuse(
                column,
                self.env._(
                    "%(number)s is too large to be true. The limit is %(limit)s.",
                    number=text,
                    limit="1e15",
                ),
            )
        elif "," in text and _GROUPED.fullmatch(text):
            self._refuse(
                column,
                self.env._(
                    "“%s” has a comma. Write a dot before the decimals and nothing between the "
                    "thousands, as in 1234.56.",
                    text[:40],
                ),
            )
        else:
            self._refuse(
                column,
                self.env._(
                    "“%s” is not a number. Write it as 1234.56, or leave the cell empty when it "
                    "is unknown.",
                    text[:40],
                ),
            )
        return None

    def _date(self, text, column):
        if text in self._dates:
            return self._dates[text]
        if not _DATE.fullmatch(text):
            self._refuse(
                column,
                self.env._("“%s” is not a date. Write it as 2014-12-31.", text[:40]),
            )
            return None
        try:
            value = date.fromisoformat(text)
        except ValueError:
            self._refuse(
                column,
                self.env._("There is no day %s in the calendar. Correct it.", text),
            )
            return None
        if value < FIRST_DAY:
            self._refuse(
                column,
                self.env._(
                    "%(date)s is before %(first)s. Write the year with four digits.",
                    date=text,
                    first=FIRST_DAY.isoformat(),
                ),
            )
            return None
        self._dates[text] = value
        return value

    def _disputed(self, text):
        try:
            return _DISPUTED[text.casefold()]
        except KeyError:
            self._refuse(
                "disputed",
                self.env._(
                    "“%s” is neither yes nor no. Leave the cell empty when it is unknown.",
                    text[:40],
                ),
            )
            return None
