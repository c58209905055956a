# Part of logistics_crm. License LGPL-3 or later.
"""Churn alarms: who is alarmed about, once, as of any day, and how an alarm ends."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LogisticsCommon

TODAY = date(2024, 6, 28)


@tagged("post_install", "-at_install")
class TestRetentionAlarm(LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alarms = cls.env["logistics.churn.alarm"]
        # Twelve weekly customers set the clock; one of them stops six weeks before today.
        cls.partners = cls._partners(12)
        cls.silent = cls.partners[0]
        for number, partner in enumerate(cls.partners):
            stop = TODAY - timedelta(days=42) if partner == cls.silent else TODAY
            first = date(2023, 1, 2) + timedelta(days=number % 7)
            cls._weekly(partner, first, stop)
        cls._refresh(TODAY)

    @classmethod
    def _partners(cls, number):
        return [cls._partner(f"Weekly {place}") for place in range(number)]

    @classmethod
    def _weekly(cls, partner, first, last, amount=100.0):
        days = range(0, (last - first).days + 1, 7)
        cls._trade(
            partner,
            *[{"date": first + timedelta(days=d), "amount": amount, "cost": 80.0} for d in days],
        )

    def _raise(self, day=TODAY):
        return self.alarms._raise_alarms(day, self.company)

    def test_silence_is_noticed_once(self):
        """The silent weekly customer is alarmed about, the others not, and only once."""
        rep = self._user("seller")
        self._account_of(self.silent).user_id = rep
        alarm = self._raise()
        self.assertEqual(alarm.customer_id, self._account_of(self.silent))
        self.assertEqual(alarm.rule, "gap")
        self.assertIn(
            "42 days"
            if alarm.last_trade_date == TODAY - timedelta(days=42)
            else f"{(TODAY - alarm.last_trade_date).days} days",
            alarm.evidence,
        )
        self.assertEqual(alarm.activity_ids.user_id, rep)
        self.assertAlmostEqual(alarm.probability, 0.5, 2)
        self.assertGreater(alarm.severity, 0)
        self.assertLessEqual(alarm.severity, 53 * 20 * 0.5)
        self.assertFalse(self._raise(), "running it again adds nothing")
        self.assertFalse(self._raise(TODAY + timedelta(days=1)))

    def test_no_look_ahead(self):
        """What was alarming on a day is so whatever happened later."""
        before = self.alarms._detect(TODAY, self.company)
        self.assertTrue(before)
        self._trade(self.silent, "2024-06-29", "2024-07-06")
        self._weekly(self.partners[3], date(2024, 7, 1), date(2024, 8, 1), 9000.0)
        self.assertEqual(self.alarms._detect(TODAY, self.company), before)
        self.assertFalse(
            self.alarms._detect(date(2024, 7, 6), self.company)
            and self.alarms._detect(date(2024, 7, 6), self.company)[0]["customer_id"]
            == self._account_of(self.silent).id
        )

    def test_not_blocked_not_archived(self):
        """No alarm about customers we stopped ourselves, nor about archived ones."""
        account = self._account_of(self.silent)
        hold = self.env["logistics.credit.hold"].create(
            {"customer_id": account.id, "reason": "Does not pay", "date_from": "2024-06-01"}
        )
        self.assertFalse(self._raise())
        hold.date_until = "2024-06-27"
        self.assertTrue(self.alarms._detect(TODAY, self.company))
        account.active = False
        self.env.flush_all()
        self.assertFalse(self.alarms._detect(TODAY, self.company))

    def test_too_little_history(self):
        """Three trade days are no rhythm."""
        partner = self._partner()
        self._trade(partner, "2024-03-01", "2024-03-03", "2024-03-05")
        found = {row["customer_id"] for row in self.alarms._detect(TODAY, self.company)}
        self.assertNotIn(self._account_of(partner).id, found)

    def test_volume_both_ways(self):
        """A customer whose orders shrink, and one whose orders grow, are noticed."""
        shrinking, growing = self._partners(2)
        middle = TODAY - timedelta(days=56)
        for partner, later in ((shrinking, 10.0), (growing, 400.0)):
            self._weekly(partner, date(2023, 1, 2), middle)
            self._weekly(partner, middle + timedelta(days=4), TODAY, later)
        self._refresh(TODAY)
        rules = {
            row["customer_id"]: row["rule"] for row in self.alarms._detect(TODAY, self.company)
        }
        self.assertEqual(rules.get(self._account_of(shrinking).id), "drop")
        self.assertEqual(rules.get(self._account_of(growing).id), "rise")

    def test_verdict(self):
        """An alarm closes with cause and outcome only, and stays quiet until the next trade."""
        rep = self._user("seller")
        self._account_of(self.silent).user_id = rep
        alarm = self._raise().with_user(rep)
        with self.assertRaises(UserError):
            alarm.action_close()
        alarm.write({"cause": "none", "outcome": "saved"})
        with self.assertRaises(UserError):
            alarm.action_close()
        alarm.write({"cause": "competitor", "outcome": "saved"})
        alarm.action_close()
        self.assertEqual((alarm.state, alarm.closed_by_id), ("closed", rep))
        self.assertFalse(alarm.activity_ids)
        with self.assertRaises(UserError):
            alarm.write({"outcome": "lost"})
        with self.assertRaises(AccessError):
            alarm.write({"state": "open"})
        with self.assertRaises(UserError):
            alarm.action_reopen()
        self.assertFalse(self._raise(TODAY + timedelta(days=1)))
        self.assertAlmostEqual(self.alarms._precision(self.company)["gap"], 3 / 5)

    def test_rights(self):
        """A representative sees alarms of own and unassigned customers, a manager all."""
        alarm = self._raise()
        seller, manager = self._user("seller"), self._user("manager")
        self.assertTrue(alarm.with_user(seller).evidence)
        alarm.customer_id.user_id = manager
        self.assertFalse(self.alarms.with_user(seller).search([("id", "=", alarm.id)]))
        with self.assertRaises(AccessError):
            alarm.with_user(seller).read(["evidence"])
        self.assertTrue(alarm.with_user(manager).evidence)
        with self.assertRaises(AccessError):
            alarm.with_user(manager).write({"severity": 1.0})

    # ------------------------------------------------------------------ history of stages
    def test_stage_changes(self):
        """Each change of stage is kept with its day; losses and gains are never netted."""
        partner = self._partner("Comes Back")
        self._trade(partner, "2021-01-05", "2021-02-05", {"date": "2023-05-05", "amount": 70.0})
        account = self._account_of(partner) or self._account(partner)
        changes = self.env["logistics.stage.change"]
        changes.search([("company_id", "=", self.company.id)]).unlink()
        for day in ("2021-01-31", "2021-01-31", "2022-12-31", "2023-05-31"):
            self._refresh(day)
        found = changes.search([("customer_id", "=", account.id)], order="date")
        self.assertEqual(found.mapped("to_stage"), ["new", "lost", "won_back"])
        self.assertEqual(found.mapped("movement"), ["gain", "loss", "gain"])
        self.assertEqual(found[1].revenue, 200.0, "the year before it fell silent")
        self._refresh("2022-01-31")
        self.assertEqual(changes.search_count([("customer_id", "=", account.id)]), 3)
        with self.assertRaises(AccessError):
            found[0].with_user(self._user("manager")).write({"to_stage": "loyal"})

    def test_newcomers(self):
        """The conversion counts who came back; the second order is due by the company's time."""
        for number in range(30):
            first = date(2024, 1, 1) + timedelta(days=number)
            self._trade(
                self._partner(),
                first.isoformat(),
                (first + timedelta(days=10 + number)).isoformat(),
            )
        once = self._partner("Once")
        self._trade(once, "2024-05-01")
        self._refresh(TODAY)
        account = self._account_of(once)
        self.assertTrue(date(2024, 5, 8) <= account.second_order_due <= date(2024, 6, 9))
        told = account._newcomer_conversion(TODAY, self.company)
        self.assertEqual((told["newcomers"], told["returned"]), (31, 30))
