# Part of logistics_crm. License LGPL-3 or later.
"""Lifetime value from plain dates; signs beside an alarm; nothing looks ahead."""

import random
from datetime import date, timedelta

from odoo.tests import tagged

from .common import LogisticsCommon

AS_OF = date(2024, 6, 30)


@tagged("post_install", "-at_install")
class TestRetentionLifetime(LogisticsCommon):
    def test_lifetime_value(self):
        """Margin to date, expected years and discounted value, computed again."""
        rng = random.Random(6)
        traded = {}
        for _number in range(45):
            partner = self._partner()
            last = AS_OF - timedelta(days=rng.choice((20, 100, 200, 300, 400, 500, 600, 900)))
            rows = [
                {
                    "date": last - timedelta(days=90 * place),
                    "amount": 100.0 + place,
                    "cost": False if place == 2 else 70.0,
                }
                for place in range(rng.randrange(2, 9))
            ]
            self._trade(partner, *rows)
            traded[partner] = rows
        self.company.logistics_capital_rate = 8.0
        self._refresh(AS_OF)
        there = kept = 0
        for rows in traded.values():
            days = [row["date"] for row in rows]
            if min(days) <= AS_OF - timedelta(days=365) and max(days) > AS_OF - timedelta(days=730):
                there += 1
                kept += max(days) > AS_OF - timedelta(days=365)
        self.assertGreaterEqual(there, 30)
        stay = kept / there
        years = sum((stay / 1.08) ** year for year in range(1, 11))
        for partner, rows in traded.items():
            account = self._account_of(partner)
            known = [row["amount"] - row["cost"] for row in rows if row["cost"]]
            self.assertAlmostEqual(account.margin_to_date, sum(known))
            if account.lifecycle_stage == "lost":
                self.assertEqual((account.expected_years, account.lifetime_value), (0.0, 0.0))
                continue
            self.assertAlmostEqual(account.expected_years, min(10, 1 / (1 - stay)), 4)
            if account.margin_12m is False:
                self.assertIs(account.lifetime_value, False)
            else:
                self.assertAlmostEqual(account.lifetime_value, account.margin_12m * years, 2)

    def test_too_few_customers(self):
        """Few customers say nothing about how many stay: unknown, not zero."""
        partner = self._partner()
        self._trade(partner, "2023-01-01", "2024-05-01")
        self._refresh(AS_OF)
        account = self._account_of(partner)
        self.assertIs(account.expected_years, False)
        self.assertIs(account.lifetime_value, False)

    def test_nothing_looks_ahead(self):
        """Score, stage, lifetime value and alarms of a day, before and after later rows."""
        rng = random.Random(12)
        partners = [self._partner() for _number in range(40)]
        for partner in partners:
            day, pace = date(2022, 1, 1) + timedelta(days=rng.randrange(60)), rng.randrange(5, 60)
            days = set()
            while day <= AS_OF - timedelta(days=rng.choice((0, 0, 90))):
                days.add(day.isoformat())
                day += timedelta(days=max(1, round(rng.gauss(pace, pace / 4))))
            self._trade(partner, *sorted(days))
        names = ["churn_risk", "lifecycle_stage", "expected_years", "lifetime_value"]

        def told():
            self._refresh(AS_OF)
            accounts = self.customers.search([("company_id", "=", self.company.id)])
            return accounts.read(names), self.env["logistics.churn.alarm"]._detect(
                AS_OF, self.company
            )

        before = told()
        self.assertTrue(before[1], "somebody is silent")
        for partner in rng.sample(partners, 20):
            self._trade(
                partner,
                *[
                    {"date": AS_OF + timedelta(days=rng.randrange(1, 300)), "amount": 900.0 * place}
                    for place in range(1, 6)
                ],
            )
        self._refresh("2025-05-31")
        self.assertEqual(told(), before)

    def test_signs(self):
        """What the file knew about the customer on the alarm's day, in sentences."""
        account = self._account()
        self._trade(
            account.partner_id,
            {
                "date": AS_OF - timedelta(days=30),
                "amount": 5.0,
                "promised_date": AS_OF - timedelta(days=28),
                "delivered_date": AS_OF - timedelta(days=27),
            },
        )
        alarm = self.env["logistics.churn.alarm"].create(
            {"customer_id": account.id, "rule": "gap", "date": AS_OF}
        )
        self.assertEqual(alarm.signs, "1 of 1 deliveries came late.")
        competitor = self.env["logistics.competitor"].create({"name": "Rival Freight"})
        self.env["logistics.competitor.observation"].create(
            [
                {"customer_id": account.id, "competitor_id": competitor.id, "date": day}
                for day in (AS_OF - timedelta(days=9), AS_OF + timedelta(days=9))
            ]
        )
        alarm.invalidate_recordset()
        self.assertIn("Seen there: Rival Freight.", alarm.signs)

    def test_open_points(self):
        """The customer's page says what keeping it asks for, to whom may see it."""
        account = self._account()
        account.write({"lifecycle_stage": "new", "trade_days_total": 1})
        account.second_order_due = date(2024, 1, 1)
        self.env["logistics.churn.alarm"].create(
            {"customer_id": account.id, "rule": "gap", "date": AS_OF}
        )
        step = self.env["logistics.onboarding.step"].create({"name": "Call", "due_days": 1})
        self.env["logistics.onboarding.milestone"].create(
            {"customer_id": account.id, "step_id": step.id, "due_date": "2024-01-01"}
        )
        self.env["logistics.winback"].create({"customer_id": account.id})
        codes = [point["code"].split("_")[0] for point in account._open_points_retention()]
        self.assertEqual(codes, ["alarm", "second", "milestone", "winback"])
        for role in ("seller", "controller"):
            mine = account.with_user(self._user(role))
            self.assertTrue(mine._open_points_retention(), role)

    def test_more_points_of_retention(self):
        """The what-if answers for any number of points, in proportion."""
        parameter = self.env["logistics.scenario.parameter"].create(
            {"name": "Gain", "measure": "retention_gain", "value_low": 25, "source": "An essay"}
        )
        self.assertIs(parameter.measured, False)
        today = self.env["logistics.customer"]._fields["figures_as_of"].context_today(parameter)
        for _number in range(4):
            self._trade(
                self._partner(),
                *[
                    {"date": today - timedelta(days=days), "amount": 100.0, "cost": 60.0}
                    for days in (400, 30)
                ],
            )
        parameter.invalidate_recordset()
        five = parameter.measured
        self.assertAlmostEqual(five, 5.0, 2)
        parameter.points = 2.0
        self.assertAlmostEqual(parameter.measured, five * 2 / 5, 4)
