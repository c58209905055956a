# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestRetentionTours(HttpCase):
    """Alarms, newcomers and thresholds in a real browser, as representative and as manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.today = fields.Date.context_today(cls.env["res.partner"])
        cls.seller = cls._user("keep_rep", "logistics_crm.group_user")
        cls.manager = cls._user("keep_head", "logistics_crm.group_manager")
        weekly = range(371, 40, -7)
        for name, user, days in (
            ("Tour Silent", cls.seller, weekly),
            ("Tour Distant", cls.manager, weekly),
            ("Tour Newcomer", cls.seller, (12,)),
        ):
            cls._trade(name, user, days)
        cls.env["logistics.customer"]._refresh_figures(company=cls.company)
        cls.env["logistics.churn.alarm"]._raise_alarms(cls.today, cls.company)
        cls.env["logistics.onboarding.step"].search([]).active = False
        cls.env["logistics.onboarding.step"].create({"name": "Tour Check", "due_days": 7})
        cls.company.logistics_onboarding = True
        cls.env["logistics.onboarding.milestone"]._refresh_company(cls.company, cls.today)

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(
            cls.env, login=login, name=login, groups=groups, email=f"{login}@test.example.com"
        )

    @classmethod
    def _trade(cls, name, user, days):
        partner = cls.env["res.partner"].create(
            {"name": name, "is_company": True, "user_id": user.id}
        )
        cls.env["logistics.trading.history"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": cls.company.id,
                    "currency_id": cls.company.currency_id.id,
                    "document": f"{name} {day}",
                    "line": "1",
                    "date": cls.today - timedelta(days=day),
                    "amount": 100.0,
                    "cost": 60.0,
                }
                for day in days
            ]
        )

    def _customer(self, name):
        return self.env["logistics.customer"].search([("name", "=", name)])

    def test_representative(self):
        self.start_tour(
            "/odoo/logistics-churn-alarms", "logistics_alarm_verdict_tour", login="keep_rep"
        )
        alarm = self._customer("Tour Silent").churn_alarm_ids.filtered(lambda a: a.rule == "gap")
        self.assertEqual((alarm.state, alarm.outcome, alarm.hit), ("closed", "lost", 1.0))
        self.assertEqual(alarm.closed_by_id, self.seller)
        self.assertEqual(alarm.opinion, "A competitor is cheaper")
        self.start_tour("/odoo/logistics-newcomers", "logistics_newcomer_tour", login="keep_rep")
        milestone = self._customer("Tour Newcomer").milestone_ids
        self.assertEqual((milestone.state, milestone.done_by_id), ("done", self.seller))

    def test_manager(self):
        self.company.logistics_alarm_precision = 0.7
        self.env["logistics.churn.alarm"].create(
            [
                {
                    "customer_id": self._customer("Tour Distant").id,
                    "rule": "drop",
                    "date": self.today - timedelta(days=90),
                    "level": 3.5 + number / 10,
                    "state": "closed",
                    "closed_on": self.today - timedelta(days=60),
                    "cause": "price" if number > 13 else "none",
                    "outcome": "lost" if number > 13 else "false_alarm",
                    "hit": float(number > 13),
                }
                for number in range(30)
            ]
        )
        self.env["logistics.alarm.proposal"]._propose(self.company)
        self.start_tour(
            "/odoo/logistics-alarm-thresholds", "logistics_threshold_tour", login="keep_head"
        )
        proposal = self.env["logistics.alarm.proposal"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.assertEqual(proposal.decided_by_id, self.manager)
        self.assertAlmostEqual(self.company.logistics_alarm_drop, proposal.proposed)
        self.start_tour(
            "/odoo/logistics-newcomer-conversion", "logistics_conversion_tour", login="keep_head"
        )
