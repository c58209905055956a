# Part of logistics_crm. License LGPL-3 or later.
from datetime import date, timedelta
from random import Random

from odoo.tests import tagged

from .common import LogisticsCommon
from .figures_reference import ALL_FIGURES, payment_figures, ranks, stage, trade_figures


@tagged("post_install", "-at_install")
class TestFigures(LogisticsCommon):
    """Every figure of an account, recomputed from the rows it comes from."""

    def _figures(self, partner, as_of, company=None):
        self._refresh(as_of, company=company)
        return self._account_of(partner, company)

    # ------------------------------------------------------------ everything at once
    def _random_history(self, draw, company, partners):
        values = []
        for partner in partners:
            start = date(2020, 1, 1) + timedelta(days=draw.randrange(1200))
            for number in range(draw.randrange(9)):
                day = start + timedelta(days=draw.randrange(draw.choice([30, 400, 900])))
                amount = draw.choice([False, 0.0, 10.0, 120.5, 999.99, -40.0])
                quantity = draw.choice([False, 0, 3, 12])
                if amount and amount < 0 and quantity:
                    quantity = -quantity
                due = draw.choice([False, day + timedelta(days=draw.randrange(45))])
                paid = due and draw.choice([False, due + timedelta(days=draw.randrange(-9, 60))])
                promised = draw.choice([False, day + timedelta(days=2)])
                delivered = draw.choice([False, day + timedelta(days=draw.randrange(5))])
                values.append(
                    {
                        "partner_id": partner.id,
                        "date": day,
                        "amount": amount,
                        "cost": draw.choice([False, 0.0, 7.5, 80.0]),
                        "quantity": quantity,
                        "document": f"R-{partner.id}-{draw.randrange(4) if due else number}",
                        "line": str(number),
                        "due_date": due,
                        "paid_date": paid,
                        "promised_date": promised,
                        "delivered_date": delivered,
                    }
                )
        for row in values:
            self._trade(self.env["res.partner"].browse(row["partner_id"]), row, company=company)

    def test_any_history(self):
        """All figures of all accounts of two companies, on many days, equal a slow recomputation
        that sees nothing dated later.
        """
        draw = Random(2014)
        other = self._other_company(logistics_grace_days=5)
        partners = [self._partner(f"Random {number}") for number in range(14)]
        for company in (self.company, other):
            self._random_history(draw, company, partners)
        partners[3].active = False
        for as_of in (
            date(2019, 1, 1),
            date(2020, 2, 29),
            date(2021, 2, 28),
            date(2022, 7, 9),
            date(2024, 2, 29),
            date(2026, 1, 1),
        ):
            for company in (self.company, other):
                self._refresh(as_of, company=company)
                self._assert_figures(company, as_of)

    def _assert_figures(self, company, as_of):
        accounts = self.customers.search([("company_id", "=", company.id)])
        all_rows = self.history.search([("company_id", "=", company.id)])
        self.assertGreater(len(accounts), 8)
        expected = {}
        for account in accounts:
            rows = all_rows.filtered(
                lambda row, partner=account.partner_id: (
                    row.partner_id == partner and row.date <= as_of
                )
            )
            figures = trade_figures(rows, as_of)
            figures.update(payment_figures(rows, as_of, company.logistics_grace_days))
            figures["lifecycle_stage"] = stage(figures, as_of)
            figures["figures_as_of"] = as_of
            expected[account.id] = figures
        rank = ranks(expected, as_of)
        for account in accounts:
            figures = expected[account.id]
            traded = figures.pop("traded")
            value_class, risk = rank.get(account.id, (False, False))
            figures |= {"value_class": value_class, "churn_risk": risk}
            with self.subTest(as_of=as_of, account=account.name, days=len(traded)):
                for name, value in figures.items():
                    found = account[name]
                    if isinstance(value, float):
                        self.assertIsNot(found, False, f"{name} is known")
                        self.assertAlmostEqual(found, value, 4, name)
                    else:
                        self.assertEqual(found, value, name)
                        self.assertEqual(found is False, value is False, name)

    # ------------------------------------------------------------ boundaries of days
    def test_exactly_one_year_ago(self):
        """The day a year ago is out, the day after is in, also around 29 February."""
        for as_of, out, inside in (
            ("2024-06-30", "2023-06-30", "2023-07-01"),
            ("2024-02-29", "2023-02-28", "2023-03-01"),
            ("2025-02-28", "2024-02-28", "2024-02-29"),
        ):
            with self.subTest(as_of=as_of):
                partner = self._partner()
                self._trade(
                    partner,
                    {"date": out, "amount": 1.0},
                    {"date": inside, "amount": 10.0},
                    {"date": as_of, "amount": 100.0},
                )
                self._trade(partner, {"date": date.fromisoformat(as_of) + timedelta(days=1)})
                account = self._figures(partner, as_of)
                self.assertEqual(account.revenue_12m, 110.0)
                self.assertEqual(account.trade_days_12m, 2)

    def test_due_today_is_not_overdue(self):
        """Overdue begins the day after the due date, late the day after the grace days."""
        self.company.logistics_grace_days = 3
        partner = self._partner()
        self._trade(partner, {"date": "2024-01-01", "due_date": "2024-01-31", "amount": 5.0})
        for as_of, count, overdue, late in (
            ("2024-01-30", 0, 0.0, False),
            ("2024-01-31", 1, 0.0, 0.0),
            ("2024-02-01", 1, 5.0, 0.0),
            ("2024-02-03", 1, 5.0, 0.0),
            ("2024-02-04", 1, 5.0, 1.0),
        ):
            with self.subTest(as_of=as_of):
                account = self._figures(partner, as_of)
                self.assertEqual(account.invoice_count_due, count)
                self.assertEqual(account.overdue_amount, overdue)
                self.assertIs(account.late_share is False, late is False)
                self.assertEqual(account.late_share, late)
                self.assertEqual(account.open_amount, 5.0)

    def test_paid_on_the_last_day_of_grace(self):
        """A payment within the grace days is on time but its days count in the mean."""
        self.company.logistics_grace_days = 3
        partner = self._partner()
        for paid in ("2024-02-03", "2024-02-04"):
            self._trade(
                partner,
                {"date": "2024-01-01", "due_date": "2024-01-31", "paid_date": paid, "amount": 5},
            )
        account = self._figures(partner, "2024-06-30")
        self.assertEqual(account.late_share, 0.5)
        self.assertEqual(account.average_days_late, 3.5)

    def test_lifecycle(self):
        """Each stage on its first and last day."""
        for label, trades, as_of, expected in (
            ("bought today", ["2024-01-01"], "2024-01-01", "new"),
            ("last new day", ["2024-01-01", "2024-06-20"], "2024-06-28", "new"),
            ("no longer new", ["2024-01-01", "2024-06-20"], "2024-06-29", "regular"),
            ("thirty days", ["2023-01-01", "2023-01-11", "2023-12-01"], "2023-12-31", "regular"),
            ("half lost", ["2023-01-01"], "2023-07-02", "at_risk"),
            ("dormant", ["2023-01-01"], "2023-07-03", "dormant"),
            ("last dormant day", ["2023-01-01"], "2024-01-01", "dormant"),
            ("lost", ["2023-01-01"], "2024-01-02", "lost"),
            ("won back", ["2022-01-01", "2023-06-01"], "2023-06-10", "won_back"),
            ("won back ended", ["2022-01-01", "2023-06-01", "2023-12-10"], "2023-12-11", "regular"),
            ("not yet loyal", ["2021-01-02", "2023-06-01", "2023-12-31"], "2024-01-01", "regular"),
            ("three years", ["2021-01-02", "2023-06-01", "2023-12-31"], "2024-01-02", "loyal"),
            ("slow rhythm is not lost", ["2020-01-01", "2021-12-31"], "2023-06-01", "loyal"),
            ("slow rhythm is dormant", ["2020-01-01", "2021-12-31"], "2024-01-01", "dormant"),
        ):
            with self.subTest(label):
                partner = self._partner(label)
                self._trade(partner, *trades)
                self.assertEqual(self._figures(partner, as_of).lifecycle_stage, expected)

    def test_at_risk_loyal_and_credit_notes(self):
        """Late against the own rhythm is a risk; faithful for three years is loyal; a credit
        note is no sign of life.
        """
        weekly = [date(2021, 1, 4) + timedelta(days=7 * week) for week in range(150)]
        partner = self._partner()
        self._trade(partner, *(day.isoformat() for day in weekly))
        last = weekly[-1]
        for days, expected in ((0, "regular"), (21, "regular"), (22, "at_risk")):
            account = self._figures(partner, last + timedelta(days=days))
            self.assertEqual(account.lifecycle_stage, expected, days)
        self._trade(partner, {"date": last + timedelta(days=25), "amount": -50.0, "quantity": -1})
        account = self._figures(partner, last + timedelta(days=31))
        self.assertEqual(account.lifecycle_stage, "at_risk")
        self.assertEqual(account.last_trade_date, last)
        self._trade(partner, *(last + timedelta(days=n) for n in ()), "2024-01-04")
        self.assertEqual(self._figures(partner, "2024-01-03").lifecycle_stage, "dormant")
        self.assertEqual(self._figures(partner, "2024-01-04").lifecycle_stage, "loyal")

    def test_prospect(self):
        """An account without trade is a prospect, with zeros that are known and no rating."""
        account = self._account()
        self._refresh("2024-06-30")
        self.assertEqual(account.lifecycle_stage, "prospect")
        self.assertEqual((account.revenue_12m, account.margin_12m), (0.0, 0.0))
        self.assertIsNot(account.revenue_12m, False)
        self.assertFalse(account.value_class or account.credit_grade_code)
        for name in ("churn_risk", "late_share", "on_time_rate", "cost_coverage_12m"):
            self.assertIs(account[name], False, name)

    # ------------------------------------------------------------ unknown is not zero
    def test_margin_unknown(self):
        """Without any cost the margin is unknown and its coverage zero, not 100 % margin."""
        partner = self._partner()
        self._trade(partner, {"date": "2024-05-01", "amount": 100.0})
        account = self._figures(partner, "2024-06-30")
        self.assertIs(account.margin_12m, False)
        self.assertEqual(account.cost_coverage_12m, 0.0)
        self.assertIsNot(account.cost_coverage_12m, False)
        self._trade(partner, {"date": "2024-05-02", "amount": 300.0, "cost": 200.0})
        account = self._figures(partner, "2024-06-30")
        self.assertEqual(account.margin_12m, 100.0)
        self.assertEqual(account.cost_coverage_12m, 0.75)

    def test_amounts_unknown(self):
        """Traded without an amount: revenue, quantity and what is open are unknown, not zero."""
        partner = self._partner()
        self._trade(
            partner,
            {"date": "2024-05-01", "amount": False, "due_date": "2024-05-31"},
        )
        account = self._figures(partner, "2024-06-30")
        for name in ("revenue_12m", "quantity_12m", "open_amount", "overdue_amount"):
            self.assertIs(account[name], False, name)
        self.assertEqual(account.late_share, 1.0)
        self.assertEqual(account.trade_days_12m, 1)

    def test_nothing_known_of_payment(self):
        """History that says nothing of payment leaves open what is open."""
        partner = self._partner()
        self._trade(partner, "2024-05-01")
        account = self._figures(partner, "2024-06-30")
        self.assertIs(account.open_amount, False)
        self.assertIs(account.overdue_amount, False)
        self.assertFalse(account.credit_grade_code)

    # ------------------------------------------------------------ axes
    def test_value_class_cumulates(self):
        """Half of the worth is key, to 80 % core, to 95 % standard, the rest marginal."""
        worth = [500, 200, 100, 100, 60, 25, 15]
        expected = ["key", "core", "core", "standard", "standard", "marginal", "marginal"]
        partners = [self._partner(f"Value {amount}") for amount in worth]
        for partner, amount in zip(partners, worth, strict=True):
            self._trade(partner, {"date": "2024-05-01", "amount": amount})
        negative, former = self._partner("Negative"), self._partner("Former")
        self._trade(negative, {"date": "2024-05-01", "amount": 0.0})
        self._trade(former, {"date": "2022-05-01", "amount": 9999.0})
        self._refresh("2024-06-30")
        self.assertEqual([self._account_of(partner).value_class for partner in partners], expected)
        self.assertEqual(self._account_of(negative).value_class, "marginal")
        self.assertFalse(self._account_of(former).value_class)

    def test_value_class_by_margin_where_known(self):
        """Where most margins are known, who earns the company more comes first."""
        rich, busy = self._partner(), self._partner()
        self._trade(rich, {"date": "2024-05-01", "amount": 100.0, "cost": 10.0})
        self._trade(busy, {"date": "2024-05-01", "amount": 900.0, "cost": 890.0})
        self._refresh("2024-06-30")
        self.assertEqual(self._account_of(rich).value_class, "key")
        self.assertEqual(self._account_of(busy).value_class, "standard")

    def test_churn_ranks(self):
        """Who bought last, most often and most is safest; who left long ago is most at risk."""
        safe, middle, gone = (self._partner() for _number in range(3))
        self._trade(safe, "2024-05-01", "2024-06-01", "2024-06-29")
        self._trade(middle, "2024-02-01", "2024-03-01")
        self._trade(gone, "2022-01-01")
        self._refresh("2024-06-30")
        risks = [self._account_of(partner).churn_risk for partner in (safe, middle, gone)]
        self.assertEqual(risks, [0.0, 0.5, 1.0])

    def test_grades_of_plain_cases(self):
        """Never late is A, late but cleared B, long overdue C, too little history not rated."""
        grades = {}
        for label, late, unpaid, amount in (
            ("A", 0, 0, 10.0),
            ("B", 1, 0, 10.0),
            ("C", 0, 2, 10.0),
            ("C unknown", 0, 2, False),
            ("", 0, 0, 10.0),
        ):
            partner = self._partner(f"Grade {label}")
            for number in range(5 if label else 1):
                due = date(2024, 2, 1) + timedelta(days=number)
                paid = due + timedelta(days=9 if number < late else 0)
                self._trade(
                    partner,
                    {
                        "date": "2024-01-01",
                        "due_date": due,
                        "paid_date": False if number < unpaid else paid,
                        "amount": amount,
                    },
                )
            grades[label] = partner
        self._refresh("2024-06-30")
        for label, partner in grades.items():
            self.assertEqual(self._account_of(partner).credit_grade_code or "", label[:1], label)

    # ------------------------------------------------------------ as of, scope, companies
    def test_as_of_the_past(self):
        """A figure of a past day does not change with what happened later."""
        partner = self._partner()
        early = {
            "date": "2024-01-10",
            "amount": 50.0,
            "due_date": "2024-02-10",
            "paid_date": "2024-03-10",
            "promised_date": "2024-01-12",
            "delivered_date": "2024-03-01",
        }
        self._trade(partner, early)
        names = [name for name in ALL_FIGURES if name != "churn_risk"]
        before = self._figures(partner, "2024-02-15").read(names)
        self._trade(partner, {"date": "2024-02-16", "amount": 999.0}, "2024-05-01")
        self._trade(self._partner(), "2024-02-20")
        self._refresh("2024-12-31")
        account = self._account_of(partner)
        self.assertEqual(account.figures_as_of, date(2024, 12, 31))
        self.assertNotEqual(account.read(names), before)
        self.assertEqual(self._figures(partner, "2024-02-15").read(names), before)
        self.assertEqual(account.overdue_amount, 50.0)
        self.assertIs(account.on_time_rate, False, "the late delivery was not known yet")

    def test_some_equals_all(self):
        """Refreshing one account gives it what refreshing all gives, and leaves the others."""
        partners = [self._partner(f"Some {number}") for number in range(5)]
        for number, partner in enumerate(partners):
            self._trade(partner, {"date": "2024-05-01", "amount": 10.0 * number}, "2024-06-01")
        self._refresh("2024-06-30")
        account = self._account_of(partners[2])
        everything = account.read(ALL_FIGURES)
        others = self.customers.search(
            [("company_id", "=", self.company.id), ("id", "!=", account.id)]
        )
        self._refresh("2023-01-01")
        self._refresh("2024-06-30")
        self.env.cr.execute(
            "UPDATE logistics_customer SET revenue_12m = NULL WHERE id = %s", [account.id]
        )
        account.invalidate_recordset()
        before = others.read(ALL_FIGURES)
        self.assertEqual(account._refresh_figures(as_of="2024-06-30"), 1)
        self.assertEqual(account.read(ALL_FIGURES), everything)
        self.assertEqual(others.read(ALL_FIGURES), before)

    def test_company_scope(self):
        """Refreshing one company leaves the figures of another alone."""
        other = self._other_company()
        partner = self._partner()
        self._trade(partner, {"date": "2024-05-01", "amount": 10.0})
        self._trade(partner, {"date": "2024-05-01", "amount": 70.0}, company=other)
        self._refresh("2024-06-30")
        self.assertEqual(self._account_of(partner).revenue_12m, 10.0)
        self.assertFalse(self._account_of(partner, other).figures_as_of)
        self.env["logistics.customer"]._refresh_figures(as_of="2024-06-30")
        self.assertEqual(self._account_of(partner, other).revenue_12m, 70.0)

    def test_archived_accounts_are_refreshed(self):
        """An archived customer that is looked up shows figures of the same day as the others."""
        partner = self._partner()
        self._trade(partner, "2024-05-01")
        partner.active = False
        account = self._figures(partner, "2024-06-30")
        self.assertFalse(account.active)
        self.assertEqual(account.figures_as_of, date(2024, 6, 30))
        self.assertEqual(account.revenue_12m, 100.0)

    def test_same_number_of_queries_for_any_number_of_customers(self):
        """Three customers or sixty: the refresh asks the database as often."""

        def refresh():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._refresh("2024-06-30")
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        for _number in range(3):
            self._trade(self._partner(), "2024-05-01", "2024-06-01")
        refresh()
        few = refresh()
        for _number in range(57):
            self._trade(self._partner(), "2024-05-01", {"date": "2024-06-01", "cost": 5.0})
        self.assertEqual(refresh(), few)
        self.assertLess(few, 45)
