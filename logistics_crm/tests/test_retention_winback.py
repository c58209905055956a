# Part of logistics_crm. License LGPL-3 or later.
"""Win-backs: how they come about, what may be said, what came of them."""

from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LogisticsCommon

TODAY = date(2024, 6, 28)


@tagged("post_install", "-at_install")
class TestRetentionWinback(LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.winbacks = cls.env["logistics.winback"]
        cls.gone, cls.other, cls.loyal = (cls._partner(n) for n in ("Gone", "Other", "Loyal"))
        for partner in (cls.gone, cls.other):
            cls._trade(partner, "2020-01-05", "2020-02-05", "2020-03-05")
        cls._trade(cls.loyal, "2024-05-05", "2024-06-05", "2024-06-25")
        cls._refresh(TODAY)

    def _alarm(self, partner):
        return self.env["logistics.churn.alarm"].create(
            {
                "customer_id": self._account_of(partner).id,
                "rule": "gap",
                "date": "2020-05-01",
                "cause": "price",
                "outcome": "lost",
            }
        )

    def test_from_lost_customers(self):
        """Lost customers come on the list once, with owner and the reason of their alarm."""
        rep = self._user("seller")
        accounts = self._account_of(self.gone) + self._account_of(self.other)
        accounts[0].user_id = rep
        self._alarm(self.gone).action_close()
        action = accounts.with_user(rep).action_win_back()
        winbacks = self.winbacks.search(action["domain"])
        self.assertEqual(winbacks.customer_id, accounts)
        first = winbacks.filtered(lambda w: w.customer_id == accounts[0])
        self.assertEqual((first.user_id, first.reason, first.state), (rep, "price", "open"))
        self.assertTrue(first.alarm_id)
        self.assertFalse((winbacks - first).reason)
        again = accounts.action_win_back()
        self.assertEqual(self.winbacks.search(again["domain"]), winbacks, "never twice")
        with self.assertRaises(UserError):
            self._account_of(self.loyal).action_win_back()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.winbacks.create({"customer_id": accounts[0].id})

    def test_from_alarm(self):
        """Only an alarm closed as lost leads to the list."""
        alarm = self._alarm(self.gone)
        with self.assertRaises(UserError):
            alarm.action_win_back()
        alarm.action_close()
        action = alarm.action_win_back()
        self.assertEqual(self.winbacks.browse(action["res_id"]).alarm_id, alarm)

    def test_steps(self):
        """An offer is written down before it is made; the end has its day and can be undone."""
        account = self._account_of(self.gone)
        account.action_win_back()
        winback = account.winback_ids
        with self.assertRaises(ValidationError):
            winback.action_offer()
        winback.write({"offer": "Last year's price"})
        winback.action_offer()
        self.assertTrue(winback.offer_date)
        with self.assertRaises(ValidationError):
            winback.offer_date = date.today() + timedelta(days=3)
        winback.action_won()
        self.assertTrue(winback.closed_on)
        winback.action_reopen()
        self.assertEqual((winback.state, winback.closed_on), ("offered", False))

    def test_result(self):
        """Revenue after the day of the offer; nothing is zero, unknown stays unknown."""
        accounts = self._account_of(self.gone) + self._account_of(self.other)
        silent = self._partner("Silent")
        self._trade(silent, "2020-01-05")
        self._refresh(TODAY)
        accounts += self._account_of(silent)
        accounts.action_win_back()
        accounts.winback_ids.write(
            {"offer": "Price", "offer_date": "2024-03-01", "state": "offered"}
        )
        self._trade(
            self.gone,
            {"date": "2024-03-01", "amount": 1000.0},
            {"date": "2024-03-02", "amount": 300.0},
            {"date": "2024-04-02", "amount": -50.0},
            {"date": "2024-07-01", "amount": 7.0},
        )
        self._trade(self.other, {"date": "2024-03-02", "amount": False, "quantity": 4.0})
        self._refresh(TODAY)
        result = {w.customer_id: (w.revenue, w.ordered_on) for w in accounts.winback_ids}
        self.assertEqual(
            [result[account] for account in accounts],
            [(250.0, date(2024, 3, 2)), (False, date(2024, 3, 2)), (0.0, False)],
        )
        winback = accounts[0].winback_ids
        winback.offer_date = "2024-04-01"
        self.assertEqual(winback.revenue, -43.0, "measured anew from the corrected day")
        winback.write({"state": "open", "offer_date": False})
        self.assertIs(winback.revenue, False)

    def test_rights(self):
        """Representatives work on their own customers' win-backs; figures cannot be typed."""
        account = self._account_of(self.gone)
        account.action_win_back()
        winback = account.winback_ids
        seller, manager = self._user("seller"), self._user("manager")
        account.user_id = manager
        with self.assertRaises(AccessError):
            winback.with_user(seller).read(["offer"])
        with self.assertRaises(AccessError):
            self.winbacks.with_user(seller).create({"customer_id": account.id, "state": "won"})
        winback.with_user(manager).offer = "Price"
        with self.assertRaises(AccessError):
            winback.with_user(manager).write({"revenue": 5.0})
        other = self._other_company()
        stranger = self._user("manager", other)
        theirs = self.winbacks.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(theirs.search([("id", "=", winback.id)]))

    def test_folding(self):
        """Two accounts become one: one running win-back, and the offer is not lost."""
        accounts = self._account_of(self.gone) + self._account_of(self.other)
        accounts.action_win_back()
        src, dst = accounts
        src.winback_ids.offer = "Price"
        self.winbacks._fold_customer(src, dst)
        self.assertFalse(src.winback_ids)
        self.assertEqual(dst.winback_ids.offer, "Price")
