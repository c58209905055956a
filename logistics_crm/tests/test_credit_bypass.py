# Part of logistics_crm. License LGPL-3 or later.
"""Every way in: none gets an order past credit control, and every hold is visible."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .credit_bypass_common import HOSTILE, CreditBypassCommon


@tagged("post_install", "-at_install")
class TestCreditBypass(CreditBypassCommon):
    """The customer may owe 100; orders here are of 150."""

    # ------------------------------------------------------------------ the button
    def test_button_holds_visibly(self):
        """D3: state, reasons, chatter, activity of a controller; an answer, not an error."""
        order = self._quote(150.0)
        answer = self._rpc(self.seller, "sale.order", "action_confirm", order.ids)
        self.assertEqual((order.state, order.logistics_credit_state), ("draft", "hold"))
        self.assertEqual(answer["tag"], "display_notification")
        self.assertIn(order.name, answer["params"]["message"])
        activity = order.activity_ids
        self.assertEqual(
            activity.activity_type_id, self.env.ref("logistics_crm.activity_credit_hold")
        )
        self.assertTrue(activity.user_id.has_group("logistics_crm.group_credit_controller"))
        self.assertNotEqual(activity.user_id, self.seller)
        self.assertIn("150.00", order.message_ids[0].body)
        messages = len(order.message_ids)
        self._rpc(self.seller, "sale.order", "action_confirm", order.ids)
        self.assertEqual(len(order.activity_ids), 1, "Asking twice bothers nobody twice.")
        self.assertEqual(len(order.message_ids), messages)

    def test_d4_healthy_orders_of_a_batch_are_confirmed(self):
        other = self._partner()
        orders = self._quote(150.0) | self._quote(150.0, partner=other) | self._quote(60.0)
        answer = self._rpc(self.seller, "sale.order", "action_confirm", orders.ids)
        self.assertEqual(orders.mapped("state"), ["draft", "sale", "sale"])
        self.assertIn(orders[0].name, answer["params"]["message"])
        self.assertNotIn(orders[1].name, answer["params"]["message"])
        held = self.orders.search(
            [("logistics_credit_state", "in", ("hold", "declined")), ("id", "in", orders.ids)]
        )
        self.assertEqual(held, orders[0], "The filter On Credit Hold finds it.")

    def test_core_refusals_stay(self):
        order = self._quote(50.0)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "not in a state"):
            (order | self._quote(10.0)).action_confirm()

    def test_d6_context_keys(self):
        order = self._quote(150.0)
        self._rpc(self.seller, "sale.order", "action_confirm", order.ids, context=HOSTILE)
        self.assertEqual(order.state, "draft")
        with self.assertRaises(UserError):
            self._rpc(
                self.seller, "sale.order", "write", order.ids, {"state": "sale"}, context=HOSTILE
            )

    def test_managers_and_superuser_do_not_slip_through(self):
        """Neither a sales manager nor code that runs as superuser confirms by accident."""
        for user in (self._user("manager"), self.controller):
            user.group_ids += self.env.ref("sales_team.group_sale_manager")
            order = self._quote(150.0)
            order.with_user(user).action_confirm()
            self.assertEqual(order.state, "draft")
        order = self._quote(150.0)
        order.sudo().action_confirm()
        self.assertEqual(order.state, "draft")

    # ------------------------------------------------------------------ write and create
    def test_writing_the_state(self):
        order = self._quote(150.0)
        ways = (
            lambda: order.with_user(self.seller).write({"state": "sale"}),
            lambda: order.with_user(self.seller).update({"state": "sale"}),
            lambda: setattr(order.with_user(self.seller), "state", "sale"),
            lambda: order.sudo().write({"state": "sale"}),
            lambda: self._rpc(self.seller, "sale.order", "write", order.ids, {"state": "sale"}),
            lambda: self._rpc(
                self.seller,
                "sale.order",
                "web_save",
                order.ids,
                {"state": "sale"},
                specification={},
            ),
            lambda: self.partner.with_user(self._user("manager")).write(
                {"sale_order_ids": [Command.update(order.id, {"state": "sale"})]}
            ),
        )
        for number, way in enumerate(ways):
            with self.subTest(number), self.assertRaisesRegex(UserError, "cannot be confirmed"):
                way()
            self.assertEqual(order.state, "draft")
        cheap = self._quote(50.0)
        cheap.with_user(self.seller).write({"state": "sale"})
        self.assertEqual((cheap.state, cheap.logistics_credit_state), ("sale", "pass"))

    def test_writing_state_and_lines_at_once(self):
        """The lines of the same write count."""
        order = self._quote(10.0)
        with self.assertRaises(UserError):
            order.with_user(self.seller).write(
                {
                    "state": "sale",
                    "order_line": [Command.update(order.order_line.id, {"price_unit": 150.0})],
                }
            )

    def test_creating_confirmed_orders(self):
        with self.assertRaises(UserError):
            self.orders.with_user(self.seller).create(self._values(state="sale"))
        with self.assertRaises(UserError):
            self.orders.with_user(self.seller).with_context(default_state="sale").create(
                self._values()
            )
        with self.assertRaises(UserError):
            self.orders.create([self._values(60.0, state="sale"), self._values(60.0, state="sale")])
        self.assertFalse(self._count_confirmed())
        order = self.orders.with_user(self.seller).create(self._values(60.0, state="sale"))
        self.assertEqual((order.state, order.logistics_credit_state), ("sale", "pass"))

    def test_import(self):
        header = ["partner_id/.id", "order_line/product_id/.id", "order_line/price_unit", "state"]
        row = [str(self.partner.id), str(self.product_a.id), "150", "Sales Order"]
        result = self.orders.with_user(self.seller).load(header, [row])
        self.assertFalse(result["ids"])
        self.assertIn("cannot be confirmed", result["messages"][0]["message"])
        self.assertFalse(self._count_confirmed())
        order = self._quote(150.0)
        result = self.orders.with_user(self.seller).load(
            [".id", "state"], [[str(order.id), "Sales Order"]]
        )
        self.assertFalse(result["ids"])

    def test_private_confirmation_is_out_of_reach(self):
        """D7: nothing dispatches private methods; `_action_confirm` changes no state."""
        order = self._quote(150.0)
        for method in ("_action_confirm", "_validate_order", "_credit_confirm_decided"):
            with self.assertRaises(Exception) as caught:
                self._rpc(self.seller, "sale.order", method, order.ids)
            self.assertIn("Private methods", str(caught.exception))
        order._action_confirm()
        self.assertEqual(order.state, "draft")

    # ------------------------------------------------------------------ the credit state
    def test_credit_state_is_not_typed(self):
        order = self._quote(150.0)
        order.with_user(self.seller).action_confirm()
        for values in (
            {"logistics_credit_state": "released"},
            {"logistics_credit_amount": 1e9},
            {"logistics_credit_reasons": [{"rule": "limit"}]},
        ):
            with self.assertRaises(UserError):
                order.with_user(self.seller).write(values)
            with self.assertRaises(UserError):
                self.orders.with_user(self.seller).create(self._values(**values))
        order.with_user(self.seller).write({"logistics_credit_state": "none"})
        self.assertEqual(order.logistics_credit_state, "hold")
        faked = (
            self.orders.with_user(self.seller)
            .with_context(default_logistics_credit_state="released")
            .create(self._values())
        )
        self.assertEqual(faked.logistics_credit_state, "none")

    def test_a_faked_release_state_releases_nothing(self):
        order = self._quote(150.0)
        order.sudo().logistics_credit_state = "released"
        order.with_user(self.seller).action_confirm()
        self.assertEqual((order.state, order.logistics_credit_state), ("draft", "hold"))

    def test_copies_start_unchecked(self):
        order = self._quote(60.0)
        order.action_confirm()
        copy = order.with_user(self.seller).copy()
        self.assertEqual((copy.state, copy.logistics_credit_state), ("draft", "none"))
        self.assertFalse(copy.logistics_credit_amount)
        copy.with_user(self.seller).action_confirm()
        self.assertEqual(copy.state, "draft", "60 + 60 is over 100.")
        with self.assertRaises(UserError):
            copy.copy({"logistics_credit_state": "released"})

    def test_wizards(self):
        """Mass cancel, down payment, discount: they work, and confirm nothing."""
        order = self._quote(150.0)
        order.with_user(self.seller).action_confirm()
        confirmed = self._confirmed()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=confirmed.ids)
            .create({"advance_payment_method": "percentage", "amount": 50.0})
        )
        wizard.create_invoices()
        self.assertEqual(confirmed.invoice_count, 1)
        discount = (
            self.env["sale.order.discount"]
            .with_user(self.seller)
            .create(
                {
                    "sale_order_id": order.id,
                    "discount_type": "sol_discount",
                    "discount_percentage": 0.5,
                }
            )
        )
        discount.action_apply_discount()
        self.assertEqual(order.state, "draft")
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "draft", "75 is over what is left of 100 beside 60.")

    # ------------------------------------------------------------------ companies
    def test_a_new_branch_is_no_way_round(self):
        branch = self.env["res.company"].create(
            {"name": "New Branch", "parent_id": self.company.id}
        )
        self.assertEqual(branch.logistics_credit_control, "off")
        self.seller.company_ids += branch
        self.env.user.company_ids += branch
        order = self._quote(150.0, company_id=branch.id)
        order.with_user(self.seller).with_company(branch).action_confirm()
        self.assertEqual((order.state, order.logistics_credit_state), ("draft", "hold"))

    def test_a_held_order_moved_to_another_company(self):
        """The other company's own control decides there, not the user's active company."""
        other = self.env["res.company"].create(
            {
                "name": "Sister",
                "currency_id": self.company.currency_id.id,
                "logistics_credit_control": "enforce",
                "logistics_default_credit_limit": 10.0,
            }
        )
        self.env.user.company_ids += other
        self.seller.company_ids += other
        order = self._quote(50.0, company_id=other.id)
        order.with_user(self.seller).with_company(self.company).action_confirm()
        self.assertEqual(order.state, "draft")

    # ------------------------------------------------------------------ modes
    def test_off_does_nothing(self):
        self.company.logistics_credit_control = "off"
        order = self._quote(1e6)
        messages = len(order.message_ids)
        self.assertIs(order.with_user(self.seller).action_confirm(), True)
        self.assertEqual((order.state, order.logistics_credit_state), ("sale", "none"))
        self.assertFalse(order.activity_ids)
        self.assertFalse(order.logistics_credit_explanation)
        self.assertEqual(len(order.message_ids), messages)
        order.order_line.with_user(self.seller).price_unit = 2e6

    def test_warn_lets_through_and_says_so(self):
        self.company.logistics_credit_control = "warn"
        order = self._quote(150.0)
        self.assertTrue(order.with_user(self.seller).logistics_credit_explanation)
        self.assertIs(order.with_user(self.seller).action_confirm(), True)
        self.assertEqual((order.state, order.logistics_credit_state), ("sale", "warn"))
        order.order_line.with_user(self.seller).price_unit = 300.0
        self.assertEqual(order.amount_total, 300.0)

    def test_quotation_is_warned_live(self):
        order = self._quote(150.0).with_user(self.seller)
        self.assertEqual(order.logistics_credit_outlook, "hold")
        self.assertIn("150.00", order.logistics_credit_explanation)
        cheap = self._quote(10.0).with_user(self.seller)
        self.assertEqual(cheap.logistics_credit_outlook, "pass")
        self.assertFalse(cheap.logistics_credit_explanation)
