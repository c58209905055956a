# Part of logistics_crm. License LGPL-3 or later.
"""Two people approve one compensation at the same time, in real transactions of their own.

The test commits: it works on users, a customer and an invoice of its own and removes them again.
"""

from contextlib import ExitStack, closing
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, fields
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestComplaintConcurrency(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo runs its tests while holding this lock, for which a new cursor may wait.
        cls.startClassPatcher(patch.object(Registry, "_lock", DummyRLock()))
        cls.registry = Registry(get_db_name())
        cls.users, cls.made = [], {}
        cls.addClassCleanup(cls._clean_up)
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            company = env.ref("base.main_company")
            cls.company_id, cls.posting = company.id, company.logistics_claim_post
            company.logistics_claim_post = False
            for number in range(2):
                user = new_test_user(
                    env,
                    login=f"lc_two_approvers_{number}",
                    groups="logistics_crm.group_complaint_handler",
                    company_id=company.id,
                    company_ids=[Command.set(company.ids)],
                )
                cls.users.append(user.id)
                env["logistics.compensation.authority"].create(
                    {
                        "company_id": company.id,
                        "user_id": user.id,
                        "alone_amount": 1000.0,
                        "max_amount": 1000.0,
                    }
                )
            partner = env["res.partner"].create({"name": "Credited Once", "is_company": True})
            account = env["logistics.customer"].create(
                {"partner_id": partner.id, "company_id": company.id}
            )
            invoice = env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "company_id": company.id,
                    "partner_id": partner.id,
                    "invoice_date": fields.Date.today(),
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Freight", "price_unit": 300.0, "tax_ids": [Command.clear()]}
                        )
                    ],
                }
            )
            invoice.action_post()
            complaint = env["logistics.complaint"].create(
                {
                    "name": "Crate broken",
                    "customer_id": account.id,
                    "company_id": company.id,
                    "move_id": invoice.id,
                }
            )
            request = env["logistics.complaint.compensation"].create(
                {"complaint_id": complaint.id, "amount": 200.0, "reason": "Broken"}
            )
            cls.made = {
                record._name: record.id
                for record in (partner, account, invoice, complaint, request)
            }

    @classmethod
    def _clean_up(cls):
        """Remove everything that was committed."""
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"force_delete": True, "tracking_disable": True})
            env["res.company"].browse(cls.company_id).logistics_claim_post = cls.posting
            complaint = cls.made.get("logistics.complaint")
            notes = env["account.move"].search([("logistics_complaint_id", "=", complaint or 0)])
            for table in ("compensation", "escalation_log"):
                cr.execute(
                    f"DELETE FROM logistics_complaint_{table} WHERE complaint_id = %s", [complaint]
                )
            env.invalidate_all()
            notes.unlink()
            for model in ("mail.message", "mail.activity", "mail.followers"):
                column = "model" if model == "mail.message" else "res_model"
                env[model].search(
                    [(column, "=", "logistics.complaint"), ("res_id", "=", complaint)]
                ).unlink()
            cr.execute("DELETE FROM logistics_complaint WHERE id = %s", [complaint])
            invoice = env["account.move"].browse(cls.made.get("account.move", ()))
            invoice.button_draft()
            invoice.unlink()
            env["logistics.customer"].browse(cls.made.get("logistics.customer", ())).unlink()
            env["res.partner"].browse(cls.made.get("res.partner", ())).unlink()
            env["logistics.compensation.authority"].search([("user_id", "in", cls.users)]).unlink()
            users = env["res.users"].browse(cls.users)
            people = users.partner_id
            users.unlink()
            people.unlink()

    def test_one_credit_note(self):
        """Both see an open request; the second is told that it was decided, and credits nothing."""
        request_id = self.made["logistics.complaint.compensation"]
        with ExitStack() as stack:
            requests = []
            for uid in self.users:
                cursor = stack.enter_context(closing(self.registry.cursor()))
                env = Environment(cursor, uid, {"allowed_company_ids": [self.company_id]})
                request = env["logistics.complaint.compensation"].browse(request_id)
                # the snapshot of the transaction is taken here
                self.assertEqual(request.state, "requested")
                requests.append(request)
            first, second = requests
            retrying(first.action_approve, first.env)
            with mute_logger("odoo.sql_db", "odoo.service.model"):
                with self.assertRaisesRegex(UserError, "decided already"):
                    retrying(second.action_approve, second.env)
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            request = env["logistics.complaint.compensation"].browse(request_id)
            self.assertEqual((request.state, request.decided_by.id), ("approved", self.users[0]))
            notes = env["account.move"].search(
                [("reversed_entry_id", "=", self.made["account.move"])]
            )
            self.assertEqual(notes, request.credit_note_id)
            self.assertEqual(notes.amount_total, 200.0)
