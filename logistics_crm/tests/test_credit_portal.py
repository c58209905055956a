# Part of logistics_crm. License LGPL-3 or later.
"""Customers who sign or pay online never meet an error: their order waits."""

import base64

from odoo import Command
from odoo.tests import HttpCase, tagged

from .credit_control_common import CreditControlCommon

SIGNATURE = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
).decode()


@tagged("post_install", "-at_install")
class TestCreditPortal(CreditControlCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account._grant_limit(100.0)

    def _sign(self, order):
        return self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept?access_token={order._portal_ensure_token()}",
            {"name": "A. Customer", "signature": SIGNATURE},
        )

    def test_d3_signature_over_the_limit(self):
        order = self._quote(150.0, require_signature=True, require_payment=False)
        order.action_quotation_sent()
        answer = self._sign(order)
        self.assertNotIn("error", answer)
        self.assertEqual((order.state, order.logistics_credit_state), ("sent", "hold"))
        self.assertTrue(order.signature)
        self.assertTrue(order.activity_ids, "The controller is told.")
        page = self.url_open(answer["redirect_url"]).text
        self.assertIn("We have received your order", page)
        for word in ("credit", "limit", "Exposure"):
            self.assertNotIn(f"On {word}", page)
        self.assertNotIn("available are", page)

    def test_signature_within_the_limit(self):
        order = self._quote(90.0, require_signature=True, require_payment=False)
        order.action_quotation_sent()
        answer = self._sign(order)
        self.assertNotIn("error", answer)
        self.assertEqual(order.state, "sale")
        self.assertNotIn("We have received your order", self.url_open(answer["redirect_url"]).text)


@tagged("post_install", "-at_install")
class TestCreditPayment(CreditControlCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account._grant_limit(100.0)
        cls.provider = cls.env["payment.provider"].create(
            {"name": "Test", "company_id": cls.company.id, "state": "test"}
        )
        cls.method = cls.env["payment.method"].create({"name": "Test", "code": "lc_pay"})

    def _pay_online(self, order, amount):
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "reference": f"PAY-{order.id}-{amount}",
                "operation": "online_direct",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        transaction._set_done()
        return transaction

    def test_a_part_payment_waits_without_error(self):
        """Half is paid, the other half is over the limit: held, and the money is not lost."""
        order = self._quote(400.0, require_payment=True, prepayment_percent=0.5)
        transaction = self._pay_online(order, 200.0)
        self.assertFalse(transaction._check_amount_and_confirm_order())
        self.assertEqual((order.state, order.logistics_credit_state), ("draft", "hold"))
        self.assertTrue(order.activity_ids)

    def test_a_full_payment_confirms(self):
        order = self._quote(400.0, require_payment=True, prepayment_percent=0.5)
        transaction = self._pay_online(order, 400.0)
        self.assertEqual(transaction._check_amount_and_confirm_order(), order)
        self.assertEqual(order.state, "sale")

    def test_post_processing_of_a_held_order(self):
        """The whole of core's post-processing runs, with the payment booked."""
        order = self._quote(400.0, require_payment=True, prepayment_percent=0.5)
        transaction = self._pay_online(order, 200.0)
        bank = self.company_data["default_journal_bank"]
        self.env["account.payment.method.line"].create(
            {
                "name": "Online",
                "payment_method_id": self.env.ref("account.account_payment_method_manual_in").id,
                "journal_id": bank.id,
                "payment_provider_id": self.provider.id,
                "payment_account_id": self.inbound_payment_method_line.payment_account_id.id,
            }
        )
        self.provider.journal_id = bank
        transaction._post_process()
        self.assertEqual((order.state, order.logistics_credit_state), ("draft", "hold"))
        self.assertTrue(transaction.payment_id)
        verdict = order._credit_verdict()
        self.assertEqual(verdict["amount_at_risk"], 200.0)
        self.assertEqual(
            verdict["exposure"], 0.0, "The prepayment lowers the risk once, not the exposure too."
        )
