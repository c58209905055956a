# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import LogisticsLedgerCommon


@tagged("post_install", "-at_install")
class TestReceivableTours(LogisticsLedgerCommon, HttpCase):
    """The accountant's way through the receivables, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.controller = cls._user("controller", login="tour_accountant")
        cls.debtor = cls._partner("Tour Debtor")
        cls._account(cls.debtor)
        today = fields.Date.context_today(cls.debtor)
        cls.old = today - timedelta(days=45)
        cls._invoice(cls.debtor, 250, cls.old, due=cls.old)
        cls._invoice(cls.debtor, 100, today, due=today)
        cls.start = "/odoo/action-logistics_crm."

    def test_green(self):
        self.start_tour(
            f"{self.start}action_receivable_report_new",
            "logistics_receivable_green_tour",
            login="tour_accountant",
        )
        run = self.env["logistics.receivable.report"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.assertEqual(run.create_uid, self.controller)
        self.assertTrue(run.reconciled)
        self.assertEqual(run.overdue, 250.0)

    def test_red(self):
        entry = self.env["account.move.line"].search(
            [("partner_id", "=", self.debtor.id), ("account_type", "=", "asset_receivable")],
            limit=1,
        )
        side = entry.move_id.line_ids - entry
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, amount,"
            " debit_amount_currency, credit_amount_currency, max_date, company_id)"
            " VALUES (%s, %s, 25, 25, 25, %s, %s)",
            (entry.id, side[:1].id, self.old, self.company.id),
        )
        run = self.env["logistics.receivable.report"].create({"company_id": self.company.id})
        run.action_run()
        self.start_tour(
            f"/odoo/aged-receivables/{run.id}",
            "logistics_receivable_red_tour",
            login="tour_accountant",
        )

    def test_figures(self):
        self.start_tour(
            "/odoo/receivable-figures",
            "logistics_receivable_figures_tour",
            login="tour_accountant",
        )
        rows = self.env["logistics.receivable.kpi"].search([("company_id", "=", self.company.id)])
        self.assertIn(350.0, rows.mapped("receivable"))
