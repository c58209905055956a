# Part of logistics_crm. License LGPL-3 or later.
import re
from datetime import timedelta

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .credit_release_common import CreditReleaseCommon

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5Erk"
    b"Jggg=="
)


@tagged("post_install", "-at_install")
class TestCreditReleaseRequest(CreditReleaseCommon):
    def test_figures_of_the_request_come_from_the_verdict(self):
        """1,500 against a limit of 1,000 with nothing owed: 500 over it."""
        order = self._held(1500.0)
        self.assertEqual((order.state, order.logistics_credit_state), ("draft", "hold"))
        release = self._request(order)
        self.assertRecordValues(
            release,
            [
                {
                    "state": "requested",
                    "customer_id": self.account.id,
                    "amount_at_risk": 1500.0,
                    "excess": 500.0,
                    "authority_amount": 500.0,
                    "main_rule": "limit",
                    "requested_by": self.rep.id,
                    "valid_until": self.today + timedelta(days=10),
                }
            ],
        )

    def test_another_rule_asks_for_authority_over_the_whole_amount(self):
        self.env["logistics.credit.hold"].create(
            {"customer_id": self.account.id, "reason": "Invoices disputed"}
        )
        release = self._request(self._held(1500.0))
        self.assertEqual(release.excess, 500.0)
        self.assertEqual(release.authority_amount, 1500.0)

    def test_one_open_request_per_order(self):
        order = self._held(1500.0)
        self._request(order)
        with self.assertRaisesRegex(UserError, "already requested"):
            self._request(order)

    def test_nothing_to_release(self):
        order = self._quote(500.0)
        with self.assertRaisesRegex(UserError, "Nothing holds"):
            self._request(order)

    def test_reason_is_needed(self):
        with self.assertRaisesRegex(UserError, "reason"):
            self._request(self._held(1500.0), reason="   ")

    def test_validity_in_the_past_is_refused(self):
        with self.assertRaisesRegex(UserError, "in the past"):
            self._request(self._held(1500.0), valid_until=self.today - timedelta(days=1))

    def test_a_stranger_cannot_request(self):
        """Whoever cannot change the order cannot ask for its release."""
        order = self._held(1500.0)
        stranger = self._user("seller")
        with self.assertRaises(AccessError):
            self._request(order, user=stranger)

    def test_withdraw(self):
        order = self._held(1500.0)
        release = self._request(order)
        with self.assertRaises(AccessError):
            release.with_user(self.other).action_withdraw()
        release.with_user(self.rep).action_withdraw()
        self.assertEqual(release.state, "cancelled")
        self.assertFalse(release.activity_ids)
        self.assertEqual(order.logistics_credit_state, "hold")
        with self.assertRaises(UserError):
            release.with_user(self.senior).action_approve()


