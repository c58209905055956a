# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .credit_release_common import CreditReleaseCommon


@tagged("post_install", "-at_install")
class TestCreditReleaseMoney(CreditReleaseCommon):
    def _owing(self, amount):
        return self._invoice(self.partner, amount, self.today, due=self.today + timedelta(days=30))

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref("logistics_crm.cron_credit_reevaluate").method_direct_trigger()
        self.env.invalidate_all()

    def test_money_makes_a_held_order_ready(self):
        """900 owed, 500 ordered: held. After 600 are paid it is ready, but not confirmed."""
        invoice = self._owing(900.0)
        order = self._held(500.0)
        release = self._request(order)
        self._run()
        self.assertFalse(order.logistics_credit_ready_on)
        self._pay(invoice, self.today, amount=600.0)
        self._run()
        self.assertTrue(order.logistics_credit_ready_on)
        self.assertEqual(order.state, "draft")
        self.assertEqual(release.state, "cancelled")
        self.assertEqual(order.activity_ids.user_id, self.rep)
        self.assertTrue(self._confirm(order))
        self.assertFalse(order.logistics_credit_ready_on)

    def test_a_payment_starts_the_re_evaluation(self):
        cron = self.env.ref("logistics_crm.cron_credit_reevaluate")
        invoice = self._owing(900.0)
        self._held(500.0)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self._pay(invoice, self.today)
        self.assertGreater(
            self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]), triggers
        )

    def test_forced_hold_stays_whatever_is_paid(self):
        invoice = self._owing(900.0)
        hold = self.env["logistics.credit.hold"].create(
            {"customer_id": self.account.id, "reason": "Owner arrested", "forced": True}
        )
        order = self._held(500.0)
        self._pay(invoice, self.today)
        with freeze_time(self.today + timedelta(days=400)):
            self._run()
        self.assertEqual(hold.state, "in_force")
        self.assertFalse(order.logistics_credit_ready_on)
        self.assertFalse(self._confirm(order))
        with self.assertRaises(AccessError):
            hold.with_user(self.rep).action_lift(reason="Paid")
        hold.with_user(self.newbie).action_lift(reason="Charges were dropped")
        self.assertTrue(self._confirm(order))

    def test_plain_hold_ends_when_nothing_is_overdue(self):
        invoice = self._invoice(self.partner, 300.0, self.today - timedelta(days=40))
        hold = self.env["logistics.credit.hold"].create(
            {"customer_id": self.account.id, "reason": "Overdue"}
        )
        self._run()
        self.assertEqual(hold.state, "in_force")
        self._pay(invoice, self.today)
        self._run()
        self.assertEqual(hold.state, "lifted")

    def test_plain_hold_for_another_reason_does_not_end_by_a_payment(self):
        invoice = self._owing(300.0)
        hold = self.env["logistics.credit.hold"].create(
            {"customer_id": self.account.id, "reason": "Address unclear"}
        )
        self._pay(invoice, self.today)
        self._run()
        self.assertEqual(hold.state, "in_force")

    def test_with_control_off_nothing_is_started(self):
        cron = self.env.ref("logistics_crm.cron_credit_reevaluate")
        invoice = self._owing(900.0)
        self._held(500.0)
        self.company.logistics_credit_control = "off"
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self._pay(invoice, self.today)
        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(before, after)


@tagged("post_install", "-at_install")
class TestCreditReleaseGuards(CreditReleaseCommon):
    def test_no_state_by_write_create_or_context(self):
        """What the buttons check cannot be got round by writing, for anybody."""
        order = self._held(1500.0)
        release = self._request(order)
        tricks = [
            {"state": "approved"},
            {"decided_by": self.senior.id},
            {"requested_by": self.newbie.id},
            {"amount_at_risk": 1.0},
            {"excess": 0.0},
            {"rule_codes": "limit,grade,signal"},
            {"requested_amount": 1e6},
            {"own_hand_ids": [(5,)]},
        ]
        for user in (self.rep, self.senior, self.director):
            for vals in tricks:
                with self.subTest(user=user.login, vals=vals):
                    with self.assertRaises(UserError):
                        release.with_user(user).write(vals)
                    with self.assertRaises(UserError):
                        release.with_user(user).with_context(logistics_credit_step=True).write(vals)
        with self.assertRaises(UserError):
            release.sudo().write({"state": "approved"})
        values = {
            "customer_id": self.account.id,
            "order_id": order.id,
            "reason_code": "other",
            "reason": "x",
            "valid_until": self.today,
            "requested_by": self.other.id,
            "requested_on": "2020-01-01",
            "state": "approved",
        }
        for user in (self.rep, self.senior, self.director):
            with self.assertRaises(UserError):
                self.releases.with_user(user).create(values)
        self.assertEqual(release.state, "requested")
        self.assertFalse(self._confirm(order))

    def test_decided_releases_do_not_change(self):
        release = self._request(self._held(1500.0)).with_user(self.senior)
        release.action_approve()
        for vals in ({"approved_amount": 1.0}, {"valid_until": "2099-01-01"}, {"tolerance": 99}):
            with self.assertRaises(UserError):
                release.write(vals)
        with self.assertRaises(UserError):
            release.unlink()

    def test_salespeople_do_not_set_the_amount(self):
        release = self._request(self._held(1500.0))
        with self.assertRaises(AccessError):
            release.with_user(self.rep).valid_until = self.today + timedelta(days=90)

    def test_order_fields_of_the_release(self):
        order = self._held(1500.0).with_user(self.rep)
        for vals in (
            {"logistics_credit_ready_on": "2026-01-01"},
            {"logistics_release_amount": 1.0},
            {"logistics_credit_state": "released"},
        ):
            with self.assertRaises(UserError):
                order.write(vals)

    def test_copies_are_refused(self):
        release = self._request(self._held(1500.0))
        with self.assertRaises(UserError):
            release.sudo().copy()


