# Part of logistics_crm. License LGPL-3 or later.
"""A customer that may owe 100, and the ways in which orders of 150 arrive."""

from odoo import Command
from odoo.service.model import call_kw

from .credit_control_common import CreditControlCommon

HOSTILE = {
    "bypass_risk": True,
    "logistics_credit_step": True,
    "logistics_credit_decided": True,
    "credit_decided": True,
    "no_credit_check": True,
    "tracking_disable": True,
    "install_mode": True,
    "import_file": True,
    "default_logistics_credit_state": "released",
    "default_state": "sale",
}


class CreditBypassCommon(CreditControlCommon):
    """The customer may owe 100; orders here are of 150."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account._grant_limit(100.0)
        cls.orders = cls.env["sale.order"]

    def _rpc(self, user, model, method, *args, **kwargs):
        """A call as the web client or XML-RPC makes it."""
        return call_kw(self.env[model].with_user(user), method, list(args), kwargs)

    def _values(self, price=150.0, **values):
        return {
            "partner_id": self.partner.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": self.product_a.id,
                        "price_unit": price,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
            **values,
        }

    def _count_confirmed(self):
        return self.orders.search_count(
            [("partner_id", "=", self.partner.id), ("state", "=", "sale")]
        )

    def _confirmed(self, price=60.0, **values):
        order = self._quote(price, **values)
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "sale")
        return order
