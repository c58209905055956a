# Part of logistics_crm. License LGPL-3 or later.
"""Limits as dated documents: who decides, what is refused, what applied on which day."""

import math
from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import LogisticsCommon


@tagged("post_install", "-at_install")
class TestCreditLimit(LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller")
        cls.first = cls._user("controller")
        cls.second = cls._user("controller")
        cls.partner = cls._partner("Silk Road Traders")
        cls.account = cls._account(cls.partner, user_id=cls.seller.id)
        cls.limits = cls.env["logistics.credit.limit"]
        cls.today = cls.limits._fields["date_from"].context_today(cls.limits)

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _propose(self, amount=1000.0, user=None, **values):
        return self.limits.with_user(user or self.first).create(
            {"customer_id": self.account.id, "amount": amount, **values}
        )

    # ------------------------------------------------------------------ who decides
    def test_another_controller_approves(self):
        limit = self._propose(1000.0, reason="Annual review")
        self.assertEqual(self.account._credit_limit()["state"], "not_set")
        with self.assertRaisesRegex(AccessError, "proposed this limit yourself"):
            limit.action_approve()
        limit.with_user(self.second).action_approve()
        self.assertEqual(limit.decided_by, self.second)
        self.assertEqual(limit.previous_type, "not_set")
        self.assertEqual(self.account._credit_limit()["total"], 1000.0)

    def test_changing_a_proposal_makes_it_ones_own(self):
        limit = self._propose(1000.0)
        limit.with_user(self.second).amount = 99000.0
        with self.assertRaisesRegex(AccessError, "proposed this limit yourself"):
            limit.with_user(self.second).action_approve()
        limit.with_user(self.first).action_approve()

    def test_salespeople_neither_propose_nor_decide(self):
        with self.assertRaises(AccessError):
            self._propose(user=self.seller)
        with self.assertRaises(AccessError):
            self._propose().with_user(self.seller).action_approve()

    def test_own_customer_is_not_decided(self):
        self.account.user_id = self.second
        limit = self._propose()
        with self.assertRaisesRegex(AccessError, "look after"):
            limit.with_user(self.second).action_approve()

    def test_state_cannot_be_written(self):
        limit = self._propose()
        with self.assertRaises(UserError):
            limit.with_user(self.second).state = "in_force"
        with self.assertRaises(UserError):
            self._propose(state="in_force")
        with self.assertRaises(UserError):
            limit.with_user(self.second).with_context(logistics_credit_step=True).write(
                {"state": "in_force"}
            )
        self.env["ir.default"].set(
            "logistics.credit.limit", "state", "in_force", user_id=self.second.id
        )
        by_default = limit.with_user(self.second).with_context(default_state="in_force").copy()
        self.assertEqual(by_default.state, "proposed")
        by_default = self._propose(user=self.second)
        self.assertEqual(by_default.state, "proposed")
        limit.with_user(self.second).action_approve()
        with self.assertRaises(UserError):
            limit.with_user(self.second).amount = 5000.0

    # ------------------------------------------------------------------ bad input
    def _refused(self, **values):
        try:
            with self.env.cr.savepoint():
                self._propose(**values).flush_recordset()
        except (ValidationError, CheckViolation):
            return True
        return False

    @mute_logger("odoo.sql_db")
    def test_negative_and_absurd_amounts(self):
        for amount in (-1.0, 1e15, math.nan, math.inf):
            with self.subTest(amount):
                self.assertTrue(self._refused(amount=amount))

    @mute_logger("odoo.sql_db")
    def test_contradicting_documents(self):
        bad = [
            {"amount": 5.0, "limit_type": "unlimited"},
            {"kind": "temporary"},
            {"kind": "insurance", "date_to": self._day(30)},
            {
                "kind": "insurance",
                "date_to": self._day(30),
                "guarantor": "I",
                "counted_percent": 101,
            },
            {"date_to": self._day(-1)},
            {"review_date": self._day(-1)},
            {"date_to": self._day(20 * 365)},
            {"extension_days": -5},
        ]
        for values in bad:
            with self.subTest(values):
                self.assertTrue(self._refused(**values))

    def test_amount_must_be_given(self):
        with self.assertRaisesRegex(ValidationError, "pays first"):
            self.limits.with_user(self.first).create({"customer_id": self.account.id})

    def test_temporary_limits_do_not_overlap(self):
        self.account._grant_limit(
            500.0, kind="temporary", date_from=self._day(10), date_to=self._day(20)
        )
        for start, end in ((0, 10), (20, 30), (12, 15), (5, 25)):
            with self.subTest((start, end)), self.assertRaisesRegex(ValidationError, "overlap"):
                self._propose(kind="temporary", date_from=self._day(start), date_to=self._day(end))
        self._propose(kind="temporary", date_from=self._day(21), date_to=self._day(30))

    def test_expired_proposal_is_not_approved(self):
        with freeze_time(self._day(-10)):
            limit = self._propose(kind="temporary", date_to=self._day(-5))
        with self.assertRaisesRegex(UserError, "has passed"):
            limit.with_user(self.second).action_approve()

    # ------------------------------------------------------------------ what applies when
    def test_three_values(self):
        limit = self.account._credit_limit
        self.assertEqual((limit()["state"], limit()["total"]), ("not_set", None))
        self.account._grant_limit(0.0)
        self.assertEqual((limit()["state"], limit()["total"]), ("amount", 0.0))
        self.account._grant_limit(None)
        self.assertEqual((limit()["state"], limit()["total"]), ("unlimited", None))

    def test_a_new_limit_ends_the_old_one(self):
        old = self.account._grant_limit(1000.0, date_from=self._day(-100))
        new = self.account._grant_limit(2000.0, date_from=self._day(-10))
        self.assertEqual(old.date_to, self._day(-11))
        self.assertEqual((new.previous_type, new.previous_amount), ("amount", 1000.0))
        for day, total in ((-101, None), (-100, 1000.0), (-11, 1000.0), (-10, 2000.0), (0, 2000.0)):
            self.assertEqual(self.account._credit_limit(self._day(day))["total"], total, day)

    def test_temporary_replaces_and_insurance_adds(self):
        self.account._grant_limit(1000.0)
        self.account._grant_limit(300.0, kind="temporary", date_to=self._day(5))
        self.account._grant_limit(
            2000.0,
            kind="insurance",
            guarantor="Insurer",
            counted_percent=80.0,
            date_to=self._day(50),
        )
        limit = self.account._credit_limit()
        self.assertEqual(
            (limit["base"], limit["temporary"], limit["insured"], limit["total"]),
            (1000.0, 300.0, 1600.0, 1900.0),
        )
        self.assertEqual(self.account._credit_limit(self._day(6))["total"], 2600.0)
        self.assertEqual(self.account._credit_limit(self._day(51))["total"], 1000.0)

    def test_company_default(self):
        self.company.logistics_default_credit_limit = 0.0
        self.assertEqual(self.account._credit_limit()["total"], 0.0)
        self.company.logistics_default_credit_limit = 750.0
        self.assertEqual(self.account._credit_limit()["total"], 750.0)
        self.account._grant_limit(None)
        self.assertEqual(self.account._credit_limit()["state"], "unlimited")
        self.company.logistics_default_credit_limit = False
        self.assertIs(self.company.logistics_default_credit_limit, False)

    def test_expired_base_limit_is_told_apart_from_no_limit(self):
        """A limit that ran out must not turn into no limit at all."""
        with freeze_time(self._day(-30)):
            self.account._grant_limit(1000.0, date_to=self._day(-3))
        limit = self.account._credit_limit()
        self.assertEqual(limit["expired_on"], self._day(-3))
        self.limits._cron_credit_limits()
        self.assertEqual(self.account.credit_limit_ids.state, "ended")
        self.assertEqual(self.account._credit_limit()["expired_on"], self._day(-3))

    def test_a_branch_uses_the_limit_above_it(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        account = self._account(self.partner, company=branch)
        self.account._grant_limit(1000.0)
        self.assertEqual(account._credit_limit()["total"], 1000.0)
        account._grant_limit(200.0)
        self.assertEqual(account._credit_limit()["total"], 200.0)
        self.assertEqual(self.account._credit_limit()["total"], 1000.0)

    def test_ending_a_limit(self):
        base = self.account._grant_limit(1000.0, date_from=self._day(-10))
        temporary = self.account._grant_limit(
            9000.0, kind="temporary", date_from=self._day(-5), date_to=self._day(5)
        )
        temporary.with_user(self.first).action_end("Season is over")
        self.assertEqual(self.account._credit_limit()["total"], 1000.0)
        self.assertEqual(self.account._credit_limit(self._day(-1))["total"], 9000.0)
        with self.assertRaises(AccessError):
            base.with_user(self.seller).action_end()
        base.with_user(self.first).action_end()
        self.assertIsNone(self.account._credit_limit()["expired_on"])

    # ------------------------------------------------------------------ core
    def test_core_limit_is_kept_in_step(self):
        partner = self.partner.with_company(self.company)
        self.account._grant_limit(1000.0)
        self.assertEqual(partner.credit_limit, 1000.0)
        self.account._grant_limit(0.0)
        self.assertEqual(partner.credit_limit, 0.01, "Core reads zero as no check.")
        self.account._grant_limit(None)
        self.assertEqual(partner.credit_limit, 0.0)
        other = self._other_company()
        self.assertEqual(self.partner.with_company(other).credit_limit, 0.0)

    def test_core_limit_follows_the_dates(self):
        partner = self.partner.with_company(self.company)
        self.account._grant_limit(1000.0)
        self.account._grant_limit(
            4000.0, kind="temporary", date_from=self._day(1), date_to=self._day(2)
        )
        self.assertEqual(partner.credit_limit, 1000.0)
        for day, core in ((1, 4000.0), (2, 4000.0), (3, 1000.0)):
            with freeze_time(self._day(day)):
                self.limits._cron_credit_limits()
            self.assertEqual(partner.credit_limit, core, day)

    # ------------------------------------------------------------------ proposals
    def test_proposals_by_formula(self):
        """Months of the grade x revenue of a month, two leading digits, capped; once."""
        partners = [self._partner() for _i in range(4)]
        for partner, monthly in zip(partners, (1234.0, 80.0, 50000.0, 0.0), strict=True):
            if monthly:
                self._trade(partner, {"date": self._day(-20), "amount": monthly * 12})
        self.env["logistics.customer"]._ensure_accounts(company=self.company)
        self._refresh()
        line = self.env["logistics.credit.policy"]._for_company(self.company)._grade_line("N")
        line.limit_months = 1.5
        line.limit_cap = 20000.0
        proposals = self.env["logistics.customer"]._propose_limits(self.company)
        found = {limit.customer_id.partner_id: limit.amount for limit in proposals}
        self.assertEqual(found, {partners[0]: 1900.0, partners[1]: 120.0, partners[2]: 20000.0})
        self.assertEqual(set(proposals.mapped("state")), {"proposed"})
        self.assertFalse(self.env["logistics.customer"]._propose_limits(self.company))
        proposals.with_user(self.first).action_approve()
        self.assertFalse(
            self.env["logistics.customer"]._propose_limits(self.company),
            "What is in force already is not proposed again.",
        )

    def test_merging_accounts_keeps_one_limit(self):
        other = self._partner("Silk Road Traders (double)")
        twin = self._account(other)
        self.account._grant_limit(1000.0)
        twin._grant_limit(5000.0)
        twin._fold_into(self.account)
        self.assertEqual(self.account._credit_limit()["total"], 1000.0)
        self.assertEqual(len(self.account.credit_limit_ids), 2, "Nothing is lost.")
