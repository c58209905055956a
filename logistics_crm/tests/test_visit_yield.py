# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .complaint_common import ComplaintLedgerCommon

DAY = fields.Date.to_date("2025-03-03")


@tagged("post_install", "-at_install")
class TestVisitYield(ComplaintLedgerCommon):
    """What touches cost and brought, and the thanks that orders and payments ask for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller")
        cls.visits = cls.env["logistics.visit"]
        cls.partner = cls._partner("Yield", email="yield@example.com")
        cls.account = cls._account(cls.partner, user_id=cls.seller.id)
        cls.company.logistics_visit_hour_cost = 40.0

    def _done(self, day, planned=None, account=None, **values):
        account = account or self.account
        day = fields.Date.to_date(day)
        return self.visits.create(
            {
                "customer_id": account.id,
                "user_id": self.seller.id,
                "state": "done",
                "planned_date": planned or day,
                "done_date": day,
                **values,
            }
        )

    def _ordered(self, day, price, partner=None):
        order = self._order(partner or self.partner, {"price_unit": price})
        order.date_order = f"{day} 10:00:00"
        return order

    def _lines(self, visits):
        self.env.flush_all()
        report = self.env["logistics.visit.report"].search([("visit_id", "in", visits.ids)])
        by_visit = {line.visit_id: line for line in report}
        return [by_visit[visit] for visit in visits]

    def test_orders_and_payments_count_once_for_the_last_touch_before(self):
        first = self._done(DAY)
        second = self._done("2025-03-17", channel="phone")
        child = self.partner.create({"name": "Buyer", "parent_id": self.partner.id})
        self._ordered("2025-03-02", 1.0)
        self._ordered("2025-03-03", 10.0)
        self._ordered("2025-03-16", 20.0, partner=child)
        self._ordered("2025-03-17", 40.0)
        self._ordered("2025-04-16", 80.0)
        self._ordered("2025-04-17", 160.0)
        self._ordered("2025-03-10", 320.0, partner=self._partner("Another"))
        self._ordered("2025-03-10", 640.0)._action_cancel()
        invoice = self._invoice(self.partner, 500, "2025-02-03")
        for day, amount in (
            ("2025-03-01", 1),
            ("2025-03-05", 100),
            ("2025-03-20", 50),
            ("2025-04-30", 7),
        ):
            self._pay(invoice, day, amount)
        refund = self._invoice(self.partner, 30, "2025-03-06", move_type="out_refund")
        (invoice + refund).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()
        early, late = self._lines(first + second)
        self.assertEqual((early.orders, early.order_amount), (2, 30.0))
        self.assertEqual((late.orders, late.order_amount), (2, 120.0))
        self.assertEqual((early.collected, late.collected), (100.0, 50.0), "no credit note")
        with self.assertRaises(AccessError):
            early.with_user(self.seller).read(["collected"])

    def test_complaints_closed_count_once_for_the_last_touch_before(self):
        first, second = self._done(DAY), self._done("2025-03-17", channel="phone")
        for day in ("2025-03-02", "2025-03-03", "2025-03-16", "2025-04-16", "2025-04-17"):
            self._closed_on(day)
        self._closed_on("2025-03-20", account=self._account(self._partner("Another")))
        refused = self._complain(self.account)
        refused._refuse("Not our parcel")
        self._move_close(refused, "2025-03-20")
        self._complain(self.account)
        early, late = self._lines(first + second)
        self.assertEqual((early.complaints_closed, late.complaints_closed), (2, 1))

    def _closed_on(self, day, account=None):
        complaint = self._settle(self._complain(account or self.account))
        self.assertEqual(complaint.state, "closed")
        self._move_close(complaint, day)

    def _move_close(self, complaint, day):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE logistics_complaint SET closed_on = %s WHERE id = %s", (day, complaint.id)
        )
        complaint.invalidate_recordset()

    def test_open_complaints_are_on_the_sheet(self):
        """What the customer complained about is told before the visit, until it is closed."""
        visit = self.visits.create(
            {"customer_id": self.account.id, "user_id": self.seller.id, "planned_date": DAY}
        )
        mine = visit.with_user(self.seller)
        complaint = self._complain(self.account, name="Pallet crushed")
        self.assertEqual(mine.complaint_ids.ids, complaint.ids)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "logistics_crm.report_visit_sheet", visit.ids
        )[0]
        self.assertIn("Pallet crushed", html.decode())
        self._settle(complaint)
        visit.invalidate_recordset()
        self.assertFalse(mine.complaint_ids)

    def test_kept_to_plan_answered_and_paid_for(self):
        kept = self._done(DAY, result="good", time_spent=1.5, travel_cost=12.0)
        late = self._done(
            "2025-03-05", planned=DAY, result="no_response", channel="phone", gift_cost=8.0
        )
        silent = self._done("2025-03-07", channel="phone")
        missed = self.visits.create(
            {"customer_id": self.account.id, "user_id": self.seller.id, "planned_date": DAY}
        )
        missed.write({"state": "missed", "gift_cost": 8.0})
        lines = self._lines(kept + late + silent + missed)
        self.assertEqual([line.cost for line in lines], [72.0, 8.0, False, False])
        groups = self.env["logistics.visit.report"].formatted_read_group(
            [("customer_id", "=", self.account.id)],
            aggregates=[
                "on_day_rate:avg",
                "late_rate:avg",
                "missed_rate:avg",
                "response_rate:avg",
                "cost:sum",
                "done_count:sum",
            ],
        )
        found = groups[0]
        self.assertAlmostEqual(found["on_day_rate:avg"], 2 / 4, msg="kept and silent")
        self.assertAlmostEqual(found["late_rate:avg"], 1 / 4)
        self.assertAlmostEqual(found["missed_rate:avg"], 1 / 4)
        self.assertAlmostEqual(found["response_rate:avg"], 1 / 2, msg="of those with a result")
        self.assertEqual((found["cost:sum"], found["done_count:sum"]), (80.0, 3))

    def _warm_plan(self, **values):
        return self.env["logistics.visit.plan"].create(
            {
                "company_id": self.company.id,
                "kind": "warm",
                "interval_days": 365,
                "channel": "mail",
                "count_mail": True,
                "count_onsite": False,
                "on_anniversary": False,
                "on_order": False,
                **values,
            }
        )

    def _propose(self, today):
        self.env.flush_all()
        known = self.visits.search([("kind", "=", "warm")])
        count = self.visits._propose_thanks(self.company, today)
        new = self.visits.search([("kind", "=", "warm")]) - known
        self.assertEqual(len(new), count)
        return new

    def test_thanks_after_an_order(self):
        self._warm_plan(on_order=True, gift="Tea", gift_cost=15.0, gift_approved_by_id=self.env.uid)
        self.assertFalse(self._propose(DAY), "no occasion")
        self._order(self._partner("Quiet")).date_order = "2025-03-03 10:00:00"
        self._ordered("2025-03-02", 10.0)
        thanks = self._propose(DAY)
        self.assertEqual((thanks.customer_id, thanks.occasion), (self.account, "order"))
        self.assertEqual((thanks.gift, thanks.gift_cost), ("Tea", 15.0), "the plan's gift")
        self.assertIs(thanks.cost, False, "nothing is spent before it is done")
        self.assertGreater(thanks.planned_date, DAY)
        self.assertLess(thanks.planned_date.weekday(), 5)
        thanks.done_date = DAY
        thanks._touch_done()
        self.assertEqual(thanks.cost, 15.0)
        self._ordered("2025-03-20", 10.0)
        soon = DAY + timedelta(days=18)
        self.assertFalse(self._propose(soon), "two within thirty days are one too many")
        self._ordered("2025-05-05", 10.0)
        self.assertTrue(self._propose(fields.Date.to_date("2025-05-06")))

    def test_thanks_of_a_customer_whose_representative_has_left(self):
        """The backup thanks; with nobody left, nobody is proposed and nothing fails."""
        self._warm_plan(on_order=True, gift_cost=15.0)
        backup = self._user("seller")
        self.account.backup_user_id = backup
        self._ordered("2025-03-02", 10.0)
        alone = self._account(self._partner("Alone"), user_id=self.seller.id)
        self._ordered("2025-03-02", 10.0, partner=alone.partner_id)
        self.seller.active = False
        thanks = self._propose(DAY)
        self.assertEqual((thanks.customer_id, thanks.user_id), (self.account, backup))
        self.assertIs(thanks.gift_cost, False, "nobody approved the gift")

    def test_thanks_after_a_payment(self):
        self._warm_plan(on_payment=True)
        invoice = self._invoice(self.partner, 500, "2025-02-03")
        refund = self._invoice(self.partner, 100, "2025-03-01", move_type="out_refund")
        (invoice + refund).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertFalse(self._propose(DAY), "a credit note is no payment")
        self._pay(invoice, "2025-03-03", 400)
        thanks = self._propose(DAY)
        self.assertEqual((thanks.customer_id, thanks.occasion), (self.account, "payment"))
        self.assertIs(thanks.gift_cost, False, "no budget is unknown, not free")

    def test_occasions_of_the_file_feed_the_plan(self):
        """A birthday is a touch some days before, with the person; no mail goes by itself."""
        self._warm_plan()
        self.company.logistics_thanks_send = True
        persons = self.env["logistics.key.person"].create(
            [
                {"customer_id": self.account.id, "name": "Mei", "email": "mei@example.com"},
                {
                    "customer_id": self._account(self._partner(), user_id=self.seller.id).id,
                    "name": "Silent",
                    "do_not_contact": True,
                },
            ]
        )
        occasions = self.env["logistics.person.occasion"]
        occasions += occasions.create(
            [{"person_id": person.id, "month": "3", "day": 6} for person in persons]
        )
        own = self._account(self._partner("Own", email="own@example.com"), user_id=self.seller.id)
        occasions += occasions.create(
            {"customer_id": own.id, "kind": "company", "month": "3", "day": 7}
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE logistics_person_occasion SET next_date = NULL")
        occasions._roll_forward(DAY)
        self.assertFalse(self._propose(DAY - timedelta(days=2)), "too early")
        thanks = self._propose(DAY)
        self.assertEqual(thanks.customer_id, self.account | own)
        self.assertEqual(set(thanks.mapped("occasion")), {"personal"})
        self.assertLess(max(thanks.mapped("planned_date")), fields.Date.to_date("2025-03-06"))
        mine = thanks.filtered(lambda one: one.customer_id == self.account)
        self.assertEqual(mine.key_person_ids, persons[0])
        self.assertFalse((thanks - mine).key_person_ids)
        self.assertFalse(self._propose(DAY + timedelta(days=1)), "once")
        mails = self.env["mail.mail"].search_count([])
        self.visits._send_thanks(self.company, fields.Date.to_date("2025-03-06"))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(set(thanks.mapped("state")), {"planned"})

    def test_sent_by_itself_only_when_switched_on(self):
        self._warm_plan(on_order=True)
        silent = self._account(self._partner("No Address"), user_id=self.seller.id)
        for partner in (self.partner, silent.partner_id):
            self._ordered("2025-03-02", 10.0, partner=partner)
        thanks = self._propose(DAY)
        self.assertEqual(len(thanks), 2)
        day = thanks[0].planned_date
        mails = self.env["mail.mail"].search([])
        self.visits._send_thanks(self.company, day)
        self.assertEqual(self.env["mail.mail"].search([]), mails, "off unless switched on")
        self.company.logistics_thanks_send = True
        self.visits._send_thanks(self.company, day - timedelta(days=1))
        self.assertEqual(self.env["mail.mail"].search([]), mails, "not before its day")
        self.visits._send_thanks(self.company, day)
        mail = self.env["mail.mail"].search([]) - mails
        self.assertEqual(mail.recipient_ids, self.partner)
        self.assertEqual(mail.subject, "Thank you for your order")
        sent = thanks.filtered(lambda one: one.customer_id == self.account)
        self.assertEqual(sent.state, "done")
        self.assertEqual((thanks - sent).state, "planned", "without an address it waits")
        self.visits._send_thanks(self.company, day)
        self.assertEqual(len(self.env["mail.mail"].search([]) - mails), 1, "once")
