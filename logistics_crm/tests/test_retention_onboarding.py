# Part of logistics_crm. License LGPL-3 or later.
"""Newcomers: the milestones they get, who ticks them, and how many become regulars."""

import random
from collections import defaultdict
from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Date
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LogisticsCommon


@tagged("post_install", "-at_install")
class TestRetentionOnboarding(LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.milestones = cls.env["logistics.onboarding.milestone"]
        cls.today = Date.context_today(cls.milestones)
        steps = cls.env["logistics.onboarding.step"]
        steps.search([]).active = False
        cls.kind = cls.env["logistics.customer.type"].create({"name": "Consignor"})
        cls.by_hand, cls.second, cls.touch, cls.typed = steps.create(
            [
                {"name": "Delivery checked", "due_days": 7},
                {"name": "Second order", "due_days": 30, "reached_by": "orders"},
                {"name": "Called", "due_days": 3, "reached_by": "touch"},
                {"name": "Consignor's rules", "due_days": 9, "customer_type_id": cls.kind.id},
            ]
        )
        cls.rep = cls._user("seller")
        cls.new, cls.old = cls._partner("Newcomer"), cls._partner("Old Hand")
        cls.first = cls.today - timedelta(days=10)
        cls._trade(cls.new, cls.first)
        cls._trade(cls.old, cls.today - timedelta(days=900), cls.today - timedelta(days=5))
        cls.company.logistics_onboarding = True
        cls._refresh(cls.today)
        cls.account = cls._account_of(cls.new)
        cls.account.user_id = cls.rep

    @classmethod
    def _trade(cls, partner, *rows, company=None):
        days = [str(row) if isinstance(row, date) else row for row in rows]
        return super()._trade(partner, *days, company=company)

    def _run(self):
        self.milestones._refresh_company(self.company, self.today)
        return {row.step_id: row for row in self.account.milestone_ids}

    def test_who_gets_what(self):
        """Newcomers get the steps of their type once, with due day and owner; others none."""
        rows = self._run()
        self.assertEqual(set(rows), {self.by_hand, self.second, self.touch})
        self.assertEqual(
            [row.due_date - self.first for row in self.account.milestone_ids],
            [timedelta(days=n) for n in (3, 7, 30)],
        )
        self.assertEqual(self.account.milestone_ids.user_id, self.rep)
        self.assertFalse(self._account_of(self.old).milestone_ids)
        self.account.customer_type_id = self.kind
        named = self._user("seller")
        self.typed.write({"owner": "user", "user_id": named.id})
        rows = self._run()
        self.assertEqual(rows[self.typed].user_id, named)
        self.assertEqual(len(rows), 4)
        self.assertEqual(self._run(), rows, "running it again changes nothing")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.milestones.create(
                {
                    "customer_id": self.account.id,
                    "step_id": self.typed.id,
                    "due_date": self.today,
                }
            )

    def test_ticked_by_the_facts(self):
        """The second order and the call tick their milestone on the day they happened."""
        rows = self._run()
        self.assertEqual({row.state for row in rows.values()}, {"open"})
        visit = self.env["logistics.visit"].create(
            {
                "customer_id": self.account.id,
                "user_id": self.rep.id,
                "channel": "phone",
                "planned_date": self.first - timedelta(days=4),
                "done_date": self.first - timedelta(days=4),
                "state": "done",
                "result": "good",
            }
        )
        self._trade(
            self.new,
            {"date": self.today - timedelta(days=6), "amount": -20.0},
            self.today - timedelta(days=4),
            self.today - timedelta(days=2),
        )
        self._refresh(self.today)
        rows = self._run()
        self.assertEqual(rows[self.second].done_on, self.today - timedelta(days=4), "no credit")
        self.assertEqual(rows[self.touch].state, "open", "before the first order")
        visit.copy({"done_date": self.first + timedelta(days=2), "state": "done", "result": "good"})
        rows = self._run()
        self.assertEqual(
            (rows[self.touch].done_on, rows[self.touch].done_by_id),
            (self.first + timedelta(days=2), self.rep),
        )
        self.assertEqual(rows[self.by_hand].state, "open")
        self.assertEqual(self.account.milestone_progress, "2 / 3")
        self.assertEqual(self.account.next_milestone_id, rows[self.by_hand])

    def test_by_hand(self):
        """The owner ticks, skips and takes back; figures cannot be typed past the buttons."""
        row = self._run()[self.by_hand].with_user(self.rep)
        self.milestones._plan_activities(self.company, self.today)
        self.assertEqual(row.activity_ids.user_id, self.rep)
        self.assertTrue(row.overdue)
        late = [("milestone_ids.overdue", "=", True)]
        self.assertIn(self.account, self.customers.with_user(self.rep).search(late))
        row.action_done()
        self.assertEqual((row.state, row.done_on, row.done_by_id), ("done", self.today, self.rep))
        self.assertFalse(row.activity_ids.filtered("active"), "the activity is done, too")
        self.assertFalse(row.overdue)
        with self.assertRaises(UserError):
            row.action_skip()
        row.action_reopen()
        self.assertEqual((row.state, row.done_on), ("open", False))
        row.note = "Asks for an earlier pick-up"
        with self.assertRaises(AccessError):
            row.write({"state": "done"})
        self.account.user_id = self._user("manager")
        row.user_id = self.account.user_id
        other = self._user("seller")
        with self.assertRaises(AccessError):
            row.with_user(other).action_done()
        with self.assertRaises(AccessError):
            self.by_hand.with_user(self.rep).due_days = 1

    def test_lost_newcomers_and_neutral(self):
        """What is open of a customer who is gone is skipped; nothing happens where it is off."""
        self._run()
        self.account.lifecycle_stage = "lost"
        rows = self._run()
        self.assertEqual({row.state for row in rows.values()}, {"skipped"})
        self.account.milestone_ids.unlink()
        self.account.lifecycle_stage = "new"
        self.company.logistics_onboarding = False
        with self.enter_registry_test_mode():
            self.env.ref("logistics_crm.cron_onboarding").method_direct_trigger()
        self.assertFalse(self.account.milestone_ids)
        with self.assertRaises(UserError):
            self.account.with_user(self.rep).action_onboard()
        self.company.logistics_onboarding = True
        self.account.with_user(self.rep).action_onboard()
        self.assertEqual(len(self.account.milestone_ids), 3)

    def test_folding(self):
        """Two accounts become one: of two milestones of a step the one that is done stays."""
        other = self._partner()
        self._trade(other, self.first)
        self._refresh(self.today)
        self._run()
        twin = self._account_of(other)
        twin.milestone_ids.filtered(lambda row: row.step_id == self.by_hand).action_done()
        self.milestones._fold_customer(twin, self.account)
        left = (twin.milestone_ids + self.account.milestone_ids).exists()
        self.assertEqual(len(left), 3)
        self.assertEqual(left.filtered(lambda r: r.step_id == self.by_hand).state, "done")

    # ------------------------------------------------------------------ conversion
    def test_conversion_recomputed(self):
        """Counts and rates of every month and order equal a count over the plain dates."""
        company = self._other_company()
        rng = random.Random(4)
        as_of = date(2024, 6, 30)
        traded = []
        for _number in range(40):
            partner = self._partner()
            days = {date(2022, 9, 1) + timedelta(days=rng.randrange(640))}
            for _more in range(rng.randrange(6)):
                days.add(max(days) + timedelta(days=rng.randrange(1, 120)))
            self._trade(partner, *sorted(days), company=company)
            traded.append(sorted(days))
        self.env["logistics.customer"]._refresh_figures(as_of=as_of, company=company)
        rhythm = self.env["logistics.rhythm"].search([("company_id", "=", company.id)], limit=1)
        time = -int(-(rhythm.second_order_days or company.logistics_new_customer_days) // 1)
        wanted = defaultdict(lambda: [0, 0, 0, []])
        for days in traded:
            known = [day for day in days if day <= as_of]
            if not known:
                continue
            for place in range(2, 6):
                cell = wanted[known[0].strftime("%Y-%m"), str(place)]
                due = known[0] + timedelta(days=(place - 1) * time)
                there = known[place - 1] if len(known) >= place else None
                cell[0] += 1
                cell[1] += there is not None
                cell[2] += due > as_of
                if due <= as_of:
                    cell[3].append(there is not None and there <= due)
        self.env.flush_all()
        report = self.env["logistics.newcomer.conversion"]
        self.env.cr.execute(report._report_sql(as_of))
        names = [column.name for column in self.env.cr.description]
        found = defaultdict(lambda: [0, 0, 0, []])
        for values in self.env.cr.fetchall():
            row = dict(zip(names, values, strict=True))
            if row["company_id"] != company.id:
                continue
            cell = found[row["cohort"].strftime("%Y-%m"), row["order_number"]]
            cell[0] += row["newcomers"]
            cell[1] += row["reached"]
            cell[2] += row["too_young"]
            if row["rate"] is not None:
                cell[3].append(bool(row["rate"]))
        for cells in (wanted, found):
            for cell in cells.values():
                cell[3].sort()
        self.assertEqual(dict(found), dict(wanted))
        self.assertTrue(any(cell[2] for cell in found.values()), "some are too young")

    def test_conversion_rights(self):
        """A representative sees own and unassigned newcomers only."""
        theirs = self._partner()
        self._trade(theirs, self.first)
        self._refresh(self.today)
        self._account_of(theirs).user_id = self._user("manager")
        report = self.env["logistics.newcomer.conversion"].with_user(self.rep)
        rows = report.search([("company_id", "=", self.company.id)])
        self.assertEqual(rows.customer_id, self.account + self._account_of(self.old))
        rows = rows.filtered(lambda row: row.customer_id == self.account)
        self.assertEqual(rows.mapped("too_young"), [1] * 4)
        self.assertEqual(rows.mapped("rate"), [False] * 4, "too young is not failed")
