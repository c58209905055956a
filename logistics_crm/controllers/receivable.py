# Part of logistics_crm. License LGPL-3 or later.
from odoo.http import Controller, request, route

from .workbook import send_workbook


class ReceivableController(Controller):
    @route(
        "/logistics_crm/receivables/<int:run_id>/workbook",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def workbook(self, run_id):
        """Send a run of aged receivables as xlsx; who may have it is decided by the model."""
        return send_workbook(request.env["logistics.receivable.report"].browse(run_id))
