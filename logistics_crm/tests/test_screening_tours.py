# Part of logistics_crm. License LGPL-3 or later.
from odoo.tests import HttpCase, tagged

from .screening_common import YEAR, ScreeningCase


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningTours(ScreeningCase, HttpCase):
    """The campaign as representative, manager and member of the board work with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine, cls.other, cls.gone = cls._partners("Tour Harbour", "Tour Mill", "Tour Gone")
        owes = {"due_date": cls._day(4, 1), "paid_date": False}
        cls._history(
            (cls.mine, cls._day(2, 1), 9000, {"cost": 5000}),
            (cls.mine, cls._day(2, 1, YEAR - 1), 9000),
            (cls.other, cls._day(3, 1), 500, {"cost": 400, **owes}),
            (
                cls.other,
                cls._day(3, 2),
                4500,
                {"cost": 4000, "due_date": cls._day(4, 1), "paid_date": cls._day(4, 1)},
            ),
            (cls.gone, cls._day(5, 5, YEAR - 1), 100),
        )
        cls.env["logistics.customer"]._refresh_figures(as_of=f"{YEAR}-12-31", company=cls.company)
        accounts = cls.env["logistics.customer"].search([("company_id", "=", cls.company.id)])
        cls.account = accounts.filtered(lambda a: a.partner_id == cls.mine)
        cls.account.user_id = cls.rep
        cls.screening = cls._screening(compute=False)

    def _open(self, record=None):
        record = record or self.screening
        path = {
            "logistics.screening": "logistics-screening",
            "logistics.screening.line": "logistics-screened-customers",
        }[record._name]
        return f"/odoo/{path}/{record.id}"

    def test_representative(self):
        """Sees what is missing, completes it, signs, and judges."""
        self.start_tour(self._open(), "logistics_screening_prepare_tour", login=self.rep.login)
        self.assertEqual(self.mine.phone, "+1 555 0100")
        self.start_tour(self._open(), "logistics_screening_sign_tour", login=self.rep.login)
        signature = self.screening.signature_ids
        self.assertEqual((signature.user_id, signature.step), (self.rep, "prepare"))
        self.screening.action_compute()
        line = self._line(self.screening, self.mine)
        self.start_tour(self._open(line), "logistics_screening_judge_tour", login=self.rep.login)
        judgement = line.judgement_ids
        self.assertEqual((judgement.user_id, judgement.future), (self.rep, "5"))
        self.assertIn("order book", judgement.evidence)
        self.assertEqual(line.judged_future, 1)

    def test_manager(self):
        """Tries a limit, decides everybody as proposed, sees the effects, closes."""
        self.screening.action_compute()
        self.start_tour(self._open(), "logistics_screening_manager_tour", login=self.manager.login)
        self.screening.invalidate_recordset()
        self.assertEqual(self.screening.state, "closed")
        self.assertEqual(self.screening.closed_by, self.manager)
        self.assertEqual(self.screening.threshold_overdue, 0.05, "trying saves nothing")
        line = self._line(self.screening, self.other)
        self.assertEqual((line.decision, line.decided_by), ("rectify", self.manager))
        order = self.env["logistics.rectification"].search([("line_id", "=", line.id)])
        self.assertEqual(order.state, "open")

    def test_board(self):
        """Signs the decisions; then reads the closed campaign: no button changes anything."""
        board = self._user("logistics_crm.group_board")
        self.screening.needs_board = True
        self.screening.action_compute()
        self.screening.line_ids.action_accept_proposal()
        self.screening.action_start_deciding()
        self.start_tour(self._open(), "logistics_screening_board_sign_tour", login=board.login)
        signature = self.screening.signature_ids
        self.assertEqual((signature.user_id, signature.step), (board, "board"))
        self.screening.action_close()
        for reader in (board, self.control):
            self.start_tour(self._open(), "logistics_screening_board_tour", login=reader.login)
