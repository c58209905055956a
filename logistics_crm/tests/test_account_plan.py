# Part of logistics_crm. License LGPL-3 or later.
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import LogisticsLedgerCommon
from .test_security_models import OPERATIONS, ROLES

RIGHTS = {
    "logistics.account.plan": {"user": "rwcu", "manager": "rwcu", "controller": "r"},
    "logistics.account.plan.goal": {"user": "rwcu", "manager": "rwcu", "controller": "r"},
    "logistics.account.plan.review": {"user": "rwcu", "manager": "rwcu", "controller": "r"},
    "logistics.capacity": {"user": "r", "manager": "rwcu", "controller": "r"},
    "logistics.allocation": {"user": "r", "manager": "rwcu", "controller": "r"},
    "logistics.allocation.line": {"user": "r", "manager": "r", "controller": "r"},
    "logistics.development.event": {"user": "rwc", "manager": "rwcu", "controller": "r"},
    "logistics.development.participant": {"user": "rwcu", "manager": "rwcu", "controller": "r"},
    "logistics.development.rule": {"user": "r", "manager": "rwcu", "controller": "r"},
    "logistics.development.due": {"user": "r", "manager": "r", "controller": "r"},
}


@tagged("post_install", "-at_install")
class TestAccountPlan(LogisticsLedgerCommon):
    """Plans of key accounts: measured goals, reviews that remind, one live plan a year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller")
        cls.colleague = cls._user("seller")
        cls.account = cls._account(cls._partner("Key"), user_id=cls.seller.id)
        cls.today = fields.Date.context_today(cls.env["res.partner"])

    def _plan(self, year=2024, goals=(), account=None, **values):
        return self.env["logistics.account.plan"].create(
            {
                "customer_id": (account or self.account).id,
                "year": year,
                "goal_ids": [fields.Command.create(goal) for goal in goals],
                **values,
            }
        )

    def _class(self, account, value_class):
        account.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE logistics_customer SET value_class = %s WHERE id = %s",
                value_class,
                account.id,
            )
        )
        account.invalidate_recordset()

    def test_goals_are_measured_by_the_facts_of_the_year(self):
        one, two = self.env["logistics.service"].create([{"name": "One"}, {"name": "Two"}])
        partner = self.account.partner_id
        self._trade(
            partner,
            {"date": "2023-12-31", "amount": 70.0, "cost": 20.0, "service_id": one.id},
            {
                "date": "2024-01-01",
                "amount": 100.0,
                "cost": 60.0,
                "quantity": 3,
                "service_id": one.id,
                "promised_date": "2024-01-03",
                "delivered_date": "2024-01-03",
            },
            {
                "date": "2024-06-30",
                "amount": 50.0,
                "quantity": 2,
                "service_id": two.id,
                "promised_date": "2024-07-01",
                "delivered_date": "2024-07-02",
            },
            {"date": "2025-01-01", "amount": 999.0},
        )
        plan = self._plan(
            goals=[
                {"measure": "revenue", "target": 150.0},
                {"measure": "margin", "target": 80.0},
                {"measure": "quantity", "target": 6.0},
                {"measure": "services", "target": 2.0},
                {"measure": "on_time", "target": 90.0},
                {"measure": "custom", "target": 4.0, "counted": 1.0},
            ]
        )
        goals = {goal.measure: goal for goal in plan.goal_ids}
        self.assertEqual(
            [goals[m].actual for m in ("revenue", "margin", "quantity", "services", "on_time")],
            [150.0, 40.0, 5.0, 2.0, 50.0],
        )
        self.assertEqual(
            [goals[m].status for m in ("revenue", "margin", "services", "on_time", "custom")],
            ["reached", "behind", "reached", "behind", "behind"],
        )
        self.assertEqual((goals["revenue"].baseline, goals["margin"].baseline), (70.0, 50.0))
        self.assertEqual(goals["custom"].progress, 0.25)
        # as of a day in the year nothing later is known, and half a year calls for half
        plan.goal_ids._measure("2024-04-01")
        self.assertEqual((goals["revenue"].actual, goals["revenue"].status), (100.0, "on_track"))
        self.assertEqual(goals["on_time"].actual, 100.0)

    def test_unknown_is_not_zero(self):
        self._trade(self.account.partner_id, {"date": "2024-03-01", "amount": 10.0})
        plan = self._plan(
            goals=[
                {"measure": "margin", "target": 5.0},
                {"measure": "late", "target": 5.0},
                {"measure": "custom", "target": 1.0},
            ]
        )
        self.assertEqual(set(plan.goal_ids.mapped("status")), {"unknown"})
        self.assertEqual([goal.actual for goal in plan.goal_ids], [False] * 3)

    def test_one_live_plan_a_year(self):
        plan = self._plan(goals=[{"measure": "revenue", "target": 1.0}])
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                self._plan()
        self._plan(year=2025)
        plan.action_start()
        with self.assertRaisesRegex(UserError, "what the year brought"):
            plan.action_close()
        plan.result = "Good."
        plan.action_close()
        self._plan()
        with self.assertRaisesRegex(UserError, "only drafts"):
            plan.with_user(self.seller).unlink()

    def test_state_is_not_typed_and_start_needs_a_goal(self):
        plan = self._plan().with_user(self.seller)
        with self.assertRaises(AccessError):
            plan.state = "running"
        with self.assertRaisesRegex(UserError, "at least one goal"):
            plan.action_start()
        self.env["logistics.account.plan.goal"].with_user(self.seller).create(
            {"plan_id": plan.id, "measure": "revenue", "target": 5.0}
        )
        plan.action_start()
        self.assertEqual(plan.state, "running")
        with self.assertRaises(AccessError):
            plan.goal_ids.write({"measured": 99.0})
        with self.assertRaises(AccessError):
            plan.with_user(self.colleague).read(["year"])

    def test_reviews_remind_and_leave_no_reminder_behind(self):
        plan = self._plan(year=self.today.year + 1).with_user(self.seller)
        plan.action_plan_reviews()
        self.assertEqual(len(plan.review_ids), 4)
        self.assertEqual(plan.next_review, plan.review_ids[0].date)
        first = plan.review_ids[0]
        activity = first.activity_id
        self.assertEqual(
            (activity.date_deadline, activity.user_id, activity.res_id),
            (first.date, self.seller, plan.id),
        )
        first.date = fields.Date.add(first.date, days=3)
        self.assertEqual(activity.date_deadline, first.date)
        with self.assertRaisesRegex(UserError, "summary"):
            first.action_held()
        first.write({"summary": "On track.", "decisions": "Go on."})
        first.action_held()
        self.assertFalse(activity.active, "done")
        plan.action_plan_reviews()
        self.assertEqual(len(plan.review_ids), 5, "only the day that was moved is planned anew")
        plan.action_cancel()
        self.assertFalse(plan.activity_ids)
        self.assertFalse(plan.next_review)

    def test_who_has_no_plan(self):
        customers = self.env["logistics.customer"]
        missing = [("account_plan_missing", "=", True), ("company_id", "=", self.company.id)]
        self.assertFalse(customers.search(missing), "no key account")
        self._class(self.account, "key")
        self.assertEqual(customers.search(missing), self.account)
        self.assertTrue(self.account.account_plan_missing)
        self._plan(year=self.today.year - 1)
        self.assertEqual(customers.search(missing), self.account)
        plan = self._plan(year=self.today.year)
        self.assertFalse(customers.search(missing))
        plan.action_cancel()
        self.assertEqual(customers.search(missing), self.account)

    def test_merging_two_planned_customers_keeps_both_plans(self):
        other = self._account(self._partner("Twin"))
        mine, theirs = self._plan(), self._plan(account=other)
        other._fold_into(self.account)
        self.assertEqual(self.account.account_plan_ids, mine + theirs)
        self.assertEqual((mine.state, theirs.state), ("draft", "cancelled"))

    def test_paper(self):
        plan = self._plan(
            needs="One contact <b>only</b>", goals=[{"measure": "revenue", "target": 1234.0}]
        )
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("logistics_crm.report_account_plan", plan.ids)[0]
            .decode()
        )
        self.assertIn("1,234", html)
        self.assertIn("One contact &lt;b&gt;only", html)

    def test_rights(self):
        """Each role has the rights of the matrix on the models as such."""
        users = {role: self._user(role) for role in ROLES}
        for model, rights in RIGHTS.items():
            for role, user in users.items():
                name = "user" if role.startswith("seller") else role
                allowed = {o for o in OPERATIONS if self.env[model].with_user(user).has_access(o)}
                wanted = {o for o in OPERATIONS if o[0] in rights.get(name, "")}
                self.assertEqual(allowed, wanted, f"{role} on {model}")
