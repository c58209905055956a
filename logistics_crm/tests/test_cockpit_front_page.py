# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import LogisticsCommon


class FrontPageCommon(LogisticsCommon):
    """A company with three customers of Rita, one of Sam and one of nobody, and its roles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rita = cls._user("seller", login="fp_rita")
        cls.sam = cls._user("seller", login="fp_sam")
        cls.boss = cls._user("manager", login="fp_boss")
        cls.controller = cls._user("controller", login="fp_controller")
        cls.today = fields.Date.context_today(cls.customers)
        cls.accounts = [
            cls._account(cls._partner(f"Front {number}"), user_id=owner.id)
            for number, owner in enumerate(
                [cls.rita, cls.rita, cls.rita, cls.sam, cls.boss.browse()]
            )
        ]
        for account in cls.accounts:
            cls._trade(
                account.partner_id,
                *[str(cls.today - relativedelta(days=30 * step)) for step in range(1, 10)],
            )
        cls._refresh()

    def _page(self, user, role=False, companies=None):
        pages = self.env["logistics.front.page"].with_user(user)
        pages = pages.with_context(allowed_company_ids=(companies or self.company).ids)
        return pages, pages.get_page(role)

    def _set(self, account, **columns):
        """Figures as a refresh would leave them: they cannot be typed."""
        account.env.flush_all()
        for column, value in columns.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE logistics_customer SET %s = %s WHERE id = %s",
                    SQL.identifier(column),
                    value,
                    account.id,
                )
            )
        self.env.invalidate_all()

    def _items(self, page):
        return {item["code"]: item for pane in page["panes"] for item in pane["items"]}

    def _assert_values_exist(self, model, domain, where):
        """Every status a domain asks for is one its field has; returns how many were looked at."""
        checked = 0
        for name, _operator, value in (leaf for leaf in domain if not isinstance(leaf, str)):
            *path, last = name.split(".")
            owner = model
            for part in path:
                owner = owner[part]
            field = owner._fields[last]
            if field.type == "selection" and value:
                asked = {value} if isinstance(value, str) else set(value)
                self.assertLessEqual(asked, set(field.get_values(self.env)), f"{where}: {name}")
                checked += 1
        return checked


@tagged("post_install", "-at_install")
class TestFrontPage(FrontPageCommon):
    """What each role sees first, and that every number is the length of its list."""

    def _assert_agreement(self, user, role):
        pages, page = self._page(user, role)
        self.assertEqual(page["role"], role)
        for code, item in self._items(page).items():
            action = pages.open_item(role, code)
            model = pages.env[action["res_model"]].with_context(**action["context"])
            found = model.search(action["domain"])
            self.assertEqual(len(found), item["count"], f"{role}: {code}")
            self.assertFalse(
                [key for key in action["context"] if key.startswith("search_default_")],
                f"{role}: {code} opens with a filter that hides records",
            )
        return self._items(page)

    def _make_work(self):
        """One of everything that the pages count and that is made by hand."""
        mine, foreign = self.accounts[0], self.accounts[3]
        visits = self.env["logistics.visit"]
        for account, owner, day, state in (
            (mine, self.rita, self.today, "planned"),
            (mine, self.rita, self.today + relativedelta(days=1), "planned"),
            (foreign, self.sam, self.today, "planned"),
            (mine, self.rita, self.today, "done"),
        ):
            visit = visits.create(
                {"customer_id": account.id, "user_id": owner.id, "planned_date": day}
            )
            if state == "done":
                visit.done_date = day
                visit.state = "done"
        kind = self.env["logistics.document.type"].create({"name": "Licence"})
        for account, days in ((mine, 10), (mine, 31), (foreign, 10), (mine, -1)):
            self.env["logistics.document"].create(
                {
                    "customer_id": account.id,
                    "type_id": kind.id,
                    "date_expiry": self.today + relativedelta(days=days),
                }
            )
        for account, owner, days in ((mine, self.rita, -1), (foreign, self.sam, 5)):
            self.env["logistics.opinion"].create(
                {
                    "name": "Late pick-up",
                    "customer_id": account.id,
                    "owner_id": owner.id,
                    "deadline": self.today + relativedelta(days=days),
                }
            )
        for account, overdue in ((mine, 120.0), (foreign, 80.0)):
            self._set(
                account,
                open_amount=overdue + 100,
                overdue_amount=overdue,
                credit_grade_code="C",
                value_class="key",
                lifecycle_stage="at_risk",
            )

    def test_numbers_open_their_lists(self):
        self._make_work()
        rep = self._assert_agreement(self.rita, "rep")
        self.assertEqual(rep["visits_today"]["count"], 1)
        self.assertEqual(rep["documents"]["count"], 1)
        self.assertEqual(rep["customers"]["count"], 3)
        self.assertEqual(rep["unassigned"]["count"], 1)
        self.assertEqual(rep["at_risk"]["count"], 1)
        self.assertEqual(rep["opinions"]["count"], 1)
        manager = self._assert_agreement(self.boss, "manager")
        self.assertEqual(manager["overdue"]["count"], 2)
        self.assertEqual(manager["visits_done"]["count"], 1)
        self.assertEqual(manager["unowned"]["count"], 1)
        self.assertIn("200.00", manager["overdue"]["amounts"][0])
        # five customers of equal revenue: each earns a fifth
        self.assertEqual(manager["dependence"]["count"], 5)
        controller = self._assert_agreement(self.controller, "controller")
        self.assertEqual(controller["watch"]["count"], 2)
        self.assertIn("400.00", controller["watch"]["amounts"][0])
        executive = self._assert_agreement(self.boss, "executive")
        self.assertEqual(executive["key_risk"]["count"], 2)
        self.assertEqual(executive["opinions_late"]["count"], 1)

    def test_domains_ask_for_values_that_exist(self):
        """A status that does not exist counts nothing, for ever and silently."""
        checked = 0
        for user, roles in (
            (self.boss, ("manager", "executive")),
            (self.controller, ("controller",)),
            (self.rita, ("rep",)),
        ):
            pages, _page = self._page(user)
            for item in (i for role in roles for pane in pages._panes(role) for i in pane["items"]):
                checked += self._assert_values_exist(
                    pages.env[item["model"]], item["domain"], item["code"]
                )
        self.assertGreater(checked, 40)

    def test_the_most_pressing_comes_first(self):
        self._make_work()
        _pages, page = self._page(self.boss, "executive")
        todo = [item["code"] for item in page["today"]]
        self.assertLess(todo.index("key_risk"), len(todo))
        levels = [item["level"] for item in page["today"]]
        self.assertEqual(levels, sorted(levels, key=["danger", "warning", "info"].index))
        self.assertTrue(all(item["count"] for item in page["today"]))

    def test_a_representative_sees_no_ledger_and_no_foreign_page(self):
        self._make_work()
        _pages, page = self._page(self.rita, "manager")
        self.assertEqual(page["role"], "rep", "a role the user has not is not given")
        self.assertEqual([role["code"] for role in page["roles"]], ["rep"])
        self.assertFalse(page["setup"])
        pages, _page = self._page(self.rita)
        with self.assertRaises(UserError):
            pages.open_item("manager", "receivables")
        item = pages._item("x", "x", "logistics.customer", [], amount="open_amount")
        self.assertEqual(pages._figure(item)[1], [], "no sum of a field the user cannot read")

    def test_nobody_of_ours(self):
        with self.assertRaises(AccessError):
            self._page(self._user("internal"))
        with self.assertRaises(AccessError):
            self.env["logistics.front.page"].with_user(self.rita).refresh_now()

    def test_without_any_customer(self):
        newcomer = self._user("seller")
        _pages, page = self._page(newcomer)
        self.assertEqual(page["state"], "nobody")
        self.assertTrue(page["message"])
        self.assertEqual(self._items(page)["unassigned"]["count"], 1)
        self.assertEqual(page["today"], [])

    def test_an_empty_company(self):
        other = self._other_company("Nothing Yet")
        boss = self._user("manager", company=other)
        _pages, page = self._page(boss, companies=other)
        self.assertEqual((page["state"], page["panes"], page["today"]), ("empty", [], []))
        rep = self._user("seller", company=other)
        _pages, page = self._page(rep, companies=other)
        self.assertEqual(page["state"], "empty")
        self._account(company=other)
        _pages, page = self._page(boss, companies=other)
        self.assertEqual(page["state"], "waiting")
        self._refresh(company=other)
        _pages, page = self._page(boss, companies=other)
        self.assertEqual(page["state"], "young")
        self._assert_all_zero_but(page, {"unowned", "files_thin", "idle"})

    def _assert_all_zero_but(self, page, codes):
        counted = {code for code, item in self._items(page).items() if item["count"]}
        self.assertEqual(counted, codes)

    def test_amounts_of_two_currencies_are_not_added(self):
        other = self._other_company("Euro Freight", currency_id=self.env.ref("base.EUR").id)
        foreign = self._account(self._partner("Foreign"), company=other)
        self._set(self.accounts[0], open_amount=100.0)
        self._set(foreign, open_amount=7.0)
        self.boss.company_ids = [Command.link(other.id)]
        pages, page = self._page(self.boss, "manager", companies=self.company | other)
        amounts = self._items(page)["receivables"]["amounts"]
        self.assertEqual(len(amounts), 2)
        self.assertTrue(any("100.00" in amount for amount in amounts))
        self.assertTrue(any("7.00" in amount for amount in amounts))
        self.assertNotIn("107.00", "".join(amounts))
        _pages, page = self._page(self.boss, "manager")
        self.assertEqual(self._items(page)["receivables"]["count"], 1, "another company counts")

    def test_an_unknown_amount_is_not_told_as_zero(self):
        key = {"value_class": "key", "lifecycle_stage": "at_risk"}
        self._set(self.accounts[0], revenue_12m=None, **key)
        self.assertEqual(self._risk(), (1, []))
        self._set(self.accounts[3], revenue_12m=0.0, **key)
        count, amounts = self._risk()
        self.assertEqual((count, len(amounts)), (2, 1))
        self.assertIn("0.00", amounts[0])

    def _risk(self):
        item = self._items(self._page(self.boss, "executive")[1])["key_risk"]
        return item["count"], item["amounts"]

    def test_queries_do_not_grow_with_customers(self):
        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._page(self.boss, "manager")
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        for number in range(20):
            self._account(self._partner(f"More {number}"), user_id=self.rita.id)
        self._refresh()
        queries()  # what the refresh made Odoo forget is read once
        self.assertLessEqual(queries(), few)
