# Part of logistics_crm. License LGPL-3 or later.
"""What is confirmed does not grow past credit control afterwards."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.fields import Datetime
from odoo.tests import tagged

from .credit_bypass_common import HOSTILE, CreditBypassCommon


@tagged("post_install", "-at_install")
class TestCreditGrowth(CreditBypassCommon):
    """Confirmed orders that grow, change the payer or the terms."""

    def test_d8_a_confirmed_order_does_not_grow_over_the_limit(self):
        order = self._confirmed()
        line = order.order_line.with_user(self.seller)
        extra = {
            "order_id": order.id,
            "product_id": self.product_a.id,
            "price_unit": 90.0,
            "tax_ids": [Command.clear()],
        }
        seller_order = order.with_user(self.seller)
        ways = (
            lambda: line.write({"product_uom_qty": 100, "price_unit": 60.0}),
            lambda: line.write({"price_unit": 101.0}),
            lambda: line.write({"discount": -90.0}),
            lambda: seller_order.write(
                {"order_line": [Command.update(line.id, {"price_unit": 150})]}
            ),
            lambda: seller_order.write({"order_line": [Command.create(extra)]}),
            lambda: self.env["sale.order.line"].with_user(self.seller).create(extra),
            lambda: (
                self.env["sale.order.line"]
                .with_user(self.seller)
                .with_context(default_order_id=order.id)
                .create({k: v for k, v in extra.items() if k != "order_id"})
            ),
            lambda: line.with_context(**HOSTILE).write({"price_unit": 101.0}),
        )
        for number, way in enumerate(ways):
            with self.subTest(number), self.assertRaisesRegex(UserError, "cannot be changed"):
                with self.env.cr.savepoint():
                    way()
        self.env.invalidate_all()
        self.assertEqual(order.amount_total, 60.0)
        line.write({"price_unit": 100.0})
        self.assertEqual(order.amount_total, 100.0)

    def test_growth_through_another_orders_lines(self):
        """A nested command may name a line of another order: that order is checked, too."""
        order = self._confirmed()
        decoy = self._quote(1.0)
        decoy_confirmed = self._confirmed(1.0)
        for through in (decoy, decoy_confirmed):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                through.with_user(self.seller).write(
                    {"order_line": [Command.update(order.order_line.id, {"price_unit": 150.0})]}
                )
        with self.assertRaises(UserError), self.env.cr.savepoint():
            big = self._quote(150.0)
            big.order_line.with_user(self.seller).write({"order_id": order.id})

    def test_balanced_changes_are_judged_together(self):
        order = self._confirmed(60.0)
        order.with_user(self.seller).write(
            {
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product_a.id,
                            "price_unit": 95.0,
                            "tax_ids": [Command.clear()],
                        }
                    ),
                    Command.update(order.order_line.id, {"price_unit": 1.0}),
                ]
            }
        )
        self.assertEqual(order.amount_total, 96.0)

    def test_growth_tolerance_does_not_creep(self):
        self.company.logistics_credit_growth_tolerance = 10.0
        self.account._grant_limit(60.0)
        order = self._confirmed()
        line = order.order_line.with_user(self.seller)
        line.price_unit = 66.0
        with self.assertRaises(UserError), self.env.cr.savepoint():
            line.price_unit = 66.5
        self.assertEqual(order.logistics_credit_amount, 60.0)

    def test_a_controllers_change_is_flagged(self):
        order = self._confirmed()
        self.controller.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        order.order_line.with_user(self.controller).price_unit = 150.0
        self.assertEqual((order.state, order.logistics_credit_state), ("sale", "hold"))
        self.assertTrue(order.activity_ids)

    def test_another_payer_is_checked(self):
        broke = self._partner("Broke")
        self._account(broke)._grant_limit(0.0)
        order = self._confirmed()
        with self.assertRaises(UserError):
            order.with_user(self.seller).partner_invoice_id = broke

    def test_longer_terms_are_checked(self):
        order = self._confirmed()
        term = self.env["account.payment.term"].create(
            {
                "name": "A year",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 365})
                ],
            }
        )
        self._line().terms_max_days = 30
        with self.assertRaises(UserError):
            order.with_user(self.seller).payment_term_id = term

    def test_harmless_changes_do_not_clear_a_flag(self):
        order = self._confirmed()
        self.account._grant_limit(0.0)
        order.with_user(self.seller).commitment_date = Datetime.now()
        self.assertEqual(order.logistics_credit_state, "hold")
        term = self.env["account.payment.term"].create(
            {
                "name": "At once",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 0})
                ],
            }
        )
        order.with_user(self.seller).payment_term_id = term
        order.order_line.with_user(self.seller).price_unit = 50.0
        self.assertEqual(order.logistics_credit_state, "hold")

    def test_delivery_date_rechecks(self):
        """Confirmed while all was well; overdue when it is to leave: held, controller told."""
        order = self._confirmed()
        self._line().write({"warn_overdue_days": 0, "hold_overdue_days": 5})
        day = Datetime.subtract(Datetime.now(), days=30).date()
        self._invoice(self.partner, 10.0, day, due=day)
        order.with_user(self.seller).commitment_date = Datetime.now()
        self.assertEqual((order.state, order.logistics_credit_state), ("sale", "hold"))
        self.assertTrue(order.activity_ids)
        self.assertTrue(order.commitment_date)

    # ------------------------------------------------------------------ never in the way
    def test_invoicing_credit_notes_and_payments_go_on(self):
        order = self._confirmed()
        self.account._grant_limit(0.0)
        self.env["logistics.credit.hold"].create(
            {"customer_id": self.account.id, "reason": "x", "forced": True}
        )
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice, self.today, amount=10.0)
        refund = invoice._reverse_moves()
        refund.action_post()
        self.assertEqual(refund.state, "posted")
        order.order_line.with_user(self.seller).price_unit = 59.0
        order.with_user(self.seller).note = "Changed"
        order._action_cancel()
