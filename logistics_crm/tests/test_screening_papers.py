# Part of logistics_crm. License LGPL-3 or later.
import re

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .screening_common import YEAR, ScreeningCase


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningPapers(ScreeningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls._partners("Alpha <b>Bold</b>", "Beta", "Gamma", "Delta")
        alpha, beta, gamma, delta = cls.partners
        cls._history(
            (alpha, cls._day(2, 1), 9000, {"cost": 1000}),
            (alpha, cls._day(2, 1, YEAR - 1), 4000),
            (beta, cls._day(3, 1), 3000, {"cost": 2000}),
            (beta, cls._day(3, 1, YEAR - 1), 5000),
            (gamma, cls._day(3, 1), 700, {"cost": 900}),
            (delta, cls._day(3, 1), None),
        )
        cls.before = cls._screening(YEAR - 1)
        cls.screening = cls._screening()

    def _html(self, report, records, user):
        content, _type = (
            self.env["ir.actions.report"].with_user(user)._render_qweb_html(report, records.ids)
        )
        return content.decode()

    def test_board_figures(self):
        """Every figure of the paper, recomputed from the lines."""
        board = self.screening.with_user(self.manager)._board_values()
        lines = self.screening.line_ids
        rows = {row[0]: row[1:] for row in board["proposals"]}
        for proposal, (count, decided, revenue, _margin) in rows.items():
            those = lines.filtered(lambda line, p=proposal: line.proposal == p)
            self.assertEqual((count, decided), (len(those), 0))
            self.assertAlmostEqual(revenue, sum(line.revenue or 0 for line in those))
        self.assertEqual(sum(row[0] for row in rows.values()), 4)
        pareto = board["pareto"]
        self.assertEqual((pareto["known"], pareto["unknown"], pareto["at_80"]), (3, 1, 1))
        self.assertEqual(
            [(r["gross_margin"], round(float(r["share"]), 4)) for r in pareto["rows"]],
            [(8000, round(8000 / 9000, 4)), (1000, 1), (-200, 1)],
        )
        self.assertEqual([row["change"] for row in board["gains"]], [5000, 700])
        self.assertEqual([row["change"] for row in board["losses"]], [-2000])
        self.assertEqual(sum(count for count, _r in board["matrix"].values()), 4)
        then = {line.customer_id: line.proposal for line in self.before.line_ids}
        changed = sum(then.get(line.customer_id, line.proposal) != line.proposal for line in lines)
        self.assertEqual(sum(row[2] for row in board["previous"]["rows"]), changed)

    def test_board_paper(self):
        """What is printed: amounts, exceptions with reason, names as text."""
        line = self._line(self.screening, self.partners[1])
        other = "develop" if line.proposal != "develop" else "maintain"
        line.with_user(self.manager).write({"decision": other, "decision_reason": "New site"})
        html = self._html("logistics_crm.screening_board_document", self.screening, self.manager)
        self.assertIn("New site", html)
        self.assertIn("Alpha &lt;b&gt;Bold&lt;/b&gt;", html)
        self.assertNotIn("<b>Bold</b>", html)
        self.assertIn("Not closed yet", html)
        self.assertRegex(re.sub(r"<[^>]+>|\s+", " ", html), r"1\s+of\s+3\s+customers with a known")
        for user in (self.rep, self.rep_all):
            with self.assertRaises(AccessError):
                self.screening.with_user(user)._board_values()

    def test_sheets(self):
        """One page per customer, unknown in words, and nothing of the ledger for a seller."""
        html = self._html(
            "logistics_crm.screening_sheet_document", self.screening.line_ids, self.rep_all
        )
        self.assertEqual(html.count("Twelve months"), 4)
        self.assertIn("unknown", html)
        self.assertNotIn("8,000", html, "the margin is the ledger's")
