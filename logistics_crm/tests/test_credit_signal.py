# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .credit_release_common import CreditReleaseCommon


@tagged("post_install", "-at_install")
class TestCreditSignal(CreditReleaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.signals = cls.env["logistics.credit.signal"]
        cls.court = cls.env.ref("logistics_crm.signal_type_court")
        cls.cheque = cls.env.ref("logistics_crm.signal_type_cheque")
        cls.elsewhere = cls.env.ref("logistics_crm.signal_type_elsewhere")

    def _signal(self, kind, user=None, **values):
        return self.signals.with_user(user or self.rep).create(
            {
                "customer_id": self.account.id,
                "type_id": kind.id,
                "source": "Court gazette no. 7",
                **values,
            }
        )

    def test_court_notice_holds_orders_until_it_is_closed(self):
        order = self._quote(100.0)
        signal = self._signal(self.court)
        self.assertEqual(signal.recorded_by, self.rep)
        self.assertFalse(self._confirm(order))
        self.assertIn("signal", [r["rule"] for r in order._credit_verdict()["reasons"]])
        signal.with_user(self.newbie).action_close(reason="It was a namesake")
        self.assertEqual(signal.closed_by, self.newbie)
        self.assertTrue(self._confirm(order))

    def test_warnings_add_up(self):
        """One returned cheque (6) warns; with orders elsewhere while owing (5) they hold."""
        first = self._signal(self.cheque)
        self.assertEqual(first._joint_level(), "warn")
        order = self._quote(100.0)
        self.assertEqual(order._credit_verdict()["state"], "warn")
        both = first | self._signal(self.elsewhere)
        self.assertEqual(both._joint_level(), "hold")
        self.assertEqual(order._credit_verdict()["state"], "hold")
        self.assertIsNone(self.signals._joint_level())

    def test_a_signal_counts_between_its_days(self):
        signal = self._signal(self.cheque, date=self.today - timedelta(days=10))
        last = self.today + timedelta(days=170)
        self.assertEqual(signal.date_until, last)
        active = self.signals._active_for
        self.assertFalse(active(self.account, self.today - timedelta(days=11)))
        self.assertTrue(active(self.account, self.today))
        self.assertTrue(active(self.account, last))
        self.assertFalse(active(self.account, last + timedelta(days=1)))

    def test_it_asks_a_controller_for_a_review(self):
        signal = self._signal(self.court)
        self.assertEqual(len(signal.sudo().activity_ids), 1)
        reviewer = signal.sudo().activity_ids.user_id
        self.assertTrue(reviewer.has_group("logistics_crm.group_credit_controller"))
        self.assertNotEqual(reviewer, self.rep)
        self.company.logistics_credit_control = "off"
        self.assertFalse(self._signal(self.court).sudo().activity_ids)

    def test_salespeople_report_but_do_not_judge(self):
        signal = self._signal(self.court)
        with self.assertRaises(AccessError):
            signal.action_close(reason="Fine")
        with self.assertRaises(UserError):
            signal.level = "warn"
        with self.assertRaises(UserError):
            self._signal(self.court, weight=1)
        with self.assertRaises(UserError):
            self._signal(self.court, state="closed")
        with self.assertRaises(UserError):
            signal.with_user(self.newbie).state = "closed"
        signal.with_user(self.newbie).level = "warn"
        with self.assertRaises(UserError):
            signal.with_user(self.newbie).unlink()

    def test_the_form_works_for_salespeople(self):
        with Form(self.signals.with_user(self.rep)) as form:
            form.customer_id = self.account
            form.type_id = self.court
            form.source = "The driver saw the bailiff"
        self.assertEqual(form.record.level, "hold")

    def test_own_rep_does_not_close(self):
        signal = self._signal(self.court)
        self.account.user_id = self.newbie
        with self.assertRaisesRegex(AccessError, "look after"):
            signal.with_user(self.newbie).action_close(reason="I know them")

    def test_strangers_do_not_see_or_report(self):
        stranger = self._user("seller")
        signal = self._signal(self.court)
        self.assertFalse(self.signals.with_user(stranger).search([("id", "=", signal.id)]))
        with self.assertRaises(AccessError):
            self._signal(self.court, user=stranger)

    def test_bad_input(self):
        with self.assertRaises(ValidationError):
            self._signal(self.court, date=self.today + timedelta(days=1))
        signal = self._signal(self.court)
        with self.assertRaisesRegex(UserError, "reason"):
            signal.with_user(self.newbie).action_close(reason="")

    def test_other_companies_are_not_concerned(self):
        self._signal(self.court)
        other = self._other_company()
        elsewhere = self._account(self.partner, company=other)
        self.assertFalse(self.signals._active_for(elsewhere, self.today))


@tagged("post_install", "-at_install")
class TestCreditHold(CreditReleaseCommon):
    def _hold(self, user=None, **values):
        return (
            self.env["logistics.credit.hold"]
            .with_user(user or self.newbie)
            .create({"customer_id": self.account.id, "reason": "Court called", **values})
        )

    def test_dates(self):
        hold = self._hold(date_until=self.today + timedelta(days=5))
        self.assertEqual(self.account._manual_hold(self.today), hold)
        self.assertFalse(self.account._manual_hold(self.today - timedelta(days=1)))
        self.assertTrue(self.account._manual_hold(self.today + timedelta(days=5)))
        self.assertFalse(self.account._manual_hold(self.today + timedelta(days=6)))

    def test_forced_comes_first(self):
        self._hold()
        forced = self._hold(forced=True)
        self.assertEqual(self.account._manual_hold(self.today), forced)

    def test_it_holds_orders_and_a_release_covers_it(self):
        """A controller may release one order in spite of a forced hold; the hold stays."""
        forced = self._hold(forced=True)
        order = self._held(100.0)
        self.assertEqual(order.logistics_credit_state, "hold")
        self._request(order).with_user(self.senior).action_approve()
        self.assertTrue(self._confirm(order))
        self.assertEqual(forced.state, "in_force")

    def test_rights(self):
        for user in (self.rep, self.other, self.director):
            with self.assertRaises(AccessError):
                self._hold(user=user)
        hold = self._hold()
        for user in (self.newbie, self.director):
            with self.assertRaises(UserError):
                hold.with_user(user).state = "lifted"
            with self.assertRaises(UserError):
                hold.with_user(user).forced = False
        self.account.user_id = self.newbie
        with self.assertRaisesRegex(AccessError, "look after"):
            hold.with_user(self.newbie).action_lift(reason="OK now")

    def test_bad_input(self):
        with self.assertRaises(ValidationError):
            self._hold(reason=" ")
        hold = self._hold()
        hold.with_user(self.junior).action_lift(reason="Cleared up")
        with self.assertRaisesRegex(UserError, "lifted already"):
            hold.with_user(self.junior).action_lift(reason="Twice")
        with self.assertRaises(UserError):
            hold.with_user(self.junior).date_until = self.today

    def test_a_plain_hold_ends_on_its_last_day(self):
        self._hold(date_until=self.today)
        order = self._held(100.0)
        self.assertEqual(order.state, "draft")
        with freeze_time(self.today + timedelta(days=1)):
            self.assertTrue(self._confirm(order))
