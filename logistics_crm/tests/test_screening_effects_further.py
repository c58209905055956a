# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .screening_common import YEAR, ScreeningCase


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningEffectsFurther(ScreeningCase):
    """Visits, credit limit and the arrears gate: seen beforehand, made, taken back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good, cls.late, cls.bad = cls._partners("Good", "Late", "Bad")
        cls._history(
            (cls.good, cls._day(2, 1), 9000, {"cost": 5000}),
            (cls.late, cls._day(2, 1), 500, {"due_date": cls._day(4, 1), "paid_date": False}),
            (cls.bad, cls._day(5, 5), 100, {"cost": 300}),
            (cls.bad, cls._day(5, 5, YEAR - 1), 900),
        )
        cls.company.logistics_credit_control = "enforce"
        plan = {"company_id": cls.company.id, "kind": "patrol"}
        cls.env["logistics.visit.plan"].create(
            [
                {**plan, "value_class": "key", "interval_days": 14},
                {**plan, "value_class": False, "interval_days": 120},
                {
                    "company_id": cls.company.id,
                    "kind": "executive",
                    "interval_days": 365,
                    "who": "rep",
                },
            ]
        )
        cls.screening = cls._screening()
        of = {line.partner_id: line for line in cls.screening.line_ids}
        cls.good_line, cls.late_line, cls.bad_line = of[cls.good], of[cls.late], of[cls.bad]
        cls.good_line.write({"decision": "keep", "decision_reason": "Our best"})
        cls.late_line.write({"decision": "rectify", "decision_reason": "Pays late"})
        cls.bad_line.write({"decision": "wind_down"})

    def _plan(self):
        self.screening.with_user(self.manager).action_plan_effects()
        return self._effects()

    def _close(self):
        self._plan()
        self.screening.with_user(self.manager).action_close()
        return self._effects()

    def _effects(self):
        return {
            (effect.customer_id.partner_id, effect.kind): effect
            for effect in self.screening.effect_ids
        }

    def _intervals(self, partner):
        account = self.env["logistics.customer"]._ensure_for(partner, self.company)
        rows = self.env["logistics.visit.requirement"]._requirements_sql(
            self.company, fields.Date.context_today(account), customers=account
        )
        return dict(
            self.env.execute_query(SQL("SELECT r.kind, r.interval_days FROM %s AS r", rows))
        )

    def test_visits(self):
        """A chosen interval holds for a year; who is wound down is not visited in any way."""
        self.good_line.target_visit_days = 7
        planned = self._plan()
        self.assertIn("7 days", planned[self.good, "visit"].description)
        self.assertIn("No visits", planned[self.bad, "visit"].description)
        self.assertNotIn((self.late, "visit"), planned)
        self.assertEqual(self._intervals(self.good)["patrol"], 120, "nothing happened yet")
        effects = self._close()
        self.assertEqual(self._intervals(self.good), {"patrol": 7, "executive": 365})
        self.assertEqual(self._intervals(self.bad), {})
        for partner in (self.good, self.bad):
            effects[partner, "visit"].with_user(self.manager).action_reverse("Board said no")
        self.assertEqual(self._intervals(self.good)["patrol"], 120)
        self.assertEqual(self._intervals(self.bad), {"patrol": 120, "executive": 365})

    def test_new_class_says_what_it_means_for_the_visits(self):
        self.good_line.target_class = "key"
        text = self._plan()[self.good, "class"].description
        self.assertIn("every 14 instead of 120 days", text)
        self._close()
        self.assertEqual(self._intervals(self.good)["patrol"], 14)

    def test_credit_limit_is_only_proposed(self):
        """Closing proposes; another person approves; taking back proposes the limit before."""
        account = self.good_line.customer_id
        limits = self.env["logistics.credit.limit"]
        old = limits.create({"customer_id": account.id, "amount": 800, "reason": "Old"})
        old._approve(self.control)
        self.good_line.target_limit = 800
        self.assertNotIn((self.good, "limit"), self._plan(), "nothing would change")
        self.good_line.target_limit = 0
        self.assertIn((self.good, "limit"), self._plan(), "zero is a limit, not an empty field")
        limit = self._close()[self.good, "limit"]._document()
        self.assertEqual(
            (limit.state, limit.amount, limit.requested_by), ("proposed", 0, self.manager)
        )
        self.assertEqual(account._credit_limit(fields.Date.today())["base"], 800)
        limit._approve(self.control)
        self.assertEqual(account._credit_limit(fields.Date.today())["base"], 0)
        self._effects()[self.good, "limit"].with_user(self.manager).action_reverse("Mistaken")
        counter = limits.search([("customer_id", "=", account.id), ("state", "=", "proposed")])
        self.assertEqual((counter.amount, counter.reason), (800, "Mistaken"))

    def test_gate(self):
        """What was open at the closing date has to be settled first; only who is named lifts it."""
        effect = self._plan()[self.late, "gate"]
        self.assertIn("500", effect.description)
        self.assertNotIn((self.good, "gate"), self._effects())
        effect = self._close()[self.late, "gate"]
        gate = effect._document()
        self.assertEqual(
            (gate._name, gate.year, gate.amount, gate.state),
            ("logistics.arrears.gate", YEAR, 500, "open"),
        )
        with self.assertRaisesRegex(AccessError, "not named"):
            effect.with_user(self.manager).action_reverse("Pays in March")
        self.assertEqual((effect.state, gate.state), ("applied", "open"))
        self.env["logistics.credit.authority"].create(
            {
                "user_id": self.manager.id,
                "company_id": self.company.id,
                "may_lift_gate": True,
            }
        )
        effect.with_user(self.manager).action_reverse("Pays in March")
        self.assertEqual((effect.state, gate.state), ("reversed", "lifted"))

    def test_no_gate_without_credit_control(self):
        self.company.logistics_credit_control = "off"
        self.assertNotIn((self.late, "gate"), self._plan())
        self.screening.action_close()
        self.assertFalse(
            self.env["logistics.arrears.gate"].search([("company_id", "=", self.company.id)])
        )

    def test_conditions_follow_the_reason(self):
        """Overdue money for who owes it, the margin for who brings a loss."""
        self.bad_line.write({"decision": "rectify", "decision_reason": "One more year"})
        texts = {key: effect.description for key, effect in self._plan().items()}
        self.assertIn("nothing overdue", texts[self.late, "rectification"])
        self.assertNotIn("no loss", texts[self.late, "rectification"])
        self.assertIn("no loss", texts[self.bad, "rectification"])
        orders = {key: effect._document() for key, effect in self._close().items()}
        late, bad = orders[self.late, "rectification"], orders[self.bad, "rectification"]
        self.assertEqual((late.max_overdue, late.min_margin), (0, False))
        self.assertEqual((bad.max_overdue, bad.min_margin), (False, 0))

    def test_archived_between_decision_and_closing(self):
        """Nothing happens to an archived customer, and the campaign says so; others go on."""
        self._plan()
        self.bad_line.customer_id.active = False
        effects = self._close()
        self.assertFalse([key for key in effects if key[0] == self.bad])
        self.assertEqual(effects[self.late, "rectification"].state, "applied")
        self.assertEqual(self.bad_line.decision, "wind_down", "the decision stays on record")
        self.assertTrue(
            self.screening.message_ids.filtered(lambda message: "Bad" in (message.body or ""))
        )

    def test_merged_between_decision_and_closing(self):
        """A merge asks to compute again; what was planned for the merged line goes with it."""
        self._plan()
        source, target = self.bad_line.customer_id, self.good_line.customer_id
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (source + target).partner_id.ids, target.partner_id
        )
        self.assertFalse(source.exists())
        self.assertTrue(self.screening.needs_recompute)
        self.screening.action_compute()
        effects = self._close()
        self.assertNotIn("hold", {kind for _partner, kind in effects})
        self.assertEqual(effects[self.late, "rectification"].state, "applied")
