# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCreditTours(HttpCase):
    """A held order from the salesperson to the controller and back, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.logistics_credit_control = "enforce"
        cls.seller = cls._user("tour_seller", "logistics_crm.group_user")
        cls.controller = cls._user("tour_controller", "logistics_crm.group_credit_controller")
        cls.director = cls._user("tour_director", "logistics_crm.group_manager")
        authority = cls.env["logistics.credit.authority"]
        authority.create(
            [
                {"user_id": cls.controller.id, "max_excess": 100000.0},
                {"user_id": cls.director.id, "may_lift_gate": True},
            ]
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Tour freight", "type": "service", "taxes_id": [Command.clear()]}
        )

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(
            cls.env, login=login, name=login, groups=groups, email=f"{login}@test.example.com"
        )

    def _customer(self, name, limit=None):
        partner = self.env["res.partner"].create({"name": name, "is_company": True})
        account = self.env["logistics.customer"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "user_id": self.seller.id,
            }
        )
        account._grant_limit(limit)
        return account

    def _quote(self, account, amount):
        return self.env["sale.order"].create(
            {
                "partner_id": account.partner_id.id,
                "user_id": self.seller.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": amount})
                ],
            }
        )

    def _open_order(self, order, tour):
        self.start_tour(
            f"/odoo/action-sale.action_quotations/{order.id}", tour, login="tour_seller"
        )

    def test_from_hold_to_release(self):
        order = self._quote(self._customer("Tour Harbour", 1000.0), 5000.0)
        self._open_order(order, "logistics_credit_salesperson_tour")
        release = order.logistics_release_ids
        self.assertEqual((order.state, order.logistics_credit_state), ("draft", "hold"))
        self.assertEqual((release.state, release.requested_by), ("requested", self.seller))
        self.assertEqual(release.reason, "The transfer is on its way")

        other = self._quote(self._customer("Tour Inland", 1000.0), 3000.0)
        other.with_user(self.seller).action_confirm()
        self.env["logistics.credit.release"].with_user(self.seller)._request(
            other, "other", "A good customer"
        )
        self.start_tour(
            "/odoo/action-logistics_crm.action_credit_release",
            "logistics_credit_controller_tour",
            login="tour_controller",
        )
        self.assertEqual((release.state, release.decided_by), ("approved", self.controller))
        declined = other.logistics_release_ids
        self.assertEqual(declined.state, "declined")
        self.assertEqual(declined.decision_reason, "Pay the oldest invoice first")
        self.assertEqual(other.logistics_credit_state, "declined")

        self._open_order(order, "logistics_credit_confirm_tour")
        self.assertEqual((order.state, release.state), ("sale", "used"))

    def test_gate(self):
        account = self._customer("Tour Arrears")
        last_year = fields.Date.context_today(account).year - 1
        self.env["logistics.trading.history"].create(
            {
                "partner_id": account.partner_id.id,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "document": "TOUR-1",
                "line": "1",
                "date": f"{last_year}-06-01",
                "due_date": f"{last_year}-07-01",
                "amount": 700.0,
            }
        )
        self.env["logistics.arrears.gate"]._create_gates(last_year, self.company)
        order = self._quote(account, 10.0)
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.logistics_credit_state, "hold")
        self.start_tour(
            "/odoo/action-logistics_crm.action_arrears_gate",
            "logistics_credit_gate_tour",
            login="tour_director",
        )
        gate = self.env["logistics.arrears.gate"].search([("customer_id", "=", account.id)])
        self.assertRecordValues(
            gate,
            [
                {
                    "state": "lifted",
                    "lifted_by": self.director.id,
                    "lift_reason": "Settled in court",
                    "lifted_amount": 700.0,
                }
            ],
        )
