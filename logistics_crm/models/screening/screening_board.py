# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class LogisticsScreening(models.Model):
    """The board reads the campaign and signs the decisions before it is closed."""

    _inherit = "logistics.screening"

    needs_board = fields.Boolean(
        string="The Board Signs",
        tracking=True,
        help="Closing waits until somebody of the board has signed the decisions as they stand.",
    )

    @api.model
    def _open_fields(self):
        return super()._open_fields() | {"needs_board"}

    def _decision_print(self):
        """A short text that differs when a decision, its date or its conditions differ."""
        self.ensure_one()
        self.env.flush_all()
        [(found,)] = self.env.execute_query(
            SQL(
                """
                SELECT md5(COALESCE(string_agg(concat_ws('/', id, decision, rectify_until,
                                                         rectify_condition, target_revenue),
                                               ',' ORDER BY id), ''))
                  FROM logistics_screening_line
                 WHERE screening_id = %s AND folded IS NOT TRUE AND decision IS NOT NULL
                """,
                self.id,
            )
        )
        return found

    def action_sign_board(self):
        """Sign the decisions as they stand, as somebody of the board; again renews it.

        :raise AccessError: for others than the board
        :raise UserError: before deciding, or while customers are not decided
        """
        self.ensure_one()
        if not self.env.user.has_group("logistics_crm.group_board"):
            raise AccessError(self.env._("Only the board signs here."))
        self.check_access("read")
        if self.step != "decide":
            raise UserError(self.env._("There is nothing to sign in this step."))
        self._hold_open()
        if self.decided_count < self.line_count:
            raise UserError(
                self.env._(
                    "%(count)s customers are not decided yet: the board signs all decisions.",
                    count=self.line_count - self.decided_count,
                )
            )
        self._keep_signature(
            "board",
            {
                "customer_count": self.line_count,
                "decided_count": self.decided_count,
                "decision_print": self._decision_print(),
            },
        )
        return True

    def action_close(self):
        for screening in self:
            screening._check_board()
        return super().action_close()

    def _check_board(self):
        """:raise UserError: when the board has not signed the decisions as they are now."""
        if not self.needs_board or self.state != "computed":
            return
        signed = self.sudo().signature_ids.filtered(lambda s: s.step == "board")
        if not signed:
            raise UserError(
                self.env._("%s waits for the signature of the board.", self.display_name)
            )
        if self._decision_print() not in signed.mapped("decision_print"):
            raise UserError(
                self.env._(
                    "Decisions of %s changed after the board signed: let it sign again.",
                    self.display_name,
                )
            )
