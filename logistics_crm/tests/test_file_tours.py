# Part of logistics_crm. License LGPL-3 or later.
from odoo.tests import HttpCase, new_test_user, tagged

from ..models.file.file_section_rule import SECTIONS


@tagged("post_install", "-at_install")
class TestFileTours(HttpCase):
    """A representative completes a file, a manager finds a stale one, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(
            cls.env, login="tour_file_rep", name="tour_file_rep", groups="logistics_crm.group_user"
        )
        cls.manager = new_test_user(
            cls.env,
            login="tour_file_manager",
            name="tour_file_manager",
            groups="logistics_crm.group_manager",
        )

    def _account(self, name):
        return self.env["logistics.customer"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": name, "is_company": True}).id,
                "user_id": self.rep.id,
            }
        )

    def test_complete_a_file(self):
        """Missing list, fill, verified: all of it is in the database afterwards."""
        account = self._account("Thin Ltd")
        self.start_tour(
            f"/odoo/logistics.customer/{account.id}",
            "logistics_file_complete_tour",
            login="tour_file_rep",
        )
        self.assertEqual(account.company_registry, "HRB-1")
        self.assertEqual(account.development_potential, "5")
        self.assertEqual(account.key_person_ids.name, "Greta Buyer")
        self.assertEqual(
            account.verification_ids.mapped(lambda v: (v.section, v.user_id)),
            [("identity", self.rep)],
        )
        self.assertFalse(account.nothing_but_name)

    def test_find_a_stale_file(self):
        """The manager's list leads to the section that nobody has looked at for long."""
        account = self._account("Stale Ltd")
        self.env["logistics.file.verification"].create(
            [
                {
                    "customer_id": account.id,
                    "section": section,
                    "user_id": self.rep.id,
                    "date": "2020-01-01",
                }
                for section, _label in SECTIONS
            ]
        )
        account._refresh_file()
        self.start_tour("/odoo/stale-files", "logistics_file_stale_tour", login="tour_file_manager")
        self.assertEqual(account.verification_ids[0].user_id, self.manager)
