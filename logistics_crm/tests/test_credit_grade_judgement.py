# Part of logistics_crm. License LGPL-3 or later.
"""What people decide beside the rules: overrides, bad faith, who may, and the watch list."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import LogisticsCommon
from .credit_grade_common import AS_OF, ReviewFactories


@tagged("post_install", "-at_install")
class TestCreditJudgement(ReviewFactories, LogisticsCommon):
    """What people decide beside the rules: overrides and bad faith, and who may."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["logistics.credit.policy"]._for_company(cls.company)
        cls.controller = cls._user("controller")
        cls.second = cls._user("controller")
        cls.seller = cls._user("seller")
        cls.startClassPatcher(freeze_time(AS_OF))
        cls.account = cls._ledger((-90, 9), (-60, 9), (-30, 0))
        cls._refresh(AS_OF)

    def _override(self, user=None, **values):
        return (
            self.env["logistics.credit.override"]
            .with_user(user or self.controller)
            .create(
                {
                    "customer_id": self.account.id,
                    "grade": "B",
                    "reason": "Our invoices went to the wrong address",
                    "date_to": AS_OF + timedelta(days=60),
                    **values,
                }
            )
        )

    def _bad_faith(self, user=None, **values):
        return (
            self.env["logistics.credit.bad.faith"]
            .with_user(user or self.seller)
            .create(
                {
                    "customer_id": self.account.id,
                    "evidence": "Two cheques returned, denies three signed deliveries",
                    **values,
                }
            )
        )

    # -------------------------------------------------------------- overrides
    def test_override_counts_until_its_end(self):
        """In force from the first to the last day, not a day longer; history stays true."""
        self.assertEqual(self.account.credit_grade_code, "C")
        override = self._override()
        self.assertEqual(self.account.credit_grade_code, "B")
        self.assertEqual(self.account.credit_grade_basis, "override")
        for day, grade in (
            (AS_OF - timedelta(days=1), "C"),
            (override.date_to, "B"),
            (override.date_to + timedelta(days=1), "C"),
        ):
            self.assertEqual(self.account._grades_on(day)[self.account.id]["grade"], grade, day)
        explanation = self.account._grade_explanation()
        self.assertIn("wrong address", explanation["text"])
        self.assertIn(self.controller.name, explanation["text"])

    def test_override_ended_early(self):
        """Ending it brings the rules back at once, and the past days stay as they were."""
        override = self._override()
        later = AS_OF + timedelta(days=10)
        with freeze_time(later):
            override.action_end("Found the real reason")
            self.assertEqual(self.account.credit_grade_code, "C")
            before = self.account._grades_on(later - timedelta(days=1))[self.account.id]
            self.assertEqual(before["grade"], "B")
            with self.assertRaises(UserError):
                override.action_end()
        self.assertEqual(override.end_reason, "Found the real reason")

    def test_reviews_go_on_under_an_override(self):
        """The rules are reviewed meanwhile, so that its end does not start from nothing."""
        self._override()
        self._review(AS_OF)
        review = self._reviews(self.account)
        self.assertEqual(
            (review.grade, review.settled_grade, review.computed_grade, review.basis),
            ("B", "C", "C", "override"),
        )

    def test_only_controllers_override(self):
        """Neither a salesperson nor a manager of sales sets grades."""
        for role in ("seller", "seller_all", "manager", "internal"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._override(self._user(role))

    def test_rep_cannot_override_own_customer(self):
        """A controller who looks after the customer is refused, also when ending."""
        override = self._override()
        self.account.user_id = self.controller
        with self.assertRaisesRegex(AccessError, "Somebody else"):
            override.with_user(self.controller).action_end()
        override.with_user(self.second).action_end("x")
        with self.assertRaisesRegex(AccessError, "Somebody else"):
            self._override()

    def test_override_is_not_rewritten(self):
        """Longer, better, somebody else's name: only a new decision."""
        override = self._override()
        for values in (
            {"date_to": AS_OF + timedelta(days=300)},
            {"grade": "A"},
            {"user_id": self.second.id},
            {"reason": "Other"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                override.write(values)
        with self.assertRaises(UserError):
            override.unlink()
        signed = self.env["logistics.credit.override"].with_user(self.controller)
        with self.assertRaises(ValidationError):
            signed.create(
                {
                    "customer_id": self.account.id,
                    "grade": "A",
                    "reason": "Second one",
                    "date_to": AS_OF,
                    "user_id": self.second.id,
                }
            )

    def test_override_names_who_set_it(self):
        """Signing with another name, by value or by default, does not work."""
        override = self._override(self.controller, user_id=self.second.id)
        self.assertEqual(override.user_id, self.controller)

    def test_override_terms(self):
        """No reason, no D, too long, into the past, ending before it begins, two at a time."""
        cases = (
            ({"reason": "  "}, ValidationError),
            ({"grade": "D"}, ValueError),
            ({"date_to": AS_OF + timedelta(days=366)}, ValidationError),
            ({"date_from": AS_OF - timedelta(days=1)}, ValidationError),
            ({"date_to": AS_OF - timedelta(days=1)}, ValidationError),
        )
        for values, error in cases:
            with (
                self.subTest(values=values),
                self.assertRaises(error),
                self.env.cr.savepoint(),
            ):
                self._override(**values)
        self._override()
        with self.assertRaisesRegex(ValidationError, "already has an override"):
            self._override()

    # -------------------------------------------------------------- bad faith
    def test_d_needs_two_persons(self):
        """Reported by one, confirmed by another who is a controller: then D at once."""
        record = self._bad_faith(self.controller)
        self.assertEqual(self.account.credit_grade_code, "C", "reported is not confirmed")
        with self.assertRaisesRegex(AccessError, "second person"):
            record.with_user(self.controller).action_confirm()
        with self.assertRaises(AccessError):
            record.with_user(self.seller).action_confirm()
        record.with_user(self.second).action_confirm()
        self.assertEqual(self.account.credit_grade_code, "D")
        self.assertIn(self.second.name, self.account._grade_explanation()["text"])

    def test_rep_cannot_confirm(self):
        """The customer's own representative is not the second person."""
        record = self._bad_faith(self.controller)
        self.account.user_id = self.second
        with self.assertRaises(AccessError):
            record.with_user(self.second).action_confirm()

    def test_d_outranks_overrides_and_reviews(self):
        """One person cannot set a better grade by hand while two say D."""
        self._override()
        self._bad_faith().with_user(self.second).action_confirm()
        self.assertEqual(self.account.credit_grade_code, "D")
        self._review(AS_OF)
        self.assertEqual(self._reviews(self.account).grade, "D")
        self.env["logistics.credit.override"].search([]).action_end()
        with self.assertRaisesRegex(ValidationError, "two persons"):
            self._override(date_from=AS_OF + timedelta(days=1))

    def test_closing_needs_two_persons(self):
        """A reason, a proposal and another person; afterwards the rules count again."""
        record = self._bad_faith()
        record.with_user(self.controller).action_confirm()
        with self.assertRaisesRegex(UserError, "why"):
            record.with_user(self.controller).action_propose_close()
        record.with_user(self.controller).close_reason = "Paid everything, new owner"
        record.with_user(self.controller).action_propose_close()
        with self.assertRaisesRegex(AccessError, "second person"):
            record.with_user(self.controller).action_close()
        self.assertEqual(self.account.credit_grade_code, "D")
        with freeze_time(AS_OF + timedelta(days=20)):
            record.with_user(self.second).action_close()
            self.assertEqual(self.account.credit_grade_code, "C")
            during = self.account._grades_on(AS_OF + timedelta(days=19))[self.account.id]
            self.assertEqual(during["grade"], "D")

    def test_evidence_is_required_and_frozen(self):
        """A word is no evidence; what was decided on is not rewritten."""
        with self.assertRaises(ValidationError):
            self._bad_faith(evidence="bad")
        record = self._bad_faith()
        record.with_user(self.seller).evidence = "Two cheques returned; letter of 3 May attached"
        record.with_user(self.second).action_confirm()
        with self.assertRaises(UserError):
            record.with_user(self.second).evidence = "Something else entirely"

    def test_steps_cannot_be_written(self):
        """Not by write, create, import or a default in the context."""
        record = self._bad_faith()
        for values in (
            {"state": "confirmed"},
            {"confirmed_by": self.second.id, "confirmed_on": AS_OF},
            {"reported_by": self.second.id},
            {"customer_id": self._account().id},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                record.with_user(self.controller).write(values)
        forged = (
            self.env["logistics.credit.bad.faith"]
            .with_user(self.controller)
            .with_context(default_state="confirmed", default_confirmed_on="2024-01-01")
            .create(
                {
                    "customer_id": self.account.id,
                    "evidence": "Will be confirmed by myself",
                    "reported_by": self.second.id,
                    "confirmed_by": self.second.id,
                    "confirmed_on": "2024-01-01",
                    "state": "confirmed",
                }
            )
        )
        self.assertEqual(
            (forged.state, forged.reported_by, forged.confirmed_by, forged.confirmed_on),
            ("reported", self.controller, self.env["res.users"], False),
        )
        self._refresh(AS_OF)
        self.assertEqual(self.account.credit_grade_code, "C")
        with self.assertRaises(UserError):
            forged.unlink()

    # -------------------------------------------------------------- who sees and edits what
    def test_reviews_are_nobodys_to_write(self):
        """Written by the system only, for every role."""
        self._review(AS_OF)
        review = self._reviews(self.account)
        for role in ("seller_all", "manager", "controller"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                review.with_user(self._user(role)).grade = "A"

    def test_seller_sees_own_reviews_without_the_ledger(self):
        """Own and unassigned customers; the grade and the reason, not the amounts."""
        self._review(AS_OF)
        review = self._reviews(self.account).with_user(self.seller)
        self.assertEqual(review.grade, "C")
        with self.assertRaises(AccessError):
            review.read(["overdue_amount"])
        self.account.user_id = self.second
        self.assertFalse(
            self.env["logistics.credit.review"]
            .with_user(self.seller)
            .search([("customer_id", "=", self.account.id)])
        )

    def test_explanation_tells_amounts_to_ledger_readers_only(self):
        """The salesperson reads what to ask the customer for, without amounts."""
        self._ledger((-50, None, 1234.0), partner=self.account.partner_id)
        told = self.account.with_user(self.controller)._grade_explanation()["text"]
        self.assertIn("1,234", told)
        document = self.account._grade_explanation()["way_back"].pay[0]["document"]
        hidden = self.account.with_user(self.seller).credit_explanation
        self.assertNotIn("1,234", hidden)
        self.assertIn(document, hidden)

    def test_policy_is_the_controllers(self):
        """Salespeople read the rules; controllers and managers change them."""
        line = self.policy._grade_line("B")
        self.assertEqual(line.with_user(self.seller).terms_max_days, 30)
        with self.assertRaises(AccessError):
            line.with_user(self.seller).max_late_share = 0.9
        with self.assertRaises(AccessError):
            self.policy.with_user(self.seller).action_review_now()
        with self.assertRaises(AccessError):
            self.policy.with_user(self._user("manager")).action_review_now()
        line.with_user(self.controller).max_late_share = 0.4
        self.policy.with_user(self.controller).action_review_now()
        self.assertEqual(self._reviews(self.account).kind, "manual")

    def test_grade_cannot_be_typed(self):
        """Nobody writes a grade into the account."""
        for role in ("manager", "controller"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.account.with_user(self._user(role)).write({"credit_grade_code": "A"})

    # -------------------------------------------------------------- watch list
    def test_watch_list_of_grade_c(self):
        """Worse than at the review before: listed with the signs in words; others are not."""
        self._review(AS_OF)
        steady = self._ledger((-90, 9), (-60, 9), (-30, 0), (-5, None, 1.0))
        fine = self._ledger((-90, 0), (-60, 0), (-30, 0))
        self._review(AS_OF - timedelta(days=1))
        later = AS_OF + timedelta(days=40)
        self.startPatcher(freeze_time(later))
        self._trade(
            self.account.partner_id,
            {"date": AS_OF, "due_date": AS_OF + timedelta(days=5), "amount": 500.0},
            {"date": later - timedelta(days=1), "due_date": later + timedelta(days=90)},
        )
        self._trade(
            steady.partner_id,
            {"date": later - timedelta(days=2), "due_date": later - timedelta(days=1)},
            {"date": later - timedelta(days=1), "due_date": later + timedelta(days=90)},
            paid_date=later - timedelta(days=1),
        )
        self._refresh(later)
        self.assertEqual(self.account.credit_watch_signs, "later,more")
        self.assertEqual(self.account.credit_watch_count, 2)
        self.assertIn("pays later", self.account.credit_watch_text)
        self.assertEqual(fine.credit_watch_count, 0)
        listed = self.customers.search(
            [("credit_watch_count", ">", 0), ("company_id", "=", self.company.id)]
        )
        self.assertIn(self.account, listed)
        self.assertNotIn(fine, listed)

    def test_stopped_buying_while_owing(self):
        """The gravest sign: no more orders, and the old ones are not paid."""
        self._ledger((-40, None), partner=self.account.partner_id)
        self._refresh(AS_OF + timedelta(days=300))
        self.assertIn("silent", self.account.credit_watch_signs)
        self.assertIn("older", self.account.credit_watch_signs)

    def test_recorded_signal_is_a_warning(self):
        """A signal counts from the day it was noticed to the day it ends."""
        signal_type = self.env["logistics.credit.signal.type"].create(
            {"name": "Account frozen", "code": "TEST_FROZEN"}
        )
        self.env["logistics.credit.signal"].create(
            {
                "customer_id": self.account.id,
                "type_id": signal_type.id,
                "date": AS_OF,
                "date_until": AS_OF + timedelta(days=10),
                "source": "Bank",
            }
        )
        for days, counted in ((-1, False), (0, True), (10, True), (11, False)):
            self._refresh(AS_OF + timedelta(days=days))
            signs = (self.account.credit_watch_signs or "").split(",")
            self.assertEqual("signal" in signs, counted, days)
