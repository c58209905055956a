# Part of logistics_crm. License LGPL-3 or later.
"""Every figure of random histories, computed a second time by plain loops."""

import random
from collections import defaultdict
from datetime import date, timedelta

from odoo.tests import tagged

from .screening_common import YEAR, ScreeningCase
from .screening_reference import WEIGHTS, Reference, judge, share, total


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningFigures(ScreeningCase):
    def _random_rows(self, rng, partners):
        rows = []
        for partner in partners:
            years = rng.sample(range(YEAR - 5, YEAR + 2), rng.randint(1, 5))
            priced, costed = rng.random(), rng.choice([0, rng.random(), 1])
            terms = rng.choice([0, 0, 0, rng.random()])
            for number in range(rng.randint(1, 30)):
                day = date(rng.choice(years), 1, 1) + timedelta(rng.randint(0, 364))
                sign = -1 if rng.random() < 0.15 else 1
                amount = None
                if rng.random() < priced:
                    amount = sign * rng.choice([0.0, round(rng.uniform(1, 9000), 2)])
                known_quantity = rng.random() < 0.9
                quantity = sign * rng.randint(1, 60) if known_quantity else None
                cost = None
                if amount is not None and rng.random() < costed:
                    cost = round(amount * rng.uniform(0.5, 1.4), 2)
                # whole documents: the lines of one document share the due date
                due = day + timedelta(30) if rng.random() < terms else None
                paid = due + timedelta(rng.randint(-20, 90)) if due and rng.random() < 0.8 else None
                promised = day + timedelta(5) if rng.random() < 0.7 else None
                delivered = day + timedelta(rng.randint(0, 9)) if rng.random() < 0.7 else None
                rows.append(
                    {
                        "partner": partner,
                        "date": day,
                        "document": f"{partner.id}-{number // 2}",
                        "line": str(number),
                        "service": rng.choice([*self.services, None]),
                        "quantity": quantity,
                        "amount": amount,
                        "cost": cost,
                        "due": due,
                        "paid": paid,
                        "promised": promised,
                        "delivered": delivered,
                    }
                )
        return rows

    def _record(self, rows):
        self.env["logistics.trading.history"].create(
            [
                {
                    "company_id": self.company.id,
                    "currency_id": self.usd.id,
                    "partner_id": row["partner"].id,
                    "service_id": row["service"].id if row["service"] else False,
                    "date": row["date"],
                    "document": row["document"],
                    "line": row["line"],
                    **{
                        name: False if row[name] is None else row[name]
                        for name in ("quantity", "amount", "cost")
                    },
                    "due_date": row["due"],
                    "paid_date": row["paid"],
                    "promised_date": row["promised"],
                    "delivered_date": row["delivered"],
                }
                for row in rows
            ]
        )

    def _expected(self, rows, screening):
        accounts = {
            account.partner_id: account.id
            for account in self.env["logistics.customer"].search(
                [("company_id", "=", self.company.id)]
            )
        }
        of_partner = defaultdict(list)
        for row in rows:
            of_partner[row["partner"]].append(row)
        expected, references = {}, {}
        for partner, own in of_partner.items():
            reference = Reference(own, YEAR, self.company.logistics_grace_days)
            if reference.this or reference.previous:
                key = accounts[partner]
                references[key] = reference
                expected[key] = reference.figures()
                expected[key]["has_previous"] = bool(reference.previous)
        judge(expected)
        return expected, references

    def _compare(self, line, expected, seed):
        for name, value in expected.items():
            if name in ("open_debt", "has_previous"):
                continue
            found = line[name]
            label = f"{name} of {line.customer_name}, history {seed}"
            if value is None:
                self.assertIs(found, False, f"{label} must be unknown")
            elif isinstance(value, float | int) and not isinstance(value, bool):
                self.assertIsNot(found, False, f"{label} must be known")
                # points are rounded to two places before and after weighting
                delta = 0.0201 if name.startswith(("score", "peer_", "abs")) else 0.0051
                self.assertAlmostEqual(found, value, delta=delta, msg=label)
            else:
                self.assertEqual(found, value, label)

    def _compare_months(self, line, reference, seed):
        self.assertEqual(line.month_ids.mapped("month"), list(range(1, 13)))
        for month in line.month_ids:
            label = f"month {month.month} of {line.customer_name}, history {seed}"
            rows = [row for row in reference.this if row["date"].month == month.month]
            self._compare_month(month, rows, label)
            self.assertEqual(month.date, date(YEAR, month.month, 1))
        split = defaultdict(list)
        for row in reference.this:
            split[row["service"] or self.services.browse(), row["date"].month].append(row)
        by_service = {(m.service_id, m.month): m for m in line.service_month_ids}
        self.assertEqual(set(by_service), set(split))
        for key, rows in split.items():
            self._compare_month(by_service[key], rows, f"{key} of {line.customer_name}")

    def _compare_month(self, month, rows, label):
        priced = [row for row in rows if row["amount"] is not None]
        values = {
            "line_count": len(rows),
            "known_line_count": len(priced),
            "quantity": total(row["quantity"] for row in rows) if rows else 0,
            "amount": total(row["amount"] for row in rows) if rows else 0,
            "average_price": share(
                total(row["amount"] for row in priced),
                total(row["quantity"] for row in priced),
            ),
        }
        for name, value in values.items():
            if value is None:
                self.assertIs(month[name], False, f"{name}, {label}")
            else:
                self.assertAlmostEqual(month[name], value, delta=0.0051, msg=f"{name}, {label}")

    def _check_history(self, seed, refreshed=False, customers=14):
        rng = random.Random(seed)
        partners = self._partners(*(f"Random {seed}-{number}" for number in range(customers)))
        rows = self._random_rows(rng, partners)
        self._record(rows)
        if refreshed:
            self.env["logistics.customer"]._refresh_figures(
                as_of=rng.choice([date(YEAR - 4, 6, 30), date(YEAR + 2, 1, 1)]),
                company=self.company,
            )
        screening = self._screening(
            **{f"weight_{criterion}": weight for criterion, weight in WEIGHTS.items()}
        )
        expected, references = self._expected(rows, screening)
        lines = {line.customer_id.id: line for line in screening.line_ids}
        self.assertEqual(set(lines), set(expected), "who is screened")
        for key, line in lines.items():
            self._compare(line, expected[key], seed)
            self._compare_months(line, references[key], seed)
        self._check_totals(screening, expected)
        return screening

    def _check_totals(self, screening, expected):
        def sum_of(name):
            return total(f[name] for f in expected.values())

        self.assertEqual(screening.customer_count, len(expected))
        self.assertEqual(screening.traded_count, sum(f["traded"] for f in expected.values()))
        self.assertEqual(
            screening.known_amount_count,
            sum(f["traded"] and f["revenue"] is not None for f in expected.values()),
        )
        self.assertEqual(screening.trade_line_count, sum_of("line_count"))
        self.assertEqual(screening.late_count, sum_of("late_count"))
        for name in ("revenue", "revenue_previous", "gross_margin"):
            self.assertAlmostEqual(screening[name], sum_of(name), 2, name)
        covered = sum(f["cost_coverage"] * f["turnover"] for f in expected.values())
        self.assertAlmostEqual(screening.cost_coverage, covered / sum_of("turnover"), 6)
        self.assertAlmostEqual(
            screening.amount_coverage, sum_of("known_line_count") / sum_of("line_count"), 6
        )

    def test_random_history_without_refreshed_accounts(self):
        """Every figure, month, point, total and rule is what the definitions say."""
        self._check_history(seed=1)

    def test_random_history_with_refreshed_accounts(self):
        """The same when accounts carry figures, stale ones included."""
        self._check_history(seed=2, refreshed=True)

    def test_random_history_of_many_rules(self):
        """A larger draw, in which nearly every rule has its customer."""
        screening = self._check_history(seed=3, customers=70)
        met = set(screening.line_ids.mapped("proposal_rule"))
        self.assertGreaterEqual(len(met), 10, met)
