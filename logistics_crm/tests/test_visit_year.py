# Part of logistics_crm. License LGPL-3 or later.
import random
from collections import Counter, defaultdict

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .visit_common import VisitCommon

START = fields.Date.to_date("2025-01-06")
DAYS = 364
CUSTOMERS = 15


@tagged("post_install", "-at_install")
class TestVisitYear(VisitCommon):
    """A year in which the planner runs every night and people do four of five touches."""

    def _night(self, today):
        """What the nightly job does for one company, on a day of its own."""
        self.visits._mark_missed(self.company, today)
        self.visits._plan(self.company, weeks=6, today=today)
        self.visits._publish_due(self.company, today)

    def _simulate(self, rng):
        """Run the year; return what was done as plain (customer, day), kept beside the system."""
        done = defaultdict(list)
        for number in range(DAYS):
            today = START + self._days(number)
            self._night(today)
            for visit in self.visits.search(
                [
                    ("company_id", "=", self.company.id),
                    ("state", "=", "planned"),
                    ("planned_date", "=", today),
                ]
            ):
                if rng.random() < 0.8:
                    mine = visit.with_user(visit.user_id)
                    mine.done_date = today
                    mine.action_done()
                    done[visit.customer_id.id].append(today)
        return done

    def test_simulated_year(self):
        plans = {"key": (14, 5), "core": (28, 7), "standard": (56, 14)}
        for value_class, (interval, tolerance) in plans.items():
            self._plan_of(value_class=value_class, interval_days=interval, tolerance_days=tolerance)
        rng = random.Random(7)
        classes = {}
        for number in range(CUSTOMERS):
            value_class = ("key", "core", "standard")[number % 3]
            account = self._customer(
                (self.anna, self.ben)[number % 2], value_class, city=f"Town {number % 5}"
            )
            classes[account.id] = value_class
        done = self._simulate(rng)
        end = START + self._days(DAYS - 1)

        self.env.cr.execute(
            """SELECT state, customer_id, planned_date, done_date FROM logistics_visit
                WHERE company_id = %s""",
            [self.company.id],
        )
        rows = self.env.cr.fetchall()
        kept = Counter((customer, day) for state, customer, _p, day in rows if state == "done")
        told = Counter((customer, day) for customer, days in done.items() for day in days)
        self.assertEqual(kept, told, "no touch lost, none invented")
        self.assertFalse(
            [pair for pair, count in Counter((c, p) for _s, c, p, _d in rows).items() if count > 1],
            "no customer twice on one day",
        )
        events = self.visits.search([("company_id", "=", self.company.id)]).event_id
        self.assertEqual(len(events), len(set(events.ids)))
        self.assertFalse({state for state, _c, _p, _d in rows} - {"planned", "done", "missed"})
        self.assertGreater(len(told), 150)
        # four of five done keeps nearly everybody covered, and what is missed is planned anew
        self.visits._mark_missed(self.company, end + self._days(1))
        self.env["logistics.visit.coverage"]._refresh(self.company, end)
        coverage = self.env["logistics.visit.coverage"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(coverage), CUSTOMERS)
        debt = 0
        for row in coverage:
            interval, tolerance = plans[classes[row.customer_id.id]]
            last = max(done[row.customer_id.id], default=None)
            late = (end - last).days if last else None
            self.assertEqual(bool(row.covered), late is not None and late <= interval + tolerance)
            owed = interval if last is None else max(0, late - interval)
            debt += owed
            self.assertEqual(row.debt_days, owed)
        self.assertEqual(sum(coverage.mapped("debt_days")), debt)
        share = sum(coverage.mapped("covered")) / CUSTOMERS
        self.assertGreater(share, 0.8)

    def test_attainment_is_capped_per_customer(self):
        self._plan_of(interval_days=90, tolerance_days=10)
        eager, poor = self._customer(), self._customer()
        for account in (eager, poor):
            self._status_of(account, today=START)
        # the requirement began a year ago
        self.env.cr.execute(
            SQL(
                "UPDATE logistics_visit_status SET create_date = %s WHERE company_id = %s",
                START,
                self.company.id,
            )
        )
        for month in range(1, 11):
            self._touch(eager, f"2025-{month:02d}-15")
        self._touch(poor, "2025-02-15")
        end = fields.Date.to_date("2025-12-31")
        self.env["logistics.visit.coverage"]._refresh(self.company, end)
        rows = {
            row.customer_id: row
            for row in self.env["logistics.visit.coverage"].search(
                [("company_id", "=", self.company.id)]
            )
        }
        # 359 days: three whole intervals
        self.assertEqual([rows[a].required for a in (eager, poor)], [3, 3])
        self.assertEqual([rows[a].done for a in (eager, poor)], [10, 1])
        self.assertEqual([rows[a].attained for a in (eager, poor)], [3, 1])
        self.assertEqual([rows[a].over for a in (eager, poor)], [7, 0])
        # measured stays measured: January does not rewrite December
        self._touch(poor, "2025-12-30")
        self.env["logistics.visit.coverage"]._refresh(
            self.company, fields.Date.to_date("2026-01-02")
        )
        self.assertEqual(rows[poor].done, 1)
