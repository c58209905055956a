# Part of logistics_crm. License LGPL-3 or later.
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import tagged

from .common import LogisticsCommon
from .figures_reference import ALL_FIGURES


@tagged("post_install", "-at_install")
class TestFiguresGuard(LogisticsCommon):
    """The nightly job, the button, and that figures are computed and never typed."""

    def test_nightly_job_resumes(self):
        """A job that is stopped after one company goes on with the next, and repeats none."""
        other = self._other_company()
        partner = self._partner()
        for company in (self.company, other):
            self._trade(partner, "2024-05-01", company=company)
        cron = type(self.env["ir.cron"])
        companies = self.env["res.company"].search([])
        mine = self._account_of(partner) | self._account_of(partner, other)
        today = self.env["logistics.customer"]._fields["figures_as_of"].context_today(mine)
        rest = companies - self.company - other
        for company in rest:
            self._refresh(company=company)
        commits = []

        def stop_after_first(job, processed=0, *, remaining=None, deactivate=False):
            commits.append((processed, remaining))
            return 0.0 if processed else 60.0

        with patch.object(cron, "_commit_progress", stop_after_first):
            self.env["logistics.customer"]._cron_refresh_figures()
            self.assertEqual(commits[0], (0, 2))
            self.assertEqual(len(commits), 2)
            done = mine.filtered(lambda account: account.figures_as_of == today)
            self.assertEqual(len(done), 1)
            self.env.cr.execute(
                "UPDATE logistics_customer SET revenue_12m = 4711 WHERE id = %s", [done.id]
            )
            self.env.invalidate_all()
            self.env["logistics.customer"]._cron_refresh_figures()
            self.assertEqual(mine.mapped("figures_as_of"), [today, today])
            self.assertEqual(done.revenue_12m, 4711, "not done twice")
            commits.clear()
            self.env["logistics.customer"]._cron_refresh_figures()
            self.assertEqual(commits, [(0, 0)])

    def test_private_methods_are_private(self):
        """Nothing that computes or folds can be called from outside."""
        for model, names in (
            (
                "logistics.customer",
                (
                    "_refresh_figures",
                    "_ensure_accounts",
                    "_ensure_for",
                    "_fold_into",
                    "_cron_refresh_figures",
                ),
            ),
            ("logistics.trading.facts", ("_facts_sql",)),
            ("logistics.settlement.facts", ("_items_sql",)),
            ("logistics.trading.history", ("_link_accounts", "_keep_apart", "_import_csv")),
        ):
            for name in names:
                self.assertTrue(hasattr(self.env[model], name), name)
                with self.assertRaises(AccessError):
                    get_public_method(self.env[model], name)

    def test_refresh_button(self):
        """A salesperson refreshes readable accounts only; without a selection nothing happens."""
        seller = self._user("seller")
        today = self.env.cr.now().date()
        mine, theirs = self._partner(), self._partner()
        for partner in (mine, theirs):
            self._trade(partner, {"date": today, "amount": 9.0})
        account, other = self._account_of(mine), self._account_of(theirs)
        account.user_id = seller
        other.user_id = self._user("seller")
        account.with_user(seller).action_refresh_figures()
        self.assertEqual(account.revenue_12m, 9.0)
        with self.assertRaises(AccessError):
            (account | other).with_user(seller).action_refresh_figures()
        account.browse().with_user(seller).action_refresh_figures()
        self.assertFalse(other.figures_as_of)
        with self.assertRaises(AccessError):
            account.with_user(self._user("internal")).action_refresh_figures()

    def test_figures_are_never_typed(self):
        """Not even a manager writes a figure: not directly, not at creation, not by a default,
        not by import.
        """
        manager = self._user("manager")
        account = self._account().with_user(manager)
        for name in [*ALL_FIGURES, "name", "ref", "country_id", "currency_id"]:
            with self.subTest(name):
                with self.assertRaisesRegex(AccessError, "cannot be typed"):
                    account.write({name: account[name]})
                with self.assertRaisesRegex(AccessError, "cannot be typed"):
                    account.create({"partner_id": self._partner().id, name: False})
        self.env["ir.default"].with_user(manager).set(
            "logistics.customer", "churn_risk", 0.25, user_id=True
        )
        created = account.with_context(default_value_class="key", default_revenue_12m=1e6).create(
            {"partner_id": self._partner().id}
        )
        self.assertFalse(created.value_class or created.churn_risk or created.revenue_12m)
        result = account.load([".id", "churn_risk"], [[str(account.id), "0.1"]])
        self.assertFalse(result["ids"])
        self.assertIn("cannot be typed", str(result["messages"]))
        row = self._trade(self._partner(), "2024-01-01").with_user(manager)
        with self.assertRaisesRegex(AccessError, "cannot be typed"):
            row.amount_company = 1.0
        with self.assertRaisesRegex(AccessError, "cannot be typed"):
            row.customer_id = account

    def test_account_keeps_its_contact_and_company(self):
        """An account does not change hands by an edit; writing the same value again is fine."""
        manager = self._user("manager")
        account = self._account().with_user(manager)
        account.write({"partner_id": account.partner_id.id, "company_id": self.company.id})
        for values in ({"partner_id": self._partner().id}, {"company_id": 1}):
            with self.assertRaisesRegex(AccessError, "stays with its contact"):
                account.write(values)
