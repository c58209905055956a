# Part of logistics_crm. License LGPL-3 or later.
import io
from datetime import date
from unittest.mock import patch

import openpyxl
import xlsxwriter

from odoo.tests import BaseCase, tagged

from odoo.addons.logistics_crm.report import workbook_rows
from odoo.addons.logistics_crm.report.workbook_rows import RowSheet, day_number

TEXTS = [
    "plain",
    "=1+1",
    " spaces around ",
    "two\nlines",
    "<b>&amp;</b>",
    "control \x01 and _x0001_",
    "中文 🚚",
    "",
]
NUMBERS = [0, -1, 7, 0.1, 1e-9, 1234567.89, 1e15, 2**40, -0.5]


@tagged("post_install", "-at_install", "logistics_screening")
class TestWorkbookRows(BaseCase):
    """Whole rows give the file that cell by cell gives."""

    def _cells(self, how):
        file = io.BytesIO()
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
        sheet = book.add_worksheet("Rows", worksheet_class=RowSheet)
        bold = book.add_format({"bold": True})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet.write_string(0, 0, "Head", bold)
        row = [(place, text, bold if place % 2 else None) for place, text in enumerate(TEXTS)]
        first = len(TEXTS) + 2
        row += [(first + place, number, money) for place, number in enumerate(NUMBERS)]
        row += [(100, float("nan"), money), (101, day_number(date(2021, 3, 4)), None)]
        for place in (1, 2, 5):
            getattr(sheet, how)(place, row)
        sheet.write_string(7, 0, "Foot")
        book.close()
        read = openpyxl.load_workbook(io.BytesIO(file.getvalue())).active
        return {
            cell.coordinate: (cell.value, cell.data_type, cell.font.b, cell.number_format)
            for cells in read.iter_rows()
            for cell in cells
            if cell.value is not None
        }, read.dimensions

    def test_same_cells_either_way(self):
        quick, size = self._cells("write_cells")
        slow, slow_size = self._cells("_write_one_by_one")
        self.assertEqual(quick, slow)
        self.assertEqual(size, slow_size)
        self.assertEqual(quick["B2"][:2], ("=1+1", "s"), "a text that looks like a formula")
        self.assertNotIn("CW2", quick, "not a number is unknown, hence empty")
        self.assertEqual(quick["CX2"][0], 44259, "4 March 2021 as a spreadsheet counts")
        self.assertEqual((quick["A1"][0], quick["A8"][0]), ("Head", "Foot"))

    def test_another_release_of_the_library(self):
        """Without the machinery the rows are written cell by cell, not lost."""
        quick, _size = self._cells("write_cells")
        with patch.object(workbook_rows, "_MACHINERY", ("not_there",)):
            self.assertEqual(self._cells("write_cells")[0], quick)
