# Part of logistics_crm. License LGPL-3 or later.
"""Real parallel transactions confirming orders of one customer.

The test commits: it works on a company, customers and orders of its own and removes them again.
"""

import threading
from collections import Counter
from functools import partial
from random import Random
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command
from odoo.api import Environment
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

THREADS = 8
ROUNDS = 25  # of eight confirmations each: 200
LIMIT = 1000.0


@tagged("post_install", "-at_install")
class TestCreditConcurrency(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo runs its tests while holding this lock, for which every new thread would wait.
        cls.startClassPatcher(patch.object(Registry, "_lock", DummyRLock()))
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            company = env["res.company"].create(
                {
                    "name": "Concurrent Freight",
                    "currency_id": env.ref("base.USD").id,
                    "logistics_credit_control": "enforce",
                }
            )
            cls.company_id = company.id
            env["logistics.credit.policy"]._for_company(company)
            product = env["product.product"].create({"name": "Concurrent", "type": "service"})
            cls.product_id = product.id
            cls.partner_ids = []
        cls.addClassCleanup(cls._clean_up)

    def _customer(self, limit):
        """A committed customer with a limit."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            partner = env["res.partner"].create({"name": "Hurried", "is_company": True})
            self.partner_ids.append(partner.id)
            account = env["logistics.customer"].create(
                {"partner_id": partner.id, "company_id": self.company_id}
            )
            account._grant_limit(limit)
            return partner.id

    def _orders(self, partner_id, prices):
        """Committed quotations of one customer."""
        with self.registry.cursor() as cr:
            orders = self._env(cr)["sale.order"].create(
                [
                    {
                        "partner_id": partner_id,
                        "company_id": self.company_id,
                        "order_line": [
                            Command.create(
                                {
                                    "product_id": self.product_id,
                                    "price_unit": price,
                                    "tax_ids": [Command.clear()],
                                }
                            )
                        ],
                    }
                    for price in prices
                ]
            )
            return orders.ids

    @classmethod
    def _env(cls, cr):
        return Environment(
            cr,
            SUPERUSER_ID,
            {"allowed_company_ids": [cls.company_id], "tracking_disable": True},
        )

    def _confirm_all(self, batches):
        """Confirm the n-th order of every batch at the same moment, one thread per batch.

        Every transaction has taken its snapshot before the first of the round confirms. Goes
        through Odoo's own `retrying`, as a request does.

        :return: the exceptions that a user would have seen
        """
        errors = []
        barrier = threading.Barrier(THREADS)

        def work(order_ids):
            for order_id in order_ids:
                try:
                    with self.registry.cursor() as cr:
                        env = self._env(cr)
                        order = env["sale.order"].browse(order_id)
                        self.assertIn(order.state, ("draft", "sent"))
                        barrier.wait(timeout=120)
                        retrying(partial(order.action_confirm), env)
                except Exception as error:  # noqa: BLE001 any error is a failure of the test
                    errors.append(error)
                    if isinstance(error, threading.BrokenBarrierError):
                        return

        threads = [threading.Thread(target=work, args=(batch,)) for batch in batches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return errors

    def _result(self, order_ids):
        """Return ``(confirmed total, amounts held, states)`` as committed."""
        with self.registry.cursor() as cr:
            orders = self._env(cr)["sale.order"].browse(order_ids)
            confirmed = orders.filtered(lambda order: order.state == "sale")
            return (
                sum(confirmed.mapped("amount_total")),
                (orders - confirmed).mapped("amount_total"),
                Counter(orders.mapped("logistics_credit_state")),
            )

    @staticmethod
    def _deal(order_ids):
        return [order_ids[number::THREADS] for number in range(THREADS)]

    # ------------------------------------------------------------------ tests
    def test_limit_holds_and_nobody_gets_an_error(self):
        """200 confirmations by 8 at once: half for a customer with a tight limit.

        The other half, for a customer whose limit covers everything, must all go through.
        """
        random = Random(4)
        half = THREADS * ROUNDS // 2
        prices = [random.randint(1, 120) for _i in range(half)]
        tight = self._orders(self._customer(LIMIT), prices)
        ample = self._orders(self._customer(sum(prices)), prices)
        mixed = [order for pair in zip(tight, ample, strict=True) for order in pair]
        self.assertEqual(len(mixed), THREADS * ROUNDS)
        # Both customers in every round, four threads each.
        self.assertEqual(self._confirm_all(self._deal(mixed)), [])
        total, held, states = self._result(ample)
        self.assertEqual((total, held), (sum(prices), []))
        total, held, states = self._result(tight)
        self.assertLessEqual(total, LIMIT)
        self.assertEqual(states["hold"], len(held))
        self.assertTrue(held)
        for amount in held:
            self.assertGreater(total + amount, LIMIT, "A legitimate order was held.")

    def test_one_customer_eight_at_once(self):
        """Eight orders of 600, limit 1000, five times: exactly one passes each time."""
        for _round in range(5):
            orders = self._orders(self._customer(LIMIT), [600.0] * THREADS)
            self.assertEqual(self._confirm_all(self._deal(orders)), [])
            total, held, states = self._result(orders)
            self.assertEqual((total, len(held)), (600.0, THREADS - 1))
            self.assertEqual(states["hold"], THREADS - 1)

    def test_growth_at_once(self):
        """Confirmed orders that grow at the same time do not exceed the limit together."""
        partner_id = self._customer(LIMIT)
        orders = self._orders(partner_id, [10.0] * THREADS)
        self.assertEqual(self._confirm_all(self._deal(orders)), [])
        barrier = threading.Barrier(THREADS)

        def grow(order_id):
            with self.registry.cursor() as cr:
                env = self._env(cr)
                line = env["sale.order"].browse(order_id).order_line
                self.assertEqual(line.price_unit, 10.0)
                barrier.wait(timeout=120)
                retrying(partial(line.write, {"price_unit": 600.0}), env)

        threads = [threading.Thread(target=grow, args=(order_id,)) for order_id in orders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # As superuser the change is not refused but flagged: all but one.
        states = self._result(orders)[2]
        self.assertEqual(states["hold"], THREADS - 1)

    def test_without_the_lock_the_limit_is_exceeded(self):
        """Proof that the test can fail: the lock taken out, everybody decides at once."""
        model = self.registry["logistics.credit.exposure"]
        barrier = threading.Barrier(THREADS)

        def no_lock(records, company, entity_ids):
            barrier.wait(timeout=60)

        orders = self._orders(self._customer(LIMIT), [600.0] * THREADS)
        with patch.object(model, "_lock", no_lock):
            self._confirm_all(self._deal(orders))
        self.assertGreater(self._result(orders)[0], LIMIT)

    def test_with_the_lock_alone_the_limit_is_exceeded(self):
        """Waiting is not enough: without the second reading a waiter decides on old figures."""
        model = self.registry["logistics.credit.exposure"]

        def nothing_new(records, company, entity_ids, known, own_ids):
            return {}

        orders = self._orders(self._customer(LIMIT), [600.0] * THREADS)
        with patch.object(model, "_confirmed_elsewhere", nothing_new):
            self._confirm_all(self._deal(orders))
        self.assertGreater(self._result(orders)[0], LIMIT)

    # ------------------------------------------------------------------ cleaning
    @classmethod
    def _clean_up(cls):
        """Remove everything that was committed."""
        with cls.registry.cursor() as cr:
            env = cls._env(cr)
            orders = env["sale.order"].search([("company_id", "=", cls.company_id)])
            orders._action_cancel()
            orders.unlink()
            cr.execute("DELETE FROM logistics_credit_limit WHERE company_id = %s", [cls.company_id])
            partners = env["res.partner"].browse(cls.partner_ids)
            partners.unlink()
            env["product.product"].browse(cls.product_id).unlink()
            cr.execute(
                "DELETE FROM logistics_credit_policy WHERE company_id = %s", [cls.company_id]
            )
            company = env["res.company"].browse(cls.company_id)
            company.logistics_credit_control = "off"
            env.flush_all()
            company_partner = company.partner_id
            env["ir.default"].search([("company_id", "=", company.id)]).unlink()
            env["ir.sequence"].search([("company_id", "=", company.id)]).unlink()
            env["res.users"].search([("company_ids", "in", company.ids)]).write(
                {"company_ids": [Command.unlink(company.id)]}
            )
            company.unlink()
            company_partner.unlink()
