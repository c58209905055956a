# Part of logistics_crm. License LGPL-3 or later.
from collections import Counter

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from .visit_common import TODAY, VisitCommon


@tagged("post_install", "-at_install")
class TestVisitPlan(VisitCommon):
    """Who is due when, and on which days the planner puts it."""

    def test_status_follows_the_last_counting_touch(self):
        self._plan_of()
        account = self._customer()
        status = self._status_of(account)
        self.assertEqual((status.status, status.next_due), ("never", False))
        # a call does not count for a plan of visits, and neither does another kind
        self._touch(account, "2026-02-20", channel="phone")
        self._touch(account, "2026-02-20", kind="training")
        self.assertEqual(self._status_of(account).status, "never")
        self._touch(account, "2026-01-26")
        status = self._status_of(account)
        self.assertEqual(status.last_done, fields.Date.to_date("2026-01-26"))
        self.assertEqual(status.next_due, fields.Date.to_date("2026-02-23"))
        # the boundaries: due on day 28, still within tolerance on day 35, overdue on day 36
        for day, expected in [
            ("2026-02-22", "covered"),
            ("2026-02-23", "due"),
            ("2026-03-02", "due"),
            ("2026-03-03", "overdue"),
        ]:
            status = self._status_of(account, today=fields.Date.to_date(day))
            self.assertEqual(status.status, expected, day)
        self.assertEqual(status.overdue_days, 8)
        # something planned ahead: no longer overdue; planned in the past hides nothing
        self._touch(account, "2026-03-05", state="planned")
        self.assertEqual(self._status_of(account).status, "planned")
        late = fields.Date.to_date("2026-03-10")
        self.assertEqual(self._status_of(account, today=late).status, "overdue")

    def test_most_specific_plan_wins(self):
        anywhere = self._plan_of(interval_days=90)
        key = self._plan_of(interval_days=14, value_class="key", sequence=50)
        kind = self.env["logistics.customer.type"].create({"name": "Shipper"})
        typed = self._plan_of(interval_days=20, customer_type_id=kind.id, sequence=1)
        both = self._plan_of(interval_days=10, customer_type_id=kind.id, value_class="key")
        cases = [
            (self._customer(), anywhere),
            (self._customer(value_class="key"), key),
            (self._customer(customer_type_id=kind.id), typed),
            (self._customer(value_class="key", customer_type_id=kind.id), both),
        ]
        for account, plan in cases:
            self.assertEqual(self._status_of(account).plan_id, plan)
        both.active = False
        # class and type fit equally: the class tells more
        self.assertEqual(self._status_of(cases[3][0]).plan_id, key)

    def test_override_with_reason_and_end(self):
        self._plan_of()
        account = self._customer()
        self._touch(account, "2026-02-23")
        override = self.env["logistics.visit.override"].create(
            {
                "customer_id": account.id,
                "kind": "patrol",
                "interval_days": 7,
                "date_start": TODAY,
                "date_end": "2026-03-31",
                "reason": "Complaint of February",
            }
        )
        status = self._status_of(account)
        self.assertEqual((status.interval_days, status.override_id), (7, override))
        after = fields.Date.to_date("2026-04-01")
        self.assertEqual(self._status_of(account, today=after).interval_days, 28)
        override.skip = True
        self.assertFalse(self._status_of(account))

    def test_only_executives_cover_an_executive_visit(self):
        self._plan_of(kind="executive", who="executive", user_ids=self.boss.ids, interval_days=365)
        account = self._customer()
        self._touch(account, "2026-02-20", kind="executive", user_id=self.anna.id)
        self.assertEqual(self._status_of(account, "executive").status, "never")
        self._touch(account, "2026-02-21", kind="executive", user_id=self.boss.id)
        self.assertEqual(self._status_of(account, "executive").status, "covered")

    def test_festival_covers_everybody_before_the_date(self):
        self._plan_of(
            kind="festival",
            before_date="2020-04-01",
            lead_days=30,
            every_year=True,
            channel="mail",
            count_mail=True,
            count_onsite=False,
        )
        accounts = [self._customer() for _n in range(40)]
        before = fields.Date.to_date("2026-03-01")
        self.assertEqual(
            self._status_of(accounts[0], "festival", before).before_date,
            fields.Date.to_date("2025-04-01"),
        )
        self.assertEqual(self._status_of(accounts[0], "festival").status, "due")
        self._run()
        visits = self._open()
        self.assertEqual(len(visits), 40)
        self.assertEqual(visits.customer_id, self.visits.union(visits).customer_id)
        self.assertLessEqual(max(visits.mapped("planned_date")), fields.Date.to_date("2026-04-01"))
        self.assertLessEqual(max(Counter(visits.mapped("planned_date")).values()), 3)
        first = visits[0]
        first.write({"state": "done", "done_date": "2026-03-03"})
        after = fields.Date.to_date("2026-03-03")
        self.assertEqual(self._status_of(first.customer_id, "festival", after).status, "covered")
        late = fields.Date.to_date("2026-04-02")
        self.assertEqual(
            self._status_of(visits[-1].customer_id, "festival", late).status, "overdue"
        )

    def test_gifts_are_proposed_once_approved(self):
        """Gift and budget of a plan reach its touches when a manager has approved them."""
        plan = self._plan_of(
            kind="festival",
            before_date="2026-04-01",
            lead_days=30,
            channel="thanks",
            count_thanks=True,
            gift="Tea in a wooden box",
            gift_cost=12.5,
        )
        accounts = [self._customer() for _n in range(4)]
        self.status._refresh(self.company, TODAY)
        plan.invalidate_recordset()
        self.assertEqual((plan.gift_customers, plan.gift_total), (4, 50.0))
        self._run()
        self.assertEqual(set(self._open().mapped("gift_cost")), {False}, "nobody approved it")
        with self.assertRaises(AccessError):
            plan.with_user(self.anna).action_approve_gifts()
        mine = plan.with_user(self.boss)
        mine.write({"gift_approved_by_id": self.boss.id})
        self.assertFalse(plan.gift_approved_by_id, "approved by the button only")
        mine.action_approve_gifts()
        self.assertEqual(plan.gift_approved_by_id, self.boss)
        self._open().unlink()
        self._run()
        visits = self._open()
        self.assertEqual(visits.customer_id, self.customers.union(*accounts))
        self.assertEqual(set(visits.mapped("gift_cost")), {12.5})
        self.assertEqual(set(visits.mapped("gift")), {"Tea in a wooden box"})
        self.assertEqual(set(visits.mapped("cost")), {False}, "planned is not spent")
        # what the representative really takes along stays when the touch moves
        visits[0].gift_cost = 9.0
        mine.before_date = "2026-04-08"
        self.assertEqual(plan.gift_approved_by_id, self.boss, "the date is no part of it")
        self._run()
        self.assertEqual(sorted(self._open().mapped("gift_cost")), [9.0, 12.5, 12.5, 12.5])
        mine.gift_cost = 40.0
        self.assertFalse(plan.gift_approved_by_id, "a dearer gift is approved anew")

    def test_planner_spreads_and_keeps_to_working_days(self):
        self._plan_of()
        # 2026-04-06 is a holiday, and Anna is away in the third week
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Easter",
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2026-04-05 22:00:00",
                "date_to": "2026-04-06 21:59:59",
            }
        )
        self.env["calendar.event"].with_context(no_mail_to_attendees=True).create(
            {
                "name": "Leave",
                "allday": True,
                "start": "2026-03-16",
                "stop": "2026-03-20",
                "show_as": "busy",
                "user_id": self.anna.id,
                "partner_ids": self.anna.partner_id.ids,
            }
        )
        accounts = [
            self._customer(city=["Lyon", "Metz", "Nice"][number % 3]) for number in range(60)
        ]
        totals = self._run()
        visits = self._open()
        self.assertEqual(totals["created"], len(visits))
        # at the very end of the twelve weeks the last needs wait for the next night
        self.assertLessEqual(totals["unplanned"], 9)
        self.assertEqual(len(visits.customer_id), 60, "everybody")
        days = Counter(visits.mapped("planned_date"))
        self.assertTrue(all(day.weekday() < 5 for day in days), "no weekend")
        self.assertNotIn(fields.Date.to_date("2026-04-06"), days)
        away = [day for day in days if "2026-03-16" <= str(day) <= "2026-03-20"]
        self.assertFalse(away)
        self.assertLessEqual(max(days.values()), 6, "not more than the visits per day")
        self.assertTrue(all(day > TODAY for day in days))
        for account in accounts:
            mine = self._open(account).mapped("planned_date")
            gaps = [(later - sooner).days for sooner, later in zip(mine, mine[1:], strict=False)]
            self.assertTrue(all(14 <= gap <= 42 for gap in gaps), gaps)
        # neighbours together: on most days the representative is in one or two towns
        towns = [
            len(
                set(
                    visits.filtered(lambda v, day=day: v.planned_date == day).mapped(
                        "customer_id.city"
                    )
                )
            )
            for day in days
        ]
        self.assertLess(sum(towns) / len(towns), 2.2)

    def test_planning_twice_changes_nothing(self):
        self._plan_of()
        self._plan_of(kind="return", channel="phone", interval_days=45)
        for number in range(25):
            self._customer(city=f"Town {number % 4}")
        self._run()
        before = self._open().read(["customer_id", "kind", "planned_date", "start", "user_id"])
        totals = self._run()
        self.assertEqual((totals["created"], totals["moved"], totals["removed"]), (0, 0, 0), totals)
        self.env.invalidate_all()
        self.assertEqual(
            before,
            self._open().read(["customer_id", "kind", "planned_date", "start", "user_id"]),
        )

    def test_changed_plan_moves_open_touches_and_keeps_done_and_moved(self):
        plan = self._plan_of()
        account = self._customer()
        done = self._touch(account, "2026-02-16")
        self._run()
        kept = self._open(account)[1]
        kept.with_user(self.anna).planned_date = kept.planned_date + self._days(1)
        self.assertTrue(kept.moved)
        others = self._open(account) - kept
        plan.interval_days = 56
        self._run()
        self.assertEqual(done.state, "done")
        self.assertEqual(kept.state, "planned")
        now = self._open(account)
        self.assertIn(kept, now)
        self.assertLess(len(now), len(others) + 1)
        dates = now.mapped("planned_date")
        gaps = [(later - sooner).days for sooner, later in zip(dates, dates[1:], strict=False)]
        self.assertTrue(all(gap >= 28 for gap in gaps), gaps)
        self.assertTrue((others & now) or not (now - kept), "rows move, they are not made anew")

    def test_preferred_channel_weekday_and_time(self):
        self._plan_of(count_phone=True)
        account = self._customer(visit_weekday="2", visit_hour=14.5)
        caller = self._customer(visit_channel="phone")
        for _number in range(12):
            self._customer()
        self._run()
        visits = self._open(account)
        self.assertEqual({day.weekday() for day in visits.mapped("planned_date")}, {2})
        for visit in visits:
            local = fields.Datetime.context_timestamp(
                visit.with_context(tz="Europe/Paris"), visit.start
            )
            self.assertEqual((local.hour, local.minute), (14, 30), "summer and winter time")
        self.assertIn(
            "CEST",
            {
                str(
                    fields.Datetime.context_timestamp(
                        visit.with_context(tz="Europe/Paris"), visit.start
                    ).tzname()
                )
                for visit in visits
            },
        )
        self.assertEqual(set(self._open(caller).mapped("channel")), {"phone"})
        self.assertFalse(any(self._open(caller).mapped("start")))

    def test_another_way_each_time(self):
        """The next channel differs from the last two; the planner takes it, twice the same."""
        plan = self._plan_of(alternate=True, count_phone=True, count_message=True)
        account, other = self._customer(), self._customer(visit_channel="phone")
        self.assertEqual(self._status_of(account).channel, "onsite", "the plan's own first")
        self.assertEqual(self._status_of(other).channel, "phone", "the preferred one first")
        taken = []
        for day in ("2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02"):
            channel = self._status_of(account).channel
            self.assertNotIn(channel, taken[-2:])
            self._touch(account, day, channel=channel)
            taken.append(channel)
        self.assertEqual(set(taken), {"onsite", "phone", "message"})
        wanted = self._status_of(account).channel
        self._run()
        self.assertEqual(set(self._open(account).mapped("channel")), {wanted})
        totals = self._run()
        self.assertEqual((totals["created"], totals["moved"], totals["removed"]), (0, 0, 0))
        # of two channels, the one that was not the last
        plan.count_message = False
        self._touch(account, "2026-02-16", channel="phone")
        self.assertEqual(self._status_of(account).channel, "onsite")
        plan.alternate = False
        self._touch(account, "2026-02-20", channel="onsite")
        self.assertEqual(self._status_of(account).channel, "onsite")

    def test_nobody_goes_and_nothing_is_lost(self):
        self._plan_of()
        account = self._customer()
        account.user_id = False
        totals = self._run()
        self.assertEqual((totals["nobody"], totals["created"]), (1, 0))
        self.assertFalse(self._status_of(account).user_id)
        account.backup_user_id = self.ben
        self.assertEqual(self._run()["created"], len(self._open(account)))
        self.assertEqual(self._open(account).user_id, self.ben)

    def test_number_of_statements_does_not_grow(self):
        self._plan_of()
        for _number in range(4):
            self._customer()
        for _number in range(60):
            self._customer()
        self.env.flush_all()
        start = self.env.cr.sql_log_count
        totals = self._run()
        self.assertGreater(totals["created"], 150)
        # a bounded number of rounds of a fixed number of statements
        self.assertLess(self.env.cr.sql_log_count - start, 150)

    def test_refresh_leaves_the_database_as_it_was(self):
        """How joins are made is decided for the refresh of a company only, not for what follows."""
        self._plan_of()
        self._customer()
        setting = "SELECT current_setting('enable_nestloop')"
        for value in ("on", "off"):
            self.env.cr.execute(SQL("SELECT set_config('enable_nestloop', %s, TRUE)", value))
            self.status._refresh(self.company, TODAY)
            self.assertEqual(self.env.execute_query(SQL(setting)), [(value,)])

    def test_bad_plans_are_refused(self):
        with self.assertRaises(ValidationError):
            self._plan_of(channel="phone", count_phone=False)
        with self.assertRaises(ValidationError):
            self._plan_of(who="executive")

    def test_plans_are_the_managers(self):
        plan = self._plan_of()
        with self.assertRaises(AccessError):
            plan.with_user(self.anna).interval_days = 1
        plan.with_user(self.boss).interval_days = 21
        account = self._customer()
        status = self._status_of(account)
        with self.assertRaises(AccessError):
            status.with_user(self.boss).write({"status": "covered"})
