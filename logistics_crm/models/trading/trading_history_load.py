# Part of logistics_crm. License LGPL-3 or later.
"""One run of the trading history import: stream, check, COPY, then set-based SQL.

Python sees each row once and keeps only one entry per customer, service and refused row, so that
a million rows need no more memory than ten thousand. Everything that compares rows with each
other or with the database is one statement over a temporary table.
"""

import csv
import io

from odoo import fields
from odoo.tools import SQL

from .trading_history_lookup import Countries, Currencies, Services
from .trading_history_partners import PartnerFinder
from .trading_history_reader import CsvSource, FileProblem, RowReader
from .trading_history_rules import COLUMNS, RowChecker, is_formula, is_number
from .trading_history_store import MAX_WARNINGS, HistoryStore

COPY_ROWS = 20_000
MAX_ERRORS = 10_000
_REFUSED_COLUMNS = ("refused_line", "refused_column", "refused_reason", "refused_text")


def _copy_text(value):
    """A text for COPY; control characters were refused before, only backslashes are special."""
    return value.replace("\\", "\\\\")


class HistoryLoad(HistoryStore):
    """One import into one company. ``model`` is ``logistics.trading.history`` as superuser."""

    def __init__(self, model, company, skip_bad=False, dry_run=False):
        self.model = model
        self.env = model.env
        self.cr = model.env.cr
        self.company = company
        self.skip_bad = skip_bad
        self.dry_run = dry_run
        self.errors = []
        self.error_count = 0
        self.refused = {}  # line -> [(column, reason)], only when they have to come back
        self.refused_count = 0
        self.warnings = []
        self.rows = 0
        self.fatal = False

    # ------------------------------------------------------------------ the run
    def run(self, text_or_path):
        """Import and return the result dict of ``_import_csv``."""
        self.env.flush_all()
        result = {"created": 0, "skipped": 0, "customers_created": 0, "services_created": 0}
        source = CsvSource(self.env, text_or_path)
        self._create_tables()
        try:
            with source.open() as stream:
                self._read(RowReader(self.env, stream))
        except FileProblem as problem:
            self.fatal = True
            self._refuse(problem.line, problem.problems)
        if not self.fatal:
            self.partners.find()
            self._refuse_ambiguous_customers()
            self._refuse_contradictions()
            if self.dry_run or self.skip_bad or not self.refused_count:
                self._store(result)
        self._drop_tables()
        self.errors.sort(key=lambda error: error[0])
        result.update(
            errors=self.errors,
            error_count=self.error_count,
            refused=self.refused_count,
            rows=self.rows,
            warnings=self.warnings,
        )
        if self.skip_bad:
            result["refused_csv"] = self._refused_csv(source) if self.refused else ""
        return result

    def _store(self, result):
        missing_services = self._used_services()
        if self.dry_run:
            result["services_created"] = len(missing_services)
            result["customers_created"] = self.partners.count_missing()
            result["created"], loaded = self._count_new()
            result["skipped"] = loaded - result["created"]
            return
        result["services_created"] = self.services.create_missing(missing_services)
        result["customers_created"] = self.partners.create_missing()
        self.partners.warn_about_names()
        for partners in self.partners.batches():
            self.env["logistics.customer"]._ensure_for(partners, self.company)
            self.env.invalidate_all()
        result["created"], loaded = self._insert()
        result["skipped"] = loaded - result["created"]
        if result["skipped"]:
            self._warn_about_changes()
        self.model.invalidate_model()

    # ------------------------------------------------------------------ problems
    def _refuse(self, line, problems):
        """Note the problems of one row (or file)."""
        self.refused_count += 1
        self.error_count += len(problems)
        if self.skip_bad:
            self.refused[line] = problems
        if self.skip_bad or len(self.errors) < MAX_ERRORS:
            self.errors.extend((line, column, reason) for column, reason in problems)

    def warn(self, line, column, text):
        """Note something that does not stop the row."""
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append((line, column, text))

    # ------------------------------------------------------------------ reading
    def _read(self, reader):
        rows = iter(reader)
        header = self._read_header(next(rows, None))
        checker = RowChecker(
            self.env, header, fields.Date.today(), self.company.logistics_ledger_start
        )
        self.currencies = Currencies(self.env, self.company)
        self.services = Services(self.env)
        self.partners = PartnerFinder(self, Countries(self.env))
        batch = []
        for line, cells, problem in rows:
            if cells is not None and not any(map(str.strip, cells)):
                continue  # the empty rows that spreadsheets leave at the end
            self.rows += 1
            if problem is not None:
                self._refuse(line, [("", problem)])
                continue
            values = checker.parse(cells)
            if values is None:
                self._refuse(line, checker.problems)
                continue
            record = self._record(line, values)
            if record is not None:
                batch.append(record)
                if len(batch) >= COPY_ROWS:
                    self._copy(batch)
                    batch = []
        self._copy(batch)
        if not self.rows:
            raise FileProblem(1, self.env._("There are no rows below the header."))
        if len(self.services.wanted) > Services.MAX_NEW:
            raise FileProblem(
                1,
                self.env._(
                    "The column service has more than %s names that are not services yet. Does "
                    "it hold something else?",
                    Services.MAX_NEW,
                ),
            )
        self.cr.execute("ANALYZE logistics_history_load")

    def _read_header(self, first):
        if first is None:
            raise FileProblem(
                1, self.env._("The file is empty. It needs a header and one row per document line.")
            )
        line, cells, problem = first
        if problem is not None:
            raise FileProblem(line, problem)
        header = [cell.strip().casefold() for cell in cells]
        missing = [column for column in COLUMNS if column not in header]
        if missing:
            separator = next((mark for mark in ";\t|" if mark in cells[0]), None)
            if len(cells) == 1 and separator:
                reason = self.env._(
                    "The cells are separated by “%s”. Save the file with commas between them.",
                    separator.replace("\t", "TAB"),
                )
                raise FileProblem(line, reason)
            problems = [(column, self._missing_column(column)) for column in missing]
            raise FileProblem(line, problems[0][1], problems)
        for column in COLUMNS:
            if header.count(column) > 1:
                raise FileProblem(
                    line,
                    self.env._("The column %s is there twice. Remove or rename one.", column),
                )
        for extra in [name for name in header if name not in COLUMNS]:
            self.warn(
                line, extra[:40], self.env._("This column is not part of the format; not imported.")
            )
        return header

    def _missing_column(self, column):
        return self.env._(
            "The column %s is missing from the header. Add it, and leave its cells empty where "
            "nothing is known.",
            column,
        )

    def _record(self, line, values):
        """Return the line for COPY, or None when currency or service do not fit."""
        amount, cost = values["amount"], values["cost"]
        has_amounts = amount is not None or cost is not None
        currency_id, factor, reason = self.currencies.resolve(
            values["currency"], values["date"], has_amounts
        )
        if reason:
            self._refuse(line, [("currency", reason)])
            return None
        self.partners.note(line, values)
        content = "\t".join(
            [
                _copy_text(self.services.want(values["service"])) or "\\N",
                *(
                    "\\N" if values[name] is None else values[name].isoformat()
                    for name in (
                        "date",
                        "promised_date",
                        "delivered_date",
                        "due_date",
                        "paid_date",
                    )
                ),
                values["disputed"] or "\\N",
                *(
                    "\\N" if values[name] is None else repr(values[name])
                    for name in ("quantity", "weight_kg", "amount", "cost")
                ),
                str(currency_id),
                repr(factor),
            ]
        )
        return "\t".join(
            (
                str(line),
                _copy_text(values["customer_ref"]),
                _copy_text(values["document"]),
                _copy_text(values["line"]),
                content,
                str(hash(content)),
            )
        )

    def _refuse_ambiguous_customers(self):
        ambiguous = self.partners.ambiguous
        if not ambiguous:
            return
        rows = self.env.execute_query(
            SQL(
                "DELETE FROM logistics_history_load WHERE customer_ref = ANY(%s)"
                " RETURNING line, customer_ref",
                list(ambiguous),
            )
        )
        for line, ref in sorted(rows):
            reason = self.env._(
                "%(count)s contacts have the reference %(ref)s: %(names)s. Merge them, or give "
                "each a reference of its own.",
                count=len(ambiguous[ref]),
                ref=ref,
                names=", ".join(ambiguous[ref][:3]),
            )
            self._refuse(line, [("customer_ref", reason)])

    def _refuse_contradictions(self):
        """Refuse rows of one identity with different contents: nobody knows which is right."""
        groups = self.env.execute_query(
            SQL(
                """
                SELECT array_agg(line ORDER BY line) FROM logistics_history_load
                 GROUP BY customer_ref, document, doc_line
                HAVING count(*) > 1 AND min(content) <> max(content)
                """
            )
        )
        for (lines,) in groups:
            for line in lines:
                reason = self.env._(
                    "Line %(other)s has the same customer_ref, document and line with other "
                    "values. Keep the right one, or number the lines apart.",
                    other=lines[1] if line == lines[0] else lines[0],
                )
                self._refuse(line, [("line", reason)])
        if groups and self.skip_bad:
            bad = [line for (lines,) in groups for line in lines]
            self.env.execute_query(
                SQL("DELETE FROM logistics_history_load WHERE line = ANY(%s) RETURNING 1", bad)
            )

    # ------------------------------------------------------------------ giving back
    def _refused_csv(self, source):
        """The refused rows as they were, with line, column and reason, as CSV text.

        What does not fit the columns of the header comes back whole in ``refused_text``.
        """
        if self.fatal:
            return ""
        output = io.StringIO()
        writer = csv.writer(output, lineterminator="\r\n")
        with source.open() as stream:
            reader = RowReader(self.env, stream)
            rows = iter(reader)
            _line, header, _problem = next(rows)
            writer.writerow([*map(_harmless, header), *_REFUSED_COLUMNS])
            for line, cells, _problem in rows:
                problems = self.refused.get(line)
                if not problems:
                    continue
                text = ""
                if cells is None:
                    cells, text = [""] * len(header), reader.bad_text
                elif len(cells) != len(header):
                    cells, text = [""] * len(header), ",".join(cells)
                columns = " ".join(column for column, _reason in problems if column)
                reasons = " ".join(reason for _column, reason in problems)
                writer.writerow(map(_harmless, [*cells, str(line), columns, reasons, text]))
        return output.getvalue()


def _harmless(cell):
    """A cell as plain text that no spreadsheet program takes for a formula.

    Also for those refused for another reason: whoever corrects the file opens it there.
    """
    return f"'{cell}" if is_formula(cell) and not is_number(cell) else cell
