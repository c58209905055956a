# Part of logistics_crm. License LGPL-3 or later.
"""What the explanation promises is kept: do what it says, and the rules give the grade."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.tests import tagged

from ..models.credit.credit_way_back import figures_of, is_overdue, raw_grade
from .common import LogisticsCommon

AS_OF = date(2024, 6, 30)
# Each example runs in a savepoint of its own, so that it is fresh although the test is one.
PROPERTY = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)

amounts = st.one_of(
    st.none(), st.integers(1, 500_000).map(lambda cents: cents / 100), st.just(100.0)
)
items = st.lists(
    st.tuples(
        st.integers(-420, 40),  # due, days from the day of grading
        st.one_of(st.none(), st.integers(-20, 120)),  # paid, days from due; None: open
        amounts,
    ),
    max_size=14,
)
policies = st.fixed_dictionaries(
    {
        "window_months": st.sampled_from([6, 12]),
        "minimum_items": st.integers(1, 4),
        "market_state": st.sampled_from(["normal", "cautious", "downturn"]),
        "grace_days": st.sampled_from([0, 5]),
    }
)
lines = st.fixed_dictionaries(
    {
        "max_late_share": st.sampled_from([False, 0.2, 0.5]),
        "max_mean_days_late": st.sampled_from([False, 10, 30]),
        "max_overdue_share": st.sampled_from([False, 0.1, 0.5]),
        "max_overdue_amount": st.sampled_from([False, 0, 250.0]),
        "max_overdue_days": st.sampled_from([10, 30]),
    }
)


@tagged("post_install", "-at_install")
class TestCreditWayBack(LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["logistics.credit.policy"]._for_company(cls.company)

    def _ledger(self, rows):
        """A customer with one document per ``(due offset, paid offset, amount)``."""
        partner = self._partner()
        values = []
        for due, paid, amount in rows:
            due = AS_OF + timedelta(days=due)
            paid = due + timedelta(days=paid) if paid is not None else None
            values.append(
                {
                    "date": min(due, AS_OF) - timedelta(days=30),
                    "due_date": due,
                    # Nobody knows today what will be paid tomorrow.
                    "paid_date": paid if paid and paid <= AS_OF else False,
                    "amount": False if amount is None else amount,
                }
            )
        self._trade(partner, *values)
        account = self._account_of(partner)
        return account or self._account(partner)

    def _follow(self, account, way, items):
        """Do what the way back says: pay now, pay the rest when due, trade on and pay on time."""
        self.history.browse([item["ref_id"] for item in way.pay]).write({"paid_date": AS_OF})
        if way.on == AS_OF and not way.new_items:
            return
        values = self.policy._grading_values(AS_OF)
        for item in items:
            row = self.history.browse(item["ref_id"])
            if item["is_open"] and not is_overdue(item, values, AS_OF):
                if item["due_date"] <= way.on:
                    row.paid_date = max(AS_OF, item["due_date"])
        for number in range(way.new_items):
            share = round(way.new_amount / way.new_items + 0.005, 2) if way.new_amount else 50.0
            self._trade(
                account.partner_id,
                {
                    "date": way.on - timedelta(days=number + 1),
                    "due_date": way.on,
                    "paid_date": way.on,
                    "amount": share,
                },
            )

    def _items_of(self, account):
        self.env.flush_all()
        return self.env.execute_query_dict(account._settlement_items_sql(AS_OF))

    @PROPERTY
    @given(rows=items, policy=policies, line=lines)
    def test_way_back_lifts_the_grade(self, rows, policy, line):
        """Random ledgers and rules: after what the explanation asks for, the grade has risen."""
        for way_name in ("main", "sooner"):
            with self.env.cr.savepoint() as savepoint:
                self._set_policy(policy, line)
                account = self._ledger(rows)
                explanation = account._grade_explanation(AS_OF)
                computed, way = explanation["computed"], explanation["way_back"]
                if computed == "A":
                    self.assertIsNone(way)
                else:
                    self.assertTrue(way, "every grade below A has a way back")
                    if way_name == "sooner" and way.sooner:
                        way = way.sooner
                    self._follow(account, way, self._items_of(account))
                    after = account._grades_on(way.on)[account.id]["computed"]
                    self.assertTrue(
                        after and (not computed or after < computed),
                        f"{computed} -> {after}, expected {way}",
                    )
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    @PROPERTY
    @given(rows=items, policy=policies, line=lines)
    def test_explanation_and_grading_agree(self, rows, policy, line):
        """The figures the explanation counts one by one are those the grading aggregates."""
        with self.env.cr.savepoint() as savepoint:
            self._set_policy(policy, line)
            account = self._ledger(rows)
            graded = account._grades_on(AS_OF)[account.id]
            values = self.policy._grading_values(AS_OF)
            counted = figures_of(self._items_of(account), values, AS_OF)
            if graded["due_count"] is not None:
                for name, figure in counted.items():
                    if figure is None or graded[name] is None:
                        self.assertIn(graded[name], (None, 0), name)
                        self.assertIn(figure, (None, 0), name)
                    else:
                        self.assertAlmostEqual(graded[name], figure, 6, name)
            self.assertEqual(graded["computed"], raw_grade(counted, values))
            savepoint.close(rollback=True)
        self.env.invalidate_all()

    def _set_policy(self, policy, line):
        strict = {
            name: (min(value, 0) if value is not False else 0) for name, value in line.items()
        }
        grades = {row.grade: row for row in self.policy.grade_ids}
        self.policy.write(
            {
                **policy,
                "grade_ids": [
                    fields.Command.update(grades["A"].id, strict),
                    fields.Command.update(grades["B"].id, line),
                ],
            }
        )

    def test_way_back_pays_only_what_is_needed(self):
        """Only the item too old for grade B is asked for, not the one still tolerated."""
        account = self._ledger(
            [(-300, 0, 900.0), (-200, 0, 900.0), (-100, 0, 900.0), (-60, None, 100.0)]
            + [(-10, None, 100.0)]
        )
        explanation = account._grade_explanation(AS_OF)
        self.assertEqual(explanation["computed"], "C")
        self.assertEqual(explanation["way_back"].on, AS_OF)
        self.assertEqual(
            [item["due_date"] for item in explanation["way_back"].pay],
            [AS_OF - timedelta(days=60)],
        )

    def test_late_items_must_leave_the_window(self):
        """Paying does not undo having been late: the first grade A day is told exactly."""
        account = self._ledger([(-100, 5, 100.0), (-50, 0, 100.0), (-20, 0, 100.0), (5, None, 9)])
        way = account._grade_explanation(AS_OF)["way_back"]
        late = AS_OF - timedelta(days=100)
        self.assertEqual((way.target, way.new_items), ("A", 0))
        self.assertEqual(way.on, late.replace(year=late.year + 1))
        self.history.search([("partner_id", "=", account.partner_id.id)]).filtered(
            lambda row: not row.paid_date
        ).paid_date = AS_OF
        before = account._grades_on(way.on - timedelta(days=1))[account.id]
        self.assertEqual(before["computed"], "B")
        self.assertEqual(account._grades_on(way.on)[account.id]["computed"], "A")
