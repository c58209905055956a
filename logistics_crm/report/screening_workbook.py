# Part of logistics_crm. License LGPL-3 or later.
"""The year-end screening as an xlsx workbook, streamed row by row.

Every sheet is written top down in one pass over the lines, so that 100,000 customers need no more
memory than a hundred. The totals stand above the rows, as live formulas; the values shown until
a spreadsheet program recalculates are summed up by PostgreSQL beforehand.
"""

from datetime import datetime
from math import fsum

import xlsxwriter
from dateutil.relativedelta import relativedelta
from xlsxwriter.utility import xl_col_to_name, xl_range_abs

from odoo.exceptions import UserError
from odoo.tools import split_every
from odoo.tools.misc import babel_locale_parse

from .screening_workbook_layout import (
    FIRST_ROW,
    HEADER_ROW,
    MONTH_WIDTH,
    TITLE_ROW,
    TOTAL_ROW,
    Formats,
    customer_columns,
    glossary_rows,
    sheet_name,
)
from .screening_workbook_lines import months_of, read_lines
from .screening_workbook_summary import Summary
from .screening_workbook_totals import Totals
from .workbook_rows import RowSheet, day_number

BATCH = 1000
MAX_ROWS = 1_048_576 - FIRST_ROW
_OPTIONS = {
    "constant_memory": True,
    # a customer called =HYPERLINK("http://x") is a text and stays one
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class ScreeningWorkbook:
    """Writes one campaign; ``screening`` carries the reader's rights and language."""

    first_row = FIRST_ROW

    def __init__(self, screening):
        self.screening = screening
        self.env = screening.env
        self.Line = self.env["logistics.screening.line"]
        self.currency = screening.currency_id
        self.unknown_text = self.formula_text(self.env._("unknown"))
        self.unknown = self.env._("unknown")
        self.yes, self.no = self.env._("Yes"), self.env._("No")
        self.columns = [
            column
            for column in customer_columns(self.Line)
            if self.Line._has_field_access(self.Line._fields[column.name], "read")
        ]
        self._positions = {column.name: index for index, column in enumerate(self.columns)}
        self._selections = {}
        locale = babel_locale_parse(self.env.lang or "en_US")
        names = locale.months["stand-alone"]["abbreviated"]
        # a calendar year needs no year beside its months
        self.months = [
            f"{names[day.month]} {day.year}" if screening.is_interim else names[day.month]
            for day in (
                screening.date_from + relativedelta(months=index)
                for index in range(screening._months())
            )
        ]

    # ------------------------------------------------------------------ the file
    def write_out(self, path_or_fileobj):
        """Write the workbook to a path or a binary file.

        :raise UserError: when there are more rows than a worksheet has
        """
        domain = [("screening_id", "=", self.screening.id), ("folded", "=", False)]
        ids = self.Line.search(domain, order="revenue desc nulls last, id")._ids
        self.totals = Totals(self.Line, domain, self.columns, len(self.months))
        rows = max(len(ids), self.totals.service_rows)
        if rows > MAX_ROWS:
            raise UserError(
                self.env._(
                    "A worksheet has room for %(limit)s rows, the screening has %(rows)s. Export "
                    "the list of screened customers in parts instead.",
                    limit=MAX_ROWS,
                    rows=rows,
                )
            )
        self._last_rows = {
            "service": FIRST_ROW + max(self.totals.service_rows, 1) - 1,
            "customers": FIRST_ROW + max(len(ids), 1) - 1,
        }
        self.book = xlsxwriter.Workbook(path_or_fileobj, _OPTIONS)
        try:
            self.formats = Formats(self.book, self.currency)
            self._set_properties()
            self._add_sheets()
            self._names = self._load_names()
            Summary(self).write_out()
            self._write_heads()
            self._write_rows(ids)
            self._write_glossary()
        finally:
            # after an error too: closing removes the temporary files of the sheets
            self.book.close()

    def _set_properties(self):
        self.book.set_properties(
            {
                "title": self.screening.display_name,
                "company": self.screening.company_id.name,
                "author": self.env.user.name,
                "created": self.screening.computed_at or datetime.now(),
            }
        )

    def _add_sheets(self):
        taken = set()
        self.sheets, self.titles = {}, {}
        for key, title in (
            ("summary", self.env._("Summary")),
            ("customers", self.env._("Customers")),
            ("quantity", self.env._("Quantity")),
            ("price", self.env._("Average Price")),
            ("service", self.env._("Months by Service")),
            ("glossary", self.env._("How It Is Computed")),
        ):
            self.titles[key] = sheet_name(title, taken)
            self.sheets[key] = self.book.add_worksheet(self.titles[key], worksheet_class=RowSheet)
        self.sheets["summary"].activate()

    def _load_names(self):
        """Names of what lines point at, one query each instead of one per line."""
        names = {}
        for model in ("res.country", "res.users", "logistics.customer.type", "logistics.service"):
            records = self.env[model].sudo().with_context(active_test=False).search([])
            names[model] = {record["id"]: record["name"] for record in records.read(["name"])}
        return names

    # ------------------------------------------------------------------ words and places
    @staticmethod
    def formula_text(text):
        """A text as it stands between quotation marks in a formula."""
        return text.replace('"', '""')

    def cached(self, value):
        """What a formula shows until it is recalculated."""
        return self.unknown if value is None else value

    def label(self, column):
        """Heading of a column of the sheet of customers."""
        text = self.Line._fields[column.name]._description_string(self.env)
        if column.name.startswith("score_"):
            text = self.env._("Points: %s", text)
        elif column.name == "customer_id":
            text = self.env._("Reference")
        return f"{text} ({self.currency.name})" if column.kind == "money" else text

    def label_of(self, name):
        """Heading of the column of a field."""
        return self.label(self.columns[self._positions[name]])

    def selection(self, name):
        """Translated values of a selection field, by code."""
        if name not in self._selections:
            field = self.Line._fields[name]
            self._selections[name] = dict(field._description_selection(self.env))
        return self._selections[name]

    def service_name(self, service_id):
        """Name of a service; lines without one have a name for that."""
        if not service_id:
            return self.env._("(no service)")
        return self._names["logistics.service"].get(service_id, f"#{service_id}")

    def position(self, name):
        """Column of a field on the sheet of customers, None when the reader may not see it."""
        return self._positions.get(name)

    def first_month(self, key):
        """Column of January on a sheet."""
        return len(self.columns) if key == "customers" else 2

    @property
    def year_column(self):
        """Column behind the months, of all sheets that begin with two columns of names."""
        return 2 + len(self.months)

    def _last_row(self, key):
        return self._last_rows.get(key, self._last_rows["customers"])

    def range_of(self, key, column):
        """Absolute range of the data of a column, with its sheet, for a formula."""
        title = self.titles[key].replace("'", "''")
        area = xl_range_abs(FIRST_ROW, column, self._last_row(key), column)
        return f"'{title}'!{area}"

    def column_range(self, name):
        """Range of a field on the sheet of customers, None when the reader may not see it."""
        place = self.position(name)
        return None if place is None else self.range_of("customers", place)

    def sum_formula(self, area):
        """Sum of what is known; the word for unknown when nothing is."""
        return f'=IF(COUNT({area})=0,"{self.unknown_text}",SUM({area}))'

    # ------------------------------------------------------------------ heads
    def _write_heads(self):
        env = self.env
        month_heads = [f"{month} ({self.currency.name})" for month in self.months]
        totals = {
            index: (column.kind, self.totals.line[column.name])
            for index, column in enumerate(self.columns)
            if column.total
        }
        for month, figures in self.totals.month.items():
            totals[len(self.columns) + month - 1] = ("money", figures["amount"])
        self._head(
            "customers",
            f"{self.screening.display_name} · {self.screening.company_id.name}",
            [*map(self.label, self.columns), *month_heads],
            totals,
            [*(column.width for column in self.columns), *[MONTH_WIDTH] * len(self.months)],
        )
        two = [env._("Customer"), env._("Reference")]
        self._head(
            "quantity",
            env._("Quantity by Month"),
            [*two, *self.months, env._("Year")],
            {
                **{
                    month + 1: ("quantity", figures["quantity"])
                    for month, figures in self.totals.month.items()
                },
                self.year_column: ("quantity", self.totals.line["quantity"]),
            },
            [34, 16, *[MONTH_WIDTH] * (len(self.months) + 1)],
        )
        self._head(
            "price",
            env._(
                "Average Price by Month (%s), over the lines whose amount is known",
                self.currency.name,
            ),
            [*two, *self.months, env._("Year")],
            None,
            [34, 16, *[MONTH_WIDTH] * (len(self.months) + 1)],
        )
        year = self.totals.service_year
        self._head(
            "service",
            env._("Amount by Service and Month (%s)", self.currency.name),
            [
                env._("Customer"),
                env._("Service"),
                *self.months,
                env._("Year"),
                env._("Quantity of the Year"),
            ],
            {
                **{
                    month + 1: ("money", amount)
                    for month, amount in self.totals.service_month.items()
                },
                self.year_column: ("money", year["amount"]),
                self.year_column + 1: ("quantity", year["quantity"]),
            },
            [34, 22, *[MONTH_WIDTH] * (len(self.months) + 2)],
        )
        self._decorate()

    def _head(self, key, title, labels, totals, widths):
        """Title, totals and headings of a sheet, in this order: rows cannot be revisited."""
        sheet = self.sheets[key]
        for index, width in enumerate(widths):
            sheet.set_column(index, index, width)
        sheet.freeze_panes(FIRST_ROW, 2)
        sheet.autofilter(HEADER_ROW, 0, self._last_row(key), len(labels) - 1)
        sheet.set_landscape()
        sheet.repeat_rows(HEADER_ROW)
        sheet.write_string(TITLE_ROW, 0, title, self.formats.title)
        if totals is not None:
            place = 1 if key == "customers" else 0
            sheet.write_string(TOTAL_ROW, place, self.env._("Total"), self.formats.total_text)
        for column, (kind, value) in sorted((totals or {}).items()):
            name = xl_col_to_name(column)
            area = f"{name}{FIRST_ROW + 1}:{name}{self._last_row(key) + 1}"
            sheet.write_formula(
                TOTAL_ROW,
                column,
                f'=IF(SUBTOTAL(102,{area})=0,"{self.unknown_text}",SUBTOTAL(109,{area}))',
                self.formats.total(kind),
                self.cached(value),
            )
        sheet.set_row(HEADER_ROW, 45)
        for column, label in enumerate(labels):
            sheet.write_string(HEADER_ROW, column, label, self.formats.header)

    def _decorate(self):
        """Bars behind the revenue, colours behind the points."""
        sheet, last = self.sheets["customers"], self._last_row("customers")
        place = self.position("revenue")
        sheet.conditional_format(
            FIRST_ROW, place, last, place, {"type": "data_bar", "bar_color": "#B7A0B0"}
        )
        place = self.position("score_total")
        sheet.conditional_format(
            FIRST_ROW,
            place,
            last,
            place,
            {"type": "3_color_scale", "min_type": "num", "mid_type": "num", "max_type": "num",
             "min_value": 0, "mid_value": 50, "max_value": 100,
             "min_color": "#F4B6B6", "mid_color": "#FFF2CC", "max_color": "#C6E5C3"},
        )  # fmt: skip

    # ------------------------------------------------------------------ rows
    def _write_rows(self, ids):
        self._next_service_row = FIRST_ROW
        self._cells = [self._cell_of(column) for column in self.columns]
        row = FIRST_ROW
        for batch in split_every(BATCH, ids, list):
            for line in read_lines(self.Line, self.columns, batch):
                self._write_customer(row, line)
                self._write_months(row, line)
                self._write_services(line)
                row += 1

    def _cell_of(self, column):
        """Name, converter and format of a column; the converter gives None for an empty cell."""
        name, kind = column.name, column.kind
        if kind == "flag":
            words = {True: self.yes, False: self.no, None: self.no}
            return name, words.get, self.formats.text
        if kind == "date":
            return name, lambda value: value and day_number(value), self.formats.date
        if name == "customer_id":
            return "reference", lambda value: value or None, self.formats.text
        if self.Line._fields[name].type == "many2one":
            names = self._names[self.Line._fields[name].comodel_name]
            return name, names.get, self.formats.text
        if kind == "text" and self.Line._fields[name].type == "selection":
            words = self.selection(name)
            return name, lambda value: words.get(value, value or None), self.formats.text
        if kind == "text":
            return name, lambda value: value or None, self.formats.text
        if name == "revenue_rank":
            # nobody is ranked zeroth
            return name, lambda value: value or None, self.formats.of(kind)
        return name, None, self.formats.of(kind)

    def _write_customer(self, row, line):
        cells = []
        for place, (name, convert, style) in enumerate(self._cells):
            value = line[name]
            if convert:
                value = convert(value)
            if value is not None and value != "":
                cells.append((place, value, style))
        first, money = len(self.columns), self.formats.money
        cells += [
            (first + month, figures[4], money)
            for month, figures in months_of(line, len(self.months))
            if figures[4] is not None
        ]
        self.sheets["customers"].write_cells(row, cells)

    def _write_months(self, row, line):
        whole, money = self.formats.quantity, self.formats.money
        head = [(0, line["customer_name"] or "", None), (1, line["reference"] or "", None)]
        quantities, prices = list(head), list(head)
        for month, (_lines, _known, quantity, known_quantity, amount) in months_of(
            line, len(self.months)
        ):
            if quantity is not None:
                quantities.append((2 + month, quantity, whole))
            if amount is not None and known_quantity:
                prices.append((2 + month, amount / known_quantity, money))
        if line["quantity"] is not None:
            quantities.append((self.year_column, line["quantity"], whole))
        if line["average_price"] is not None:
            prices.append((self.year_column, line["average_price"], money))
        self.sheets["quantity"].write_cells(row, quantities)
        self.sheets["price"].write_cells(row, prices)

    def _write_services(self, line):
        by_service, money, year = {}, self.formats.money, self.year_column
        for service, month, _lines, _known, quantity, _known_quantity, amount in (
            line["service_data"] or []
        ):
            by_service.setdefault(service, {})[month] = (quantity, amount)
        for service, months in sorted(
            by_service.items(), key=lambda item: self.service_name(item[0])
        ):
            cells = [
                (0, line["customer_name"] or "", None),
                (1, self.service_name(service), None),
            ]
            for month in range(1, len(self.months) + 1):
                amount = months[month][1] if month in months else 0
                if amount is not None:
                    cells.append((1 + month, amount, money))
            for place, index, kind in ((year, 1, "money"), (year + 1, 0, "quantity")):
                known = [
                    figures[index] for figures in months.values() if figures[index] is not None
                ]
                if known:
                    cells.append((place, fsum(known), self.formats.of(kind)))
            self.sheets["service"].write_cells(self._next_service_row, cells)
            self._next_service_row += 1

    def _write_glossary(self):
        sheet = self.sheets["glossary"]
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 110)
        sheet.write_string(0, 0, self.env._("How It Is Computed"), self.formats.title)
        for row, (term, meaning) in enumerate(glossary_rows(self.env, self.label, self.columns), 2):
            sheet.write_string(row, 0, term, self.formats.wrap)
            sheet.write_string(row, 1, meaning, self.formats.wrap)
