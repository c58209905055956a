# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .screening_common import YEAR, ScreeningCase


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningInterim(ScreeningCase):
    """A screening during the year stands beside that of the year and is not mixed up with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = cls._partners("One", "Two")
        air = {"service_id": cls.services[0].id}
        cls._history(
            # before the window, the twelve months before, the screened ones, and after
            (cls.one, cls._day(6, 30, YEAR - 2), 4000, {"quantity": 40, **air}),
            (cls.one, cls._day(7, 1, YEAR - 2), 100, {"quantity": 1, **air}),
            (cls.one, cls._day(6, 30, YEAR - 1), 200, {"quantity": 2, **air}),
            (cls.one, cls._day(7, 1, YEAR - 1), 10, {"quantity": 1, **air}),
            (cls.one, cls._day(12, 31, YEAR - 1), 20, {"quantity": 1, **air}),
            (cls.one, cls._day(1, 1), 40, {"quantity": 2, **air}),
            (cls.one, cls._day(6, 30), 80, {"quantity": 4, **air}),
            (cls.one, cls._day(7, 1), 1000, {"quantity": 50, **air}),
            (cls.one, cls._day(1, 15, YEAR + 1), 60, {"quantity": 2, **air}),
            (cls.two, cls._day(6, 1, YEAR - 1), 700),
        )
        cls.year = cls._screening()
        cls.interim = cls._screening(closing_month="6")

    def test_its_twelve_months(self):
        """From July to June, compared with the July to June before, each edge on its side."""
        interim = self.interim
        self.assertEqual(
            (interim.date_from, interim.date_to, interim.as_of),
            (date(YEAR - 1, 7, 1), date(YEAR, 6, 30), date(YEAR, 6, 30)),
        )
        line = self._line(interim, self.one)
        self.assertEqual(
            (line.revenue, line.revenue_previous, line.revenue_before), (150, 300, 4000)
        )
        self.assertEqual(line.active_months, 4)
        self.assertEqual(line.regularity, 4 / 12)
        self.assertEqual(
            [(m.month, m.date, m.amount) for m in line.month_ids if m.line_count],
            [
                (1, date(YEAR - 1, 7, 1), 10),
                (6, date(YEAR - 1, 12, 1), 20),
                (7, date(YEAR, 1, 1), 40),
                (12, date(YEAR, 6, 1), 80),
            ],
        )
        stopped = self._line(interim, self.two)
        self.assertEqual((stopped.traded, stopped.proposal_rule), (False, "stopped"))
        self.assertIn(f"07/{YEAR - 1}–06/{YEAR}", stopped.proposal_reason)

    def test_the_year_beside_it_is_as_it_would_be_alone(self):
        line = self._line(self.year, self.one)
        self.assertEqual((line.revenue, line.revenue_previous), (1120, 230))
        self.interim.action_close()
        self.assertEqual(self.year.state, "computed")
        self.year.action_compute()
        self.assertEqual(self._line(self.year, self.one).revenue, 1120)

    def test_names_and_uniqueness(self):
        """Both carry their own name; the same months twice are refused, over SQL too."""
        self.assertEqual(self.year.display_name, f"Screening {YEAR}")
        self.assertEqual(self.interim.display_name, f"Mid-Year Screening June {YEAR}")
        self.assertEqual(self._line(self.year, self.one).display_name, f"One ({YEAR})")
        self.assertNotEqual(self.interim._workbook_name(), self.year._workbook_name())
        with self.assertRaisesRegex(ValidationError, "already has a screening"):
            self._screening(closing_month="6", compute=False)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.cr.execute(
                "INSERT INTO logistics_screening"
                " (year, closing_month, span, company_id, state, market_state)"
                " VALUES (%s, '6', '12', %s, 'draft', 'normal')",
                (YEAR, self.company.id),
            )
        with self.assertRaisesRegex(UserError, "months and company"):
            self.interim.closing_month = "9"
        found = self.env["logistics.screening"].search([("is_interim", "=", True)])
        self.assertIn(self.interim, found)
        self.assertNotIn(self.year, found)
        self.assertEqual(self.interim.copy().display_name, f"Mid-Year Screening June {YEAR + 1}")

    def test_each_carries_over_its_own_baseline(self):
        """July after the half year is held against July before; January against January."""
        for campaign in (self.interim, self.year):
            campaign.action_close()
            campaign._refresh_bridge(as_of=f"{YEAR + 1}-02-10")
        bridge = {
            (campaign, row.date): (row.baseline_revenue, row.actual_revenue)
            for campaign in (self.interim, self.year)
            for row in campaign.bridge_ids
        }
        july, january = date(YEAR, 7, 1), date(YEAR + 1, 1, 1)
        self.assertEqual(bridge[self.interim, july], (10, 1000))
        self.assertEqual(bridge[self.interim, january], (40, 60))
        self.assertEqual(bridge[self.year, january], (40, 60))
        self.assertNotIn((self.year, july), bridge)
        self.assertEqual(self.interim.bridge_until, date(YEAR + 1, 1, 31))

    def test_compared_with_its_own_kind_first(self):
        """The board reads against the half year a year ago, else against the last one before."""
        self.assertEqual(self.interim._campaign_before(), self.env["logistics.screening"])
        self.assertEqual(self.year._campaign_before(), self.interim)
        following = self._screening(year=YEAR + 1, closing_month="6")
        self.assertEqual(following._campaign_before(), self.interim)
        autumn = self._screening(year=YEAR + 1, closing_month="9")
        self.assertEqual(autumn._campaign_before(), following)
        self.assertEqual(
            (self.interim._following_year(), self.year._following_year()), (YEAR, YEAR + 1)
        )

    def test_still_running(self):
        """Until June has ended the figures are as of today, and closing waits."""
        with freeze_time(f"{YEAR}-04-10"):
            interim = self.interim
            interim.action_compute()
            self.assertEqual(interim.as_of, date(YEAR, 4, 10))
            self.assertEqual(self._line(interim, self.one).revenue, 70)
            with self.assertRaisesRegex(UserError, "still run"):
                interim.action_close()
        with freeze_time(f"{YEAR}-07-10"), self.assertRaisesRegex(UserError, "ompute it again"):
            self.interim.action_close()
        self.interim.action_compute()
        self.interim.action_close()
        self.assertEqual(self.interim.state, "closed")
