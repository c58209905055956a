# Part of logistics_crm. License LGPL-3 or later.
from datetime import date, timedelta

import psycopg2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LogisticsCommon, total

ROW = st.fixed_dictionaries(
    {
        "customer": st.integers(0, 2),
        "day": st.integers(-400, 400),
        "amount": st.none() | st.integers(-999, 99_999).map(lambda cents: cents / 100),
        "cost": st.none() | st.integers(0, 50_000).map(lambda cents: cents / 100),
        "quantity": st.none() | st.integers(0, 50),
        "delivered": st.none() | st.integers(0, 30),
    }
)


@tagged("post_install", "-at_install")
class TestHistoryFacts(LogisticsCommon):
    """Trading history is told as it was imported: unknown stays unknown."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = [cls._partner(f"History {number}") for number in range(3)]

    @settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(rows=st.lists(ROW, max_size=6), start=st.integers(-300, 0), length=st.integers(0, 400))
    def test_any_history(self, rows, start, length):
        """Sums over any window of any history equal a sum over the rows themselves."""
        first = date(2022, 6, 1)
        since = first + timedelta(days=start)
        until = since + timedelta(days=length)
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            for row in rows:
                day = first + timedelta(days=row["day"])
                amount = row["amount"]
                quantity = row["quantity"]
                if amount is not None and amount < 0 and quantity:
                    quantity = -quantity
                delivered = row["delivered"]
                self._trade(
                    self.partners[row["customer"]],
                    {
                        "date": day,
                        "amount": False if amount is None else amount,
                        "cost": False if row["cost"] is None else row["cost"],
                        "quantity": False if quantity is None else quantity,
                        "delivered_date": delivered is not None and day + timedelta(delivered),
                    },
                )
            for company in (self.company, None):
                facts = self._facts(
                    company=company,
                    date_from=since,
                    date_to=until,
                    partner_ids=[partner.id for partner in self.partners],
                )
                wanted = [r for r in rows if since <= first + timedelta(r["day"]) <= until]
                self.assertEqual(len(facts), len(wanted))
                for name in ("amount", "cost"):
                    self.assertEqual(
                        sum(fact[name] is None for fact in facts),
                        sum(row[name] is None for row in wanted),
                    )
                    self.assertAlmostEqual(
                        total(facts, name), sum(row[name] or 0.0 for row in wanted), 4
                    )
                known = sum(
                    row["delivered"] is not None
                    and first + timedelta(row["day"] + row["delivered"]) <= until
                    for row in wanted
                )
                self.assertEqual(sum(fact["delivered_date"] is not None for fact in facts), known)
        finally:
            self.env.flush_all()
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_unknown_is_not_zero(self):
        """An empty amount, cost or quantity is NULL; a zero is a zero."""
        self._trade(
            self.partners[0],
            {"date": "2024-01-01", "amount": False, "cost": 0.0, "quantity": 0},
            {"date": "2024-01-02", "amount": 0.0, "cost": False, "quantity": False},
        )
        facts = sorted(self._facts(partner_ids=self.partners[0].ids), key=lambda f: f["date"])
        self.assertEqual([f["amount"] for f in facts], [None, 0])
        self.assertEqual([f["cost"] for f in facts], [0, None])
        self.assertEqual([f["quantity"] for f in facts], [0, None])
        self.assertEqual([f["weight_kg"] for f in facts], [None, None])

    def test_foreign_currency_at_the_rows_date(self):
        """Old documents are converted with the rate of their day, not of the import."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": euro.id,
                    "company_id": self.company.id,
                    "name": day,
                    "rate": rate,
                }
                for day, rate in (("2020-01-01", 0.5), ("2021-01-01", 0.8))
            ]
        )
        rows = self._trade(
            self.partners[0],
            {"date": "2020-12-31", "amount": 10.0, "cost": 5.0},
            {"date": "2021-01-01", "amount": 10.0, "cost": False},
            currency_id=euro.id,
        )
        self.assertEqual(rows.mapped("amount_company"), [20.0, 12.5])
        self.assertEqual(rows.mapped("cost_company"), [10.0, False])
        with self.assertRaisesRegex(UserError, "no exchange rate for EUR"):
            self._trade(
                self.partners[0], {"date": "2019-12-31", "amount": 1.0}, currency_id=euro.id
            )

    def test_ledger_start(self):
        """From the day the ledger starts, history is refused: it would count twice."""
        self.company.logistics_ledger_start = "2024-01-01"
        self._trade(self.partners[0], "2023-12-31")
        with self.assertRaisesRegex(ValidationError, "counted twice"):
            self._trade(self.partners[0], "2024-01-01")

    def test_identity_and_plausibility(self):
        """A line exists once, in a year that makes sense, with one sign."""
        row = {"date": "2024-01-01", "amount": 5.0, "document": "D", "line": "1"}
        self._trade(self.partners[0], row)
        self._trade(self.partners[1], row)
        for error, values in (
            (psycopg2.errors.UniqueViolation, {}),
            (psycopg2.errors.CheckViolation, {"line": "2", "date": "0024-01-01"}),
            (psycopg2.errors.CheckViolation, {"line": "3", "quantity": -1}),
        ):
            with mute_logger("odoo.sql_db"), self.assertRaises(error), self.env.cr.savepoint():
                self._trade(self.partners[0], row | values)
        self._trade(self.partners[0], row | {"line": "4", "amount": -5.0, "quantity": -1})

    def test_service_attributes(self):
        """A service is time x profession x area, each value of its own kind."""
        values = self.env["logistics.service.attribute"].create(
            [{"name": kind, "kind": kind} for kind in ("time", "profession", "area")]
        )
        service = self.env["logistics.service"].create(
            {
                "name": "Next morning, distribution, city",
                "code": "NM-D-C",
                "time_id": values[0].id,
                "profession_id": values[1].id,
                "area_id": values[2].id,
            }
        )
        with self.assertRaises(ValidationError):
            service.time_id = values[2]
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            self.env["logistics.service"].create({"name": "Twice", "code": "NM-D-C"})

    def test_companies_do_not_mix(self):
        """One customer's trade with two companies is told apart."""
        other = self._other_company()
        self._trade(self.partners[0], {"date": "2024-01-01", "amount": 5.0})
        self._trade(self.partners[0], {"date": "2024-01-01", "amount": 9.0}, company=other)
        partner_ids = self.partners[0].ids
        for company, amount in ((self.company, 5.0), (other, 9.0), (None, 14.0)):
            facts = self._facts(company=company, partner_ids=partner_ids)
            self.assertEqual(total(facts, "amount"), amount)
        self.assertFalse(self._facts(partner_ids=[]))
