# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import LogisticsLedgerCommon

NAMES = (
    "max_overdue_days",
    "max_overdue_amount",
    "max_overdue_share",
    "max_late_share",
    "max_mean_days_late",
    "max_broken_promises",
)


@tagged("post_install", "-at_install")
class TestCollectionBacktest(LogisticsLedgerCommon):
    """A small ledger, judged by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["logistics.credit.policy"]._for_company(cls.company)
        # Nobody is rated: the rules of "not rated" decide.
        cls.policy.minimum_items = 1000
        cls.policy._grade_line("N").write(
            {
                "hold_overdue_days": 15,
                "terms_max_days": 60,
                "hold_utilisation": 1.0,
                "order_amount_limit": 5000,
            }
        )

    def _test(self, **values):
        test = self.env["logistics.credit.backtest"].create(
            {
                "policy_id": self.policy.id,
                "company_id": self.company.id,
                "date_from": "2024-01-01",
                "date_to": "2024-06-30",
                **values,
            }
        )
        test.action_compute()
        return test

    def _by_document(self, test):
        return {line.document: line for line in test.line_ids}

    def test_by_hand(self):
        partner = self._partner("Slow")
        # Due 1 February, paid 20 March: overdue from 2 February on.
        first = self._invoice(partner, 1000.0, "2024-01-02", due="2024-02-01")
        # 15 days overdue are allowed, 16 are not.
        allowed = self._invoice(partner, 100.0, "2024-02-16", due="2024-03-01")
        held = self._invoice(partner, 200.0, "2024-02-17", due="2024-03-18")
        # Never paid.
        bad = self._invoice(partner, 300.0, "2024-03-10", due="2024-04-09")
        large = self._invoice(partner, 5000.01, "2024-01-03", due="2024-01-03")
        self._pay(large, "2024-01-03")
        self._pay(first, "2024-03-20")
        self._pay(allowed, "2024-03-01")
        self._pay(held, "2024-03-15")
        test = self._test()
        lines = self._by_document(test)
        found = {
            move: (
                lines[move.name].reasons_a or "",
                lines[move.name].overdue_amount,
                lines[move.name].overdue_days,
                lines[move.name].exposure,
                lines[move.name].outcome,
                lines[move.name].delay_a,
            )
            for move in (first, allowed, held, bad, large)
        }
        self.assertEqual(found[first], ("", 0.0, 0, 0.0, "paid", 0))
        self.assertEqual(found[allowed], ("", 1000.0, 15, 1000.0, "paid", 0))
        self.assertEqual(found[held], ("oldest_overdue", 1000.0, 16, 1100.0, "paid", 32))
        # On 10 March: 1,000 open since 1 February; the 100 are paid, the 200 not due.
        self.assertEqual(found[bad], ("oldest_overdue", 1000.0, 38, 1200.0, "bad", 10))
        self.assertEqual(found[large][0], "order_amount")
        self.assertEqual(
            {
                name: test[name]
                for name in (
                    "total_count",
                    "bad_count",
                    "bad_amount",
                    "held_count_a",
                    "held_amount_a",
                    "caught_amount_a",
                    "missed_amount_a",
                    "delayed_amount_a",
                    "delay_days_a",
                    "delay_unknown_amount_a",
                    "limit_unknown_count",
                )
            },
            {
                "total_count": 5,
                "bad_count": 1,
                "bad_amount": 300.0,
                "held_count_a": 3,
                "held_amount_a": 5500.01,
                "caught_amount_a": 300.0,
                "missed_amount_a": 0.0,
                "delayed_amount_a": 5200.01,
                "delay_days_a": 32.0,
                "delay_unknown_amount_a": 5000.01,
                "limit_unknown_count": 5,
            },
        )

    def test_side_by_side(self):
        """A looser copy holds less and misses the bad one; the active policy is not touched."""
        partner = self._partner()
        self._invoice(partner, 1000.0, "2024-01-02", due="2024-01-12")
        self._invoice(partner, 50.0, "2024-02-16", due="2024-03-01")
        test = self._test()
        test.action_copy_policy()
        loose = test.other_policy_id
        self.assertFalse(loose.active)
        loose._grade_line("N").hold_overdue_days = 60
        test.action_compute()
        self.assertEqual((test.caught_amount_a, test.missed_amount_a), (50.0, 1000.0))
        self.assertEqual((test.caught_amount_b, test.missed_amount_b), (0.0, 1050.0))
        self.assertEqual(self.policy._grade_line("N").hold_overdue_days, 15)

    def test_grade_of_the_month(self):
        """The grade is the one the rules give on the first of the month, by each policy's own
        thresholds, and no later payment changes it.
        """
        self.policy.minimum_items = 3
        cleared = dict.fromkeys(NAMES, False)
        self.policy.write(
            {
                "grade_ids": [
                    Command.update(
                        self.policy._grade_line(grade).id, dict(cleared, max_late_share=share)
                    )
                    for grade, share in (("A", 0.0), ("B", 0.5))
                ]
            }
        )
        self.policy._grade_line("D").terms_max_days = 0
        self.policy._grade_line("C").terms_max_days = 0
        partner = self._partner()
        for day in ("2024-01-05", "2024-01-10", "2024-01-15"):
            invoice = self._invoice(partner, 10.0, "2023-12-20", due=day)
            self._pay(invoice, "2024-02-20")
        january = self._invoice(partner, 5.0, "2024-01-31", due="2024-02-10")
        february = self._invoice(partner, 6.0, "2024-02-25", due="2024-03-10")
        self._pay(january | february, "2024-02-26", group_payment=False)
        lines = self._by_document(self._test())
        self.assertEqual(lines[january.name].grade_a, "N")
        self.assertEqual(lines[february.name].grade_a, "C")
        self.assertEqual(lines[february.name].reasons_a, "terms")

    def test_limit_of_the_day(self):
        partner = self._partner()
        account = self._account(partner)
        account._grant_limit(100.0)
        limit = account.credit_limit_ids
        limit.sudo()._step().write({"date_from": "2024-03-01"})
        early = self._invoice(partner, 150.0, "2024-02-01", due="2024-12-01")
        late = self._invoice(partner, 10.0, "2024-03-05", due="2024-12-01")
        self.policy._grade_line("N").terms_max_days = False
        lines = self._by_document(self._test())
        self.assertFalse(lines[early.name].limit_known)
        self.assertFalse(lines[early.name].reasons_a)
        self.assertEqual(lines[late.name].limit_amount, 100.0)
        self.assertEqual(lines[late.name].reasons_a, "limit")

    def test_orders_history_and_write_offs(self):
        partner = self._partner()
        order = self._order(partner, {"price_unit": 70.0, "product_uom_qty": 1})
        order.date_order = "2024-02-01"
        invoice = self._bill(order, "2024-02-02")
        self._trade(
            partner,
            {
                "date": "2024-02-05",
                "due_date": "2024-03-05",
                "paid_date": "2024-08-05",
                "amount": 40.0,
                "document": "OLD-1",
            },
        )
        test = self._test()
        lines = self._by_document(test)
        self.assertNotIn(invoice.name, lines)
        self.assertEqual((lines[order.name].source, lines[order.name].outcome), ("order", "bad"))
        self.assertEqual((lines["OLD-1"].source, lines["OLD-1"].outcome), ("history", "bad"))
        self.assertEqual(lines["OLD-1"].bad_amount, 40.0)
        test.bad_days = 200
        test.action_compute()
        self.assertEqual(self._by_document(test)["OLD-1"].outcome, "paid")

    def test_who_may_and_bad_input(self):
        controller = self._user("controller")
        test = self._test()
        test.with_user(controller).action_compute()
        with self.assertRaises(AccessError):
            test.with_user(self._user("seller")).read(["name"])
        with self.assertRaises(AccessError):
            test.with_user(controller).write({"held_count_a": 0})
        with self.assertRaisesRegex(ValidationError, "about the past"):
            test.date_to = fields.Date.today() + timedelta(days=3)
        test.date_to = "2024-06-30"
        with self.assertRaisesRegex(ValidationError, "two different"):
            test.other_policy_id = self.policy
        # No context of a call can name the policy that judges a customer.
        other = self.policy.copy()
        policies = self.env["logistics.credit.policy"].with_context(
            logistics_backtest_policy=other.id
        )
        self.assertEqual(policies._for_company(self.company), self.policy)
