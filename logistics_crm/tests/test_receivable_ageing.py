# Part of logistics_crm. License LGPL-3 or later.
from datetime import date, timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import LogisticsLedgerCommon
from .receivable_reference import COLUMNS, column_of, ledger_balance, slow_ageing

START = date(2023, 3, 1)
MONEY = st.integers(min_value=100, max_value=500000).map(lambda cents: cents / 100)
DAYS = st.integers(0, 400)
WHICH = st.integers(0, 9)
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("invoice"), MONEY, DAYS, st.sampled_from([0, 0, 14, 30, 90, -10])),
        st.tuples(st.just("foreign"), MONEY, DAYS, st.just(30)),
        st.tuples(st.just("instalments"), MONEY, DAYS, st.just(0)),
        st.tuples(st.just("pay"), WHICH, DAYS, st.integers(1, 100)),
        st.tuples(st.just("pay_all"), WHICH, DAYS, st.just(100)),
        st.tuples(st.just("credit"), WHICH, DAYS, st.integers(1, 100)),
        st.tuples(st.just("loose"), MONEY, DAYS, st.just(0)),
        st.tuples(st.just("write_off"), WHICH, DAYS, st.integers(1, 90)),
        st.tuples(st.just("reopen"), WHICH, DAYS, st.just(0)),
        st.tuples(st.just("again"), WHICH, DAYS, st.just(0)),
        st.tuples(st.just("nobody"), MONEY, DAYS, st.just(0)),
    ),
    min_size=4,
    max_size=9,
)


