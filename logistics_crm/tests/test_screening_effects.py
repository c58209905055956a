# Part of logistics_crm. License LGPL-3 or later.
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .screening_common import YEAR, ScreeningCase


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningEffects(ScreeningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good, cls.late, cls.bad = cls._partners("Good", "Late", "Bad")
        cls.bad.country_id = cls.env.ref("base.ke")
        late = {"due_date": cls._day(4, 1), "paid_date": False}
        cls._history(
            (cls.good, cls._day(2, 1), 9000, {"cost": 5000}),
            (cls.good, cls._day(2, 1, YEAR - 1), 9000),
            (cls.late, cls._day(2, 1), 500, {"cost": 300, **late}),
            (cls.bad, cls._day(5, 5), 100, {"cost": 300}),
            (cls.bad, cls._day(5, 5, YEAR - 1), 900),
        )
        cls.company.logistics_credit_controller_id = cls.control
        cls.screening = cls._screening()
        of = {line.partner_id: line for line in cls.screening.line_ids}
        cls.good_line, cls.late_line, cls.bad_line = of[cls.good], of[cls.late], of[cls.bad]
        cls.good_line.write(
            {
                "decision": "keep",
                "decision_reason": "Our best",
                "target_revenue": 10000,
                "target_class": "key",
            }
        )
        cls.late_line.write({"decision": "rectify", "rectify_until": f"{YEAR + 10}-06-30"})
        cls.bad_line.write({"decision": "wind_down"})

    def _kinds(self):
        return sorted(
            (effect.customer_id.partner_id.name, effect.kind)
            for effect in self.screening.effect_ids
        )

    def test_without_planning_closing_changes_nothing(self):
        self.screening.action_close()
        for model in (
            "logistics.rectification",
            "logistics.credit.hold",
            "logistics.target.customer",
            "logistics.customer.target",
            "logistics.value.class.override",
        ):
            self.assertFalse(self.env[model].search([("company_id", "=", self.company.id)]), model)

    def test_seen_applied_taken_back(self):
        """The list beforehand, the documents on closing, and each can be ended again."""
        screening = self.screening.with_user(self.manager)
        screening.action_plan_effects()
        expected = [
            ("Bad", "hold"),
            ("Bad", "replacement"),
            ("Bad", "visit"),
            ("Good", "class"),
            ("Good", "target"),
            ("Late", "collection"),
            ("Late", "rectification"),
        ]
        self.assertEqual(self._kinds(), expected)
        self.assertFalse(self.env["logistics.rectification"].search([]), "nothing yet")
        self.good_line.target_class = False
        screening.action_close()
        effects = {effect.kind: effect for effect in screening.effect_ids}
        self.assertNotIn("class", effects, "planned again from the last decisions")
        self.assertEqual({effect.state for effect in effects.values()}, {"applied"})
        hold = effects["hold"]._document()
        self.assertEqual((hold.customer_id.partner_id, hold.state), (self.bad, "in_force"))
        order = effects["rectification"]._document()
        self.assertEqual(order.customer_id.partner_id, self.late)
        self.assertEqual(str(order.until), f"{YEAR + 10}-06-30")
        target = effects["target"]._document()
        self.assertEqual((target.year, target.revenue_target), (YEAR + 1, 10000))
        self.assertIn("Kenya", effects["replacement"]._document().reason)
        self.assertEqual(effects["collection"]._document().user_id, self.control)
        with self.assertRaises(AccessError):
            effects["hold"].with_user(self.rep_all).action_reverse()
        for effect in effects.values():
            effect.with_user(self.manager).action_reverse("Board decided otherwise")
        self.assertEqual((hold.state, order.state), ("lifted", "cancelled"))
        self.assertFalse(target.exists())
        with self.assertRaisesRegex(UserError, "Only applied"):
            effects["hold"].action_reverse()

    def test_class_by_hand(self):
        """The class chosen in the meeting becomes a class by hand, and ends when taken back."""
        self.screening.action_plan_effects()
        self.screening.action_close()
        effect = self.screening.effect_ids.filtered(lambda e: e.kind == "class")
        override = effect._document()
        self.assertTrue(override.in_force)
        self.assertEqual(self.good_line.customer_id.value_class, "key")
        effect.action_reverse("Mistaken")
        override.invalidate_recordset()
        self.assertFalse(override.in_force)

    def test_target_and_what_was_bought(self):
        """Target and revenue of the year stand side by side; unknown stays unknown."""
        target = self.env["logistics.customer.target"].create(
            {"customer_id": self.good_line.customer_id.id, "year": YEAR, "revenue_target": 12000}
        )
        self.assertEqual((target.revenue_actual, target.attainment), (9000, 0.75))
        dark = self._partners("Dark")
        self._history((dark, self._day(2, 2), None))
        account = self.env["logistics.customer"]._ensure_for(dark, self.company)
        other = target.create({"customer_id": account.id, "year": YEAR, "revenue_target": 1})
        self.assertEqual((other.revenue_actual, other.attainment), (False, False))
