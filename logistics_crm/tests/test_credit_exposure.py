# Part of logistics_crm. License LGPL-3 or later.
"""What a customer owes: every part, and against an obvious count of what was done."""

from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command, fields
from odoo.tests import tagged

from .credit_control_common import CreditControlCommon

RATE = 4.0  # francs per company currency, in force since 2024
MONEY = st.integers(min_value=1, max_value=90000).map(lambda cents: cents / 100)
ORDER = st.tuples(st.just("order"), MONEY, st.integers(1, 7), st.booleans(), st.booleans())
BILL = st.tuples(st.just("bill"), st.integers(0, 5), st.integers(1, 7), st.booleans())
OPERATIONS = st.tuples(
    st.lists(ORDER, min_size=1, max_size=2),
    st.lists(
        st.one_of(
            ORDER,
            BILL,
            BILL,
            st.tuples(st.just("reverse"), st.integers(0, 5)),
            st.tuples(st.just("invoice"), MONEY, st.booleans(), st.booleans()),
            st.tuples(st.just("pay"), st.integers(0, 5), st.integers(1, 100)),
            st.tuples(st.just("credit"), st.integers(0, 5), st.integers(1, 100)),
            st.tuples(st.just("deposit"), MONEY),
            st.tuples(st.just("cancel"), st.integers(0, 5)),
        ),
        min_size=2,
        max_size=8,
    ),
).map(lambda parts: parts[0] + parts[1])


class Book:
    """The obvious count: what was ordered and invoiced, less what was paid and credited."""

    def __init__(self):
        self.orders = []
        self.owed = 0.0
        self.deposits = 0.0
        self.documents = 0


