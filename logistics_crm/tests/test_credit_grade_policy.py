# Part of logistics_crm. License LGPL-3 or later.
"""The rules a controller edits: contradictions refused, versions counted, copies complete."""

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import LogisticsCommon
from .credit_grade_common import AS_OF, GradeFactories


@tagged("post_install", "-at_install")
class TestCreditPolicy(GradeFactories, LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["logistics.credit.policy"]._for_company(cls.company)

    def test_policy_is_made_once(self):
        """A company without a policy gets one with default rules, and only one."""
        company = self._other_company()
        policy = self.env["logistics.credit.policy"]._for_company(company)
        self.assertEqual(policy.grade_ids.mapped("grade"), ["A", "B", "C", "D", "N"])
        self.assertEqual(self.env["logistics.credit.policy"]._for_company(company), policy)

    def test_worse_grade_stricter_than_better_is_refused(self):
        """A customer good enough for A that misses B makes no sense."""
        with self.assertRaisesRegex(ValidationError, "Grade B is stricter than grade A"):
            self._set_rules("A", max_late_share=0.6)

    def test_both_grades_can_change_together(self):
        """Rules are checked against each other after all of a form were written."""
        good, fair = self.policy._grade_line("A"), self.policy._grade_line("B")
        self.policy.write(
            {
                "grade_ids": [
                    Command.update(good.id, {"max_late_share": 0.6}),
                    Command.update(fair.id, {"max_late_share": 0.7}),
                ]
            }
        )
        self.assertEqual((good.max_late_share, fair.max_late_share), (0.6, 0.7))
        with self.assertRaisesRegex(ValidationError, "stricter"):
            self.policy.write({"grade_ids": [Command.update(fair.id, {"max_late_share": 0.5})]})

    def test_context_does_not_switch_the_check_off(self):
        """The key that defers the check inside one write means nothing in a caller's context."""
        line = self.policy._grade_line("A").with_context(logistics_policy_check=True)
        with self.assertRaises(ValidationError):
            line.max_late_share = 0.6

    def test_contradictions_are_refused_in_words(self):
        """Negative, above 100 %, hold before warn, worse grade treated better, no rule left."""
        for grade, values, words in (
            ("B", {"max_overdue_days": -1}, "cannot be negative"),
            ("B", {"max_late_share": 1.2}, "cannot exceed 100 %"),
            ("A", {"warn_utilisation": 1.1}, "hold before it warns"),
            ("C", {"warn_overdue_days": 16}, "hold before it warns"),
            ("B", {"terms_max_days": 90}, "treated better"),
            ("C", {"terms_max_days": False}, "treated better"),
            ("B", {"limit_months": 5}, "treated better"),
            ("A", {"approval_needed": True}, "treated better"),
            ("C", {"max_late_share": 0.9}, "Only grades A and B have rules"),
            ("A", {"visit_interval_days": 0}, "at least 1"),
            (
                "A",
                dict.fromkeys(("max_overdue_days", "max_late_share", "max_broken_promises"), False),
                "no rule left",
            ),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                self._set_rules(grade, **values)

    def test_numbers_of_the_policy(self):
        """Impossible numbers are refused with the name of the field."""
        for values, words in (
            ({"window_months": 0}, "Look Back"),
            ({"minimum_items": 0}, "Minimum Items Due"),
            ({"reviews_to_rise": 0}, "Reviews To Rise"),
            ({"factor_downturn": 0.9}, "contradict"),
            ({"factor_cautious": 1.5}, "contradict"),
            ({"grace_days": -1}, "negative"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                self.policy.write(values)

    def test_every_change_of_rules_is_a_version(self):
        """Reviews can be told apart by the rules they were made with."""
        version = self.policy.version
        self.policy.market_state = "cautious"
        self._set_rules("B", max_late_share=0.4)
        self.policy.name = "Another name"
        self.assertEqual(self.policy.version, version + 2)
        with self.assertRaises(AccessError):
            self.policy.with_user(self._user("controller")).version = 1

    def test_grace_days_are_those_of_the_company(self):
        """One setting, two places to see it; a controller need not write companies."""
        controller = self._user("controller")
        self.policy.with_user(controller).grace_days = 7
        self.assertEqual(self.company.logistics_grace_days, 7)

    def test_policy_form(self):
        """A controller edits the two tables of the form and empties a rule."""
        controller = self._user("controller")
        with Form(self.policy.with_user(controller)) as form, form.rule_ids.edit(1) as line:
            line.max_late_share = 0.3
            line.max_overdue_share = False
        fair = self.policy._grade_line("B")
        self.assertEqual(fair.max_late_share, 0.3)
        self.assertIs(fair.max_overdue_share, False)
        self.assertEqual(fair.terms_max_days, 30)

    def test_copy_is_archived_and_complete(self):
        """A copy can be worked on beside the active policy, with all its rules."""
        self._set_rules("B", max_late_share=0.4)
        copy = self.policy.copy()
        self.assertFalse(copy.active)
        self.assertEqual(copy._grade_line("B").max_late_share, 0.4)
        self.assertEqual(len(copy.grade_ids), 5)

    def test_grade_allows(self):
        """What a grade allows follows the customer's grade, 'not rated' included."""
        account = self._ledger((-90, 0), (-60, 0))
        self._refresh(AS_OF)
        self.assertEqual(account._grade_policy().grade, "N")
        self._ledger((-30, 9), partner=account.partner_id)
        self._refresh(AS_OF)
        self.assertEqual(account._grade_policy(), self.policy._grade_line("B"))
