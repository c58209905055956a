# Part of logistics_crm. License LGPL-3 or later.
"""The grade the rules give: every rule at its boundary, the market, as of any day."""

from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .common import LogisticsCommon, LogisticsLedgerCommon
from .credit_grade_common import AS_OF, GradeFactories


@tagged("post_install", "-at_install")
class TestCreditGrade(GradeFactories, LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["logistics.credit.policy"]._for_company(cls.company)

    # -------------------------------------------------------------- the book's four grades
    def test_never_late_is_a(self):
        """Everything due was paid on or before its day; what is open is not due yet."""
        account = self._ledger((-90, -3), (-60, 0), (-30, 0), (10, None))
        self._refresh(AS_OF)
        self.assertEqual(account.credit_grade_code, "A")
        self.assertEqual(account.credit_grade_basis, "rules")
        self.assertFalse(account.credit_grade_rule)

    def test_late_but_cleared_is_b(self):
        """Late at times and cleared: B, and the late share is what keeps it from A."""
        account = self._ledger((-120, 0), (-90, 12), (-60, 0), (-30, 0))
        self._refresh(AS_OF)
        self.assertEqual(account.credit_grade_code, "B")
        self.assertEqual(account.credit_grade_rule, "late_share")

    def test_often_late_is_c(self):
        """More than half of the items late."""
        account = self._ledger((-120, 5), (-90, 5), (-60, 0))
        self._refresh(AS_OF)
        self.assertEqual(account.credit_grade_code, "C")

    def test_old_overdue_is_c(self):
        """One old open item, however small beside the rest."""
        account = self._ledger((-300, 0, 9000.0), (-200, 0, 9000.0), (-31, None, 1.0))
        self._refresh(AS_OF)
        self.assertEqual(account.credit_grade_code, "C")
        self.assertEqual(account.credit_grade_rule, "overdue_age")
        self.assertEqual(account.overdue_oldest_days, 31)

    def test_much_owed_is_c(self):
        """A large part of what fell due is overdue, though not for long."""
        account = self._ledger((-300, 0), (-200, 0), (-100, 0), (-5, None, 400.0))
        self._refresh(AS_OF)
        self.assertEqual(account.credit_grade_code, "C")
        self.assertEqual(account.credit_grade_rule, "overdue_share")
        self.assertAlmostEqual(account.overdue_share, 400 / 700)

    def test_rules_never_give_d(self):
        """Nothing was ever paid: still C, D is a judgement of people."""
        account = self._ledger((-300, None), (-200, None), (-100, None))
        self._refresh(AS_OF)
        self.assertEqual(account.credit_grade_code, "C")

    # -------------------------------------------------------------- boundaries
    def test_minimum_history(self):
        """Two items due are too few for a grade, three are enough; what is not due never counts."""
        account = self._ledger((-60, 0), (-30, 0), (1, None))
        self.assertFalse(self._grade(account))
        self.assertEqual(self._grade(account, AS_OF + timedelta(days=1)), "A")

    def test_unrated_customer_says_so(self):
        """No items at all: not rated, no figure is invented, and the reason is told."""
        account = self._account()
        self._refresh(AS_OF)
        self.assertFalse(account.credit_grade_code)
        explanation = account._grade_explanation(AS_OF)
        self.assertEqual(explanation["rule"], "minimum")
        self.assertIn("a grade needs 3", explanation["text"])

    def test_window_boundary(self):
        """An item due exactly twelve months ago has left the window, a day later it has not."""
        start = date(2023, 6, 30)
        account = self._ledger((-60, 0), (-30, 0))
        row = self._trade(
            account.partner_id, {"date": "2023-01-01", "due_date": start, "paid_date": start}
        )
        self.assertFalse(self._grade(account))
        row.write({"due_date": "2023-07-01", "paid_date": "2023-07-01"})
        self.assertEqual(self._grade(account), "A")
        self.policy.window_months = 11
        self.assertFalse(self._grade(account))

    def test_grace_days_boundary(self):
        """Paid on the last grace day is on time, one day later is late; open items likewise."""
        self.policy.grace_days = 5
        on_time = self._ledger((-90, 5), (-60, 0), (-30, 0), (-5, None))
        late = self._ledger((-90, 6), (-60, 0), (-30, 0))
        open_late = self._ledger((-90, 0), (-60, 0), (-50, 0), (-40, 0), (-30, 0), (-20, 0)) + (
            self._ledger((-90, 0), (-60, 0), (-50, 0, 9000.0), (-6, None))
        )
        self.assertEqual(self._grade(on_time), "A")
        self.assertEqual(self._grade(late), "B")
        self.assertEqual([self._grade(account) for account in open_late], ["A", "B"])

    def test_due_today_is_not_overdue(self):
        """What falls due today counts as due and is neither late nor overdue."""
        account = self._ledger((-60, 0), (-30, 0), (0, None))
        self.assertEqual(self._grade(account), "A")
        self.assertEqual(self._grade(account, AS_OF + timedelta(days=1)), "C")

    def test_late_share_boundary(self):
        """Exactly the share allowed is kept, the next late item is not; thirds are exact."""
        self._clear_rules(max_late_share=1 / 3)
        kept = self._ledger((-90, 1), (-60, 0), (-30, 0))
        missed = self._ledger((-120, 0), (-90, 1), (-60, 1), (-30, 0), (-20, 0))
        self.assertEqual(self._grade(kept), "B")
        self.assertEqual(self._grade(missed), "C")

    def test_mean_days_late_is_weighted_with_amounts(self):
        """10 days on 300 and none on 700 are 3.0 days on average: allowed at 3, not at 2.9."""
        account = self._ledger((-90, 10, 300.0), (-60, 0, 500.0), (-30, 0, 200.0))
        self._clear_rules(max_mean_days_late=3)
        self.assertEqual(self._grade(account), "B")
        self._set_rules(max_mean_days_late=2.9)
        self.assertEqual(self._grade(account), "C")

    def test_mean_days_late_of_unknown_amounts(self):
        """Without amounts every item weighs the same."""
        account = self._ledger((-90, 10, False), (-60, 0, False), (-30, 2, False))
        self._clear_rules(max_mean_days_late=4)
        self.assertEqual(self._grade(account), "B")
        self._set_rules(max_mean_days_late=3.9)
        self.assertEqual(self._grade(account), "C")

    def test_overdue_amount_boundary(self):
        """Exactly the amount allowed is kept, a cent more is not."""
        self._clear_rules(max_overdue_amount=250)
        account = self._ledger((-90, 0), (-60, 0), (-30, 0), (-2, None, 250.0))
        self.assertEqual(self._grade(account), "B")
        self._trade(
            account.partner_id,
            {"date": AS_OF - timedelta(days=9), "due_date": AS_OF - timedelta(days=1)},
            amount=0.01,
        )
        self.assertEqual(self._grade(account), "C")

    def test_overdue_age_boundary(self):
        """30 days are allowed to B, 31 are not."""
        self._clear_rules(max_overdue_days=30)
        account = self._ledger((-90, 0), (-60, 0), (-50, 0), (-30, None))
        self.assertEqual(self._grade(account), "B")
        self.assertEqual(self._grade(account, AS_OF + timedelta(days=1)), "C")

    def test_overdue_share_needs_known_amounts(self):
        """A share of unknown amounts is unknown, and an unknown figure decides nothing."""
        self._clear_rules(max_overdue_share=0.1, max_late_share=0.5)
        account = self._ledger((-90, 0, 100.0), (-60, 0, False), (-30, None, 100.0))
        self.assertEqual(self._grade(account), "B")
        self._refresh(AS_OF)
        self.assertIs(account.overdue_share, False)

    def test_open_item_older_than_the_window_counts(self):
        """An unpaid item does not become forgiven by leaving the window."""
        account = self._ledger((-90, 0), (-60, 0), (-30, 0), (-800, None, 1.0))
        self.assertEqual(self._grade(account), "C")

    def test_unrecorded_promises_decide_nothing(self):
        """Even where none may be broken: as long as none are recorded the rule is silent."""
        account = self._ledger((-90, 0), (-60, 0), (-30, 0))
        self._set_rules("A", max_broken_promises=0)
        self.assertEqual(self._grade(account), "A")

    def test_broken_promises_come_through_the_seam(self):
        """Whoever keeps promises answers per customer; who has no row is not judged by them."""
        broke, kept, none = (self._ledger((-90, 0), (-60, 0), (-30, 0)) for _number in range(3))
        self._clear_rules(max_late_share=1, max_broken_promises=1)
        self._set_rules("A", max_broken_promises=0)
        answer = SQL(
            "(SELECT * FROM (VALUES (%(co)s, %(one)s, 2), (%(co)s, %(two)s, 1))"
            " AS v (company_id, partner_id, broken))",
            co=self.company.id,
            one=broke.partner_id.id,
            two=kept.partner_id.id,
        )
        cls = type(self.customers)
        with patch.object(cls, "_broken_promises_sql", autospec=True, return_value=answer) as seam:
            found = (broke | kept | none)._grades_on(AS_OF)
            self._refresh(AS_OF)
        self.assertEqual(
            [found[account.id]["computed"] for account in (broke, kept, none)], ["C", "B", "A"]
        )
        self.assertEqual(found[broke.id]["rule"], "promises")
        self.assertEqual((broke | kept | none).mapped("credit_grade_computed"), ["C", "B", "A"])
        self.assertEqual(seam.call_args.args[1:], (AS_OF, self.company, None))

    # -------------------------------------------------------------- market state
    def test_downturn_is_stricter(self):
        """The same ledger, rules untouched: B in a normal market, C when it turns down."""
        account = self._ledger(*[(-100 - day, 0) for day in range(6)], *[(-50, 3)] * 4)
        self.assertEqual(self._grade(account), "B")
        self.policy.market_state = "cautious"
        self.assertEqual(self._grade(account), "B", "0.4 is what 0.5 x 0.8 allows")
        self.policy.market_state = "downturn"
        self.assertEqual(self._grade(account), "C")
        self.assertIn("at most 25 %", account._grade_explanation(AS_OF)["text"])

    # -------------------------------------------------------------- as of any day
    def test_no_look_ahead(self):
        """The grade of a past day never depends on what was recorded for later."""
        account = self._ledger((-120, 0), (-90, 0), (-60, 0), (-40, 200))
        day = AS_OF - timedelta(days=5)
        before = account._grades_on(day)[account.id]
        self.assertEqual(before["computed"], "C", "open for 35 days on that day")
        self._trade(
            account.partner_id,
            {"date": AS_OF - timedelta(days=4), "due_date": AS_OF - timedelta(days=3)},
        )
        self._refresh(AS_OF)
        self.assertEqual(account._grades_on(day)[account.id], before)

    def test_as_of_leaves_the_snapshot_alone(self):
        """Asking for a past day changes nothing that is stored."""
        account = self._ledger((-200, 0), (-150, 0), (-120, 0), (-40, 60))
        self._refresh(AS_OF)
        stored = account.read()[0]
        account._grades_on(AS_OF - timedelta(days=100))
        account.invalidate_recordset()
        self.assertEqual(account.read()[0], stored)

    # -------------------------------------------------------------- speed
    def test_number_of_queries_is_constant(self):
        """One customer or forty, five items or fifty: the same number of statements."""

        def queries(method):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            method()
            return self.env.cr.sql_log_count - before

        # The first refresh makes the company's default policies; then both look at new customers.
        self._refresh(AS_OF)
        self._ledger(*[(-340 + 30 * number, 0) for number in range(5)])
        measured = [
            queries(lambda: self._refresh(AS_OF)),
            queries(lambda: self.customers._review_grades(AS_OF, self.company)),
        ]
        for _number in range(40):
            self._ledger(*[(-340 + 30 * number, number % 3) for number in range(10)])
        next_day = AS_OF + timedelta(days=1)
        again = [
            queries(lambda: self._refresh(AS_OF)),
            queries(lambda: self.customers._review_grades(next_day, self.company)),
        ]
        self.assertEqual(again, measured)


@tagged("post_install", "-at_install")
class TestCreditGradeLedger(GradeFactories, LogisticsLedgerCommon):
    """The same rules on invoices, partial payments and reconciliations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["logistics.credit.policy"]._for_company(cls.company)

    def test_way_back_on_invoices(self):
        """Paying the invoice the explanation names lifts C to B on the ledger."""
        partner = self._partner()
        for number in range(4):
            day = AS_OF - timedelta(days=200 - 30 * number)
            self._pay(self._invoice(partner, 1000.0, day), day)
        old = self._invoice(partner, 300.0, AS_OF - timedelta(days=45))
        self._pay(old, AS_OF - timedelta(days=10), amount=100.0)
        account = self._account_of(partner)
        explanation = account._grade_explanation(AS_OF)
        self.assertEqual(explanation["computed"], "C")
        self.assertEqual([item["document"] for item in explanation["documents"]], [old.name])
        (item,) = explanation["way_back"].pay
        self.assertEqual((item["document"], item["open_amount"]), (old.name, 200.0))
        self.assertIn(old.name, explanation["text"])
        self._pay(old, AS_OF)
        self.assertEqual(self._grade(account), "B")

    def test_unallocated_money_is_told(self):
        """Money that arrived but is not allocated lifts nothing, and the explanation says so."""
        partner = self._partner()
        for number in range(3):
            day = AS_OF - timedelta(days=200 - 30 * number)
            self._pay(self._invoice(partner, 1000.0, day), day)
        self._invoice(partner, 300.0, AS_OF - timedelta(days=45))
        payment = self.env["account.payment"].create(
            {
                "partner_id": partner.id,
                "amount": 300.0,
                "payment_type": "inbound",
                "date": fields.Date.to_string(AS_OF - timedelta(days=1)),
            }
        )
        payment.action_post()
        explanation = self._account_of(partner)._grade_explanation(AS_OF)
        self.assertEqual(explanation["computed"], "C")
        self.assertEqual(explanation["unallocated"], 300.0)
        self.assertIn("Allocate first", explanation["text"])
