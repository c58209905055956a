# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import LogisticsLedgerCommon


@tagged("post_install", "-at_install")
class TestCollectionDispute(LogisticsLedgerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller")
        cls.partner = cls._partner("Doubtful")
        cls.invoice = cls._invoice(cls.partner, 800.0, "2024-01-10", due="2024-02-10")
        cls.account = cls._account_of(cls.partner)
        cls.account.user_id = cls.seller

    def _dispute(self, user=None, **values):
        return (
            self.env["logistics.dispute"]
            .with_user(user or self.seller)
            .create({"move_id": self.invoice.id, "reason": "damage", **values})
        )

    def test_pauses_and_resumes_the_follow_up(self):
        self.assertFalse(self.invoice.no_followup)
        first, second = self._dispute(amount=100.0), self._dispute(amount=50.0)
        self.assertTrue(self.invoice.no_followup)
        self.assertTrue(self.invoice.logistics_dispute_open)
        self.assertEqual(first.customer_id, self.account)
        self.assertEqual(first.activity_ids.user_id, self.seller)
        self.assertIn("disputed", "".join(self.account.message_ids.mapped("body")))
        first._close("rejected")
        self.assertTrue(self.invoice.no_followup, "the other one is still open")
        second._close("rejected")
        self.assertFalse(self.invoice.no_followup)
        self.assertFalse(first.activity_ids)

    def test_what_was_switched_off_by_hand_stays_off(self):
        self.invoice.no_followup = True
        self._dispute()._close("rejected")
        self.assertTrue(self.invoice.no_followup)

    def test_results(self):
        dispute = self._dispute(amount=300.0)
        for result, amount, message in (
            ("credit_note", 0.0, "need not pay"),
            ("partly", 300.0, "All of it"),
            ("partly", 301.0, "More is accepted"),
        ):
            with self.assertRaisesRegex(UserError, message):
                dispute._close(result, amount)
        foreign = self._invoice(self._partner(), 9.0, "2024-01-10", move_type="out_refund")
        with self.assertRaisesRegex(UserError, "one of this customer"):
            dispute._close("partly", 100.0, foreign)
        refund = self._invoice(self.partner, 100.0, "2024-02-01", move_type="out_refund")
        dispute._close("partly", 100.0, refund, "half of it")
        self.assertEqual(
            (dispute.state, dispute.result, dispute.accepted_amount, dispute.credit_note_id),
            ("closed", "partly", 100.0, refund),
        )
        with self.assertRaisesRegex(UserError, "closed already"):
            dispute._close("rejected")
        with self.assertRaises(UserError):
            dispute.write({"amount": 1.0})

    def test_as_of(self):
        """What was disputed on a day, whatever came later."""
        dispute = self._dispute(amount=300.0, date_opened="2024-03-01", deadline="2024-03-10")
        dispute._close("rejected")
        dispute.sudo()._step().closed_on = "2024-03-20"
        facts = self.env["logistics.dispute"]
        found = {
            day: [
                row["amount"]
                for row in self._rows(facts._disputed_sql(fields.Date.to_date(day), self.company))
            ]
            for day in ("2024-02-29", "2024-03-01", "2024-03-19", "2024-03-20")
        }
        self.assertEqual(list(found.values()), [[], [300.0], [300.0], []])
        for day, disputed in (("2024-02-29", None), ("2024-03-01", True), ("2024-03-20", None)):
            item = [row for row in self._items(day) if row["partner_id"] == self.partner.id]
            self.assertEqual(item[0]["disputed"], disputed, day)

    def test_bad_input(self):
        with self.assertRaisesRegex(ValidationError, "More is disputed"):
            self._dispute(amount=801.0)
        with self.assertRaisesRegex(ValidationError, "posted customer invoice"):
            self._dispute(
                move_id=self._invoice(self.partner, 1.0, "2024-01-10", post=False).id, amount=1.0
            )
        with self.assertRaisesRegex(ValidationError, "deadline"):
            self._dispute(date_opened="2024-03-01", deadline="2024-02-01")

    def test_who_may(self):
        dispute = self._dispute()
        stranger = self._user("seller")
        with self.assertRaises(AccessError):
            dispute.with_user(stranger).read(["amount"])
        with self.assertRaises(AccessError):
            dispute.with_user(stranger)._close("rejected")
        dispute.owner_id = stranger
        self.assertEqual(dispute.with_user(stranger).amount, 800.0)
        with self.assertRaises(UserError):
            dispute.with_user(self.seller).write({"state": "closed"})
        with self.assertRaises(AccessError):
            dispute.with_user(self._user("internal")).read(["amount"])
