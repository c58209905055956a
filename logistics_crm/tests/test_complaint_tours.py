# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged

from .complaint_common import ComplaintFactories


@tagged("post_install", "-at_install")
class TestComplaintTours(ComplaintFactories, HttpCase):
    """The screens as portal customer, handler, manager and executive use them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._as_superuser(cls.env.company)
        cls.customer = cls._account(cls._partner("Tour Customer"))

    def _tour_user(self, login, group):
        return new_test_user(
            self.env, login=login, name=login.title(), groups=group, email=f"{login}@example.com"
        )

    def _tour_complaint(self, **values):
        return self._complain(
            self.customer,
            name="Tour complaint",
            cause_id=self.env.ref("logistics_crm.complaint_cause_equipment").id,
            **values,
        )

    def test_portal_customer(self):
        """A customer files a complaint and sees how it stands."""
        user = self._tour_user("tour_shipper", "base.group_portal")
        user.partner_id.parent_id = self.customer.partner_id
        self.start_tour("/my/complaints", "logistics_complaint_portal_tour", login=user.login)
        complaint = self.env["logistics.complaint"].search([("name", "=", "Tour: crate broken")])
        self.assertEqual(complaint.customer_id, self.customer)
        self.assertEqual(complaint.claim_amount, 120.5)

    def test_handler(self):
        """A handler takes a complaint from the worklist to its answer, with compensation."""
        handler = self._tour_user(
            "tour_handler", "logistics_crm.group_complaint_handler,logistics_crm.group_user"
        )
        self.env["logistics.compensation.authority"].create(
            {
                "company_id": self.company.id,
                "user_id": handler.id,
                "alone_amount": 50.0,
                "max_amount": 50.0,
            }
        )
        self.company.logistics_claim_product_id = self.env["product.product"].create(
            {
                "name": "Compensation",
                "type": "service",
                "property_account_income_id": self.env["account.account"]
                .search([("account_type", "=", "income")], limit=1)
                .id,
            }
        )
        complaint = self._tour_complaint(user_id=handler.id)
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.partner_id.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Freight", "price_unit": 300.0, "tax_ids": [Command.clear()]}
                    )
                ],
            }
        )
        invoice.action_post()
        complaint.move_id = invoice
        self.start_tour("/odoo/complaints", "logistics_complaint_handler_tour", login=handler.login)
        self.assertEqual(complaint.state, "answered")
        self.assertEqual(complaint.compensation_ids.state, "approved")
        self.assertEqual(complaint.compensation_ids.credit_note_id.amount_total, 40.0)

    def test_manager(self):
        """A manager goes from the Pareto to the complaints behind its first row."""
        manager = self._tour_user("tour_boss", "logistics_crm.group_manager")
        for _number in range(30):
            self._tour_complaint()
        self.start_tour(
            "/odoo/complaint-pareto", "logistics_complaint_manager_tour", login=manager.login
        )

    def test_executive(self):
        """An executive finds what was escalated, with the chain that was told before."""
        executive = self._tour_user("tour_chief", "logistics_crm.group_manager")
        self.company.logistics_complaint_executive_id = executive
        complaint = self._tour_complaint(
            received_on=fields.Date.today() - timedelta(days=14), user_id=self.env.uid
        )
        with self.enter_registry_test_mode():
            self.env.ref("logistics_crm.cron_complaint_escalate").method_direct_trigger()
        complaint.invalidate_recordset()
        for _step in range(6):
            if complaint.next_escalation_id:
                complaint._escalate()
        self.assertEqual(complaint.escalated_to_id, executive)
        self.start_tour(
            "/odoo/complaints-escalated",
            "logistics_complaint_executive_tour",
            login=executive.login,
        )
