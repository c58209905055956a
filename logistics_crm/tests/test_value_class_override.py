# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_value_class import ValueClassCommon


@tagged("post_install", "-at_install")
class TestValueClassOverride(ValueClassCommon):
    """A class by hand: proposed, approved by somebody else, over by itself, all on record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env["res.users"])
        cls.seller, cls.manager = cls._user("seller"), cls._user("manager")
        cls.big, cls.small = cls._worth(1000, 10, date=cls.today - timedelta(days=30))
        cls.small.user_id = cls.seller
        cls._refresh(cls.today)

    def _propose(self, user=None, days=30, **values):
        return self.overrides.with_user(user or self.seller).create(
            {
                "customer_id": self.small.id,
                "value_class": "key",
                "reason": "Opens the door to a whole industry",
                "date_to": self.today + timedelta(days=days),
                **values,
            }
        )

    def test_it_counts_when_approved_and_ends_by_itself(self):
        """A proposal changes nothing; approved it counts to its last day and not longer."""
        override = self._propose(state="approved", approved_by=self.seller.id)
        self.assertEqual((override.state, override.approved_by.id), ("proposed", False))
        self.assertEqual(self.small.value_class, "marginal")
        with self.assertRaises(AccessError):
            override.action_approve()
        override.with_user(self.manager).action_approve()
        self.assertEqual(override.approved_by, self.manager)
        self.assertEqual(
            (self.small.value_class, self.small.value_class_computed), ("key", "marginal")
        )
        text = str(self.small.value_class_explanation)
        self.assertIn("whole industry", text)
        self.assertIn(self.manager.name, text)
        self._refresh(override.date_to)
        self.assertEqual(self.small.value_class, "key")
        self._refresh(override.date_to + timedelta(days=1))
        self.assertEqual(self.small.value_class, "marginal")
        self.assertEqual(self.small.value_class_basis, "rule")

    def test_nobody_decides_about_the_own_customer(self):
        """A manager who looks after the customer needs another manager."""
        self.small.user_id = self.manager
        override = self._propose(self.manager)
        with self.assertRaisesRegex(AccessError, "Another manager"):
            override.action_approve()

    def test_what_is_refused(self):
        """No reason, an end before the start, too long, in the past, two at a time."""
        for message, values in (
            ("reason", {"reason": "  "}),
            ("before it begins", {"date_to": self.today - timedelta(days=1)}),
            ("at most 365 days", {"days": 366}),
            ("in the past", {"date_from": self.today - timedelta(days=1)}),
        ):
            # assertRaises rolls back, as the end of a refused request does
            with self.subTest(message), self.assertRaises(ValidationError) as refused:
                self._propose(**values)
            self.assertRegex(str(refused.exception), message)
        override = self._propose()
        with self.assertRaises(ValidationError) as refused:
            self._propose(value_class="core")
        self.assertIn("already has a class by hand", str(refused.exception))
        with self.assertRaisesRegex(UserError, "stays as it was decided"):
            override.with_user(self.manager).value_class = "core"
        with self.assertRaises(AccessError):
            override.with_user(self.manager).unlink()
        with self.assertRaises(AccessError):
            self._propose(customer_id=self._account(user_id=self.manager.id).id)
        override.with_user(self.manager).action_refuse()
        with self.assertRaisesRegex(UserError, "decided already"):
            override.with_user(self.manager).action_approve()
        self._propose(value_class="core")

    def test_ended_early(self):
        """Ending one brings back the class by the rules at once, and says who did it."""
        override = self._propose()
        override.with_user(self.manager).action_approve()
        with self.assertRaises(AccessError):
            override.action_end()
        override.with_user(self.manager).action_end()
        self.assertEqual(self.small.value_class, "marginal")
        self.assertIn(self.manager.name, override.end_reason)
        with self.assertRaisesRegex(UserError, "ended already"):
            override.with_user(self.manager).action_end()

    def test_history(self):
        """Every change has its day, from, to and why; figures of the past rewrite nothing."""
        first = self.changes.search([("customer_id", "=", self.small.id)])
        self.assertRecordValues(
            first,
            [
                {
                    "date": self.today,
                    "value_from": False,
                    "value_to": "marginal",
                    "movement": "first",
                    "basis": "rule",
                }
            ],
        )
        override = self._propose()
        override.with_user(self.manager).action_approve()
        self._refresh(self.today - timedelta(days=20))
        self._refresh(self.today)
        self._refresh(override.date_to + timedelta(days=1))
        self._refresh(self.today + timedelta(days=400))
        history = self.changes.search([("customer_id", "=", self.small.id)], order="id")
        self.assertEqual(
            [(row.value_from, row.value_to, row.movement) for row in history],
            [
                (False, "marginal", "first"),
                ("marginal", "key", "up"),
                ("key", "marginal", "down"),
                ("marginal", False, "none"),
            ],
        )
        self.assertIn("whole industry", history[1].reason)
        self.assertIn("No trade", history[3].reason)
        with self.assertRaises(AccessError):
            history.with_user(self.manager).write({"value_to": "core"})

    def test_only_own_customers(self):
        """A salesperson sees the proposals and the history of own customers only."""
        other = self._propose(self.manager, customer_id=self.big.id)
        self.big.user_id = self.manager
        mine = self._propose()
        own = self.overrides.with_user(self.seller).search([])
        self.assertEqual(own, mine.with_user(self.seller))
        self.assertNotIn(other, own)
        seen = self.changes.with_user(self.seller).search([]).customer_id
        self.assertEqual(seen, self.small.with_user(self.seller))

    def test_merge_of_two_classes(self):
        """Two customers of different classes, each by hand: the remaining one's class stays."""
        stays = self._propose(self.manager, customer_id=self.big.id, value_class="standard")
        goes = self._propose()
        (stays | goes).with_user(self.manager).action_approve()
        self.assertEqual((self.big | self.small).mapped("value_class"), ["standard", "key"])
        history = self.changes.search([("customer_id", "in", (self.big | self.small).ids)])
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.big | self.small).partner_id.ids, self.big.partner_id)
        self.env.invalidate_all()
        self.assertFalse(self.small.exists())
        self.assertEqual(history.exists(), history)
        self.assertEqual(history.customer_id, self.big)
        self.assertEqual((stays | goes).customer_id, self.big)
        self.assertTrue(stays.in_force)
        self.assertFalse(goes.in_force)
        self.assertIn("merged", goes.end_reason)
        self.assertEqual(self.big.value_class, "standard")
