# Part of logistics_crm. License LGPL-3 or later.
"""Two managers at the same campaign in real transactions of their own.

The test commits: it works on a company, users and customers of its own and removes them again.
"""

from contextlib import ExitStack, closing
from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

YEAR = 2021


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningConcurrency(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo runs its tests while holding this lock, for which a new cursor may wait.
        cls.startClassPatcher(patch.object(Registry, "_lock", DummyRLock()))
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._clean_up)
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            company = env["res.company"].create({"name": "Two Managers Freight"})
            cls.company_id = company.id
            cls.partner_id = (
                env["res.partner"].create({"name": "Wanted By Two", "is_company": True}).id
            )
            cls.user_ids = [
                new_test_user(
                    env,
                    login=f"lc_two_managers_{number}",
                    groups="logistics_crm.group_manager",
                    company_id=company.id,
                    company_ids=[Command.set(company.ids)],
                ).id
                for number in range(2)
            ]
            env["logistics.trading.history"].create(
                {
                    "company_id": company.id,
                    "partner_id": cls.partner_id,
                    "date": f"{YEAR}-03-01",
                    "document": "D1",
                    "line": "1",
                    "quantity": 1,
                    "amount": 100,
                    "currency_id": company.currency_id.id,
                }
            )

    @classmethod
    def _clean_up(cls):
        """Remove everything that was committed."""
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            company = env["res.company"].browse(cls.company_id)
            for table in ("logistics_screening", "logistics_trading_history"):
                cr.execute(f"DELETE FROM {table} WHERE company_id = %s", company.ids)
            env["logistics.customer"].search([("company_id", "=", company.id)]).unlink()
            env["res.partner"].browse(cls.partner_id).unlink()
            users = env["res.users"].browse(cls.user_ids)
            people = users.partner_id
            users.unlink()
            people.unlink()
            for name in ("ir.default", "ir.sequence"):
                env[name].search([("company_id", "=", company.id)]).unlink()
            env["res.users"].search([("company_ids", "in", company.ids)]).write(
                {"company_ids": [Command.unlink(company.id)]}
            )
            own = company.partner_id
            company.unlink()
            own.unlink()

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})
            cr.execute("DELETE FROM logistics_screening WHERE company_id = %s", [self.company_id])
            screening = env["logistics.screening"].create(
                {"year": YEAR, "company_id": self.company_id}
            )
            screening.action_compute()
            self.screening_id, self.line_id = screening.id, screening.line_ids.id

    def _two(self, first, second):
        """The first manager commits after the second has looked; then the second acts.

        Both act through Odoo's own retrying, as requests do.

        :return: what the second manager is told
        """
        with ExitStack() as stack:
            envs = [
                Environment(
                    stack.enter_context(closing(self.registry.cursor())),
                    uid,
                    {"allowed_company_ids": [self.company_id]},
                )
                for uid in self.user_ids
            ]
            for env in envs:
                # the snapshot of the transaction is taken here
                self.assertFalse(env["logistics.screening.line"].browse(self.line_id).decision)
            retrying(partial(first, envs[0]), envs[0])
            with mute_logger("odoo.sql_db", "odoo.service.model"):
                with self.assertRaises(UserError) as refused:
                    retrying(partial(second, envs[1]), envs[1])
            return str(refused.exception)

    def _decide(self, decision, env):
        env["logistics.screening.line"].browse(self.line_id).write({"decision": decision})

    def _close(self, env):
        env["logistics.screening"].browse(self.screening_id).action_close()

    def _now(self):
        with self.registry.cursor() as cr:
            line = Environment(cr, SUPERUSER_ID, {})["logistics.screening.line"].browse(
                self.line_id
            )
            return line.decision, line.decided_by.id, line.screening_id.state

    def test_the_same_line(self):
        """The second is told what the first decided; nothing is overwritten unseen."""
        told = self._two(partial(self._decide, "maintain"), partial(self._decide, "rectify"))
        self.assertIn("has decided Wanted By Two already: Maintain", told)
        self.assertEqual(self._now(), ("maintain", self.user_ids[0], "computed"))

    def test_deciding_while_the_other_closes(self):
        """No decision lands in a campaign that is closed."""
        told = self._two(self._close, partial(self._decide, "rectify"))
        self.assertIn("is closed", told)
        self.assertEqual(self._now(), (False, False, "closed"))

    def test_closing_twice(self):
        told = self._two(self._close, self._close)
        self.assertIn("is closed", told)
        self.assertEqual(self._now()[2], "closed")
