# Part of logistics_crm. License LGPL-3 or later.
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .screening_common import YEAR, ScreeningCase

SAFE = {
    "weight_volume": 0,
    "weight_margin": 0,
    "weight_safety": 100,
    "weight_future": 0,
    "weight_cooperation": 0,
}


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningWhatIf(ScreeningCase):
    """Trying other weights tells exactly what setting them would do, and writes nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.names = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon")
        cls.partners = cls._partners(*cls.names)
        rows = []
        for place, partner in enumerate(cls.partners, 1):
            for year, factor in ((YEAR - 2, 80), (YEAR - 1, 100), (YEAR, 70 + 20 * place)):
                for month in range(1, 1 + place * 2):
                    due = cls._day(month, 20, year)
                    paid = cls._day(month, 20 if place % 2 else 28, year)
                    cost = 60 * place if place != 3 else None
                    rows.append(
                        (
                            partner,
                            cls._day(month, 5, year),
                            factor * place,
                            {"due_date": due, "paid_date": paid, "cost": cost},
                        )
                    )
        cls._history(*rows)
        cls.screening = cls._screening()

    def _state(self):
        lines = self.screening.line_ids.sorted("id")
        return [
            (line.customer_name, line.score_total, line.confidence, line.proposal) for line in lines
        ]

    def test_trying_equals_setting(self):
        """What the what-if foretells is what recomputing with those settings gives."""
        for settings in (
            SAFE,
            {"threshold_pareto": 0.1},
            {"threshold_days_late": 0, "threshold_growth": 0},
            {**dict.fromkeys(SAFE, 0), "weight_margin": 60, "weight_future": 40},
            {"target_margin_rate": 0.9, "minimum_cost_coverage": 1},
        ):
            before = {name: (total, proposal) for name, total, _c, proposal in self._state()}
            frozen = self._state()
            outcome = self.screening._what_if(settings)
            self.assertEqual(self._state(), frozen, "nothing is written")
            copy = self.screening.sudo()
            saved = copy._settings()
            copy.write(settings)
            self.assertTrue(copy.needs_rescore)
            copy.action_compute()
            after = {name: (total, proposal) for name, total, _c, proposal in self._state()}
            self.assertFalse(copy.needs_rescore)
            self.assertEqual(
                outcome["changed"], sum(before[name][1] != after[name][1] for name in after)
            )

            def place(state, name):
                total = state[name][0]
                return 1 + sum(other > total for other, _p in state.values())

            self.assertEqual(
                outcome["moved"], sum(place(before, n) != place(after, n) for n in after)
            )
            for change in outcome["changes"]:
                name = change["customer"]
                self.assertAlmostEqual(float(change["total_after"]), after[name][0], 2)
                self.assertEqual(change["proposal_after"], after[name][1])
                self.assertEqual(change["place_after"], place(after, name))
            for proposal, (_now, then) in outcome["proposals"].items():
                self.assertEqual(then, sum(p == proposal for _t, p in after.values()))
            copy.write(saved)
            copy.action_compute()
            self.assertEqual(self._state(), frozen, "back where it was")

    def test_scoring_again_equals_computing(self):
        """Score Again gives the same points as a whole computing, and keeps decisions."""
        line = self.screening.line_ids[0]
        line.decision = line.proposal
        self.screening.write(SAFE)
        self.screening.action_rescore()
        rescored = self._state()
        self.assertEqual(self.screening.needs_rescore, False)
        self.screening.action_compute()
        self.assertEqual(self._state(), rescored)
        self.assertTrue(line.decision)
        for total in [row[1] for row in rescored]:
            self.assertIn(total, self.screening.line_ids.mapped("score_safety"))

    def test_moving_a_weight_on_the_form(self):
        """The manager moves a weight: the outcome is there before anything is saved."""
        action = self.screening.with_user(self.manager).action_what_if()
        model = self.env["logistics.screening.what.if"].with_user(self.manager)
        with Form(model.with_context(**action["context"])) as form:
            self.assertEqual(form.changed_count, 0)
            self.assertEqual(form.weight_total, 100)
            for name, value in SAFE.items():
                setattr(form, name, value)
            self.assertIn("Alpha", form.outcome_html)
            self.assertEqual(
                form.moved_count, self.screening._what_if(SAFE)["moved"], "as the server says"
            )
            form.name = "Safety first"
        wizard = form.record
        wizard.action_keep()
        scenario = self.screening.scenario_ids
        self.assertEqual(scenario.name, "Safety first")
        counts = [scenario[f"{p}_count"] for p in ("keep", "develop", "maintain", "rectify")]
        self.assertEqual(sum(counts) + scenario.wind_down_count, len(self.partners))
        self.assertEqual(self.screening.weight_safety, 20)
        scenario.action_apply()
        self.assertEqual(self.screening.weight_safety, 100)
        self.assertEqual(scenario.screening_id._what_if({})["changed"], 0)

    def test_who_may_try(self):
        """Representatives and controllers do not reach the what-if, nor a closed campaign."""
        for user in (self.rep, self.rep_all, self.control):
            with self.assertRaises(AccessError):
                self.env["logistics.screening.what.if"].with_user(user).create(
                    {"screening_id": self.screening.id}
                )
            with self.assertRaises(AccessError):
                self.env["logistics.screening.scenario"].with_user(user).search([])
        self.screening.action_close()
        self.assertEqual(self.screening._what_if(SAFE)["customers"], 5, "looking is allowed")
        with self.assertRaisesRegex(UserError, "closed"):
            self.screening.action_rescore()
        scenario = self.env["logistics.screening.scenario"].create(
            {"name": "Late", "screening_id": self.screening.id, **SAFE}
        )
        with self.assertRaisesRegex(UserError, "closed"):
            scenario.action_apply()
        with self.assertRaisesRegex(ValidationError, "add up to 100"):
            scenario.weight_safety = 90

    def test_constant_number_of_statements(self):
        """Twice the customers, the same number of queries."""

        def queries():
            before = self.env.cr.sql_log_count
            self.screening._what_if(SAFE)
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        more = self._partners(*(f"More {n}" for n in range(30)))
        self._history(*((p, self._day(3, 3), 10) for p in more))
        self.screening.action_compute()
        queries()
        self.assertEqual(queries(), few)


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningJudgement(ScreeningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own, cls.foreign = cls._partners("Own", "Foreign")
        cls._history(
            (cls.own, cls._day(2, 1), 500),
            (cls.own, cls._day(2, 1, YEAR - 1), 500),
            (cls.foreign, cls._day(2, 1), 500),
        )
        cls.screening = cls._screening()
        of = {line.partner_id: line for line in cls.screening.line_ids}
        cls.line, cls.other = of[cls.own], of[cls.foreign]
        cls.line.customer_id.user_id = cls.rep
        cls.other.customer_id.user_id = cls.rep_all
        cls.Judgement = cls.env["logistics.screening.judgement"]

    def _judge(self, user, line=None, **values):
        values = {"line_id": (line or self.line).id, **values}
        return self.Judgement.with_user(user).create(values)

    def test_points_follow_the_judgement(self):
        """Growth 0 gives 0.5 x 7, one year of trade 0.2 x 3, judgement 4 of 5 gives 0.75 x 10."""
        before = self.line.score_future
        self._judge(self.rep, future="4")
        self.assertEqual(self.line.judged_future, 0.75)
        self.assertTrue(self.screening.needs_rescore)
        self.assertEqual(self.line.score_future, before, "until somebody scores again")
        self.screening.action_rescore()
        tenure = min(self.line.tenure_years / 5, 1)
        self.assertAlmostEqual(
            self.line.score_future, 100 * (7 * 0.5 + 3 * tenure + 10 * 0.75) / 20, 2
        )
        self.screening.action_compute()
        self.assertAlmostEqual(
            self.line.score_future, 100 * (7 * 0.5 + 3 * tenure + 10 * 0.75) / 20, 2
        )

    def test_manager_takes_the_place(self):
        """The manager's judgement counts instead of the representative's, where there is one."""
        self._judge(self.rep, future="2", cooperation="4")
        mine = self._judge(self.manager, future="3", role="manager")
        self.assertEqual((self.line.judged_future, self.line.judged_cooperation), (0.5, 0.75))
        mine.unlink()
        self.assertEqual(self.line.judged_future, 0.25)

    def test_what_is_refused(self):
        """No end of a scale without evidence, no foreign customer, no borrowed role, not late."""
        for user, line, values, error in (
            (self.rep, self.line, {"future": "5"}, ValidationError),
            (self.rep, self.line, {"future": "1", "evidence": "  "}, ValidationError),
            (self.rep, self.line, {"future": "3", "role": "manager"}, AccessError),
            (self.rep, self.other, {"future": "3"}, AccessError),
            (self.control, self.line, {"future": "3"}, AccessError),
        ):
            with self.assertRaises(error), self.cr.savepoint():
                self._judge(user, line, **values)
        self._judge(self.rep, future="5", evidence="Showed us the order book for next year")
        judgement = self._judge(self.manager, role="manager", cooperation="3")
        with self.assertRaises(AccessError):
            judgement.with_user(self.rep).write({"cooperation": "5", "evidence": "mine"})
        self.screening.action_close()
        with self.assertRaisesRegex(UserError, "closed"):
            judgement.with_user(self.manager).cooperation = "2"
