# Part of logistics_crm. License LGPL-3 or later.
"""Aged receivables as an xlsx workbook: summary, customers by bucket, and every item behind them.

The customers' figures are formulas over the items, so that whoever filters or corrects the items
sees the table follow; the values shown until a program recalculates are those of the run.
"""

from math import fsum

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from odoo.exceptions import UserError

from .screening_workbook_layout import Formats, sheet_name

HEAD = 3  # row of the column headings; the totals stand above them
FIRST = HEAD + 1
MAX_ROWS = 1_048_576 - FIRST
# beyond this many formulas a spreadsheet program needs minutes to open the file
MAX_FORMULA_ROWS = 2000
_OPTIONS = {
    "constant_memory": True,
    # a customer called =HYPERLINK("http://x") is a text and stays one
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class AgeingWorkbook:
    """Writes one run; ``run`` carries the reader's rights and language."""

    def __init__(self, run):
        self.run = run
        self.env = run.env
        self.buckets = run._buckets()
        self.rows = run._customer_rows()
        self.items = self._read_items()

    def _read_items(self):
        items = self.env["logistics.receivable.report.line"].search_fetch(
            [("report_id", "=", self.run.id)],
            ["partner_id", "document", "open_amount"],
            order="source desc, partner_id, due_date, id",
        )
        if len(items) > MAX_ROWS:
            raise UserError(
                self.env._(
                    "A worksheet has room for %(limit)s rows, the run has %(rows)s. Export the "
                    "list of items in parts instead.",
                    limit=MAX_ROWS,
                    rows=len(items),
                )
            )
        return items

    def write_out(self, path_or_fileobj):
        """Write the workbook to a path or a binary file."""
        self.book = xlsxwriter.Workbook(path_or_fileobj, _OPTIONS)
        try:
            self.formats = Formats(self.book, self.run.currency_id)
            self.green = self.book.add_format(
                {"bold": True, "bg_color": "#D4EDDA", "font_color": "#155724"}
            )
            self.red = self.book.add_format(
                {"bold": True, "bg_color": "#F8D7DA", "font_color": "#721C24"}
            )
            taken = set()
            self.titles = [
                sheet_name(title, taken)
                for title in (
                    self.env._("Summary"),
                    self.env._("Customers"),
                    self.env._("Items"),
                )
            ]
            self.sheets = [self.book.add_worksheet(title) for title in self.titles]
            for sheet in self.sheets:
                sheet.set_landscape()
                sheet.set_paper(9)
                sheet.fit_to_pages(1, 0)
            self._write_summary()
            self._write_customers()
            self._write_items()
            self.book.set_properties({"title": self.run.name, "author": self.env.user.name})
        finally:
            self.book.close()

    # ------------------------------------------------------------------ places
    def _quoted(self, index):
        return "'" + self.titles[index].replace("'", "''") + "'"

    def _item_range(self, column):
        last = FIRST + max(len(self.items), 1)
        name = xl_col_to_name(column)
        return f"{self._quoted(2)}!${name}${FIRST + 1}:${name}${last}"

    def _customer_range(self, column):
        last = FIRST + max(len(self.rows), 1)
        name = xl_col_to_name(column)
        return f"{self._quoted(1)}!${name}${FIRST + 1}:${name}${last}"

    # ------------------------------------------------------------------ sheets
    def _write_summary(self):
        env, run, sheet, formats = self.env, self.run, self.sheets[0], self.formats
        labels = dict(run._fields["basis"]._description_selection(env))
        money = formats.of("money")
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 3, 18)
        sheet.set_column(4, 4, 60)
        sheet.write(0, 0, run.name, formats.title)
        sheet.write(1, 0, env._("Company"))
        sheet.write(1, 1, run.company_id.name)
        sheet.write(2, 0, env._("As Of"))
        sheet.write_datetime(2, 1, run.as_of, formats.of("date"))
        sheet.write(3, 0, env._("Basis"))
        sheet.write(3, 1, labels[run.basis])
        sheet.write(4, 0, env._("Currency"))
        sheet.write(4, 1, run.currency_id.name)
        heads = (env._("Bucket"), env._("Amount"), env._("Loss Rate (%)"), env._("Expected Loss"))
        sheet.write_row(6, 0, heads, formats.header)
        row = 7
        for position, total in enumerate(run.total_ids):
            column = 2 + position
            sheet.write(row, 0, total.name)
            sheet.write_formula(
                row, 1, f"=SUM({self._customer_range(column)})", money, total.amount
            )
            if total.loss_rate is not False:
                sheet.write_number(row, 2, total.loss_rate, formats.of("number"))
                sheet.write_formula(
                    row,
                    3,
                    f"={xl_rowcol_to_cell(row, 1)}*{xl_rowcol_to_cell(row, 2)}/100",
                    money,
                    total.expected_loss,
                )
            row += 1
        sheet.write(row, 0, env._("Total"), formats.total_text)
        sheet.write_formula(row, 1, f"=SUM(B8:B{row})", formats.total("money"), run.total)
        total_cell = xl_rowcol_to_cell(row, 1)
        row += 1
        sheet.write(row, 0, env._("Balance of the Receivable Accounts"))
        sheet.write_number(row, 1, run.ledger_balance, money)
        row += 1
        sheet.write(row, 0, env._("Difference"), formats.total_text)
        difference = f"ROUND({total_cell}-{xl_rowcol_to_cell(row - 1, 1)},2)"
        sheet.write_formula(row, 1, f"={difference}", formats.total("money"), run.difference)
        good, bad = env._("Equals the ledger"), env._("Differs from the ledger")
        sheet.write(
            row, 2, good if run.reconciled else bad, self.green if run.reconciled else self.red
        )
        row += 2
        for gap in run.difference_ids:
            sheet.write(row, 0, gap.account_id.display_name or "")
            sheet.write_number(row, 1, gap.difference, money)
            sheet.write(row, 2, gap.partner_id.display_name or env._("Without Partner"))
            row += 1
        notes = [
            env._(
                "Sums are formulas. The items are what was open on the day, as the books said when "
                "the run was computed; a settlement counts from the later of its two dates."
            ),
            env._("Due on the day itself is not overdue."),
            env._(
                "Unallocated: payments, deposits and credit notes that no invoice has been "
                "settled with."
            ),
        ]
        if run.history_total or run.history_unknown:
            notes.append(
                env._(
                    "Open before the ledger began, on no account and not in the total: "
                    "%(amount)s; of unknown amount: %(count)s.",
                    amount=run.history_total,
                    count=run.history_unknown,
                )
            )
        for text in notes:
            row += 1
            sheet.write(row, 0, text, formats.note)

    def _write_customers(self):
        env, sheet, formats = self.env, self.sheets[1], self.formats
        names = [name for _id, name in self.buckets]
        heads = [
            env._("Customer"),
            env._("Reference"),
            *names,
            env._("Unallocated"),
            env._("Total"),
        ]
        sheet.set_column(0, 0, 38)
        sheet.set_column(1, 1, 14)
        sheet.set_column(2, len(heads) - 1, 15)
        sheet.freeze_panes(FIRST, 1)
        sheet.repeat_rows(HEAD)
        sheet.write(0, 0, self.run.name, formats.title)
        last = FIRST + max(len(self.rows), 1)
        amounts = [[*row["amounts"], row["unallocated"], row["total"]] for row in self.rows]
        sheet.write(2, 0, env._("Total"), formats.total_text)
        sheet.write(2, 1, "", formats.total_text)
        for index in range(len(heads) - 2):
            name = xl_col_to_name(2 + index)
            sheet.write_formula(
                2,
                2 + index,
                f"=SUBTOTAL(109,{name}{FIRST + 1}:{name}{last})",
                formats.total("money"),
                fsum(row[index] for row in amounts),
            )
        sheet.write_row(HEAD, 0, heads, formats.header)
        live = len(self.rows) <= MAX_FORMULA_ROWS
        keys, buckets, money = (self._item_range(c) for c in (0, 6, 9))
        sources = self._item_range(8)
        for number, (row, values) in enumerate(zip(self.rows, amounts, strict=True)):
            at = FIRST + number
            sheet.write_string(at, 0, row["name"])
            sheet.write_string(at, 1, row["ref"])
            for index, value in enumerate(values[:-1]):
                if live:
                    head = xl_rowcol_to_cell(HEAD, 2 + index, row_abs=True)
                    formula = (
                        f"=SUMIFS({money},{keys},{row['partner_id'] or 0},{buckets},{head},"
                        f'{sources},"{self._source_text()}")'
                    )
                    sheet.write_formula(at, 2 + index, formula, formats.of("money"), value)
                else:
                    sheet.write_number(at, 2 + index, value, formats.of("money"))
            first, final = (xl_rowcol_to_cell(at, c) for c in (2, len(heads) - 2))
            sheet.write_formula(
                at, len(heads) - 1, f"=SUM({first}:{final})", formats.of("money"), values[-1]
            )
        sheet.autofilter(HEAD, 0, last - 1, len(heads) - 1)

    def _source_text(self):
        labels = dict(
            self.env["logistics.receivable.report.line"]
            ._fields["source"]
            ._description_selection(self.env)
        )
        return labels["ledger"].replace('"', '""')

    def _write_items(self):
        env, sheet, formats = self.env, self.sheets[2], self.formats
        line = env["logistics.receivable.report.line"]
        sources = dict(line._fields["source"]._description_selection(env))
        names = dict(self.buckets)
        heads = (
            env._("No."),
            env._("Customer"),
            env._("Document"),
            env._("Document Date"),
            env._("Due Date"),
            env._("Days Overdue"),
            env._("Bucket"),
            env._("Representative"),
            env._("Source"),
            env._("Open"),
            env._("Currency"),
            env._("Open in Currency"),
        )
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, 1, 34)
        sheet.set_column(2, 11, 16)
        sheet.freeze_panes(FIRST, 3)
        sheet.write(0, 0, self.run.name, formats.title)
        last = FIRST + max(len(self.items), 1)
        sheet.write(2, 1, env._("Total"), formats.total_text)
        sheet.write_formula(
            2,
            9,
            f"=SUBTOTAL(109,J{FIRST + 1}:J{last})",
            formats.total("money"),
            fsum(item.open_amount or 0.0 for item in self.items),
        )
        sheet.write_row(HEAD, 0, heads, formats.header)
        unallocated = env._("Unallocated")
        date, money = formats.of("date"), formats.of("money")
        for number, item in enumerate(self.items):
            at = FIRST + number
            sheet.write_number(at, 0, item.partner_id.id or 0)
            sheet.write_string(at, 1, item.partner_id.display_name or env._("Without Partner"))
            sheet.write_string(at, 2, item.document or "")
            sheet.write_datetime(at, 3, item.document_date, date)
            sheet.write_datetime(at, 4, item.due_date, date)
            sheet.write_number(at, 5, item.days_overdue)
            sheet.write_string(at, 6, names.get(item.bucket_id.id) or unallocated)
            sheet.write_string(at, 7, item.user_id.name or "")
            sheet.write_string(at, 8, sources[item.source])
            if item.open_amount is not False:
                sheet.write_number(at, 9, item.open_amount, money)
            sheet.write_string(at, 10, item.document_currency_id.name or "")
            if item.open_amount_currency is not False:
                sheet.write_number(at, 11, item.open_amount_currency, money)
        sheet.autofilter(HEAD, 0, last - 1, len(heads) - 1)
