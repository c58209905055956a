# Part of logistics_crm. License LGPL-3 or later.
"""The eight years of real shipments that lie beside the clone; skipped where they do not."""

import os
import unittest
from pathlib import Path

from odoo.tests import tagged

from .screening_common import ScreeningCase

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data" / "trading_history.csv"
DATA = Path(os.environ.get("LOGISTICS_CRM_DATA") or BESIDE)


@tagged("post_install", "-at_install", "logistics_screening")
@unittest.skipUnless(DATA.is_file(), "no trading history beside the clone")
class TestScreeningRealHistory(ScreeningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        result = cls.env["logistics.trading.history"]._import_csv(str(DATA), cls.company)
        assert not result["errors"], result["errors"][:3]
        cls.screening = cls._screening(2014)

    def test_year_2014(self):
        """The figures everybody can add up from the file."""
        screening = self.screening
        self.assertEqual(screening.traded_count, 37)
        self.assertEqual(screening.known_amount_count, 33)
        self.assertEqual(screening.trade_line_count, 1573)
        self.assertEqual(screening.late_count, 268)
        self.assertAlmostEqual(screening.revenue, 11252894.56, 2)
        self.assertAlmostEqual(screening.revenue_previous, 11731997.75, 2)
        largest = screening.line_ids[0]
        self.assertEqual(largest.partner_id.ref, "151-NG-T30")
        self.assertAlmostEqual(largest.revenue, 1533516.45, 2)
        self.assertEqual(
            self.env["logistics.customer"].search_count([("company_id", "=", self.company.id)]),
            142,
        )

    def test_margin_is_unknown_not_full(self):
        """The file knows no cost: margin is unknown at 0 % coverage, not 100 % of revenue."""
        self.assertIs(self.screening.gross_margin, False)
        self.assertEqual(self.screening.cost_coverage, 0)
        for line in self.screening.line_ids:
            self.assertIs(line.gross_margin, False)
            self.assertIs(line.score_margin, False)
        self.assertNotIn("wind_down", self.screening.line_ids.mapped("proposal"))

    def test_same_figures_everywhere(self):
        """Lines, their months, their services and the groups of the pivot agree to the cent."""
        revenue = self.screening.revenue
        lines = [("screening_id", "=", self.screening.id)]
        for model, field in (
            ("logistics.screening.line", "revenue"),
            ("logistics.screening.month", "amount"),
            ("logistics.screening.month.service", "amount"),
        ):
            groups = self.env[model]._read_group(lines, ["country_id"], [f"{field}:sum"])
            self.assertAlmostEqual(sum(value or 0 for _key, value in groups), revenue, 2, model)
        counts = self.env["logistics.screening.month"]._read_group(
            lines, [], ["__count", "line_count:sum"]
        )
        self.assertEqual(counts, [(12 * len(self.screening.line_ids), 1573)])

    def test_year_2013(self):
        """The year before, from its own campaign."""
        self.assertAlmostEqual(self._screening(2013).revenue, 11731997.75, 2)
