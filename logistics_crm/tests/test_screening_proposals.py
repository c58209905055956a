# Part of logistics_crm. License LGPL-3 or later.
from odoo.tests import tagged

from .screening_common import YEAR, ScreeningCase


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningProposals(ScreeningCase):
    """What is proposed to whom, and the words it is proposed in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.giant = cls._partners("Giant")
        # makes 80 % of the revenue, so that the others are judged by the later rules
        cls._history(
            (cls.giant, cls._day(1, 1), 900000),
            (cls.giant, cls._day(1, 1, YEAR - 1), 900000),
        )

    def _judge(self, *rows):
        partner = self._partners("Judged")
        self._history(*((partner, *row) for row in rows))
        return self._line(self._screening(), partner)

    def test_keep(self):
        """The customers that together make the share of revenue to keep are kept."""
        line = self._line(self._screening(), self.giant)
        self.assertEqual((line.proposal, line.revenue_rank), ("keep", 1))
        self.assertIn("900,000", line.proposal_reason)
        self.assertIn("80", line.proposal_reason)

    def test_loss_without_potential_is_wound_down(self):
        """No profit and no growth, with the cost known: the only way to a wind-down."""
        line = self._judge(
            (self._day(3, 1), 100, {"cost": 150}),
            (self._day(3, 1, YEAR - 1), 400, {"cost": 500}),
        )
        self.assertEqual((line.proposal, line.gross_margin), ("wind_down", -50))
        self.assertIn("-75", line.proposal_reason)

    def test_unknown_margin_is_never_wound_down(self):
        """The same decline without a known cost is no reason to let somebody go."""
        line = self._judge((self._day(3, 1), 100), (self._day(3, 1, YEAR - 1), 400))
        self.assertIs(line.gross_margin, False)
        self.assertIs(line.score_margin, False)
        self.assertEqual(line.proposal, "maintain")

    def test_thin_cost_coverage_is_not_believed(self):
        """A loss on a tenth of the revenue does not speak for the customer."""
        line = self._judge(
            (self._day(3, 1), 10, {"cost": 15}),
            (self._day(3, 2), 90),
            (self._day(3, 1, YEAR - 1), 400),
        )
        self.assertEqual((line.gross_margin, line.cost_coverage), (-5, 0.1))
        self.assertEqual(line.proposal, "maintain")

    def test_loss_with_growth_is_rectified(self):
        """A loss with potential is a matter of prices."""
        line = self._judge((self._day(3, 1), 400, {"cost": 500}), (self._day(3, 1, YEAR - 1), 100))
        self.assertEqual((line.proposal, line.proposal_rule), ("rectify", "loss"))

    def test_zero_margin_is_known(self):
        """Sold at cost: margin zero is a known margin and no profit."""
        line = self._judge((self._day(3, 1), 100, {"cost": 100}))
        self.assertEqual((line.gross_margin, line.score_margin), (0, 0))
        self.assertIsNot(line.gross_margin, False)

    def test_overdue_money_first(self):
        """Whatever the growth: overdue money is to be settled first."""
        line = self._judge(
            (self._day(3, 1), 1000, {"due_date": self._day(4, 1)}),
            (self._day(3, 1, YEAR - 1), 100),
        )
        self.assertEqual((line.proposal, line.overdue_amount), ("rectify", 1000))
        self.assertIn("1,000", line.proposal_reason)
        self.assertEqual(line.score_safety, 0)

    def test_due_on_the_closing_day_is_not_overdue(self):
        """What is due today is not overdue, but it has fallen due."""
        line = self._judge((self._day(12, 1), 1000, {"due_date": self._day(12, 31)}))
        self.assertEqual((line.overdue_amount, line.open_amount, line.due_count), (0, 1000, 1))
        self.assertFalse(line.has_overdue)

    def test_payment_after_the_closing_day_was_not_known(self):
        """Paid in January: at the end of December it was open."""
        line = self._judge(
            (
                self._day(11, 1),
                1000,
                {"due_date": self._day(12, 1), "paid_date": self._day(1, 5, YEAR + 1)},
            )
        )
        self.assertEqual((line.overdue_amount, line.collected_share), (1000, 0))

    def test_late_payer(self):
        """Everything is paid, but two months late."""
        line = self._judge(
            (self._day(3, 1), 1000, {"due_date": self._day(4, 1), "paid_date": self._day(6, 1)})
        )
        self.assertEqual((line.proposal_rule, line.average_days_late), ("late_payer", 61))
        self.assertIn("61", line.proposal_reason)

    def test_nothing_due_is_unknown_safety(self):
        """Without anything due there is no evidence, neither good nor bad."""
        line = self._judge((self._day(3, 1), 1000))
        for name in ("score_safety", "open_amount", "overdue_amount", "collected_share"):
            self.assertIs(line[name], False, name)
        self.assertLess(line.confidence, 1)

    def test_unknown_criteria_lower_confidence_not_points(self):
        """The total is the mean of what is known."""
        line = self._judge((self._day(3, 1), 1000))
        known = [line.score_volume, line.score_cooperation]
        self.assertAlmostEqual(line.score_total, sum(known) / 2, places=2)
        # volume is known; of cooperation the regularity, not the judgement
        self.assertAlmostEqual(line.confidence, 0.2 * 1 + 0.2 * 0.5)

    def test_stopped(self):
        """Who did not trade in the year gets a line and a question."""
        line = self._judge((self._day(3, 1, YEAR - 1), 1000))
        self.assertEqual((line.traded, line.revenue, line.revenue_change), (False, 0, -1))
        self.assertEqual(line.proposal, "maintain")
        self.assertIn(f"Did not trade in {YEAR}", line.proposal_reason)

    def test_stopped_and_owes(self):
        """A lost customer that owes money is rectified first."""
        line = self._judge(
            (self._day(3, 1, YEAR - 1), 1000, {"due_date": self._day(4, 1, YEAR - 1)})
        )
        self.assertEqual((line.proposal, line.proposal_rule), ("rectify", "stopped_overdue"))

    def test_new_and_returned(self):
        """The first trade ever is new; a first trade before the gap is a return."""
        line = self._judge((self._day(3, 1), 1000))
        self.assertEqual((line.is_new, line.proposal_rule), (True, "new"))
        back = self._partners("Back")
        self._history((back, self._day(3, 1), 1000), (back, self._day(3, 1, YEAR - 5), 1))
        screening = line.screening_id
        screening.action_compute()
        back_line = self._line(screening, back)
        self.assertEqual((back_line.is_new, back_line.proposal_rule), (False, "returned"))
        self.assertEqual(back_line.first_trade_date, self._day(3, 1, YEAR - 5))

    def test_growing(self):
        """Growth beyond the limit with a total above the median is worth developing."""
        line = self._judge(
            *((self._day(month, 1), 1000) for month in range(1, 13)),
            (self._day(1, 1, YEAR - 1), 100),
        )
        self.assertEqual((line.proposal, line.proposal_rule), ("develop", "growing"))

    def test_reason_in_the_language_of_the_reader(self):
        """The sentence is built when it is read, so nothing of it is frozen in one language."""
        line = self._line(self._screening(), self.giant)
        self.env["res.lang"]._activate_lang("fr_FR")
        english = line.proposal_reason
        french = line.with_context(lang="fr_FR").proposal_reason
        self.assertNotEqual(english, french, "amounts follow the reader's number format")

    def test_free_text_search_for_unknown(self):
        """Unknown revenue is found as unknown, not as zero."""
        line = self._judge((self._day(3, 1), None), (self._day(3, 1, YEAR - 1), 5))
        Line = self.env["logistics.screening.line"]
        in_campaign = [("screening_id", "=", line.screening_id.id)]
        self.assertEqual(Line.search([*in_campaign, ("revenue", "=", False)]), line)
        self.assertFalse(Line.search([*in_campaign, ("revenue", "=", 0)]))
