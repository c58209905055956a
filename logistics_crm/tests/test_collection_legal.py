# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ROLES, LogisticsLedgerCommon

# Rights on models as such: role -> operations, as letters r, w, c, u.
MATRIX = {
    "logistics.credit.backtest": {"manager": "rwcu", "controller": "rwcu"},
    "logistics.credit.backtest.line": {"manager": "r", "controller": "r"},
    "logistics.cash.forecast": {"manager": "rwcu", "controller": "rwcu"},
    "logistics.cash.forecast.line": {"manager": "r", "controller": "r"},
    "logistics.payment.promise": {
        "seller": "rc",
        "seller_all": "rc",
        "manager": "rc",
        "controller": "rwc",
    },
    "logistics.dispute": {
        "seller": "rwc",
        "seller_all": "rwc",
        "manager": "rwc",
        "controller": "rwc",
    },
    "logistics.dispute.close": {
        "seller": "rwcu",
        "seller_all": "rwcu",
        "manager": "rwcu",
        "controller": "rwcu",
    },
    "logistics.collection.case": {
        "seller": "r",
        "seller_all": "r",
        "manager": "rw",
        "controller": "rw",
    },
    "logistics.collection.touch": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
    "logistics.collection.step": {
        "seller": "r",
        "seller_all": "r",
        "manager": "rwcu",
        "controller": "rwc",
    },
    "logistics.collection.rate": {"manager": "rwcu", "controller": "rwcu"},
    "logistics.collection.holiday": {"manager": "rwcu", "controller": "rwcu"},
    "logistics.collection.pause": {"manager": "rwcu", "controller": "rwcu"},
    "logistics.collection.call": {"manager": "rwcu", "controller": "rwcu"},
    "logistics.collection.preview": {"manager": "rwcu", "controller": "rwcu"},
    "logistics.legal.case": {
        "seller": "r",
        "seller_all": "r",
        "manager": "rwc",
        "controller": "rwc",
    },
}


@tagged("post_install", "-at_install")
class TestCollectionLegal(LogisticsLedgerCommon):
    def test_rights_on_models(self):
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

    def test_from_proposal_to_the_end(self):
        """Each step in its order; recovered and written off are the ledger's."""
        controller = self._user("controller")
        partner = self._partner("Last Resort")
        invoice = self._invoice(partner, 1000.0, "2024-01-10", due="2024-02-10")
        self._pay(invoice, "2024-02-20", 100.0)
        account = self._account_of(partner)
        line = invoice.line_ids.filtered(lambda ml: ml.account_type == "asset_receivable")
        case = (
            self.env["logistics.legal.case"]
            .with_user(controller)
            .create(
                {
                    "customer_id": account.id,
                    "date_opened": "2024-03-01",
                    "item_ids": [Command.set(line.ids)],
                    "claimed_amount": 900.0,
                }
            )
        )
        with self.assertRaisesRegex(UserError, "lawyer first"):
            case.action_lawyer()
        with self.assertRaises(AccessError):
            case.write({"state": "closed"})
        case.lawyer_id = self._partner("Lex & Sons")
        case.action_lawyer()
        with self.assertRaisesRegex(UserError, "the court"):
            case.action_court()
        case.write({"court": "District court", "date_filed": "2024-03-10"})
        case.action_court()
        with self.assertRaisesRegex(UserError, "does not follow"):
            case.action_decline()
        self._pay(invoice, "2024-04-01", 600.0)
        entry = self.env["account.move"].create(
            {
                "date": "2024-05-01",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": line.account_id.id,
                            "partner_id": partner.id,
                            "credit": 200.0,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_expense"].id,
                            "debit": 200.0,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        (line | entry.line_ids[0]).reconcile()
        case.invalidate_recordset()
        self.assertEqual(
            (case.recovered_amount, case.written_off_amount, case.open_amount),
            (600.0, 200.0, 100.0),
        )
        case.action_enforce()
        case.action_close()
        self.assertTrue(case.date_closed)
        self.assertIn("Closed", "".join(account.message_ids.mapped("body")))
        with self.assertRaisesRegex(ValidationError, "check the dates"):
            case.date_judgement = "2024-03-05"
        seller = self._user("seller")
        account.user_id = seller
        with self.assertRaises(AccessError):
            case.with_user(seller).read(["claimed_amount"])
        self.assertEqual(case.with_user(seller).state, "closed")
