# Part of logistics_crm. License LGPL-3 or later.
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import LogisticsLedgerCommon


@tagged("post_install", "-at_install")
class TestSecurityPortalFields(LogisticsLedgerCommon):
    """Portal users read their orders and company, but nothing internal of the addon on them."""

    def test_only_service_and_delivery_days_are_told(self):
        partner = self._partner()
        order = self._order(partner)
        invoice = self._invoice(partner, 100.0, "2025-03-01")
        user = self._user("portal")
        user.partner_id.parent_id = partner
        order.message_subscribe(user.partner_id.ids)
        invoice.message_subscribe(user.partner_id.ids)
        shown = {
            "logistics_service_id",
            "logistics_promised_date",
            "logistics_delivered_date",
        }
        for record in (order, order.order_line, invoice, self.company, partner):
            theirs = record.with_user(user)
            fields = theirs.fields_get()
            ours = {name for name in fields if name.startswith("logistics_")}
            with self.subTest(model=record._name):
                self.assertLessEqual(ours, shown)
                hidden = [
                    name
                    for name, field in record._fields.items()
                    if name.startswith("logistics_") and name not in shown and field.store
                ]
                self.assertTrue(hidden)
                for name in hidden:
                    with self.assertRaises(AccessError):
                        theirs.read([name])
