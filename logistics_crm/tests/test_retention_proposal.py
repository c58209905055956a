# Part of logistics_crm. License LGPL-3 or later.
"""Thresholds of the alarms: proposed from verdicts, decided by managers, never silently."""

import random
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LogisticsCommon

TODAY = date(2024, 6, 28)


@tagged("post_install", "-at_install")
class TestRetentionProposal(LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alarms = cls.env["logistics.churn.alarm"]
        cls.proposals = cls.env["logistics.alarm.proposal"]
        cls.account = cls._account()
        cls.manager = cls._user("manager")
        cls.company.logistics_alarm_precision = 0.7

    def _verdicts(self, rule, levels, day=date(2024, 3, 1)):
        """Closed alarms of a rule: ``(level, right)``."""
        self.alarms.create(
            [
                {
                    "customer_id": self.account.id,
                    "rule": rule,
                    "date": day,
                    "level": level,
                    "state": "closed",
                    "closed_on": day + timedelta(days=number % 20),
                    "cause": "price" if right else "none",
                    "outcome": "lost" if right else "false_alarm",
                    "hit": float(right),
                }
                for number, (level, right) in enumerate(levels)
            ]
        )

    def _weak(self):
        """Volume alarms of which those close to the threshold were false."""
        return [(3.5 + n / 10, n >= 14) for n in range(30)]

    def test_tightened_by_verdicts(self):
        """Where false alarms lie close to the threshold, a stricter one is proposed."""
        self._verdicts("drop", self._weak())
        proposal = self.proposals._propose(self.company, TODAY)
        self.assertEqual((proposal.rule, proposal.state), ("drop", "open"))
        self.assertEqual((proposal.verdicts, proposal.threshold), (30, 3.5))
        kept = [(level, hit) for level, hit in self._weak() if level > proposal.proposed]
        right = sum(hit for _level, hit in kept)
        self.assertAlmostEqual(proposal.expected_precision, right / len(kept))
        self.assertAlmostEqual(proposal.kept, right / 16)
        self.assertGreaterEqual((right + 2) / (len(kept) + 4), 0.7)
        self.assertLess(proposal.proposed, 5.0, "no stricter than needed")
        self.assertIn("53 % of 30 alarms", proposal.reason)
        self.assertEqual(self.company.logistics_alarm_drop, 3.5, "nothing changes by itself")
        self.assertFalse(self.proposals._propose(self.company, TODAY), "one at a time")

    def test_silence_tightens_downwards(self):
        """For silence a smaller budget is stricter; one proposal moves it by half at most."""
        self._verdicts("gap", [(0.8 - n / 50, n >= 20) for n in range(30)])
        proposal = self.proposals._propose(self.company, TODAY)
        self.assertLess(proposal.proposed, 0.8)
        self.assertGreaterEqual(proposal.proposed, 0.4)

    def test_loosened_when_always_right(self):
        """Where nearly every alarm was right the rule may sound earlier, by a quarter."""
        self._verdicts("gap", [(0.3, True)] * 30)
        proposal = self.proposals._propose(self.company, TODAY)
        self.assertAlmostEqual(proposal.proposed, 1.25 * self.company.logistics_alarm_budget)
        self.assertIs(proposal.expected_precision, False)
        self.assertIn("sound earlier", proposal.reason)

    def test_nothing_to_say(self):
        """Too few verdicts, old ones, and those that are as wanted propose nothing."""
        self._verdicts("drop", self._weak()[:19])
        self._verdicts("rise", self._weak(), date(2021, 1, 1))
        self._verdicts("gap", [(0.3, n % 5 > 0) for n in range(40)])
        self.assertFalse(self.proposals._propose(self.company, TODAY))

    def test_no_look_ahead(self):
        """What is proposed for a day does not depend on later verdicts."""
        self._verdicts("drop", self._weak())
        verdicts = self.proposals._verdicts(self.company, "drop", TODAY)
        self._verdicts("drop", [(9.0, False)] * 30, TODAY + timedelta(days=1))
        self.assertEqual(self.proposals._verdicts(self.company, "drop", TODAY), verdicts)

    def test_drawn_verdicts(self):
        """Whatever the verdicts: within bounds, a factor of two at most, never worse."""
        for seed in range(30):
            draw = random.Random(seed)
            rule = draw.choice(["gap", "drop"])
            present = 0.7 if rule == "gap" else 3.5
            bend = draw.uniform(-1, 1)
            verdicts = []
            for _number in range(draw.randrange(20, 90)):
                part = draw.random()
                level = present * (1 - 0.9 * part if rule == "gap" else 1 + 2 * part)
                verdicts.append((level, draw.random() < min(max(0.4 + bend * (part - 0.5), 0), 1)))
            found = self.proposals._better(verdicts, rule, present, self.company)
            if not found:
                continue
            self.assertTrue(present / 2 <= found["proposed"] <= present * 2)
            if "kept" in found:
                self.assertGreaterEqual(found["kept"], 0.5)
                before = sum(hit for _level, hit in verdicts) / len(verdicts)
                self.assertGreater(found["expected_precision"], before - 1e-9)

    def test_decided_by_managers(self):
        """A manager accepts or refuses; it is kept with its day; a stale one is refused."""
        self._verdicts("drop", self._weak())
        proposal = self.proposals._propose(self.company, TODAY)
        with self.assertRaises(AccessError):
            proposal.with_user(self._user("seller")).action_accept()
        with self.assertRaises(AccessError):
            proposal.with_user(self.manager).write({"proposed": 1.0})
        with self.assertRaises(AccessError):
            proposal.with_user(self.manager).write({"state": "accepted"})
        self.company.logistics_alarm_drop = 4.0
        with self.assertRaises(UserError):
            proposal.with_user(self.manager).action_accept()
        self.company.logistics_alarm_drop = 3.5
        proposal.with_user(self.manager).action_accept()
        self.assertAlmostEqual(self.company.logistics_alarm_drop, proposal.proposed)
        self.assertEqual((proposal.state, proposal.decided_by_id), ("accepted", self.manager))
        self.assertTrue(proposal.decided_on)
        with self.assertRaises(UserError):
            proposal.with_user(self.manager).action_refuse()
        later = TODAY + timedelta(days=40)
        self.assertFalse(
            self.proposals._propose(self.company, later), "waits for ten more verdicts"
        )
        # still false just above the new threshold
        level = proposal.proposed
        self._verdicts("drop", [(level + n / 100, False) for n in range(30)], TODAY)
        second = self.proposals._propose(self.company, later)
        self.assertEqual(second.threshold, level)
        second.with_user(self.manager).action_refuse()
        self.assertAlmostEqual(self.company.logistics_alarm_drop, level)
        self.assertEqual(second.state, "refused")

    def test_other_companies(self):
        """Verdicts and decisions of one company say nothing about another."""
        self._verdicts("drop", self._weak())
        other = self._other_company()
        self.assertFalse(self.proposals._propose(other, TODAY))
        proposal = self.proposals._propose(self.company, TODAY)
        stranger = self._user("manager", other)
        theirs = self.proposals.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(theirs.search([("id", "=", proposal.id)]))

    def test_precision_is_reported(self):
        """Closing an alarm says whether it was right; a false one gained no days."""
        right, false = self.alarms.create(
            [
                {
                    "customer_id": self.account.id,
                    "rule": rule,
                    "date": TODAY,
                    "cause": cause,
                    "outcome": outcome,
                    "days_gained": 50,
                }
                for rule, cause, outcome in (
                    ("gap", "price", "saved"),
                    ("drop", "season", "false_alarm"),
                )
            ]
        )
        self.assertIs(right.hit, False)
        (right + false).action_close()
        self.assertEqual((right.hit, false.hit), (1.0, 0.0))
        self.assertEqual((right.days_gained, false.days_gained), (50, False))
        [(precision, gained)] = self.alarms._read_group(
            [("id", "in", (right + false).ids)], [], ["hit:avg", "days_gained:avg"]
        )
        self.assertEqual((precision, gained), (0.5, 50))
        right.with_user(self.manager).action_reopen()
        self.assertIs(right.hit, False)
