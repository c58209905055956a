# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL


@tagged("post_install", "-at_install")
class TestNetworkTours(HttpCase):
    """Network, account plan and allocation in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.seller = cls._user("network_rep", "logistics_crm.group_user")
        cls.manager = cls._user("network_head", "logistics_crm.group_manager")
        country = cls.env.ref("base.fr")
        partners = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "user_id": cls.seller.id,
                    "country_id": country.id,
                    "zip": "97999",
                }
                for name in ("Tour General", "Tour Second", "Tour Leaf", "Tour Head", "Tour Below")
            ]
        )
        accounts = cls.env["logistics.customer"]._ensure_for(partners, cls.company)
        cls.general, cls.second, cls.leaf, head, below = accounts.sorted(
            lambda a: partners.ids.index(a.partner_id.id)
        )
        cls.second.network_parent_id = cls.general
        cls.leaf.network_parent_id = cls.second
        # with a second tree beside it, neither is unfolded by itself
        below.network_parent_id = head
        cls.env["logistics.territory"].create(
            {
                "name": "Tour Land",
                "company_id": cls.company.id,
                "area_ids": [Command.create({"country_id": country.id, "zip_from": "10"})],
            }
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL("UPDATE logistics_customer SET value_class = 'key' WHERE id = %s", cls.general.id)
        )
        cls.env.invalidate_all()

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(
            cls.env, login=login, name=login, groups=groups, email=f"{login}@test.example.com"
        )

    def test_manager(self):
        self.start_tour(
            "/odoo/distribution-network", "logistics_network_tour", login="network_head"
        )
        self.start_tour(
            "/odoo/network-findings", "logistics_network_finding_tour", login="network_head"
        )
        finding = self.env["logistics.network.finding"].search(
            [("kind", "=", "uncovered"), ("country_id.code", "=", "FR"), ("state", "=", "closed")]
        )
        self.assertEqual(finding.outcome, "accepted")

    def test_the_tree_on_a_phone(self):
        self.browser_size = "390x844"
        self.touch_enabled = True
        self.start_tour(
            "/odoo/distribution-network", "logistics_network_tour", login="network_head"
        )

    def test_representative_plans(self):
        self.start_tour(
            f"/odoo/logistics-customers/{self.general.id}",
            "logistics_account_plan_tour",
            login="network_rep",
        )
        plan = self.general.account_plan_ids
        self.assertEqual((plan.state, plan.user_id), ("running", self.seller))
        self.assertEqual(plan.goal_ids.target, 5000.0)

    def test_manager_allocates(self):
        service = self.env["logistics.service"].create({"name": "Tour Linehaul"})
        product = self.env["product.product"].create(
            {"name": "Tour Pallet", "type": "service", "logistics_service_id": service.id}
        )
        today = fields.Date.context_today(self.general)
        for account in (self.general, self.leaf):
            order = self.env["sale.order"].create(
                {
                    "partner_id": account.partner_id.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": 20,
                                "logistics_promised_date": today,
                            }
                        )
                    ],
                }
            )
            order.action_confirm()
        self.env["logistics.capacity"].create(
            {"company_id": self.company.id, "service_id": service.id, "quantity": 30}
        )
        self.start_tour(
            "/odoo/logistics-capacity", "logistics_allocation_tour", login="network_head"
        )
        lines = self.env["sale.order.line"].search([("logistics_service_id", "=", service.id)])
        self.assertEqual(sum(lines.mapped("logistics_allocated_qty")), 30)
