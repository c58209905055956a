# Part of logistics_crm. License LGPL-3 or later.
from datetime import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintTerms(ComplaintCommon):
    """First answer and solution in working hours, and who is told when they pass."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.executive = cls._user("manager")
        cls.head = cls._user("internal")
        cls.handler = cls._user("logistics_crm.group_complaint_handler")
        cls.department = cls.env.ref("logistics_crm.complaint_department_operations")
        cls.department.write({"user_id": cls.head.id, "handler_id": cls.handler.id})
        cls.company.logistics_complaint_executive_id = cls.executive
        # Monday to Friday, 8 to 12 and 13 to 17, UTC
        cls.company.resource_calendar_id.tz = "UTC"
        cls.customer = cls._account()

    def test_terms_run_in_working_hours(self):
        """A normal complaint of Friday afternoon is due an answer on Monday, not at night."""
        with freeze_time("2026-03-06 16:00:00"):
            complaint = self._complain(self.customer)
        # 8 hours: one on Friday, seven on Monday
        self.assertEqual(complaint.answer_due, datetime(2026, 3, 9, 16))
        # 40 hours: one on Friday, then 39 from Monday on
        self.assertEqual(complaint.solution_due, datetime(2026, 3, 13, 16))
        self.assertEqual(complaint.due_next, complaint.answer_due)
        with freeze_time("2026-03-09 15:59:00"):
            complaint.invalidate_recordset()
            self.assertFalse(complaint.overdue)
        with freeze_time("2026-03-09 16:01:00"):
            complaint.invalidate_recordset()
            self.assertTrue(complaint.overdue)
            self.assertIn(complaint, complaint.search([("overdue", "=", True)]))
            self.assertNotIn(complaint, complaint.search([("overdue", "=", False)]))

    def test_floor_for_everyone(self):
        """The service floor shortens the terms of all, even of a sender nobody knows."""
        self.env["logistics.service.floor"].create(
            {"company_id": self.company.id, "response_hours": 3.0, "complaint_days": 2.0}
        )
        with freeze_time("2026-03-02 08:00:00"):
            for customer in (self.customer, None):
                complaint = self._complain(customer)
                self.assertEqual(complaint.answer_due, datetime(2026, 3, 2, 11))
                self.assertEqual(complaint.solution_due, datetime(2026, 3, 4, 8))
            critical = self._complain(self.customer, severity="critical")
        self.assertEqual(critical.answer_due, datetime(2026, 3, 2, 10), "better than the floor")

    def test_terms_of_a_class_around_the_clock(self):
        """Key accounts may have terms of their own that also run at night and on Sundays."""
        self.env["logistics.complaint.term"].create(
            {
                "severity": "high",
                "value_class": "key",
                "answer_hours": 3.0,
                "solution_hours": 30.0,
                "around_the_clock": True,
            }
        )
        self.env.cr.execute(
            "UPDATE logistics_customer SET value_class = 'key' WHERE id = %s", [self.customer.id]
        )
        self.customer.invalidate_recordset()
        with freeze_time("2026-03-07 22:00:00"):  # a Saturday
            key = self._complain(self.customer)
            other = self._complain(self._account(), severity="high")
        self.assertEqual(key.severity, "high", "one step above the usual one")
        self.assertEqual(key.answer_due, datetime(2026, 3, 8, 1))
        self.assertEqual(key.solution_due, datetime(2026, 3, 9, 4))
        self.assertEqual(other.answer_due, datetime(2026, 3, 9, 12), "four working hours")

    def test_first_answer(self):
        """A note inside is no answer; a message to the customer is, and is kept."""
        complaint = self._complain(self.customer, self.handler)
        complaint.message_post(body="inside", subtype_xmlid="mail.mt_note")
        self.assertFalse(complaint.first_answer_at)
        complaint.message_post(
            body="We look into it", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(complaint.first_answer_at)
        self.assertEqual(complaint.due_next, complaint.solution_due)
        told = self._complain(self.customer, self.handler)
        told.action_told()
        self.assertTrue(told.first_answer_at)

    def test_chain_up_to_the_executive(self):
        """Handler, head of the department, executive: each is told once, in this order."""
        with freeze_time("2026-03-02 08:00:00"):
            complaint = self._complain(self.customer)
        self.assertEqual(complaint.user_id, self.handler)
        self.assertEqual(complaint.next_escalation_at, datetime(2026, 3, 2, 16))
        told = []
        for moment in (
            "2026-03-02 15:00:00",
            "2026-03-02 16:30:00",
            "2026-03-02 17:30:00",
            "2026-03-02 17:45:00",
            "2026-03-03 17:30:00",
        ):
            with freeze_time(moment), self.enter_registry_test_mode():
                self.env.ref("logistics_crm.cron_complaint_escalate").method_direct_trigger()
                complaint.invalidate_recordset()
                told.append(complaint.escalation_count)
        self.assertEqual(told, [0, 1, 2, 2, 3])
        names = complaint.escalation_log_ids.sorted("id").user_id
        self.assertEqual(
            complaint.escalation_log_ids.sorted("id").mapped("user_id").ids,
            [self.handler.id, self.head.id, self.executive.id],
        )
        self.assertEqual(names, self.handler | self.head | self.executive)
        self.assertEqual(complaint.escalated_to_id, self.executive)
        kind = self.env.ref("logistics_crm.activity_complaint_escalated")
        escalated = complaint.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        self.assertEqual(escalated.user_id, self.handler | self.head | self.executive)
        self.assertTrue(complaint.with_user(self.head).has_access("write"))
        complaint.with_user(self.handler).action_told()
        self.assertEqual(complaint.next_escalation_id.term, "solution")
        complaint.answer = "Done"
        complaint.with_user(self.handler).action_answer()
        self.assertFalse(complaint.next_escalation_at)

    def test_escalation_does_not_ask_per_complaint(self):
        """Looking for late complaints is one search; those not due are not touched."""
        with freeze_time("2026-03-02 08:00:00"):
            self.env["logistics.complaint"].create(
                [{"name": f"Late {number}", "customer_id": self.customer.id} for number in range(3)]
            )
            self.env.flush_all()
            with self.assertQueryCount(2):
                self.env["logistics.complaint"]._cron_escalate()

    def test_reopened_terms_begin_again(self):
        """Opened again, the terms run from then on and the chain may be told once more."""
        with freeze_time("2026-03-02 08:00:00"):
            complaint = self._settle(self._complain(self.customer, self.handler))
        with freeze_time("2026-03-09 08:00:00"):
            complaint._reopen("Still no refund")
            self.assertEqual(complaint.answer_due, datetime(2026, 3, 9, 17))
            self.assertFalse(complaint.first_answer_at)
            self.assertTrue(complaint.activity_ids.filtered("automated"))

    def test_handler_has_one_activity(self):
        """The handler's activity moves with the handler, and ends with the answer."""
        complaint = self._complain(self.customer, self.handler)
        self.assertEqual(complaint.activity_ids.user_id, self.handler)
        complaint.user_id = self.executive
        self.assertEqual(complaint.activity_ids.user_id, self.executive)
        self._settle(complaint)
        self.assertFalse(complaint.activity_ids)

    def test_without_a_calendar(self):
        """A company without working hours counts every hour."""
        self.company.resource_calendar_id = False
        complaint = self._complain(self.customer, received_on="2026-03-07")
        self.assertEqual(complaint.answer_due, fields.Datetime.add(complaint.received_at, hours=8))