@tagged("post_install", "-at_install")
class TestCreditReleaseMail(CreditReleaseCommon):
    def _mails(self, release, order):
        return self.env["mail.mail"].search(
            [
                "|",
                "&",
                ("model", "=", release._name),
                ("res_id", "=", release.id),
                "&",
                ("model", "=", "sale.order"),
                ("res_id", "=", order.id),
            ],
            order="id",
        )

    def test_each_mail_once_and_never_to_the_customer(self):
        order = self._held(1500.0)
        order.message_subscribe(self.partner.ids)
        before = self._mails(self.releases, order)
        release = self._request(order)
        asked = self._mails(release, order) - before
        self.assertEqual(len(asked), 1)
        self.assertEqual(asked.recipient_ids, self.senior.partner_id)
        self.assertIn("500", asked.body_html)
        self.assertEqual(release.activity_ids.user_id, self.senior)
        release.with_user(self.senior).action_approve()
        decided = self._mails(release, order) - before - asked
        self.assertEqual(len(decided), 1)
        self.assertEqual(decided.recipient_ids, self.rep.partner_id)
        with self.assertRaises(UserError):
            release.with_user(self.senior).action_approve()
        self._confirm(order)
        everything = self._mails(release, order) - before
        self.assertEqual(everything, asked | decided)
        self.assertFalse(release.activity_ids)
        notified = self.env["mail.notification"].search(
            [("mail_message_id", "in", everything.mail_message_id.ids + order.message_ids.ids)]
        )
        self.assertNotIn(self.partner, notified.res_partner_id)

    def test_the_smallest_sufficient_authority_is_asked(self):
        release = self._request(self._held(1080.0))
        self.assertEqual(release.approver_id, self.junior)
        release = self._request(self._held(1500.0))
        self.assertEqual(release.approver_id, self.senior)


@tagged("post_install", "-at_install")
class TestCreditReleaseRights(CreditReleaseCommon):
    def test_salespeople_see_requests_of_their_own_customers(self):
        stranger = self._user("seller")
        release = self._request(self._held(1500.0))
        self.assertTrue(self.releases.with_user(self.rep).search([("id", "=", release.id)]))
        self.assertFalse(self.releases.with_user(stranger).search([("id", "=", release.id)]))
        self.assertTrue(self.releases.with_user(self.newbie).search([("id", "=", release.id)]))

    def test_salespeople_do_not_read_the_ledger_through_a_request(self):
        """What a controller reads names exposure and limit; the salesperson's words do not."""
        self._invoice(self.partner, 777.0, self.today, due=self.today + timedelta(days=30))
        order = self._held(1500.0)
        release = self._request(order.with_user(self.rep))
        for decided in (False, True):
            if decided:
                release.with_user(self.senior).action_approve()
            with self.subTest(decided=decided):
                told = release.with_user(self.rep).hold_explanation
                self.assertIn("1,500.00", told)
                self.assertNotIn("777.00", told)
                self.assertIn("777.00", release.with_user(self.newbie).hold_explanation)
        mails = self.env["mail.mail"].search([("res_id", "=", release.id)])
        self.assertNotIn("777.00", "".join(mails.mapped("body_html")))
        for record, name in (
            (release, "hold_reasons"),
            (order, "logistics_credit_reasons"),
        ):
            with self.assertRaises(AccessError):
                record.with_user(self.rep).read([name])

    def test_the_worklist_is_ordered_by_amount_at_risk(self):
        for amount in (1200.0, 3000.0, 1800.0):
            self._request(self._held(amount))
        found = self.releases.with_user(self.senior).search(
            [("state", "=", "requested"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(found.mapped("amount_at_risk"), [3000.0, 1800.0, 1200.0])

    def test_other_companies_neither_see_nor_use_a_release(self):
        order = self._held(1500.0)
        release = self._request(
            order, scope="customer", amount=3000.0, valid_until=self.today + timedelta(days=9)
        )
        release.with_user(self.senior).action_approve()
        other = self._other_company()
        foreign = self._user("controller", company=other)
        theirs = release.with_user(foreign).with_context(allowed_company_ids=other.ids)
        self.assertFalse(theirs.search([("id", "=", release.id)]))
        with self.assertRaises(AccessError):
            theirs.read(["excess"])
        elsewhere = (
            self.env["sale.order"]
            .with_company(other)
            .create({"partner_id": self.partner.id, "company_id": other.id})
        )
        self.assertFalse(self.releases._covering(elsewhere, 0.0))
        self.assertTrue(self.releases._covering(order, 0.0))
