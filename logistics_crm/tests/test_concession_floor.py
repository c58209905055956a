# Part of logistics_crm. License LGPL-3 or later.
"""The service floor holds, whichever side is moved; programmes grant and take back."""

from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LogisticsCommon


@tagged("post_install", "-at_install")
class TestConcessionFloor(LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.floors = cls.env["logistics.service.floor"]
        cls.floor = cls.floors.create(
            {
                "company_id": cls.company.id,
                "response_hours": 8,
                "on_time_target": 0.9,
                "complaint_days": 10,
            }
        )
        cls.programmes = cls.env["logistics.retention.programme"]

    def _programme(self, **values):
        return self.programmes.create({"name": "P", "company_id": self.company.id, **values})

    def _refused(self, records, values):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            records.write(values)

    def test_each_promise_each_way(self):
        """Equal is allowed, worse is refused, empty promises nothing; better is a benefit."""
        programme = self._programme(response_hours=8, on_time_target=0.9, complaint_days=10)
        for name, better, worse in (
            ("response_hours", 4, 9),
            ("on_time_target", 0.95, 0.89),
            ("complaint_days", 5, 11),
        ):
            self._refused(programme, {name: worse})
            programme.write({name: better})
            self._refused(self.floor, {name: better * (1.02 if name == "on_time_target" else 0.9)})
            programme.write({name: False})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._programme(response_hours=24)

    def test_no_way_round(self):
        """Archived and brought back, or moved to another company: the floor is asked again."""
        programme = self._programme(response_hours=24, active=False)
        self._refused(programme, {"active": True})
        programme.response_hours = 8
        programme.active = True
        self.floor.active = False
        programme.response_hours = 24
        self._refused(self.floor, {"active": True})
        other = self._other_company()
        stranger = self.programmes.create(
            {"name": "Elsewhere", "company_id": other.id, "response_hours": 72}
        )
        self.assertTrue(stranger, "the floor of one company binds no other")
        programme.response_hours = 4
        self.floor.active = True
        self._refused(stranger, {"company_id": self.company.id})

    def test_one_floor_that_makes_sense(self):
        """One floor a company; promises are of more than no time and at most everything."""
        with mute_logger("odoo.sql_db"):
            with self.assertRaises(UniqueViolation), self.cr.savepoint():
                self.floors.create({"company_id": self.company.id})
            for name, value in (
                ("response_hours", 0),
                ("on_time_target", 1.2),
                ("on_time_target", 0),
                ("complaint_days", -1),
            ):
                with self.assertRaises(CheckViolation), self.cr.savepoint():
                    self.floor.write({name: value})
                    self.floor.flush_recordset()
        seller = self._user("seller")
        with self.assertRaises(AccessError):
            self.floor.with_user(seller).write({"response_hours": 48})

    def test_who_is_promised_what(self):
        """Everybody gets the floor; members the better of floor and programmes; it ends."""
        member, other = self._account(), self._account()
        fast = self._programme(response_hours=2, customer_domain=f"[('id', '=', {member.id})]")
        careful = self._programme(
            complaint_days=3, customer_domain=f"[('id', '=', {member.id})]", name="Q"
        )
        members = self.env["logistics.retention.membership"]
        rows = members.create(
            [{"programme_id": p.id, "customer_id": member.id} for p in fast + careful]
        )

        def promised(account):
            account.invalidate_recordset()
            return (
                account.service_response_hours,
                account.service_on_time_target,
                account.service_complaint_days,
            )

        self.assertEqual(promised(member), (2, 0.9, 3))
        self.assertEqual(promised(other), (8, 0.9, 10))
        rows[0].action_end()
        self.assertEqual(promised(member), (8, 0.9, 3))
        with self.assertRaises(UserError):
            rows[0].action_end()
        self.floor.active = False
        self.assertEqual(promised(other), (False, False, False), "nothing is promised")

    def test_below_the_floor_is_shown(self):
        """Only known misses are below; nobody is where no target is set."""
        account, unknown = self._account(), self._account()
        account.on_time_rate = 0.8
        self.env.flush_all()
        self.assertTrue(account.service_below_floor)
        self.assertFalse(unknown.service_below_floor)
        self.floor.invalidate_recordset()
        self.assertEqual(self.floor.below_count, 1)
        self.floor.on_time_target = False
        account.invalidate_recordset()
        self.floor.invalidate_recordset()
        self.assertFalse(account.service_below_floor)
        self.assertEqual(self.floor.below_count, 0)

    def test_structural_tie(self):
        """A bond of level 3 ties as long as it holds, and no longer."""
        tied, over, gift = (self._account() for _number in range(3))
        self.env["logistics.concession"].create(
            [
                {"customer_id": tied.id, "kind": "link", "date": "2020-01-01"},
                {
                    "customer_id": over.id,
                    "kind": "dedicated",
                    "date": "2023-01-01",
                    "valid_until": "2024-05-31",
                },
                {"customer_id": gift.id, "kind": "gift", "date": "2024-05-01", "amount": 5.0},
            ]
        )
        update = self.env["logistics.customer"]._update_concession_figures
        for day, ties in (
            ("2024-05-31", (True, True, False)),
            ("2024-06-01", (True, False, False)),
        ):
            update(self.company, date.fromisoformat(day))
            self.assertEqual(tuple((tied + over + gift).mapped("structural_tie")), ties)
