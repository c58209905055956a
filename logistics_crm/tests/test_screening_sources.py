# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

import psycopg2

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.screening.screening_line_figures import CRITERION_FIGURES
from .screening_common import YEAR, ScreeningCase


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningSources(ScreeningCase):
    """What the criteria read beside trade and settlement, as of the closing date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.other = cls._partners("Sources Ltd", "Beside Ltd")
        cls._history(
            (cls.partner, cls._day(3, 1), 1000, {"cost": 600}),
            (cls.partner, cls._day(3, 1, YEAR - 1), 500, {"cost": 300}),
            (cls.other, cls._day(5, 1), 400, {"cost": 300}),
        )
        cls.env["logistics.customer"]._ensure_accounts(company=cls.company)
        cls.account, cls.beside = cls._account_of(cls.partner), cls._account_of(cls.other)

    def _one(self, screening=None):
        return self._line(screening or self._screening(), self.partner)

    def _grant(self, kind, amount, day, **values):
        return self.env["logistics.concession"].create(
            {
                "customer_id": self.account.id,
                "kind": kind,
                "amount": amount,
                "date": day,
                **values,
            }
        )

    def _opened(self, line, kind):
        """Records that a button of the sheet opens."""
        action = line.with_context(evidence=kind).action_evidence()
        return self.env[action["res_model"]].search(action["domain"])

    # ------------------------------------------------------------------ margin
    def test_margin_after_concessions(self):
        """Each kind of cost once, of the year only; unknown cost is counted, not guessed."""
        first, last = self._day(1, 1), self._day(12, 31)
        rebate = self._grant("rebate", 50, first)
        link = self._grant("link", 30, last)
        claim = self._grant("claim", 20, last)
        visits = self._grant("visit", 10, first) | self._grant("gift", 5, last)
        unknown = self._grant("dedicated", False, last)
        self._grant("discount", 77, last)  # lowered the invoice already
        self._grant("late_payment", 99, last)  # computed as of the closing date instead
        self._grant("rebate", 1000, self._day(1, 1, YEAR + 1))
        self._grant("rebate", 1000, self._day(12, 31, YEAR - 1))
        self._grant("rebate", 1000, last, active=False)
        line = self._one()
        self.assertEqual((line.gross_margin, line.margin_rate), (400, 0.4))
        self.assertEqual((line.concession_cost, line.claim_cost, line.visit_cost), (80, 20, 15))
        self.assertEqual((line.given_on_price, line.late_payment_cost), (77, 0))
        self.assertEqual(line.unknown_cost_count, 1)
        self.assertEqual(line.net_margin, 400 - 80 - 20 - 15)
        self.assertAlmostEqual(line.net_margin_rate, 0.4 - 115 / 1000)
        self.assertEqual(self._opened(line, "concessions"), (unknown | link | rebate))
        self.assertEqual(self._opened(line, "claims"), claim)
        self.assertEqual(self._opened(line, "visits"), visits)
        self.assertEqual(sum(self._opened(line, "trade").mapped("amount")), line.revenue)

    def test_concessions_can_eat_the_profit(self):
        """A loss after concessions is a loss; with growth it is rectified, not let go."""
        self._grant("rebate", 400, self._day(6, 1))
        line = self._one()
        self.assertEqual((line.net_margin, line.score_margin), (0, 0))
        self.assertEqual((line.proposal_rule, line.proposal), ("loss", "rectify"))

    def test_cost_of_late_payment_up_to_the_closing_date(self):
        """Days late x amount x cost of capital; days after the closing date do not count."""
        self._history(
            (
                self.partner,
                self._day(6, 1),
                7300,
                {"due_date": self._day(7, 1), "paid_date": self._day(7, 11)},
            ),
            (
                self.partner,
                self._day(11, 1),
                3650,
                {"due_date": self._day(12, 1), "paid_date": self._day(3, 1, YEAR + 1)},
            ),
        )
        line = self._one()
        self.assertIs(line.late_payment_cost, False, "late, but no cost of capital is set")
        self.company.logistics_capital_rate = 10
        line = self._one(self._again(line.screening_id))
        # 10 % of 7300 for 10 days, and of 3650 for 30 days
        self.assertAlmostEqual(line.late_payment_cost, 20 + 30, 2)

    def test_open_items_from_before_the_ledger(self):
        """Rows of the trading history that were open on the closing date are evidence as well."""
        paid = self._day(1, 5, YEAR + 1)
        self._history(
            (self.partner, self._day(6, 1), 700, {"due_date": self._day(7, 1), "paid_date": paid}),
            (
                self.partner,
                self._day(6, 2),
                90,
                {"due_date": self._day(7, 1), "paid_date": self._day(7, 1)},
            ),
        )
        line = self._one().with_user(self.control)
        found = self._opened(line, "open")
        self.assertEqual(sum(found.mapped("open_amount")), line.open_amount)
        self.assertIn(700, found.mapped("open_amount"))
        self.assertEqual(set(found.mapped("source")), {"history"})
        self.assertEqual(sum(self._opened(line, "due").mapped("amount")), line.due_amount)

    def _again(self, screening):
        screening.action_compute()
        return screening

    # ------------------------------------------------------------------ future
    def test_growth_of_the_customers_own_business(self):
        """Yearly, between two years of one currency; what is about later years is not known."""
        Financial = self.env["logistics.partner.financial"]
        usd, eur = self.usd.id, self.env.ref("base.EUR").id
        for year, revenue, currency in (
            (YEAR - 2, 1000, usd),
            (YEAR, 1440, usd),
            (YEAR - 1, 9, eur),
            (YEAR + 1, 99999, usd),
        ):
            Financial.create(
                {
                    "partner_id": self.partner.id,
                    "year": year,
                    "revenue": revenue,
                    "currency_id": currency,
                }
            )
        line = self._one()
        self.assertAlmostEqual(line.business_growth, 0.2)
        self.assertEqual(line.business_year, str(YEAR))
        self.assertEqual(len(self._opened(line, "financials")), 3)
        self.assertIs(self._line(line.screening_id, self.other).business_growth, False)

    def _spend(self, currency, year=YEAR, amount=4000):
        return self.env["logistics.partner.financial"].create(
            {
                "partner_id": self.partner.id,
                "year": year,
                "logistics_spend": amount,
                "currency_id": currency.id,
            }
        )

    def test_share_of_wallet(self):
        """Our revenue of the same year over the spend at the rate of the year's end."""
        swiss = self.env.ref("base.CHF")
        swiss.active = True
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": swiss.id,
                    "company_id": self.company.id,
                    "name": day,
                    "rate": rate,
                }
                for day, rate in ((f"{YEAR}-12-31", 2.0), (f"{YEAR + 1}-01-01", 9.0))
            ]
        )
        self._spend(swiss)
        # 4000 at 2 for one dollar
        self.assertAlmostEqual(self._one().share_of_wallet, 1000 / 2000, 4)

    def test_missing_exchange_rate(self):
        """No rate by then: the share is not known, nothing is counted 1 to 1, the log says so."""
        swiss = self.env.ref("base.CHF")
        swiss.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", swiss.id)]).unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": swiss.id,
                "company_id": self.company.id,
                "name": f"{YEAR + 1}-01-01",
                "rate": 2.0,
            }
        )
        self._spend(swiss)
        screening = self._screening()
        self.assertIs(self._one(screening).share_of_wallet, False)
        [log] = screening.message_ids.filtered(lambda m: "CHF" in (m.body or ""))
        self.assertIn(f"No exchange rate of CHF up to the end of {YEAR}", log.body)

    def test_contract_on_the_closing_date(self):
        """Running with its last day; signed or begun later is not known yet."""
        Contract = self.env["logistics.contract"]

        def contract(name, start, end, account=self.account, **values):
            return Contract.create(
                {
                    "name": name,
                    "customer_id": account.id,
                    "date_start": start,
                    "date_end": end,
                    "state": "signed",
                    **values,
                }
            )

        runs = contract("Runs", self._day(1, 1), date(YEAR + 1, 7, 1))
        contract("Later", date(YEAR + 1, 1, 1), False)
        contract("Signed Later", self._day(1, 1), False, date_issue=date(YEAR + 1, 1, 1))
        contract("Draft", self._day(1, 1), False, state="draft")
        contract("Ended", self._day(1, 1), self._day(12, 30), account=self.beside)
        screening = self._screening()
        line = self._one(screening)
        self.assertEqual((line.contract_state, line.contract_until), ("running", runs.date_end))
        ended = self._line(screening, self.other)
        self.assertEqual((ended.contract_state, ended.contract_until), ("ended", self._day(12, 30)))

    def test_facts_of_the_file_earn_points(self):
        """Influence, potential and method count, and raise the confidence; growth is not asked
        twice."""
        line = self._one()
        points, known = line.absolute_future, line.known_future
        self.account.write(
            {"market_influence": "5", "development_potential": "5", "innovation_ability": "5"}
        )
        line = self._one(self._again(line.screening_id))
        self.assertGreater(line.absolute_future, points)
        # of 34 parts asked: trend 7, years of trade 3, then the file's 2 + 4 + 2
        self.assertAlmostEqual(known, 10 / 34)
        self.assertAlmostEqual(line.known_future, 18 / 34)
        self.assertIn("customer file", line.future_basis)

    # ------------------------------------------------------------------ cooperation
    def test_promises_of_the_year(self):
        """Those whose last day lay in the year and that were judged; kept means in full."""
        Promise = self.env["logistics.payment.promise"]
        days = (self._day(1, 2), self._day(6, 1), self._day(12, 31), self._day(1, 1, YEAR + 1))
        promises = Promise.create(
            [
                {
                    "customer_id": self.account.id,
                    "amount": 10,
                    "currency_id": self.usd.id,
                    "date_made": self._day(1, 1),
                    "date_promised": day,
                }
                for day in days
            ]
        )
        promises.flush_recordset()
        promises.invalidate_recordset()
        for promise, state, day in zip(
            promises, ("kept", "partly", "broken", "broken"), days, strict=True
        ):
            self.env.cr.execute(
                "UPDATE logistics_payment_promise SET state = %s, kept_on = %s, date_deadline = %s"
                " WHERE id = %s",
                [state, day if state == "kept" else None, day, promise.id],
            )
        line = self._one()
        self.assertEqual(line.promise_count, 3)
        self.assertAlmostEqual(line.promises_kept, 1 / 3)
        self.assertEqual(self._opened(line, "promises"), promises[:3].sorted())

    def test_complaints_justified_or_not(self):
        """Unjustified complaints cost points, justified ones do not; no verdict says nothing."""
        if "logistics.complaint" not in self.env:
            self.skipTest("complaints are not in this version")
        kind = self.env["logistics.complaint.type"].search([], limit=1)
        complaints = self.env["logistics.complaint"].create(
            [
                {
                    "name": f"Complaint {number}",
                    "customer_id": self.account.id,
                    "company_id": self.company.id,
                    "type_id": kind.id,
                    "received_on": self._day(5, 1),
                }
                for number in range(4)
            ]
        )
        complaints.flush_recordset()
        for complaint, verdict in zip(
            complaints, ("justified", "partly", "not_justified", "unknown"), strict=True
        ):
            self.env.cr.execute(
                "UPDATE logistics_complaint SET verdict = %s WHERE id = %s", [verdict, complaint.id]
            )
        line = self._one()
        self.assertEqual(line.complaint_count, 4)
        self.assertEqual((line.complaint_justified, line.complaint_unjustified), (1.5, 1.5))
        self.assertEqual(len(self._opened(line, "complaints")), 4)
        # regularity 1 of 12 months, nothing due, half of the complaints justified
        self.assertAlmostEqual(line.absolute_cooperation, 100 * (1 / 12 + 0.5) / 2, 2)

    # ------------------------------------------------------------------ sheet, rights, robustness
    def test_every_figure_is_on_the_form(self):
        """The one list of raw figures is what the form shows, and each has a text."""
        arch = self.env["logistics.screening.line"].get_view(view_type="form")["arch"]
        line = self._one().with_user(self.manager)
        for criterion, names in CRITERION_FIGURES.items():
            shown = line._criterion_figures(criterion)
            self.assertEqual([name for name, _label, _text in shown], list(names))
            for name in names:
                self.assertIn(f'name="{name}"', arch)

    def test_representatives_read_no_ledger(self):
        """The same sheet without amounts of the ledger; and no evidence of others' customers."""
        self.account.user_id = self.rep
        line = self._one()
        texts = {name for name, *_ in line.with_user(self.rep)._criterion_figures("margin")}
        self.assertIn("cost_coverage", texts)
        self.assertFalse(texts & {"net_margin", "concession_cost", "visit_cost", "gross_margin"})
        with self.assertRaises(UserError):
            line.with_user(self.rep).with_context(evidence="anything").action_evidence()

    def test_archived_between_steps(self):
        """An archived customer keeps its line: the year's figures would not add up without."""
        screening = self._screening()
        revenue = screening.revenue
        self.account.active = False
        self._again(screening)
        self.assertEqual(self._one(screening).revenue, 1000)
        self.assertEqual(screening.revenue, revenue)

    def test_killed_compute_leaves_everything_as_it_was(self):
        """A fault in the middle of writing: no line, no total and no date has changed."""
        screening = self._screening()
        columns = ("revenue", "score_total", "run", "write_date", "proposal")
        frozen = screening.line_ids.read(columns)
        state = screening.read(["revenue", "run", "computed_at", "customer_count"])
        self._history((self.partner, self._day(9, 1), 5000), (self.other, self._day(9, 2), 5000))
        self.env.flush_all()
        self.env.cr.execute(
            """
            CREATE FUNCTION screening_fault() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'pulled the plug'; END $$;
            CREATE TRIGGER screening_fault BEFORE UPDATE ON logistics_screening_line
                FOR EACH ROW WHEN (NEW.customer_name = 'Beside Ltd')
                EXECUTE FUNCTION screening_fault();
            """
        )
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.RaiseException):
            screening.action_compute()
        self.env.invalidate_all()
        self.assertEqual(screening.line_ids.read(columns), frozen)
        self.assertEqual(screening.read(["revenue", "run", "computed_at", "customer_count"]), state)
        self.env.cr.execute("DROP TRIGGER screening_fault ON logistics_screening_line")
        screening.action_compute()
        self.assertEqual(screening.revenue, 1400 + 10000)
        self.assertLessEqual(screening.computed_at, fields.Datetime.now())
