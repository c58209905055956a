# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .screening_common import YEAR, ScreeningCase


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningHalfYear(ScreeningCase):
    """Six months are compared with the same six months, and yearly limits count for half."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = cls._partners("One", "Two")
        air = {"service_id": cls.services[0].id}
        cls._history(
            # two years before, a year before and the half year; between them what is left out
            (cls.one, cls._day(3, 1, YEAR - 2), 50, air),
            (cls.one, cls._day(9, 1, YEAR - 2), 9000, air),
            (cls.one, cls._day(1, 1, YEAR - 1), 60, air),
            (cls.one, cls._day(6, 30, YEAR - 1), 40, air),
            (cls.one, cls._day(7, 1, YEAR - 1), 7000, air),
            (cls.one, cls._day(1, 1), 100, air),
            (cls.one, cls._day(6, 30), 50, air),
            (cls.one, cls._day(7, 1), 5000, air),
            (cls.one, cls._day(2, 1, YEAR + 1), 30, air),
            # first traded in the months left out: not new, but back
            (cls.two, cls._day(10, 1, YEAR - 1), 10),
            (cls.two, cls._day(5, 1), 20),
        )
        cls.half = cls._screening(closing_month="6", span="6")

    def test_its_six_months(self):
        """Each edge on its side, compared with the same months of both years before."""
        half = self.half
        self.assertEqual((half.date_from, half.date_to), (date(YEAR, 1, 1), date(YEAR, 6, 30)))
        self.assertEqual(half.display_name, f"Half-Year Screening June {YEAR}")
        line = self._line(half, self.one)
        self.assertEqual((line.revenue, line.revenue_previous, line.revenue_before), (150, 100, 50))
        self.assertEqual((line.active_months, line.regularity), (2, 2 / 6))
        self.assertEqual(
            [(m.month, m.amount) for m in line.month_ids],
            [(1, 100), (2, 0), (3, 0), (4, 0), (5, 0), (6, 50)],
        )
        other = self._line(half, self.two)
        self.assertFalse(other.is_new, "it traded between the months that are compared")
        self.assertEqual(other.proposal_rule, "returned")

    def test_yearly_limits_count_for_half(self):
        """A revenue of 150 in six months is one of 300 in a year."""
        self.half.write({"band_medium_from": 250, "band_large_from": 301, "target_revenue": 300})
        self.half.action_compute()
        line = self._line(self.half, self.one)
        self.assertEqual(line.size_band, "medium")
        # all points for size, and (1 + 50 %) / 2 of a fifth for the change
        self.assertAlmostEqual(line.absolute_volume, 100 * (4 + 0.75) / 5, 2)
        self.env["logistics.partner.financial"].create(
            {
                "partner_id": self.one.id,
                "year": YEAR - 1,
                "logistics_spend": 600,
                "currency_id": self.usd.id,
            }
        )
        self.half.action_compute()
        # in June the last full year's spend is that of the year before: 600, half of it 300
        self.assertAlmostEqual(self._line(self.half, self.one).share_of_wallet, 150 / 300)

    def test_stands_beside_the_others(self):
        """Half a year, twelve months to June and the year: one each, not mixed up."""
        twelve = self._screening(closing_month="6")
        autumn = self._screening(closing_month="12", span="6")
        self.assertTrue(autumn.is_interim, "July to December is no year")
        self.assertEqual(self._line(autumn, self.one).revenue, 5000)
        names = {c._workbook_name() for c in (self.half, twelve, autumn, self._screening())}
        self.assertEqual(len(names), 4)
        with self.assertRaisesRegex(ValidationError, "already has a screening"):
            self._screening(closing_month="6", span="6", compute=False)
        self.assertEqual(autumn._campaign_before(), self.half, "not the twelve months")
        self.assertIn(autumn, self.half.search([("is_interim", "=", True)]))

    def test_carried_over_to_the_same_months(self):
        """The baseline of half a year is held against those six months a year later."""
        self.half.action_close()
        self.half._refresh_bridge(as_of=f"{YEAR + 1}-01-20")
        self.assertFalse(self.half.bridge_ids, "January is not complete")
        self.half._refresh_bridge(as_of=f"{YEAR + 2}-01-01")
        months = {row.date: row for row in self.half.bridge_ids}
        january, february = date(YEAR + 1, 1, 1), date(YEAR + 1, 2, 1)
        self.assertEqual(
            (months[january].baseline_revenue, months[january].actual_revenue), (100, 0)
        )
        self.assertEqual(
            (months[february].baseline_revenue, months[february].actual_revenue), (0, 30)
        )
        self.assertEqual(self.half.bridge_until, date(YEAR + 1, 6, 30))


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningMarket(ScreeningCase):
    """When the market turns, the same figures meet harder limits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.late, cls.poor = cls._partners("Late", "Poor")
        cls._history(
            (
                cls.late,
                cls._day(3, 1),
                1000,
                {"due_date": cls._day(4, 1), "paid_date": cls._day(4, 21)},
            ),
            (cls.late, cls._day(3, 1, YEAR - 1), 1000),
            (cls.poor, cls._day(3, 1), 1000, {"cost": 1100}),
            (cls.poor, cls._day(3, 1, YEAR - 1), 1000, {"cost": 1100}),
            (cls.poor, cls._day(3, 1, YEAR - 2), 1000, {"cost": 1100}),
        )
        cls.screening = cls._screening(peer_share=0)

    def _rules(self):
        return tuple(
            self._line(self.screening, partner).proposal_rule for partner in (self.late, self.poor)
        )

    def test_harder_limits(self):
        """20 days late pass 30 but not 15; a loss needs 75 points of future instead of 50."""
        poor = self._line(self.screening, self.poor)
        self.assertTrue(50 <= poor.score_future < 75, poor.score_future)
        self.assertEqual(self._rules()[1], "loss")
        self.assertNotEqual(self._rules()[0], "late_payer")
        settings = {"market_state": "downturn", "market_factor": 0.5}
        foretold = self.screening._what_if(settings)
        self.screening.market_state = "downturn"
        self.assertEqual(self.screening.market_factor, 0.5)
        self.assertTrue(self.screening.needs_rescore)
        self.screening.action_rescore()
        self.assertEqual(self._rules(), ("late_payer", "no_profit_no_potential"))
        self.assertEqual(
            {c["customer"]: c["proposal_after"] for c in foretold["changes"]},
            {"Late": "rectify", "Poor": "wind_down"},
        )
        self.assertEqual(self.screening._days_late_limit(), 15)
        self.screening.market_state = "normal"
        self.assertEqual(self.screening.market_factor, 1)

    def test_begins_with_the_market_of_the_credit_policy(self):
        """One market: what the policy says is where a new campaign starts; old ones stay."""
        policy = self.env["logistics.credit.policy"].search([("company_id", "=", self.company.id)])
        if not policy:
            policy = policy.create({"company_id": self.company.id})
        policy.write({"market_state": "cautious", "factor_cautious": 0.7})
        other = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere = self.env["logistics.screening"].create(
            {"year": YEAR, "company_id": other.id, "market_state": "cautious"}
        )
        self.assertNotEqual(elsewhere.market_factor, 0.7, "each company its own policy")
        campaign = self._screening(YEAR - 1, compute=False)
        self.assertEqual((campaign.market_state, campaign.market_factor), ("cautious", 0.7))
        self.assertEqual(self.screening.market_factor, 1)
        with self.assertRaisesRegex(ValidationError, "factor of the market"):
            campaign.market_factor = 0
