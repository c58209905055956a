# Part of logistics_crm. License LGPL-3 or later.
from collections import defaultdict
from datetime import date, timedelta
from random import Random

from odoo.tests import tagged

from .common import LogisticsCommon, LogisticsLedgerCommon


@tagged("post_install", "-at_install")
class TestSettlementOfInvoices(LogisticsLedgerCommon):
    """What fell due, what was paid and when, and what was open on any day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._partner("Payer")

    def _open(self, as_of, partner=None):
        items = self._items(as_of, partner_ids=(partner or self.customer).ids)
        return sum(float(item["open_amount"]) for item in items)

    def _invoice_items(self, as_of):
        items = self._items(as_of, partner_ids=self.customer.ids)
        return sorted(
            (item for item in items if item["kind"] == "item"), key=lambda item: item["due_date"]
        )

    # ------------------------------------------------------------ one rule at a time
    def test_paid_late_in_two_parts(self):
        """Days late are weighted with what was paid; on earlier days the payment is unknown."""
        invoice = self._invoice(self.customer, 1000, "2024-01-01", due="2024-01-31")
        self._pay(invoice, "2024-01-20", amount=400)
        self._pay(invoice, "2024-02-10")
        for as_of, open_amount, paid, weighted, last in (
            ("2024-01-01", 1000, 0, 0, None),
            ("2024-01-19", 1000, 0, 0, None),
            ("2024-01-20", 600, 400, 0, date(2024, 1, 20)),
            ("2024-02-09", 600, 400, 0, date(2024, 1, 20)),
            ("2024-02-10", 0, 1000, 6000, date(2024, 2, 10)),
        ):
            with self.subTest(as_of=as_of):
                (item,) = self._invoice_items(as_of)
                self.assertEqual(item["due_date"], date(2024, 1, 31))
                self.assertEqual(item["amount"], 1000)
                self.assertEqual(item["open_amount"], open_amount)
                self.assertEqual(item["is_open"], bool(open_amount))
                self.assertEqual(item["paid_amount"], paid)
                self.assertEqual(item["weighted_days_late"], weighted)
                self.assertEqual(item["last_paid_date"], last)
                self.assertIsNone(item["disputed"])
        self.assertFalse(self._items("2023-12-31", partner_ids=self.customer.ids))

    def test_instalments(self):
        """Each instalment is due on its own day."""
        invoice = self._invoice(
            self.customer, 1000, "2024-01-10", invoice_payment_term_id=self.pay_terms_b.id
        )
        items = self._invoice_items("2024-01-10")
        self.assertEqual([item["amount"] for item in items], [300, 700])
        self.assertEqual(
            [item["due_date"] for item in items], [date(2024, 1, 10), date(2024, 2, 29)]
        )
        self._pay(invoice, "2024-02-01", amount=300)
        items = self._invoice_items("2024-02-01")
        self.assertEqual([item["open_amount"] for item in items], [0, 700])
        self.assertEqual(items[0]["weighted_days_late"], 300 * 22)

    def test_credit_note_is_no_payment(self):
        """What a credit note settles was not paid, and never late."""
        invoice = self._invoice(self.customer, 1000, "2024-01-01", due="2024-01-31")
        note = self._reverse_invoice(invoice, date="2024-03-01")
        note.invoice_line_ids.price_unit = 250
        note.action_post()
        lines = (invoice | note).line_ids
        lines.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()
        (item,) = self._invoice_items("2024-03-01")
        self.assertEqual((item["open_amount"], item["paid_amount"]), (750, 0))
        self.assertIsNone(item["last_paid_date"])
        self.assertEqual(item["weighted_days_late"], 0)

    def test_unallocated_payment(self):
        """Money that was paid but not allocated lowers the balance; it is nothing due."""
        self._invoice(self.customer, 1000, "2024-01-01", due="2024-01-31")
        self.init_payment(300, post=True, date="2024-01-15", partner=self.customer)
        self.assertEqual(self._open("2024-01-14"), 1000)
        self.assertEqual(self._open("2024-01-15"), 700)
        (item,) = self._invoice_items("2024-01-15")
        self.assertEqual(item["open_amount"], 1000)
        kinds = {
            item["kind"]: float(item["open_amount"])
            for item in self._items("2024-01-15", partner_ids=self.customer.ids)
        }
        self.assertEqual(kinds, {"item": 1000, "credit": -300})

    def test_payment_before_the_invoice(self):
        """A deposit settles the invoice on the day both exist."""
        payment = self.init_payment(500, post=True, date="2024-01-05", partner=self.customer)
        invoice = self._invoice(self.customer, 500, "2024-02-01", due="2024-02-15")
        (invoice | payment.move_id).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(self._open("2024-01-05"), -500)
        self.assertEqual(self._open("2024-02-01"), 0)
        (item,) = self._invoice_items("2024-02-01")
        self.assertEqual(item["weighted_days_late"], 0)

    def test_draft_and_cancelled(self):
        """A draft or cancelled invoice is owed by nobody."""
        self._invoice(self.customer, 100, "2024-01-01", post=False)
        invoice = self._invoice(self.customer, 100, "2024-01-01")
        invoice.button_draft()
        invoice.button_cancel()
        self.assertFalse(self._items("2024-12-31", partner_ids=self.customer.ids))

    def test_exchange_difference(self):
        """A gain or loss on the rate leaves nothing open and counts as nothing due."""
        invoice = self._invoice(
            self.customer, 1000, "2023-06-01", due="2023-07-01", currency_id=self.foreign
        )
        self._pay(invoice, "2024-01-10", currency_id=self.foreign.id)
        self.assertTrue(invoice.line_ids.full_reconcile_id, "really paid")
        self.assertEqual(self._open("2023-12-31"), 500)
        self.assertEqual(self._open("2024-01-31"), 0)
        self.assertEqual(len(self._invoice_items("2024-01-31")), 1)

    def test_allocation_undone_and_done_again(self):
        """Re-allocating a payment to another invoice moves what is open, not the balance."""
        first = self._invoice(self.customer, 100, "2024-01-01")
        second = self._invoice(self.customer, 100, "2024-01-02")
        payment = self._pay(first, "2024-01-10")
        opened = {item["document"]: item["is_open"] for item in self._invoice_items("2024-01-31")}
        self.assertEqual(opened, {first.name: False, second.name: True})
        first.line_ids.remove_move_reconcile()
        (second | payment.move_id).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        opened = {item["document"]: item["is_open"] for item in self._invoice_items("2024-01-31")}
        self.assertEqual(opened, {first.name: True, second.name: False})
        self.assertEqual(self._open("2024-01-31"), 100)

    # ------------------------------------------------------------ everything at once
    def _ledger(self, as_of):
        """Receivable balance per customer on a day, from the journal items alone."""
        groups = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("date", "<=", as_of),
            ],
            ["partner_id"],
            ["balance:sum"],
        )
        balances = defaultdict(float)
        for partner, balance in groups:
            balances[partner.commercial_partner_id.id] += balance
        return {key: value for key, value in balances.items() if abs(value) > 0.005}

    def _slow_items(self, as_of):
        """Every receivable item of a day: (amount, open, paid, weighted, last), one by one."""
        result = {}
        for line in self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("date", "<=", as_of),
                ("balance", "!=", 0),
            ]
        ):
            due = line.date_maturity or line.date
            open_amount, paid, weighted, last = line.balance, 0.0, 0.0, None
            for partial in line.matched_credit_ids:
                day = max(partial.debit_move_id.date, partial.credit_move_id.date)
                if day <= as_of:
                    open_amount -= partial.amount
                    if partial.credit_move_id.move_id.move_type != "out_refund":
                        paid += partial.amount
                        weighted += partial.amount * max(0, (day - due).days)
                        last = max(last or day, day)
            for partial in line.matched_debit_ids:
                if max(partial.debit_move_id.date, partial.credit_move_id.date) <= as_of:
                    open_amount += partial.amount
            result[line.id] = (line.balance, open_amount, paid, weighted, last)
        return result

    def test_any_mix_of_documents(self):
        """On every day of a random year each item equals a slow recomputation, and the sum of
        what is open is the receivable balance of each customer in the ledger.
        """
        draw = Random(19)
        customers = [self._partner(f"Mix {number}") for number in range(4)]
        customers.append(
            self.env["res.partner"].create({"name": "Child", "parent_id": customers[0].id})
        )
        for _number in range(16):
            day = date(2023, 2, 1) + timedelta(days=draw.randrange(400))
            values = {}
            if draw.random() < 0.3:
                values["currency_id"] = self.foreign
            if draw.random() < 0.3:
                values["invoice_payment_term_id"] = self.pay_terms_b.id
            invoice = self._invoice(
                draw.choice(customers),
                draw.choice([100, 333.33, 1200.01]),
                day,
                due=day + timedelta(days=30),
                **values,
            )
            later = day + timedelta(days=draw.randrange(1, 120))
            fate = draw.choice(["pay", "pay", "part", "credit", "open", "loose", "again", "draft"])
            if fate in ("pay", "again"):
                self._pay(invoice, later, currency_id=invoice.currency_id.id)
            if fate == "again":
                invoice.line_ids.remove_move_reconcile()
                self._pay(
                    invoice,
                    later + timedelta(days=20),
                    amount=50,
                    currency_id=self.company.currency_id.id,
                )
            elif fate == "part":
                self._pay(invoice, later, amount=40, currency_id=invoice.currency_id.id)
                self._pay(
                    invoice,
                    later + timedelta(days=11),
                    amount=30,
                    currency_id=invoice.currency_id.id,
                )
            elif fate == "credit":
                note = self._reverse_invoice(invoice, date=later)
                note.invoice_line_ids.price_unit = 55
                note.action_post()
                (invoice | note).line_ids.filtered(
                    lambda line: line.account_type == "asset_receivable" and not line.reconciled
                ).reconcile()
            elif fate == "loose":
                self.init_payment(77, post=True, date=later, partner=invoice.partner_id)
            elif fate == "draft":
                invoice.button_draft()
        days = [date(2023, 2, 1) + timedelta(days=draw.randrange(560)) for _day in range(6)]
        for as_of in [date(2023, 1, 1), *days, date(2026, 1, 1)]:
            with self.subTest(as_of=as_of):
                items = self._items(as_of, company=self.company)
                slow = self._slow_items(as_of)
                self.assertEqual({item["ref_id"] for item in items}, set(slow))
                balances = defaultdict(float)
                for item in items:
                    amount, open_amount, paid, weighted, last = slow[item["ref_id"]]
                    self.assertEqual(float(item["amount"]), amount)
                    self.assertAlmostEqual(float(item["open_amount"]), open_amount, 4)
                    self.assertEqual(item["is_open"], abs(open_amount) > 0.004)
                    if amount > 0:
                        self.assertAlmostEqual(float(item["paid_amount"]), paid, 4)
                        self.assertAlmostEqual(float(item["weighted_days_late"]), weighted, 2)
                        self.assertEqual(item["last_paid_date"], last)
                    balances[item["partner_id"]] += float(item["open_amount"])
                ledger = self._ledger(as_of)
                self.assertEqual(
                    {key: round(value, 2) for key, value in balances.items() if abs(value) > 0.005},
                    {key: round(value, 2) for key, value in ledger.items()},
                )
                narrow = self._items(as_of, partner_ids=[partner.id for partner in customers])
                self.assertEqual(
                    sorted((i["ref_id"], i["open_amount"]) for i in narrow),
                    sorted((i["ref_id"], i["open_amount"]) for i in items),
                )

    def test_nothing_later_is_looked_at(self):
        """Whatever is entered afterwards, the items of a day stay what they were."""
        invoice = self._invoice(self.customer, 1000, "2024-01-01", due="2024-01-31")
        self._pay(invoice, "2024-02-01", amount=100)

        def known():
            # The subquery promises rows, not an order.
            items = self._items("2024-02-15", partner_ids=self.customer.ids)
            return {item["ref_id"]: item for item in items}

        before = known()
        self.assertEqual(len(before), 2)
        self._pay(invoice, "2024-02-16", amount=100)
        self._reverse_invoice(invoice, post=True, date="2024-03-01")
        self._invoice(self.customer, 10, "2024-02-16")
        self.assertEqual(known(), before)


@tagged("post_install", "-at_install")
class TestSettlementOfHistory(LogisticsCommon):
    """Old documents: due and paid dates as imported, unknown where the file did not say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._partner("Old Payer")

    def _item(self, as_of):
        (item,) = self._items(as_of, partner_ids=self.customer.ids)
        return item

    def test_document_of_several_lines(self):
        """The lines of a document that fall due together are one item."""
        for line, amount, paid in (("1", 60.0, "2024-02-10"), ("2", 40.0, "2024-02-20")):
            self._trade(
                self.customer,
                {
                    "document": "OLD-1",
                    "line": line,
                    "date": "2024-01-01",
                    "due_date": "2024-02-01",
                    "paid_date": paid,
                    "amount": amount,
                    "disputed": "yes" if line == "1" else False,
                },
            )
        for as_of, open_amount, weighted, last in (
            ("2024-01-01", 100, 0, None),
            ("2024-02-10", 40, 540, date(2024, 2, 10)),
            ("2024-02-20", 0, 540 + 760, date(2024, 2, 20)),
        ):
            item = self._item(as_of)
            self.assertEqual((item["source"], item["kind"]), ("history", "item"))
            self.assertEqual(item["amount"], 100)
            self.assertEqual(item["open_amount"], open_amount)
            self.assertEqual(item["paid_amount"], 100 - open_amount)
            self.assertEqual(item["is_open"], bool(open_amount))
            self.assertEqual(item["weighted_days_late"], weighted)
            self.assertEqual(item["last_paid_date"], last)
            self.assertIs(item["disputed"], True)
        self.assertFalse(self._items("2023-12-31", partner_ids=self.customer.ids))

    def test_unknown_amount(self):
        """A late document of unknown amount is late, and its open amount unknown, not zero."""
        self._trade(
            self.customer,
            {
                "date": "2024-01-01",
                "due_date": "2024-02-01",
                "paid_date": "2024-02-05",
                "amount": False,
                "quantity": 2,
            },
        )
        item = self._item("2024-02-04")
        self.assertTrue(item["is_open"])
        self.assertIsNone(item["open_amount"])
        self.assertIsNone(item["paid_amount"])
        item = self._item("2024-02-05")
        self.assertFalse(item["is_open"])
        self.assertEqual(item["open_amount"], 0, "it is known that nothing is left")
        self.assertEqual(item["last_paid_date"], date(2024, 2, 5))

    def test_partly_unknown_amount(self):
        """What is known to be open is said, also when another line's amount is not known."""
        common = {"document": "OLD-2", "date": "2024-01-01", "due_date": "2024-02-01"}
        self._trade(
            self.customer, {"line": "1", "amount": 30.0}, {"line": "2", "amount": False}, **common
        )
        self.assertEqual(self._item("2024-02-04")["open_amount"], 30)

    def test_without_due_date(self):
        """Rows that say nothing of payment are trade, but nothing that fell due."""
        self._trade(self.customer, "2024-01-01")
        self.assertFalse(self._items("2024-12-31", partner_ids=self.customer.ids))

    def test_credit(self):
        """A negative document is a credit: it lowers what is open and is never due."""
        self._trade(
            self.customer, {"date": "2024-01-01", "due_date": "2024-01-01", "amount": -20.0}
        )
        item = self._item("2024-02-01")
        self.assertEqual((item["kind"], item["open_amount"]), ("credit", -20))

    def test_ledger_start_takes_over(self):
        """From the ledger's start unpaid history is in the opening entries, not open twice."""
        self._trade(
            self.customer,
            {"date": "2023-11-01", "due_date": "2023-12-01", "paid_date": "2023-12-15"},
            {"date": "2023-11-02", "due_date": "2023-12-02", "paid_date": "2024-01-15"},
            {"date": "2023-11-03", "due_date": "2023-12-03"},
        )
        self.company.logistics_ledger_start = "2024-01-01"

        def opened(as_of):
            items = self._items(as_of, partner_ids=self.customer.ids)
            return len(items), sum(item["is_open"] for item in items)

        self.assertEqual(opened("2023-12-31"), (3, 2))
        self.assertEqual(opened("2024-01-01"), (1, 0))
        self.assertEqual(opened("2024-01-15"), (2, 0))

    def test_due_from_keeps_open_items(self):
        """Leaving out the settled past keeps everything that is still open."""
        rows = self._trade(
            self.customer,
            {"date": "2020-01-01", "due_date": "2020-02-01", "paid_date": "2020-02-01"},
            {"date": "2020-01-02", "due_date": "2020-02-02"},
            {"date": "2024-01-01", "due_date": "2024-02-01", "paid_date": "2024-02-01"},
        )
        items = self._items("2024-12-31", partner_ids=self.customer.ids, due_from=date(2024, 1, 1))
        self.assertEqual({item["ref_id"] for item in items}, set(rows[1:].ids))
