# Part of logistics_crm. License LGPL-3 or later.
from datetime import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .visit_common import VisitCommon

NOW = "2026-03-02 09:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitCalendar(VisitCommon):
    """Calendar, activities and visits are one thing seen from three places."""

    def _as_anna(self, record):
        return record.with_user(self.anna).with_context(tz="Europe/Paris")

    def _planned(self, account=None, **values):
        account = account or self._customer()
        return (
            self.visits.with_user(self.anna)
            .with_context(tz="Europe/Paris")
            .create(
                {
                    "customer_id": account.id,
                    "user_id": self.anna.id,
                    "planned_date": "2026-03-05",
                    **values,
                }
            )
        )

    def test_visit_makes_one_event_and_one_activity_without_mail(self):
        messages = self.env["mail.mail"].search_count([])
        visit = self._planned()
        event, activity = visit.event_id, visit.activity_id
        self.assertEqual(event.user_id, self.anna)
        self.assertEqual(event.partner_ids, self.anna.partner_id, "the customer is not invited")
        self.assertEqual((event.start, event.stop), (visit.start, visit.stop))
        # 9:00 in Paris in winter
        self.assertEqual(visit.start, datetime(2026, 3, 5, 8, 0))
        self.assertEqual(activity.calendar_event_id, event)
        self.assertEqual(activity.date_deadline, visit.planned_date)
        self.assertEqual(visit.activity_ids, activity)
        self.assertEqual(self.env["calendar.event"].search_count([("res_id", "=", visit.id)]), 1)
        self.assertEqual(self.env["mail.mail"].search_count([]), messages)

    def test_without_a_day_it_is_the_representatives_today(self):
        """Over RPC or from an import nobody fills in a day: also then it is in the calendar."""
        self.anna.tz = "Pacific/Auckland"
        visits = self.visits.with_user(self.anna)
        with freeze_time("2026-03-02 15:00:00"):
            visit = visits.create({"customer_id": self._customer().id})
        self.assertEqual(visit.planned_date, fields.Date.to_date("2026-03-03"))
        self.assertEqual(visit.start, datetime(2026, 3, 2, 20, 0), "9:00 in Auckland in summer")
        self.assertEqual(visit.event_id.start, visit.start)

    def test_day_clicked_in_the_calendar(self):
        """A calendar gives its moment as a default; the day follows it."""
        visits = self.visits.with_user(self.anna).with_context(default_start="2026-03-09 13:00:00")
        visit = visits.create({"customer_id": self._customer().id})
        self.assertEqual(visit.start, datetime(2026, 3, 9, 13, 0))
        self.assertEqual(visit.planned_date, fields.Date.to_date("2026-03-09"))

    def test_moving_in_either_place(self):
        visit = self._planned()
        event = visit.event_id
        self._as_anna(event).write({"start": "2026-03-10 13:00:00", "stop": "2026-03-10 15:00:00"})
        self.assertEqual(visit.planned_date, fields.Date.to_date("2026-03-10"))
        self.assertEqual((visit.start, visit.duration), (event.start, 2.0))
        self.assertTrue(visit.moved)
        self.assertEqual(visit.activity_id.date_deadline, visit.planned_date)
        # the change to summer time is on March 29: the clock time stays
        visit.planned_date = "2026-04-01"
        self.assertEqual(event.start, datetime(2026, 4, 1, 12, 0))
        self.assertEqual(event.stop, datetime(2026, 4, 1, 14, 0))
        self.assertEqual(visit.activity_id.date_deadline, visit.planned_date)
        # the activity moves both
        self._as_anna(visit.activity_id).date_deadline = "2026-04-02"
        self.assertEqual(visit.planned_date, fields.Date.to_date("2026-04-02"))
        self.assertEqual(event.start, datetime(2026, 4, 2, 12, 0))

    def test_day_is_the_representatives_day(self):
        visit = self._touch(self._customer(self.ben), "2026-03-05", state="planned")
        # 23:30 in New York is the next day in UTC
        visit.event_id.sudo().write({"start": "2026-03-07 04:30:00", "stop": "2026-03-07 05:30:00"})
        self.assertEqual(visit.planned_date, fields.Date.to_date("2026-03-06"))

    def test_clock_time_that_does_not_exist(self):
        account = self._customer(self.ben, visit_hour=2.5)
        # New York skips 2:30 on March 8
        visit = self.visits.create(
            {"customer_id": account.id, "user_id": self.ben.id, "planned_date": "2026-03-08"}
        )
        self.assertEqual(visit.planned_date, fields.Date.to_date("2026-03-08"))
        self.assertEqual(visit.start, datetime(2026, 3, 8, 7, 30))

    def test_event_deleted_or_archived_cancels_and_nothing_is_lost(self):
        account = self._customer()
        self._plan_of()
        visit = self._planned(account)
        self.assertEqual(self._status_of(account).status, "planned")
        activity = visit.activity_id
        self._as_anna(visit.event_id).unlink()
        self.assertEqual(visit.state, "cancelled")
        self.assertTrue(visit.reason)
        self.assertFalse(activity.exists())
        self.assertEqual(self._status_of(account).status, "never")
        visit.action_reopen()
        self.assertTrue(visit.event_id.active)
        self.assertTrue(visit.activity_id)
        self._as_anna(visit.event_id).active = False
        self.assertEqual(visit.state, "cancelled")
        visit.action_reopen()
        visit.action_cancel()
        self.assertFalse(visit.event_id.active)
        visit.action_reopen()
        self.assertTrue(visit.event_id.active)

    def test_done_activity_is_a_done_visit_and_the_other_way_round(self):
        account = self._customer()
        self._plan_of(count_phone=True)
        call = self._planned(account, channel="phone")
        self.assertFalse(call.event_id)
        self._as_anna(call.activity_id).action_feedback(feedback="All is well")
        self.assertEqual((call.state, call.findings), ("done", "All is well"))
        self.assertEqual(call.done_date, fields.Date.to_date("2026-03-02"))
        self.assertEqual(self._status_of(account).status, "covered")
        visit = self._planned(account)
        activity = visit.activity_id
        visit.action_done()
        self.assertFalse(activity.active)
        self.assertTrue(visit.event_id.active, "the calendar keeps its history")
        meeting = self._planned(account, planned_date="2026-03-09")
        self._as_anna(meeting.activity_id).action_done()
        self.assertEqual(meeting.state, "done")

    def test_cancelled_activity_with_its_meeting(self):
        visit = self._planned()
        event = visit.event_id
        self._as_anna(visit.activity_id).unlink_w_meeting()
        self.assertEqual(visit.state, "cancelled")
        self.assertFalse(event.exists())

    def test_call_on_the_customer_is_a_touch(self):
        account = self._customer()
        self._plan_of(channel="phone", count_phone=True)
        activity = account.with_user(self.anna).activity_schedule(
            "mail.mail_activity_data_call", summary="Ask about March", user_id=self.anna.id
        )
        activity.action_feedback(feedback="Wants a new price")
        touch = self.visits.search([("customer_id", "=", account.id)])
        self.assertEqual((touch.state, touch.channel, touch.kind), ("done", "phone", "patrol"))
        self.assertEqual(touch.findings, "Wants a new price")
        self.assertEqual(self._status_of(account).status, "covered")
        todo = account.activity_schedule("mail.mail_activity_data_todo", summary="File it")
        todo.action_done()
        self.assertEqual(self.visits.search([("customer_id", "=", account.id)]), touch)

    def test_other_representative_takes_over_event_and_activity(self):
        visit = self._planned()
        visit.sudo().user_id = self.ben
        self.assertEqual(visit.event_id.user_id, self.ben)
        self.assertEqual(visit.event_id.partner_ids, self.ben.partner_id)
        self.assertEqual(visit.activity_id.user_id, self.ben)
        visit.event_id.sudo().user_id = self.anna
        self.assertEqual(visit.user_id, self.anna)

    def test_channel_changes_between_calendar_and_activity(self):
        visit = self._planned()
        event = visit.event_id
        visit.channel = "phone"
        self.assertFalse(event.exists())
        self.assertFalse(visit.event_id)
        self.assertEqual(visit.activity_id.activity_type_id.category, "phonecall")
        visit.channel = "onsite"
        self.assertTrue(visit.event_id)

    def test_events_come_when_they_are_near(self):
        self._plan_of(interval_days=14)
        account = self._customer()
        self._run(fields.Date.to_date("2026-03-02"))
        today = fields.Date.to_date("2026-03-02")
        while self.visits._publish_due(self.company, today, limit=1):
            pass
        near = today + self._days(self.company.logistics_visit_calendar_days)
        visits = self._open(account)
        self.assertTrue(visits.filtered(lambda one: one.planned_date > near))
        for visit in visits:
            self.assertEqual(bool(visit.event_id), visit.planned_date <= near)

    def test_check_in_twice_is_no_mistake(self):
        account = self._customer()
        account.partner_id.write({"partner_latitude": 45.764, "partner_longitude": 4.8357})
        visit = self._planned(account)
        visit.action_check_in(45.7641, 4.8359)
        self.assertEqual(visit.presence, "verified")
        self.assertAlmostEqual(visit.distance_m, 19.1, delta=1.0)
        with freeze_time("2026-03-02 09:20:00"):
            answer = visit.action_check_in(48.85, 2.35)
        self.assertIn("10:00", answer["params"]["message"], "the first check-in, in Paris")
        self.assertEqual(visit.checkin_at, datetime(2026, 3, 2, 9, 0))
        with freeze_time("2026-03-02 10:30:00"):
            visit.action_check_out()
        self.assertEqual(visit.time_spent, 1.5)
        far = self._planned(account)
        far.action_check_in(48.85, 2.35)
        self.assertEqual(far.presence, "far")
        self.assertAlmostEqual(far.distance_m / 1000, 391, delta=2)
        silent = self._planned(account)
        silent.action_check_in()
        self.assertEqual((silent.presence, silent.distance_m), ("unverified", False))
        with self.assertRaises(UserError):
            self._planned(account).with_user(self.boss).action_check_in()

    def test_locked_month(self):
        account = self._customer()
        old = self._touch(account, "2026-02-10")
        self.company.logistics_visit_lock_date = "2026-02-28"
        with self.assertRaisesRegex(UserError, "locked"):
            old.findings = "Later thoughts"
        with self.assertRaisesRegex(UserError, "locked"):
            self._touch(account, "2026-02-20")
        with self.assertRaisesRegex(UserError, "locked"):
            old.unlink()
        visit = self._planned(account)
        with self.assertRaisesRegex(UserError, "locked"):
            visit.done_date = "2026-02-27"
        self.company.logistics_visit_lock_date = False
        old.findings = "Later thoughts"

    def test_future_is_not_done(self):
        visit = self._planned()
        with self.assertRaises(Exception) as caught:
            visit.done_date = "2026-03-03"
        self.assertIn("future", str(caught.exception))

    def test_state_only_through_actions(self):
        visit = self._planned()
        with self.assertRaises(Exception) as caught:
            visit.write({"state": "done", "done_date": "2026-03-02"})
        self.assertIn("cannot be typed", str(caught.exception))
