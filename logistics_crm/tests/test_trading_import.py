# Part of logistics_crm. License LGPL-3 or later.
import csv
import io
import os
import tempfile
from datetime import date, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.logistics_crm.models.trading.trading_history_rules import COLUMNS

from .trading_import_common import ImportCase, csv_text


@tagged("post_install", "-at_install")
class TestTradingImport(ImportCase):
    def test_row_is_stored_as_given(self):
        result = self.import_csv(csv_text({}))
        self.assertEqual((result["created"], result["skipped"], result["errors"]), (1, 0, []))
        row = self.rows()
        self.assertEqual(row.partner_id.ref, "R1")
        self.assertEqual(row.partner_id.name, "Acme Ltd")
        self.assertTrue(row.partner_id.is_company)
        self.assertFalse(row.partner_id.company_id, "other companies may trade with it too")
        self.assertEqual(row.partner_id.country_id, self.env.ref("base.ke"))
        self.assertEqual(row.service_id.name, "Import Test Air")
        self.assertEqual((row.document, row.line, row.date), ("D1", "1", date(2014, 3, 5)))
        self.assertEqual((row.quantity, row.weight_kg), (12, 340.5))
        self.assertEqual((row.amount, row.cost), (1250.25, 980))
        self.assertEqual((row.amount_company, row.cost_company), (1250.25, 980))
        self.assertEqual(row.promised_date, date(2014, 3, 12))
        self.assertEqual(row.delivered_date, date(2014, 3, 11))
        self.assertEqual((row.due_date, row.paid_date), (date(2014, 4, 4), date(2014, 4, 2)))
        self.assertEqual(row.disputed, "no")
        self.assertEqual(row.customer_id.partner_id, row.partner_id)
        self.assertEqual(row.customer_id.company_id, self.company)

    def test_unknown_is_not_zero(self):
        empty = dict.fromkeys(
            ("quantity", "weight_kg", "amount", "cost", "currency", "service", "disputed"), ""
        )
        result = self.import_csv(csv_text({**empty, "promised_date": ""}))
        self.assertEqual(result["errors"], [])
        row = self.rows()
        for name in ("quantity", "weight_kg", "amount", "cost", "amount_company", "disputed"):
            self.assertIs(row[name], False, name)
        self.assertFalse(row.service_id)
        self.assertEqual(row.currency_id, self.usd)
        zero = self.import_csv(csv_text({"document": "D2", "amount": "0", "cost": "0"}))
        self.assertEqual(zero["created"], 1)
        self.assertEqual(self.History.search([("document", "=", "D2")]).amount_company, 0.0)
        self.assertEqual(
            self.History.search([("company_id", "=", self.company.id), ("cost", "=", False)]), row
        )

    def test_twice_adds_nothing(self):
        text = csv_text({}, {"line": "2"}, {"customer_ref": "R2"})
        self.assertEqual(self.import_csv(text)["created"], 3)
        partners = self.env["res.partner"].search_count([])
        again = self.import_csv(text)
        self.assertEqual((again["created"], again["skipped"]), (0, 3))
        self.assertEqual(again["errors"], [])
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        more = self.import_csv(csv_text({}, {"line": "3"}))
        self.assertEqual((more["created"], more["skipped"]), (1, 1))

    def test_other_company_has_its_own_history(self):
        self.import_csv(csv_text({}))
        other = self.env["res.company"].create(
            {"name": "Import Test Freight 2", "currency_id": self.usd.id}
        )
        result = self.History._import_csv(csv_text({}), other)
        self.assertEqual((result["created"], result["customers_created"]), (1, 0))

    def test_changed_row_is_kept_and_told(self):
        self.import_csv(csv_text({}))
        result = self.import_csv(csv_text({"amount": "999"}))
        self.assertEqual((result["created"], result["skipped"]), (0, 1))
        self.assertEqual(self.rows().amount, 1250.25)
        self.assertIn("other values", result["warnings"][0][2])

    def test_duplicates_in_one_file(self):
        result = self.import_csv(csv_text({}, {}, {"line": "2"}))
        self.assertEqual((result["created"], result["skipped"]), (2, 1))

    def test_contradicting_duplicates_are_refused(self):
        result = self.assert_refused(
            csv_text({}, {"line": "2"}, {"amount": "7"}), 4, "line", "Line 2 has the same"
        )
        self.assertEqual({line for line, _column, _reason in result["errors"]}, {2, 4})

    def test_all_or_nothing_and_good_rows_on_request(self):
        text = csv_text({}, {"document": "D2", "amount": "1e999"}, {"document": "D3"})
        self.assert_refused(text, 3, "amount", "too large")
        result = self.import_csv(text, skip_bad=True)
        self.assertEqual((result["created"], result["refused"]), (2, 1))
        refused = list(csv.DictReader(io.StringIO(result["refused_csv"])))
        self.assertEqual(len(refused), 1)
        self.assertEqual(refused[0]["document"], "D2")
        self.assertEqual(refused[0]["refused_line"], "3")
        self.assertIn("too large", refused[0]["refused_reason"])
        corrected = result["refused_csv"].replace("1e999", "5")
        self.assertEqual(self.import_csv(corrected)["created"], 1)

    def test_refused_rows_come_back_harmless(self):
        text = csv_text(
            {"customer_name": '=HYPERLINK("http://x","y")', "quantity": "-5", "amount": "-9"},
            {"document": "D2", "line": "a,b", "country": 'un"quoted'},
        )
        text += "x," * 40 + "\n"
        result = self.import_csv(text, skip_bad=True)
        self.assertEqual(result["created"], 1)
        for row in csv.reader(io.StringIO(result["refused_csv"])):
            for cell in row:
                self.assertNotIn(cell[:1], tuple("=+@\t\r"), cell)
        refused = list(csv.DictReader(io.StringIO(result["refused_csv"])))
        self.assertEqual(refused[0]["quantity"], "-5")
        self.assertTrue(refused[1]["refused_text"].startswith("x,x,x"))

    def test_dry_run_changes_nothing(self):
        text = csv_text({}, {"document": "D2"}, {"document": "D3", "date": "?"})
        before = self.env["res.partner"].search_count([])
        result = self.import_csv(text, dry_run=True)
        self.assertEqual((result["created"], result["customers_created"]), (2, 1))
        self.assertEqual(result["refused"], 1)
        self.assertFalse(self.rows())
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    # ------------------------------------------------------------------ bad rows
    def test_bad_cells_are_named(self):
        day = date.today()
        cases = [
            ("date", "2014-02-30", "calendar"),
            ("date", "0024-01-01", "four digits"),
            ("date", "05/03/2014", "Write it as"),
            ("date", "20140305", "Write it as"),
            ("date", "", "no date"),
            ("date", (day + timedelta(days=400)).isoformat(), "Check the year"),
            ("delivered_date", (day + timedelta(days=3)).isoformat(), "in the future"),
            ("promised_date", "2034-03-12", "ten years"),
            ("due_date", "2034-03-12", "ten years"),
            ("amount", "1e999", "too large"),
            ("amount", "nan", "not a number"),
            ("amount", "inf", "not a number"),
            ("amount", "1.250,25", "comma"),
            ("amount", "1250,25", "comma"),
            ("amount", "1_250", "not a number"),
            ("amount", "١٢", "not a number"),
            ("amount", "-1250.25", "opposite signs"),
            ("quantity", "-12", "opposite signs"),
            ("weight_kg", "-1", "credit"),
            ("cost", "2000000000000000", "too large"),
            ("currency", "XQX", "not a known currency"),
            ("currency", "", "without a currency"),
            ("disputed", "perhaps", "yes nor no"),
            ("customer_ref", "", "identifies the row"),
            ("document", " ", "identifies the row"),
            ("line", "", "identifies the row"),
            ("customer_ref", "x" * 200, "Shorten"),
            ("document", "D\t1", "control character"),
        ]
        for column, value, words in cases:
            with self.subTest(column=column, value=value):
                place = "amount" if "opposite" in words else column
                self.assert_refused(csv_text({"document": "D0"}, {column: value}), 3, place, words)

    def test_formulas_are_refused_and_dashes_are_not(self):
        formulas = (
            '=HYPERLINK("http://x")',
            "+1+1",
            "@SUM(A1)",
            "\t=1",
            "＝1+1",
            "-2+3",
            "-cmd|'/C'!A0",
        )
        for column in ("customer_ref", "customer_name", "country", "document", "line", "service"):
            for value in formulas:
                with self.subTest(column=column, value=value):
                    self.assert_refused(csv_text({column: value}), 2, column, "formula")
        result = self.import_csv(
            csv_text({"document": "-"}, {"document": "-12/A"}, {"document": "A=B+C"})
        )
        self.assertEqual((result["created"], result["errors"]), (3, []))

    def test_all_problems_of_a_row_are_told_at_once(self):
        result = self.import_csv(csv_text({"date": "?", "amount": "?", "document": ""}))
        self.assertEqual(
            {column for _line, column, _reason in result["errors"]},
            {"date", "amount", "document"},
        )
        self.assertEqual(result["refused"], 1)

    # ------------------------------------------------------------------ bad files
    def test_unusable_files(self):
        good = csv_text({})
        cases = [
            ("", 1, "", "empty"),
            (csv_text(), 1, "", "no rows"),
            ("hello", 1, "customer_ref", "missing"),
            (csv_text({}, columns=[c for c in COLUMNS if c != "cost"]), 1, "cost", "missing"),
            (good.replace("cost", "amount", 1), 1, "cost", "missing"),
            (good.replace(",", ";"), 1, "", "separated by"),
            (csv_text({"customer_name": "中国货运"}).encode("gbk"), 2, "", "not UTF-8"),
            (csv_text({"customer_name": "Café"}).encode("cp1252"), 2, "", "position"),
            (good.encode("utf-16"), 1, "", "UTF-16"),
            (b"PK\x03\x04whatever", 1, "", "workbook"),
            (good.replace("\n", "\r"), 1, "", "Macintosh"),
            ("/nowhere/at/all.csv", 1, "", "cannot be read"),
            (good.replace("Acme", "\ud800"), 2, "", "not UTF-8"),
        ]
        for text, line, column, words in cases:
            with self.subTest(words=words):
                self.assert_refused(text, line, column, words)
                self.assertEqual(self.import_csv(text, skip_bad=True)["created"], 0)

    def test_long_line_does_not_hide_the_rest(self):
        text = csv_text({}, {"document": "D2", "customer_name": "x" * 5_000_000}, {"line": "2"})
        result = self.assert_refused(text, 3, "", "longer than")
        self.assertEqual(len(result["errors"]), 1)
        kept = self.import_csv(text, skip_bad=True)
        self.assertEqual(kept["created"], 2)
        self.assertLess(len(kept["refused_csv"]), 2000)

    def test_lines_are_those_of_an_editor(self):
        text = csv_text(
            {"customer_name": "Acme\nLtd\nNairobi"}, {"line": "2", "date": "bad"}, {"line": "3"}
        )
        self.assert_refused(text.replace("\n", "\r\n"), 5, "date", "not a date")
        good = self.import_csv(csv_text({"customer_name": "Acme\nLtd"}))
        self.assertEqual(good["created"], 1)
        self.assertEqual(self.rows().partner_id.name, "Acme Ltd")

    def test_open_quote_costs_one_row(self):
        lines = csv_text({}, {"line": "2"}, {"line": "3"}).splitlines()
        lines[2] = lines[2].replace("Acme Ltd", '"Acme Ltd')
        text = "\n".join(lines) + "\n"
        result = self.assert_refused(text, 3, "", "quotation mark")
        self.assertEqual(len(result["errors"]), 1)
        self.assertEqual(self.import_csv(text, skip_bad=True)["created"], 2)

    def test_byte_order_mark_extra_column_empty_rows(self):
        text = csv_text({"line": "7"}, columns=[*COLUMNS, "remark"]) + "," * 17 + "\n\n"
        result = self.import_csv(b"\xef\xbb\xbf" + text.encode())
        self.assertEqual((result["created"], result["rows"]), (1, 1))
        self.assertEqual([warning[1] for warning in result["warnings"]], ["remark"])

    def test_file_on_disk(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "history.csv")
            with open(path, "w", encoding="utf-8") as file:
                file.write(csv_text({}))
            self.assertEqual(self.import_csv(path)["created"], 1)

    # ------------------------------------------------------------------ customers
    def test_existing_contact_keeps_its_name(self):
        partner = self.env["res.partner"].create({"name": "Acme Holding", "ref": "R1"})
        result = self.import_csv(csv_text({}))
        self.assertEqual(result["customers_created"], 0)
        self.assertEqual(self.rows().partner_id, partner)
        self.assertEqual(partner.name, "Acme Holding")
        self.assertIn("Acme Holding", result["warnings"][0][2])

    def test_archived_contact_is_found_and_stays_archived(self):
        partner = self.env["res.partner"].create({"name": "Acme Ltd", "ref": "R1", "active": False})
        self.import_csv(csv_text({}))
        self.assertEqual(self.rows().partner_id, partner)
        self.assertFalse(partner.active)

    def test_contact_of_another_company_is_left_alone(self):
        other = self.env["res.company"].create({"name": "Import Test Other"})
        theirs = self.env["res.partner"].create(
            {"name": "Acme Ltd", "ref": "R1", "company_id": other.id}
        )
        self.import_csv(csv_text({}))
        self.assertNotEqual(self.rows().partner_id, theirs)
        mine = self.env["res.partner"].create(
            {"name": "Beta", "ref": "R2", "company_id": self.company.id}
        )
        self.env["res.partner"].create({"name": "Beta shared", "ref": "R2"})
        self.import_csv(csv_text({"customer_ref": "R2"}))
        self.assertEqual(self.History.search([("customer_ref", "=", "R2")]).partner_id, mine)

    def test_two_contacts_with_one_reference(self):
        self.env["res.partner"].create(
            [{"name": "Acme North", "ref": "R1"}, {"name": "Acme South", "ref": "R1"}]
        )
        text = csv_text({}, {"customer_ref": "R2"})
        self.assert_refused(text, 2, "customer_ref", "Acme North, Acme South")
        self.assertEqual(self.import_csv(text, skip_bad=True)["created"], 1)

    def test_merged_contacts_do_not_bring_rows_back(self):
        text = csv_text({}, {"customer_ref": "R2"})
        self.import_csv(text)
        first, second = self.rows().partner_id.sorted("id")
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (first | second).ids, first, extra_checks=False
        )
        self.env.invalidate_all()
        self.assertEqual(len(self.rows()), 2, "same document and line, yet two rows")
        self.assertEqual(self.rows().partner_id, first)
        again = self.import_csv(text)
        self.assertEqual((again["created"], again["skipped"]), (0, 2))
        self.assertEqual(again["customers_created"], 0)

    def test_row_typed_before_the_contact_had_a_reference(self):
        partner = self.env["res.partner"].create({"name": "Acme Ltd", "is_company": True})
        self.History.create(
            {
                "company_id": self.company.id,
                "partner_id": partner.id,
                "date": "2014-03-05",
                "document": "D1",
                "line": "1",
            }
        )
        partner.ref = "R1"
        result = self.import_csv(csv_text({}))
        self.assertEqual((result["created"], result["skipped"]), (0, 1))

    def test_countries_by_many_names(self):
        names = {
            "CI": "Côte d'Ivoire", "CD": "Congo, DRC", "SZ": "Swaziland", "VN": "Viet Nam",
            "TZ": "TANZANIA", "SS": "South Sudan", "GB": "gb", "KG": "Kyrgyzstan", "TR": "Turkey",
        }  # fmt: skip
        result = self.import_csv(
            csv_text(*({"customer_ref": f"X{c}", "country": n} for c, n in names.items()))
        )
        self.assertEqual(result["warnings"], [])
        for row in self.rows():
            self.assertEqual(row.customer_ref, f"X{row.partner_id.country_id.code}")
        strange = self.import_csv(csv_text({"customer_ref": "R9", "country": "Atlantis"}))
        self.assertEqual(strange["created"], 1)
        self.assertIn("Atlantis", strange["warnings"][0][2])

    def test_country_in_the_language_of_the_users(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        kenya = self.env.ref("base.ke")
        kenya.with_context(lang="zh_CN").name = "肯尼亚共和国"
        self.import_csv(csv_text({"country": "肯尼亚共和国"}))
        self.assertEqual(self.rows().partner_id.country_id, kenya)

    def test_service_found_by_code_or_name_in_any_case(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        service = self.env["logistics.service"].create(
            {"name": "Import Test Ocean", "code": "ITOCN"}
        )
        service.with_context(lang="zh_CN").name = "测试海运"
        names = ("itocn", "IMPORT  TEST ocean", "测试海运")
        result = self.import_csv(
            csv_text(*({"line": str(n), "service": s} for n, s in enumerate(names)))
        )
        self.assertEqual(result["services_created"], 0)
        self.assertEqual(self.rows().service_id, service)

    def test_service_without_code_takes_the_name_in_the_file(self):
        service = self.env["logistics.service"].create({"name": "Import Test Air"})
        self.import_csv(csv_text({"service": "import test AIR"}))
        self.assertEqual(self.rows().service_id, service)
        self.assertEqual(service.code, "import test AIR")

    # ------------------------------------------------------------------ currencies
    def test_converted_at_the_rate_of_the_day(self):
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": self.eur.id,
                    "company_id": self.company.id,
                    "name": day,
                    "rate": rate,
                }
                for day, rate in (("2014-01-01", 0.8), ("2014-06-01", 0.75))
            ]
        )
        days = ("2014-01-01", "2014-05-31", "2014-06-01")
        result = self.import_csv(
            csv_text(*({"line": d, "date": d, "currency": "eur", "amount": "99.99"} for d in days))
        )
        self.assertEqual(result["errors"], [])
        self.assertEqual(self.rows().mapped("amount_company"), [124.99, 124.99, 133.32])
        self.assertEqual(self.rows().currency_id, self.eur)
        for row in self.rows():
            expected = self.eur._convert(99.99, self.usd, self.company, row.date)
            self.assertAlmostEqual(row.amount_company, expected, 2)

    def test_no_rate_is_not_a_rate_of_one(self):
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.eur.id,
                "company_id": self.company.id,
                "name": "2014-06-01",
                "rate": 0.75,
            }
        )
        text = csv_text({"currency": "EUR"})
        self.assert_refused(text, 2, "currency", "no exchange rate for EUR on 2014-03-05")
        unknown = self.import_csv(csv_text({"currency": "EUR", "amount": "", "cost": ""}))
        self.assertEqual(unknown["created"], 1, "nothing to convert")

    def test_inactive_currency_tells_the_remedy(self):
        self.env.ref("base.CHF").active = False
        self.assert_refused(csv_text({"currency": "CHF"}), 2, "currency", "Activate it")

    def test_ledger_start(self):
        self.company.logistics_ledger_start = "2014-03-05"
        self.assert_refused(csv_text({}), 2, "date", "counted twice")

    # ------------------------------------------------------------------ other ways in
    def test_form_and_odoo_import_obey_the_same_rules(self):
        partner = self.env["res.partner"].create({"name": "Acme Ltd", "ref": "R1"})
        values = {
            "company_id": self.company.id,
            "partner_id": partner.id,
            "document": "D1",
            "line": "1",
            "date": "2014-03-05",
        }
        bad = [
            {"delivered_date": "2099-01-01"},
            {"weight_kg": -1},
            {"amount": 1e300},
            {"due_date": "1999-01-01"},
            {"document": "=1+1"},
        ]
        for change in bad:
            with self.subTest(change=change), self.assertRaises(ValidationError):
                self.History.create({**values, **change})
        row = self.History.create(values)
        self.assertEqual(row.customer_ref, "R1")
        result = self.import_csv(csv_text({}))
        self.assertEqual(result["skipped"], 1, "the row was typed before")
        imported = self.History.with_company(self.company).load(
            ["partner_id", "date", "document", "line", "amount"],
            [["Acme Ltd", "2014-03-05", "D7", "1", "5"], ["Acme Ltd", "0024-01-01", "D8", "1", ""]],
        )
        self.assertFalse(imported["ids"], "a bad row stops the load")
        self.assertTrue(self.History.get_import_templates()[0]["template"].endswith(".csv"))
