# Part of logistics_crm. License LGPL-3 or later.
from datetime import date, timedelta
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LogisticsLedgerCommon

# A Monday.
TODAY = date(2024, 4, 1)


class CollectionCommon(LogisticsLedgerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.controller = cls._user("controller", email="controller@test.example.com")
        cls.seller = cls._user("seller")
        cls.company.write(
            {
                "logistics_collections": "auto",
                "logistics_credit_controller_id": cls.controller.id,
                "email": "books@test.example.com",
            }
        )
        # The company's own ladder, whatever the database holds.
        template = cls.env.ref("logistics_crm.collection_mail_reminder")
        cls.friendly, cls.reminder, cls.call, cls.letter, cls.stop, cls.lawyer = cls.env[
            "logistics.collection.step"
        ].create(
            [
                {
                    "name": name,
                    "kind": kind,
                    "days": days,
                    "company_id": cls.company.id,
                    "template_id": template.id if kind in ("reminder", "letter") else False,
                }
                for name, kind, days in (
                    ("Friendly", "reminder", -5),
                    ("First Reminder", "reminder", 3),
                    ("Phone", "call", 10),
                    ("Formal", "letter", 20),
                    ("Stop", "stop", 30),
                    ("Law", "lawyer", 60),
                )
            ]
        )
        cls.cases = cls.env["logistics.collection.case"]
        cls.touches = cls.env["logistics.collection.touch"]

    @classmethod
    def _debtor(cls, *dues, **values):
        """A customer with an open invoice of 100 for each due date (days from today)."""
        partner = cls._partner(**{"email": "debtor@test.example.com", **values})
        for days in dues:
            due = TODAY + timedelta(days=days)
            cls._invoice(partner, 100.0, due - timedelta(days=30), due=due)
        account = cls._account_of(partner)
        account.user_id = cls.seller
        return account

    @classmethod
    def _case(cls, account):
        return cls.cases.search([("customer_id", "=", account.id)])

    def _run(self, day=TODAY):
        """The daily job, for this test's company."""
        with (
            freeze_time(day),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 1e9),
            patch.object(type(self.env["ir.cron"]), "_notify_progress", lambda *a, **k: None),
        ):
            self.env["res.company"].search([("id", "!=", self.company.id)]).write(
                {"logistics_collections": "off"}
            )
            self.cases._cron_collect()
            self.env.flush_all()

    def _sent(self, account):
        """What the customer got, as (date, step)."""
        return [
            (touch.date, touch.step_id.name)
            for touch in self.touches.search([("customer_id", "=", account.id)], order="id")
        ]


