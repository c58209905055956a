# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields
from odoo.tests import HttpCase, tagged

from .visit_common import VisitCommon

MY_DAY = "/odoo/action-logistics_crm.action_visit_my_day"


class VisitTourCommon(VisitCommon, HttpCase):
    """A representative with one stop today, at an address with coordinates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.visits.with_user(cls.anna))
        cls.account = cls._account(
            cls._partner(
                "Tour Harbour",
                city="Lyon",
                partner_latitude=45.764,
                partner_longitude=4.8357,
            ),
            user_id=cls.anna.id,
        )
        cls.visit = cls._touch(cls.account, cls.today, state="planned")

    def _assert_worked(self):
        """What the representative entered is where it belongs."""
        visit = self.visit
        self.assertEqual((visit.state, visit.presence), ("done", "verified"))
        self.assertEqual(visit.done_date, self.today)
        # 0.0001 degrees of latitude are 11 metres
        self.assertAlmostEqual(visit.distance_m, 11.1, delta=0.2)
        self.assertEqual(visit.findings, "New warehouse in spring")
        person = self.account.key_person_ids
        self.assertEqual((person.name, person.role_ids.code), ("Claire Durand", "decision_maker"))
        self.assertEqual(visit.facts_gained, 1)
        opinion = self.env["logistics.opinion"].search([("customer_id", "=", self.account.id)])
        self.assertEqual((opinion.name, opinion.owner_id), ("Pick-up too late", self.anna))
        self.assertIn("Send an offer", self.account.activity_ids.mapped("summary"))


@tagged("post_install", "-at_install")
class TestVisitTours(VisitTourCommon):
    """A representative's stop and a manager's morning, in a real browser."""

    def test_representative(self):
        self.start_tour(MY_DAY, "logistics_visit_rep_tour", login="visit_anna")
        self._assert_worked()
        self.assertTrue(self.visit.checkout_at)

    def test_manager(self):
        self._plan_of()
        self.env["logistics.visit.coverage"]._refresh(self.company)
        self.start_tour("/odoo/visit-coverage", "logistics_visit_manager_tour", login="visit_boss")
        self.assertEqual(self.visit.user_id, self.ben)


@tagged("post_install", "-at_install")
class TestVisitPhoneTour(VisitTourCommon):
    """The same stop on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        self.start_tour(MY_DAY, "logistics_visit_phone_tour", login="visit_anna")
        self._assert_worked()
