# Part of logistics_crm. License LGPL-3 or later.
import ast
from pathlib import Path

from odoo.tests import tagged

from .common import ROLES, LogisticsCommon

OPERATIONS = ("read", "write", "create", "unlink")
# Rights on models as such: role -> operations, as letters r, w, c, u. Roles that are not named
# have none. Other areas of the addon keep their matrices in their own tests.
MATRIX = {
    "logistics.customer": {
        "seller": "rwc",
        "seller_all": "rwc",
        "manager": "rwcu",
        "controller": "r",
    },
    "logistics.trading.history": {
        "seller": "r",
        "seller_all": "r",
        "manager": "rwcu",
        "controller": "r",
    },
    "logistics.trading.report": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
    "logistics.service": {
        "seller": "r",
        "seller_all": "r",
        "manager": "rwcu",
        "controller": "r",
        "accountant": "r",
        "internal": "r",
    },
    "logistics.service.attribute": {
        "seller": "r",
        "seller_all": "r",
        "manager": "rwcu",
        "controller": "r",
        "accountant": "r",
        "internal": "r",
    },
    "logistics.trading.history.import": {"manager": "rwcu"},
    "logistics.trading.history.import.issue": {"manager": "rwcu"},
    "logistics.credit.grade.policy": {
        "seller": "r",
        "seller_all": "r",
        "manager": "rwcu",
        "controller": "rwc",
    },
    "logistics.credit.release.request": {
        "seller": "rwcu",
        "seller_all": "rwcu",
        "manager": "rwcu",
        "controller": "rwcu",
    },
    "logistics.credit.signal.type": {
        "seller": "r",
        "seller_all": "r",
        "manager": "rwcu",
        "controller": "r",
        "accountant": "r",
        "internal": "r",
    },
    "logistics.arrears.gate.item": {"manager": "r", "controller": "r"},
    "logistics.screening.signature": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
    "logistics.screening.progress": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
    "logistics.screening.effect": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
    "logistics.customer.target": {
        "seller": "r",
        "seller_all": "r",
        "manager": "rwcu",
        "controller": "r",
    },
    "logistics.screening.scenario": {"manager": "rwcu"},
    "logistics.screening.what.if": {"manager": "rwcu"},
    "logistics.screening.beside": {"manager": "rwcu"},
    "logistics.screening.beside.line": {"manager": "rwcu"},
    "logistics.screening.beside.document": {"manager": "rwcu"},
    "logistics.screening.judgement": {
        "seller": "rwcu",
        "seller_all": "rwcu",
        "manager": "rwcu",
        "controller": "r",
    },
    "logistics.screening.version": {"manager": "r", "controller": "r"},
    "logistics.screening.version.line": {"manager": "r", "controller": "r"},
    "logistics.screening.bridge": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
    "logistics.rectification": {
        "seller": "rw",
        "seller_all": "rw",
        "manager": "rwc",
        "controller": "rwc",
    },
    "logistics.inquest": {"seller": "rw", "seller_all": "rw", "manager": "rwcu", "controller": "r"},
    "logistics.target.customer": {"seller": "rwc", "seller_all": "rwc", "manager": "rwcu"},
    "logistics.customer.cohort": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
    "logistics.winback": {
        "seller": "rwc",
        "seller_all": "rwc",
        "manager": "rwcu",
        "controller": "r",
    },
}


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
        tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
        for model in own:
            if self.env[model.model]._abstract:
                continue
            with self.subTest(model.model):
                self.assertTrue(f'"{model.model}"' in tests, "no test names this model")
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

    def test_rights_on_models(self):
        """Each role has exactly the rights of the matrix, and visitors none at all."""
        for model, rights in MATRIX.items():
            for role in (*ROLES, "public"):
                allowed = {
                    operation
                    for operation in OPERATIONS
                    if self._as(role, model).has_access(operation)
                }
                wanted = {name for name in OPERATIONS if name[0] in rights.get(role, "")}
                self.assertEqual(allowed, wanted, f"{role} on {model}")

    def test_menus(self):
        """The application's menu is there for its users and for nobody else."""
        menu = self.env["ir.model.data"].search(
            [("module", "=", "logistics_crm"), ("model", "=", "ir.ui.menu")]
        )
        self.assertTrue(menu)
        ids = set(menu.mapped("res_id"))
        for role in set(ROLES) - {"portal"}:
            sees = role in MATRIX["logistics.customer"]
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
