# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .screening_common import YEAR, ScreeningCase


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningDecision(ScreeningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.big, cls.small, cls.loser = cls._partners("Big", "Small", "Loser")
        cls._history(
            (cls.big, cls._day(2, 1), 9000, {"cost": 5000}),
            (cls.big, cls._day(2, 1, YEAR - 1), 9000),
            (cls.small, cls._day(5, 5), 100, {"cost": 50}),
            (cls.small, cls._day(5, 5, YEAR - 1), 100),
            (cls.loser, cls._day(5, 5), 100, {"cost": 300}),
            (cls.loser, cls._day(5, 5, YEAR - 1), 900),
        )
        cls.screening = cls._screening()
        of = {line.partner_id: line for line in cls.screening.line_ids}
        cls.line, cls.small_line, cls.loser_line = of[cls.big], of[cls.small], of[cls.loser]
        cls.second = cls._user("manager")

    def test_wind_down_only_for_cause(self):
        """No profit and no potential, or grade D: everybody else cannot be wound down."""
        self.assertEqual(self.loser_line.proposal_rule, "no_profit_no_potential")
        self.loser_line.with_user(self.manager).decision = "wind_down"
        with self.assertRaisesRegex(UserError, "cannot be wound down"):
            self.line.with_user(self.manager).decision = "wind_down"
        with self.assertRaisesRegex(UserError, "Big"):
            (self.line + self.loser_line).with_context(decision="wind_down").action_decide()
        self.line.customer_id.sudo().credit_grade_code = "D"
        self.line.with_user(self.manager).decision = "wind_down"

    def test_two_managers(self):
        """Who overrules another manager says why; nothing is overwritten unseen."""
        self.line.with_user(self.manager).decision = "keep"
        self.assertEqual(self.line.decided_by, self.manager)
        with self.assertRaisesRegex(UserError, "has decided Big already: Keep"):
            self.line.with_user(self.second).decision = "develop"
        self.line.with_user(self.second).write(
            {"decision": "develop", "decision_reason": "New warehouse in spring"}
        )
        self.assertEqual((self.line.decision, self.line.decided_by), ("develop", self.second))
        self.line.with_user(self.manager).write({"decision_reason": "Agreed"})
        self.assertEqual(self.line.decided_by, self.second, "a reason is no decision")

    def test_second_signature(self):
        """From the limit on, closing waits for a second manager; smaller ones need none."""
        self.screening.countersign_revenue = 5000
        lines = self.line + self.small_line
        lines.with_user(self.manager).action_accept_proposal()
        self.assertEqual(
            (self.line.needs_countersign, self.small_line.needs_countersign), (True, False)
        )
        found = self.env["logistics.screening.line"].search([("needs_countersign", "=", True)])
        self.assertEqual(found & self.screening.line_ids, self.line)
        with self.assertRaisesRegex(UserError, "second signature: Big"):
            self.screening.with_user(self.manager).action_close()
        with self.assertRaisesRegex(AccessError, "yourself"):
            self.line.with_user(self.manager).action_countersign()
        with self.assertRaises(AccessError):
            self.line.with_user(self.rep_all).action_countersign()
        self.line.with_user(self.second).action_countersign()
        self.assertEqual(self.line.countersigned_by, self.second)
        self.line.with_user(self.manager).write(
            {"decision": "maintain", "decision_reason": "After all"}
        )
        self.assertFalse(self.line.countersigned_by, "another decision needs another signature")
        self.line.with_user(self.second).action_countersign()
        self.screening.with_user(self.manager).action_close()
        with self.assertRaisesRegex(UserError, "closed"):
            self.line.with_user(self.second).action_countersign()

    def test_zero_limit_is_not_no_limit(self):
        """0 asks for two signatures on every decided customer with known revenue."""
        self.small_line.decision = self.small_line.proposal
        self.assertFalse(self.small_line.needs_countersign)
        self.screening.countersign_revenue = 0
        self.assertTrue(self.small_line.needs_countersign)

    def test_exceptions_need_a_reason(self):
        """A decision that differs from the proposal has its reason before closing."""
        other = "develop" if self.line.proposal != "develop" else "maintain"
        self.line.decision = other
        with self.assertRaisesRegex(UserError, "without a reason: Big"):
            self.screening.action_close()
        self.line.decision_reason = "Opens a second site"
        self.screening.action_close()

    def test_rectify_until_has_to_come(self):
        with self.assertRaisesRegex(ValidationError, "Choose a later day"):
            self.line.write({"decision": "rectify", "rectify_until": f"{YEAR}-12-31"})
        self.line.write({"decision": "rectify", "rectify_until": f"{YEAR + 1}-06-30"})


@tagged("post_install", "-at_install", "logistics_screening")
class TestRectification(ScreeningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partners("Debtor")
        cls.customer = cls.env["logistics.customer"]._ensure_for(cls.partner, cls.company)
        cls.today = fields.Date.context_today(cls.customer)

    def _order(self, **values):
        return self.env["logistics.rectification"].create(
            {
                "customer_id": self.customer.id,
                "user_id": self.rep.id,
                "until": self.today + timedelta(days=5),
                **values,
            }
        )

    def test_judged_by_figures(self):
        """Met conditions fulfil at once, unmet ones fail only after the last day."""
        order = self._order(max_overdue=100, max_days_late=10)
        self.customer.sudo().write({"overdue_amount": 100.01, "average_days_late": 3})
        order.action_check()
        self.assertEqual(order.state, "open")
        self.assertIn("100.01", order.finding)
        with freeze_time(self.today + timedelta(days=6)):
            cron = self.env.ref("logistics_crm.cron_rectification")
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        order.invalidate_recordset()
        self.assertEqual(order.state, "failed")
        self.assertEqual(order.activity_ids.user_id, self.rep)
        second = self._order(max_overdue=100, max_days_late=10)
        self.customer.sudo().overdue_amount = 100
        second.action_check()
        self.assertEqual(second.state, "fulfilled")
        with self.assertRaisesRegex(UserError, "finished"):
            second.action_check()

    def test_unknown_is_no_failure(self):
        """A figure nobody knows leads to a question, not to a verdict."""
        order = self._order(max_overdue=0, min_margin=1000)
        self.customer.sudo().write({"overdue_amount": 0, "margin_12m": False})
        order.action_check()
        self.assertEqual(order.state, "open")
        with freeze_time(self.today + timedelta(days=6)):
            order.action_check()
        self.assertEqual(order.state, "unknown")
        order.with_user(self.control).action_judge_fulfilled()
        self.assertEqual(order.state, "fulfilled")

    def test_rights(self):
        """A representative works on own customers' orders, makes and judges none."""
        order = self._order()
        self.customer.user_id = self.rep
        order.with_user(self.rep).condition = "Pay the old items by June"
        with self.assertRaises(AccessError):
            order.with_user(self.rep_all).unlink()
        self.customer.user_id = self.rep_all
        with self.assertRaises(AccessError):
            order.with_user(self.rep).condition = "Mine"
        with self.assertRaises(AccessError):
            self.env["logistics.rectification"].with_user(self.rep).create(
                {"customer_id": self.customer.id, "until": self.today}
            )
        with self.assertRaisesRegex(ValidationError, "past"):
            self._order(until=self.today - timedelta(days=1))
