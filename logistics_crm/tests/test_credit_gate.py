# Part of logistics_crm. License LGPL-3 or later.
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .credit_release_common import CreditReleaseCommon


@tagged("post_install", "-at_install")
class TestArrearsGate(CreditReleaseCommon):
    """The closed year is 2024; the customer owed 700 and 300 of it on 31 December."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._limit(cls.account, None)
        cls.older = cls._invoice(cls.partner, 700.0, "2024-06-01", due="2024-07-01")
        cls.younger = cls._invoice(cls.partner, 300.0, "2024-12-20", due="2025-01-20")
        cls.settled = cls._invoice(cls.partner, 90.0, "2024-03-01")
        cls._pay(cls.settled, "2024-03-05")
        cls.newer = cls._invoice(cls.partner, 400.0, "2025-02-01", due="2025-03-01")

    def _open(self, account=None):
        return self.gates._open_for(account or self.account)

    def _make(self):
        return self.gates._create_gates(2024, self.company)

    def test_open_amount_of_the_closed_year_becomes_a_gate(self):
        gate = self._make()
        self.assertRecordValues(
            gate, [{"customer_id": self.account.id, "year": 2024, "amount": 1000.0}]
        )
        self.assertEqual(
            sorted(gate.item_ids.mapped("document")),
            sorted([self.older.name, self.younger.name]),
        )
        (row,) = self._open()
        self.assertEqual(
            (row["gate"], row["year"], row["remaining"], row["oldest_document"]),
            (gate, 2024, 1000.0, self.older.name),
        )
        self.assertEqual(row["oldest_date"], date(2024, 6, 1))
        self.assertEqual(row["who"], self.director.name)

    def test_open_for_asks_one_query(self):
        self._make()
        self._open()
        self.env.invalidate_all()
        self.assertTrue(self.account.company_id.root_id and self.account.partner_id)
        with self.assertQueryCount(1):
            self._open()

    def test_what_was_paid_in_january_counts_as_open_at_the_year_end_but_not_as_left(self):
        self._pay(self.younger, "2025-01-10")
        gate = self._make()
        self.assertEqual(gate.amount, 1000.0)
        self.assertEqual(self._open()[0]["remaining"], 700.0)

    def test_it_falls_only_by_payments_allocated_to_its_documents(self):
        gate = self._make()
        # A payment nobody allocated, larger than everything.
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partner.id,
                "amount": 5000.0,
                "date": "2025-02-10",
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        self.assertEqual(self._open()[0]["remaining"], 1000.0)
        # A payment of a newer invoice.
        self._pay(self.newer, "2025-02-11")
        self.assertEqual(self._open()[0]["remaining"], 1000.0)
        # A payment of the document itself, in part.
        self._pay(self.older, "2025-02-12", amount=650.0)
        self.assertEqual(self._open()[0]["remaining"], 350.0)
        self.assertEqual(gate.remaining, 350.0)
        # The big one, allocated at last to both.
        lines = (payment.move_id | self.older | self.younger).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        lines.reconcile()
        self.assertEqual(self._open(), [])
        self.gates._settle(self.company)
        self.assertEqual(gate.state, "settled")

    def test_undoing_an_allocation_raises_it_again(self):
        gate = self._make()
        self._pay(self.older, "2025-02-12")
        self._pay(self.younger, "2025-02-12")
        self.gates._settle(self.company)
        self.assertEqual(gate.state, "settled")
        self.older.line_ids.remove_move_reconcile()
        self.assertEqual(self._open()[0]["remaining"], 700.0)
        self.gates._settle(self.company)
        self.assertEqual(gate.state, "open")

    def test_neither_draft_nor_cancel_lowers_it(self):
        self._make()
        self.older.button_draft()
        self.assertEqual(self._open()[0]["remaining"], 1000.0)
        self.older.button_cancel()
        self.assertEqual(self._open()[0]["remaining"], 1000.0)

    def test_new_orders_wait_however_large_and_the_reason_says_what_to_do(self):
        self._make()
        for amount in (1.0, 100000.0):
            order = self._quote(amount)
            self.assertFalse(self._confirm(order))
            (reason,) = [
                r for r in order._credit_verdict()["reasons"] if r["rule"] == "arrears_gate"
            ]
            self.assertEqual(reason["level"], "hold")
            text = order.with_user(self.newbie)._credit_verdict()["reasons"]
            text = "\n".join(str(r["text"]) for r in text if r["rule"] == "arrears_gate")
            self.assertIn(self.older.name, text)
            self.assertIn(self.director.name, text)
            self.assertRegex(text, r"1,000")

    def test_a_release_is_no_way_round_the_gate(self):
        self._make()
        order = self._held(50.0)
        with self.assertRaisesRegex(UserError, "2024"):
            self._request(order)
        self.assertFalse(self.releases._covering(order, 0.0, rules={"arrears_gate"}))

    def test_a_gate_closes_the_way_of_an_older_release(self):
        self._limit(self.account, 1500.0)
        order = self._held(500.0)
        self._request(
            order, scope="customer", amount=5000.0, valid_until=self.today + timedelta(days=9)
        ).with_user(self.senior).action_approve()
        self._make()
        self.assertFalse(self._confirm(order))

    def test_only_the_named_authority_lifts_it(self):
        gate = self._make()
        for user in (self.rep, self.newbie, self.senior, self.other):
            with self.assertRaises(AccessError):
                gate.with_user(user).action_lift(reason="He promised more next year")
        with self.assertRaisesRegex(UserError, "reason"):
            gate.with_user(self.director).action_lift(reason="")
        order = self._quote(50.0)
        self.assertFalse(self._confirm(order))
        gate.with_user(self.director).action_lift(reason="Settlement agreed in court")
        self.assertRecordValues(
            gate,
            [
                {
                    "state": "lifted",
                    "lifted_by": self.director.id,
                    "lift_reason": "Settlement agreed in court",
                    "lifted_amount": 1000.0,
                }
            ],
        )
        self.assertEqual(self._open(), [])
        with self.assertRaisesRegex(UserError, "lifted already"):
            gate.with_user(self.director).action_lift(reason="Again")

    def test_the_own_rep_does_not_lift_it(self):
        gate = self._make()
        self.account.user_id = self.director
        with self.assertRaisesRegex(AccessError, "look after"):
            gate.with_user(self.director).action_lift(reason="Trust me")

    def test_no_state_by_write(self):
        gate = self._make()
        for user in (self.rep, self.senior, self.director):
            for vals in ({"state": "lifted"}, {"year": 1999}, {"amount": 0.0}):
                with self.assertRaises(UserError):
                    gate.with_user(user).write(vals)
            with self.assertRaises(UserError):
                gate.with_user(user).item_ids.unlink()
            with self.assertRaises(UserError):
                gate.with_user(user).unlink()
        with self.assertRaises(UserError):
            gate.sudo().state = "settled"

    def test_running_again_changes_nothing_and_adds_late_bookings(self):
        gate = self._make()
        self.assertFalse(self._make())
        late = self._invoice(self.partner, 50.0, "2024-12-30")
        self.assertFalse(self._make())
        self.assertEqual(gate.amount, 1050.0)
        self.assertIn(late, gate.item_ids.move_id)
        gate.with_user(self.director).action_lift(reason="Agreed")
        self._invoice(self.partner, 60.0, "2024-12-30")
        self._make()
        self.assertRecordValues(gate, [{"state": "lifted", "amount": 1050.0}])

    def test_the_next_year_leaves_to_the_older_gate_what_it_watches(self):
        self._make()
        nxt = self.gates._create_gates(2025, self.company)
        self.assertEqual(nxt.item_ids.mapped("document"), [self.newer.name])
        self.assertEqual(
            [(r["year"], r["remaining"]) for r in self._open()], [(2024, 1000.0), (2025, 400.0)]
        )

    def test_after_a_lift_the_next_year_takes_what_is_still_owed(self):
        self._make().with_user(self.director).action_lift(reason="One more chance")
        nxt = self.gates._create_gates(2025, self.company)
        self.assertEqual(nxt.amount, 1400.0)

    def test_only_what_is_due_where_the_company_wants_that(self):
        self.company.logistics_gate_due_only = True
        self._make()
        with freeze_time("2025-01-15"):
            self.assertEqual(self._open()[0]["remaining"], 700.0)
        with freeze_time("2025-01-21"):
            self.assertEqual(self._open()[0]["remaining"], 1000.0)

    def test_a_year_that_is_not_over_is_refused(self):
        with self.assertRaisesRegex(UserError, "not over"):
            self.gates._create_gates(self.today.year, self.company)

    def test_history_before_the_ledger(self):
        """Open history counts, with what is unknown left unknown, until it is marked paid."""
        partner = self._partner("History Only")
        known, unknown = self._trade(
            partner,
            {"date": "2024-05-01", "due_date": "2024-06-01", "amount": 250.0},
            {"date": "2024-05-02", "due_date": "2024-06-02", "amount": False},
        )
        self._make()
        account = self._account_of(partner)
        (row,) = self._open(account)
        self.assertEqual((row["remaining"], row["unknown"]), (250.0, True))
        known.paid_date = "2025-01-10"
        (row,) = self._open(account)
        self.assertEqual((row["remaining"], row["unknown"]), (0.0, True))
        unknown.paid_date = "2025-01-10"
        self.assertEqual(self._open(account), [])

    def test_other_companies_are_not_held(self):
        self._make()
        other = self._other_company()
        elsewhere = self._account(self.partner, company=other)
        self.assertEqual(self._open(elsewhere), [])
        foreign = self._user("controller", company=other)
        self.assertFalse(
            self.gates.with_user(foreign)
            .with_context(allowed_company_ids=other.ids)
            .search([("customer_id", "=", self.account.id)])
        )

    def test_a_branch_is_held_by_its_company(self):
        self._make()
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.env.user.company_ids |= branch
        self.assertEqual(self._open(self._account(self.partner, company=branch))[0]["year"], 2024)

    def test_salespeople_do_not_read_the_ledger_through_gates(self):
        gate = self._make()
        with self.assertRaises(AccessError):
            gate.with_user(self.rep).read(["remaining"])
        self.assertEqual(gate.with_user(self.newbie).remaining, 1000.0)

    def test_daily_job_makes_last_years_gates_once(self):
        self.company.logistics_gate_year = 0
        with freeze_time("2025-01-02"):
            self.gates._cron_create_gates()
            gate = self.gates.search([("customer_id", "=", self.account.id)])
            self.assertEqual((gate.year, gate.amount), (2024, 1000.0))
            self.assertEqual(self.company.logistics_gate_year, 2024)
        self.company.write({"logistics_credit_control": "off", "logistics_gate_year": 0})
        gate_ids = self.gates.search([]).ids
        with freeze_time("2026-01-02"):
            self.gates._cron_create_gates()
        self.assertEqual(self.gates.search([]).ids, gate_ids)

    def test_merging_two_customers_joins_their_gates(self):
        twin = self._partner("Harbour Textiles Ltd")
        self._invoice(twin, 120.0, "2024-08-01")
        self._make()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.partner | twin).ids, self.partner
        )
        (row,) = self._open()
        self.assertEqual(row["remaining"], 1120.0)
