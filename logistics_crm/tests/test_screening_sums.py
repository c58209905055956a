# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from odoo.tests import tagged

from .common import LogisticsLedgerCommon

YEAR = 2023


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningSums(LogisticsLedgerCommon):
    """All lines together are the ledger: revenue, margin and open amounts, to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls._partner("Sum One") | cls._partner("Sum Two") | cls._partner("Sum Three")
        one, two, three = cls.partners
        # a contact of the customer: its documents are the customer's
        child = cls.env["res.partner"].create({"name": "Branch", "parent_id": one.id})
        cls.orders = cls.env["sale.order"]
        for number, (partner, currency) in enumerate(
            ((one, None), (child, None), (two, cls.foreign), (three, None)), 1
        ):
            values = {}
            if currency:
                values["pricelist_id"] = (
                    cls.env["product.pricelist"]
                    .create({"name": "Swiss", "currency_id": currency.id})
                    .id
                )
            order = cls._order(
                partner,
                {
                    "product_id": cls.product_a.id,
                    "product_uom_qty": number,
                    "price_unit": 33.33 * number,
                    "purchase_price": 20.01,
                },
                {"product_id": cls.product_b.id, "price_unit": 12.35, "purchase_price": 0},
                **values,
            )
            # the rate of the order's currency is that of the day of the invoice
            order.date_order = f"{YEAR}-0{number}-15 12:00:00"
            cls.orders |= order
            invoice = cls._bill(order, f"{YEAR}-0{number}-15")
            if number == 1:
                refund = invoice._reverse_moves(
                    [{"invoice_date": f"{YEAR}-12-31", "date": f"{YEAR}-12-31"}]
                )
                refund.invoice_line_ids[0].quantity = 0.5
                refund.action_post()
            elif number == 2:
                cls._pay(invoice, f"{YEAR}-05-01", amount=40)
            elif number == 3:
                cls._pay(invoice, f"{YEAR + 1}-02-01")
        cls._invoice(one, 777.77, f"{YEAR + 1}-01-01")
        cls._invoice(two, 55.55, f"{YEAR}-12-31", currency_id=cls.foreign.id)
        cls._invoice(three, 99.99, f"{YEAR}-06-30", move_type="out_refund")
        cls._invoice(three, 1, f"{YEAR - 1}-12-31")
        # a credit note alone: no trade, but a line, so that the sum is the ledger's
        cls._invoice(cls._partner("Credit Only"), 7.01, f"{YEAR}-03-03", move_type="out_refund")
        cls.screening = cls.env["logistics.screening"].create(
            {"year": YEAR, "company_id": cls.company.id}
        )
        cls.screening.action_compute()
        cls.lines = cls.screening.line_ids

    def _income(self, *further):
        return self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "in", ("income", "income_other")),
                ("move_id.move_type", "in", ("out_invoice", "out_refund")),
                ("date", ">=", f"{YEAR}-01-01"),
                ("date", "<=", f"{YEAR}-12-31"),
                *further,
            ]
        )

    def test_revenue_is_the_posted_revenue_of_the_year(self):
        """Criterion 1 over all lines, and customer by customer, is what the ledger posted."""
        ledger = self._income()
        self.assertTrue(ledger.filtered(lambda item: item.currency_id == self.foreign))
        self.assertTrue(ledger.filtered(lambda item: item.move_id.move_type == "out_refund"))
        self.assertAlmostEqual(
            sum(self.lines.mapped("revenue")), -sum(ledger.mapped("balance")), places=2
        )
        self.assertAlmostEqual(self.screening.revenue, -sum(ledger.mapped("balance")), places=2)
        for line in self.lines:
            own = ledger.filtered(
                lambda item, line=line: item.partner_id.commercial_partner_id == line.partner_id
            )
            self.assertAlmostEqual(line.revenue, -sum(own.mapped("balance")), places=2)
            months = sum(month.amount for month in line.month_ids)
            self.assertAlmostEqual(line.revenue, months, places=2)

    def test_margin_is_that_of_sale_margin(self):
        """Over the order lines whose cost is known, credited quantities taken back."""
        ledger = self._income()
        for partner in self.partners:
            expected = 0
            for item in ledger.filtered(
                lambda item, partner=partner: (
                    item.partner_id.commercial_partner_id == partner and item.sale_line_ids
                )
            ):
                sold = item.sale_line_ids
                if not sold.purchase_price:
                    continue
                share = item.quantity / sold.product_uom_qty
                if item.move_id.move_type == "out_refund":
                    share = -share
                expected += sold.margin * share / sold.order_id.currency_rate
            line = self.lines.filtered(lambda line, partner=partner: line.partner_id == partner)
            self.assertAlmostEqual(line.gross_margin, expected, places=2, msg=partner.name)
        uncredited = self.lines.filtered(lambda line: line.partner_id == self.partners[2])
        [order] = self.orders.filtered(lambda order: order.partner_id == self.partners[2])
        costed = order.order_line.filtered("purchase_price")
        self.assertAlmostEqual(uncredited.gross_margin, sum(costed.mapped("margin")), places=2)

    def test_open_amounts_are_the_aged_report(self):
        """Customer by customer, on the closing date; what was paid in January was open."""
        self.assertEqual(self.screening.as_of, date(YEAR, 12, 31))
        aged = {
            row["partner_id"]: row
            for row in self.env["logistics.receivable.report"]._ageing(
                self.screening.as_of, self.company
            )
        }
        self.assertEqual(set(aged), set(self.lines.filtered("open_amount").partner_id.ids))
        for line in self.lines:
            row = aged.get(line.partner_id.id, {})
            self.assertAlmostEqual(line.open_amount, row.get("total", 0), places=2)
            overdue = sum(
                row.get(name, 0) for name in ("b1_30", "b31_60", "b61_90", "b91_120", "b120_plus")
            )
            self.assertAlmostEqual(line.overdue_amount, overdue, places=2)
        self.assertGreater(sum(self.lines.mapped("open_amount")), 0)

    def test_evidence_is_what_the_figure_counts(self):
        """Lines, items and quotations that a click opens add up to the figures of the sheet."""
        manager = self._user("manager")
        for line in self.lines.with_user(manager):
            for kind, figure, count in (
                ("trade", "amount", ("revenue", "line_count")),
                ("open", "open_amount", ("open_amount", None)),
                ("due", "balance", ("due_amount", "due_count")),
                ("quotations", None, (None, "quote_count")),
            ):
                action = line.with_context(evidence=kind).action_evidence()
                records = line.env[action["res_model"]].search(action["domain"])
                if count[1]:
                    self.assertEqual(len(records), line[count[1]], f"{kind} {line.customer_name}")
                if count[0]:
                    self.assertAlmostEqual(
                        sum(records.mapped(figure)), line[count[0]] or 0, places=2
                    )

    def test_disputes_and_gates_on_the_closing_date(self):
        """A dispute closed later was open then; a gate lifted later was closed then."""
        line = self.lines.filtered(lambda line: line.partner_id == self.partners[1])
        [invoice] = self.orders.filtered(
            lambda order: order.partner_id == self.partners[1]
        ).invoice_ids
        self.env["logistics.dispute"].create(
            {
                "move_id": invoice.id,
                "reason": "price",
                "date_opened": f"{YEAR}-11-01",
                "deadline": f"{YEAR}-12-01",
            }
        )
        old = self._partner("Old Debt")
        debt = self._invoice(old, 321, f"{YEAR - 1}-11-11")
        for year in (YEAR - 1, YEAR):
            self.env["logistics.arrears.gate"]._create_gates(year, self.company)
        self.screening.action_compute()
        self.assertEqual(line.disputed_count, 1)
        self.assertAlmostEqual(line.disputed_amount, invoice.amount_total_signed, places=2)
        self.assertEqual(line.gate_state, "open")
        gate = self.env["logistics.arrears.gate"].search(
            [("customer_id", "=", line.customer_id.id), ("year", "=", YEAR)]
        )
        gate.flush_recordset()
        for lifted, expected in ((f"{YEAR}-12-30", "lifted"), (f"{YEAR + 1}-01-02", "open")):
            self.env.cr.execute(
                "UPDATE logistics_arrears_gate SET state = 'lifted', lifted_on = %s WHERE id = %s",
                [lifted, gate.id],
            )
            self.screening.action_compute()
            self.assertEqual(line.gate_state, expected)
        # the gate of the year before watches what is still open on the closing date
        older = self.screening.line_ids.filtered(lambda line: line.partner_id == old)
        gates = self.env["logistics.arrears.gate"].search(
            [("customer_id", "=", older.customer_id.id)]
        )
        self.assertEqual(gates.mapped("year"), [YEAR - 1])
        self.assertEqual(older.gate_state, "open")
        self._pay(debt, f"{YEAR + 1}-01-05")
        self.screening.action_compute()
        self.assertEqual(older.gate_state, "open", "it was paid after the closing date")
        debt.line_ids.remove_move_reconcile()
        self._pay(debt, f"{YEAR}-12-31")
        self.screening.action_compute()
        self.assertEqual(older.gate_state, "settled")
