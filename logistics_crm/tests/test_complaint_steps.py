# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintSteps(ComplaintCommon):
    """Who may take a complaint where, and that nothing else can."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller")
        cls.other = cls._user("seller")
        cls.handler = cls._user("logistics_crm.group_complaint_handler")
        cls.customer = cls._account(user_id=cls.seller.id)

    def test_from_new_to_closed(self):
        """A complaint is accepted, answered and closed; every step asks for what it needs."""
        complaint = self._complain(self.customer, self.handler)
        self.assertRegex(complaint.reference, r"CP/\d{4}/\d{5}")
        self.assertEqual(complaint.state, "new")
        self.assertEqual(complaint.verdict, "unknown")
        self.assertEqual(complaint.user_id, self.seller, "the representative, if no one is named")
        self.assertEqual(complaint.partner_id, self.customer.partner_id)
        with self.assertRaisesRegex(UserError, "Answer"):
            complaint.action_answer()
        complaint.action_accept()
        complaint.action_investigate()
        complaint.answer = "The lorry broke down."
        complaint.action_answer()
        with self.assertRaisesRegex(UserError, "Verdict"):
            complaint.action_close()
        complaint.write(
            {
                "verdict": "justified",
                "cause_id": self.env.ref("logistics_crm.complaint_cause_equipment").id,
                "root_cause": "Old lorry",
            }
        )
        complaint.action_close()
        self.assertEqual(complaint.state, "closed")
        self.assertEqual(complaint.closed_on, fields.Date.context_today(complaint))
        self.assertEqual(complaint.closed_by, self.handler)
        with self.assertRaises(UserError):
            complaint.action_accept()
        with self.assertRaisesRegex(UserError, "cannot be set by hand"):
            complaint.verdict = "not_justified"

    def test_state_has_no_back_door(self):
        """Writing, creating, importing and defaults leave the state to the steps."""
        complaint = self._complain(self.customer, self.seller)
        complaints = self.env["logistics.complaint"].with_user(self.seller)
        for values in (
            {"state": "closed"},
            {"compensation_amount": 100.0},
            {"closed_on": fields.Date.today()},
            {"reopen_count": 0},
            {"access_token": "guessed"},
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "cannot be set by hand"):
                complaint.write(values)
        base = {"name": "x", "customer_id": self.customer.id}
        with self.assertRaises(UserError):
            complaints.create({**base, "state": "closed"})
        sly = complaints.with_context(default_state="closed", default_verdict="justified").create(
            dict(base)
        )
        self.assertEqual(sly.state, "new")
        sly = complaints.with_context(logistics_credit_step=True)
        with self.assertRaises(UserError):
            sly.browse(complaint.id).write({"state": "closed"})
        result = complaints.load(
            ["name", "customer_id/.id", "state"], [["x", str(self.customer.id), "Closed"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("cannot be set by hand", result["messages"][0]["message"])
        with self.assertRaisesRegex(UserError, "Complaints are kept"):
            complaint.sudo().unlink()

    def test_own_backup_and_other_customers(self):
        """A representative sees the complaints of own customers, a backup too, others do not."""
        complaint = self._complain(self.customer, self.handler)
        unknown = self._complain(None, self.handler, email_from="who@example.com")
        mine = complaint.with_user(self.seller)
        self.assertTrue(mine.has_access("write"))
        self.assertFalse(complaint.with_user(self.other).has_access("read"))
        self.assertFalse(unknown.with_user(self.other).has_access("read"))
        self.customer.backup_user_id = self.other
        self.assertTrue(complaint.with_user(self.other).has_access("write"))
        outsider = self._user("internal")
        self.assertFalse(complaint.with_user(outsider).has_access("read"))
        complaint.department_id.sudo().member_ids = outsider
        self.assertTrue(complaint.with_user(outsider).has_access("write"))
        second = self._other_company()
        stranger = self._user("logistics_crm.group_complaint_handler", company=second)
        theirs = complaint.with_user(stranger).with_context(allowed_company_ids=second.ids)
        self.assertFalse(theirs.has_access("read"))
        with self.assertRaises(AccessError):
            theirs.action_accept()

    def test_reopened(self):
        """A closed complaint is opened again with a reason, and counts how often."""
        complaint = self._settle(self._complain(self.customer, self.handler))
        with self.assertRaisesRegex(UserError, "reason"):
            complaint._reopen(" ")
        complaint._reopen("It happened again")
        self.assertEqual(complaint.state, "investigating")
        self.assertEqual(complaint.reopen_count, 1)
        self.assertFalse(complaint.closed_on)
        self.assertEqual(complaint.verdict, "justified")

    def test_refused_and_cancelled(self):
        """A claim is refused with a reason the customer is told."""
        complaint = self._complain(self.customer, self.handler, claim_amount=50.0)
        with self.assertRaises(UserError):
            complaint._refuse("")
        complaint._refuse("Delivered on time, see the signature.")
        self.assertEqual(complaint.state, "refused")
        self.assertEqual(complaint.verdict, "not_justified")
        self.assertEqual(complaint.answer, "Delivered on time, see the signature.")
        with self.assertRaises(UserError):
            complaint._cancel("changed his mind")

    def test_severity_starts_with_type_and_class(self):
        """A key account's complaint is one step more severe than the type's usual one."""
        self.env.cr.execute(
            "UPDATE logistics_customer SET value_class = 'key' WHERE id = %s", [self.customer.id]
        )
        self.customer.invalidate_recordset()
        self.assertEqual(self._complain(self.customer).severity, "high")
        lost = self.env.ref("logistics_crm.complaint_type_lost")
        self.assertEqual(self._complain(self.customer, type_id=lost.id).severity, "critical")
        self.assertEqual(self._complain(None).severity, "normal")

    def test_sensible(self):
        """Days to come, absurd and negative claims and documents of others are refused."""
        with self.assertRaisesRegex(ValidationError, "future"):
            self._complain(self.customer, received_on=fields.Date.today() + timedelta(days=3))
        with self.assertRaisesRegex(ValidationError, "sensible"):
            self._complain(self.customer, claim_amount=1e15)
        stranger = self._partner()
        order = self.env["sale.order"].create({"partner_id": stranger.id})
        with self.assertRaisesRegex(ValidationError, "not a document of"):
            self._complain(self.customer, order_id=order.id)

    def test_received_earlier(self):
        """What is entered later begins at noon of that day on the company's clock."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        complaint = self._complain(self.customer, received_on="2025-03-10")
        self.assertEqual(str(complaint.received_at), "2025-03-10 04:00:00")
