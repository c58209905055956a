# Part of logistics_crm. License LGPL-3 or later.
from odoo.tests import tagged

from .common import ROLES, LogisticsCommon
from .test_security_models import OPERATIONS

# Rights on the models of the front page's neighbours, as in test_security_models.
MATRIX = {
    "logistics.portfolio.member": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
    "logistics.portfolio.target": {"seller_all": "r", "manager": "rwcu"},
    "logistics.portfolio.target.line": {"seller_all": "r", "manager": "rwcu"},
    "logistics.portfolio.run": {"seller_all": "r", "manager": "rwcu", "controller": "r"},
    "logistics.portfolio.line": {"seller_all": "r", "manager": "r", "controller": "r"},
    "logistics.portfolio.customer": {"seller_all": "r", "manager": "r", "controller": "r"},
    "logistics.customer.strategy": {"seller_all": "r", "manager": "rwcu"},
    "logistics.adoption": {"seller": "r", "seller_all": "r", "manager": "r"},
    "logistics.setup": {"manager": "rwc"},
    "logistics.setup.preview": {"manager": "r"},
}


@tagged("post_install", "-at_install")
class TestCockpitRights(LogisticsCommon):
    """Who may do what with portfolios, adoption and first steps."""

    def test_matrix(self):
        for role in ROLES:
            user = self._user(role)
            for name, rights in MATRIX.items():
                for operation in OPERATIONS:
                    letter = "c" if operation == "create" else operation[0]
                    self.assertEqual(
                        self.env[name].with_user(user).has_access(operation),
                        letter in rights.get(role, ""),
                        f"{role} {operation} {name}",
                    )
