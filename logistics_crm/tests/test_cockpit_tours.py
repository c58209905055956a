# Part of logistics_crm. License LGPL-3 or later.
from odoo.tests import HttpCase, tagged

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


@tagged("post_install", "-at_install")
class TestFrontPagePhone(FrontPageTours):
    """The representative's page on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        self.start_tour(PAGE, "logistics_front_phone_tour", login="fp_rita")
