# Part of logistics_crm. License LGPL-3 or later.
"""How grades move over sequences of reviews, and what is written down."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .common import LogisticsCommon
from .credit_grade_common import ReviewFactories


@tagged("post_install", "-at_install")
class TestCreditReview(ReviewFactories, LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["logistics.credit.policy"]._for_company(cls.company)
        cls.policy.window_months = 6

    def _grades_over(self, raw_grades):
        days, account = self._by_days(raw_grades)
        self._review(*days)
        reviews = self._reviews(account)
        self.assertEqual(
            [review.computed_grade or None for review in reviews],
            raw_grades,
            "the ledger gives what the test asked for",
        )
        return [review.grade or None for review in reviews]

    def test_rises_after_two_reviews_falls_at_once(self):
        """Two reviews to rise, one to fall; it rises to the worse of what the two found."""
        for raw, expected in (
            (["A", "C", "A", "A"], ["A", "C", "C", "A"]),
            (["C", "B", "A", "A"], ["C", "C", "B", "A"]),
            (["C", "A", "C", "A", "A"], ["C", "C", "C", "C", "A"]),
            (["B", "A", "B", "A", "A"], ["B", "B", "B", "B", "A"]),
        ):
            with self.subTest(raw=raw):
                self.assertEqual(self._grades_over(raw), expected)

    def test_two_reviews_to_fall(self):
        """Where the policy says so a single bad review changes nothing."""
        self.policy.reviews_to_fall = 2
        self.assertEqual(self._grades_over(["A", "C", "A", "B", "C"]), ["A", "A", "A", "A", "B"])

    def test_one_review_to_rise(self):
        """Without hysteresis the grade is what each review found."""
        self.policy.reviews_to_rise = 1
        self.assertEqual(self._grades_over(["C", "A", "B", "A"]), ["C", "A", "B", "A"])

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        raw=st.lists(st.sampled_from("ABC"), min_size=1, max_size=7),
        rise=st.integers(1, 3),
        fall=st.integers(1, 3),
    )
    def test_any_sequence_of_reviews(self, raw, rise, fall):
        """Any sequence, against the rule written down the slow way."""
        with self.env.cr.savepoint() as savepoint:
            self.policy.write({"reviews_to_rise": rise, "reviews_to_fall": fall})
            expected, grade = [], raw[0]
            for number, found in enumerate(raw):
                if number:
                    lately = raw[: number + 1]
                    if found < grade and len(lately) >= rise:
                        grade = min(grade, max(lately[-rise:]))
                    elif found > grade and len(lately) >= fall:
                        grade = max(grade, min(lately[-fall:]))
                expected.append(grade)
            self.assertEqual(self._grades_over(list(raw)), expected)
            savepoint.close(rollback=True)
        self.env.invalidate_all()

    def test_between_reviews(self):
        """The refreshed grade falls at once and waits for reviews to rise."""
        days, account = self._by_days(["B", "C", "A"])
        self._review(days[0])
        self._refresh(days[1])
        self.assertEqual((account.credit_grade_code, account.credit_grade_basis), ("C", "rules"))
        self._refresh(days[2])
        self.assertEqual((account.credit_grade_code, account.credit_grade_computed), ("B", "A"))
        self.assertEqual(account.credit_grade_basis, "review")
        self.assertIn("2 consecutive reviews", account._grade_explanation(days[2])["text"])

    def test_fall_between_reviews_is_written_down(self):
        """A fall found by the nightly job must be risen from like any other."""
        days, account = self._by_days(["A", "C", "A", "A"])
        self._refresh(days[0])
        self.customers._record_grade_changes(days[0], self.company)
        self._refresh(days[1])
        self.assertEqual(self.customers._record_grade_changes(days[1], self.company), 1)
        self.assertEqual(self.customers._record_grade_changes(days[1], self.company), 0)
        self._refresh(days[2])
        self.assertEqual(account.credit_grade_code, "C")
        self._review(days[2], days[3])
        reviews = self._reviews(account)
        self.assertEqual(reviews.mapped("kind"), ["first", "fall", "periodic", "periodic"])
        self.assertEqual(reviews.mapped("grade"), ["A", "C", "C", "A"])
        self.assertEqual(reviews.mapped("movement"), ["first", "down", "same", "up"])

    def test_fresh_import_has_the_raw_grade(self):
        """Without reviews up to a day the grade of that day is what the rules say."""
        days, account = self._by_days(["C", "A"])
        self._refresh(days[0])
        self.assertEqual(account.credit_grade_code, "C")
        self._refresh(days[1])
        self.assertEqual(account.credit_grade_code, "A")
        self._review(days[1])
        self._refresh(days[0])
        self.assertEqual(account.credit_grade_code, "C", "a later review is not looked at")

    def test_grade_is_not_lost_while_money_is_overdue(self):
        """Too few items lately: not rated again only when nothing is overdue."""
        days, account = self._by_days(["C", None])
        self._review(days[0])
        owing = self._trade(
            account.partner_id, {"date": days[0], "due_date": days[1] - timedelta(days=9)}
        )
        self._refresh(days[1])
        self.assertEqual((account.credit_grade_code, account.credit_grade_basis), ("C", "review"))
        owing.paid_date = days[1] - timedelta(days=1)
        self._refresh(days[1])
        self.assertFalse(account.credit_grade_code)

    def test_review_can_be_started_again(self):
        """A day already reviewed is left as it is, row by row."""
        days, account = self._by_days(["B"])
        self._review(days[0])
        first = self._reviews(account).read()
        self.assertEqual(self.customers._review_grades(days[0], self.company), 0)
        self.assertEqual(self._reviews(account).read(), first)

    def test_review_of_one_company_leaves_others_alone(self):
        """Companies have their own policies, reviews and grades of the same customer."""
        other = self._other_company()
        days, account = self._by_days(["C"])
        twin = self._account(account.partner_id, company=other)
        self._review(days[0])
        self.assertTrue(self._reviews(account))
        self.assertFalse(self._reviews(twin))
        self.assertFalse(twin.credit_grade_code)

    def test_cron_reviews_when_the_day_has_come(self):
        """On its day the company is reviewed and the next day is set; not before."""
        days, account = self._by_days(["B"])
        cron = self.env.ref("logistics_crm.cron_review_grades")
        self.env["logistics.credit.policy"].search([]).next_review_date = False
        self.policy.next_review_date = days[0]
        self.env.flush_all()
        with freeze_time(days[0] - timedelta(days=1)), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(self._reviews(account))
        with freeze_time(days[0]), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._reviews(account).as_of, days[0])
        self.assertEqual(self.policy.next_review_date, days[0] + relativedelta(months=3))

    def test_reviews_remember_the_policy_version(self):
        """Reviews before and after a change of rules can be told apart."""
        days, account = self._by_days(["B", "B"])
        self._review(days[0])
        self.policy.market_state = "cautious"
        self._review(days[1])
        first, second = self._reviews(account).mapped("policy_version")
        self.assertEqual(second, first + 1)

    def test_folding_accounts_keeps_reviews(self):
        """Merging contacts keeps one review per day, and none is lost."""
        days, account = self._by_days(["B", "A"])
        _days, twin = self._by_days(["C", "C", "C"])
        self._review(*days, days[1] + timedelta(days=200))
        twin._fold_into(account)
        reviews = self._reviews(account)
        self.assertEqual(len(reviews), 3)
        self.assertEqual(reviews[0].computed_grade, "B")
