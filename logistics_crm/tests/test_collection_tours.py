# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCollectionTours(HttpCase):
    def test_worklist(self):
        """A controller reads a letter, sends it, calls and records the promise."""
        company = self.env.company
        controller = new_test_user(
            self.env,
            login="tour_collector",
            name="Tour Collector",
            groups="logistics_crm.group_credit_controller",
            email="collector@test.example.com",
        )
        self.env["logistics.collection.step"].create(
            {
                "name": "Tour Reminder",
                "kind": "reminder",
                "days": 3,
                "company_id": company.id,
                "template_id": self.env.ref("logistics_crm.collection_mail_reminder").id,
            }
        )
        company.logistics_collections = "worklist"
        partner = self.env["res.partner"].create(
            {"name": "Tour Debtor", "is_company": True, "email": "debtor@test.example.com"}
        )
        due = fields.Date.today() - timedelta(days=9)
        self.env["logistics.trading.history"].create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "currency_id": company.currency_id.id,
                "document": "TOUR-1",
                "line": "1",
                "date": due - timedelta(days=30),
                "due_date": due,
                "amount": 640.0,
            }
        )
        self.env["logistics.customer"]._ensure_for(partner, company)
        cases = self.env["logistics.collection.case"]
        cases._refresh_cases(company)
        case = cases.search([("customer_id.partner_id", "=", partner.id)])
        self.assertEqual(case.overdue_amount, 640.0)
        self.start_tour(
            "/odoo/action-logistics_crm.action_collection_case",
            "logistics_collection_worklist_tour",
            login=controller.login,
        )
        touches = self.env["logistics.collection.touch"].search([("case_id", "=", case.id)])
        self.assertEqual(sorted(touches.mapped("kind")), ["call", "reminder"])
        self.assertEqual(case.customer_id.promise_ids.amount, 640.0)
        self.assertIn("TOUR-1", "".join(case.customer_id.message_ids.mapped("body")))
