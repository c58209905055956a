# Part of logistics_crm. License LGPL-3 or later.
import io
import os
import random
import shutil
import subprocess
import tempfile
import unittest
from datetime import date

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.logistics_crm.report.screening_workbook_layout import sheet_name

from ..models.screening.screening_line_figures import CRITERION_FIGURES
from .test_trading_import import csv_text

HEADER, FIRST = 3, 4  # rows as openpyxl counts them
FORMULA_NAME = '=HYPERLINK("http://example.com","click")'
SHEETS = [
    "Summary",
    "Customers",
    "Quantity",
    "Average Price",
    "Months by Service",
    "How It Is Computed",
]


class WorkbookCase:
    """A company whose year 2014 holds known, unknown and negative figures."""

    @classmethod
    def set_up_screening(cls):
        cls.usd = cls.env.ref("base.USD")
        cls.usd.active = True
        cls.company = cls.env["res.company"].create(
            {"name": "Workbook Test Freight", "currency_id": cls.usd.id}
        )
        random.seed(14)
        rows = []
        for number in range(1, 9):
            for index in range(number * 3):
                day = date(random.choice([2013, 2014, 2014]), index % 12 + 1, number + 1)
                unknown = number == 8 or (number + index) % 5 == 0
                sign = -1 if index == 4 else 1
                rows.append(
                    {
                        "customer_ref": f"WB{number}",
                        "customer_name": f"Workbook Customer {number}",
                        "date": day.isoformat(),
                        "document": f"D{index}",
                        "service": ("", "WB Air", "WB Road")[index % 3],
                        "quantity": str(sign * random.randint(1, 900)),
                        "weight_kg": "",
                        "amount": "" if unknown else f"{sign * random.random() * 5000:.2f}",
                        "cost": "" if unknown or number % 2 else f"{random.random():.2f}",
                        "promised_date": day.isoformat(),
                        "delivered_date": day.replace(day=number + 1 + index % 2).isoformat(),
                        "due_date": "",
                        "paid_date": "",
                        "disputed": "",
                    }
                )
        rows = [dict(row, cost="") if row["amount"].startswith("-") else row for row in rows]
        result = cls.env["logistics.trading.history"]._import_csv(csv_text(*rows), cls.company)
        assert not result["errors"], result["errors"]
        named = cls.env["res.partner"].search([("ref", "=", "WB7")])
        named.name = FORMULA_NAME
        cls.env.flush_all()
        cls.screening = cls.env["logistics.screening"].create(
            {"year": 2014, "company_id": cls.company.id}
        )
        cls.screening.action_compute()
        cls.lines = cls.screening.line_ids.sorted(lambda line: (-(line.revenue or -1e9), line.id))

    def content(self, screening=None):
        file = io.BytesIO()
        (screening or self.screening)._workbook_write(file)
        return file.getvalue()

    def book(self, content=None, **options):
        return openpyxl.load_workbook(io.BytesIO(content or self.content()), **options)

    def rows(self, sheet):
        """Rows of a sheet below its headings, as dicts by heading."""
        heads = [cell.value for cell in sheet[HEADER]]
        return [
            dict(zip(heads, values, strict=True))
            for values in sheet.iter_rows(min_row=FIRST, values_only=True)
        ]


