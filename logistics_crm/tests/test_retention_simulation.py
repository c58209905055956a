# Part of logistics_crm. License LGPL-3 or later.
"""The promises about score and alarms, on small invented companies; the large are benchmarks."""

import importlib.util
import random
import sys
from datetime import date, timedelta
from pathlib import Path

from odoo.tests import tagged

from ..models.retention.churn_fit import area_under_curve
from .common import LogisticsCommon

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def benchmark(name):
    """A module of the folder benchmarks, or None where the addon came without its repository."""
    path = BENCHMARKS / f"{name}.py"
    if not path.exists():
        return None
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@tagged("post_install", "-at_install")
class TestRetentionSimulation(LogisticsCommon):
    def test_few_false_alarms_and_soon_enough(self):
        """With weekends and an 18-day shutdown: at most 0.35 a healthy customer-year, 30 days."""
        alarms = benchmark("alarms")
        if not alarms:
            self.skipTest("the benchmarks are not part of this installation")
        found = alarms.simulate(self.env)
        self.assertLessEqual(found["false"], 0.35)
        self.assertLessEqual(found["days (stop)"], 30)
        self.assertGreater(found["within 60"], 0.6)

    def test_a_shutdown_alarms_nobody(self):
        """When everybody is silent nobody is: the clock of the company stands still."""
        alarms = benchmark("alarms")
        if not alarms:
            self.skipTest("the benchmarks are not part of this installation")
        company, accounts = alarms.invent(self.env, alarms.MIXES["regular"], 40, 5)
        last = alarms.HOLIDAYS[2023] + timedelta(days=17)
        leavers = {a for a, (leaves, _fades) in accounts.items() if leaves and leaves <= last}
        found = {
            row["customer_id"]
            for row in self.env["logistics.churn.alarm"]._detect(last, company)
            if row["rule"] == "gap"
        }
        self.assertFalse(found - leavers)

    def test_not_below_quintiles(self):
        """The default score ranks at least as well as quintile RFM on two kinds of histories."""
        churn, histories = benchmark("churn"), benchmark("churn_histories")
        if not churn or not histories:
            self.skipTest("the benchmarks are not part of this installation")
        for name, days in (("wholesale", 220), ("projects", 600)):
            kind = histories.KINDS[name]
            draw = random.Random(2)
            company = self.env["res.company"].create(
                {"name": f"Judged {name}", "currency_id": self.company.currency_id.id}
            )
            for _number in range(220):
                rows = histories.history(draw, kind)
                if rows:
                    partner = self._partner()
                    self._trade(
                        partner,
                        *[
                            {"date": churn.START + timedelta(days=day), "amount": amount}
                            for day, amount in rows.items()
                        ],
                        company=company,
                    )
            cut = churn.START + timedelta(days=days)
            scores, stopped = churn.scores_at(self.env, company, cut)
            ours = area_under_curve(scores["churn_risk"], stopped)
            rfm = area_under_curve(scores["RFM quintiles"], stopped)
            self.assertGreaterEqual(ours, rfm, f"{name}: {ours:.3f} against {rfm:.3f}")

    def test_shared_features_are_dated(self):
        """A purchase on the day itself counts, one on the next day does not."""
        partner = self._partner()
        self._trade(partner, "2024-01-10", "2024-02-10", "2024-02-11")
        self._refresh(date(2024, 2, 10))
        account = self._account_of(partner)
        self.assertEqual(account.trade_days_total, 2)
        self.assertEqual(account.last_trade_date, date(2024, 2, 10))
