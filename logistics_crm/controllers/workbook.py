# Part of logistics_crm. License LGPL-3 or later.
import tempfile

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import FileWrapper

from odoo.http import Response, content_disposition

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_workbook(record):
    """Respond with a record's workbook; who may have it is decided by the record's model.

    :param record: answers ``_workbook_write(file)`` and ``_workbook_name()``; may be gone
    :raise NotFound: when the record does not exist
    """
    record = record.exists()
    if not record:
        raise NotFound
    # on disk, not in memory: a large company's workbook has a hundred megabytes
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        record._workbook_write(file)
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
            ("Content-Disposition", content_disposition(record._workbook_name())),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ],
        direct_passthrough=True,
    )
