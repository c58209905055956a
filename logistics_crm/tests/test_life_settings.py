# Part of logistics_crm. License LGPL-3 or later.
import io
from ast import literal_eval
from datetime import date

import openpyxl
from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import LogisticsCommon


@tagged("post_install", "-at_install")
class TestLifeSettings(LogisticsCommon):
    """A company without a chart, in yen, in Auckland, in Chinese or from right to left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        yen = cls.env.ref("base.JPY")
        yen.active = True
        cls.company.currency_id = yen
        for code in ("zh_CN", "ar_001"):
            cls.env["res.lang"]._activate_lang(code)
        cls.manager = cls._user("manager", tz="Pacific/Auckland")
        # Whoever sees every menu of the addon.
        for group in (
            "logistics_crm.group_credit_controller",
            "logistics_crm.group_personal_data",
            "base.group_system",
        ):
            cls.manager.group_ids += cls.env.ref(group)
        cls.account = cls._account(cls._partner("Yen Customer"), user_id=cls.manager.id)
        cls._trade(
            cls.account.partner_id,
            {"date": "2025-01-10", "amount": 100001.0, "cost": 66667.0},
            {"date": "2025-03-10", "amount": 50000.0, "due_date": "2025-04-09"},
        )
        cls._refresh("2025-06-30")

    def _actions(self):
        """The lists behind the menus of the addon."""
        data = self.env["ir.model.data"].search(
            [("module", "=", "logistics_crm"), ("model", "=", "ir.ui.menu")]
        )
        menus = self.env["ir.ui.menu"].browse(data.mapped("res_id"))
        actions = [menu.action for menu in menus if menu.action]
        return [action for action in actions if action._name == "ir.actions.act_window"]

    def test_every_menu_opens(self):
        """Views load and lists fill, in every language, without a chart of accounts."""
        actions = self._actions()
        self.assertGreater(len(actions), 40)
        for lang in ("zh_CN", "ar_001"):
            self.manager.lang = lang
            env = self.env(user=self.manager.id, context={"lang": lang, "tz": self.manager.tz})
            for action in actions:
                with self.subTest(action=action.xml_id, lang=lang):
                    values = {"uid": env.uid, "active_id": False, "context": env.context}
                    context = safe_eval(action.context or "{}", dict(values))
                    records = env[action.res_model].with_context(**context)
                    kinds = [kind for kind in action.view_mode.split(",") if kind != "activity"]
                    records.get_views([(False, kind) for kind in kinds])
                    domain = action.domain or "[]"
                    found = records.search(safe_eval(domain, dict(values)), limit=5)
                    found.read(["display_name"])

    def test_no_decimals(self):
        """Figures of a currency without decimals are whole, in the form and in the workbook."""
        self.assertEqual(self.account.revenue_12m, 150001.0)
        screening = self.env["logistics.screening"].create(
            {"year": 2025, "company_id": self.company.id}
        )
        screening.action_compute()
        file = io.BytesIO()
        screening._workbook_write(file)
        book = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
        cells = [
            cell
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if cell.value in (150001, 150001.0)
        ]
        self.assertTrue(cells)
        for cell in cells:
            self.assertNotIn(".0", cell.number_format, cell.coordinate)

    def test_day_of_the_user(self):
        """In Auckland it is tomorrow already: what starts today starts on the user's day."""
        with freeze_time("2025-07-01 20:00:00"):
            env = self.env(user=self.manager.id, context={"tz": "Pacific/Auckland"})
            visit = env["logistics.visit"].create(
                {"customer_id": self.account.id, "planned_date": "2025-07-02"}
            )
            action = visit.action_my_day()
            domain = action.get("domain") or []
            domain = literal_eval(domain) if isinstance(domain, str) else domain
            self.assertIn(visit, env["logistics.visit"].search(domain))

    def test_branches(self):
        """A branch has customer accounts of its own; who works in both sees and counts both."""
        branch = self.env["res.company"].create(
            {"name": "Light Freight Branch", "parent_id": self.company.id}
        )
        self.assertEqual(branch.currency_id, self.company.currency_id)
        partner = self.account.partner_id
        self._trade(partner, {"date": "2025-02-01", "amount": 7.0}, company=branch)
        self._refresh("2025-06-30", company=branch)
        self._refresh("2025-06-30")
        there = self._account_of(partner, branch)
        self.assertTrue(there)
        self.assertEqual((self.account.revenue_12m, there.revenue_12m), (150001.0, 7.0))
        accounts = self.env["logistics.customer"].with_user(self.manager)
        domain = [("partner_id", "=", partner.id)]
        own = accounts.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(own.search(domain), self.account, "the branch is not open")
        self.manager.company_ids = [Command.link(branch.id)]
        both = accounts.with_context(allowed_company_ids=(self.company | branch).ids)
        self.assertEqual(both.search(domain), self.account | there)
        self.assertEqual(date(2025, 3, 10), self.account.last_trade_date)
