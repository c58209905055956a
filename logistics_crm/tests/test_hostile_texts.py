# Part of logistics_crm. License LGPL-3 or later.
import io

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LogisticsLedgerCommon
from .hostile_common import HOSTILE

# Text that would stand in a page, a mail or a PDF as markup if it were not escaped, and what
# evaluated templates would have made of it.
MARKUP = ("<script>alert(4711)", "<img src=x", "<t t-out=")
EVALUATED = "4711"


@tagged("post_install", "-at_install")
class TestHostileTexts(LogisticsLedgerCommon):
    """Names and texts of attackers pass through SQL, papers, mails and workbooks as plain text."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounts = cls.customers.browse()
        for number, text in enumerate(HOSTILE):
            partner = cls._partner(
                text,
                ref=f"H{number} {text}",
                street=text,
                email=f"hostile{number}@test.example.com",
                lang="en_US",
            )
            cls._invoice(partner, 100.0 + number, "2024-01-01", due="2024-01-31")
            cls.accounts |= cls._account_of(partner) or cls._account(partner)
            service = cls.env["logistics.service"].create({"name": f"{text} {number}"})
            cls._trade(
                partner,
                {
                    "date": "2023-05-01",
                    "amount": 10.0,
                    "document": f"D{number}",
                    "service_id": service.id,
                },
            )
        cls._refresh("2024-06-30")
        cls.env.flush_all()

    def _assert_plain(self, html, where):
        html = html.decode() if isinstance(html, bytes) else str(html)
        for markup in MARKUP:
            self.assertNotIn(markup, html, where)
        visible = html.replace("alert(4711)", "").replace("&#34;4711&#34;", "")
        visible = visible.replace("&quot;4711&quot;", "").replace('"4711"', "")
        self.assertNotIn(EVALUATED, visible, where)

    def _assert_refused(self, ask):
        """Refused by Odoo in words; a database error would pass through here."""
        with self.assertRaises(Exception) as caught:
            ask()
        self.assertIsInstance(caught.exception, (UserError, ValueError))

    def test_searching(self):
        """What is typed into a search box finds the customer of that name and breaks nothing."""
        for text, account in zip(HOSTILE, self.accounts, strict=True):
            with self.subTest(text):
                found = self.customers.search([("partner_id.name", "=", text)])
                self.assertEqual(found, account)
                self.assertIn(account.id, dict(self.customers.name_search(text.strip(), limit=50)))
                for ask in (
                    lambda text=text: self.customers.search([], order=text),
                    lambda text=text: self.customers.search([], order=f"id {text}"),
                    lambda text=text: self.customers.search([(text, "=", 1)]),
                    lambda text=text: self.customers.search([("id", text.lower(), 1)]),
                    lambda text=text: self.customers.formatted_read_group([], [text], ["__count"]),
                    lambda text=text: self.customers.formatted_read_group([], [], [f"id:{text}"]),
                ):
                    self._assert_refused(ask)
        self.assertEqual(len(self.accounts.exists()), len(HOSTILE))

    def test_every_text_field_of_every_model(self):
        """Every text that can be searched takes every hostile text, in SQL of ours as well."""
        for name in sorted(self.env.registry.models):
            records = self.env[name]
            if not name.startswith("logistics.") or records._abstract:
                continue
            for field in records._fields.values():
                if field.type in ("char", "text", "html", "many2one") and field.store:
                    domain = [(field.name, "ilike", text) for text in HOSTILE]
                    domain = ["|"] * (len(domain) - 1) + domain
                    records.search_count(domain)

    def test_papers(self):
        """Statement, confirmation, card and sheets show the texts and run none of them."""
        for name in (
            "action_report_statement",
            "action_report_confirmation",
            "action_report_customer_card",
            "action_report_customer_card_hand_out",
        ):
            report = self.env.ref(f"logistics_crm.{name}")
            html = report._render_qweb_html(report.report_name, self.accounts.ids)[0]
            self.assertIn(b"&lt;script&gt;", html, name)
            self._assert_plain(html, name)

    def test_mails(self):
        """Templates are filled in with the texts, and nothing in the texts is filled in."""
        for name, template in self._templates():
            for account in self.accounts:
                if template.model != "logistics.customer":
                    continue
                values = template._generate_template(account.ids, ("subject", "body_html"))
                for part in values[account.id].values():
                    self._assert_plain(part, f"{name}, {account.partner_id.name}")

    def _templates(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "logistics_crm"), ("model", "=", "mail.template")]
        )
        self.assertTrue(data)
        return [(row.name, self.env["mail.template"].browse(row.res_id)) for row in data]

    def _assert_texts_only(self, record):
        """No cell of a workbook is a formula or a link that holds what somebody typed."""
        file = io.BytesIO()
        record._workbook_write(file)
        book = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
        texts = {text.strip() for text in HOSTILE}
        met = set()
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    self.assertIsNone(cell.hyperlink)
                    if cell.data_type == "f":
                        for word in ("cmd|", "HYPERLINK", "DROP"):
                            self.assertNotIn(word, str(cell.value))
                    elif isinstance(cell.value, str) and cell.value.strip() in texts:
                        met.add(cell.value.strip())
                        self.assertEqual(cell.data_type, "s")
        return met

    def test_ageing_workbook(self):
        run = self.env["logistics.receivable.report"].create(
            {
                "company_id": self.company.id,
                "as_of": "2024-06-30",
                "bucket_set_id": self.env["logistics.ageing.bucket.set"].search([], limit=1).id,
            }
        )
        run.action_run()
        self.assertGreater(len(self._assert_texts_only(run)), len(HOSTILE) - 3)
        report = self.env.ref("logistics_crm.action_report_ageing")
        self._assert_plain(report._render_qweb_html(report.report_name, run.ids)[0], "ageing")

    def test_screening_workbook(self):
        screening = self.env["logistics.screening"].create(
            {"year": 2023, "company_id": self.company.id}
        )
        screening.action_compute()
        self.assertGreater(len(self._assert_texts_only(screening)), len(HOSTILE) - 3)
        for name, records in (
            ("action_report_screening_board", screening),
            ("action_report_screening_sheet", screening.line_ids),
        ):
            report = self.env.ref(f"logistics_crm.{name}")
            self._assert_plain(report._render_qweb_html(report.report_name, records.ids)[0], name)

    def test_fields_that_show_markup(self):
        """Fields with markup of ours hold what others typed only escaped."""
        with mute_logger("odoo.addons.base.models.ir_qweb"):
            for name, field in self.customers._fields.items():
                if field.type == "html":
                    for account in self.accounts:
                        self._assert_plain(account[name] or "", name)