@tagged("post_install", "-at_install")
class TestScreeningWorkbook(WorkbookCase, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_screening()

    def assert_figure(self, cell, value, message=None):
        if value is False or value is None:
            self.assertIsNone(cell, message)
        else:
            self.assertAlmostEqual(cell, value, 6, message)

    def test_sheets(self):
        book = self.book()
        self.assertEqual(book.sheetnames, SHEETS)
        customers = book["Customers"]
        self.assertEqual(customers.freeze_panes, "C4")
        self.assertTrue(customers.auto_filter.ref.startswith("A3:"))
        self.assertEqual(len(book["Summary"]._charts), 2)

    def test_customers_are_those_of_the_database(self):
        rows = self.rows(self.book(data_only=True)["Customers"])
        self.assertEqual(len(rows), len(self.lines))
        by_reference = {row["Reference"]: row for row in rows}
        for line in self.lines:
            row = by_reference[line.partner_id.ref]
            self.assertEqual(row["Customer"], line.customer_name)
            self.assert_figure(row["Revenue (USD)"], line.revenue, line.customer_name)
            self.assert_figure(row["Revenue of the Year Before (USD)"], line.revenue_previous)
            self.assert_figure(row["Quantity"], line.quantity)
            self.assert_figure(row["Gross Margin (USD)"], line.gross_margin)
            self.assert_figure(row["Margin Rate"], line.margin_rate)
            self.assert_figure(row["Cost Coverage"], line.cost_coverage)
            self.assert_figure(row["Points: Safety"], line.score_safety)
            self.assert_figure(row["Points: Volume"], line.score_volume)
            self.assertEqual(row["Traded in the Year"], "Yes" if line.traded else "No")
            self.assertEqual(row["Reason"], line.proposal_reason)
            months = {month.month: month for month in line.month_ids}
            for number, name in ((1, "Jan"), (7, "Jul"), (12, "Dec")):
                self.assert_figure(row[f"{name} (USD)"], months[number].amount)
        self.assertTrue(
            any(line.revenue is False for line in self.lines), "the test has an unknown revenue"
        )

    def test_every_figure_of_the_criteria_is_a_column(self):
        """The one list of raw figures is what the workbook has, besides what is not stored."""
        heads = [cell.value for cell in self.book()["Customers"][HEADER]]
        self.assertEqual(len(heads), len(set(heads)), "no column twice")
        fields = self.env["logistics.screening.line"]._fields
        for names in CRITERION_FIGURES.values():
            for name in names:
                label = fields[name]._description_string(self.env)
                shown = label in heads or f"{label} (USD)" in heads
                self.assertEqual(shown, fields[name].store, name)

    def test_months_and_services_are_those_of_the_database(self):
        book = self.book(data_only=True)
        quantities = {row["Reference"]: row for row in self.rows(book["Quantity"])}
        prices = {row["Reference"]: row for row in self.rows(book["Average Price"])}
        for line in self.lines:
            reference = line.partner_id.ref
            for month, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun"), 1):
                figures = line.month_ids.filtered(lambda m, month=month: m.month == month)
                self.assert_figure(quantities[reference][name], figures.quantity)
                price = prices[reference][name]
                if figures.average_price is False:
                    self.assertIsNone(price)
                else:
                    self.assertAlmostEqual(price, figures.average_price, 2)
        services = self.rows(book["Months by Service"])
        for line in self.lines:
            months = line.service_month_ids.filtered(lambda m: m.month == 3 and m.amount)
            shown = [
                row["Mar"]
                for row in services
                if row["Customer"] == line.customer_name and row["Mar"]
            ]
            self.assertAlmostEqual(sum(shown), sum(months.mapped("amount")), 6)
        self.assertIn("(no service)", {row["Service"] for row in services})

    def test_names_are_text_never_formulas(self):
        book = self.book()
        for title in ("Customers", "Quantity", "Average Price", "Months by Service"):
            column = 2 if title == "Customers" else 1
            cells = [cell for (cell,) in book[title].iter_rows(min_col=column, max_col=column)]
            named = [cell for cell in cells if cell.value == FORMULA_NAME]
            self.assertTrue(named, title)
            for cell in named:
                # openpyxl reads a formula as type "f", a string as "s"
                self.assertEqual(cell.data_type, "s", title)
                self.assertIsNone(cell.hyperlink)

    def test_totals_are_formulas_that_agree_with_the_campaign(self):
        formulas, values = self.book()["Summary"], self.book(data_only=True)["Summary"]
        shown = {row[0].value: row[1].value for row in values.iter_rows() if row[0].value}
        self.assertEqual(shown["Customers screened"], self.screening.customer_count)
        self.assertEqual(shown["Traded in the year"], self.screening.traded_count)
        self.assertEqual(shown["of these with a known amount"], self.screening.known_amount_count)
        self.assertEqual(shown["Trading Lines"], self.screening.trade_line_count)
        self.assertEqual(shown["Late Deliveries"], self.screening.late_count)
        self.assertAlmostEqual(shown["Revenue (USD)"], self.screening.revenue, 6)
        self.assertAlmostEqual(shown["Gross Margin (USD)"], self.screening.gross_margin, 6)
        self.assertAlmostEqual(shown["Cost Coverage"], self.screening.cost_coverage, 6)
        for row in formulas.iter_rows():
            if row[0].value in ("Revenue (USD)", "Trading Lines", "Traded in the year"):
                self.assertTrue(str(row[1].value).startswith("="), row[0].value)

    def test_unknown_totals_say_so(self):
        result = self.env["logistics.trading.history"]._import_csv(
            csv_text(
                {
                    "customer_ref": "WBU",
                    "amount": "",
                    "cost": "",
                    "date": "2011-05-05",
                    "promised_date": "",
                    "delivered_date": "",
                    "due_date": "",
                    "paid_date": "",
                },
            ),  # fmt: skip
            self.company,
        )
        self.assertEqual(result["created"], 1)
        screening = self.env["logistics.screening"].create(
            {"year": 2011, "company_id": self.company.id}
        )
        screening.action_compute()
        content = self.content(screening)
        summary = self.book(content, data_only=True)["Summary"]
        shown = {row[0].value: row[1].value for row in summary.iter_rows() if row[0].value}
        self.assertEqual(shown["Revenue (USD)"], "unknown")
        self.assertEqual(shown["Gross Margin (USD)"], "unknown")
        self.assertEqual(shown["of these with a known amount"], 0)
        (row,) = self.rows(self.book(content, data_only=True)["Customers"])
        self.assertIsNone(row["Revenue (USD)"])
        self.assertIsNone(row["May (USD)"], "traded, amount unknown")
        self.assertEqual(row["Jun (USD)"], 0, "no trade: known to be nothing")
        self.check_recalculation(content)

    @unittest.skipUnless(shutil.which("soffice"), "LibreOffice is not installed")
    def test_libreoffice_computes_the_same(self):
        self.lines[:2].write({"decision": "keep"})
        self.check_recalculation(self.content())

    def check_recalculation(self, content):
        """Take the values away, let LibreOffice compute them, compare with those written."""
        if not shutil.which("soffice"):
            self.skipTest("LibreOffice is not installed")
        cached = self.book(content, data_only=True)
        formulas = self.book(content)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bare.xlsx")
            formulas.save(path)  # openpyxl writes formulas without values
            target = os.path.join(folder, "computed")
            subprocess.run(
                ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile",
                 "--convert-to", "xlsx", "--outdir", target, path],
                check=True, capture_output=True, timeout=180,
            )  # fmt: skip
            computed = openpyxl.load_workbook(os.path.join(target, "bare.xlsx"), data_only=True)
        compared = 0
        for sheet in formulas:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type != "f":
                        continue
                    place = f"{sheet.title}!{cell.coordinate} {cell.value}"
                    expected = cached[sheet.title][cell.coordinate].value
                    found = computed[sheet.title][cell.coordinate].value
                    if isinstance(expected, str):
                        self.assertEqual(found, expected, place)
                    else:
                        self.assertAlmostEqual(found, expected, 5, place)
                    compared += 1
        self.assertGreater(compared, 60, "there are live totals to compare")

    def test_merged_customer_is_not_counted_twice(self):
        before = self.screening.line_ids
        self.assertTrue(all(not line.folded for line in before))
        self.screening.action_close()
        before[0]._write_computed({"folded": True})
        rows = self.rows(self.book(data_only=True)["Customers"])
        self.assertEqual(len(rows), len(before) - 1)

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        screening = self.screening.with_context(lang="fr_FR")
        content = self.content(screening)
        customers = self.book(content)["Customers"]
        heads = [cell.value for cell in customers[HEADER]]
        self.assertTrue(any(head.startswith("févr.") for head in heads), heads)

    def test_not_before_it_is_computed(self):
        draft = self.env["logistics.screening"].create(
            {"year": 2012, "company_id": self.company.id}
        )
        with self.assertRaises(UserError):
            self.content(draft)

    def test_who_may_take_it_away(self):
        def user(groups):
            return new_test_user(
                self.env,
                login=f"workbook_{groups}",
                groups=groups,
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )

        for groups in ("logistics_crm.group_manager", "logistics_crm.group_credit_controller"):
            content = self.content(self.screening.with_user(user(groups)))
            rows = self.rows(self.book(content, data_only=True)["Customers"])
            self.assertEqual(len(rows), len(self.lines), groups)
            self.assertIn("Gross Margin (USD)", rows[0])
        for groups in ("logistics_crm.group_user", "logistics_crm.group_user_all"):
            with self.assertRaises(AccessError):
                self.content(self.screening.with_user(user(groups)))
            with self.assertRaises(AccessError):
                self.screening.with_user(user(f"{groups},base.group_no_one")).sudo(
                    False
                ).action_download_workbook()
        other = self.env["res.company"].create({"name": "Workbook Test Elsewhere"})
        stranger = new_test_user(
            self.env,
            login="workbook_stranger",
            groups="logistics_crm.group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        with self.assertRaises(AccessError):
            self.content(self.screening.with_user(stranger))

    def test_sheet_names_in_any_language(self):
        taken = set()
        self.assertEqual(sheet_name("Kunden: [A/B]?", taken), "Kunden   A B")
        self.assertEqual(len(sheet_name("x" * 60, taken)), 31)
        self.assertEqual(len(sheet_name("x" * 60, taken)), 31)
        self.assertEqual(len(taken), 3)
        self.assertTrue(sheet_name("''", taken))


@tagged("post_install", "-at_install")
class TestScreeningWorkbookDownload(WorkbookCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_screening()
        for login, group in (("wb_manager", "manager"), ("wb_sales", "user_all")):
            new_test_user(
                cls.env,
                login=login,
                groups=f"logistics_crm.group_{group}",
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )

    def test_manager_downloads(self):
        self.authenticate("wb_manager", "wb_manager")
        url = self.screening.action_download_workbook()["url"]
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertIn("screening-2014.xlsx", response.headers["Content-Disposition"])
        self.assertEqual(int(response.headers["Content-Length"]), len(response.content))
        self.assertEqual(self.book(response.content).sheetnames, SHEETS)
        missing = self.url_open("/logistics_crm/screening/999999999/workbook")
        self.assertEqual(missing.status_code, 404)

    @mute_logger("odoo.http")
    def test_salesperson_does_not(self):
        self.authenticate("wb_sales", "wb_sales")
        response = self.url_open(f"/logistics_crm/screening/{self.screening.id}/workbook")
        self.assertEqual(response.status_code, 403)
        self.assertNotIn(b"PK", response.content[:4])