@tagged("post_install", "-at_install")
class TestCreditExposure(CreditControlCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.logistics_credit_control = "off"
        cls.tax = cls.company_data["default_tax_sale"]
        cls.contact = cls.env["res.partner"].create(
            {"name": "Billing Office", "parent_id": cls.partner.id, "type": "invoice"}
        )
        cls.product_a.invoice_policy = "order"

    # ------------------------------------------------------------------ property
    def _do_order(self, book, price, quantity, foreign, taxed):
        order = self._quote(price, quantity, foreign=foreign, tax=self.tax if taxed else None)
        order.action_confirm()
        total = price * quantity * (1 + (self.tax.amount / 100 if taxed else 0))
        book.orders.append(
            {
                "order": order,
                "unit": total / quantity / (RATE if foreign else 1),
                "left": quantity,
                "posted": 0,
                "cancelled": False,
                "quantity": quantity,
                "invoices": [],
            }
        )

    def _do_bill(self, book, which, quantity, post):
        known = [row for row in book.orders if row["left"] and not row["cancelled"]]
        if not known:
            return
        row = known[which % len(known)]
        quantity = min(quantity, row["left"])
        invoice = row["order"]._create_invoices()
        invoice.invoice_line_ids.quantity = quantity
        invoice.invoice_date = self.today
        row["left"] -= quantity
        if post:
            invoice.action_post()
            row["posted"] += quantity
            row["invoices"].append((invoice, quantity))

    def _do_reverse(self, book, which):
        """A credit note made from the order's own invoice: the order is open again."""
        if not any(row["invoices"] for row in book.orders):
            self._do_bill(book, which, 7, True)
        known = [(row, pair) for row in book.orders for pair in row["invoices"]]
        if not known:
            return
        row, pair = known[which % len(known)]
        invoice, quantity = pair
        invoice._reverse_moves([{"invoice_date": self.today}]).action_post()
        row["invoices"].remove(pair)
        row["posted"] -= quantity
        row["left"] += quantity

    def _do_invoice(self, book, amount, foreign, post):
        values = {"currency_id": self.foreign} if foreign else {}
        self._invoice(self.partner, amount, self.today, post=post, **values)
        book.owed += amount / (RATE if foreign else 1)

    def _posted(self, kind="out_invoice"):
        return self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", self.partner.id),
                ("move_type", "=", kind),
                ("state", "=", "posted"),
                ("amount_residual", ">", 0),
            ],
            order="id",
        )

    def _do_pay(self, book, which, percent):
        if invoices := self._posted():
            invoice = invoices[which % len(invoices)]
            amount = invoice.currency_id.round(invoice.amount_residual * percent / 100)
            if amount:
                foreign = invoice.currency_id == self.foreign
                self._pay(invoice, self.today, amount=amount, currency_id=invoice.currency_id.id)
                book.owed -= amount / (RATE if foreign else 1)

    def _do_credit(self, book, which, percent):
        if invoices := self._posted():
            invoice = invoices[which % len(invoices)]
            amount = invoice.currency_id.round(invoice.amount_total * percent / 100)
            if amount:
                foreign = invoice.currency_id == self.foreign
                self._invoice(
                    self.partner,
                    amount,
                    self.today,
                    move_type="out_refund",
                    currency_id=invoice.currency_id,
                )
                book.owed -= amount / (RATE if foreign else 1)

    def _do_deposit(self, book, amount):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partner.id,
                "amount": amount,
                "date": self.today,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        # Where the bank has no outstanding account, only the statement books the money.
        if payment.move_id:
            book.owed -= amount
            book.deposits += amount

    def _do_cancel(self, book, which):
        known = [row for row in book.orders if not row["cancelled"]]
        if known:
            row = known[which % len(known)]
            row["order"]._action_cancel()
            row["cancelled"] = True

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        # Not shrinking: with a database behind it, that takes minutes.
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(operations=OPERATIONS)
    def test_random_ledger_equals_the_obvious_count(self, operations):
        """Orders + invoices - payments - credit notes, however far each order is invoiced."""
        with self.env.cr.savepoint() as savepoint:
            book = Book()
            for name, *arguments in operations:
                getattr(self, f"_do_{name}")(book, *arguments)
            expected = book.owed
            for row in book.orders:
                counted = row["posted"] if row["cancelled"] else row["quantity"]
                expected += row["unit"] * counted
            parts = self.exposure._exposure(self.account)
            tolerance = 0.02 * (1 + len(operations))
            self.assertAlmostEqual(parts["total"], expected, delta=tolerance, msg=operations)
            # D1: the ledger's part is core's own figure, in company currency.
            self.assertAlmostEqual(parts["receivable"], self.partner.credit, places=2)
            self.assertAlmostEqual(
                parts["total"],
                parts["receivable"] + parts["draft_invoices"] + parts["orders"],
                delta=0.021,
                msg="Each part is rounded by itself.",
            )
            self.company.logistics_credit_count_unapplied = False
            self.assertAlmostEqual(
                self._total(), expected + parts["unapplied"], delta=tolerance, msg=operations
            )
            self.company.logistics_credit_count_unapplied = True
            savepoint.rollback()
        self.env.invalidate_all()

    # ------------------------------------------------------------------ parts
    def test_d1_foreign_invoice_counts_once(self):
        """1000 francs at 4: 250 in company currency, not 62.5 and not 1000."""
        self._invoice(self.partner, 1000.0, self.today, currency_id=self.foreign)
        self._invoice(self.partner, 100.0, self.today, currency_id=self.foreign, post=False)
        parts = self.exposure._exposure(self.account)
        self.assertAlmostEqual(parts["receivable"], 250.0)
        self.assertAlmostEqual(parts["receivable"], self.partner.credit)
        self.assertAlmostEqual(parts["draft_invoices"], 25.0)

    def test_draft_invoice_of_an_order_does_not_count_twice(self):
        order = self._quote(100.0, 10)
        order.action_confirm()
        self.assertEqual(self._total(), 1000.0)
        invoice = order._create_invoices()
        parts = self.exposure._exposure(self.account)
        self.assertEqual((parts["orders"], parts["draft_invoices"]), (1000.0, 0.0))
        invoice.action_post()
        parts = self.exposure._exposure(self.account)
        self.assertEqual((parts["orders"], parts["receivable"]), (0.0, 1000.0))

    def test_cheap_draft_invoice_does_not_hide_the_order(self):
        """A salesperson may edit a draft invoice; that must not lower the exposure."""
        order = self._quote(100.0, 10)
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.invoice_line_ids.price_unit = 0.01
        self.assertEqual(self._total(), 1000.0)

    def test_down_payment_counts_once(self):
        """Order 1000, 300 invoiced as down payment: still 1000; 700 once it is paid."""
        order = self._quote(100.0, 10)
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "fixed",
                "fixed_amount": 300.0,
            }
        )
        down = wizard._create_invoices(order)
        self.assertAlmostEqual(self._total(), 1000.0)
        down.action_post()
        parts = self.exposure._exposure(self.account)
        self.assertAlmostEqual(parts["receivable"], 300.0)
        self.assertAlmostEqual(parts["orders"], 700.0)
        final = order._create_invoices(final=True)
        self.assertAlmostEqual(self._total(), 1000.0)
        final.action_post()
        parts = self.exposure._exposure(self.account)
        self.assertAlmostEqual(parts["receivable"], 1000.0)
        self.assertAlmostEqual(parts["orders"], 0.0)

    def test_delivered_not_invoiced_is_a_visible_part(self):
        self.product_a.invoice_policy = "delivery"
        order = self._quote(100.0, 10)
        order.action_confirm()
        order.order_line.qty_delivered = 4
        parts = self.exposure._exposure(self.account)
        self.assertEqual(parts["orders"], 1000.0)
        self.assertEqual(parts["delivered_not_invoiced"], 400.0)
        order.order_line.qty_delivered = 12
        parts = self.exposure._exposure(self.account)
        self.assertEqual(parts["orders"], 1200.0, "More delivered than ordered will be invoiced.")

    def test_archived_contacts_and_invoice_addresses_roll_up(self):
        order = self._quote(100.0, partner_invoice_id=self.contact.id)
        order.action_confirm()
        self._invoice(self.contact, 50.0, self.today)
        self.contact.active = False
        self.assertEqual(self._total(), 150.0)

    def test_the_invoiced_entity_owes(self):
        """Ordered by one, invoiced to another: the other one owes it."""
        payer = self._partner("Head Office")
        order = self._quote(100.0, partner_invoice_id=payer.id)
        order.action_confirm()
        self.assertEqual(self._total(), 0.0)
        self.assertEqual(self._total(self._account(payer)), 100.0)

    def test_orders_in_draft_invoices_are_found_by_who_pays(self):
        """Invoiced by a draft only, an order is open: for an own address and another payer."""
        payer = self._partner("Head Office")
        for invoice_address, account in (
            (self.contact, self.account),
            (payer, self._account(payer)),
        ):
            with self.subTest(payer=invoice_address.name):
                order = self._quote(100.0, 10, partner_invoice_id=invoice_address.id)
                order.action_confirm()
                order._create_invoices().invoice_line_ids.quantity = 10
                self.assertEqual(order.invoice_status, "invoiced")
                parts = self.exposure._exposure(account)
                self.assertEqual((parts["orders"], parts["draft_invoices"]), (1000.0, 0.0))

    def test_branches_belong_to_the_legal_entity(self):
        branch = self.env["res.company"].create(
            {"name": "Port Branch", "parent_id": self.company.id}
        )
        self.env.user.company_ids += branch
        order = self._quote(100.0)
        order.action_confirm()
        account = self._account(self.partner, company=branch)
        self.assertEqual(self._total(account), 100.0)

    def test_horizon_leaves_later_orders_out(self):
        order = self._quote(100.0)
        order.action_confirm()
        later = self._quote(500.0, commitment_date=fields.Datetime.now() + timedelta(days=90))
        later.action_confirm()
        self.assertEqual(self._total(), 600.0)
        self.company.logistics_credit_horizon_days = 30
        self.assertEqual(self._total(), 100.0)
        invoice = later._create_invoices()
        self.assertEqual(
            self._total(), 600.0, "A draft invoice counts when its order is not counted."
        )
        invoice.action_post()
        self.assertEqual(self._total(), 600.0)

    def test_unapplied_payment_counts_by_policy(self):
        self._invoice(self.partner, 100.0, self.today)
        self._invoice(self.partner, 30.0, self.today, move_type="out_refund")
        entry = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_receivable"].id,
                            "partner_id": self.partner.id,
                            "credit": 20.0,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_revenue"].id,
                            "debit": 20.0,
                        }
                    ),
                ]
            }
        )
        entry.action_post()
        self.assertEqual(self._total(), 50.0)
        self.company.logistics_credit_count_unapplied = False
        parts = self.exposure._exposure(self.account)
        self.assertEqual(parts["unapplied"], 20.0)
        self.assertEqual(parts["total"], 70.0, "Open credit notes always count.")

    def test_rights_do_not_shrink_the_exposure(self):
        """A salesperson sees own invoices only; the verdict counts all of them."""
        other = self._user("seller")
        self._invoice(self.partner, 100.0, self.today, invoice_user_id=other.id)
        order = self._quote(10.0)
        verdict = order.with_user(self.seller)._credit_verdict()
        self.assertEqual(verdict["exposure"], 100.0)

    def test_customer_form_shows_the_parts(self):
        self._invoice(self.partner, 100.0, self.today)
        order = self._quote(300.0)
        order.action_confirm()
        self.account._grant_limit(1000.0)
        seen = self.account.with_user(self.controller)
        self.assertEqual(seen.credit_receivable, 100.0)
        self.assertEqual(seen.credit_orders, 300.0)
        self.assertEqual(seen.credit_exposure, 400.0)
        self.assertEqual(seen.credit_available, 600.0)
        self.assertAlmostEqual(seen.credit_utilisation, 0.4)
        both = seen | self._account().with_user(self.controller)
        both.invalidate_recordset()
        self.assertEqual(both.mapped("credit_exposure"), [400.0, 0.0], "D9: batches do not mix.")
        self.assertIs(both[1].credit_limit_total, False)
