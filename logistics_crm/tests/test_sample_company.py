# Part of logistics_crm. License LGPL-3 or later.
"""The sample company: whole, balanced, the same every time, and silent."""

from datetime import date
from unittest import SkipTest

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

from odoo.addons.logistics_crm.demo.sample_company import PARAMETER, build_sample_company
from odoo.addons.logistics_crm.demo.sample_plan import make_plan

# a day in the past, so that the story does not change with the day of the test
TODAY = date(2024, 5, 17)

FIGURES = (
    "revenue_12m",
    "margin_12m",
    "cost_coverage_12m",
    "quantity_12m",
    "on_time_rate",
    "invoice_count_due",
    "late_share",
    "average_days_late",
    "open_amount",
    "overdue_amount",
    "first_trade_date",
    "last_trade_date",
    "lifecycle_stage",
    "credit_grade_code",
    "value_class",
)


class TestSamplePlan(TransactionCase):
    """What is planned, without writing it."""

    def test_last_year_does_not_depend_on_the_day(self):
        """The story of the last full year is the same in March and in November."""

        def told(today):
            return [
                (order.customer.ref, order.date, order.invoice_date, order.lines[0]["quantity"])
                for order in make_plan(today)["orders"]
                if order.date.year == today.year - 1 and order.date.month < 12
            ]

        self.assertEqual(told(date(2024, 3, 3)), told(date(2024, 11, 20)))
        self.assertGreater(len(told(date(2024, 3, 3))), 300)

    def test_nothing_lies_in_the_future(self):
        plan = make_plan(TODAY)
        for order in plan["orders"]:
            days = [order.date, order.invoice_date, *(day for day, _share in order.payments)]
            days += [line["delivered"] for line in order.lines]
            days += [order.credit[0]] if order.credit else []
            self.assertLessEqual(max(day for day in days if day), TODAY)
        self.assertEqual(len(plan["customers"]), 80)
        self.assertEqual(plan["year"], 2023)

    def test_the_stories_are_told(self):
        """Some stop, some are new, some fade, and few make most of the revenue."""
        plan = make_plan(TODAY)
        self.assertEqual(
            {customer.story for customer in plan["customers"]},
            {"steady", "growing", "fading", "stopped", "new", "back", "seasonal"},
        )
        self.assertEqual(
            {customer.payer for customer in plan["customers"]},
            {"prompt", "normal", "slow", "bad"},
        )
        revenue, by_month = {}, dict.fromkeys(range(1, 13), 0.0)
        for order in plan["orders"]:
            if order.date.year == 2023 and not order.abroad:
                amount = sum(line["quantity"] * line["price"] for line in order.lines)
                revenue[order.customer.ref] = revenue.get(order.customer.ref, 0.0) + amount
                by_month[order.date.month] += amount
        largest = sorted(revenue.values(), reverse=True)
        self.assertGreater(sum(largest[: len(largest) // 5]) / sum(largest), 0.55)
        self.assertGreater(
            by_month[10] + by_month[11] + by_month[12],
            1.1 * (by_month[1] + by_month[2] + by_month[3]),
        )


@tagged("post_install", "-at_install")
class TestSampleCompany(TransactionCase):
    """The light company in the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = api.Environment(cls.cr, SUPERUSER_ID, {})
        if env["ir.config_parameter"].get_param(PARAMETER):
            raise SkipTest("the sample company is in this database already")
        cls.mails = env["mail.mail"].search_count([])
        with cls.cr.savepoint() as savepoint:
            result = build_sample_company(env, size="light", today=TODAY)
            cls.first_figures = cls._figures(env)
            cls.first_counts = result["counts"]
            savepoint.rollback()
        env.invalidate_all(flush=False)
        cls.registry.clear_all_caches()
        cls.result = build_sample_company(env, size="light", today=TODAY)
        cls.accounts = (
            env["logistics.customer"]
            .with_context(active_test=False)
            .search([("ref", "=like", "HRL-%")])
        )
        cls.main = cls.result["company"]
        cls.abroad = cls.accounts.company_id - cls.main

    @staticmethod
    def _figures(env):
        accounts = env["logistics.customer"].search([("ref", "=like", "HRL-%")])
        return {
            (account.ref, account.currency_id.name): [account[name] for name in FIGURES]
            for account in accounts
        }

    def _moves(self, *types):
        return self.env["account.move"].search(
            [
                ("partner_id.ref", "=like", "HRL-%"),
                ("move_type", "in", types),
                ("state", "=", "posted"),
            ]
        )

    def test_two_builds_are_the_same(self):
        self.assertTrue(self.first_figures)
        self.assertEqual(self._figures(self.accounts.env), self.first_figures)
        self.assertEqual(self.result["counts"], self.first_counts)

    def test_customers_of_two_companies(self):
        self.assertEqual(len(self.accounts.partner_id), self.result["counts"]["customers"])
        self.assertEqual(self.result["counts"]["customers"], 21)
        self.assertEqual(len(self.abroad), 1)
        self.assertEqual(self.abroad.currency_id.name, "CNY")
        self.assertTrue(self.accounts.filtered(lambda a: "有限公司" in a.name))
        for account in self.accounts:
            self.assertEqual(account.currency_id, account.company_id.currency_id)
            self.assertEqual(account.figures_as_of, TODAY)

    def test_invoices_are_those_of_the_plan(self):
        """Amounts and days in the ledger are what was planned, order by order."""
        plan = make_plan(TODAY, "light")
        planned = sorted(
            (order.customer.ref, order.invoice_date, len(order.lines))
            for order in plan["orders"]
            if order.invoice_date
        )
        invoices = self._moves("out_invoice")
        self.assertEqual(
            sorted(
                (move.partner_id.ref, move.invoice_date, len(move.invoice_line_ids))
                for move in invoices
            ),
            planned,
        )
        for company in self.main | self.abroad:
            orders = [
                order
                for order in plan["orders"]
                if order.invoice_date
                and not order.customer.euro
                and order.abroad == (company == self.abroad)
            ]
            expected = sum(
                round(line["quantity"] * line["price"], 2)
                for order in orders
                for line in order.lines
            )
            written = invoices.filtered(
                lambda move, c=company: move.company_id == c and move.currency_id == c.currency_id
            )
            self.assertAlmostEqual(sum(written.mapped("amount_untaxed")), expected, places=2)

    def test_books_are_balanced_and_payments_differ(self):
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT count(*) FROM (SELECT 1 FROM account_move_line WHERE company_id IN %s
                GROUP BY move_id HAVING sum(balance) <> 0) AS unbalanced""",
            [(self.main.id, self.abroad.id)],
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)
        states = set(self._moves("out_invoice").mapped("payment_state"))
        self.assertLessEqual({"paid", "partial", "not_paid"}, states)
        self.assertTrue(self._moves("out_refund"))
        for move in self._moves("out_invoice", "out_refund"):
            self.assertEqual(move.date, move.invoice_date)

    def test_costs_are_known_for_most(self):
        """Coverage is neither nothing nor everything, and unknown cost is not margin."""
        covered = [account.cost_coverage_12m for account in self.accounts if account.revenue_12m]
        self.assertGreater(sum(covered) / len(covered), 0.6)
        self.assertLess(min(covered), 1.0)

    def test_salespeople(self):
        """Most customers have a representative, who trades in that company; some have none."""
        assigned = self.accounts.filtered("user_id")
        self.assertGreater(len(assigned), len(self.accounts) * 0.7)
        self.assertGreater(len(assigned.user_id), 2)
        for login, password, role in self.result["logins"]:
            user = self.env["res.users"].search([("login", "=", login)])
            self.assertTrue(user, role)
            self.assertTrue(user.has_group("base.group_user"))
            self.assertEqual(
                user.with_user(user)._login(
                    {"login": login, "password": password, "type": "password"},
                    {"interactive": False},
                )["uid"],
                user.id,
            )
        anna = self.env["res.users"].search([("login", "=", "anna")])
        seen = self.env["logistics.customer"].with_user(anna).search([("ref", "=like", "HRL-%")])
        self.assertTrue(seen)
        self.assertFalse(seen.user_id - anna)

    def test_every_number_of_the_front_pages_is_the_length_of_its_list(self):
        """Each role of the company, on the day the story ends: counted and listed apart."""
        told = set()
        for login in ("manager", "controller", "anna", "dora"):
            user = self.env["res.users"].search([("login", "=", login)])
            pages = self.env["logistics.front.page"].with_user(user)
            pages = pages.with_context(allowed_company_ids=user.company_ids.ids)
            with freeze_time(TODAY):
                for role, _title in pages._roles():
                    page = pages.get_page(role)
                    for item in (item for pane in page["panes"] for item in pane["items"]):
                        action = pages.open_item(role, item["code"])
                        found = pages.env[action["res_model"]].search(action["domain"])
                        self.assertEqual(len(found), item["count"], f"{login}: {item['code']}")
                        self.assertNotIn("search_default", str(action["context"]))
                        if item["count"]:
                            told.add((role, item["code"]))
        # the light company is neutral (no holds, no gates): the numbers that are not 0 prove it
        self.assertGreater(len(told), 40)

    def test_nobody_is_written_to(self):
        self.assertEqual(self.env["mail.mail"].search_count([]), self.mails)

    def test_a_second_call_changes_nothing(self):
        before = self.env["account.move"].search_count([])
        again = build_sample_company(self.accounts.env)
        self.assertFalse(again["built"])
        self.assertEqual(again["counts"], self.result["counts"])
        self.assertEqual(again["company"], self.main)
        self.assertEqual(self.env["account.move"].search_count([]), before)
