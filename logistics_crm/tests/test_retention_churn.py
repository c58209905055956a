# Part of logistics_crm. License LGPL-3 or later.
"""The churn score and its model: what it ranks, how it is estimated, who may touch it."""

from datetime import date, timedelta
from random import Random

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.retention.churn_fit import area_under_curve, back_test, fit, top_precision
from ..models.retention.logistics_churn_model import DEFAULTS
from .common import LogisticsCommon


@tagged("post_install", "-at_install")
class TestRetentionChurn(LogisticsCommon):
    def _population(self, customers=160, seed=5, start=date(2022, 1, 1), days=720):
        """Customers who buy at random intervals and of whom many stop for good."""
        draw = Random(seed)
        for number in range(customers):
            pace = draw.choice([10, 20, 40, 80])
            life = draw.expovariate(1 / 400)
            day, rows = start + timedelta(days=draw.randrange(200)), []
            end = min(start + timedelta(days=days), day + timedelta(days=life))
            while day <= end:
                rows.append({"date": day, "amount": round(draw.uniform(50, 500) * 40 / pace, 2)})
                day += timedelta(days=max(1, round(draw.expovariate(1 / pace))))
            self._trade(self._partner(f"Shipper {number}"), *rows)

    def _accounts(self):
        return self.customers.search([("company_id", "=", self.company.id)])

    def test_area_under_curve(self):
        """The share of pairs in the right order, ties half, against counting every pair."""
        draw = Random(1)
        for _round in range(20):
            scores = [draw.randrange(6) for _number in range(30)]
            stopped = [draw.random() < 0.4 for _number in range(30)]
            pairs = [
                1.0 if a > b else 0.5 if a == b else 0.0
                for a, gone in zip(scores, stopped, strict=True)
                if gone
                for b, left in zip(scores, stopped, strict=True)
                if not left
            ]
            self.assertAlmostEqual(area_under_curve(scores, stopped), sum(pairs) / len(pairs))
        self.assertIsNone(area_under_curve([1, 2], [True, True]))
        self.assertEqual(top_precision([5, 4, 3, 2, 1], [True, False] + [False] * 3, 0.4), 0.5)

    def test_fit_finds_the_coefficients(self):
        """Outcomes drawn from known coefficients give them back, as far as chance allows."""
        draw = Random(2)
        rows = [[draw.gauss(0, 1), draw.gauss(0, 1)] for _number in range(4000)]
        stopped = [
            draw.random() < 1 / (1 + 2.718281828 ** -(1.5 * a - 0.7 * b - 0.3)) for a, b in rows
        ]
        first, second = fit(rows, stopped)
        self.assertAlmostEqual(first, 1.5, delta=0.15)
        self.assertAlmostEqual(second, -0.7, delta=0.15)
        separated = fit([[float(n)] for n in range(40)], [n >= 20 for n in range(40)])
        self.assertGreater(separated[0], 0)
        self.assertLess(separated[0], 50, "a feature that separates everything stays finite")

    def test_no_look_ahead(self):
        """The score of a day is the same before and after later trade is known."""
        self._population(40)
        self._refresh("2023-03-31")
        before = {account.id: account.churn_risk for account in self._accounts()}
        for account in self._accounts()[:20]:
            self._trade(account.partner_id, "2023-04-01", "2023-07-01")
        self._refresh("2023-12-31")
        self._refresh("2023-03-31")
        self.assertEqual({a.id: a.churn_risk for a in self._accounts()}, before)

    def test_ranks_better_than_recency_here(self):
        """On customers of many paces the score orders who stops clearly better than chance."""
        self._population()
        self._refresh("2023-03-31")
        later = self.history._read_group(
            [("date", ">", "2023-03-31"), ("company_id", "=", self.company.id)], ["partner_id"]
        )
        stayed = {partner.id for (partner,) in later}
        accounts = self._accounts().filtered(lambda a: a.trade_days_total >= 2)
        stopped = [a.partner_id.id not in stayed for a in accounts]
        found = area_under_curve([a.churn_risk for a in accounts], stopped)
        self.assertGreater(found, 0.75)
        ranked = accounts.sorted("churn_risk")
        self.assertEqual(len(set(ranked.mapped("churn_risk"))), len(ranked), "hardly any ties")

    def test_unknown_amounts_are_not_nothing(self):
        """A customer whose amounts nobody knows ranks as one of average amounts."""
        for amount in (10.0, 100.0, 1000.0):
            self._trade(
                self._partner(),
                *[{"date": d, "amount": amount} for d in ("2024-01-01", "2024-02-01")],
            )
        unknown = self._partner()
        self._trade(unknown, *[{"date": d, "amount": False} for d in ("2024-01-01", "2024-02-01")])
        self._refresh("2024-06-30")
        risks = self._accounts().sorted("id").mapped("churn_risk")
        self.assertEqual(self._account_of(unknown).churn_risk, sorted(risks)[1])

    def test_who_never_traded_has_no_rank(self):
        """A prospect has no rank, and loses it when its only trade turns out to be none."""
        traded, prospect, mistaken = self._partner(), self._account(), self._partner()
        self._trade(traded, "2024-01-01", "2024-02-01")
        rows = self._trade(mistaken, "2024-01-15")
        self._refresh("2024-03-01")
        account = self._account_of(mistaken)
        self.assertIsNot(account.churn_risk, False)
        self.assertIs(prospect.churn_risk, False)
        rows = rows or self.history.search([("partner_id", "=", mistaken.id)])
        rows.unlink()
        self._refresh("2024-03-01")
        self.assertIs(account.churn_risk, False)
        self.assertEqual(self._account_of(traded).churn_risk, 0.0)

    # ------------------------------------------------------------------ the model
    def test_back_test_and_use(self):
        """A model is estimated from the past, shown with its quality, and scores once in use."""
        self._population()
        self._refresh("2023-12-20")
        figures = {a.id: (a.churn_risk, a.figures_as_of) for a in self._accounts()}
        manager = self._user("manager")
        model = (
            self.env["logistics.churn.model"]
            .with_user(manager)
            .create({"training_date": "2023-03-31", "outcome_date": "2023-12-20"})
        )
        model.action_back_test()
        self.assertEqual(model.state, "tested")
        self.assertEqual(model.fitted_by_id, manager)
        self.assertGreater(model.auc, 0.7)
        self.assertIn("Recency", model.formula)
        self.env.invalidate_all()
        self.assertEqual(
            {a.id: (a.churn_risk, a.figures_as_of) for a in self._accounts()},
            figures,
            "the back-test leaves the figures of today alone",
        )
        rows = model.sudo()._training_rows()
        self.assertEqual(len(rows), model.customers)
        self.assertAlmostEqual(back_test(rows, list(DEFAULTS.values()))["auc"], model.auc, 3)
        self._refresh("2023-12-20")
        self.assertEqual(self._accounts()[0].churn_risk, figures[self._accounts()[0].id][0])
        model.action_use()
        self._refresh("2023-12-20")
        self.assertNotEqual(
            {a.id: a.churn_risk for a in self._accounts()}, {k: v[0] for k, v in figures.items()}
        )
        second = model.copy()
        self.assertEqual(second.state, "draft")
        with self.assertRaises(UserError):
            second.action_use()
        second.action_back_test()
        second.action_use()
        self.assertEqual(model.state, "retired")
        with self.assertRaises(UserError):
            model.action_back_test()

    def test_too_little_history(self):
        """Too few customers who stopped: a clear message, and the defaults stay."""
        self._trade(self._partner(), "2024-01-01", "2024-02-01")
        model = self.env["logistics.churn.model"].create(
            {"training_date": "2024-03-01", "outcome_date": "2024-06-01"}
        )
        with self.assertRaisesRegex(UserError, "default coefficients"):
            model.action_back_test()
        self.assertEqual(model.state, "draft")

    def test_rights(self):
        """Representatives read the model; coefficients are typed by nobody."""
        seller, manager = self._user("seller"), self._user("manager")
        model = self.env["logistics.churn.model"].create({"company_id": self.company.id})
        self.assertTrue(model.with_user(seller).formula)
        with self.assertRaises(AccessError):
            model.with_user(seller).write({"training_date": "2020-01-01"})
        with self.assertRaises(AccessError):
            model.with_user(seller).action_use()
        with self.assertRaises(AccessError):
            model.with_user(manager).write({"recency": 9.0})
        with self.assertRaises(AccessError):
            model.with_user(manager).write({"state": "used"})
        other = self._other_company()
        stranger = self._user("manager", company=other)
        theirs = self.env["logistics.churn.model"].with_user(stranger).with_company(other)
        theirs = theirs.with_context(allowed_company_ids=other.ids)
        self.assertFalse(theirs.search([("id", "=", model.id)]))
        self._trade(self._partner(), "2024-01-01", "2024-02-01")
        self._refresh("2024-03-01")
        rhythm = self.env["logistics.rhythm"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(rhythm), 1)
        self.assertFalse(theirs.env["logistics.rhythm"].search([("id", "=", rhythm.id)]))
        with self.assertRaises(AccessError):
            rhythm.with_user(seller).write({"lost_days": 1})

    def test_company_rhythm(self):
        """Thirty customers with three pauses give a company thresholds of its own."""
        start = date(2023, 1, 1)
        for number in range(31):
            gap = 10 + number
            self._trade(
                self._partner(),
                *[(start + timedelta(days=gap * place)).isoformat() for place in range(5)],
            )
        self._refresh("2023-12-31")
        rhythm = self.env["logistics.rhythm"].search([("company_id", "=", self.company.id)])
        self.assertEqual(rhythm.customers, 31)
        self.assertAlmostEqual(rhythm.usual_pause_days, 25.0)
        self.assertAlmostEqual(rhythm.lost_days, 90.0, msg="not under ninety days")
        self.assertAlmostEqual(rhythm.second_order_days, 32.5)
        quick = self.customers.search([("order_interval_days", "=", 10)])
        self.assertEqual(quick.lifecycle_stage, "lost", "long before a year of silence")
