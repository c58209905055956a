# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCustomerTours(HttpCase):
    """Salesperson, new representative and manager work with a customer in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.company
        cls.users = {
            role: new_test_user(cls.env, login=f"tour_{role}", groups=f"logistics_crm.{group}")
            for role, group in (
                ("seller", "group_user"),
                ("rep", "group_user"),
                ("boss", "group_manager"),
            )
        }
        partner = cls.env["res.partner"].create({"name": "Tour Harbour", "is_company": True})
        cls.account = cls.env["logistics.customer"].create(
            {"partner_id": partner.id, "user_id": cls.users["seller"].id}
        )
        today = fields.Date.context_today(partner)
        cls.env["logistics.trading.history"].create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "currency_id": company.currency_id.id,
                "document": "TOUR-1",
                "line": "1",
                "date": today - timedelta(days=20),
                "amount": 1e9,
                "cost": 1e8,
            }
        )
        cls.env["sale.order"].create({"partner_id": partner.id, "user_id": cls.users["seller"].id})
        policy = cls.env["logistics.value.class.policy"]._for_company(company)
        policy.entitlement_ids.filtered(lambda e: e.value_class == "key").response_hours = 4.0
        cls.env["logistics.customer"]._refresh_figures(company=company)
        handover = cls.env["logistics.handover"].create(
            {
                "company_id": company.id,
                "from_user_id": cls.users["seller"].id,
                "to_user_id": cls.users["rep"].id,
                "line_ids": [Command.create({"customer_id": cls.account.id})],
            }
        )
        handover.action_give()

    def test_salesperson(self):
        """From the list to the form, the open quotation, its entitlements, and back."""
        self.start_tour(
            "/odoo/logistics-customers", "logistics_customer_seller_tour", login="tour_seller"
        )

    def test_new_representative(self):
        """Reads the sheet of a handover and takes over: the customer is hers then."""
        self.start_tour(
            "/odoo/logistics-handovers", "logistics_customer_rep_tour", login="tour_rep"
        )
        self.assertEqual(self.account.user_id, self.users["rep"])

    def test_manager(self):
        """Looks at the curve of the profit and asks why the first customer is a key account."""
        self.start_tour(
            "/odoo/logistics-pareto", "logistics_customer_manager_tour", login="tour_boss"
        )
