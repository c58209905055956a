# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...report.screening_workbook import ScreeningWorkbook
from .screening import LEDGER_GROUPS


class LogisticsScreening(models.Model):
    """The screening as a spreadsheet workbook, to take along into the meeting."""

    _inherit = "logistics.screening"

    @api.model
    def _workbook_allowed(self):
        """Whether the reader may take the whole screening away: managers, controllers, board."""
        return self.env.su or self.env.user.has_groups(LEDGER_GROUPS)

    def _check_workbook_access(self):
        """:raise AccessError: unless the reader may read the campaign and take it away."""
        if not self._workbook_allowed():
            raise AccessError(
                self.env._(
                    "Only managers and credit controllers download the screening. Ask your "
                    "manager for an extract."
                )
            )
        self.check_access("read")

    def _workbook_name(self):
        """File name of the workbook, without a path."""
        self.ensure_one()
        return f"screening-{self._period_code()}.xlsx"

    def _workbook_write(self, path_or_fileobj):
        """Write the screening as an xlsx workbook in the reader's language.

        Frozen lines of the campaign, as far as the reader's rules and field groups let him see
        them, in the company's currency. What is unknown is an empty cell, never zero. Memory does
        not grow with the number of customers.

        :param path_or_fileobj: path of the file, or a binary file opened for writing
        :raise AccessError: unless the reader is a manager, credit controller or of the board
        :raise UserError: when the campaign has not been computed, or has more customers than a
            worksheet has rows
        """
        self.ensure_one()
        self._check_workbook_access()
        if self.state == "draft":
            raise UserError(
                self.env._("%s has no figures yet: compute it first.", self.display_name)
            )
        self.env.flush_all()
        ScreeningWorkbook(self).write_out(path_or_fileobj)

    def action_download_workbook(self):
        """Download the screening as a workbook."""
        self.ensure_one()
        self._check_workbook_access()
        return {
            "type": "ir.actions.act_url",
            "url": f"/logistics_crm/screening/{self.id}/workbook",
            "target": "download",
        }