@tagged("post_install", "-at_install")
class TestReceivableAgeing(LogisticsLedgerCommon):
    """Aged receivables against a slow computation, for any ledger and any day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["logistics.receivable.report"]
        cls.people = [cls._partner(f"Ager {number}") for number in range(3)]
        cls.people.append(
            cls.env["res.partner"].create({"name": "Branch", "parent_id": cls.people[0].id})
        )
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.expense = cls.company_data["default_account_expense"]

    # ------------------------------------------------------------ making ledgers
    def _entry(self, day, partner, amount, other=None):
        """A posted entry on the receivable account; negative amounts are credits."""
        entry = self.env["account.move"].create(
            {
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.receivable.id,
                            "partner_id": partner and partner.id,
                            "balance": amount,
                        }
                    ),
                    Command.create({"account_id": (other or self.expense).id, "balance": -amount}),
                ],
            }
        )
        entry.action_post()
        return entry

    def _owed(self, moves):
        return moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )

    def _do(self, made, name, value, offset, more):
        day = START + timedelta(days=offset)
        partner = self.people[(offset + len(made)) % len(self.people)]
        if name in ("invoice", "foreign"):
            values = {"currency_id": self.foreign} if name == "foreign" else {}
            made.append(self._invoice(partner, value, day, due=day + timedelta(more), **values))
        elif name == "instalments":
            made.append(
                self._invoice(partner, value, day, invoice_payment_term_id=self.pay_terms_b.id)
            )
        elif name == "loose":
            self.init_payment(value, post=True, date=day, partner=partner)
        elif name == "nobody":
            self._entry(day, None, value)
        elif made:
            invoice = made[value % len(made)]
            getattr(self, f"_do_{name}")(invoice, day, more)

    def _do_pay(self, invoice, day, percent):
        if amount := invoice.currency_id.round(invoice.amount_residual * percent / 100):
            self._pay(invoice, day, amount=amount, currency_id=invoice.currency_id.id)

    _do_pay_all = _do_pay

    def _do_credit(self, invoice, day, percent):
        """A credit note, allocated when something is left to allocate it to."""
        note = self._reverse_invoice(invoice, date=day)
        note.invoice_line_ids.price_unit *= percent / 100
        note.action_post()
        lines = self._owed(invoice | note)
        if len(lines.move_id) == 2:
            lines.reconcile()

    def _do_write_off(self, invoice, day, percent):
        if invoice.currency_id == self.company.currency_id and self._owed(invoice):
            amount = round(invoice.amount_residual * percent / 100, 2)
            if amount:
                (
                    self._owed(invoice) | self._owed(self._entry(day, invoice.partner_id, -amount))
                ).reconcile()

    def _do_reopen(self, invoice, _day, _more):
        invoice.line_ids.remove_move_reconcile()

    def _do_again(self, invoice, _day, _more):
        """Undo the allocation, then give what is loose of this customer to it again."""
        invoice.line_ids.remove_move_reconcile()
        loose = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.receivable.id),
                ("parent_state", "=", "posted"),
                ("balance", "<", 0),
                ("reconciled", "=", False),
                ("partner_id", "=", invoice.partner_id.commercial_partner_id.id),
            ],
            limit=1,
        )
        if loose:
            (self._owed(invoice) | loose).reconcile()

    # ------------------------------------------------------------ property
    def _compare(self, as_of):
        found = self.report._ageing(as_of, self.company)
        slow = slow_ageing(self.env, as_of, self.company)
        self.assertEqual({row["partner_id"] for row in found}, set(slow), as_of)
        for row in found:
            expected = slow[row["partner_id"]]
            for column in COLUMNS:
                self.assertAlmostEqual(row[column], expected[column], 2, (as_of, column))
            self.assertAlmostEqual(row["total"], sum(expected.values()), 2)
        self.assertAlmostEqual(
            sum(row["total"] for row in found), ledger_balance(self.env, as_of, self.company), 2
        )
        return found

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(operations=OPERATIONS, days=st.lists(st.integers(-5, 520), min_size=3, max_size=3))
    def test_any_ledger_on_any_day(self, operations, days):
        """Equal to the slow computation and to the ledger; a run says so in green."""
        with self.env.cr.savepoint() as savepoint:
            made = []
            for operation in operations:
                self._do(made, *operation)
            for days_after in days:
                self._compare(START + timedelta(days=days_after))
            run = self._run(START + timedelta(days=days[0]))
            self.assertTrue(run.reconciled, run.difference_ids.mapped("difference"))
            found = self.report._ageing(run.as_of, self.company)
            self.assertAlmostEqual(run.total, sum(row["total"] for row in found), 2)
            savepoint.rollback()
        self.env.invalidate_all()

    def _run(self, as_of, **values):
        run = self.report.create({"as_of": as_of, "company_id": self.company.id, **values})
        run.action_run()
        return run

    # ------------------------------------------------------------ boundaries
    def test_table_of_boundaries(self):
        """Item by item: (due, as of) -> days and column; over a hundred cases."""
        customer = self.people[1]
        dues = [
            date(2023, 12, 31),
            date(2024, 1, 31),
            date(2024, 2, 28),
            date(2024, 2, 29),  # leap day
            date(2024, 3, 1),
            date(2023, 3, 31),
        ]
        offsets = (-366, -31, -1, 0, 1, 2, 29, 30, 31, 59, 60, 61, 89, 90, 91, 119, 120, 121, 365)
        for due in dues:
            self._invoice(customer, 100, min(due, date(2023, 1, 1)), due=due)
        cases = 0
        for due in dues:
            for offset in offsets:
                as_of = due + timedelta(days=offset)
                if as_of < date(2023, 1, 1):
                    continue
                items = self.env.execute_query_dict(self._one_due_sql(as_of, due))
                self.assertEqual(len(items), 1)
                expected = dict.fromkeys(COLUMNS, 0.0)
                for other in dues:
                    expected[column_of((as_of - other).days)] += 100.0
                (row,) = [
                    row
                    for row in self.report._ageing(as_of, self.company)
                    if row["partner_id"] == customer.id
                ]
                self.assertEqual({c: row[c] for c in COLUMNS}, expected, (due, as_of))
                cases += 1
        self.assertGreaterEqual(cases, 100)

    def _one_due_sql(self, as_of, due):
        items = self.env["logistics.settlement.facts"]._ledger_items_sql(as_of, self.company)
        return SQL("SELECT * FROM %s AS i WHERE i.due_date = %s", items, due)

    def test_columns_literally(self):
        """The same boundaries as a reader would write them down."""
        customer = self.people[2]
        self._invoice(customer, 100, "2024-01-01", due="2024-01-31")
        for as_of, column in (
            ("2024-01-01", "not_due"),
            ("2024-01-30", "not_due"),
            ("2024-01-31", "not_due"),  # due today is not overdue
            ("2024-02-01", "b1_30"),
            ("2024-02-29", "b1_30"),
            ("2024-03-01", "b1_30"),  # day 30, thanks to the leap day
            ("2024-03-02", "b31_60"),
            ("2024-03-31", "b31_60"),
            ("2024-04-01", "b61_90"),
            ("2024-04-30", "b61_90"),
            ("2024-05-01", "b91_120"),
            ("2024-05-30", "b91_120"),
            ("2024-05-31", "b120_plus"),
            ("2026-01-01", "b120_plus"),
        ):
            (row,) = self.report._ageing(as_of, self.company)
            self.assertEqual([name for name in COLUMNS if row[name]], [column], f"as of {as_of}")
        self.assertEqual(self.report._ageing("2023-12-31", self.company), [])

    def test_payment_before_invoice(self):
        """A deposit is unallocated until the invoice's own date, then both are gone."""
        customer = self.people[1]
        payment = self.init_payment(80, post=True, date="2024-01-05", partner=customer)
        invoice = self._invoice(customer, 100, "2024-02-10", due="2024-03-10")
        (self._owed(invoice) | self._owed(payment.move_id)).reconcile()
        for as_of, expected in (
            ("2024-01-04", None),
            ("2024-01-05", {"unallocated": -80.0}),
            ("2024-02-09", {"unallocated": -80.0}),
            ("2024-02-10", {"not_due": 20.0}),
            ("2024-03-11", {"b1_30": 20.0}),
        ):
            rows = self.report._ageing(as_of, self.company)
            found = {c: rows[0][c] for c in COLUMNS if rows[0][c]} if rows else None
            self.assertEqual(found, expected, as_of)

    def test_today_is_the_users_day(self):
        """Late in the evening of UTC it is tomorrow in Shanghai: the run may say so there."""
        user = self._user("controller", tz="Asia/Shanghai")
        other = self._user("controller", tz="America/New_York")
        with freeze_time("2024-06-30 22:00:00"):
            for person, day in ((user, "2024-07-01"), (other, "2024-06-30")):
                report = self.report.with_user(person).with_context(tz=person.tz)
                report._ageing(day, self.company)
            with self.assertRaisesRegex(UserError, "lies in the future"):
                self.report.with_user(other).with_context(tz=other.tz)._ageing(
                    "2024-07-01", self.company
                )

    # ------------------------------------------------------------ runs
    def test_difference_is_named(self):
        """Items and ledger apart: the run is red and names account, customer and amount."""
        customer = self.people[0]
        invoice = self._invoice(customer, 100, "2024-01-01")
        self._pay(invoice, "2024-01-10", amount=40)
        # A reconciliation of which only one side belongs to the receivables of this company.
        strange = self._entry("2024-01-05", customer, 25)
        side = strange.line_ids.filtered(lambda line: line.account_id == self.expense)
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, amount,"
            " debit_amount_currency, credit_amount_currency, max_date, company_id)"
            " VALUES (%s, %s, 25, 25, 25, '2024-01-05', %s)",
            (self._owed(strange).id, side.id, self.company.id),
        )
        run = self._run("2024-01-31")
        self.assertFalse(run.reconciled)
        self.assertEqual((run.total, run.ledger_balance, run.difference), (60.0, 85.0, -25.0))
        self.assertRecordValues(
            run.difference_ids,
            [
                {
                    "account_id": self.receivable.id,
                    "partner_id": customer.id,
                    "ledger_balance": 85.0,
                    "ageing_total": 60.0,
                    "difference": -25.0,
                }
            ],
        )

    def test_difference_between_customers_is_red_too(self):
        """Two errors that cancel out in the sum are still errors."""
        first, second = self.people[0], self.people[1]
        entries = [self._entry("2024-01-05", partner, 25) for partner in (first, second)]
        for entry, sign in zip(entries, (1, -1), strict=True):
            side = entry.line_ids.filtered(lambda line: line.account_id == self.expense)
            self.env.flush_all()
            self.env.cr.execute(
                "INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, amount,"
                " max_date, company_id) VALUES (%s, %s, %s, '2024-01-05', %s)",
                (self._owed(entry).id, side.id, 10 * sign, self.company.id),
            )
        run = self._run("2024-01-31")
        self.assertEqual(run.difference, 0.0)
        self.assertFalse(run.reconciled)
        self.assertEqual(sorted(run.difference_ids.mapped("difference")), [-10.0, 10.0])

    def test_run_by_document_date_and_other_buckets(self):
        """The yearly set: ages since the document, expected loss from its rates."""
        customer = self.people[1]
        self._account(customer)
        for day, amount in (("2020-06-30", 100), ("2022-12-31", 200), ("2023-12-31", 400)):
            self._invoice(customer, amount, day, due="2024-12-31")
        self.init_payment(50, post=True, date="2023-12-31", partner=customer)
        years = self.env.ref("logistics_crm.ageing_bucket_set_years")
        run = self._run("2023-12-31", bucket_set_id=years.id, basis="document")
        totals = [(t.name, t.amount, t.expected_loss) for t in run.total_ids]
        self.assertEqual(
            totals,
            [
                ("Up to 1 Year", 600.0, 30.0),
                ("1-2 Years", 0.0, 0.0),
                ("2-3 Years", 0.0, 0.0),
                ("3-4 Years", 100.0, 50.0),
                ("4-5 Years", 0.0, 0.0),
                ("Over 5 Years", 0.0, 0.0),
                ("Unallocated", -50.0, False),
            ],
        )
        self.assertEqual((run.overdue, run.unallocated, run.reconciled), (0.0, -50.0, True))
        self.assertEqual(run.line_ids.customer_id.partner_id, customer)
        self.assertEqual(run.line_ids[0].document_date, date(2020, 6, 30))

    def test_run_stays_what_it_was(self):
        """Later bookings change neither lines nor totals, and nobody types another day in."""
        invoice = self._invoice(self.people[1], 100, "2024-01-01")
        run = self._run("2024-01-31")
        self._pay(invoice, "2024-01-20")
        self.assertEqual((run.total, len(run.line_ids)), (100.0, 1))
        with self.assertRaisesRegex(UserError, "Make a new one"):
            run.as_of = "2024-01-30"
        with self.assertRaisesRegex(UserError, "computed already"):
            run.action_run()
        self.assertEqual(self._run("2024-01-31").total, 0.0)

    def test_foreign_currency_of_an_item(self):
        """What is left of a foreign invoice is known in both currencies."""
        invoice = self._invoice(self.people[1], 1000, "2023-06-01", currency_id=self.foreign)
        self._pay(invoice, "2023-07-01", amount=400, currency_id=self.foreign.id)
        run = self._run("2023-07-31")
        self.assertEqual(run.line_ids.document_currency_id, self.foreign)
        self.assertEqual(run.line_ids.open_amount_currency, 600.0)
        self.assertEqual(run.line_ids.open_amount, 300.0)

    def test_history_stands_beside_the_ledger(self):
        """Open documents from before go-live are listed with their source, and not added."""
        customer = self.people[2]
        self._trade(customer, {"date": "2022-01-01", "due_date": "2022-02-01", "amount": 70.0})
        self._trade(
            customer,
            {"date": "2022-01-02", "due_date": "2022-02-02", "amount": False, "quantity": 1},
        )
        self._invoice(customer, 100, "2024-01-01")
        run = self._run("2024-01-31")
        self.assertTrue(run.reconciled)
        self.assertEqual((run.total, run.history_total, run.history_unknown), (100.0, 70.0, 1))
        self.assertEqual(sorted(run.line_ids.mapped("source")), ["history", "history", "ledger"])
        (row,) = self.report._ageing("2024-01-31", self.company)
        self.assertEqual(row["total"], 100.0)
        self.company.logistics_ledger_start = "2023-01-01"
        self.assertEqual(self._run("2024-01-31").history_total, 0.0)

    def test_one_customer(self):
        first, second = self.people[1], self.people[2]
        account = self._account(first)
        self._invoice(first, 100, "2024-01-01")
        self._invoice(second, 50, "2024-01-01")
        run = self._run("2024-01-31", customer_id=account.id)
        self.assertEqual((run.total, run.ledger_balance, run.reconciled), (100.0, 100.0, True))

    def test_number_of_queries_does_not_grow(self):
        """Storing a run takes as many statements for fifteen items as for two."""

        def queries(as_of):
            run = self.report.create({"as_of": as_of, "company_id": self.company.id})
            run.flush_recordset()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            run._compute_run()
            run.flush_recordset()
            return self.env.cr.sql_log_count - before

        for partner in self.people[:2]:
            self._invoice(partner, 10, "2024-01-01")
        queries("2024-01-31")
        few = queries("2024-01-31")
        for number in range(13):
            self._invoice(self._partner(), 10 + number, "2024-01-01")
        self.assertLessEqual(queries("2024-01-31"), few)
