# Part of logistics_crm. License LGPL-3 or later.
import random

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, tagged
from odoo.tools import SQL

from ..models.account_plan.allocation import share_out
from .common import LogisticsLedgerCommon


@tagged("post_install", "-at_install")
class TestShareOut(BaseCase):
    """Sharing in proportion: nothing is lost, nobody gets more than wanted."""

    def test_properties(self):
        rnd = random.Random(7)
        for _round in range(300):
            wanted = [float(rnd.randrange(40)) for _n in range(rnd.randrange(1, 9))]
            amount = float(rnd.randrange(150))
            for whole in (True, False):
                shares = share_out(wanted, amount, whole)
                self.assertAlmostEqual(sum(shares), min(amount, sum(wanted)))
                for share, want in zip(shares, wanted, strict=True):
                    self.assertLessEqual(share, want + 1e-6)
                    self.assertGreaterEqual(share, 0)
                    if whole:
                        self.assertEqual(share, int(share))

    def test_nothing_to_share(self):
        self.assertEqual(share_out([], 5, True), [])
        self.assertEqual(share_out([3.0, 4.0], 0, True), [0, 0])
        self.assertEqual(share_out([0.0], 4, False), [0])


@tagged("post_install", "-at_install")
class TestAllocation(LogisticsLedgerCommon):
    """Short capacity goes by class, with a floor for everybody; entitlements on orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller, cls.manager = cls._user("seller"), cls._user("manager")
        cls.service = cls.env["logistics.service"].create({"name": "Linehaul"})
        cls.product_a.logistics_service_id = cls.service
        cls.policy = cls.env["logistics.value.class.policy"]._for_company(cls.company)
        rows = {row.value_class: row for row in cls.policy.entitlement_ids}
        for value_class, priority in (("key", "2"), ("core", "1"), ("standard", "0")):
            rows[value_class].priority = priority
        cls.rows = rows
        cls.accounts = {}
        for value_class in ("key", "core", "standard"):
            account = cls._account(cls._partner(value_class.title()), user_id=cls.seller.id)
            account.flush_recordset()
            cls.env.cr.execute(
                SQL(
                    "UPDATE logistics_customer SET value_class = %s WHERE id = %s",
                    value_class,
                    account.id,
                )
            )
            cls.accounts[value_class] = account
        cls.env.invalidate_all()
        # a Wednesday
        cls.capacity = cls.env["logistics.capacity"].create(
            {
                "company_id": cls.company.id,
                "service_id": cls.service.id,
                "date_from": "2024-05-08",
                "quantity": 100.0,
            }
        )

    def _ordered(self, value_class, quantity, promised="2024-05-10"):
        return self._order(
            self.accounts[value_class].partner_id,
            {"product_uom_qty": quantity, "logistics_promised_date": promised},
        ).order_line

    def _propose(self):
        self.env.invalidate_all()
        action = self.capacity.with_user(self.manager).action_allocate()
        allocation = self.env["logistics.allocation"].browse(action["res_id"])
        return allocation, {row.line_id: row for row in allocation.line_ids}

    def test_weeks(self):
        self.assertEqual(
            (self.capacity.date_from, self.capacity.date_to),
            (fields.Date.to_date("2024-05-06"), fields.Date.to_date("2024-05-12")),
        )
        with self.assertRaisesRegex(ValidationError, "share days"):
            self.capacity.copy({"period": "day", "date_from": "2024-05-12"})
        self.capacity.copy({"period": "day", "date_from": "2024-05-13"})

    def test_demand_counts_the_days_of_the_period(self):
        for day, inside in (
            ("2024-05-05", False),
            ("2024-05-06", True),
            ("2024-05-12", True),
            ("2024-05-13", False),
        ):
            before = self.capacity.ordered
            line = self._ordered("key", 7, day)
            self.env.invalidate_all()
            self.assertEqual(self.capacity.ordered - before, 7 if inside else 0, day)
            line.logistics_delivered_date = day
            self.env.invalidate_all()
            self.assertEqual(self.capacity.ordered, before, "delivered")

    def test_floor_first_then_priority(self):
        """100 for 80 + 60 + 60 at a floor of 30 %: 24, 18, 18 for all, the last 40 to the key."""
        self.company.logistics_allocation_floor = 0.3
        lines = {
            value_class: self._ordered(value_class, quantity)
            for value_class, quantity in (("key", 80), ("core", 60), ("standard", 60))
        }
        allocation, rows = self._propose()
        self.assertEqual(
            [rows[lines[c]].allocated for c in ("key", "core", "standard")], [64.0, 18.0, 18.0]
        )
        self.assertEqual(allocation.allocated, 100.0)
        self.assertTrue(allocation.floor_kept)
        self.assertIn("priority First", rows[lines["key"]].explanation)
        self.assertIn("floor of 18 only", rows[lines["standard"]].explanation)
        self.assertIs(lines["key"].logistics_allocated_qty, False, "a proposal changes nothing")
        allocation.with_user(self.manager).action_accept()
        self.assertEqual(lines["standard"].logistics_allocated_qty, 18.0)
        with self.assertRaisesRegex(UserError, "accepted allocation stays"):
            allocation.action_propose()
        # another one takes its place
        self._ordered("core", 10)
        second, _rows = self._propose()
        second.with_user(self.manager).action_accept()
        self.assertEqual((allocation.state, second.state), ("cancelled", "accepted"))
        second.action_cancel()
        self.assertIs(lines["standard"].logistics_allocated_qty, False)

    def test_too_little_for_the_floor_is_cut_for_all_alike(self):
        self.company.logistics_allocation_floor = 0.5
        self.capacity.quantity = 30
        lines = [self._ordered(c, 60) for c in ("key", "core", "standard")]
        allocation, rows = self._propose()
        self.assertFalse(allocation.floor_kept)
        self.assertEqual([rows[line].allocated for line in lines], [10.0, 10.0, 10.0])

    def test_orders_changed_since_the_proposal(self):
        self._ordered("key", 120)
        allocation, _rows = self._propose()
        self._ordered("core", 5)
        with self.assertRaisesRegex(UserError, "changed since"):
            allocation.with_user(self.manager).action_accept()
        with self.assertRaises(AccessError):
            allocation.with_user(self.seller).action_accept()
        with self.assertRaises(AccessError):
            allocation.line_ids.with_user(self.manager).write({"allocated": 1.0})

    def test_nothing_ordered(self):
        with self.assertRaisesRegex(UserError, "Nothing is ordered"):
            self.capacity.action_allocate()

    # ------------------------------------------------------------------ orders
    def test_priority_follows_the_class_until_invoiced(self):
        orders = [self._ordered(c, 1).order_id for c in ("key", "core", "standard")]
        self.assertEqual([order.logistics_priority for order in orders], ["2", "1", "0"])
        self.rows["standard"].priority = "1"
        self.env["sale.order"]._update_logistics_priorities(self.company)
        self.assertEqual(orders[2].logistics_priority, "1")
        self._bill(orders[2], "2024-05-12")
        self.rows["standard"].priority = "0"
        self.env["sale.order"]._update_logistics_priorities(self.company)
        self.assertEqual(orders[2].logistics_priority, "1", "invoiced: history")
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env["sale.order"]._update_logistics_priorities(self.company)

    def test_entitled_services_become_free_lines_and_a_concession(self):
        door = self.env["product.product"].create(
            {
                "name": "Door delivery",
                "type": "service",
                "list_price": 40.0,
                "invoice_policy": "order",
                "taxes_id": False,
            }
        )
        self.rows["key"].write({"free_product_ids": door.ids, "door_delivery": True})
        partner = self.accounts["key"].partner_id
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": self.seller.id,
                "order_line": [
                    fields.Command.create(
                        {"product_id": self.product_a.id, "price_unit": 100.0, "tax_ids": False}
                    )
                ],
            }
        )
        order = order.with_user(self.seller)
        self.assertEqual(order.logistics_entitled_missing, 1)
        self.assertIn("free door delivery", order.logistics_essentials["entitlements"])
        order.action_add_entitled()
        order.action_add_entitled()
        free = order.order_line.filtered("logistics_entitlement")
        self.assertEqual(free.product_id, door)
        self.assertEqual((free.price_unit, free.price_subtotal), (40.0, 0.0))
        self.assertEqual(order.amount_untaxed, 100.0)
        order.sudo().action_confirm()
        with self.assertRaisesRegex(UserError, "before an order is confirmed"):
            order.action_add_entitled()
        invoice = self._bill(order.sudo(), "2024-05-20")
        self._pay(invoice, "2024-05-20")
        concessions = self.env["logistics.concession"]
        concessions._derive(self.company, fields.Date.to_date("2024-06-30"))
        row = concessions.search(
            [("customer_id", "=", self.accounts["key"].id), ("kind", "=", "discount")]
        )
        self.assertEqual((row.amount, row.move_id), (40.0, invoice))
        # others are entitled to nothing
        other = self._ordered("standard", 1).order_id
        self.assertEqual(other.logistics_entitled_missing, 0)
