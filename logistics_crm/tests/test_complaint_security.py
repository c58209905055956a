# Part of logistics_crm. License LGPL-3 or later.
from odoo.tests import tagged

from .common import ROLES, LogisticsCommon

OPERATIONS = ("read", "write", "create", "unlink")
TAXONOMY = {
    "seller": "r",
    "seller_all": "r",
    "manager": "rwcu",
    "controller": "r",
    "accountant": "r",
    "internal": "r",
    "handler": "r",
}
OWN = dict.fromkeys(("seller", "seller_all", "manager", "controller", "handler"), "r")
ALL = dict.fromkeys(("seller_all", "manager", "controller", "handler"), "r")
MATRIX = {
    "logistics.complaint": {
        "seller": "rwc",
        "seller_all": "rwc",
        "manager": "rwc",
        "controller": "rwc",
        "handler": "rwc",
        "accountant": "rw",
        "internal": "rw",
    },
    "logistics.complaint.type": TAXONOMY,
    "logistics.complaint.cause": TAXONOMY,
    "logistics.complaint.department": TAXONOMY,
    "logistics.complaint.term": TAXONOMY,
    "logistics.complaint.escalation": TAXONOMY,
    "logistics.complaint.escalation.log": dict.fromkeys(TAXONOMY, "r"),
    "logistics.complaint.compensation": dict.fromkeys(TAXONOMY, "rwc"),
    "logistics.complaint.reason": dict.fromkeys(TAXONOMY, "rwcu"),
    "logistics.complaint.merge": dict.fromkeys(TAXONOMY, "rwcu"),
    "logistics.complaint.report": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
        "handler": "r",
    },
    "logistics.complaint.effect": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
        "handler": "r",
    },
    "logistics.complaint.repeat": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
        "handler": "r",
    },
    "logistics.complaint.pareto": {
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
        "handler": "r",
    },
    "logistics.complaint.exposure": {
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
        "handler": "r",
    },
    "logistics.compensation.authority": {
        "seller": "r",
        "seller_all": "r",
        "manager": "rwc",
        "handler": "r",
    },
}


@tagged("post_install", "-at_install")
class TestComplaintSecurity(LogisticsCommon):
    """Rights on the models of complaints; whose records is tested with the steps."""

    def test_rights_on_models(self):
        """Each role has exactly the rights of the matrix, portal users and visitors none."""
        users = {role: self._user(role) for role in ROLES}
        users["handler"] = self._user("logistics_crm.group_complaint_handler")
        users["public"] = self.env.ref("base.public_user")
        for model, rights in MATRIX.items():
            for role, user in users.items():
                allowed = {
                    operation
                    for operation in OPERATIONS
                    if self.env[model].with_user(user).has_access(operation)
                }
                wanted = {name for name in OPERATIONS if name[0] in rights.get(role, "")}
                self.assertEqual(allowed, wanted, f"{role} on {model}")
