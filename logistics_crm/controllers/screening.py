# Part of logistics_crm. License LGPL-3 or later.
import tempfile

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import FileWrapper

from odoo.http import Controller, Response, content_disposition, request, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
        screening = request.env["logistics.screening"].browse(screening_id).exists()
        if not screening:
            raise NotFound
        # on disk, not in memory: a large company's workbook has a hundred megabytes
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        try:
            screening._workbook_write(file)
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
                ("Content-Disposition", content_disposition(screening._workbook_name())),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
            direct_passthrough=True,
        )
