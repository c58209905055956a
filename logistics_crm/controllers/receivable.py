# Part of logistics_crm. License LGPL-3 or later.
import tempfile

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import FileWrapper

from odoo.http import Controller, Response, content_disposition, request, route

from .screening import XLSX


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
        run = request.env["logistics.receivable.report"].browse(run_id).exists()
        if not run:
            raise NotFound
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        try:
            run._workbook_write(file)
        except BaseException:
            file.close()
            raise
        size = file.tell()
        file.seek(0)
        return Response(
            FileWrapper(file, 1 << 16),
            headers=[
                ("Content-Type", XLSX),
                ("Content-Length", size),
                ("Content-Disposition", content_disposition(run._workbook_name())),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
            direct_passthrough=True,
        )
