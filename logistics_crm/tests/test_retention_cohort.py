# Part of logistics_crm. License LGPL-3 or later.
"""Cohorts: who stayed, recomputed from plain dates; whose rows a user sees."""

import random
from collections import defaultdict
from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.fields import Date
from odoo.tests import tagged

from .common import LogisticsCommon


def quarter(day):
    return day.year * 4 + (day.month - 1) // 3


@tagged("post_install", "-at_install")
class TestRetentionCohort(LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cohorts = cls.env["logistics.customer.cohort"]
        cls.today = Date.context_today(cls.cohorts)

    def _rows(self, *domain):
        return self.cohorts.search([("company_id", "=", self.company.id), *domain])

    def test_recomputed(self):
        """Shares and revenue of every cohort and age equal a count over the plain dates."""
        rng = random.Random(8)
        traded = {}
        for number in range(12):
            days = sorted(
                self.today - timedelta(days=rng.randrange(1000)) for _ in range(1 + number % 5)
            )
            partner = self._partner()
            self._trade(partner, *[{"date": d, "amount": 10.0 + d.month} for d in days])
            traded[partner] = days
        self._refresh(self.today)
        wanted = defaultdict(lambda: [0, 0, 0.0])
        for days in traded.values():
            first = quarter(days[0])
            for age in range(quarter(self.today) - first + 1):
                there = [d for d in days if quarter(d) == first + age]
                cell = wanted[first, age]
                cell[0] += 1
                cell[1] += bool(there)
                cell[2] += sum(10.0 + d.month for d in there)
        found = {
            (quarter(cohort), age): [count, customers, round(revenue, 2), round(share, 6)]
            for cohort, age, count, customers, revenue, share in self.cohorts._read_group(
                [("company_id", "=", self.company.id)],
                ["cohort:day", "age"],
                ["__count", "customers:sum", "revenue:sum", "share:avg"],
            )
        }
        self.assertEqual(
            found,
            {key: [n, k, round(r, 2), round(k / n, 6)] for key, (n, k, r) in wanted.items()},
        )

    def test_unknown_and_nothing(self):
        """No trade is a revenue of zero, an unknown amount stays unknown, credit is no trade."""
        partner = self._partner()
        self._trade(
            partner,
            {"date": date(2023, 2, 5), "amount": False, "quantity": 3.0},
            {"date": date(2023, 8, 5), "amount": -40.0},
            {"date": self.today + timedelta(days=200), "amount": 9.0},
        )
        self._refresh(self.today)
        rows = self._rows().sorted("age")
        self.assertEqual(rows[0].cohort, date(2023, 1, 1))
        self.assertEqual(rows[:3].mapped("revenue"), [False, 0.0, -40.0])
        self.assertEqual(rows[:3].mapped("customers"), [1, 0, 0])
        self.assertEqual(sum(rows.mapped("customers")), 1, "nothing later than today")
        self.assertEqual(rows.filtered("running"), rows[-1])

    def test_rights(self):
        """A representative sees the cohorts of own and unassigned customers; nobody writes."""
        mine, theirs = self._partner(), self._partner()
        for partner in (mine, theirs):
            self._trade(partner, "2023-02-05")
        self._refresh(self.today)
        seller, manager = self._user("seller"), self._user("manager")
        self._account_of(mine).user_id = seller
        self._account_of(theirs).user_id = manager
        seen = self._rows().with_user(seller).search([("company_id", "=", self.company.id)])
        self.assertEqual(seen.customer_id, self._account_of(mine))
        seen = self._rows().with_user(manager).search([("company_id", "=", self.company.id)])
        self.assertEqual(len(seen.customer_id), 2)
        with self.assertRaises(AccessError):
            seen[0].with_user(manager).write({"revenue": 1.0})
