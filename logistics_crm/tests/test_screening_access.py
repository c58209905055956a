# Part of logistics_crm. License LGPL-3 or later.
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .screening_common import YEAR, ScreeningCase

LEDGER = ("open_amount", "overdue_amount", "due_amount", "gross_margin", "margin_rate")


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningAccess(ScreeningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own, cls.free, cls.foreign = cls._partners("Own", "Free", "Foreign")
        cls._history(
            *(
                (
                    partner,
                    cls._day(3, 1),
                    1234,
                    {"cost": 1000, "due_date": cls._day(4, 1)},
                )
                for partner in (cls.own, cls.free, cls.foreign)
            )
        )
        cls.env["logistics.customer"]._ensure_accounts(company=cls.company)
        accounts = cls.env["logistics.customer"].search([("company_id", "=", cls.company.id)])
        of = {account.partner_id: account for account in accounts}
        of[cls.own].user_id = cls.rep
        of[cls.free].user_id = False
        of[cls.foreign].user_id = cls.rep_all
        cls.screening = cls._screening()
        cls.line = cls.screening.line_ids.filtered(lambda line: line.partner_id == cls.own)

    def _seen_by(self, user, model="logistics.screening.line"):
        return set(self.env[model].with_user(user).search([]).mapped("customer_id.partner_id.name"))

    def test_who_sees_which_customers(self):
        """Own or unassigned for a rep, all for the others; months follow their line."""
        everybody = {"Own", "Free", "Foreign"}
        models = (
            "logistics.screening.line",
            "logistics.screening.month",
            "logistics.screening.month.service",
        )
        for model in models:
            self.assertEqual(self._seen_by(self.rep, model), {"Own", "Free"}, model)
            for user in (self.rep_all, self.manager):
                self.assertEqual(self._seen_by(user, model), everybody, model)
            self.assertEqual(
                len(self.env[model].with_user(self.control).search([]).line_id)
                if model != models[0]
                else self.env[model].with_user(self.control).search_count([]),
                3,
            )

    def test_sheet_follows_the_customer_to_a_new_rep(self):
        """Who takes a customer over sees its old sheets, who gives it away does not."""
        self.line.customer_id.user_id = self.rep_all
        self.assertEqual(self._seen_by(self.rep), {"Free"})
        self.assertEqual(self.line.user_id, self.rep, "the sheet says who it was then")

    def test_months_of_a_foreign_customer_are_not_read_by_id(self):
        """Guessing ids does not get round the rule."""
        foreign = self.screening.line_ids.filtered(lambda line: line.partner_id == self.foreign)
        with self.assertRaises(AccessError):
            foreign.with_user(self.rep).read(["revenue"])
        with self.assertRaises(AccessError):
            foreign.month_ids.with_user(self.rep).read(["amount"])
        with self.assertRaises(AccessError):
            foreign.service_month_ids.with_user(self.rep).read(["amount"])

    def test_ledger_amounts_are_not_for_sales(self):
        """A rep sees that money is overdue, not how much, neither in fields nor in words."""
        for user in (self.rep, self.rep_all):
            line = self.line.with_user(user)
            self.assertTrue(line.has_overdue)
            for name in LEDGER:
                with self.assertRaises(AccessError, msg=name):
                    line.read([name])
            self.assertIn("overdue", line.proposal_reason)
            self.assertNotIn("1,234", line.proposal_reason)
        for user in (self.manager, self.control):
            line = self.line.with_user(user)
            self.assertEqual(line.overdue_amount, 1234)
            self.assertIn("1,234", line.proposal_reason)

    def test_company_totals_are_not_for_a_rep(self):
        """Who may see only his own customers does not see the revenue of the company."""
        with self.assertRaises(AccessError):
            self.screening.with_user(self.rep).read(["revenue"])
        self.assertEqual(self.screening.with_user(self.rep_all).revenue, 3 * 1234)
        self.assertEqual(self.screening.with_user(self.rep).line_count, 2)

    def test_only_managers_act(self):
        """Creating, computing, deciding, closing and deleting are for managers."""
        for user in (self.rep, self.rep_all, self.control):
            screening, line = self.screening.with_user(user), self.line.with_user(user)
            attempts = (
                lambda s=screening: s.create({"year": YEAR - 1, "company_id": s.company_id.id}),
                screening.action_compute,
                screening.action_close,
                screening.unlink,
                lambda line=line: line.write({"decision": "keep"}),
                line.action_accept_proposal,
                line.unlink,
            )
            for attempt in attempts:
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    attempt()
        screening, line = self.screening.with_user(self.manager), self.line.with_user(self.manager)
        screening.action_compute()
        line.action_accept_proposal()
        self.assertEqual(line.decision, line.proposal)
        with self.assertRaises(AccessError):
            line.unlink()
        screening.action_close()
        screening.action_reopen()

    def test_other_companies_are_invisible(self):
        """A manager of one company sees nothing of the screening of another."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["logistics.screening"].create({"year": YEAR, "company_id": other.id})
        manager_env = self.env(user=self.manager)
        self.assertNotIn(foreign, manager_env["logistics.screening"].search([]))
        with self.assertRaises(AccessError):
            foreign.with_user(self.manager).action_compute()

    def test_screens_load_for_every_role(self):
        """Views open for each role, without the fields the role must not see."""
        for user in (self.rep, self.rep_all, self.manager, self.control):
            for model in ("logistics.screening", "logistics.screening.line"):
                views = (
                    self.env[model]
                    .with_user(user)
                    .get_views([(False, kind) for kind in ("list", "form", "search", "kanban")])
                )
                fields = views["models"][model]["fields"]
                ledger = user in (self.manager, self.control)
                self.assertEqual("gross_margin" in fields, ledger, f"{user.login} {model}")
