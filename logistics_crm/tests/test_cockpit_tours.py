# Part of logistics_crm. License LGPL-3 or later.
from odoo import SUPERUSER_ID, api
from odoo.tests import HttpCase, tagged

from odoo.addons.logistics_crm.demo.sample_company import build_sample_company

from .test_cockpit_front_page import FrontPageCommon

PAGE = "/odoo/logistics-today"


class FrontPageTours(FrontPageCommon, HttpCase):
    """A day with something to do for each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["logistics.visit"].create(
            {
                "customer_id": cls.accounts[0].id,
                "user_id": cls.rita.id,
                "planned_date": cls.today,
            }
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE logistics_customer SET open_amount = 120, overdue_amount = 60,"
            " value_class = 'key' WHERE company_id = %s",
            [cls.company.id],
        )
        cls.env.invalidate_all()
        cls.env["logistics.portfolio.run"]._refresh_night(cls.company)


@tagged("post_install", "-at_install")
class TestFrontPageTours(FrontPageTours):
    """Each role's morning at a desk."""

    def test_manager(self):
        self.start_tour("/odoo", "logistics_front_manager_tour", login="fp_boss")

    def test_representative(self):
        self.start_tour("/odoo", "logistics_front_rep_tour", login="fp_rita")

    def test_controller(self):
        self.start_tour("/odoo", "logistics_front_controller_tour", login="fp_controller")

    def test_empty_company(self):
        other = self._other_company("Nothing Yet")
        self._user("manager", company=other, login="fp_empty")
        self.start_tour(PAGE, "logistics_front_empty_tour", login="fp_empty")
        setup = self.env["logistics.setup"].search([("company_id", "=", other.id)])
        self.assertEqual((setup.applied_preset, setup.finished), ("cautious", True))
        policy = self.env["logistics.credit.policy"]._for_company(other)
        self.assertEqual(policy._grade_line("B").max_overdue_days, 15)

    def test_nothing_for_each_role(self):
        """A company without data: no page and no dashboard shows an error."""
        other = self._other_company("Nothing At All")
        for role in ("manager", "controller", "seller"):
            self._user(role, company=other, login=f"fp_nothing_{role}")
            self.start_tour(PAGE, "logistics_front_nothing_tour", login=f"fp_nothing_{role}")
        self.start_tour(PAGE, "logistics_front_nothing_executive_tour", login="fp_nothing_manager")


@tagged("post_install", "-at_install")
class TestFrontPagePhone(FrontPageTours):
    """The representative's page on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        self.start_tour(PAGE, "logistics_front_phone_tour", login="fp_rita")


@tagged("post_install", "-at_install")
class TestFrontPageSample(HttpCase):
    """Each role of the sample company at a desk and with a phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        build_sample_company(api.Environment(cls.cr, SUPERUSER_ID, {}), size="light")

    def _walk(self, login, tour):
        self.start_tour(PAGE, f"logistics_front_walk_{tour}", login=login)

    def test_desk(self):
        self._walk("manager", "manager_tour")
        self._walk("controller", "controller_tour")
        self._walk("anna", "tour")

    def test_phone(self):
        self.browser_size = "390x844"
        self.touch_enabled = True
        self._walk("manager", "phone_manager_tour")
        self._walk("controller", "phone_controller_tour")
        self._walk("anna", "phone_tour")
