# Part of logistics_crm. License LGPL-3 or later.
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .screening_common import YEAR, ScreeningCase


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningBoard(ScreeningCase):
    """Who is of the board reads the whole screening and signs it, and has no other right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.board = cls._user("logistics_crm.group_board")
        cls.one, cls.two = cls._partners("Board One", "Board Two")
        cls._history(
            (cls.one, cls._day(2, 1), 9000, {"cost": 5000}),
            (cls.two, cls._day(3, 1), 500, {"cost": 400}),
        )
        cls.screening = cls._screening()
        cls.line = cls.screening.line_ids.filtered(lambda line: line.partner_id == cls.one)
        cls.line.customer_id.user_id = cls.rep

    def test_reads_everything_of_it(self):
        """All customers with all figures, the months, the papers, the workbook."""
        screening = self.screening.with_user(self.board)
        lines = screening.line_ids
        self.assertEqual(len(lines), 2)
        self.assertEqual(sum(lines.mapped("gross_margin")), 4100)
        self.assertEqual(sum(lines.mapped("month_ids.amount")), 9500)
        self.assertEqual(screening.revenue, 9500)
        self.assertTrue(screening._board_values()["proposals"])
        self.assertTrue(screening.action_download_workbook()["url"])
        for model in ("logistics.screening", "logistics.screening.line"):
            views = [(False, kind) for kind in ("list", "form", "search")]
            loaded = self.env[model].with_user(self.board).get_views(views)
            self.assertTrue(loaded["views"])
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.board)
            ._render_qweb_html("logistics_crm.screening_sheet_document", lines.ids)
        )
        self.assertIn("Board One", html.decode())

    def test_has_no_other_right(self):
        """No customer account, ledger, order or history; nothing of a screening is written."""
        for model in (
            "logistics.customer",
            "logistics.trading.history",
            "logistics.trading.report",
            "logistics.concession",
            "account.move",
            "sale.order",
        ):
            self.assertFalse(self.env[model].with_user(self.board).has_access("read"), model)
        for model in self.env.registry:
            if not model.startswith(("logistics.screening", "logistics.rect", "logistics.inq")):
                continue
            if self.env[model]._abstract:
                continue
            for operation in ("write", "create", "unlink"):
                rights = self.env[model].with_user(self.board)
                self.assertFalse(rights.has_access(operation), f"{operation} {model}")
        for act in (
            lambda s: s.action_compute(),
            lambda s: s.action_close(),
            lambda s: s.write({"note": "x"}),
            lambda s: s.line_ids.action_accept_proposal(),
            lambda s: s.line_ids.write({"decision": "keep"}),
        ):
            with self.assertRaises(AccessError):
                act(self.screening.with_user(self.board))

    def test_other_companies(self):
        """The board of one company reads nothing of another."""
        other = self.env["res.company"].create({"name": "Other Board"})
        stranger = self._user("logistics_crm.group_board", other)
        there = self.env(user=stranger.id, context={"allowed_company_ids": other.ids})
        for model in ("logistics.screening", "logistics.screening.line"):
            self.assertFalse(there[model].search([]), model)
            with self.assertRaises(AccessError):
                there[model].browse(self.env[model].search([], limit=1).id).read(["company_id"])

    def test_second_signature_of_the_board(self):
        """The board may give the second signature; a controller may not."""
        self.screening.countersign_revenue = 5000
        lines = self.screening.line_ids.with_user(self.manager)
        lines.action_accept_proposal()
        with self.assertRaisesRegex(UserError, "second signature"):
            self.screening.with_user(self.manager).action_close()
        with self.assertRaises(AccessError):
            self.line.with_user(self.control).action_countersign()
        self.line.with_user(self.board).action_countersign()
        self.assertEqual(self.line.countersigned_by, self.board)
        self.screening.with_user(self.manager).action_close()

    def test_closing_waits_for_the_board(self):
        """All decisions are signed as they stand; one that changes is signed again."""
        screening = self.screening.with_user(self.manager)
        screening.needs_board = True
        signing = self.screening.with_user(self.board)
        with self.assertRaisesRegex(UserError, "nothing to sign"):
            signing.action_sign_board()
        screening.action_start_deciding()
        with self.assertRaisesRegex(UserError, "2 customers are not decided"):
            signing.action_sign_board()
        screening.line_ids.action_accept_proposal()
        with self.assertRaisesRegex(UserError, "waits for the signature"):
            screening.action_close()
        with self.assertRaises(AccessError):
            screening.action_sign_board()
        signing.action_sign_board()
        [signature] = self.screening.signature_ids
        self.assertEqual(
            (signature.step, signature.user_id, signature.decided_count), ("board", self.board, 2)
        )
        other = "develop" if self.line.decision != "develop" else "maintain"
        self.line.with_user(self.manager).write({"decision": other, "decision_reason": "New site"})
        with self.assertRaisesRegex(UserError, "sign again"):
            screening.action_close()
        signing.action_sign_board()
        self.assertEqual(len(self.screening.signature_ids), 1, "the signature is renewed")
        screening.action_close()
        self.assertEqual(self.screening.state, "closed")

    def test_nobody_is_asked_by_default(self):
        """Without the switch a campaign closes as before."""
        self.assertFalse(self.screening.needs_board)
        self.screening.line_ids.action_accept_proposal()
        self.screening.with_user(self.manager).action_close()
        self.assertEqual((self.screening.state, self.screening.year), ("closed", YEAR))
