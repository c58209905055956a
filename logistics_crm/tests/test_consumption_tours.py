# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestConsumptionTours(HttpCase):
    """Call list, white space, true margin and campaign in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.seller = cls._user("tour_rep", "logistics_crm.group_user")
        cls.manager = cls._user("tour_head", "logistics_crm.group_manager")
        today = fields.Date.context_today(cls.env["res.partner"])
        services = cls.env["logistics.service"].create(
            [{"name": "Tour Express"}, {"name": "Tour Pallets"}]
        )
        for name, user, days, count in (
            ("Tour Rhythm", cls.seller, (21, 14, 7), 1),
            ("Tour Foreign", cls.manager, (21, 14, 7), 1),
            ("Tour Single", cls.seller, (40,), 1),
            *((f"Tour Pair {number}", cls.manager, (40,), 2) for number in range(4)),
        ):
            partner = cls.env["res.partner"].create(
                {
                    "name": name,
                    "is_company": True,
                    "phone": "+1 555 7000",
                    "user_id": user.id,
                }
            )
            cls.env["logistics.trading.history"].create(
                [
                    {
                        "partner_id": partner.id,
                        "company_id": cls.company.id,
                        "currency_id": cls.company.currency_id.id,
                        "document": f"{name} {day} {service.name}",
                        "line": "1",
                        "date": today - timedelta(days=day),
                        "service_id": service.id,
                        "amount": 100.0,
                        "cost": 60.0,
                    }
                    for day in days
                    for service in services[:count]
                ]
            )
        cls.env["logistics.customer"]._refresh_figures(company=cls.company)
        cls.env["logistics.consumption"]._refresh_company(cls.company, today)

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(
            cls.env, login=login, name=login, groups=groups, email=f"{login}@test.example.com"
        )

    def _customer(self, name):
        return self.env["logistics.customer"].search([("name", "=", name)])

    def test_representative(self):
        self.start_tour("/odoo/logistics-calls", "logistics_call_list_tour", login="tour_rep")
        calls = (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search(
                [
                    ("res_model", "=", "logistics.customer"),
                    ("res_id", "=", self._customer("Tour Rhythm").id),
                ]
            )
        )
        self.assertEqual((calls.user_id, calls.active), (self.seller, False))
        self.start_tour(
            "/odoo/logistics-white-space", "logistics_white_space_tour", login="tour_rep"
        )
        proposal = self.env["logistics.white.space"].search(
            [("customer_id", "=", self._customer("Tour Single").id)]
        )
        self.assertEqual((proposal.state, proposal.lead_id.user_id), ("opportunity", self.seller))

    def test_manager(self):
        self.start_tour(
            "/odoo/logistics-true-margin", "logistics_true_margin_tour", login="tour_head"
        )
        self.start_tour("/odoo/logistics-customers", "logistics_campaign_tour", login="tour_head")
        outreach = self.env["logistics.outreach"].search([("name", "=", "Tour Segment")])
        self.assertEqual(outreach.state, "running")
        self.assertEqual(outreach.contact_count, outreach.prepared_count)
        self.assertGreaterEqual(outreach.contact_count, 7)
