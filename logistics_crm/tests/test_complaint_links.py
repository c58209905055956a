# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .complaint_common import ComplaintLedgerCommon


@tagged("post_install", "-at_install")
class TestComplaintLinks(ComplaintLedgerCommon):
    """Dispute, duplicates, repeats, opinions, satisfaction, documents: one matter, many views."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.logistics_claim_post = True
        cls.handler = cls._user("logistics_crm.group_complaint_handler")
        cls.env["logistics.compensation.authority"].create(
            {
                "company_id": cls.company.id,
                "group_id": cls.env.ref("logistics_crm.group_complaint_handler").id,
                "alone_amount": 1000.0,
                "max_amount": 1000.0,
            }
        )
        cls.partner = cls._partner(email="c@example.com")
        cls.customer = cls._account(cls.partner)
        cls.invoice = cls._invoice(cls.partner, 1000.0, "2026-01-10")

    def test_dispute_and_complaint_are_one(self):
        """The open dispute of the invoice is taken, and ends as the complaint does."""
        dispute = self.env["logistics.dispute"].create(
            {"move_id": self.invoice.id, "reason": "price", "amount": 200.0}
        )
        complaint = self._complain(
            self.customer, self.handler, move_id=self.invoice.id, claim_amount=200.0
        )
        complaint.action_dispute()
        self.assertEqual(complaint.dispute_id, dispute)
        self.assertTrue(self.invoice.no_followup)
        grant = self.env["logistics.complaint.compensation"].with_user(self.handler)
        grant = grant.create(
            {"complaint_id": complaint.id, "amount": 200.0, "reason": "Overcharged"}
        )
        grant.action_approve()
        self._settle(complaint)
        self.assertEqual(dispute.result, "credit_note")
        self.assertEqual(dispute.credit_note_id, grant.credit_note_id)
        self.assertFalse(self.invoice.no_followup)

    def test_dispute_made_and_refused(self):
        """Without a dispute one is made; a refused claim rejects it with the same words."""
        complaint = self._complain(self.customer, self.handler, move_id=self.invoice.id)
        complaint.action_dispute()
        self.assertEqual(complaint.dispute_id.move_id, self.invoice)
        complaint._refuse("The price list is clear.")
        self.assertEqual(complaint.dispute_id.result, "rejected")
        self.assertEqual(complaint.dispute_id.result_note, "The price list is clear.")

    def test_complaint_of_a_dispute(self):
        """From the dispute the complaint is made once, with what the dispute knows."""
        dispute = self.env["logistics.dispute"].create(
            {"move_id": self.invoice.id, "reason": "damage", "amount": 300.0}
        )
        dispute.action_complaint()
        complaint = dispute.complaint_id
        self.assertEqual(complaint.type_id.code, "damaged")
        self.assertEqual(complaint.claimed_amount, 300.0)
        dispute.action_complaint()
        self.assertEqual(len(dispute.complaint_ids), 1)

    def test_duplicates_are_merged(self):
        """Two about the same invoice become one; nothing of the other is lost."""
        first = self._complain(self.customer, self.handler, move_id=self.invoice.id)
        second = self._complain(
            self.customer,
            self.handler,
            move_id=self.invoice.id,
            claim_amount=50.0,
            shipment_ref="WB1",
        )
        self.assertEqual(first.possible_duplicate_count, 1)
        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"a", "res_model": second._name, "res_id": second.id}
        )
        wizard = (
            self.env["logistics.complaint.merge"]
            .with_user(self.handler)
            .with_context(active_ids=(first | second).ids)
            .create({"target_id": first.id, "complaint_ids": (first | second).ids})
        )
        wizard.action_merge()
        self.assertEqual((second.state, second.duplicate_of_id), ("cancelled", first))
        self.assertEqual((first.claim_amount, first.shipment_ref), (50.0, "WB1"))
        self.assertEqual(file.res_id, first.id)
        self.assertFalse(first.possible_duplicate_count)
        self.assertEqual(
            self.env["logistics.complaint.report"].search_count(
                [("customer_id", "=", self.customer.id)]
            ),
            1,
        )
        stranger = self._complain(self._account(), self.handler)
        with self.assertRaisesRegex(UserError, "different customers"):
            stranger._merge_into(first)

    def test_repeats_are_counted(self):
        """The third complaint in twelve months is a repeated one; older ones do not count."""
        today = fields.Date.today()
        old = self._complain(self.customer, received_on=today - timedelta(days=600))
        made = [
            self._complain(self.customer, received_on=today - timedelta(days=day))
            for day in (300, 200, 100)
        ]
        self.assertEqual([c.repeat_number for c in made], [2, 2, 3])
        repeated = self.env["logistics.complaint"].search(
            [("repeated", "=", True), ("customer_id", "=", self.customer.id)]
        )
        self.assertEqual(repeated, made[2])
        self.assertFalse(old.repeated)

    def test_customer_and_documents(self):
        """Counted on customer and invoice; on top of the customer's form while it is open."""
        complaint = self._complain(self.customer, self.handler, move_id=self.invoice.id)
        self.assertEqual(self.customer.complaint_count, 1)
        self.assertEqual(self.invoice.logistics_complaint_count, 1)
        points = [p for p in self.customer._open_points() if p["code"] == "complaint"]
        self.assertEqual(len(points), 1)
        self.assertIn(complaint.name, points[0]["text"])
        self._settle(complaint)
        points = [p for p in self.customer._open_points() if p["code"] == "complaint"]
        self.assertFalse(points)

    def test_opinion(self):
        """What a complaint says beyond the case becomes an opinion with owner and deadline."""
        complaint = self._complain(self.customer, self.handler)
        context = complaint.action_make_opinion()["context"]
        opinion = self.env["logistics.opinion"].with_context(**context).create({"name": "Hours"})
        self.assertEqual(opinion.customer_id, self.customer)
        complaint.invalidate_recordset()
        self.assertEqual(complaint.opinion_count, 1)
        self.assertEqual(complaint.opinion_ids, opinion)

    def test_satisfaction_is_asked_when_switched_on(self):
        """After the end the customer is asked once; nothing is mailed before it is switched on."""
        mails = self.env["mail.message"]
        quiet = self._settle(self._complain(self.customer, self.handler))
        self.assertFalse(quiet.rating_ids)
        self.company.logistics_complaint_rating = True
        complaint = self._settle(self._complain(self.customer, self.handler))
        rating = complaint.rating_ids
        self.assertEqual(len(rating), 1)
        self.assertEqual(rating.partner_id, self.partner)
        self.assertTrue(
            mails.search_count([("model", "=", complaint._name), ("res_id", "=", complaint.id)])
        )
        complaint.sudo().rating_apply(1, token=rating.access_token, feedback="Too slow")
        self.assertEqual(complaint.rating_last_value, 1)

    def test_visit(self):
        """A complaint told at a touch is recorded there."""
        visit = self.env["logistics.visit"].create(
            {
                "customer_id": self.customer.id,
                "kind": "patrol",
                "channel": "onsite",
                "planned_date": fields.Date.today(),
                "user_id": self.env.uid,
            }
        )
        context = visit.action_open_complaints()["context"]
        complaint = self.env["logistics.complaint"].with_context(**context).create({"name": "x"})
        self.assertEqual((complaint.visit_id, complaint.channel), (visit, "visit"))
        visit.invalidate_recordset()
        self.assertEqual(visit.complaint_count, 1)
