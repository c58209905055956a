# Part of logistics_crm. License LGPL-3 or later.
from odoo.tests import tagged

from .common import ROLES, LogisticsCommon

EVERYBODY = dict.fromkeys(("seller", "seller_all", "controller", "accountant", "internal"), "r")
CUSTOMER_STAFF = dict.fromkeys(("seller", "seller_all", "manager", "controller"), "r")
SELLERS = ("seller", "seller_all", "manager")
# Rights on models as such: role -> operations, as letters r, w, c, u.
MATRIX = {
    "logistics.zone": EVERYBODY | {"manager": "rwcu"},
    "logistics.lane": EVERYBODY | {"manager": "rwcu"},
    "logistics.consumption": CUSTOMER_STAFF,
    "logistics.white.space": CUSTOMER_STAFF,
    "logistics.white.space.dismissal": dict.fromkeys(SELLERS, "rwcu"),
    "logistics.concession": {
        "seller": "rwc",
        "seller_all": "rwc",
        "manager": "rwcu",
        "controller": "r",
    },
    "logistics.true.margin.report": CUSTOMER_STAFF,
    "logistics.retention.programme": CUSTOMER_STAFF | {"manager": "rwcu"},
    "logistics.retention.membership": CUSTOMER_STAFF | {"manager": "rwcu"},
    "logistics.service.floor": CUSTOMER_STAFF | {"manager": "rwcu"},
    "logistics.retention.measure": {"manager": "rwcu"},
    "logistics.scenario.parameter": {"manager": "rwcu"},
    "logistics.segment": dict.fromkeys(SELLERS, "rwcu"),
    "logistics.segment.save": dict.fromkeys(SELLERS, "rwcu"),
    "logistics.outreach": dict.fromkeys(SELLERS, "rwcu"),
    "logistics.outreach.line": dict.fromkeys(SELLERS, "r"),
}


@tagged("post_install", "-at_install")
class TestConsumptionSecurity(LogisticsCommon):
    def test_rights_on_models(self):
        """Each role has exactly the rights of the matrix."""
        users = {role: self._user(role) for role in ROLES}
        users["public"] = self.env.ref("base.public_user")
        for model, rights in MATRIX.items():
            for role, user in users.items():
                allowed = {
                    operation
                    for operation in ("read", "write", "create", "unlink")
                    if self.env[model].with_user(user).has_access(operation)
                }
                wanted = {
                    name
                    for name in ("read", "write", "create", "unlink")
                    if name[0] in rights.get(role, "")
                }
                self.assertEqual(allowed, wanted, f"{role} on {model}")