@tagged("post_install", "-at_install")
class TestCollectionCase(CollectionCommon):
    def test_ladder(self):
        """One step at a time, each on its day, never twice, with the days between letters."""
        account = self._debtor(4)
        for days in range(45):
            self._run(TODAY + timedelta(days=days))
        steps = [((day - TODAY).days, name) for day, name in self._sent(account)]
        # Due on day 4, a Friday. Day 7 is a Monday; 14 a Monday, 24 and 34 weekdays.
        self.assertEqual(
            steps,
            [(0, "Friendly"), (7, "First Reminder"), (14, "Phone"), (24, "Formal"), (35, "Stop")],
        )
        case = self._case(account)
        self.assertEqual(case.owner_id, self.controller)
        self.assertIn("Phone", "".join(case.activity_ids.mapped("summary")))
        self.assertTrue(account._manual_hold(TODAY + timedelta(days=36)))
        self.assertEqual(case.next_step_id, self.lawyer)
        self.assertEqual(len(account.message_ids.filtered("subject")), 3, "letters in timeline")

    def test_old_debt_climbs_from_the_first_reminder(self):
        account = self._debtor(-200)
        self._run()
        self.assertEqual(self._sent(account), [(TODAY, "First Reminder")])
        self._run(TODAY + timedelta(days=6))
        self.assertEqual(len(self._sent(account)), 1)
        self._run(TODAY + timedelta(days=7))
        self.assertEqual(self._sent(account)[1:], [(TODAY + timedelta(days=7), "Phone")])

    def test_one_letter_for_all_invoices(self):
        account = self._debtor(-10, -8, -5, 20)
        self._run()
        mail = self.env["mail.mail"].search([("mail_message_id", "in", account.message_ids.ids)])
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, account.partner_id)
        body = account.message_ids.filtered("subject").body
        documents = (
            self.env["account.move"]
            .search([("partner_id", "=", account.partner_id.id)])
            .mapped("name")
        )
        self.assertEqual(len(documents), 4)
        for document in documents:
            self.assertIn(document, body)
        self.assertIn("400.00", body)

    def test_run_again_sends_nothing_twice(self):
        account = self._debtor(-5)
        self._run()
        self._run()
        self.assertEqual(len(self._sent(account)), 1)
        with self.assertRaisesRegex(UserError, "done already"):
            self._case(account)._take_step(self.reminder)
        touch = self.touches.search([("customer_id", "=", account.id)])
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            touch.copy()

    def test_killed_between(self):
        """The touch and its mail stand or fall together: killed in the middle, both are gone,
        and the next run sends exactly one.
        """
        first, second = self._debtor(-6), self._debtor(-5)

        class Killed(BaseException):
            pass

        cases = type(self.cases)
        take = cases._take_step
        mails = self.env["mail.mail"].search_count([])

        def killed(case, step, user=None):
            take(case, step, user)
            raise Killed

        with (
            self.assertRaises(Killed),
            self.env.cr.savepoint(),
            patch.object(cases, "_take_step", killed),
        ):
            self._run()
        self.env.invalidate_all()
        self.assertFalse(self._sent(first) + self._sent(second))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self._run()
        self.assertEqual(self.env["mail.mail"].search_count([]), mails + 2)
        self.assertEqual(len(self._sent(first) + self._sent(second)), 2)

    def test_quiet_days(self):
        saturday = TODAY + timedelta(days=5)
        account = self._debtor(0)
        self.env["logistics.collection.holiday"].create(
            {
                "name": "Festival",
                "company_id": self.company.id,
                "date_from": saturday + timedelta(days=2),
                "date_to": saturday + timedelta(days=3),
            }
        )
        self.company.logistics_collection_weekdays = "5"
        for day in range(4):
            self._run(saturday + timedelta(days=day))
        self.assertFalse(self._sent(account))
        self._run(saturday + timedelta(days=4))
        self.assertEqual(len(self._sent(account)), 1)
        self.assertTrue(self.company._is_collection_day(saturday + timedelta(days=4)))
        self.company.logistics_collection_weekdays = "6"
        self.assertTrue(self.company._is_collection_day(saturday))

    def test_off_and_worklist_only(self):
        account = self._debtor(-5)
        self.company.logistics_collections = "off"
        self._run()
        self.assertFalse(self._case(account))
        self.company.logistics_collections = "worklist"
        self._run()
        case = self._case(account)
        self.assertEqual((case.next_step_id, case.priority), (self.reminder, "1"))
        self.assertFalse(self._sent(account))

    def test_paused_promised_disputed_legal(self):
        """Each of them keeps the letters away; when it ends they go on."""
        paused, promised, disputed, legal = (self._debtor(-5) for _number in range(4))
        with freeze_time(TODAY):
            self.cases._refresh_cases(self.company)
            self._case(paused).action_pause(TODAY + timedelta(days=1), "books are compared")
            self.env["logistics.payment.promise"].create(
                {
                    "customer_id": promised.id,
                    "amount": 100.0,
                    "date_promised": TODAY,
                }
            )
            move = self.env["account.move"].search([("partner_id", "=", disputed.partner_id.id)])
            dispute = self.env["logistics.dispute"].create({"move_id": move.id, "reason": "damage"})
            self._case(legal)._open_legal_case()
        self._run()
        for account in (paused, promised, disputed, legal):
            self.assertFalse(self._sent(account), account.name)
        self.assertEqual(self._case(disputed).state, "closed")
        self._run(TODAY + timedelta(days=2))
        self.assertEqual(len(self._sent(paused)), 1)
        self.assertFalse(self._sent(promised), "two days of grace")
        self._run(TODAY + timedelta(days=3))
        self.assertEqual(len(self._sent(promised)), 1)
        self.assertEqual(self._case(promised).priority, "2")
        with freeze_time(TODAY + timedelta(days=3)):
            dispute._close("rejected")
        self._run(TODAY + timedelta(days=4))
        self.assertEqual(len(self._sent(disputed)), 1)
        self.assertFalse(self._sent(legal))

    def test_amounts_against_the_ledger(self):
        """Overdue less credits; expected by age; a small rest is left in peace."""
        account = self._debtor(-5, -40, 10)
        self._debtor(0)
        payment = self.env["account.payment"].create(
            {
                "partner_id": account.partner_id.id,
                "amount": 50.0,
                "date": TODAY,
                "payment_type": "inbound",
                "partner_type": "customer",
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        rates = self.env["logistics.collection.rate"]
        rates.search([("company_id", "=", False)]).unlink()
        rates.create([{"days_from": 0, "rate": 0.9}, {"days_from": 31, "rate": 0.5}])
        with freeze_time(TODAY):
            self.cases._refresh_cases(self.company)
        case = self._case(account)
        self.assertEqual(case.overdue_amount, 150.0)
        self.assertEqual(case.oldest_days, 40)
        self.assertAlmostEqual(case.expected_recovery, (90.0 + 50.0) * 150.0 / 200.0)
        self.company.logistics_collection_min_amount = 150.0
        with freeze_time(TODAY):
            self.cases._refresh_cases(self.company)
        self.assertEqual(case.state, "closed")
        self.assertFalse(case.next_step_id)

    def test_new_cycle(self):
        """Paid, and late again: the ladder begins anew."""
        account = self._debtor(-5)
        self._run()
        case = self._case(account)
        moves = self.env["account.move"].search([("partner_id", "=", account.partner_id.id)])
        self._pay(moves, TODAY)
        self._run(TODAY + timedelta(days=1))
        self.assertEqual(case.state, "closed")
        self._invoice(account.partner_id, 10.0, TODAY, due=TODAY + timedelta(days=1))
        self._run(TODAY + timedelta(days=28))
        self.assertEqual((case.state, case.cycle), ("open", 2))
        self.assertEqual(len(self._sent(account)), 2)

    def test_grade_has_its_own_ladder(self):
        account = self._debtor(-5)
        account.credit_grade_code = "D"
        self.env["logistics.collection.step"].create(
            {
                "name": "Law at once",
                "kind": "lawyer",
                "days": 1,
                "grade": "D",
                "company_id": self.company.id,
            }
        )
        self._run()
        self.assertEqual(self._sent(account), [(TODAY, "Law at once")])
        legal = self.env["logistics.legal.case"].search([("customer_id", "=", account.id)])
        self.assertEqual((legal.state, legal.claimed_amount), ("proposed", 100.0))

    def test_what_cannot_be_sent(self):
        """No address, or a broken template: the case says why, the others go on."""
        silent = self._debtor(-5, email=False)
        fine = self._debtor(-5)
        self._run()
        self.assertFalse(self._sent(silent))
        self.assertIn("no usable e-mail", self._case(silent).problem)
        self.assertEqual(len(self._sent(fine)), 1)
        silent.partner_id.email = "now@test.example.com"
        self._run()
        self.assertEqual(len(self._sent(silent)), 1)
        self.assertFalse(self._case(silent).problem)

    def test_rates_from_own_payments(self):
        """Half of what was 1 to 30 days overdue was paid within 90 days: the rate is 0.5."""
        rates = self.env["logistics.collection.rate"]
        rates.search([("company_id", "=", False)]).unlink()
        rates.create({"days_from": 0, "rate": 0.9})
        start = TODAY - timedelta(days=90)
        paid, _unpaid = (
            self._invoice(
                self._partner(), 500.0, start - timedelta(days=40), due=start - timedelta(days=10)
            )
            for _number in range(2)
        )
        self._pay(paid, start + timedelta(days=30))
        self.assertFalse(self.cases._learn_rates(self.company, TODAY))
        self.assertEqual(self.cases._learn_rates(self.company, TODAY, sample=1000.0), 1)
        own = rates.search([("company_id", "=", self.company.id)])
        self.assertEqual((own.rate, own.sample_amount, own.learned), (0.5, 1000.0, True))

    def test_who_may(self):
        account = self._debtor(-5)
        with freeze_time(TODAY):
            self.cases._refresh_cases(self.company)
        case = self._case(account)
        mine = case.with_user(self.seller)
        self.assertEqual(mine.state, "open")
        with self.assertRaises(AccessError):
            mine.read(["overdue_amount"])
        for refused in ("action_pause", "action_take_step", "action_log_call", "action_preview"):
            with self.assertRaises(AccessError):
                getattr(mine, refused)()
        with self.assertRaises(AccessError):
            case.with_user(self._user("seller")).read(["state"])
        with self.assertRaises(AccessError):
            case.with_user(self.controller).write({"overdue_amount": 0.0})
        with self.assertRaises(AccessError):
            self.touches.with_user(self.controller).create({"case_id": case.id})
        case.with_user(self.controller).action_take_step()
        self.assertEqual(len(self._sent(account)), 1)

    def test_other_company(self):
        """The job of one company leaves the customers of the other alone."""
        other = self.company_data_2 if hasattr(self, "company_data_2") else None
        company = other["company"] if other else self.env["res.company"].create({"name": "Other"})
        account = self._debtor(-5)
        self.assertFalse(self.cases._refresh_cases(company, TODAY))
        self.assertFalse(self._case(account))

    def test_call_with_promise(self):
        account = self._debtor(-5)
        with freeze_time(TODAY):
            self.cases._refresh_cases(self.company)
            case = self._case(account).with_user(self.controller)
            call = (
                self.env["logistics.collection.call"]
                .with_user(self.controller)
                .create({"case_ids": [Command.set(case.ids)], "result": "promised"})
            )
            self.assertEqual(call.promise_amount, 100.0)
            with self.assertRaisesRegex(UserError, "the day"):
                call.action_log()
            call.promise_date = TODAY + timedelta(days=3)
            call.note = "Money comes on Thursday"
            call.action_log()
        touch = self.touches.search([("customer_id", "=", account.id)])
        self.assertEqual((touch.kind, touch.result), ("call", "promised"))
        self.assertEqual(touch.promise_id.amount, 100.0)
        self.assertEqual(case.next_action_date, TODAY + timedelta(days=6))
        self.assertIn("Money comes", touch.message_id.body)

    def test_batch_of_reminders(self):
        """The letter batch takes the same step, and lists whom it could not write to."""
        due, later = self._debtor(-5), self._debtor(-1)
        with freeze_time(TODAY):
            self.cases._refresh_cases(self.company)
            batch = self.env["logistics.letter.batch"].create(
                {"kind": "reminder", "company_id": self.company.id, "date": TODAY}
            )
            batch._add_customers(due | later)
            batch._process(batch.line_ids)
            again = batch.copy()
            again._add_customers(due)
            again._process(again.line_ids)
        states = {line.customer_id: line.state for line in batch.line_ids}
        self.assertEqual(states, {due: "done", later: "failed"})
        self.assertEqual(again.line_ids.state, "failed")
        self.assertEqual(len(self._sent(due)), 1)

    def test_merged_accounts(self):
        """Both customers' touches stay; nothing is sent again for what the kept case did."""
        first, second = self._debtor(-5), self._debtor(-5)
        self._run()
        second._fold_into(first)
        self.assertEqual(len(self._sent(first)), 2)
        self.assertEqual(len(self._case(first)), 1)
        self._run()
        self.assertEqual(len(self._sent(first)), 2)

    def test_bad_steps(self):
        steps = self.env["logistics.collection.step"]
        for values, message in (
            ({"kind": "letter", "days": 5}, "mail template"),
            ({"kind": "call", "days": -1}, "friendly reminder"),
            ({"kind": "call", "days": 5, "responsible": "user"}, "choose the person"),
        ):
            with self.assertRaisesRegex(ValidationError, message):
                steps.create({"name": "Bad", **values})
