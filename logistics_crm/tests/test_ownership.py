# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import LogisticsCommon

MATRIX = {
    "logistics.handover": {"seller": "rwcu", "controller": "r", "manager": "rwcu"},
    "logistics.handover.line": {"seller": "rwcu", "controller": "r", "manager": "rwcu"},
    "logistics.ownership.report": {"seller": "", "controller": "r", "manager": "r"},
    "logistics.customer.duplicate": {"seller": "", "controller": "", "manager": "r"},
    "logistics.duplicate.dismissal": {"seller": "rw", "controller": "", "manager": "rwu"},
}


class OwnershipCommon(LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env["res.users"])
        cls.anna, cls.ben = cls._user("seller", name="Anna"), cls._user("seller", name="Ben")
        cls.manager = cls._user("manager")
        cls.account = cls._account(cls._partner("Handed"), user_id=cls.anna.id)

    def _handover(self, accounts=None, user=None, **values):
        return (
            self.env["logistics.handover"]
            .with_user(user or self.anna)
            .create(
                {
                    "company_id": self.company.id,
                    "from_user_id": self.anna.id,
                    "to_user_id": self.ben.id,
                    "line_ids": [
                        Command.create({"customer_id": account.id, "note": "Call before nine"})
                        for account in accounts or self.account
                    ],
                    **values,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestOwnership(OwnershipCommon):
    """Who looks after a customer: representative, backup, protection, gaps, load."""

    def test_backup_sees_the_customer(self):
        """The backup works with the customer like the representative; nobody is his own backup."""
        with self.assertRaises(AccessError):
            self.account.with_user(self.ben).read(["name"])
        self.account.backup_user_id = self.ben
        self.assertEqual(self.account.with_user(self.ben).name, "Handed")
        with self.assertRaises(ValidationError):
            self.account.backup_user_id = self.anna
        self.account.user_id = self.ben
        self.assertFalse(self.account.backup_user_id, "the backup became the representative")

    def test_gaps_by_class(self):
        """A key account needs both, a core customer neither, a rep who left is always a gap."""
        self._trade(self.account.partner_id, {"date": self.today, "amount": 100.0})
        small = self._account(self._partner("Small"))
        self._trade(small.partner_id, {"date": self.today, "amount": 1.0})
        self._refresh(self.today)
        self.assertEqual((self.account | small).mapped("value_class"), ["key", "marginal"])

        def found(*codes):
            domain = [("ownership_gap", "in", codes), ("company_id", "=", self.company.id)]
            return self.customers.search(domain)

        both = self.account | small
        self.assertEqual(both.mapped("ownership_gap"), ["backup", False])
        self.assertEqual(found("backup"), self.account)
        self.assertEqual(found(False), small)
        self.account.user_id = False
        self.assertEqual(both.mapped("ownership_gap"), ["rep", False])
        self.assertEqual((found("rep"), found("backup")), (self.account, self.customers.browse()))
        both.user_id = self.anna
        self.account.backup_user_id = self.ben
        self.assertEqual(both.mapped("ownership_gap"), [False, False])
        self.anna.active = False
        both.invalidate_recordset()
        self.assertEqual(both.mapped("ownership_gap"), ["left", "left"])
        self.assertEqual(found("left"), both)
        self.assertFalse(found("rep", "backup", "backup_left", False))

    def test_protection(self):
        """Inside the days only a manager gives the customer to somebody else, by any way."""
        everybody = self._user("seller_all")
        self.account.with_user(everybody).user_id = self.ben
        self.assertFalse(self.account.protected_until, "no protection unless switched on")
        self.company.logistics_protection_days = 10
        self.account.with_user(self.manager).user_id = self.anna
        self.assertEqual(self.account.protected_until, self.today + timedelta(days=10))
        with self.assertRaises(UserError) as refused:
            self.account.with_user(everybody).user_id = everybody
        self.assertIn("protected for Anna", str(refused.exception))
        self.account.partner_id.user_id = self.anna
        with self.assertRaises(UserError):
            self.account.partner_id.with_user(everybody).user_id = everybody
        with self.assertRaises(AccessError):
            self.account.with_user(everybody).protected_until = False
        self.account.sudo().protected_until = self.today - timedelta(days=1)
        self.account.with_user(everybody).user_id = everybody
        self.assertEqual(self.account.user_id, everybody)

    def test_asking_changes_nothing(self):
        """Asking for a customer drafts a suggestion and tells the representative."""
        everybody = self._user("seller_all")
        action = self.account.with_user(everybody).action_ask_for()
        handover = self.env["logistics.handover"].browse(action["res_id"])
        self.assertEqual(handover.state, "draft")
        self.assertEqual((handover.from_user_id, handover.to_user_id), (self.anna, everybody))
        self.assertEqual(handover.activity_ids.user_id, self.anna)
        self.assertEqual(self.account.user_id, self.anna)
        with self.assertRaises(AccessError):
            handover.with_user(everybody).action_give()

    def test_known_to_one_colleague(self):
        """Who wrote, had an activity or an order counts; the system and leavers do not."""
        self._refresh(self.today)
        self.assertEqual(self.account.touch_user_count, 0)
        self.account.with_user(self.anna).message_post(body="Called", message_type="comment")
        self._refresh(self.today)
        self.assertEqual(self.account.only_touch_user_id, self.anna)
        self.account.partner_id.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.ben.id
        )
        self._refresh(self.today)
        self.assertEqual(self.account.touch_user_count, 2)
        self.assertFalse(self.account.only_touch_user_id)
        self.ben.active = False
        self._refresh(self.today)
        self.assertEqual(self.account.only_touch_user_id, self.anna)

    def test_load_per_representative(self):
        """The report counts customers by class, backups and activities of each representative."""
        self._trade(self.account.partner_id, {"date": self.today, "amount": 70.0})
        self._account(user_id=self.anna.id, backup_user_id=self.ben.id)
        self._account(user_id=self.ben.id)
        self._refresh(self.today)
        self.account.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self.anna.id,
            date_deadline=self.today - timedelta(days=2),
        )
        rows = self.env["logistics.ownership.report"].with_user(self.manager).search([])
        load = {row.user_id: row for row in rows}
        self.assertEqual(set(load), {self.anna, self.ben})
        anna, ben = load[self.anna], load[self.ben]
        self.assertEqual((anna.customer_count, anna.key_count, anna.no_class_count), (2, 1, 1))
        self.assertEqual((anna.revenue_12m, anna.backup_count), (70.0, 0))
        self.assertEqual((anna.activity_count, anna.late_activity_count), (1, 1))
        self.assertEqual((ben.customer_count, ben.backup_count), (1, 1))

    def test_rights_on_models(self):
        """Each role has exactly these rights."""
        for model, rights in MATRIX.items():
            for role in ("seller", "controller", "manager", "internal", "portal"):
                records = self.env[model].with_user(self._user(role))
                allowed = {
                    op[0] for op in ("read", "write", "create", "unlink") if records.has_access(op)
                }
                self.assertEqual(allowed, set(rights.get(role, "")), f"{role} on {model}")


@tagged("post_install", "-at_install")
class TestHandover(OwnershipCommon):
    """Customers change hands with their open work, when the new representative says so."""

    def test_the_way(self):
        """Given by the old, acknowledged by the new representative, with everything open."""
        partner = self.account.partner_id
        order = self.env["sale.order"].create({"partner_id": partner.id, "user_id": self.anna.id})
        activity = self.account.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.anna.id, summary="Ring back"
        )
        foreign = self.account.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.manager.id
        )
        self.env["logistics.key.person"].create(
            {"customer_id": self.account.id, "name": "Ms Buyer"}
        )
        visits = self.env["logistics.visit"].create(
            [
                {
                    "customer_id": customer.id,
                    "user_id": self.anna.id,
                    "planned_date": fields.Date.today() + timedelta(days=3),
                }
                for customer in (self.account, self._account(user_id=self.anna.id))
            ]
        )
        visits[0].copy({"findings": "Wants a new ramp", "state": "done", "done_date": "2024-05-02"})
        handover = self._handover()
        with self.assertRaises(AccessError):
            handover.with_user(self.ben).action_give()
        handover.action_give()
        sheet = str(handover.line_ids.sheet)
        for text in ("Ring back", "Ms Buyer", "1 open quotation", "Wants a new ramp"):
            self.assertIn(text, sheet)
        self.assertEqual(self.account.user_id, self.anna, "nothing moves before it is acknowledged")
        for user in (self.anna, self.manager):
            with self.assertRaises(AccessError):
                handover.with_user(user).action_acknowledge()
        mine = handover.with_user(self.ben)
        self.assertEqual(mine.line_ids.read(["customer_id", "note"])[0]["note"], "Call before nine")
        self.assertTrue(mine.activity_ids.filtered(lambda a: a.user_id == self.ben))
        mine.action_acknowledge()
        self.assertEqual(handover.state, "done")
        self.assertEqual(self.account.user_id, self.ben)
        self.assertEqual((activity.user_id, foreign.user_id), (self.ben, self.manager))
        self.assertEqual(order.user_id, self.ben)
        self.assertEqual(visits.mapped("user_id").ids, [self.ben.id, self.anna.id])
        self.assertEqual(visits.event_id.mapped("user_id"), visits.mapped("user_id"))
        with self.assertRaises(UserError):
            handover.action_cancel()

    def test_protected_customers_can_be_handed_over(self):
        """Both sides agree: the protection does not stand in the way, and starts anew."""
        self.company.logistics_protection_days = 30
        self.account.user_id = False
        self.account.user_id = self.anna
        handover = self._handover()
        handover.action_give()
        handover.with_user(self.ben).action_acknowledge()
        self.assertEqual(self.account.user_id, self.ben)
        self.assertEqual(self.account.protected_until, self.today + timedelta(days=30))

    def test_what_is_refused(self):
        """Somebody else's customers, nobody to take over, oneself, a typed state."""
        other = self._account(user_id=self.manager.id)
        with self.assertRaises(UserError) as refused:
            self._handover(self.account | other, user=self.manager).action_give()
        self.assertIn("Not looked after by Anna", str(refused.exception))
        with self.assertRaises(UserError):
            self._handover(to_user_id=False).action_give()
        with self.assertRaises(ValidationError):
            self._handover(to_user_id=self.anna.id)
        stranger = self._user("internal")
        with self.assertRaises(UserError) as refused:
            self._handover(to_user_id=stranger.id).action_give()
        self.assertIn("no access to customer accounts", str(refused.exception))
        handover = self._handover(state="done")
        self.assertEqual(handover.state, "draft")
        with self.assertRaises(UserError):
            handover.state = "done"
        handover.action_give()
        with self.assertRaises(UserError):
            handover.to_user_id = self.manager
        with self.assertRaises(UserError):
            handover.unlink()
        for change in ({"note": "Later"}, {"customer_id": other.id}):
            with self.assertRaises(UserError):
                handover.line_ids.write(change)
        with self.assertRaises(UserError):
            handover.line_ids.unlink()
        self.account.with_user(self.manager).user_id = self.manager
        with self.assertRaises(UserError) as refused:
            handover.with_user(self.ben).action_acknowledge()
        self.assertIn("meanwhile", str(refused.exception))

    def test_only_the_persons_concerned_see_it(self):
        """A third salesperson finds neither the handover nor its sheets."""
        handover = self._handover()
        third = self._user("seller")
        self.assertFalse(self.env["logistics.handover"].with_user(third).search([]))
        with self.assertRaises(AccessError):
            handover.line_ids.with_user(third).read(["sheet"])

    def test_a_representative_leaves(self):
        """Archiving a user drafts the handovers to the backups, and a warning is sent."""
        second = self._account(user_id=self.anna.id, backup_user_id=self.ben.id)
        self.env["logistics.handover"].search([]).unlink()
        self.anna.active = False
        handovers = self.env["logistics.handover"].search([("company_id", "=", self.company.id)])
        self.assertEqual(
            {(h.to_user_id, h.line_ids.customer_id) for h in handovers},
            {(self.env["res.users"], self.account), (self.ben, second)},
        )
        self.assertEqual(set(handovers.mapped("state")), {"draft"})
        self.assertEqual(self.anna.with_user(self.manager).logistics_customer_count, 2)
        handover = handovers.filtered("to_user_id").with_user(self.manager)
        handover.action_give()
        handover.with_user(self.ben).action_acknowledge()
        self.assertEqual(second.user_id, self.ben)
        self.assertFalse(second.backup_user_id)

    def test_merge_inside_one_handover(self):
        """Two customers of one handover that merge leave one line with both notes."""
        second = self._account(self._partner("Second"), user_id=self.anna.id)
        handover = self._handover(self.account | second)
        second._fold_into(self.account)
        self.assertEqual(handover.line_ids.customer_id, self.account)
        self.assertEqual(handover.line_ids.note, "Call before nine\nCall before nine")
