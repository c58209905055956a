# Part of logistics_crm. License LGPL-3 or later.
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LogisticsLedgerCommon
from .receivable_reference import ledger_balance, slow_ageing


@tagged("post_install", "-at_install")
class TestReceivableKpi(LogisticsLedgerCommon):
    """Key figures by hand, month ends stored and compared, locked periods."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kpis = cls.env["logistics.receivable.kpi"]
        cls.snapshots = cls.env["logistics.ageing.snapshot"]
        cls.customer = cls._partner("Measured")
        cls.account = cls._account(cls.customer)

    def _ledger(self):
        """March 2024: 100 due Feb 10 half paid late, 300 due Mar 10 paid on time, 600 not due."""
        first = self._invoice(self.customer, 100, "2024-01-10", due="2024-02-10")
        second = self._invoice(self.customer, 300, "2024-02-10", due="2024-03-10")
        self._invoice(self.customer, 600, "2024-03-15", due="2024-04-15")
        self._pay(first, "2024-03-01", amount=50)
        self._pay(second, "2024-03-05")

    def test_figures_by_hand(self):
        self._ledger()
        row = self.kpis._store_month(self.company, "2024-03-20")
        self.assertEqual((row.month, row.as_of), (date(2024, 3, 1), date(2024, 3, 31)))
        self.assertEqual(
            (row.receivable, row.owed, row.overdue, row.unallocated), (650, 650, 50, 0)
        )
        self.assertEqual((row.credit_sales, row.credit_sales_window), (600, 1000))
        self.assertEqual(row.window_days, 91)
        self.assertAlmostEqual(row.dso, 650 / 1000 * 91, delta=0.051)
        self.assertAlmostEqual(row.dso_best, 600 / 1000 * 91, delta=0.051)
        self.assertAlmostEqual(row.days_delinquent, 50 / 1000 * 91, delta=0.051)
        # March took 600 of the 650, the remaining 50 are a sixth of February's 300.
        self.assertAlmostEqual(row.dso_countback, 31 + 29 * 50 / 300, delta=0.051)
        # 50 paid 20 days late, 300 paid early.
        self.assertAlmostEqual(row.days_late, 50 * 20 / 350, delta=0.051)
        # Begin 400, sales 600, end 650 of which 600 are not overdue.
        self.assertAlmostEqual(row.collection_index, (1000 - 650) / (1000 - 600), 4)
        self.assertAlmostEqual(row.overdue_share, 50 / 650, 4)
        self.assertEqual(row.on_time_rate, 1.0, "only the second fell due in March")
        self.assertIs(row.turnover, False, "the ledger is younger than twelve months")
        self.assertIs(row.promise_kept_rate, False, "nobody promised anything")
        # On Feb 29: 300 not due (paid since), 100 overdue 19 days (50 open, 50 days overdue).
        self.assertEqual((row.roll_0, row.roll_30, row.roll_60), (0.0, 0.5, False))
        self.assertIs(row.cost_of_credit, False, "the cost of capital is not set")
        self.assertIs(row.expected_loss, False, "no step beyond sixty days is known")
        february = self.kpis._store_month(self.company, "2024-02-01")
        self.assertEqual((february.receivable, february.on_time_rate), (400, 0.0))

    def test_cost_of_credit(self):
        """Day by day: 100 from the 11th, 40 less from the 21st, at 36.5 % a year."""
        self.company.logistics_capital_rate = 36.5
        invoice = self._invoice(self.customer, 100, "2024-01-11")
        self._pay(invoice, "2024-01-21", amount=40)
        row = self.kpis._store_month(self.company, "2024-01-01")
        self.assertAlmostEqual(row.cost_of_credit, (100 * 10 + 60 * 11) * 0.365 / 365, 2)
        again = self.kpis._store_month(self.company, "2024-02-01")
        self.assertAlmostEqual(again.cost_of_credit, 60 * 29 * 0.365 / 365, 2)

    def test_nothing_known(self):
        """An empty ledger: amounts are zero, rates unknown."""
        row = self.kpis._store_month(self.company, "2024-01-01")
        self.assertEqual((row.receivable, row.credit_sales), (0, 0))
        for name in ("dso", "dso_best", "days_late", "on_time_rate", "overdue_share", "roll_0"):
            self.assertIs(row[name], False, name)

    def test_expected_loss_by_rates(self):
        """When every bucket has a rate, those count, and the row says so."""
        self._ledger()
        rates = (1, 2, 5, 10, 20, 50)
        bucket_set = self.env.ref("logistics_crm.ageing_bucket_set_default")
        for bucket, rate in zip(bucket_set.bucket_ids.sorted("sort_from"), rates, strict=True):
            bucket.loss_rate = rate
        row = self.kpis._store_month(self.company, "2024-03-01")
        self.assertEqual(row.expected_loss_source, "rates")
        self.assertAlmostEqual(row.expected_loss, 600 * 0.01 + 50 * 0.05, 2)

    def test_turnover_of_a_full_year(self):
        for month in range(1, 13):
            self._invoice(self.customer, 100, f"2023-{month:02}-15", due=f"2023-{month:02}-28")
        row = self.kpis._store_month(self.company, "2023-12-01")
        self.assertIs(row.turnover, False, "the first month began before the ledger did")
        self._invoice(self.customer, 100, "2022-12-31")
        row = self.kpis._store_month(self.company, "2023-12-01")
        self.assertAlmostEqual(row.turnover, 1200 / (sum(range(200, 1400, 100)) / 12), 2)

    def test_months_by_job(self):
        """The job fills what is missing, once, and leaves complete months alone."""
        self._ledger()
        with freeze_time("2024-04-10"), self.enter_registry_test_mode():
            self.env.ref("logistics_crm.cron_receivable_kpi").method_direct_trigger()
            rows = self.kpis.search([("company_id", "=", self.company.id)])
            self.assertEqual(len(rows), 4)
            self.assertEqual(max(rows.mapped("as_of")), date(2024, 4, 10))

    # ------------------------------------------------------------ month ends
    def test_snapshot_compared(self):
        """Stored, then booked back: the comparison names the customers that moved."""
        self._ledger()
        other = self._partner("Quiet")
        self._invoice(other, 10, "2024-03-01")
        day = date(2024, 3, 31)
        snapshot = self.snapshots._store(self.company, day)
        self.assertAlmostEqual(snapshot.total, ledger_balance(self.env, day, self.company))
        self.assertEqual(snapshot.total, snapshot.ledger_balance)
        slow = slow_ageing(self.env, day, self.company)
        for line in snapshot.line_ids:
            self.assertAlmostEqual(line.total, sum(slow[line.partner_id.id].values()), 2)
        snapshot.action_compare()
        self.assertEqual((snapshot.changed_count, snapshot.difference), (0, 0.0))
        newcomer = self._partner("Back-Dated")
        self._invoice(newcomer, 70, "2024-03-30")
        self._pay(self._invoice(self.customer, 5, "2024-03-30"), "2024-03-31", amount=2)
        snapshot.action_compare()
        self.assertEqual((snapshot.changed_count, snapshot.difference), (2, 73.0))
        changed = snapshot.line_ids.filtered("changed")
        self.assertEqual(
            {line.partner_id: line.difference for line in changed},
            {self.customer: 3.0, newcomer: 70.0},
        )
        self.assertEqual(snapshot.total, 660.0, "what was stored stays")

    def test_locked_period(self):
        """Once stored and locked, the official figures stay; clear words say so."""
        self._ledger()
        snapshot = self.snapshots._store(self.company, date(2024, 3, 31))
        self.kpis._store_month(self.company, "2024-03-01")
        self.company.fiscalyear_lock_date = "2024-03-31"
        for refused in (
            snapshot.action_store_again,
            snapshot.unlink,
            lambda: self.kpis._store_month(self.company, "2024-03-01"),
        ):
            with self.assertRaisesRegex(UserError, "locked until 2024-03-31"):
                refused()
        snapshot.action_compare()
        self.snapshots._store(self.company, date(2024, 2, 29))  # locked, but stored first now
        self.kpis._store_month(self.company, "2024-04-01")

    def test_future_and_rights(self):
        tomorrow = date.today() + timedelta(days=40)
        with self.assertRaisesRegex(UserError, "future"):
            self.snapshots._store(self.company, tomorrow)
        with self.assertRaisesRegex(UserError, "future"):
            self.kpis._store_month(self.company, tomorrow)
        for model in (
            "logistics.receivable.kpi",
            "logistics.ageing.snapshot",
            "logistics.ageing.snapshot.line",
        ):
            for role in ("seller", "seller_all", "internal", "portal"):
                self.assertFalse(self.env[model].with_user(self._user(role)).has_access("read"))
            controller = self.env[model].with_user(self._user("controller"))
            self.assertTrue(controller.has_access("read"))
            self.assertFalse(controller.has_access("write"))
        with self.assertRaises(AccessError):
            self.kpis.with_user(self._user("seller_all")).action_fill()
