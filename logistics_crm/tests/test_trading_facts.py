# Part of logistics_crm. License LGPL-3 or later.
from collections import defaultdict
from datetime import date, timedelta
from random import Random

from odoo import Command
from odoo.tests import tagged

from .common import LogisticsLedgerCommon, total


@tagged("post_install", "-at_install")
class TestInvoiceFacts(LogisticsLedgerCommon):
    """Every posted customer invoice line is one fact, in the company's currency and unit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._partner("Facts")
        cls.product_a.write({"standard_price": 60.0, "weight": 2.5})

    def _fact(self, partner=None, **kwargs):
        (fact,) = self._facts(partner_ids=(partner or self.customer).ids, **kwargs)
        return fact

    # ------------------------------------------------------------ one rule at a time
    def test_plain_invoice(self):
        """An invoice without an order has an amount and no known cost."""
        invoice = self._invoice(self.customer, 50.0, "2024-03-05", quantity=4)
        fact = self._fact()
        self.assertEqual(fact["source"], "invoice")
        self.assertEqual(fact["ref_id"], invoice.invoice_line_ids.id)
        self.assertEqual(fact["document"], invoice.name)
        self.assertEqual(fact["date"], date(2024, 3, 5))
        self.assertEqual((fact["amount"], fact["quantity"]), (200, 4))
        self.assertEqual(fact["weight_kg"], 10.0)
        self.assertIsNone(fact["cost"], "the product's cost of today is not this sale's cost")

    def test_credit_note(self):
        """A credit note takes back quantity, amount and the frozen cost."""
        order = self._order(self.customer, {"product_uom_qty": 10, "price_unit": 100})
        invoice = self._bill(order, "2024-03-05")
        self._reverse_invoice(invoice, post=True, date="2024-04-01")
        facts = self._facts(partner_ids=self.customer.ids)
        self.assertEqual(sorted(fact["quantity"] for fact in facts), [-10, 10])
        for name in ("amount", "cost", "quantity", "weight_kg"):
            self.assertEqual(total(facts, name), 0.0, name)
        self.assertEqual(total(self._facts(date_to=date(2024, 3, 31)), "amount"), 1000.0)

    def test_only_posted(self):
        """Drafts and cancelled invoices are no trade; neither are bills and misc entries."""
        self._invoice(self.customer, 10, "2024-03-05", post=False)
        cancelled = self._invoice(self.customer, 20, "2024-03-05")
        cancelled.button_draft()
        cancelled.button_cancel()
        self._invoice(self.customer, 40, "2024-03-05", move_type="in_invoice")
        reset = self._invoice(self.customer, 80, "2024-03-05")
        reset.button_draft()
        self.assertFalse(self._facts(partner_ids=self.customer.ids))
        reset.action_post()
        self.assertEqual(self._fact()["amount"], 80)

    def test_tax_sections_and_discount(self):
        """Amounts are untaxed and discounted; sections, notes and tax lines are no trade."""
        self._create_invoice(
            partner_id=self.customer,
            invoice_date="2024-03-05",
            post=True,
            invoice_line_ids=[
                Command.create(
                    {
                        "product_id": self.product_a.id,
                        "price_unit": 200,
                        "discount": 25,
                        "tax_ids": [Command.set(self.tax_sale_a.ids)],
                    }
                ),
                Command.create({"display_type": "line_section", "name": "Air"}),
                Command.create({"display_type": "line_note", "name": "Thank you"}),
            ],
        )
        self.assertEqual(self._fact()["amount"], 150)

    def test_foreign_currency(self):
        """Amount at the invoice's rate, cost at the order's rate, both in company currency."""
        pricelist = self.env["product.pricelist"].create(
            {"name": "CHF", "currency_id": self.foreign.id}
        )
        order = self._order(
            self.customer,
            {"product_uom_qty": 3, "price_unit": 400},
            pricelist_id=pricelist.id,
            date_order="2023-06-01 10:00:00",
        )
        order.date_order = "2023-06-01 10:00:00"
        self.assertEqual(order.order_line.purchase_price, 120.0, "60 at 2 CHF each")
        self._bill(order, "2024-03-05")
        fact = self._fact()
        self.assertEqual(fact["amount"], 300, "1200 CHF at 4")
        self.assertAlmostEqual(float(fact["cost"]), 180.0)

    def test_unit_of_measure(self):
        """Dozens sold of a product kept in units count as units; cost is per order unit."""
        order = self._order(
            self.customer,
            {"product_uom_qty": 2, "product_uom_id": self.uom_dozen.id, "price_unit": 1000},
        )
        self.assertEqual(order.order_line.purchase_price, 720)
        invoice = self._bill(order, "2024-03-05")
        fact = self._fact()
        self.assertAlmostEqual(fact["quantity"], 24)
        self.assertAlmostEqual(fact["weight_kg"], 60)
        self.assertAlmostEqual(float(fact["cost"]), 1440)
        invoice.button_draft()
        invoice.invoice_line_ids.write(
            {"product_uom_id": self.uom_unit.id, "quantity": 6, "price_unit": 100}
        )
        invoice.action_post()
        fact = self._fact()
        self.assertAlmostEqual(fact["quantity"], 6, msg="invoiced in units, ordered in dozens")
        self.assertAlmostEqual(float(fact["cost"]), 360)

    def test_cost_is_frozen(self):
        """A new purchase price changes no margin of the past."""
        self._bill(self._order(self.customer, {"product_uom_qty": 5}), "2024-03-05")
        before = self._fact()["cost"]
        self.assertEqual(float(before), 300.0)
        self.product_a.standard_price = 999
        self.assertEqual(self._fact()["cost"], before)

    def test_cost_of_zero_is_unknown(self):
        """Odoo writes zero where a product has no cost: nobody earns 100 % on it."""
        self.product_a.standard_price = 0
        self._bill(self._order(self.customer, {"product_uom_qty": 5}), "2024-03-05")
        self.assertIsNone(self._fact()["cost"])

    def test_down_payment(self):
        """A down payment and its deduction add up to the order, with the order's cost once."""
        order = self._order(self.customer, {"product_uom_qty": 10, "price_unit": 100})
        down = self._create_down_payment_invoice(order, "percentage", 30)
        down.write({"invoice_date": "2024-02-01", "date": "2024-02-01"})
        down.action_post()
        self.assertEqual(total(self._facts(partner_ids=self.customer.ids), "amount"), 300)
        self._bill(order, "2024-03-05", final=True)
        facts = self._facts(partner_ids=self.customer.ids)
        self.assertEqual(total(facts, "amount"), 1000)
        self.assertEqual(total(facts, "cost"), 600)
        self.assertEqual({fact["cost"] is None for fact in facts}, {False})

    def test_several_order_lines_in_one_invoice_line(self):
        """An invoice line that stems from two order lines is counted once."""
        order = self._order(self.customer, {"product_uom_qty": 1}, {"product_uom_qty": 1})
        invoice = self._bill(order, "2024-03-05")
        invoice.button_draft()
        invoice.invoice_line_ids[1].unlink()
        invoice.invoice_line_ids.sale_line_ids = [Command.set(order.order_line.ids)]
        invoice.action_post()
        self.assertEqual(len(self._facts(partner_ids=self.customer.ids)), 1)
        self.assertEqual(len(self._facts(company=self.company)), 1)

    def test_service_and_delivery_from_the_order_line(self):
        """Service: the order line's, else the product's. Late deliveries are not known early."""
        air, sea = self.env["logistics.service"].create([{"name": "Air"}, {"name": "Sea"}])
        self.product_a.logistics_service_id = air
        order = self._order(self.customer, {}, {})
        self.assertEqual(order.order_line.logistics_service_id, air)
        order.order_line[1].write(
            {
                "logistics_service_id": sea.id,
                "logistics_promised_date": "2024-03-04",
                "logistics_delivered_date": "2024-03-10",
            }
        )
        self._bill(order, "2024-03-05")
        other = self._partner()
        self._invoice(other, 10, "2024-03-05")
        facts = {fact["service_id"]: fact for fact in self._facts(partner_ids=self.customer.ids)}
        self.assertEqual(set(facts), {air.id, sea.id})
        self.assertEqual(facts[sea.id]["delivered_date"], date(2024, 3, 10))
        self.assertEqual(self._fact(other)["service_id"], air.id)
        early = self._facts(partner_ids=self.customer.ids, date_to=date(2024, 3, 9))
        self.assertEqual({fact["delivered_date"] for fact in early}, {None})
        self.assertIn(date(2024, 3, 4), {fact["promised_date"] for fact in early})

    def test_contacts_roll_up(self):
        """Invoices to a contact, an invoice address or an archived child are the entity's."""
        child = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        self._invoice(child, 10, "2024-03-05")
        self._invoice(self.customer, 20, "2024-03-06")
        child.active = False
        facts = self._facts(partner_ids=self.customer.ids)
        self.assertEqual(total(facts, "amount"), 30)
        self.assertEqual({fact["partner_id"] for fact in facts}, {self.customer.id})

    # ------------------------------------------------------------ everything at once
    def _expected(self, date_from, date_to):
        """Sums per customer, slowly and from the documents: (lines, quantity, amount, cost)."""
        result = defaultdict(lambda: [0, 0.0, 0.0, 0.0])
        moves = self.env["account.move"].search(
            [("company_id", "=", self.company.id), ("state", "=", "posted")]
        )
        for move in moves.filtered(lambda m: m.is_sale_document(include_receipts=True)):
            if not date_from <= move.date <= date_to:
                continue
            sign = -1 if move.move_type == "out_refund" else 1
            for line in move.invoice_line_ids.filtered(lambda r: r.display_type == "product"):
                sums = result[move.partner_id.commercial_partner_id.id]
                sums[0] += 1
                sums[1] += sign * line.product_uom_id._compute_quantity(
                    line.quantity, line.product_id.uom_id or line.product_uom_id, round=False
                )
                sums[2] += sign * move.currency_id._convert(
                    line.price_subtotal, self.company.currency_id, self.company, move.invoice_date
                )
                source = line.sale_line_ids.sorted("id")[:1]
                if source.purchase_price and not source.is_downpayment:
                    quantity = line.product_uom_id._compute_quantity(
                        line.quantity, source.product_uom_id, round=False
                    )
                    sums[3] += sign * source.currency_id._convert(
                        quantity * source.purchase_price,
                        self.company.currency_id,
                        self.company,
                        source.order_id.date_order,
                        round=False,
                    )
        return result

    def test_any_mix_of_documents(self):
        """Lines, quantities, amounts and costs of a random year equal a slow recomputation; the
        amounts equal the ledger's and the invoice analysis.
        """
        draw = Random(20_24)
        customers = [self._partner(f"Mix {number}") for number in range(4)]
        customers.append(
            self.env["res.partner"].create({"name": "Child", "parent_id": customers[0].id})
        )
        foreign = self.env["product.pricelist"].create(
            {"name": "CHF", "currency_id": self.foreign.id}
        )
        costless = self._create_product(name="No cost", lst_price=30, taxes_id=False)
        products = [self.product_a, self.product_b, costless]
        for _number in range(14):
            day = date(2023, 1, 1) + timedelta(days=draw.randrange(700))
            lines = [
                {
                    "product_id": (product := draw.choice(products)).id,
                    "product_uom_qty": draw.randint(1, 9),
                    "price_unit": draw.choice([0.0, 19.99, 333.33, 1200]),
                    "discount": draw.choice([0, 0, 12.5]),
                    "product_uom_id": draw.choice([product.uom_id, self.uom_dozen]).id,
                }
                for _line in range(draw.randint(1, 3))
            ]
            order = self._order(
                draw.choice(customers),
                *lines,
                date_order=day,
                pricelist_id=foreign.id if draw.random() < 0.4 else False,
            )
            later = day + timedelta(days=draw.randrange(40))
            invoice = self._bill(order, later)
            fate = draw.choice(["", "", "credit", "part", "draft", "cancel"])
            if fate == "credit":
                self._reverse_invoice(invoice, post=True, date=later + timedelta(days=30))
            elif fate == "part":
                note = self._reverse_invoice(invoice, date=later + timedelta(days=9))
                note.invoice_line_ids[0].quantity = 0.5
                note.action_post()
            elif fate:
                invoice.button_draft()
                if fate == "cancel":
                    invoice.button_cancel()
        for span in (
            (date(2023, 1, 1), date(2023, 12, 31)),
            (date(2023, 5, 5), date(2024, 5, 4)),
            (date(2020, 1, 1), date(2030, 1, 1)),
        ):
            expected = self._expected(*span)
            found = defaultdict(list)
            for fact in self._facts(company=self.company, date_from=span[0], date_to=span[1]):
                found[fact["partner_id"]].append(fact)
            self.assertEqual(set(found), set(expected))
            self.assertGreaterEqual(len(expected), 3, "the mix is a real mix")
            for partner_id, (lines, quantity, amount, cost) in expected.items():
                facts = found[partner_id]
                self.assertEqual(len(facts), lines)
                self.assertAlmostEqual(total(facts, "quantity"), quantity, 5)
                self.assertAlmostEqual(total(facts, "amount"), amount, 1)
                self.assertAlmostEqual(total(facts, "cost"), cost, 2)
                narrow = self._facts(partner_ids=[partner_id], date_from=span[0], date_to=span[1])
                self.assertEqual(
                    sorted(f["ref_id"] for f in narrow), sorted(f["ref_id"] for f in facts)
                )
                self.assertAlmostEqual(total(narrow, "cost"), total(facts, "cost"), 6)
            self._assert_ledger(found, *span)

    def _assert_ledger(self, found, date_from, date_to):
        amount = sum(total(facts, "amount") for facts in found.values())
        income = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=like", "income%"),
                ("date", ">=", date_from),
                ("date", "<=", date_to),
                ("move_type", "in", ("out_invoice", "out_refund")),
            ],
            aggregates=["balance:sum"],
        )
        self.assertAlmostEqual(amount, -income[0][0], 2)
        analysis = self.env["account.invoice.report"]._read_group(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("invoice_date", ">=", date_from),
                ("invoice_date", "<=", date_to),
            ],
            aggregates=["price_subtotal:sum"],
        )
        self.assertAlmostEqual(amount, analysis[0][0], 2)

    def test_trading_report_shows_the_facts(self):
        """The analysis in the web client adds up to the facts, with customer and service."""
        self._bill(self._order(self.customer, {"product_uom_qty": 5}), "2024-03-05")
        self._invoice(self.customer, 50.0, "2024-03-05")
        self._trade(self.customer, {"date": "2023-03-05", "amount": 7.0, "cost": 4.0})
        self.env.flush_all()
        rows = self.env["logistics.trading.report"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(len(rows), 3)
        self.assertEqual(len(set(rows.ids)), 3)
        self.assertEqual(rows.customer_id, self._account_of(self.customer))
        facts = self._facts(partner_ids=self.customer.ids)
        self.assertEqual(
            self.env["logistics.trading.report"]._read_group(
                [("partner_id", "=", self.customer.id)],
                aggregates=["amount:sum", "cost:sum", "margin:sum", "__count"],
            ),
            [(total(facts, "amount"), 304.0, 4700.0 + 3.0, 3)],
        )
