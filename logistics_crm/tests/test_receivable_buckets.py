# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LogisticsCommon


@tagged("post_install", "-at_install")
class TestAgeingBuckets(LogisticsCommon):
    """Sets of buckets: every age has exactly one."""

    def _set(self, *buckets):
        return self.env["logistics.ageing.bucket.set"].create(
            {
                "name": "Set",
                "bucket_ids": [
                    Command.create(
                        {
                            "name": name,
                            "open_start": start is None,
                            "day_from": start or 0,
                            "day_to": end or 0,
                            "open_end": end is None,
                        }
                    )
                    for name, start, end in buckets
                ],
            }
        )

    def test_bad_buckets(self):
        """Each mistake is named together with the buckets it is in."""
        for buckets, message in (
            ((("A", None, 30), ("B", 30, None)), "A and B overlap"),
            ((("A", None, 30), ("B", 10, 20), ("C", 31, None)), "A and B overlap"),
            ((("A", None, 30), ("B", 32, None)), "days 31 to 31 between the buckets A and B"),
            ((("A", 0, 30), ("B", 31, None)), "younger than bucket A"),
            ((("A", None, 30), ("B", 31, 60)), "older than bucket B"),
            ((("A", None, None), ("B", 31, None)), "A and B overlap"),
            ((("A", None, 0), ("B", 1, -5), ("C", 1, None)), "Bucket B ends"),
            ((), "no buckets"),
        ):
            with self.subTest(message), self.assertRaisesRegex(ValidationError, message):
                self._set(*buckets)
        self.assertEqual(len(self._set(("All", None, None)).bucket_ids), 1)

    def test_change_in_one_go(self):
        """Moving a boundary touches two buckets; together they are accepted, alone not."""
        bucket_set = self._set(("A", None, 30), ("B", 31, None))
        first, second = bucket_set.bucket_ids
        bucket_set.write(
            {
                "bucket_ids": [
                    Command.update(first.id, {"day_to": 45}),
                    Command.update(second.id, {"day_from": 46}),
                ]
            }
        )
        with self.assertRaisesRegex(ValidationError, "between the buckets"):
            bucket_set.write({"bucket_ids": [Command.update(second.id, {"day_from": 50})]})

    def test_loss_rate(self):
        bucket_set = self._set(("All", None, None))
        self.assertIs(bucket_set.bucket_ids.loss_rate, False, "unknown, not zero")
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            bucket_set.bucket_ids.loss_rate = 101
            bucket_set.flush_model()

    def test_future_and_broken_set_at_run(self):
        """A run is refused for a day to come, and for buckets that were broken in between."""
        report = self.env["logistics.receivable.report"]
        tomorrow = fields.Date.context_today(report) + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "lies in the future"):
            report.create({"as_of": tomorrow, "company_id": self.company.id})
        with self.assertRaisesRegex(UserError, "lies in the future"):
            report._ageing(tomorrow, self.company)
        bucket_set = self._set(("A", None, 30), ("B", 31, None))
        bucket_set.bucket_ids[1].day_from = 20
        run = report.create({"company_id": self.company.id, "bucket_set_id": bucket_set.id})
        with self.assertRaisesRegex(ValidationError, "overlap"):
            run.action_run()

    def test_rights(self):
        """Controllers and managers of the company; salespeople and others see no ledger."""
        run = self.env["logistics.receivable.report"].create({"company_id": self.company.id})
        run.action_run()
        stranger = self._user("controller", company=self._other_company())
        for model in (
            "logistics.ageing.bucket.set",
            "logistics.ageing.bucket",
            "logistics.receivable.report",
            "logistics.receivable.report.line",
            "logistics.receivable.report.total",
            "logistics.receivable.report.difference",
        ):
            for role in ("seller", "seller_all", "internal", "portal"):
                self.assertFalse(
                    self.env[model].with_user(self._user(role)).has_access("read"), (model, role)
                )
            for role in ("controller", "manager"):
                user = self._user(role)
                self.assertTrue(self.env[model].with_user(user).has_access("read"), (model, role))
        theirs = {"allowed_company_ids": stranger.company_ids.ids}
        self.assertFalse(run.with_user(stranger).with_context(**theirs).has_access("read"))
        self.assertFalse(
            self.env["logistics.receivable.report.total"]
            .with_user(stranger)
            .with_context(**theirs)
            .search([("report_id", "=", run.id)])
        )
        controller = self._user("controller")
        mine = run.with_user(controller).create({"company_id": self.company.id})
        mine.action_run()
        with self.assertRaises(UserError):
            mine.total = 5
