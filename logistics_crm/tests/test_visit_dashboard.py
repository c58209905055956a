# Part of logistics_crm. License LGPL-3 or later.
from odoo.tests import tagged

from .visit_common import TODAY, VisitCommon


@tagged("post_install", "-at_install")
class TestVisitDashboard(VisitCommon):
    """The manager's page: rates of sums, never averages of rates; own figures for the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._plan_of(interval_days=28)
        # Anna: one of three covered, Ben: his only one
        mine = [cls._customer() for _number in range(3)]
        cls._touch(mine[0], "2026-02-20")
        cls._touch(mine[1], "2025-10-01")
        cls._touch(cls._customer(cls.ben), "2026-02-25")
        cls.env["logistics.visit.coverage"]._refresh(cls.company, TODAY)
        cls.env.flush_all()
        cls.rows = cls.env["logistics.visit.dashboard"].search(
            [("company_id", "=", cls.company.id)]
        )

    def test_figures(self):
        by_user = {row.user_id: row for row in self.rows}
        anna = by_user[self.anna]
        self.assertEqual((anna.target, anna.covered), (3, 1))
        self.assertAlmostEqual(anna.coverage, 1 / 3)
        self.assertEqual(by_user[self.ben].coverage, 1.0)
        [total] = self.env["logistics.visit.dashboard"].formatted_read_group(
            [("company_id", "=", self.company.id)],
            aggregates=["coverage:avg", "debt_days:sum"],
        )
        self.assertAlmostEqual(total["coverage:avg"], 2 / 4, msg="not (1/3 + 1) / 2")
        coverage = self.env["logistics.visit.coverage"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(total["debt_days:sum"], sum(coverage.mapped("debt_days")))
        self.assertGreater(total["debt_days:sum"], 0)

    def test_down_to_the_customers(self):
        anna = self.rows.filtered(lambda row: row.user_id == self.anna)
        action = anna.with_user(self.boss).action_open_uncovered()
        behind = self.env["logistics.visit.coverage"].search(action["domain"])
        self.assertEqual(sum(behind.mapped("covered")), anna.covered)
        self.assertEqual(len(behind), anna.target)

    def test_latest_month(self):
        later = TODAY.replace(month=4)
        self.env["logistics.visit.coverage"]._refresh(self.company, later)
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["logistics.visit.dashboard"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(rows.filtered("latest").mapped("month")), {later.replace(day=1)})
        self.assertEqual(len(rows - rows.filtered("latest")), len(self.rows), "history stays")

    def test_representatives_see_their_own(self):
        dashboard = self.env["logistics.visit.dashboard"].with_user(self.anna)
        self.assertEqual(dashboard.search([]).user_id, self.anna)
        self.assertEqual(dashboard.with_user(self.boss).search([]).user_id, self.anna | self.ben)