@tagged("post_install", "-at_install")
class TestCreditReleaseFourEyes(CreditReleaseCommon):
    def test_authority_by_amount(self):
        """500 over the limit: nobody without an authority, nor with one up to 100."""
        order = self._held(1500.0)
        release = self._request(order)
        with self.assertRaisesRegex(AccessError, "no credit authority"):
            release.with_user(self.newbie).action_approve()
        with self.assertRaisesRegex(AccessError, re.escape(self.senior.name)):
            release.with_user(self.junior).action_approve()
        self.assertEqual(release.state, "requested")
        self.assertFalse(self._confirm(order))
        release.with_user(self.senior).action_approve()
        self.assertRecordValues(release, [{"state": "approved", "decided_by": self.senior.id}])

    def test_authority_of_a_role_and_of_another_company(self):
        release = self._request(self._held(1500.0))
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self._grant(self.newbie, 9000.0, company_id=elsewhere.id)
        with self.assertRaisesRegex(AccessError, "no credit authority"):
            release.with_user(self.newbie).action_approve()
        role = self.env["res.groups"].create({"name": "Head of credit"})
        self._grant(role, 600.0)
        self.newbie.group_ids |= role
        release.with_user(self.newbie).action_approve()
        self.assertEqual(release.state, "approved")

    def test_salespeople_and_managers_do_not_approve(self):
        """An authority alone is not enough: granting credit is not a sales right."""
        release = self._request(self._held(1500.0))
        self._grant(self.other, 9000.0)
        self.env["logistics.credit.authority"].search(
            [("user_id", "=", self.director.id)]
        ).unlimited = True
        for user in (self.rep, self.other, self.director):
            with self.assertRaises(AccessError):
                release.with_user(user).action_approve()

    def _make_controller(self, user):
        user.group_ids |= self.env.ref("logistics_crm.group_credit_controller")
        self._grant(user, 9000.0)

    def test_requester_cannot_approve(self):
        self._make_controller(self.other)
        release = self._request(self._held(1500.0), user=self.other)
        with self.assertRaisesRegex(AccessError, "requested this release yourself"):
            release.with_user(self.other).action_approve()

    def test_own_rep_cannot_approve_even_after_handing_the_customer_over(self):
        self._make_controller(self.rep)
        order = self._held(1500.0, user=self.other)
        release = self._request(order, user=self.other)
        with self.assertRaisesRegex(AccessError, "look after"):
            release.with_user(self.rep).action_approve()
        self.account.user_id = self.other
        with self.assertRaisesRegex(AccessError, "look after"):
            release.with_user(self.rep).action_approve()
        with self.assertRaises(AccessError):
            release.with_user(self.rep).action_decline(reason="No")

    def test_salesperson_of_the_order_cannot_approve(self):
        self._make_controller(self.other)
        self.account.user_id = False
        order = self._held(1500.0, user=self.other)
        release = self._request(order, user=self._user("seller_all"))
        with self.assertRaisesRegex(AccessError, "wrote the order"):
            release.with_user(self.other).action_approve()

    def test_nobody_grants_himself_an_authority(self):
        authority = self.env["logistics.credit.authority"].with_user(self.director)
        values = {"max_excess": 1e6, "company_id": self.company.id}
        with self.assertRaisesRegex(UserError, "himself"):
            authority.create({**values, "user_id": self.director.id})
        mine = authority.search([("user_id", "=", self.director.id)])
        with self.assertRaisesRegex(UserError, "himself"):
            mine.unlimited = True
        with self.assertRaises(AccessError):
            authority.with_user(self.senior).create({**values, "user_id": self.junior.id})

    def test_the_authority_is_measured_against_todays_excess(self):
        """Between request and approval another 900 were invoiced: 100 is no longer enough."""
        release = self._request(self._held(1080.0))
        self._invoice(self.partner, 900.0, self.today, due=self.today + timedelta(days=30))
        with self.assertRaisesRegex(AccessError, "authority ends"):
            release.with_user(self.junior).action_approve()


