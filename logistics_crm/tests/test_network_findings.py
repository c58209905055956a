# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import LogisticsLedgerCommon
from .test_security_models import OPERATIONS, ROLES

RIGHTS = {
    "logistics.network.tier": {"user": "r", "manager": "rwcu", "controller": "r"},
    "logistics.territory": {"user": "r", "manager": "rwcu", "controller": "r"},
    "logistics.territory.area": {"user": "r", "manager": "rwcu", "controller": "r"},
    "logistics.network.finding": {"user": "rw", "manager": "rwu", "controller": "r"},
}
AS_OF = fields.Date.to_date("2024-06-30")


@tagged("post_install", "-at_install")
class TestNetworkFindings(LogisticsLedgerCommon):
    """What the checks of the network find, once each, for somebody to look at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller")
        cls.manager = cls._user("manager")
        cls.france = cls.env.ref("base.fr")
        cls.findings = cls.env["logistics.network.finding"]
        cls.service = cls.env["logistics.service"].create({"name": "Pallets"})
        cls.company.write(
            {"logistics_network_owner_id": cls.manager.id, "logistics_direct_min_revenue": 1000.0}
        )

    def _member(self, name, parent=None, zip_code="75001", **values):
        partner = self._partner(name, zip=zip_code, city="Ville", country_id=self.france.id)
        return self._account(
            partner, network_parent_id=parent.id if parent else False, user_id=False, **values
        )

    def _territory(self, name, holder, zip_from, zip_to, **values):
        return self.env["logistics.territory"].create(
            {
                "name": name,
                "company_id": self.company.id,
                "customer_id": holder.id if holder else False,
                "area_ids": [
                    fields.Command.create(
                        {"country_id": self.france.id, "zip_from": zip_from, "zip_to": zip_to}
                    )
                ],
                **values,
            }
        )

    def _run(self, kind, as_of=AS_OF):
        self.findings._run_checks(self.company, as_of)
        return self.findings.search([("company_id", "=", self.company.id), ("kind", "=", kind)])

    def _delivered(self, account, ship_to, day, amount=100.0):
        order = self._order(account.partner_id, {"price_unit": amount})
        order.write({"partner_shipping_id": ship_to.id, "date_order": f"{day} 12:00:00"})
        return order

    # ------------------------------------------------------------------ territories
    def test_delivery_into_anothers_exclusive_territory(self):
        north, south = self._member("North"), self._member("South")
        below = self._member("Below South", south)
        far = self._partner("Site", zip="69001", city="Lyon", country_id=self.france.id)
        territory = self._territory("South Land", south, "69", "69", exclusive=True)
        self._delivered(north, far, "2024-05-02", 100.0)
        self._delivered(north, far, "2024-05-20", 60.0)
        # the holder and its own customers sell there, and the home address is elsewhere
        self._delivered(south, far, "2024-05-03")
        self._delivered(below, far, "2024-05-03")
        self._delivered(north, north.partner_id, "2024-05-03")
        # before the days looked at, and after the day
        self._delivered(north, far, "2024-03-01")
        self._delivered(north, far, "2024-07-01")
        found = self._run("diversion")
        self.assertRecordValues(
            found,
            [
                {
                    "customer_id": north.id,
                    "other_customer_id": south.id,
                    "territory_id": territory.id,
                    "amount": 160.0,
                    "state": "open",
                    "user_id": self.manager.id,
                    "deadline": fields.Date.to_date("2024-07-14"),
                }
            ],
        )
        self.assertIn("South Land", found.explanation)
        self.assertIn("69001 Lyon", found.explanation)
        # a second run renews, and leaves what a person wrote
        found.write({"state": "closed", "outcome": "accepted", "note": "Agreed for May."})
        self.assertEqual(self._run("diversion"), found)
        self.assertEqual((found.state, found.note), ("closed", "Agreed for May."))
        # more was delivered than when it was closed: the same item opens again
        self._delivered(north, far, "2024-05-21", 500.0)
        self.assertEqual(self._run("diversion"), found)
        self.assertEqual((found.state, found.amount, found.reopened_count), ("open", 660.0, 1))
        territory.exclusive = False
        self._run("diversion")
        self.assertFalse(found.still_found)
        # nothing was blocked or changed
        self.assertTrue(all(north.partner_id.sale_order_ids.mapped(lambda o: o.state == "sale")))

    def test_overlap_and_uncovered(self):
        one, two = self._member("One"), self._member("Two")
        first = self._territory("First", one, "10", "19", exclusive=True)
        second = self._territory("Second", two, "19", "29")
        self._territory("Third", two, "30", "39", exclusive=True, date_to="2024-01-01")
        self._territory("Fourth", one, "30", "35")
        found = self._run("overlap")
        self.assertEqual(
            [(f.territory_id, f.other_territory_id) for f in found],
            [(first, second)],
            "19 is in both; the third had ended",
        )
        uncovered = self._run("uncovered")
        self.assertEqual(uncovered.facts["region"], "75")
        self.assertEqual(uncovered.facts["customers"], 2)
        second.area_ids.zip_from = "20"
        found.write({"state": "closed", "outcome": "changed"})
        self._run("overlap")
        self.assertFalse(found.still_found)
        self.assertEqual(found.state, "closed")
        second.area_ids.zip_from = "18"
        self._run("overlap")
        self.assertEqual(found.state, "open", "what had been changed is back")

    # ------------------------------------------------------------------ prices and levels
    def _sold(self, account, quantity, price, cost=None, day="2024-02-01"):
        self._trade(
            account.partner_id,
            {
                "date": day,
                "quantity": quantity,
                "amount": quantity * price,
                "cost": False if cost is None else quantity * cost,
                "service_id": self.service.id,
            },
        )

    def test_price_below_the_siblings(self):
        """Siblings pay 10, 10 and 8: the floor is 9, one unit lacks 1, on 50 units 50."""
        head = self._member("Head")
        children = [self._member(f"Child {n}", head) for n in range(3)]
        for child, price in zip(children, (10.0, 10.0, 8.0), strict=True):
            self._sold(child, 50, price)
        stranger = self._member("Stranger")
        self._sold(stranger, 50, 1.0)
        found = self._run("price")
        self.assertRecordValues(
            found,
            [
                {
                    "customer_id": children[2].id,
                    "other_customer_id": head.id,
                    "service_id": self.service.id,
                    "amount": 50.0,
                }
            ],
        )
        self.company.logistics_network_price_tolerance = 0.2
        self._run("price")
        self.assertFalse(found.still_found, "8 is not below 8")

    def test_tier_that_could_be_left_out(self):
        """Direct customers earn 4 a unit, the distributor 1: 3 x 100 less 2 x 50 are 200."""
        head = self._member("Head")
        self._member("Child", head)
        self._member("Second Child", head)
        self._sold(head, 100, 7.0, 6.0)
        for number in range(3):
            self._sold(self._member(f"Direct {number}"), 20 + number, 10.0, 6.0)
        self.company.logistics_direct_cost = 50.0
        found = self._run("tier")
        self.assertRecordValues(found, [{"customer_id": head.id, "amount": 200.0}])
        self.assertEqual(found.facts["examples"], 3)
        self.company.logistics_direct_cost = 150.0
        self._run("tier")
        self.assertFalse(found.still_found, "serving them costs as much as it brings")

    def test_tier_says_nothing_without_costs_or_examples(self):
        head = self._member("Head")
        self._member("Child", head)
        self._sold(head, 100, 7.0)
        for number in range(3):
            self._sold(self._member(f"Direct {number}"), 20, 10.0, 6.0)
        self.assertFalse(self._run("tier"), "the distributor's cost is unknown")
        other = self._member("Other Head")
        self._member("Other Child", other)
        self._sold(other, 10, 7.0, 6.0)
        self.assertFalse(self._run("tier"), "nobody with less volume is served directly")

    def test_candidate_for_direct_supply(self):
        head = self._member("Head")
        near, far, calm, small = (
            self._member(name, head) for name in ("Near", "Far", "Calm", "Small")
        )
        near.supply_distance = 100.0
        far.supply_distance = 100.1
        calm.supply_distance = small.supply_distance = 10.0
        rival = self.env["logistics.competitor"].create({"name": "Rival"})
        self.env["logistics.competitor.observation"].create(
            [
                {"customer_id": a.id, "competitor_id": rival.id, "threat": "2"}
                for a in (near, far, small)
            ]
        )
        self.env.flush_all()
        for account, revenue in ((near, 1000), (far, 5000), (calm, 5000), (small, 999)):
            self.env.cr.execute(
                SQL(
                    "UPDATE logistics_customer SET network_revenue_12m = %s WHERE id = %s",
                    revenue,
                    account.id,
                )
            )
        found = self._run("direct")
        self.assertEqual(found.customer_id, near)
        # as the crow flies: one degree of latitude is 111 km
        near.supply_distance = False
        self.company.partner_id.write({"partner_latitude": 45.0, "partner_longitude": 5.0})
        near.partner_id.write({"partner_latitude": 46.0, "partner_longitude": 5.0})
        self._run("direct")
        self.assertFalse(found.still_found, "111 km")
        self.company.logistics_direct_radius_km = 112.0
        self._run("direct")
        self.assertTrue(found.still_found)
        self.assertAlmostEqual(found.facts["distance"], 111.19, 1)
        self.assertIn("as the crow flies", found.explanation)

    # ------------------------------------------------------------------ the run
    def test_constant_number_of_statements_and_companies_apart(self):
        self._member("Child", self._member("Head"))
        self._territory("T", False, "10", "20", exclusive=True)
        self.findings._run_checks(self.company, AS_OF)
        self.env.flush_all()
        with self.assertQueryCount(12):
            self.findings._run_checks(self.company, AS_OF)
        for number in range(10):
            self._member(f"More {number}", zip_code=f"{number}0000")
        self.env.flush_all()
        with self.assertQueryCount(12):
            self.findings._run_checks(self.company, AS_OF)
        self.assertEqual(self.findings.search([]).company_id, self.company)

    def test_closing_needs_an_outcome_and_run_a_manager(self):
        self._member("Lost", zip_code="99999")
        self._territory("T", False, "10", "20")
        found = self._run("uncovered")
        with self.assertRaisesRegex(ValidationError, "what came of it"):
            found.with_user(self.manager).action_close()
        found.invalidate_recordset()
        found.with_user(self.manager).write({"outcome": "accepted", "state": "closed"})
        self.assertTrue(found.closed_on)
        found.with_user(self.manager).action_reopen()
        self.assertFalse(found.outcome)
        with self.assertRaises(AccessError):
            found.with_user(self.manager).write({"amount": 1.0})
        with self.assertRaises(AccessError):
            self.findings.with_user(self.seller).action_run_checks()
        self.assertFalse(
            self.findings.with_user(self.seller).search([("id", "=", found.id)]), "not the owner"
        )
        found.user_id = self.seller
        self.assertTrue(found.with_user(self.seller).explanation)

    def test_cron_is_neutral_until_switched_on(self):
        self._member("Lost", zip_code="99999")
        self._territory("T", False, "10", "20")
        cron = self.env.ref("logistics_crm.cron_network_checks")
        mine = [("company_id", "=", self.company.id)]
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
            self.assertFalse(self.findings.search(mine))
            self.company.logistics_network_checks = True
            self.env.flush_all()
            cron.method_direct_trigger()
        self.assertEqual(self.findings.search(mine).kind, "uncovered")

    def test_rights(self):
        """Each role has the rights of the matrix on the models as such."""
        users = {role: self._user(role) for role in ROLES}
        for model, rights in RIGHTS.items():
            for role, user in users.items():
                name = "user" if role.startswith("seller") else role
                allowed = {o for o in OPERATIONS if self.env[model].with_user(user).has_access(o)}
                wanted = {o for o in OPERATIONS if o[0] in rights.get(name, "")}
                self.assertEqual(allowed, wanted, f"{role} on {model}")
