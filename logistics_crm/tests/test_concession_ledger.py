# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LogisticsLedgerCommon

AS_OF = fields.Date.to_date("2024-12-31")


@tagged("post_install", "-at_install")
class TestConcessionLedger(LogisticsLedgerCommon):
    """What was given to keep a customer, read from documents or recorded, and what is left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller")
        cls.colleague = cls._user("seller")
        cls.partner = cls._partner("Conceded", user_id=cls.seller.id)
        cls.product_a.list_price = 100.0
        cls.company.write({"logistics_capital_rate": 7.3, "logistics_standard_term_days": 30})

    def _sold(self, order, date):
        """Invoice an order and have it paid at once: no late payment beside what is tested."""
        invoice = self._bill(order, date)
        self._pay(invoice, date)
        return invoice

    def _derive(self, as_of=AS_OF):
        self._refresh(as_of)
        self.env["logistics.concession"]._derive(self.company, as_of)
        return self._account_of(self.partner)

    def _rows(self, kind=None):
        domain = [("customer_id.partner_id", "=", self.partner.id)]
        if kind:
            domain.append(("kind", "=", kind))
        return self.env["logistics.concession"].search(domain)

    def test_discount_and_price_below_list(self):
        """List 200 for two, sold at 90 with 10 % off: 20 below list and 18 discount."""
        order = self._order(
            self.partner,
            {"price_unit": 90.0, "discount": 10.0, "product_uom_qty": 2.0, "purchase_price": 50.0},
            {"price_unit": 130.0, "discount": 20.0, "purchase_price": 50.0},
        )
        invoice = self._sold(order, "2024-05-02")
        account = self._derive()
        discount, below = self._rows("discount"), self._rows("below_list")
        # the second line is sold at 104, above the list price: nothing was given
        self.assertRecordValues(
            discount | below,
            [
                {"amount": 18.0, "level": "1", "in_margin": True, "derived": True},
                {"amount": 20.0, "level": "1", "in_margin": True, "derived": True},
            ],
        )
        self.assertEqual(discount.move_id, invoice)
        self.assertEqual(discount.date, fields.Date.to_date("2024-05-02"))
        self.assertAlmostEqual(account.margin_12m, 162.0 + 104.0 - 150.0)
        self.assertAlmostEqual(
            account.true_margin_12m, account.margin_12m, msg="the margin is net of it already"
        )
        self.assertAlmostEqual(account.concession_financial_12m, 38.0)
        self.assertTrue(account.price_only)

    def test_derivation_is_repeatable_and_follows_the_documents(self):
        order = self._order(self.partner, {"price_unit": 80.0})
        invoice = self._sold(order, "2024-05-02")
        self._derive()
        row = self._rows("below_list")
        before = row.read(["amount", "date", "write_date", "source_key"])
        self._derive()
        self.assertEqual(row.exists().read(["amount", "date", "write_date", "source_key"]), before)
        self.assertEqual(len(self._rows()), 1)
        invoice.button_draft()
        self._derive()
        self.assertFalse(row.exists())

    def test_credit_note_takes_it_back(self):
        order = self._order(self.partner, {"price_unit": 80.0})
        invoice = self._sold(order, "2024-05-02")
        refund = invoice._reverse_moves([{"invoice_date": "2024-06-01", "date": "2024-06-01"}])
        refund.action_post()
        account = self._derive()
        self.assertEqual(sorted(self._rows("below_list").mapped("amount")), [-20.0, 20.0])
        self.assertAlmostEqual(account.concession_financial_12m, 0.0)

    def test_terms_and_late_payment(self):
        """1,000 for 60 days: 30 beyond the standard. Paid 20 days late. 7.3 % a year."""
        invoice = self._invoice(self.partner, 1000.0, "2024-03-01", due="2024-04-30")
        self._pay(invoice, "2024-05-20")
        self._derive()
        self.assertAlmostEqual(self._rows("terms").amount, 1000 * 30 * 0.073 / 365, places=2)
        self.assertAlmostEqual(self._rows("late_payment").amount, 1000 * 20 * 0.073 / 365, places=2)
        self.company.logistics_capital_rate = False
        account = self._derive()
        self.assertIs(self._rows("terms").amount, False, "unknown without a cost of capital")
        self.assertIs(account.concession_financial_12m, False)
        self.assertEqual(account.concession_coverage_12m, 0.0)

    def test_standard_terms_are_no_concession(self):
        self._invoice(self.partner, 1000.0, "2024-12-15", due="2025-01-14")
        account = self._derive()
        self.assertFalse(self._rows())
        self.assertEqual(account.concession_financial_12m, 0.0)
        self.assertIs(account.concession_coverage_12m, False)
        self.assertFalse(account.price_only)

    def test_true_margin_and_what_binds(self):
        order = self._order(self.partner, {"price_unit": 90.0, "purchase_price": 40.0})
        self._sold(order, "2024-05-02")
        account = self._derive()
        self.assertTrue(account.price_only)
        ledger = self.env["logistics.concession"].with_user(self.seller)
        for kind, amount, date in (
            ("rebate", 7.0, "2024-07-01"),
            ("gift", 3.0, "2024-07-01"),
            ("event", False, "2024-08-01"),
            ("rebate", 500.0, "2023-12-31"),
        ):
            ledger.create({"customer_id": account.id, "kind": kind, "amount": amount, "date": date})
        self._derive()
        self.assertAlmostEqual(account.true_margin_12m, 50.0 - 7.0 - 3.0)
        self.assertAlmostEqual(account.concession_social_12m, 3.0)
        self.assertAlmostEqual(account.concession_financial_12m, 10.0 + 7.0)
        self.assertAlmostEqual(account.concession_coverage_12m, 3 / 4)
        self.assertFalse(account.price_only)
        self.assertEqual(account.concession_structural_12m, 0.0)

    def test_structural_bond_lasts(self):
        order = self._order(self.partner, {"price_unit": 90.0})
        self._sold(order, "2024-05-02")
        account = self._derive()
        link = self.env["logistics.concession"].create(
            {"customer_id": account.id, "kind": "link", "date": "2020-01-01"}
        )
        self._derive()
        self.assertFalse(account.price_only)
        link.valid_until = "2024-12-30"
        self._derive()
        self.assertTrue(account.price_only)

    def test_report(self):
        """The report's sums are those of the account; without known cost it is unknown."""
        order = self._order(self.partner, {"price_unit": 90.0, "purchase_price": 40.0})
        self._sold(order, "2024-05-02")
        account = self._derive()
        self.env["logistics.concession"].create(
            {"customer_id": account.id, "kind": "gift", "amount": 3.0, "date": "2024-07-01"}
        )
        dark = self._partner("Dark")
        self._trade(dark, {"date": "2024-05-05", "amount": 700.0})
        other = self._account_of(dark)
        self.env["logistics.concession"].create(
            {"customer_id": other.id, "kind": "rebate", "amount": 5.0, "date": "2024-07-01"}
        )
        self._derive()
        groups = self.env["logistics.true.margin.report"]._read_group(
            [("customer_id", "in", (account | other).ids)],
            ["customer_id"],
            [
                "revenue:sum",
                "given_on_price:sum",
                "margin:sum",
                "social:sum",
                "true_margin:sum",
                "cost_coverage:avg",
            ],
        )
        rows = {group[0]: group[1:] for group in groups}
        self.assertEqual([round(v, 2) for v in rows[account]], [90.0, 10.0, 50.0, 3.0, 47.0, 1.0])
        revenue, _given, margin, _social, true_margin, coverage = rows[other]
        self.assertEqual((revenue, coverage), (700.0, 0.0))
        self.assertFalse(margin)
        self.assertIs(true_margin, False, "not minus five")
        self.assertIs(other.true_margin_12m, False)

    def test_rights(self):
        order = self._order(self.partner, {"price_unit": 90.0})
        self._sold(order, "2024-05-02")
        account = self._derive()
        row = self._rows("below_list")
        with self.assertRaises(UserError):
            row.with_user(self.seller).write({"amount": 1.0})
        manager = self._user("manager")
        with self.assertRaises(UserError):
            row.with_user(manager).unlink()
        with self.assertRaises(AccessError):
            self.env["logistics.concession"].with_user(self.colleague).create(
                {"customer_id": account.id, "kind": "gift", "amount": 1.0}
            )
        with self.assertRaises(AccessError):
            self.env["logistics.concession"].with_user(self.seller).create(
                {"customer_id": account.id, "kind": "gift", "derived": True}
            )
        for model in ("logistics.concession", "logistics.true.margin.report"):
            mine = self.env[model].with_user(self.seller).search([])
            self.assertIn(account, mine.customer_id)
            theirs = self.env[model].with_user(self.colleague).search([])
            self.assertNotIn(account, theirs.customer_id)
        with self.assertRaises(AccessError):
            account.with_user(self.seller).write({"true_margin_12m": 1.0})

    def test_companies_and_merge(self):
        """Another company's documents are not read; merged accounts keep every row."""
        order = self._order(self.partner, {"price_unit": 90.0})
        self._sold(order, "2024-05-02")
        account = self._derive()
        twin = self._account(self._partner("Twin"))
        self.env["logistics.concession"].create(
            {"customer_id": twin.id, "kind": "gift", "amount": 2.0, "date": "2024-07-01"}
        )
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["logistics.concession"]._derive(other, AS_OF)
        self.assertEqual(len(self._rows()), 1)
        twin._fold_into(account)
        self.assertEqual(sorted(self._rows().mapped("kind")), ["below_list", "gift"])
        self._derive()
        self.assertAlmostEqual(account.concession_social_12m, 2.0)
