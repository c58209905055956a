# Part of logistics_crm. License LGPL-3 or later.
import ast

from odoo.tests import tagged

from .common import ROLES, LogisticsCommon
from .test_access_matrix import read_table

OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestSecurityModels(LogisticsCommon):
    """Rights on models as such, menus and rules; whose records is another test's question."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._user(role) for role in ROLES}
        cls.users["public"] = cls.env.ref("base.public_user")

    def _as(self, role, model):
        return self.env[model].with_user(self.users[role])

    def test_every_model_is_in_a_matrix(self):
        """A model that is added without access rights, or without a test of them, fails here."""
        data = self.env["ir.model.data"].search(
            [("module", "=", "logistics_crm"), ("model", "=", "ir.model")]
        )
        models = self.env["ir.model"].browse(data.mapped("res_id")).exists()
        own = models.filtered(lambda model: model.model.startswith("logistics."))
        self.assertIn("logistics.customer", own.mapped("model"))
        table = read_table()
        for model in own:
            if self.env[model.model]._abstract:
                continue
            with self.subTest(model.model):
                self.assertIn(model.model, table, "a row in access_matrix.csv")
                self.assertTrue(model.access_ids, "access rights in ir.model.access.csv")
                self.assertTrue(
                    all(access.group_id for access in model.access_ids), "no right without group"
                )
                portal = self.env["ir.model.access"].with_user(self.users["portal"])
                self.assertFalse(portal.check(model.model, "read", raise_exception=False))
                if not model.transient and "company_id" in self.env[model.model]._fields:
                    self.assertTrue(
                        model.rule_ids.filtered(
                            lambda rule: not rule.groups and "company_id" in rule.domain_force
                        ),
                        "a rule for every user that keeps companies apart",
                    )

    def test_menus(self):
        """The application's menu is there for its users and for nobody else."""
        menu = self.env["ir.model.data"].search(
            [("module", "=", "logistics_crm"), ("model", "=", "ir.ui.menu")]
        )
        self.assertTrue(menu)
        ids = set(menu.mapped("res_id"))
        for role in set(ROLES) - {"portal"}:
            sees = role in ("seller", "seller_all", "manager", "controller")
            shown = self._as(role, "ir.ui.menu").load_menus(False)
            self.assertEqual(bool(ids & set(shown)), sees, role)

    def test_rules_name_existing_fields(self):
        """Every rule of the addon can be evaluated for every role that it binds."""
        data = self.env["ir.model.data"].search(
            [("module", "=", "logistics_crm"), ("model", "=", "ir.rule")]
        )
        rules = self.env["ir.rule"].browse(data.mapped("res_id")).exists()
        self.assertGreater(len(rules), 8)
        for rule in rules:
            ast.parse(rule.domain_force.strip(), mode="eval")
            self.assertTrue(rule.model_id.access_ids, rule.name)
