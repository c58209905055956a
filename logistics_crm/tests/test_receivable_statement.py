# Part of logistics_crm. License LGPL-3 or later.
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon

from .common import LogisticsLedgerCommon

PROCESS = "odoo.addons.logistics_crm.models.receivable.letter_batch_process"


class KilledError(BaseException):
    """Stands for kill -9: nothing in the job may catch it."""


@tagged("post_install", "-at_install")
class TestStatement(LogisticsLedgerCommon, MailCommon):
    """Statements and confirmations: figures, mails, failures, and a job that is killed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounts = cls.customers.browse()
        for number in range(5):
            partner = cls._partner(
                f"Reader {number}", lang="en_US", email=f"reader{number}@test.example.com"
            )
            cls._invoice(partner, 100 * (number + 1), "2024-01-01", due="2024-01-31")
            cls.accounts |= cls._account_of(partner) or cls._account(partner)
        cls.batches = cls.env["logistics.letter.batch"].with_context(
            tracking_disable=False, mail_notrack=False, no_reset_password=False
        )
        cls.template = cls.env.ref("logistics_crm.mail_statement")

    def _batch(self, accounts=None, **values):
        batch = self.batches.create(
            {
                "company_id": self.company.id,
                "date": "2024-02-29",
                "delivery": "mail",
                "template_id": self.template.id,
                **values,
            }
        )
        batch._add_customers(accounts or self.accounts)
        batch.action_start()
        return batch

    def _letters(self):
        return self.env["mail.message"].search(
            [
                ("model", "=", "logistics.customer"),
                ("res_id", "in", self.accounts.ids),
                ("message_type", "=", "comment"),
            ]
        )

    # ------------------------------------------------------------ figures
    def test_statement_against_the_ledger(self):
        """Open items, opening balance, movements and columns of one customer by hand."""
        account = self.accounts[0]
        partner = account.partner_id
        first = self._owed(partner)
        self._pay(first, "2024-02-10", amount=60)
        self._invoice(partner, 50, "2024-02-20", due="2024-03-20")
        self.init_payment(20, post=True, date="2024-02-25", partner=partner)
        self._invoice(partner, 999, "2024-03-01")
        data = account._statement_data("2024-02-29", "2024-02-01")[account.id]
        self.assertEqual(
            [(i["open_amount"], i["days"], i["kind"]) for i in data["items"]],
            [(40.0, 29, "item"), (50.0, 0, "item"), (-20.0, 0, "credit")],
        )
        self.assertEqual((data["balance"], data["overdue"], data["unallocated"]), (70, 40, -20))
        self.assertEqual((data["columns"]["not_due"], data["columns"]["b1_30"]), (50.0, 40.0))
        self.assertEqual(data["opening"], 100.0)
        self.assertEqual(
            [(m["amount"], m["balance"]) for m in data["movements"]],
            [(-60.0, 40.0), (50.0, 90.0), (-20.0, 70.0)],
        )
        (row,) = [
            row
            for row in self.env["logistics.receivable.report"]._ageing("2024-02-29", self.company)
            if row["partner_id"] == partner.id
        ]
        self.assertEqual(row["total"], data["balance"])

    def _owed(self, partner):
        return self.env["account.move"].search(
            [("partner_id", "=", partner.id), ("move_type", "=", "out_invoice")], limit=1
        )

    def test_queries_do_not_grow_with_customers(self):
        self.accounts._statement_data("2024-02-29")

        def queries(accounts):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            accounts._statement_data("2024-02-29")
            return self.env.cr.sql_log_count - before

        self.assertLessEqual(queries(self.accounts), queries(self.accounts[:1]) + 1)

    def test_rights_on_statements(self):
        """Salespeople print no statement, not even of their own customers."""
        account = self.accounts[0]
        seller = self._user("seller")
        account.user_id = seller
        for method in ("action_print_statement", "action_new_letters", "action_open_ageing"):
            with self.assertRaises(AccessError):
                getattr(account.with_user(seller), method)()
        with self.assertRaises(AccessError):
            account.with_user(seller)._statement_data()
        report = self.env["report.logistics_crm.statement_document"].with_user(seller)
        with self.assertRaises(AccessError):
            report._get_report_values(account.ids, {"statements": {account.id: {}}})
        controller = self._user("controller")
        self.assertTrue(account.with_user(controller)._statement_data())
        action = account.with_user(controller).action_new_letters()
        batch = self.env["logistics.letter.batch"].browse(action["res_id"])
        self.assertEqual(batch.line_ids.customer_id, account)

    def test_statement_in_the_customers_language(self):
        """The words are the customer's; nothing internal is on the paper."""
        account = self.accounts[0]
        account.write({"user_id": self._user("seller", name="Secret Seller").id})
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "logistics_crm.action_report_statement", self.accounts[:2].ids, data={}
        )
        text = html.decode()
        self.assertEqual(text.count("Statement of Account"), 2)
        self.assertEqual(text.count('class="article'), 1, "one article for unpatched wkhtmltopdf")
        for word in ("Secret Seller", "Grade", "Credit Limit"):
            self.assertNotIn(word, text)

    # ------------------------------------------------------------ the job
    def test_mails_of_a_batch(self):
        """One mail each, queued with its PDF, on the timeline, to the invoice contact."""
        contact = self.env["res.partner"].create(
            {
                "name": "Accounts Payable",
                "parent_id": self.accounts[1].partner_id.id,
                "type": "invoice",
                "email": "payable@test.example.com",
            }
        )
        batch = self._batch()
        with self.mock_mail_gateway():
            batch._process(batch.line_ids)
            self.assertFalse(self._mails, "queued, not sent while the job may still roll back")
        self.assertEqual((batch.done_count, batch.failed_count), (5, 0))
        letters = self._letters()
        self.assertEqual(len(letters), 5)
        self.assertEqual(letters, batch.line_ids.message_id)
        self.assertTrue(all(len(letter.attachment_ids) == 1 for letter in letters))
        line = batch.line_ids.filtered(lambda x: x.customer_id == self.accounts[1])
        self.assertEqual(line.message_id.partner_ids, contact)
        self.assertEqual(line.sent_to, "payable@test.example.com")
        self.assertEqual(set(letters.mail_ids.mapped("state")), {"outgoing"})

    def test_bad_partners_and_template_fail_alone(self):
        """No mail, no language: listed with what to do; the others are written to."""
        no_mail, no_lang = self.accounts[0], self.accounts[1]
        no_mail.partner_id.email = False
        no_lang.partner_id.lang = False
        batch = self._batch()
        batch._process(batch.line_ids)
        self.assertEqual((batch.done_count, batch.failed_count), (3, 2))
        errors = {line.customer_id: line.error for line in batch.line_ids}
        self.assertIn("Reader 0 has no mail address", errors[no_mail])
        self.assertIn("Reader 1 has no language", errors[no_lang])
        no_mail.partner_id.email = "late@test.example.com"
        no_lang.partner_id.lang = "en_US"
        batch.action_retry()
        batch._process(batch.line_ids.filtered(lambda line: line.state == "pending"))
        self.assertEqual((batch.done_count, batch.failed_count), (5, 0))
        self.assertEqual(len(self._letters()), 5, "those that were done got no second letter")

    def test_broken_template(self):
        """A template that cannot be rendered fails every line with its reason, nothing is sent."""
        self.template.body_html = '<p t-if="ctx.get(\'letter_date\')" t-out="object.nothing"/>'
        batch = self._batch(self.accounts[:2])
        with mute_logger(PROCESS, "odoo.addons.mail.models.mail_render_mixin"):
            batch._process(batch.line_ids)
        self.assertEqual(batch.failed_count, 2)
        self.assertRegex(batch.line_ids[0].error, "template .* is broken: .*object.nothing")
        self.assertLess(len(batch.line_ids[0].error), 500, "no traceback for the accountant")
        self.assertFalse(self._letters())
        self.assertFalse(
            self.env["ir.attachment"].search(
                [("res_model", "=", "logistics.customer"), ("res_id", "in", self.accounts.ids)]
            ),
            "the PDF of a letter that failed is gone with it",
        )

    def test_print_only(self):
        batch = self._batch(self.accounts[:1], delivery="print", template_id=False)
        batch._process(batch.line_ids)
        self.assertTrue(batch.line_ids.attachment_id.raw)
        self.assertFalse(self._letters())
        self.assertFalse(batch.line_ids.sent_to)

    def test_killed_job_goes_on_without_doubling(self):
        """Killed in the middle of the second transaction: its letters vanish, the first's stay."""
        batch = self._batch()
        real = type(batch)._letter_make
        written = []

        def make(this, line, data):
            if len(written) == 3:
                written.append(None)
                raise KilledError
            result = real(this, line, data)
            written.append(line.customer_id.id)
            return result

        with (
            self.enter_registry_test_mode(),
            patch(f"{PROCESS}.CHUNK", 2),
            patch.object(type(batch), "_letter_make", make),
        ):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                # Not assertRaises: Odoo's sets a savepoint, which the job's commits would release.
                try:
                    env["logistics.letter.batch"]._cron_process_letters()
                    self.fail("the job was to be killed")
                except KilledError:
                    cr.rollback()
                killed = env["logistics.letter.batch"].browse(batch.id)
                self.assertEqual((killed.done_count, killed.pending_count), (2, 3))
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["logistics.letter.batch"]._cron_process_letters()
        self.env.invalidate_all()
        self.assertEqual((batch.state, batch.done_count), ("done", 5))
        letters = self._letters()
        self.assertEqual(len(letters), 5, "one letter each, whatever happened in between")
        self.assertEqual(sorted(letters.mapped("res_id")), sorted(self.accounts.ids))

    def test_everybody_with_a_balance(self):
        self._pay(self._owed(self.accounts[4].partner_id), "2024-02-01")
        batch = self.batches.create({"company_id": self.company.id, "date": "2024-02-29"})
        batch.action_add_debtors()
        self.assertEqual(batch.line_ids.customer_id, self.accounts[:4])
        batch.action_start()
        with self.assertRaisesRegex(UserError, "started already"):
            batch.action_add_debtors()
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            batch.date = "2024-01-31"
