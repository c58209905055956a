# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .screening_common import YEAR, ScreeningCase


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningSteps(ScreeningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine, cls.theirs, cls.free = cls._partners("Mine", "Theirs", "Free")
        cls._history(
            *((p, cls._day(3, 1), 100) for p in (cls.mine, cls.theirs, cls.free)),
            (cls.mine, cls._day(3, 1, YEAR - 1), 100),
        )
        cls.env["logistics.customer"]._refresh_figures(as_of=f"{YEAR}-12-31", company=cls.company)
        accounts = cls.env["logistics.customer"].search([("company_id", "=", cls.company.id)])
        of = {account.partner_id: account for account in accounts}
        of[cls.mine].user_id = cls.rep
        of[cls.theirs].user_id = cls.rep_all
        of[cls.free].user_id = False
        cls.accounts = of
        cls.screening = cls._screening(compute=False)

    def _rows(self, user):
        model = self.env["logistics.screening.progress"].with_user(user)
        rows = model.search([("screening_id", "=", self.screening.id)])
        return {row.user_id: row for row in rows}

    def test_steps_follow_each_other(self):
        """Prepare, judge, decide, closed, carried over; back only from deciding."""
        screening = self.screening.with_user(self.manager)
        self.assertEqual(screening.step, "prepare")
        with self.assertRaisesRegex(UserError, "no figures"):
            screening.action_start_deciding()
        screening.action_compute()
        self.assertEqual(screening.step, "judge")
        screening.action_start_deciding()
        self.assertEqual(screening.step, "decide")
        screening.action_back_to_judging()
        self.assertEqual(screening.step, "judge")
        screening.action_close()
        self.assertEqual(screening.step, "close")
        with self.assertRaisesRegex(UserError, "closed"):
            screening.action_start_deciding()
        screening.action_carry_over()
        self.assertEqual(screening.step, "carry")
        with self.assertRaises(UserError):
            screening.step = "prepare"

    def test_progress_by_representative(self):
        """Who has how many customers in scope, before and after computing; own rows for a rep."""
        rows = self._rows(self.manager)
        self.assertEqual({row.customer_count for row in rows.values()}, {1})
        self.assertEqual(set(rows), {self.rep, self.rep_all, self.env["res.users"]})
        self.assertEqual(set(self._rows(self.rep)), {self.rep, self.env["res.users"]})
        missing = sum(account.missing_fact_count for account in self.accounts.values())
        self.assertEqual(sum(row.missing_count for row in rows.values()), missing)
        self.screening.action_compute()
        line = self._line(self.screening, self.mine)
        self.env["logistics.screening.judgement"].with_user(self.rep).create(
            {"line_id": line.id, "future": "3"}
        )
        line.decision = line.proposal
        self.env.flush_all()
        row = self._rows(self.manager)[self.rep]
        self.assertEqual((row.customer_count, row.judged_count, row.decided_count), (1, 1, 1))

    def test_missing_and_stale_facts_are_listed(self):
        """One row for each missing fact and each section to verify, of own customers only."""
        action = self.screening.with_user(self.rep).action_open_my_gaps()
        gaps = self.env[action["res_model"]].with_user(self.rep).search(action["domain"])
        account = self.accounts[self.mine]
        self.assertEqual(gaps.customer_id, account)
        missing = gaps.filtered(lambda gap: gap.kind == "missing")
        self.assertEqual(len(missing), account.missing_fact_count)
        overview = account._file_overview()[account.id]
        self.assertEqual(
            set(missing.item_id.mapped("name")),
            {row["name"] for section in overview for row in section["missing"]},
        )
        stale = gaps - missing
        self.assertEqual(
            set(stale.mapped("section")),
            {part["section"] for part in overview if part["state"] in ("never", "stale")},
        )
        self.assertTrue(missing and stale)
        known = missing.item_id.filtered(lambda item: item.fact == "partner.phone")
        self.assertTrue(known, "the phone is missing at first")
        self.mine.phone = "+1 555 0100"
        self.screening.with_user(self.rep).action_open_my_gaps()
        gaps = self.env["logistics.screening.gap"].with_user(self.rep).search([])
        self.assertNotIn(known, gaps.item_id)
        foreign = self._rows(self.manager)[self.rep_all].with_user(self.rep)
        action = foreign.sudo().with_user(self.manager).action_open_gaps()
        seen = self.env["logistics.screening.gap"].with_user(self.manager).search(action["domain"])
        self.assertEqual(seen.customer_id, self.accounts[self.theirs])
        self.assertEqual(
            self.env["logistics.screening.gap"].with_user(self.rep).search([]).customer_id, account
        )

    def test_shares_of_the_steps(self):
        """Bars count customers, not representatives."""
        self.assertEqual(self.screening.signed_progress, 0)
        self.screening.with_user(self.rep).action_sign()
        self.screening.invalidate_recordset()
        self.assertAlmostEqual(self.screening.signed_progress, 100 / 3)
        self.screening.action_compute()
        line = self._line(self.screening, self.mine)
        self.env["logistics.screening.judgement"].with_user(self.rep).create(
            {"line_id": line.id, "future": "3"}
        )
        self.env.flush_all()
        self.screening.invalidate_recordset()
        self.assertAlmostEqual(self.screening.judged_progress, 100 / 3)

    def test_who_computed_is_reminded_to_decide(self):
        self.screening.deadline_decide = "2022-02-10"
        screening = self.screening.with_user(self.manager)
        screening.action_compute()
        screening.action_start_deciding()
        self.screening._remind(date(2022, 2, 5))
        self.screening._remind(date(2022, 2, 6))
        self.assertEqual(self.screening.activity_ids.user_id, self.manager)
        self.assertIn("3 customers", self.screening.activity_ids.summary)
        self.screening.activity_ids.unlink()
        self.screening.line_ids.action_accept_proposal()
        self.screening.invalidate_recordset()
        self.screening._remind(date(2022, 2, 7))
        self.assertFalse(self.screening.activity_ids, "all is decided")

    def test_signing(self):
        """Each signs for own customers, with the counts of the day; a second time renews it."""
        with self.assertRaisesRegex(UserError, "no customer"):
            self.screening.with_user(self.manager).action_sign()
        self.screening.with_user(self.rep).action_sign()
        signature = self.screening.signature_ids
        self.assertEqual((signature.user_id, signature.step), (self.rep, "prepare"))
        self.assertEqual(signature.missing_count, self.accounts[self.mine].missing_fact_count)
        self.screening.with_user(self.rep).action_sign()
        self.assertEqual(self.screening.signature_ids, signature)
        self.assertTrue(self._rows(self.manager)[self.rep].prepared_at)
        self.assertFalse(self._rows(self.manager)[self.rep_all].prepared_at)
        with self.assertRaises(AccessError):
            signature.with_user(self.rep).write({"missing_count": 0})
        self.screening.action_compute()
        self.screening.with_user(self.rep).action_sign()
        self.assertEqual(set(self.screening.signature_ids.mapped("step")), {"prepare", "judge"})
        self.screening.action_start_deciding()
        with self.assertRaisesRegex(UserError, "nothing to sign"):
            self.screening.with_user(self.rep).action_sign()

    def test_reminders(self):
        """A week before the deadline whoever has not signed gets one activity, not two."""
        with self.assertRaisesRegex(ValidationError, "follow"), self.cr.savepoint():
            self.screening.write({"deadline_prepare": "2022-02-01", "deadline_judge": "2022-01-01"})
        self.screening.deadline_prepare = "2022-02-10"
        self.screening.with_user(self.rep).action_sign()
        with freeze_time("2022-02-02"):
            self.screening._remind(date(2022, 2, 2))
            self.assertFalse(self.screening.activity_ids, "too early")
        for day in (3, 4, 11):
            self.screening._remind(date(2022, 2, day))
        activities = self.screening.activity_ids
        self.assertEqual(activities.user_id, self.rep_all)
        self.assertEqual(len(activities), 1)
        self.screening.with_user(self.rep_all).action_sign()
        self.assertFalse(self.screening.activity_ids, "signing does what it asked for")
        self.screening._remind(date(2022, 2, 12))
        self.assertFalse(self.screening.activity_ids)
