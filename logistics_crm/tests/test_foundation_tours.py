# Part of logistics_crm. License LGPL-3 or later.
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestFoundationTours(HttpCase):
    """A manager imports years of trading and screens one, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            login="tour_manager",
            groups="logistics_crm.group_manager,base.group_allow_export",
        )
        cls.company = cls.env.company
        cls.company.currency_id = cls.env.ref("base.USD")

    def _start(self, action, tour):
        self.start_tour(f"/odoo/action-logistics_crm.{action}", tour, login="tour_manager")

    def _history(self):
        return self.env["logistics.trading.history"].search([("document", "=like", "D_")])

    def test_refused_file_imports_nothing(self):
        """A file with one bad row says which and why, and leaves nothing behind."""
        before = self._history()
        self._start("action_trading_history_import", "logistics_import_refused_tour")
        self.assertEqual(self._history(), before)

    def test_import_screen_sort_group_export(self):
        """The file's figures are those of the screen and of the database."""
        self._start("action_trading_history_import", "logistics_import_tour")
        self.assertEqual(sum(self._history().mapped("amount")), 4120)
        self._start("action_screening", "logistics_screening_tour")
        campaign = self.env["logistics.screening"].search([("year", "=", 2014)])
        self.assertEqual(campaign.company_id, self.company)
        figures = {
            line.customer_name: (line.revenue, line.gross_margin, line.late_count)
            for line in campaign.line_ids
        }
        self.assertEqual(figures["Tour Big"], (4000, 1200, 1))
        self.assertEqual(figures["Tour Small"], (50, False, 0))
