# Part of logistics_crm. License LGPL-3 or later.
import random
from collections import Counter, defaultdict

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .visit_common import VisitCommon

START = fields.Date.to_date("2025-01-06")
WEEKS = 52


@tagged("post_install", "-at_install")
class TestVisitYear(VisitCommon):
    """A year in which the planner runs every week and people do four of five touches."""

    def _simulate(self, rng):
        """Run the year; return what was done as plain (customer, day), kept beside the system."""
        done = defaultdict(list)
        for week in range(WEEKS):
            monday = START + self._days(7 * week)
            self.visits._mark_missed(self.company, monday)
            self.visits._plan(self.company, weeks=6, today=monday - self._days(1))
            self.env.cr.execute(
                """SELECT id, customer_id, planned_date FROM logistics_visit
                    WHERE company_id = %s AND state = 'planned'
                      AND planned_date BETWEEN %s AND %s ORDER BY id""",
                [self.company.id, monday, monday + self._days(6)],
            )
            ids = []
            for visit_id, customer_id, day in self.env.cr.fetchall():
                if rng.random() < 0.8:
                    ids.append(visit_id)
                    done[customer_id].append(day)
            if ids:
                # what action_done writes, for a week at once
                self.env.cr.execute(
                    """UPDATE logistics_visit SET state = 'done', done_date = planned_date
                        WHERE id IN %s""",
                    [tuple(ids)],
                )
                self.visits.invalidate_model()
        return done

    def test_simulated_year(self):
        plans = {"key": (14, 5), "core": (28, 7), "standard": (56, 14)}
        for value_class, (interval, tolerance) in plans.items():
            self._plan_of(value_class=value_class, interval_days=interval, tolerance_days=tolerance)
        rng = random.Random(7)
        classes = {}
        for number in range(36):
            value_class = ("key", "core", "standard")[number % 3]
            account = self._customer(
                (self.anna, self.ben)[number % 2], value_class, city=f"Town {number % 5}"
            )
            classes[account.id] = value_class
        done = self._simulate(rng)
        end = START + self._days(7 * WEEKS - 1)

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
        self.assertGreater(len(told), 350)
        # four of five done keeps nearly everybody covered, and what is missed is planned anew
        self.visits._mark_missed(self.company, end + self._days(1))
        self.env["logistics.visit.coverage"]._refresh(self.company, end)
        coverage = self.env["logistics.visit.coverage"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(coverage), 36)
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
        share = sum(coverage.mapped("covered")) / 36
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
