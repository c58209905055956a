# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from odoo.tests import tagged

from .common import LogisticsLedgerCommon


@tagged("post_install", "-at_install")
class TestFiguresOfInvoices(LogisticsLedgerCommon):
    """Invoices and payments reach the same figures as history does."""

    def test_invoices_and_payments(self):
        """One customer's year, figure by figure."""
        customer = self._partner()
        self.product_a.standard_price = 60.0
        order = self._order(customer, {"product_uom_qty": 10, "price_unit": 100})
        order.order_line.write(
            {"logistics_promised_date": "2024-02-03", "logistics_delivered_date": "2024-02-02"}
        )
        billed = self._bill(order, "2024-02-05")
        self._pay(billed, "2024-02-05")
        late = self._invoice(customer, 400, "2024-03-01", due="2024-03-31")
        self._pay(late, "2024-04-10", amount=100)
        self._pay(late, "2024-04-20")
        self._invoice(customer, 250, "2024-05-01", due="2024-05-31")
        self.init_payment(30, post=True, date="2024-06-01", partner=customer)
        self._invoice(customer, 7, "2024-07-01")
        self._refresh("2024-06-30")
        account = self._account_of(customer)
        self.assertRecordValues(
            account,
            [
                {
                    "first_trade_date": date(2024, 2, 5),
                    "last_trade_date": date(2024, 5, 1),
                    "trade_days_12m": 3,
                    "order_interval_days": 43.0,
                    "quantity_12m": 12.0,
                    "revenue_12m": 1650.0,
                    "margin_12m": 400.0,
                    "on_time_rate": 1.0,
                    "invoice_count_due": 3,
                    "open_amount": 220.0,
                    "overdue_amount": 250.0,
                }
            ],
        )
        self.assertAlmostEqual(account.cost_coverage_12m, 1000 / 1650)
        self.assertAlmostEqual(account.late_share, 2 / 3)
        self.assertAlmostEqual(account.average_days_late, (100 * 10 + 300 * 20) / (1000 + 400))

    def test_history_and_invoices_add_up(self):
        """A customer that traded before and after go-live has one revenue and one first day."""
        customer = self._partner()
        self._trade(customer, {"date": "2023-11-01", "amount": 80.0})
        self._invoice(customer, 20, "2024-01-15")
        self._refresh("2024-06-30")
        account = self._account_of(customer)
        self.assertEqual(account.revenue_12m, 100.0)
        self.assertEqual(account.first_trade_date, date(2023, 11, 1))

    def test_cost_edits_change_no_past_margin(self):
        """The margin of the year stays when the product's cost changes."""
        customer = self._partner()
        self._bill(self._order(customer, {"product_uom_qty": 2, "price_unit": 1000}), "2024-02-05")
        self._refresh("2024-06-30")
        account = self._account_of(customer)
        self.assertEqual(account.margin_12m, 400.0)
        self.product_a.standard_price = 1.0
        self._refresh("2024-06-30")
        self.assertEqual(account.margin_12m, 400.0)
