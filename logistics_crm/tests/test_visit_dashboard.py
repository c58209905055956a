# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command
from odoo.exceptions import AccessError
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

    def test_what_touches_cost_and_brought(self):
        """The month's own touches: recomputed by hand, and the same as the visit analysis."""
        account = self._customer()
        kept = self._touch(account, "2026-03-02", result="good")
        kept.write({"travel_cost": 30.0, "facts_gained": 3})
        self._touch(account, "2026-03-02", result="no_response", travel_cost=10.0)
        self._touch(account, "2026-02-27", result="no_response", travel_cost=99.0)
        late = self._touch(account, "2026-03-01", state="planned")
        late.write({"state": "done", "done_date": TODAY})
        self._touch(account, "2026-03-01", state="planned").write({"state": "missed"})
        self._touch(account, "2026-03-02", kind="training", result="good", travel_cost=500.0)
        product = self.env["product.product"].create({"name": "Freight", "list_price": 70.0})
        order = self.env["sale.order"].create(
            {
                "partner_id": account.partner_id.id,
                "order_line": [Command.create({"product_id": product.id, "price_unit": 70.0})],
            }
        )
        order.action_confirm()
        order.date_order = "2026-03-02 12:00:00"
        self.env["logistics.visit.coverage"]._refresh(self.company, TODAY)
        self.env.flush_all()
        self.env.invalidate_all()
        anna = self.env["logistics.visit.dashboard"].search(
            [("user_id", "=", self.anna.id), ("latest", "=", True), ("kind", "=", "patrol")]
        )
        # kept twice, one late, one missed
        self.assertAlmostEqual(anna.plan_compliance, 2 / 4)
        self.assertAlmostEqual(anna.response, 1 / 2, msg="of those with a result")
        self.assertAlmostEqual(anna.cost_per_touch, 20.0, msg="of those whose cost is known")
        self.assertAlmostEqual(anna.facts_per_touch, 3 / 3)
        # the order belongs to the last touch before it, which is the training
        self.assertEqual(anna.order_amount, 0.0)
        action = anna.with_user(self.boss).action_open_touches()
        [found] = self.env["logistics.visit.report"].formatted_read_group(
            action["domain"],
            aggregates=["cost_per_touch:avg", "facts_per_touch:avg", "on_day_rate:avg"],
        )
        self.assertAlmostEqual(found["cost_per_touch:avg"], anna.cost_per_touch)
        self.assertAlmostEqual(found["facts_per_touch:avg"], anna.facts_per_touch)
        self.assertAlmostEqual(found["on_day_rate:avg"], anna.plan_compliance)
        every = self.env["logistics.visit.report"].search([("customer_id", "=", account.id)])
        self.assertEqual(sum(every.mapped("order_amount")), 70.0)
        ben = self.rows.filtered(lambda row: row.user_id == self.ben)
        self.assertEqual(
            (ben.cost_per_touch, ben.response), (False, False), "unknown is not nothing"
        )
        with self.assertRaises(AccessError):
            anna.with_user(self.anna).read(["collected"])

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
