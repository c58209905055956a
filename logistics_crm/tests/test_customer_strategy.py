# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LogisticsCommon


@tagged("post_install", "-at_install")
class TestCustomerStrategy(LogisticsCommon):
    """Retain so many, win so many: counted from the dated lifecycle, never netted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls._user("manager")
        # stages before and in 2023: (day, from, to, movement)
        for chain in (
            [("2022-03-01", None, "new", "gain"), ("2023-02-01", "new", "regular", "other")],
            [("2022-03-01", None, "regular", "other"), ("2023-05-01", "regular", "lost", "loss")],
            # lost and won back within the year: kept, and won
            [
                ("2022-03-01", None, "regular", "other"),
                ("2023-03-01", "regular", "lost", "loss"),
                ("2023-11-01", "lost", "won_back", "gain"),
            ],
            # lost before the year: nobody to keep
            [("2022-03-01", None, "regular", "other"), ("2022-12-31", "regular", "lost", "loss")],
            # never traded before the year
            [("2022-03-01", None, "prospect", "other"), ("2023-07-01", "prospect", "new", "gain")],
            # lost after the year
            [("2022-03-01", None, "loyal", "other"), ("2024-01-01", "loyal", "lost", "loss")],
        ):
            cls._stages(cls._account(), chain)

    @classmethod
    def _stages(cls, account, chain):
        cls.env["logistics.stage.change"].create(
            [
                {
                    "customer_id": account.id,
                    "company_id": account.company_id.id,
                    "date": day,
                    "from_stage": before,
                    "to_stage": after,
                    "movement": movement,
                }
                for day, before, after, movement in chain
            ]
        )

    def _strategy(self, **values):
        return (
            self.env["logistics.customer.strategy"]
            .with_user(self.boss)
            .create({"company_id": self.company.id, "year": 2023, **values})
        )

    def test_kept_and_won(self):
        other = self._other_company()
        self._stages(
            self._account(self._partner(), company=other),
            [("2022-03-01", None, "regular", "other"), ("2023-05-01", "regular", "lost", "loss")],
        )
        row = self._strategy(keep_target=75, win_target=3)
        self.assertEqual((row.start_count, row.kept_count, row.won_count), (4, 3, 2))
        self.assertEqual(row.measured_on, date(2023, 12, 31))
        self.assertEqual((row.kept_share, row.keep_status), (75.0, "on_track"))
        self.assertEqual(row.win_status, "behind")
        row.write({"keep_target": 75.5, "win_target": 2})
        self.assertEqual((row.keep_status, row.win_status), ("behind", "on_track"))
        won = row.action_open_won()
        self.assertEqual(self.env[won["res_model"]].search_count(won["domain"]), 2)
        lost = row.action_open_lost()
        self.assertEqual(self.env[lost["res_model"]].search_count(lost["domain"]), 2)
        row.year = 2022
        self.assertEqual((row.start_count, row.kept_share), (0, False), "nobody was there yet")
        self.assertEqual(row.keep_status, "unknown")

    def test_the_calendar_counts_and_a_year_to_come_knows_nothing(self):
        row = self._strategy(win_target=10)
        row.sudo()._measure("2023-07-31")
        self.assertEqual((row.kept_count, row.won_count), (2, 1))
        self.assertEqual(row.win_status, "behind", "one of ten by the end of July")
        row.win_target = 1
        self.assertEqual(row.win_status, "on_track")
        coming = self._strategy(
            year=fields.Date.context_today(self.boss).year + 1, keep_target=90, win_target=1
        )
        self.assertFalse(coming.measured_on)
        self.assertEqual((coming.keep_status, coming.win_status), ("unknown", "unknown"))

    def test_zero_is_a_goal_and_empty_is_none(self):
        row = self._strategy(keep_target=0)
        self.assertEqual((row.keep_status, row.win_status), ("on_track", "unknown"))

    def test_bad_input(self):
        self._strategy()
        for values in ({"keep_target": 130}, {"win_target": -1}, {"year": 23}, {}):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self._strategy(**({"year": 2021, **values} if values else {}))

    def test_figures_are_not_typed(self):
        row = self._strategy()
        with self.assertRaises(AccessError):
            row.won_count = 99
        with self.assertRaises(AccessError):
            row.with_user(self._user("seller_all")).action_measure()
        with self.assertRaises(AccessError):
            row.with_user(self._user("seller")).read(["strategy"])
