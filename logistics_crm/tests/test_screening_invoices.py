# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import LogisticsLedgerCommon
from .complaint_common import ComplaintLedgerCommon


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningInvoices(LogisticsLedgerCommon):
    """The screening of a company that invoices in Odoo agrees with its ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls._partner("Ledger One"), cls._partner("Ledger Two")

    def _compute(self, year=2023):
        screening = self.env["logistics.screening"].create(
            {"year": year, "company_id": self.company.id}
        )
        screening.action_compute()
        return screening

    def _line(self, screening, partner):
        return screening.line_ids.filtered(lambda line: line.partner_id == partner)

    def test_revenue_equals_the_ledger(self):
        """Invoices, credit notes and a foreign currency add up to the posted revenue."""
        self._invoice(self.customer, 1000, "2023-01-01")
        self._invoice(self.customer, 300, "2023-12-31")
        self._invoice(self.customer, 7, "2024-01-01")
        self._invoice(self.customer, 50, "2022-12-31")
        self._invoice(self.customer, 200, "2023-06-01", move_type="out_refund")
        self._invoice(self.other, 400, "2023-07-01", currency_id=self.foreign.id)
        self._invoice(self.other, 9999, "2023-08-01", post=False)
        screening = self._compute()
        line = self._line(screening, self.customer)
        self.assertEqual((line.revenue, line.revenue_previous), (1100, 50))
        self.assertEqual(self._line(screening, self.other).revenue, 200)
        posted = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("display_type", "=", "product"),
                ("account_id.account_type", "=", "income"),
                ("date", ">=", "2023-01-01"),
                ("date", "<=", "2023-12-31"),
            ]
        )
        self.assertAlmostEqual(screening.revenue, -sum(posted.mapped("balance")), 2)
        self.assertAlmostEqual(sum(screening.line_ids.mapped("revenue")), screening.revenue, 2)

    def test_settlement_as_of_the_closing_day(self):
        """Open and overdue are those of December 31, whatever was paid in January."""
        paid = self._invoice(self.customer, 600, "2023-10-01", due="2023-11-01")
        self._pay(paid, "2023-11-11")
        late = self._invoice(self.customer, 400, "2023-11-01", due="2023-12-01")
        self._pay(late, "2024-01-15")
        self._invoice(self.customer, 100, "2023-12-20", due="2024-01-20")
        line = self._line(self._compute(), self.customer)
        self.assertEqual((line.open_amount, line.overdue_amount), (500, 400))
        self.assertEqual((line.due_count, line.due_amount), (2, 1000))
        self.assertAlmostEqual(line.collected_share, 0.6)
        self.assertAlmostEqual(line.average_days_late, 10)
        # 5 x 60 % collected, 3 x 20 % of the debt not overdue, 2 x 50 of 60 days
        self.assertAlmostEqual(line.score_safety, 10 * (5 * 0.6 + 3 * 0.2 + 2 * 5 / 6), 2)
        self.assertEqual(line.proposal, "rectify")

    def test_margin_equals_sale_margin(self):
        """The margin is that of the orders behind the invoices, at the cost frozen there."""
        order = self._order(
            self.customer,
            {"product_id": self.product_a.id, "price_unit": 100, "purchase_price": 70},
            {"product_id": self.product_b.id, "price_unit": 50, "purchase_price": 60},
        )
        self._bill(order, "2023-05-05")
        self.product_a.standard_price = 999
        line = self._line(self._compute(), self.customer)
        self.assertAlmostEqual(line.gross_margin, sum(order.order_line.mapped("margin")), 2)
        self.assertEqual((line.gross_margin, line.cost_coverage), (20, 1))
        self.assertAlmostEqual(line.margin_rate, 20 / 150)


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningComplaints(ComplaintLedgerCommon):
    """What a complaint cost is deducted once, untaxed, whoever recorded it."""

    def test_credit_note_of_a_complaint(self):
        """Its lines have no cost of their own: they lower revenue and the margin after, once."""
        self.company.logistics_claim_post = True
        boss = self._user("manager")
        self.env["logistics.compensation.authority"].create(
            {"company_id": self.company.id, "user_id": boss.id, "unlimited": True}
        )
        partner = self._partner("Complained")
        account = self._account(partner)
        tax = self.env["account.tax"].create(
            {"name": "15 %", "amount": 15, "company_id": self.company.id}
        )
        order = self._order(
            partner,
            {
                "product_id": self.product_a.id,
                "price_unit": 1000,
                "purchase_price": 600,
                "tax_ids": [Command.set(tax.ids)],
            },
        )
        invoice = self._bill(order, "2023-03-01")
        self.assertEqual(invoice.amount_total, 1150)
        with freeze_time("2023-06-01"):
            complaint = self._complain(account, move_id=invoice.id, received_on="2023-05-20")
            compensation = self.env["logistics.complaint.compensation"].create(
                {"complaint_id": complaint.id, "amount": 115, "reason": "Late"}
            )
            compensation.with_user(boss).action_approve()
        self.assertEqual(complaint.compensation_amount, 115, "with the tax")
        # the concession ledger derives the claim as well, for its own reports
        self.env["logistics.concession"]._derive(
            self.company, as_of="2023-12-31", date_from="2023-01-01"
        )
        claims = self.env["logistics.concession"].search([("customer_id", "=", account.id)])
        self.assertIn("claim", claims.mapped("kind"))
        screening = self.env["logistics.screening"].create(
            {"year": 2023, "company_id": self.company.id}
        )
        screening.action_compute()
        [line] = screening.line_ids
        self.assertEqual((line.revenue, line.gross_margin), (900, 400))
        self.assertEqual((line.claim_cost, line.given_on_price), (100, 0))
        self.assertEqual(line.net_margin, 300)
        action = line.with_context(evidence="compensations").action_evidence()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), complaint)
        # a credit note that takes the order lines back is in the gross margin already
        refund = invoice._reverse_moves([{"invoice_date": "2023-07-01", "date": "2023-07-01"}])
        refund.invoice_line_ids[0].quantity = 0.5
        refund.logistics_complaint_id = complaint
        refund.action_post()
        screening.action_compute()
        self.assertEqual((line.revenue, line.gross_margin, line.claim_cost), (400, 200, 100))
        self.assertEqual(line.net_margin, 100)
