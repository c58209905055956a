# Part of logistics_crm. License LGPL-3 or later.
"""Rows of many cells, written at once.

A workbook of 100,000 customers has some fourteen million cells. A method call, a cell object and
an attribute list for each of them take most of the time it needs; a row put together as text takes
a seventh. Only plain rows go this way: numbers and texts, no formulas.
"""

from datetime import date
from functools import lru_cache
from math import isfinite

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_DAY_ZERO = date(1899, 12, 30)
_MACHINERY = ("fh", "previous_row", "_write_single_row", "_check_dimensions", "_escape_data")


def day_number(day):
    """A date as a spreadsheet counts it: days since 1899-12-30."""
    return (day - _DAY_ZERO).days


class RowSheet(Worksheet):
    """A worksheet that also takes whole rows; for workbooks written with ``constant_memory``."""

    def __init__(self):
        super().__init__()
        self._letters = [xl_col_to_name(column) for column in range(256)]
        self._styles = {}
        self._text = lru_cache(maxsize=20_000)(self._as_text)

    def write_cells(self, row, cells):
        """Write one row of plain cells; rows come top down.

        :param cells: list of ``(column, value, format or None)`` by column; texts, numbers, and
            nothing else. A number that is not finite is left out: it is unknown.
        """
        if not cells:
            return
        if not all(hasattr(self, name) for name in _MACHINERY):
            # another release of the library: its own, slower way
            self._write_one_by_one(row, cells)
            return
        if row > self.previous_row:
            self._write_single_row(row)
        self._check_dimensions(row, cells[0][0])
        self._check_dimensions(row, cells[-1][0])
        letters, styles, text, place = self._letters, self._styles, self._text, row + 1
        parts = [f'<row r="{place}">']
        for column, value, style in cells:
            try:
                attribute = styles[style]
            except KeyError:
                attribute = styles[style] = f' s="{style._get_xf_index()}"' if style else ""
            if value.__class__ is str:
                parts.append(f'<c r="{letters[column]}{place}"{attribute}{text(value)}</c>')
            elif isfinite(value):
                parts.append(f'<c r="{letters[column]}{place}"{attribute}><v>{value!r}</v></c>')
        parts.append("</row>")
        self.fh.write("".join(parts))

    def _as_text(self, value):
        """The rest of a cell with a text: never a formula, whatever it begins with."""
        value = self._escape_data(self._escape_control_characters(value[: self.xls_strmax]))
        space = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
        return f' t="inlineStr"><is><t{space}>{value}</t></is>'

    def _write_one_by_one(self, row, cells):
        for column, value, style in cells:
            if value.__class__ is str:
                self.write_string(row, column, value, style)
            elif isfinite(value):
                self.write_number(row, column, value, style)
