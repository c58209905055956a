# Part of logistics_crm. License LGPL-3 or later.
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LogisticsCommon

PROCESS = "odoo.addons.logistics_crm.models.receivable.letter_batch_process"


@tagged("post_install", "-at_install")
class TestLetterBatch(LogisticsCommon):
    """The job: each customer once, failures listed, the rest goes on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounts = cls.customers.browse()
        for number in range(5):
            cls.accounts |= cls._account(cls._partner(f"Letter {number}"))
        cls.batches = cls.env["logistics.letter.batch"]

    def _batch(self, **values):
        batch = self.batches.create({"company_id": self.company.id, **values})
        batch._add_customers(self.accounts)
        return batch

    def test_rights(self):
        """Money letters are for controllers and managers; nobody else even sees them."""
        for model in ("logistics.letter.batch", "logistics.letter.batch.line"):
            for role, sees in (
                ("controller", True),
                ("manager", True),
                ("seller", False),
                ("seller_all", False),
                ("accountant", False),
                ("internal", False),
                ("portal", False),
            ):
                user = self._user(role)
                self.assertEqual(self.env[model].with_user(user).has_access("read"), sees, role)
        batch = self._batch()
        with self.assertRaises(AccessError):
            batch.with_user(self._user("seller_all")).action_start()
        line = batch.line_ids[0].with_user(self._user("controller"))
        with self.assertRaises(AccessError):
            line.write({"state": "done"})

    def test_customers_are_in_a_batch_once(self):
        batch = self._batch()
        self.assertEqual(batch._add_customers(self.accounts), 0)
        self.assertEqual(batch.line_count, 5)
        foreign = self._account(company=self._other_company())
        self.assertEqual(batch._add_customers(foreign), 0, "of another company")

    def test_empty_batch_and_future_day(self):
        batch = self.batches.create({"company_id": self.company.id})
        with self.assertRaisesRegex(UserError, "the batch is empty"):
            batch.action_start()
        with self.assertRaisesRegex(UserError, "lies in the future"):
            batch.date = "2999-01-01"

    def test_failures_are_listed_and_the_rest_goes_on(self):
        """One that fails for a reason, one that crashes; three are done. Retry does only two."""
        batch = self._batch()
        made = []

        def make(self, line, data):
            made.append(line.customer_id)
            if line.customer_id == self.env["logistics.customer"].browse(bad.id):
                raise UserError(self.env._("No mail address"))
            if line.customer_id.id == worse.id:
                self.env.cr.execute("SELECT 1/0")
            return {"sent_to": "x@example.com"}

        bad, worse = self.accounts[1], self.accounts[3]
        batch.action_start()
        with (
            patch.object(type(batch), "_letter_make", make),
            mute_logger(PROCESS, "odoo.sql_db"),
        ):
            batch._process(batch.line_ids)
        self.assertEqual((batch.done_count, batch.failed_count, batch.progress), (3, 2, 100.0))
        errors = {line.customer_id: line.error for line in batch.line_ids}
        self.assertEqual(errors[bad], "No mail address")
        self.assertIn("division by zero", errors[worse])
        made.clear()
        batch.action_retry()
        self.assertEqual(batch.state, "running")
        with (
            patch.object(type(batch), "_letter_make", lambda *args: made.append(args[1])),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("logistics_crm.cron_letter_batch").method_direct_trigger()
        batch.invalidate_recordset()
        self.assertEqual(len(made), 2)
        self.assertEqual((batch.done_count, batch.failed_count, batch.state), (5, 0, "done"))

    def test_merged_customers_keep_the_written_letter(self):
        batch = self._batch()
        first, second = batch.line_ids[:2]
        first.write({"state": "done"})
        first.customer_id._fold_into(second.customer_id)
        self.assertEqual(len(batch.line_ids), 4)
        self.assertEqual(batch.line_ids.filtered(lambda x: x.state == "done"), first)
