# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ROLES, LogisticsCommon

LEDGER_FIELDS = ("open_amount", "overdue_amount")


@tagged("post_install", "-at_install")
class TestSecurityCustomer(LogisticsCommon):
    """Who sees which customers, and what of them.

    ==============  ====================  ===================
    account         representative        company
    ==============  ====================  ===================
    own             seller                first
    theirs          a second seller       first
    free            nobody                first
    away            nobody                second
    hidden          a second seller       first, archived
    ==============  ====================  ===================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls._other_company()
        # Everybody inside may export: what is refused then is refused by our own rules.
        cls.users = {role: cls._user(role) for role in ROLES}
        cls.env.ref("base.group_allow_export").user_ids += (
            cls.env["res.users"].union(*cls.users.values()) - cls.users["portal"]
        )
        cls.users["public"] = cls.env.ref("base.public_user")
        cls.second = cls._user("seller", login="lc_second_seller")
        cls.outsider = cls._user("manager", company=cls.other_company, login="lc_outsider")
        cls.rows, cls.accounts = {}, {}
        for name, rep, company in (
            ("own", cls.users["seller"], cls.company),
            ("theirs", cls.second, cls.company),
            ("free", cls.env["res.users"], cls.company),
            ("away", cls.env["res.users"], cls.other_company),
            ("hidden", cls.second, cls.company),
        ):
            partner = cls._partner(f"Matrix {name}", user_id=rep.id)
            cls.rows[name] = cls._trade(
                partner,
                {
                    "date": "2024-05-01",
                    "amount": 100.0,
                    "due_date": "2024-05-31",
                    "document": f"MATRIX-{name}",
                },
                company=company,
            )
            cls.accounts[name] = cls._account_of(partner, company)
        cls.accounts["hidden"].active = False
        for company in (cls.company, cls.other_company):
            cls._refresh("2024-06-30", company=company)
        cls.env.flush_all()

    def _as(self, role, model):
        user = self.users.get(role) or getattr(self, role)
        return (
            self.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        )

    def _names(self, found):
        """Which of the named records a search gave."""
        partners = {account.partner_id: name for name, account in self.accounts.items()}
        return {partners[partner] for partner in found.sudo().partner_id if partner in partners}

    VISIBLE = {
        "seller": {"own", "free"},
        "second": {"theirs", "free", "hidden"},
        "seller_all": {"own", "theirs", "free", "hidden"},
        "manager": {"own", "theirs", "free", "hidden"},
        "controller": {"own", "theirs", "free", "hidden"},
        "outsider": {"away"},
    }

    # ------------------------------------------------------------ rights on models
    def test_controller_is_no_seller(self):
        """Granting credit is not a sales right, and selling is not a credit right."""
        controller = self.env.ref("logistics_crm.group_credit_controller")
        for role in ("seller", "seller_all", "manager"):
            self.assertNotIn(controller, self.users[role].all_group_ids)
        self.assertFalse(
            self.users["controller"].has_group("sales_team.group_sale_salesman"),
        )

    # ------------------------------------------------------------ whose customers
    def test_search_and_name_search(self):
        """A salesperson finds own and unassigned customers; others find all of their company."""
        for role, visible in self.VISIBLE.items():
            with self.subTest(role):
                model = self._as(role, "logistics.customer")
                domain = [("partner_id.name", "=like", "Matrix %")]
                found = model.with_context(active_test=False).search(domain)
                self.assertEqual(self._names(found), visible)
                ids = [pair[0] for pair in model.name_search("Matrix")]
                self.assertEqual(self._names(model.browse(ids)), visible - {"hidden"})
                for name, account in self.accounts.items():
                    readable = account.with_env(model.env)
                    self.assertEqual(readable.has_access("read"), name in visible, name)
                    if name not in visible:
                        with self.assertRaises(AccessError):
                            readable.read(["revenue_12m"])
                        with self.assertRaises(AccessError):
                            readable.message_ids.read(["body"])

    def test_no_role_without_our_groups(self):
        """Accountants, other employees, customers in the portal and visitors see no account."""
        for role in ("accountant", "internal", "portal", "public"):
            for model in (
                "logistics.customer",
                "logistics.trading.history",
                "logistics.trading.report",
            ):
                with self.subTest(role=role, model=model):
                    records = self._as(role, model)
                    with self.assertRaises(AccessError):
                        records.search([])
                    with self.assertRaises(AccessError):
                        records.name_search("Matrix")
                    with self.assertRaises(AccessError):
                        records.formatted_read_group([], ["company_id"], ["__count"])
                    with self.assertRaises(UserError):
                        records.browse(self.rows["own"].id).export_data(["company_id"])

    def test_groups_and_sums(self):
        """Sums in pivots and group headers hold readable rows only."""
        for role, visible in self.VISIBLE.items():
            for model, measure in (
                ("logistics.customer", "revenue_12m:sum"),
                ("logistics.trading.history", "amount_company:sum"),
                ("logistics.trading.report", "amount:sum"),
            ):
                with self.subTest(role=role, model=model):
                    records = self._as(role, model).with_context(active_test=False)
                    domain = [("partner_id.name", "=like", "Matrix %")]
                    groups = records.formatted_read_group(domain, ["partner_id"], [measure])
                    names = [group["partner_id"][1] for group in groups]
                    self.assertEqual(set(names), {f"Matrix {name}" for name in visible})
                    self.assertEqual({group[measure] for group in groups}, {100.0})

    def test_history_and_report_follow_the_account(self):
        """Trade is seen by who sees the customer, also of an archived account."""
        for role, visible in self.VISIBLE.items():
            with self.subTest(role):
                for model in ("logistics.trading.history", "logistics.trading.report"):
                    found = self._as(role, model).search([("document", "=like", "MATRIX-%")])
                    self.assertEqual(self._names(found), visible, model)
        row = self.rows["theirs"].with_user(self.users["seller"])
        for method, args in (("read", [["amount"]]), ("export_data", [["amount"]])):
            with self.assertRaises(AccessError):
                getattr(row, method)(*args)

    def test_write_and_delete(self):
        """Salespeople change what they see and delete nothing; controllers change nothing."""
        seller = self.users["seller"]
        for name, allowed in (("own", True), ("free", True), ("theirs", False), ("away", False)):
            account = self.accounts[name].with_user(seller)
            self.assertEqual(account.has_access("write"), allowed, name)
            with self.assertRaises(AccessError):
                account.unlink()
            if not allowed:
                with self.assertRaises(AccessError):
                    account.active = False
        with self.assertRaises(AccessError):
            self.accounts["own"].with_user(self.users["controller"]).active = False
        with self.assertRaises(AccessError):
            self.accounts["own"].with_user(self.outsider).active = False
        with self.assertRaises(AccessError):
            self.rows["own"].with_user(seller).amount = 1
        self.accounts["free"].with_user(self.users["manager"]).unlink()

    def test_seller_cannot_take_a_customer(self):
        """Another's customer is not reached by naming oneself its salesperson, by making its
        account again, or through the contact.
        """
        seller = self.users["seller"]
        account = self.accounts["theirs"]
        partner = account.partner_id.with_user(seller)
        with self.assertRaises(AccessError):
            account.with_user(seller).user_id = seller
        partner.user_id = seller
        self.assertEqual(account.user_id, self.second, "the account keeps its representative")
        with self.assertRaises(AccessError):
            partner.action_logistics_customer()
        with self.assertRaises(AccessError):
            partner.write(
                {"logistics_customer_ids": [Command.update(account.id, {"user_id": seller.id})]}
            )
        account.partner_id.with_user(self.users["manager"]).user_id = self.users["seller_all"]
        self.assertEqual(account.user_id, self.second, "it was not the contact's salesperson")

    def test_seller_cannot_fold_a_customer(self):
        """Nor by making another's customer a department of an own one, nor by merging them."""
        seller = self.users["seller"]
        seller.group_ids += self.env.ref("base.group_partner_manager")
        own, theirs = (self.accounts[name].partner_id for name in ("own", "theirs"))
        (own | theirs).email = "same@example.com"
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            theirs.with_user(seller).write({"is_company": False, "parent_id": own.id})
        self.env.invalidate_all()
        wizard = self._as("seller", "base.partner.merge.automatic.wizard").create({})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            wizard._merge((own | theirs).ids, own)
        self.env.invalidate_all()
        self.assertEqual(self.accounts["theirs"].partner_id, theirs)
        free = self.accounts["free"].partner_id
        free.with_user(seller).write({"is_company": False, "parent_id": own.id})
        self.assertFalse(self.accounts["free"].exists(), "an unassigned one may be joined")

    def test_seller_creates_for_nobody_else(self):
        """A salesperson opens accounts for himself or nobody, in his company."""
        accounts = self._as("seller", "logistics.customer")
        taken = self._partner(user_id=self.second.id)
        with self.assertRaises(AccessError):
            accounts.create({"partner_id": taken.id})
        self.assertTrue(accounts.create({"partner_id": self._partner().id}))
        with self.assertRaises(AccessError):
            accounts.create({"partner_id": self._partner().id, "company_id": self.other_company.id})

    def test_button_on_contact(self):
        """Only users of customer accounts open one, and in a company of theirs."""
        partner = self._partner()
        for role in ("internal", "accountant"):
            with self.assertRaises(AccessError):
                partner.with_user(self.users[role]).action_logistics_customer()
        self.assertFalse(self._account_of(partner))
        action = partner.with_user(self.users["seller"]).action_logistics_customer()
        self.assertEqual(self._account_of(partner).id, action["res_id"])
        reserved = self._partner(company_id=self.other_company.id)
        with self.assertRaises(AccessError):
            reserved.with_user(self.users["seller"]).action_logistics_customer()
        with self.assertRaises(AccessError):
            partner.with_user(self.users["seller"]).with_context(
                allowed_company_ids=self.other_company.ids
            ).action_logistics_customer()

    def test_contact_shows_its_account_to_users_only(self):
        """The fields on the contact are refused to other roles and hide others' accounts."""
        partner = self.accounts["theirs"].partner_id
        for name in ("logistics_customer_id", "logistics_customer_ids"):
            for role in ("internal", "accountant"):
                with self.assertRaises(AccessError):
                    partner.with_user(self.users[role]).read([name])
            with self.assertRaises(AccessError):
                self._as("internal", "res.partner").search([(name, "!=", False)])
        self.assertFalse(partner.with_user(self.users["seller"]).logistics_customer_id)
        self.assertFalse(partner.with_user(self.users["seller"]).logistics_customer_ids)
        self.assertEqual(
            partner.with_user(self.users["controller"]).logistics_customer_id,
            self.accounts["theirs"],
        )

    # ------------------------------------------------------------ the ledger
    def _ways_to_ask(self, role, name):
        """Every way in which a web client or a script can get at a field."""
        records = self._as(role, "logistics.customer")
        mine = self.accounts["own"].with_env(records.env)
        history, partners = (
            self._as(role, "logistics.trading.history"),
            self._as(role, "res.partner"),
        )
        return {
            "read": lambda: mine.read([name]),
            "attribute": lambda: mine[name],
            "export": lambda: mine.export_data([name]),
            "search": lambda: records.search([(name, ">", 10)]),
            "sort": lambda: records.search([], order=f"{name} desc"),
            "search_read": lambda: records.search_read([], [name]),
            "web_search_read": lambda: records.web_search_read([], {name: {}}),
            "sum": lambda: records.formatted_read_group([], [], [f"{name}:sum"]),
            "group by": lambda: records.formatted_read_group([], [name], ["__count"]),
            "group sort": lambda: records.formatted_read_group(
                [], ["company_id"], ["__count"], order=f"{name}:sum desc"
            ),
            "history": lambda: history.search([(f"customer_id.{name}", ">", 10)]),
            "contact": lambda: partners.search([(f"logistics_customer_ids.{name}", ">", 10)]),
        }

    def test_ledger_amounts_are_for_controllers_and_managers(self):
        """What a customer owes is refused to salespeople in every way of asking."""
        for role in ("seller", "seller_all"):
            for name in LEDGER_FIELDS:
                self.assertNotIn(name, self._as(role, "logistics.customer").fields_get())
                for way, ask in self._ways_to_ask(role, name).items():
                    with (
                        self.subTest(role=role, field=name, way=way),
                        self.assertRaises(AccessError),
                    ):
                        ask()
        for role in ("controller", "manager"):
            mine = self.accounts["own"].with_env(self._as(role, "logistics.customer").env)
            for name in LEDGER_FIELDS:
                self.assertEqual(mine.read([name])[0][name], 100.0)

    def test_views_of_every_role_load(self):
        """List, form, pivot and search open for everybody who has the menu."""
        for role in ("seller", "seller_all", "manager", "controller"):
            for model in (
                "logistics.customer",
                "logistics.trading.report",
                "logistics.trading.history",
                "logistics.service",
            ):
                records = self._as(role, model)
                views = records.get_views([(False, "list"), (False, "search"), (False, "form")])
                arch = views["views"]["list"]["arch"]
                if role.startswith("seller"):
                    self.assertNotIn("overdue_amount", arch)
                records.web_search_read(
                    [], {name: {} for name in records.fields_get() if name != "child_ids"}, limit=3
                )

    def test_account_of_a_shared_customer(self):
        """A contact that is reserved for another company does not close the account of its
        entity, and does not show there.
        """
        partner = self.accounts["own"].partner_id
        shown, hidden = self.env["res.partner"].create(
            [
                {"name": "Shared desk", "parent_id": partner.id},
                {"name": "Reserved", "parent_id": partner.id, "company_id": self.other_company.id},
            ]
        )
        account = self.accounts["own"].with_env(self._as("seller", "logistics.customer").env)
        self.env.flush_all()
        self.env.invalidate_all()
        found = account.web_read({"child_ids": {"fields": {"name": {}}}})[0]["child_ids"]
        self.assertIn(shown.id, [child["id"] for child in found])
        self.assertNotIn(hidden.id, [child["id"] for child in found])

    def test_forms_can_be_saved(self):
        """What the form lets people edit can be saved by them; a new account needs a contact."""
        accounts = self._as("seller", "logistics.customer")
        with Form(self.accounts["own"].with_env(accounts.env)) as form:
            form.phone = "+49 30 1234567"
        self.assertEqual(self.accounts["own"].partner_id.phone, "+49 30 1234567")
        partner = self._partner()
        with Form(accounts) as form:
            form.partner_id = partner.with_env(accounts.env)
        self.assertEqual(self._account_of(partner).company_id, self.company)

    def test_merge_and_fold_are_not_callable(self):
        """Joining accounts happens through contacts and core's own wizard only."""
        account = self.accounts["own"].with_user(self.users["seller"])
        public = [name for name in dir(type(account)) if "fold" in name or "ensure_for" in name]
        self.assertTrue(public)
        self.assertFalse([name for name in public if not name.startswith("_")])
