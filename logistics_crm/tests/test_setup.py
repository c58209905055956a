# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LogisticsCommon


@tagged("post_install", "-at_install")
class TestSetup(LogisticsCommon):
    """From installed to first figures: left, continued, repeated."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.customers)
        cls.boss = cls._user("manager")
        cls.setups = (
            cls.env["logistics.setup"]
            .with_user(cls.boss)
            .with_context(allowed_company_ids=cls.company.ids)
        )

    def _setup(self):
        return self.setups.browse(self.setups.action_open()["res_id"])

    def _payer(self, name, *days_late):
        """A customer with one paid document for each number of days late."""
        partner = self._partner(name)
        self._account(partner)
        self._trade(
            partner,
            *[
                {
                    "date": str(self.today - relativedelta(days=200 + number)),
                    "amount": 100.0,
                    "due_date": str(self.today - relativedelta(days=150 + number)),
                    "paid_date": str(self.today - relativedelta(days=150 + number - late)),
                }
                for number, late in enumerate(days_late)
            ],
        )
        return partner

    def test_an_empty_company(self):
        setup = self._setup()
        self.assertEqual(self._setup(), setup, "one for the company")
        self.assertEqual((setup.step, setup.done_count, setup.step_count), ("history", 0, 5))
        with self.assertRaises(UserError) as refused:
            setup.action_preview()
        self.assertIn("no customer to grade", str(refused.exception))
        setup.action_refresh()
        setup.action_next()
        setup.action_next()
        self.assertEqual(self._setup().step, "visits", "continued where it was left")
        setup.action_back()
        self.assertEqual(setup.step, "grades")
        page = self.env["logistics.front.page"].with_user(self.boss)
        page = page.with_context(allowed_company_ids=self.company.ids).get_page("manager")
        self.assertEqual(page["setup"], {"open": True, "done": 0, "total": 5})
        setup.action_finish()
        self.assertTrue(setup.finished)

    def test_preview_saves_nothing_and_applying_does_what_it_said(self):
        for name, days in (
            ("Always on time", (0, 0, 0, 0)),
            ("Once late", (5, 0, 0, 0, 0)),
            ("Often late", (20, 20, 0)),
            ("Two only", (0, 0)),
        ):
            self._payer(name, *days)
        setup = self._setup()
        setup.action_refresh()
        before = {a.name: a.credit_grade_code for a in self.customers.search(self._ours())}
        policy = self.env["logistics.credit.policy"]._for_company(self.company)
        version = policy.version
        setup.action_preview()
        self.assertEqual(policy.version, version)
        self.env.invalidate_all()
        after = {a.name: a.credit_grade_code for a in self.customers.search(self._ours())}
        self.assertEqual(before, after)
        self.assertIn("table", setup.preview_html)
        for preset in ("cautious", "lenient", "balanced"):
            setup.preset = preset
            setup.action_apply()
            accounts = self.customers.search(self._ours())
            counts = dict.fromkeys("ABCN", 0)
            for account in accounts:
                counts[account.credit_grade_computed or "N"] += 1
            self.assertEqual(setup.preview[preset], counts, preset)
        grades = {a.name: a.credit_grade_code for a in accounts}
        self.assertEqual(
            grades,
            {"Always on time": "A", "Once late": "B", "Often late": "C", "Two only": False},
        )
        listed = {row.customer_id.name: row for row in setup.preview_ids}
        self.assertNotIn("Always on time", listed, "the choice does not decide about it")
        self.assertEqual(listed["Once late"].grade_lenient, "A")
        version = policy.version
        setup.action_apply()
        self.assertEqual(policy.version, version, "taking the same rules again changes nothing")
        self.assertEqual(setup.applied_on, self.today)

    def _ours(self):
        return [("company_id", "=", self.company.id)]

    def test_plans_are_not_written_twice(self):
        setup = self._setup()
        setup.action_create_plans()
        self.env.invalidate_all()
        count = setup.plan_count
        self.assertGreater(count, 0)
        setup.action_create_plans()
        self.env.invalidate_all()
        self.assertEqual(setup.plan_count, count)
        self.assertTrue(setup.done_visits)

    def test_roles_are_given_with_the_rights_of_who_gives(self):
        setup = self._setup()
        self.assertIn(self.boss, setup.manager_user_ids)
        newcomer = self._user("internal")
        with self.assertRaises(AccessError):
            setup.rep_user_ids = [Command.link(newcomer.id)]
            self.env.flush_all()
        self.env.invalidate_all()
        self.boss.group_ids = [Command.link(self.env.ref("base.group_erp_manager").id)]
        setup.rep_user_ids = [Command.link(newcomer.id)]
        self.assertTrue(newcomer.has_group("logistics_crm.group_user"))
        setup.rep_user_ids = [Command.unlink(newcomer.id)]
        self.assertFalse(newcomer.has_group("logistics_crm.group_user"))
        with self.assertRaises(UserError) as refused:
            setup.manager_user_ids = [Command.unlink(self.boss.id)]
        self.assertIn("from yourself", str(refused.exception))

    def test_the_digest_of_the_company(self):
        setup = self._setup()
        digests = self.env["digest.digest"].sudo()
        ours = [("company_id", "=", self.company.id), ("kpi_logistics_overdue", "=", True)]
        self.assertFalse(digests.search(ours))
        self.assertFalse(setup.digest_to_me)
        setup.action_digest()
        digest = digests.search(ours)
        self.assertEqual((digest.user_ids, digest.state), (self.boss, "activated"))
        self.assertEqual(digest.currency_id, self.company.currency_id)
        self.assertTrue(digest.next_run_date)
        self.assertTrue(setup.digest_to_me)
        colleague = self._user("manager")
        setup.with_user(colleague).action_digest()
        setup.action_digest()
        self.assertEqual((digests.search(ours), digest.user_ids), (digest, colleague))
        self.assertFalse(setup.digest_to_me)
        with self.assertRaises(AccessError):
            setup.with_user(self._user("controller")).action_digest()

    def test_for_managers_only(self):
        setup = self._setup()
        for role in ("seller", "seller_all", "controller"):
            with self.assertRaises(AccessError):
                self.env["logistics.setup"].with_user(self._user(role)).action_open()
            with self.assertRaises(AccessError):
                setup.with_user(self._user(role)).read(["preview"])
        with self.assertRaises(AccessError):
            setup.write({"preview": {}})
        other = self._other_company()
        stranger = self._user("manager", company=other)
        with self.assertRaises(AccessError):
            setup.with_user(stranger).with_context(allowed_company_ids=other.ids).action_next()