@tagged("post_install", "-at_install")
class TestCreditReleaseUse(CreditReleaseCommon):
    def test_approval_confirms_nothing_by_itself(self):
        order = self._held(1500.0)
        release = self._request(order)
        release.with_user(self.senior).action_approve()
        self.assertEqual((order.state, order.logistics_credit_state), ("draft", "released"))
        self.assertEqual(order.activity_ids.user_id, self.rep)
        self.assertTrue(self._confirm(order))
        self.assertEqual(release.state, "used")
        self.assertEqual(order.logistics_release_id, release)
        self.assertEqual(release.used_amount, 1500.0)
        self.assertFalse(order.activity_ids)

    def test_release_is_used_once(self):
        """A copy, or the same order cancelled and set to draft again, is held again."""
        order = self._held(1500.0)
        self._request(order).with_user(self.senior).action_approve()
        self.assertTrue(self._confirm(order))
        copy = order.copy()
        self.assertFalse(copy.logistics_release_id)
        self.assertFalse(self._confirm(copy))
        order.action_cancel() if not order.locked else None
        order._action_cancel()
        order.action_draft()
        self.assertFalse(self._confirm(order))

    def test_release_after_its_last_day(self):
        order = self._held(1500.0)
        release = self._request(order)
        release.with_user(self.senior).action_approve()
        with freeze_time(self.today + timedelta(days=10)):
            self.assertTrue(self.releases._covering(order, 500.0))
        with freeze_time(self.today + timedelta(days=11)):
            self.assertFalse(self.releases._covering(order, 500.0))
            self.assertFalse(self._confirm(order))
            self.releases._expire(self.company)
            self.assertEqual(release.state, "expired")
            self.assertEqual(order.logistics_credit_state, "hold")

    def test_approving_after_the_last_day_is_refused(self):
        release = self._request(self._held(1500.0))
        with freeze_time(self.today + timedelta(days=11)):
            with self.assertRaisesRegex(UserError, "validity"):
                release.with_user(self.senior).action_approve()
            release.with_user(self.senior).valid_until = self.today + timedelta(days=20)
            release.with_user(self.senior).action_approve()
        self.assertEqual(release.state, "approved")

    def test_tolerance(self):
        """5 % of 1,500: up to 1,575 passes, 1,576 is held again."""
        order = self._held(1500.0)
        self._request(order).with_user(self.senior).action_approve()
        order.order_line.price_unit = 1576.0
        self.assertFalse(self._confirm(order))
        order.order_line.price_unit = 1575.0
        self.assertTrue(self._confirm(order))

    def test_what_others_were_granted_meanwhile_is_not_covered(self):
        """Two orders, each 500 over the limit when released: only one of them passes."""
        first, second = self._held(1500.0), self._held(1500.0)
        for order in (first, second):
            self._request(order).with_user(self.senior).action_approve()
        self.assertTrue(self._confirm(first))
        self.assertFalse(self._confirm(second))

    def test_less_than_asked_for(self):
        order = self._held(1500.0)
        release = self._request(order).with_user(self.senior)
        release.approved_amount = 1200.0
        release.action_approve()
        self.assertFalse(self._confirm(order))
        order.order_line.price_unit = 1250.0
        self.assertTrue(self._confirm(order))

    def test_more_than_asked_for_is_refused(self):
        release = self._request(self._held(1500.0)).with_user(self.senior)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            release.approved_amount = 1500.01
            release.flush_recordset()

    def test_all_orders_until_a_day(self):
        """2,000 in total with 3 % tolerance: 1,200 and 800 pass, the next one does not."""
        day = self.today + timedelta(days=30)
        first = self._held(1200.0)
        release = self._request(first, scope="customer", amount=2000.0, valid_until=day)
        self.assertEqual(release.excess, 1000.0)
        release.with_user(self.senior).tolerance = 3.0
        release.with_user(self.senior).action_approve()
        second, third = self._quote(800.0), self._quote(61.0)
        self.assertTrue(self._confirm(first))
        self.assertEqual(release.state, "approved")
        self.assertTrue(self._confirm(second))
        self.assertEqual(release.used_amount, 2000.0)
        self.assertFalse(self._confirm(third))
        with freeze_time(day + timedelta(days=1)):
            third.order_line.price_unit = 10.0
            self.assertFalse(self._confirm(third))

    def test_a_rule_that_came_later_is_not_covered(self):
        order = self._held(1500.0)
        self._request(order).with_user(self.senior).action_approve()
        self.env["logistics.credit.hold"].create(
            {"customer_id": self.account.id, "reason": "Court called", "forced": True}
        )
        self.assertFalse(self._confirm(order))

    def test_decline(self):
        order = self._held(1500.0)
        release = self._request(order)
        with self.assertRaisesRegex(UserError, "reason"):
            release.with_user(self.senior).action_decline(reason=" ")
        action = release.with_user(self.senior).action_decline()
        self.assertEqual(action["res_model"], "logistics.credit.decision")
        dialog = (
            self.env["logistics.credit.decision"]
            .with_user(self.senior)
            .with_context(**action["context"])
            .create({"reason": "Pay the oldest invoice first."})
        )
        dialog.action_decide()
        self.assertRecordValues(
            release,
            [
                {
                    "state": "declined",
                    "decision_reason": "Pay the oldest invoice first.",
                    "decided_by": self.senior.id,
                }
            ],
        )
        self.assertEqual(order.logistics_credit_state, "declined")
        self.assertFalse(self._confirm(order))
        with self.assertRaises(UserError):
            release.with_user(self.senior).action_approve()
        # A declined order may be asked for again, with better reasons.
        self.assertEqual(self._request(order).state, "requested")

    def test_signed_orders_are_confirmed_when_the_company_wants_it(self):
        self.company.logistics_release_auto_confirm = True
        unsigned = self._held(1500.0)
        self._request(unsigned).with_user(self.senior).action_approve()
        self.assertEqual(unsigned.state, "draft")
        unsigned._action_cancel()
        signed = self._held(1500.0, signature=PIXEL)
        self._request(signed).with_user(self.senior).action_approve()
        self.assertEqual(signed.state, "sale")
