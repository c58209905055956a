# Part of logistics_crm. License LGPL-3 or later.
from odoo.http import Controller, request, route

from .workbook import send_workbook


class ScreeningController(Controller):
    @route(
        "/logistics_crm/screening/<int:screening_id>/workbook",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def workbook(self, screening_id):
        """Send a screening as xlsx; who may have it is decided by the model."""
        return send_workbook(request.env["logistics.screening"].browse(screening_id))
