# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common import LogisticsLedgerCommon


@tagged("post_install", "-at_install")
class TestConfirmation(LogisticsLedgerCommon, HttpCase):
    """Balance confirmations, asked and answered; the portal shows one's own account only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner("Asked", lang="en_US", email="asked@test.example.com")
        cls._invoice(cls.partner, 1234.5, "2024-01-01", due="2024-01-31")
        cls.account = cls._account_of(cls.partner) or cls._account(cls.partner)
        cls.confirmations = cls.env["logistics.balance.confirmation"]

    def _ask(self, **values):
        batch = self.env["logistics.letter.batch"].create(
            {
                "kind": "confirmation",
                "company_id": self.company.id,
                "date": "2024-01-31",
                "delivery": "mail",
                "template_id": self.env.ref("logistics_crm.mail_confirmation").id,
                **values,
            }
        )
        batch._add_customers(self.account)
        batch.action_start()
        batch._process(batch.line_ids)
        self.assertEqual(batch.failed_count, 0, batch.line_ids.error)
        return self.confirmations.search([("customer_id", "=", self.account.id)])

    def test_asked_reminded_and_agreed(self):
        confirmation = self._ask()
        self.assertEqual((confirmation.state, confirmation.balance), ("sent", 1234.5))
        self.assertEqual(confirmation.sent_to, "asked@test.example.com")
        message = self.account.message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertIn(confirmation.access_token, message.body, "the key is in the letter")
        again = self._ask()
        self.assertEqual(again, confirmation, "asked about one day once")
        self.assertEqual(confirmation.reminder_count, 1)
        confirmation.deadline = fields.Date.context_today(confirmation) - timedelta(days=1)
        self.confirmations._cron_no_answer()
        self.assertEqual(confirmation.state, "no_answer")
        confirmation._answer(True, name="Ms Lin", origin="192.0.2.1")
        self.assertEqual((confirmation.state, confirmation.difference), ("agreed", 0.0))
        with self.assertRaisesRegex(UserError, "answered already"):
            confirmation._answer(False, name="Ms Lin", origin="192.0.2.1", reason="No")
        batch = self.env["logistics.letter.batch"].create(
            {"kind": "confirmation", "company_id": self.company.id, "date": "2024-01-31"}
        )
        batch._add_customers(self.account)
        batch.action_start()
        batch._process(batch.line_ids)
        self.assertIn("has answered", batch.line_ids.error)

    def test_the_question_stays_what_was_asked(self):
        """A later booking changes neither the question nor the evidence."""
        confirmation = self._ask()
        self._invoice(self.partner, 100, "2024-01-15")
        self.assertEqual(confirmation.balance, 1234.5)
        with self.assertRaises(UserError):
            confirmation.with_user(self._user("controller")).balance = 1.0

    def test_recorded_by_hand(self):
        controller = self._user("controller", name="Controller Chen")
        confirmation = self._ask().with_user(controller)
        wizard = self.env["logistics.balance.confirmation.answer"].with_user(controller)
        wizard = wizard.create(
            {
                "confirmation_id": confirmation.id,
                "answer": "disputed",
                "name": "Mr Ho",
                "knows_balance": True,
                "their_balance": 1000.0,
            }
        )
        with self.assertRaisesRegex(UserError, "what does not agree"):
            wizard.action_record()
        wizard.reason = "Invoice 7 was paid"
        wizard.action_record()
        self.assertEqual(confirmation.state, "disputed")
        self.assertEqual(confirmation.difference, -234.5)
        self.assertEqual(confirmation.answered_from, "Controller Chen")

    def test_rights(self):
        confirmation = self._ask()
        for role in ("seller", "seller_all", "internal", "portal"):
            user = self._user(role)
            self.assertFalse(confirmation.with_user(user).has_access("read"), role)
            self.assertFalse(
                self.env["logistics.balance.confirmation.answer"]
                .with_user(user)
                .has_access("create")
            )

    # ------------------------------------------------------------ over the web
    def test_answer_with_the_token_only(self):
        confirmation = self._ask()
        self.authenticate(None, None)
        url = f"/my/confirmation/{confirmation.id}"
        for bad in (url, f"{url}?access_token=wrong"):
            self.assertNotIn("1,234.50", self.url_open(bad).text)
        page = self.url_open(f"{url}?access_token={confirmation.access_token}")
        self.assertIn("1,234.50", page.text)
        for word in ("Credit Grade", "Representative", self.env.user.name):
            self.assertNotIn(word, page.text)
        token = http.Request.csrf_token(self)
        answer = {
            "csrf_token": token,
            "access_token": confirmation.access_token,
            "name": "Ms Lin",
            "answer": "disputed",
            "amount": "1,2x",
            "reason": "We paid",
        }
        page = self.url_open(f"{url}/answer", data=answer)
        self.assertIn("is no amount", page.text)
        self.assertIn("We paid", page.text, "nothing typed is lost")
        self.assertEqual(confirmation.state, "sent")
        stranger = self.url_open(f"{url}/answer", data={**answer, "access_token": "x"})
        self.assertNotIn("Thank you", stranger.text)
        page = self.url_open(f"{url}/answer", data={**answer, "amount": "1,000.50"})
        self.assertIn("Thank you", page.text)
        confirmation.invalidate_recordset()
        self.assertEqual((confirmation.state, confirmation.their_balance), ("disputed", 1000.5))
        self.assertEqual(confirmation.reason, "We paid")
        self.assertTrue(confirmation.answered_from)

    def test_portal_statement(self):
        """Off by default; on, the user of the entity sees its own account and nobody else's."""
        other = self._partner("Rival")
        self._invoice(other, 777, "2024-01-01")
        self._account_of(other) or self._account(other)
        user = self._user("portal", login="lc_portal", password="lc_portal")
        user.partner_id.parent_id = self.partner
        self.authenticate("lc_portal", "lc_portal")
        page = self.url_open("/my/statement")
        self.assertNotIn("1,234.50", page.text)
        self.company.logistics_portal_statement = True
        page = self.url_open("/my/statement?date_from=2024-01-01")
        self.assertIn("1,234.50", page.text)
        self.assertNotIn("777.00", page.text)
        self.assertEqual(self.url_open("/my/statement?date_from=nonsense").status_code, 200)
        pdf = self.url_open(f"/my/statement/{self.company.id}/pdf")
        self.assertEqual(pdf.status_code, 200)
        self.assertIn("no-store", pdf.headers["Cache-Control"])
        foreign = self.url_open(f"/my/statement/{self.company.id + 100000}/pdf")
        self.assertNotEqual(foreign.headers["Content-Type"], "application/pdf")
