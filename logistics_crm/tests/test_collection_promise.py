# Part of logistics_crm. License LGPL-3 or later.
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import LogisticsLedgerCommon

MADE = date(2024, 3, 1)
PROMISED = date(2024, 3, 11)
# With two days of grace.
DEADLINE = date(2024, 3, 13)


@tagged("post_install", "-at_install")
class TestCollectionPromise(LogisticsLedgerCommon):
    """Promises are judged by payments, on the day and one day later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller")
        cls.controller = cls._user("controller")
        cls.partner = cls._partner("Word Keeper")
        cls.invoice = cls._invoice(cls.partner, 1000.0, "2024-01-10", due="2024-02-10")
        cls.account = cls._account_of(cls.partner)
        cls.account.user_id = cls.seller

    @classmethod
    def _promise(cls, amount=1000.0, made=MADE, until=PROMISED, **values):
        with freeze_time(made):
            return cls.env["logistics.payment.promise"].create(
                {
                    "customer_id": cls.account.id,
                    "amount": amount,
                    "date_made": made,
                    "date_promised": until,
                    **values,
                }
            )

    def _on(self, promise, day):
        row = promise._judge_on(day)[promise.id]
        return row["state"], round(row["kept"], 2)

    def _loose(self, amount, day, **values):
        """Money that nobody has allocated yet."""
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.partner.id,
                "payment_type": "inbound",
                "partner_type": "customer",
                "amount": amount,
                "date": day,
                "journal_id": self.company_data["default_journal_bank"].id,
                **values,
            }
        )
        payment.action_post()
        return payment

    def test_open_until_the_deadline_then_broken(self):
        promise = self._promise()
        self.assertEqual(promise.date_deadline, DEADLINE)
        self.assertEqual(self._on(promise, DEADLINE), ("open", 0.0))
        self.assertEqual(self._on(promise, DEADLINE + timedelta(days=1)), ("broken", 0.0))

    def test_paid_on_the_last_day_and_one_day_late(self):
        after = DEADLINE + timedelta(days=30)
        promise = self._promise()
        payment = self._pay(self.invoice, DEADLINE)
        self.assertEqual(self._on(promise, DEADLINE), ("kept", 1000.0))
        self.assertEqual(self._on(promise, DEADLINE - timedelta(days=1)), ("open", 0.0))
        payment.action_draft()
        payment.date = DEADLINE + timedelta(days=1)
        payment.action_post()
        self.assertEqual(self._on(promise, after), ("broken", 0.0))

    def test_partly_kept(self):
        promise = self._promise()
        self._pay(self.invoice, PROMISED, 400.0)
        self.assertEqual(self._on(promise, PROMISED), ("open", 400.0))
        self.assertEqual(self._on(promise, DEADLINE + timedelta(days=1)), ("partly", 400.0))

    def test_payment_before_the_promise_does_not_count(self):
        promise = self._promise()
        self._pay(self.invoice, MADE - timedelta(days=1))
        self.assertEqual(self._on(promise, DEADLINE + timedelta(days=1)), ("broken", 0.0))

    def test_payment_on_the_day_of_the_promise_counts(self):
        promise = self._promise()
        self._pay(self.invoice, MADE)
        self.assertEqual(self._on(promise, MADE), ("kept", 1000.0))

    def test_unallocated_payment_keeps_it_and_a_credit_note_does_not(self):
        promise = self._promise()
        refund = self._invoice(self.partner, 1000.0, PROMISED, move_type="out_refund")
        (refund | self.invoice).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(self._on(promise, DEADLINE + timedelta(days=1)), ("broken", 0.0))
        self._loose(1000.0, PROMISED)
        self.assertEqual(self._on(promise, DEADLINE + timedelta(days=1)), ("kept", 1000.0))

    def test_write_off_is_no_payment(self):
        promise = self._promise()
        receivable = self.invoice.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        entry = self.env["account.move"].create(
            {
                "date": PROMISED,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.account_id.id,
                            "partner_id": self.partner.id,
                            "credit": 1000.0,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_expense"].id,
                            "debit": 1000.0,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        (receivable | entry.line_ids[0]).reconcile()
        self.assertEqual(self._on(promise, DEADLINE + timedelta(days=1)), ("broken", 0.0))

    def test_money_is_counted_once(self):
        """One payment cannot keep two promises; the earlier deadline is served first."""
        later = self._promise(600.0, until=PROMISED + timedelta(days=2))
        first = self._promise(600.0)
        self._loose(900.0, PROMISED)
        self.assertEqual(self._on(first, PROMISED), ("kept", 600.0))
        after = DEADLINE + timedelta(days=10)
        self.assertEqual(self._on(later, after), ("partly", 300.0))

    def test_items(self):
        """A promise for items is kept by what is allocated to them, or not allocated at all."""
        other = self._invoice(self.partner, 500.0, "2024-01-11", due="2024-02-11")
        line = self.invoice.line_ids.filtered(lambda ml: ml.account_type == "asset_receivable")
        promise = self._promise(item_ids=[Command.set(line.ids)])
        self._pay(other, PROMISED)
        self.assertEqual(self._on(promise, PROMISED), ("open", 0.0))
        self._loose(250.0, PROMISED)
        self.assertEqual(self._on(promise, PROMISED), ("open", 250.0))
        self._pay(self.invoice, PROMISED, 750.0)
        self.assertEqual(self._on(promise, PROMISED), ("kept", 1000.0))
        with self.assertRaisesRegex(ValidationError, "no posted receivable item"):
            self._promise(item_ids=[Command.set(self.invoice.line_ids.filtered("product_id").ids)])

    def test_foreign_currency(self):
        """100 francs are paid with francs one by one, with company currency at the day's rate."""
        promise = self._promise(100.0, currency_id=self.foreign.id)
        self._loose(60.0, PROMISED, currency_id=self.foreign.id)
        self.assertEqual(self._on(promise, PROMISED), ("open", 60.0))
        # 4 francs for one unit of company currency in 2024.
        self._loose(10.0, PROMISED)
        self.assertEqual(self._on(promise, PROMISED), ("kept", 100.0))

    def test_stored_state_timeline_and_grade(self):
        """The nightly job stores the judgement, says so to the customer's timeline, and the
        grade of any later day counts it; of an earlier day it does not.
        """
        promise = self._promise()
        with freeze_time(DEADLINE):
            self.env["logistics.payment.promise"]._judge(self.company)
            self.assertEqual(promise.state, "open")
        after = DEADLINE + timedelta(days=1)
        with freeze_time(after):
            self._refresh(after)
            self.assertEqual(promise.state, "broken")
            self.assertEqual(promise.judged_on, after)
            self.assertIn("Broken", "".join(self.account.message_ids.mapped("body")))
        counted = {
            day: self.account._grades_on(day)[self.account.id]["broken_promises"]
            for day in (MADE - timedelta(days=1), DEADLINE, after, date(2026, 3, 13))
        }
        self.assertEqual(list(counted.values()), [None, 0, 1, None])
        # A token payment does not redeem it, half of it does.
        self._loose(499.0, PROMISED)
        promise._judge_and_store()
        self.assertEqual(promise.state, "partly")
        self.assertEqual(self.account._grades_on(after)[self.account.id]["broken_promises"], 1)
        self._loose(1.0, PROMISED)
        promise._judge_and_store()
        self.assertEqual(self.account._grades_on(after)[self.account.id]["broken_promises"], 0)

    def test_promises_leave_the_exposure_alone(self):
        exposure = self.env["logistics.credit.exposure"]
        before = exposure._exposure(self.account)["total"]
        self._promise()
        self.assertEqual(exposure._exposure(self.account)["total"], before)

    def test_who_may(self):
        """A salesperson records promises of own customers; nobody rewrites or judges by hand."""
        theirs = self._account(user_id=self._user("seller").id)
        promises = self.env["logistics.payment.promise"].with_user(self.seller)
        values = {"amount": 10.0, "date_promised": "2099-01-01"}
        mine = promises.create({"customer_id": self.account.id, **values})
        self.assertEqual(mine.recorded_by, self.seller)
        with self.assertRaises(AccessError):
            promises.create({"customer_id": theirs.id, **values})
        with self.assertRaises(UserError):
            mine.write({"amount": 1.0})
        with self.assertRaises(UserError):
            mine.with_user(self.controller).write({"amount": 1.0})
        with self.assertRaises(UserError):
            promises.create({"customer_id": self.account.id, "state": "kept", **values})
        with self.assertRaises(AccessError):
            mine.read(["kept_amount"])
        old = self._promise()
        with self.assertRaises(AccessError):
            old.with_user(self.seller).action_cancel("hides that it was broken")
        mine.action_cancel("typing error")
        self.assertEqual(mine.state, "cancelled")
        old.with_user(self.controller).action_cancel("meant another customer")
        self.assertEqual(old.cancelled_by, self.controller)

    def test_other_company(self):
        other = self.env["res.company"].create(
            {"name": "Second Freight", "currency_id": self.foreign.id}
        )
        account = self._account(self._partner(), company=other)
        promise = self.env["logistics.payment.promise"].create(
            {"customer_id": account.id, "amount": 5.0, "date_promised": "2099-01-01"}
        )
        self.assertEqual(promise.currency_id, other.currency_id)
        with self.assertRaises(AccessError):
            promise.with_user(self.controller).read(["amount"])

    def test_constant_number_of_statements(self):
        promises = self.env["logistics.payment.promise"]
        for number in range(6):
            promises |= self._promise(10.0 + number)
        self._loose(30.0, PROMISED)
        promises.read(["item_ids"])
        with self.assertQueryCount(8):
            promises._judge_on(PROMISED)
