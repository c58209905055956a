# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestMarketTours(HttpCase):
    """Competitors in a real browser, as representative and as manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("market_rep", "logistics_crm.group_user")
        cls.manager = cls._user("market_head", "logistics_crm.group_manager")
        cls.rival = cls.env["logistics.competitor"].create({"name": "Tour Rival"})
        partners = cls.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "user_id": user.id}
                for name, user in (("Tour Wanted", cls.seller), ("Tour Elsewhere", cls.manager))
            ]
        )
        accounts = cls.env["logistics.customer"]._ensure_for(partners, cls.env.company)
        cls.env["logistics.competitor.observation"].create(
            [
                {
                    "customer_id": account.id,
                    "competitor_id": cls.rival.id,
                    "threat": "3",
                    "price_level": "1",
                }
                for account in accounts
            ]
        )
        cls.env["logistics.competitor.voice"].create(
            {"competitor_id": cls.rival.id, "speaker": "Tour Voice", "would_switch": "yes"}
        )
        product = cls.env["product.product"].create({"name": "Tour Parcel", "list_price": 10.0})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": partners[0].id,
                "user_id": cls.seller.id,
                "order_line": [Command.create({"product_id": product.id, "tax_ids": False})],
            }
        )

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(
            cls.env, login=login, name=login, groups=groups, email=f"{login}@test.example.com"
        )

    def test_representative(self):
        self.start_tour(
            "/odoo/threatened-customers", "logistics_threatened_tour", login="market_rep"
        )
        self.start_tour(
            f"/odoo/sales/{self.order.id}", "logistics_lost_quote_tour", login="market_rep"
        )
        self.assertEqual(self.order.state, "cancel")
        self.assertEqual(self.rival.lost_count, 1)

    def test_manager(self):
        self.start_tour(
            "/odoo/competitor-comparison", "logistics_competitors_tour", login="market_head"
        )
        self.start_tour("/odoo/competitors", "logistics_competitor_tour", login="market_head")
        target = self.env["logistics.target.customer"].search([("name", "=", "Tour Voice")])
        self.assertEqual(target.year, fields.Date.context_today(target).year)
