# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .screening_common import YEAR, ScreeningCase


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningCampaign(ScreeningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.big, cls.small, cls.gone = cls._partners("Big", "Small", "Gone")
        cls._history(
            (cls.big, cls._day(2, 1), 9000),
            (cls.big, cls._day(2, 1, YEAR - 1), 8000),
            (cls.small, cls._day(5, 5), 100),
            (cls.small, cls._day(5, 5, YEAR - 1), 100),
            (cls.gone, cls._day(5, 5, YEAR - 1), 700),
        )

    # ------------------------------------------------------------------ settings
    def test_implausible_year_is_refused(self):
        """24, 0024 (which is 24 to a machine) and years far ahead are typing errors."""
        for year in (24, int("0024"), 1989, date.today().year + 2, 20140):
            with self.assertRaisesRegex(ValidationError, "four digits"), self.cr.savepoint():
                self._screening(year, compute=False)

    def test_one_campaign_per_year_and_company(self):
        """A second campaign of one year is refused in words; another company may have one."""
        first = self._screening(compute=False)
        with self.assertRaisesRegex(ValidationError, f"already has a screening of {YEAR}"):
            self._screening(compute=False)
        other = self._screening(YEAR - 1, compute=False)
        with self.assertRaisesRegex(ValidationError, "already has a screening"):
            other.year = YEAR
        company = self.env["res.company"].create({"name": "Other Freight"})
        self.assertTrue(
            self.env["logistics.screening"].create({"year": YEAR, "company_id": company.id})
        )
        # two transactions at once get past the check, not past the index
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.env.cr.execute(
                "INSERT INTO logistics_screening"
                " (year, closing_month, span, company_id, state, market_state)"
                " VALUES (%s, %s, '12', %s, %s, 'normal')",
                (YEAR, "12", first.company_id.id, "draft"),
            )

    def test_weights_add_up_to_hundred(self):
        """Weights that make something else than 100, or are negative, are refused."""
        screening = self._screening(compute=False)
        with self.assertRaisesRegex(ValidationError, "add up to 100"):
            screening.weight_volume = 30
        with self.assertRaisesRegex(ValidationError, "negative"):
            screening.write({"weight_volume": -20, "weight_margin": 60})
        screening.write({"weight_volume": 0, "weight_margin": 40})

    def test_weights_decide_the_total(self):
        """With all weight on one criterion the total is that criterion."""
        screening = self._screening(
            weight_volume=100,
            weight_margin=0,
            weight_safety=0,
            weight_future=0,
            weight_cooperation=0,
        )
        for line in screening.line_ids:
            self.assertEqual(line.score_total, line.score_volume)
            self.assertEqual(line.confidence, line.known_volume)

    # ------------------------------------------------------------------ computing
    def test_year_without_trade(self):
        """The message names company and year, and nothing has changed afterwards."""
        screening = self._screening(YEAR - 5, compute=False)
        with self.assertRaisesRegex(UserError, f"Light Freight has no trading in {YEAR - 5}"):
            screening.action_compute()
        self.assertEqual(screening.state, "draft")
        self.assertFalse(screening.line_ids)
        self.assertFalse(screening.computed_at)

    def test_year_after_the_last_trade(self):
        """Trade of the year before alone is no trade in the year."""
        screening = self._screening(YEAR + 1, compute=False)
        self._history((self.big, self._day(1, 1, YEAR + 2), 5))
        self.assertTrue(self._screening(YEAR + 2).line_ids)
        self.env["logistics.trading.history"].search([("date", ">", self._day(12, 31))]).unlink()
        with self.assertRaisesRegex(UserError, "no trading"):
            screening.action_compute()

    def test_running_year_is_as_of_today(self):
        """In a running year only what happened until today counts, and months until today."""
        with freeze_time(f"{YEAR}-03-31"):
            screening = self._screening()
            with self.assertRaisesRegex(UserError, "still run"):
                screening.action_close()
        with self.assertRaisesRegex(UserError, "ompute it again before closing"):
            screening.action_close()
        self.assertEqual((screening.as_of, screening.state), (self._day(3, 31), "computed"))
        line = self._line(screening, self.big)
        self.assertAlmostEqual(line.regularity, 1 / 3)
        self.assertFalse(self._line(screening, self.small).traded)
        with freeze_time(f"{YEAR - 1}-12-31"), self.assertRaisesRegex(UserError, "not begun"):
            screening.action_compute()

    def test_year_has_sharp_edges(self):
        """Dec 31 belongs to its year, Jan 1 to the next."""
        edge = self._partners("Edge")
        self._history(
            (edge, self._day(12, 31, YEAR - 1), 1),
            (edge, self._day(1, 1), 10),
            (edge, self._day(12, 31), 100),
            (edge, self._day(1, 1, YEAR + 1), 1000),
        )
        line = self._line(self._screening(), edge)
        self.assertEqual((line.revenue, line.revenue_previous), (110, 1))
        amounts = {month.month: month.amount for month in line.month_ids}
        self.assertEqual((amounts[1], amounts[12], sum(amounts.values())), (10, 100, 110))

    def test_credit_is_no_trade_but_counts(self):
        """A credit lowers revenue; alone it makes no trade day and no trade in the year."""
        returned = self._partners("Returned")
        self._history(
            (returned, self._day(6, 1, YEAR - 1), 500),
            (returned, self._day(1, 15), -200),
        )
        line = self._line(self._screening(), returned)
        self.assertFalse(line.traded)
        self.assertEqual(
            (line.revenue, line.line_count, line.trade_days, line.active_months),
            (-200, 1, 0, 0),
        )

    def test_unknown_amount_is_not_zero(self):
        """No amount known: revenue, price and change are unknown, in months as well."""
        silent = self._partners("Silent")
        self._history(
            (silent, self._day(4, 1), None, {"quantity": 7}),
            (silent, self._day(5, 1), None, {"quantity": 3}),
            (silent, self._day(5, 2, YEAR - 1), 50),
        )
        screening = self._screening()
        line = self._line(screening, silent)
        for name in ("revenue", "average_price", "revenue_change", "score_volume", "gross_margin"):
            self.assertIs(line[name], False, name)
        self.assertEqual((line.quantity, line.amount_coverage), (10, 0))
        self.assertEqual(line.proposal_rule, "unknown_amount")
        april = line.month_ids.filtered(lambda month: month.month == 4)
        march = line.month_ids.filtered(lambda month: month.month == 3)
        self.assertIs(april.amount, False)
        self.assertEqual((april.quantity, march.quantity), (7, 0))
        self.assertEqual(march.amount, 0)
        self.assertIsNot(march.amount, False)
        self.assertEqual(screening.traded_count - screening.known_amount_count, 1)

    def test_recompute_keeps_lines_and_decisions(self):
        """Figures follow the facts, decisions stay, also of a customer archived in between."""
        screening = self._screening()
        line = self._line(screening, self.big)
        line.write({"decision": "rectify", "decision_reason": "Board, item 4"})
        self._history((self.big, self._day(8, 1), 1000, {"document": "late posting"}))
        line.customer_id.active = False
        screening.action_compute()
        self.assertEqual(self._line(screening, self.big), line, "the sheet keeps its address")
        self.assertEqual(line.revenue, 10000)
        self.assertEqual((line.decision, line.decision_reason), ("rectify", "Board, item 4"))
        self.assertTrue(line.decision_differs)
        line.decision = line.proposal
        self.assertFalse(line.decision_differs)

    def test_recompute_drops_who_left_the_scope(self):
        """A customer whose trade was withdrawn leaves; a lost decision is told in the log."""
        screening = self._screening()
        line = self._line(screening, self.small)
        line.decision = "keep"
        self.env["logistics.trading.history"].search([("partner_id", "=", self.small.id)]).unlink()
        screening.action_compute()
        self.assertFalse(line.exists())
        self.assertIn("Small", screening.message_ids[0].body)

    def test_number_of_queries_does_not_grow(self):
        """Computing 200 customers takes as many statements as computing three."""

        def count(screening):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            screening.action_compute()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        screening = self._screening()
        few = count(screening)
        crowd = self._partners(*(f"Crowd {number}" for number in range(200)))
        self._history(*((partner, self._day(7, 1), 10) for partner in crowd))
        screening.action_compute()
        self.assertEqual(screening.traded_count, 202)
        self.assertEqual(count(screening), few)

    # ------------------------------------------------------------------ closed is frozen
    def test_close_needs_figures(self):
        """A draft cannot be closed, an open one cannot be reopened."""
        screening = self._screening(compute=False)
        with self.assertRaisesRegex(UserError, "Compute it before"):
            screening.action_close()
        with self.assertRaisesRegex(UserError, "not closed"):
            screening.action_reopen()

    def test_closed_is_frozen_for_everybody(self):
        """Nothing of a closed campaign changes by button, write, create or unlink."""
        screening = self._screening()
        line = self._line(screening, self.big)
        screening.action_close()
        for env in (self.env, self.env(user=self.manager)):
            campaign, sheet = screening.with_env(env), line.with_env(env)
            attempts = {
                "compute": campaign.action_compute,
                "close": campaign.action_close,
                "decide": lambda sheet=sheet: sheet.write({"decision": "keep"}),
                "accept": sheet.action_accept_proposal,
                "weights": lambda campaign=campaign: campaign.write({"threshold_growth": 0.5}),
                "note": lambda campaign=campaign: campaign.write({"note": "changed"}),
                "state": lambda campaign=campaign: campaign.write({"state": "draft"}),
                "delete": campaign.unlink,
                "lines by the campaign": lambda campaign=campaign, sheet=sheet: campaign.write(
                    {"line_ids": [Command.update(sheet.id, {"decision": "keep"})]}
                ),
            }
            for what, attempt in attempts.items():
                with self.assertRaises(UserError, msg=what), self.env.cr.savepoint():
                    attempt()
        with self.assertRaises(UserError):
            line.unlink()
        self._history((self.big, self._day(9, 9), 5000, {"document": "too late"}))
        self.assertEqual((line.revenue, line.decision), (9000, False))

    def test_results_cannot_be_typed(self):
        """State and figures come from the buttons, whoever writes and by whatever way."""
        screening = self._screening()
        line = self._line(screening, self.big)
        for values in ({"state": "closed"}, {"revenue": 1.0}, {"year": YEAR - 1}):
            with self.assertRaises(UserError, msg=str(values)):
                screening.write(values)
        for values in ({"revenue": 1.0}, {"proposal": "wind_down"}, {"folded": True}):
            with self.assertRaises(UserError, msg=str(values)):
                line.write(values)
        create = self.env["logistics.screening"].create
        with self.assertRaises(UserError):
            create({"year": YEAR - 3, "company_id": self.company.id, "state": "closed"})
        by_context = (
            self.env["logistics.screening"]
            .with_context(default_state="closed", default_revenue=5.0)
            .create({"year": YEAR - 3, "company_id": self.company.id})
        )
        self.assertEqual((by_context.state, by_context.revenue), ("draft", False))
        with self.assertRaises(UserError):
            self.env["logistics.screening.line"].create(
                {"screening_id": screening.id, "customer_id": line.customer_id.id}
            )
        with self.assertRaises(UserError):
            line.copy()

    def test_reopened_campaign_computes_again(self):
        """After reopening, figures and decisions may change and closing works once more."""
        screening = self._screening()
        screening.action_close()
        self.assertTrue(screening.closed_at)
        screening.action_reopen()
        self.assertFalse(screening.closed_at)
        self._history((self.big, self._day(9, 9), 5000, {"document": "late"}))
        screening.action_compute()
        self.assertEqual(self._line(screening, self.big).revenue, 14000)
        screening.action_close()
        self.assertEqual(screening.state, "closed")

    def test_duplicate_takes_settings_to_the_next_year(self):
        """Weights are carried over, figures are not."""
        screening = self._screening(weight_volume=40, weight_margin=0)
        copy = screening.copy()
        self.assertEqual((copy.year, copy.weight_volume), (YEAR + 1, 40))
        self.assertEqual((copy.state, copy.line_ids.ids, copy.revenue), ("draft", [], False))

    # ------------------------------------------------------------------ merging
    def _fold(self, source, destination):
        accounts = self.env["logistics.customer"].with_context(active_test=False)
        src = accounts.search([("partner_id", "=", source.id)])
        dst = accounts.search([("partner_id", "=", destination.id)])
        self.env["logistics.screening.line"]._fold_customer(src, dst)
        return src, dst

    def test_merge_in_an_open_campaign(self):
        """The two become one line that keeps the decision; closing waits for recomputing."""
        screening = self._screening()
        lost = self._line(screening, self.small)
        lost.write({"decision": "develop", "decision_reason": "Promising"})
        _src, dst = self._fold(self.small, self.big)
        self.assertFalse(lost.exists())
        line = self._line(screening, self.big)
        self.assertEqual((line.decision, line.decision_reason), ("develop", "Promising"))
        self.assertTrue(screening.needs_recompute)
        with self.assertRaisesRegex(UserError, "merged"):
            screening.action_close()
        screening.action_compute()
        self.assertFalse(screening.needs_recompute)
        self.assertEqual(line.customer_id, dst)

    def test_merge_keeps_the_other_decision_in_words(self):
        """Where both were decided, the decision that goes is noted on the line that stays."""
        screening = self._screening()
        self._line(screening, self.small).write({"decision": "develop"})
        line = self._line(screening, self.big)
        line.decision = "keep"
        self._fold(self.small, self.big)
        self.assertEqual(line.decision, "keep")
        self.assertIn("Develop", line.message_ids[0].body)

    def test_merge_in_a_closed_campaign(self):
        """Both lines stay with figures and names of then; the merged one is marked."""
        screening = self._screening()
        kept, merged = self._line(screening, self.big), self._line(screening, self.small)
        screening.action_close()
        src, dst = self._fold(self.small, self.big)
        self.assertEqual((merged.customer_name, merged.revenue), ("Small", 100))
        self.assertEqual((merged.customer_id, merged.folded), (dst, True))
        self.assertEqual((kept.customer_name, kept.revenue, kept.folded), ("Big", 9000, False))
        self.assertFalse(screening.needs_recompute)
        self.assertEqual(screening.revenue, 9100)
        src.unlink()
        self.assertTrue(merged.exists())

    def test_merge_into_a_customer_outside_the_campaign(self):
        """The line moves over with everything on it."""
        outsider = self._partners("Outsider")
        self._history((outsider, self._day(1, 1, YEAR - 4), 1))
        screening = self._screening()
        line = self._line(screening, self.small)
        line.decision = "develop"
        _src, dst = self._fold(self.small, outsider)
        self.assertEqual((line.customer_id, line.decision), (dst, "develop"))
        self.assertFalse(line.folded)
