# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import LogisticsCommon


@tagged("post_install", "-at_install")
class TestDevelopment(LogisticsCommon):
    """Trainings and help for customers: who came, what it cost them in the ledger, who waits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller")
        cls.today = fields.Date.context_today(cls.env["res.partner"])
        cls.one, cls.two, cls.three = (
            cls._account(cls._partner(name), user_id=cls.seller.id)
            for name in ("One", "Two", "Three")
        )

    def _event(self, *rows, **values):
        return self.env["logistics.development.event"].create(
            {
                "name": "Packing",
                "company_id": self.company.id,
                "date_from": self.today,
                "participant_ids": [
                    fields.Command.create({"customer_id": account.id, **row})
                    for account, row in rows
                ],
                **values,
            }
        )

    def _ledger(self):
        self.env["logistics.concession"]._derive(self.company, self.today)
        return {
            row.customer_id: (row.kind, row.level, row.amount)
            for row in self.env["logistics.concession"].search(
                [("company_id", "=", self.company.id)]
            )
        }

    def test_cost_goes_to_those_who_came(self):
        """900 less 300 of one's own, for 1 + 2 people: 200 each; who stayed away costs nothing."""
        event = self._event(
            (self.one, {"people": 1}),
            (self.two, {"people": 2}),
            (self.three, {"cost": 300.0}),
            cost=900.0,
        )
        away = self._account(self._partner("Away"))
        event.participant_ids = [
            fields.Command.create({"customer_id": away.id, "people": 9, "came": False})
        ]
        self.assertFalse(self._ledger(), "planned only")
        event.with_user(self._user("manager")).action_held()
        expected = {
            self.one: ("training", "3", 200.0),
            self.two: ("training", "3", 400.0),
            self.three: ("training", "3", 300.0),
        }
        self.assertEqual(self._ledger(), expected)
        self.assertEqual(
            {row.customer_id: row.share_cost for row in event.participant_ids},
            {account: values[2] for account, values in expected.items()} | {away: False},
        )
        self.assertEqual(self._ledger(), expected, "twice is once")
        event.action_plan()
        event.action_cancel()
        self.assertFalse(self._ledger())

    def test_unknown_cost_is_a_concession_of_unknown_cost(self):
        event = self._event((self.one, {}), kind="study")
        event.action_held()
        self.assertEqual(self._ledger(), {self.one: ("exchange", "2", False)})

    def test_bad_input(self):
        event = self._event(date_from=fields.Date.add(self.today, days=1))
        with self.assertRaisesRegex(UserError, "in the future"):
            event.action_held()
        event.date_from = self.today
        with self.assertRaisesRegex(UserError, "Mark the customers"):
            event.action_held()
        with self.assertRaisesRegex(ValidationError, "on the list already"):
            self._event((self.one, {}), (self.one, {}))
        stranger = self._account(self._partner("S"), company=self._other_company())
        with self.assertRaisesRegex(ValidationError, "company that invites"):
            self._event((stranger, {}))
        with self.assertRaises(AccessError):
            event.with_user(self._user("manager")).write({"state": "held"})

    def test_who_is_due(self):
        self.env["logistics.development.rule"].create(
            {"company_id": self.company.id, "value_class": "key", "kind": "training", "per_year": 2}
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE logistics_customer SET value_class = 'key' WHERE id IN %s",
                (self.one.id, self.two.id),
            )
        )
        self.env.invalidate_all()
        self._event((self.one, {})).action_held()
        last_year = fields.Date.subtract(self.today, years=1)
        self._event((self.two, {}), date_from=last_year, date_to=last_year).action_held()
        due = self.env["logistics.development.due"].with_user(self.seller)
        rows = {row.customer_id.id: row for row in due.search([])}
        self.assertEqual(set(rows), {self.one.id, self.two.id})
        self.assertEqual([rows[a.id].missing for a in (self.one, self.two)], [1, 2])
        action = due.search([]).action_invite()
        self.env.invalidate_all()
        event = self.env["logistics.development.event"].browse(action["res_id"])
        self.assertEqual(event.participant_ids.customer_id, self.one | self.two)
        rows = {row.customer_id.id: row for row in due.search([])}
        self.assertEqual([rows[a.id].missing for a in (self.one, self.two)], [0, 1])
