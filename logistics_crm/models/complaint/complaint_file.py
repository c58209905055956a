# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

# What customers may send: extension -> what the content must look like. Everything a browser
# would run (HTML, SVG, scripts) or that hides other files (archives) is left out.
_ZIP = "application/zip"
_OLD = {"application/msword", "application/vnd.ms-excel", "application/x-ole-storage"}
_TEXT = {"text/plain", "text/csv", "application/csv", "application/octet-stream"}
FILE_TYPES = {
    "png": {"image/png"},
    "jpg": {"image/jpeg"},
    "jpeg": {"image/jpeg"},
    "gif": {"image/gif"},
    "webp": {"image/webp", "application/octet-stream"},
    "pdf": {"application/pdf"},
    "txt": _TEXT,
    "csv": _TEXT,
    "docx": {_ZIP, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    "xlsx": {_ZIP, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    "odt": {_ZIP, "application/vnd.oasis.opendocument.text"},
    "ods": {_ZIP, "application/vnd.oasis.opendocument.spreadsheet"},
    "doc": _OLD | {"application/octet-stream"},
    "xls": _OLD | {"application/octet-stream"},
}
_MARKUP = (b"<html", b"<script", b"<svg", b"<?xml", b"<!doctype", b"<body", b"<iframe")


class LogisticsComplaint(models.Model):
    """What customers may attach, wherever it comes from: portal, its chatter, mail."""

    _inherit = "logistics.complaint"

    @api.model
    def _file_refusal(self, name, content, company=None):
        """Why a customer's file is not taken; empty when it is.

        The name only tells what it claims to be: the content is looked at as well.

        :param content: bytes
        """
        company = (company or self.company_id or self.env.company).sudo()
        limit = company.logistics_complaint_file_mb
        if len(content) > limit * 1024 * 1024:
            return self.env._(
                "%(name)s is larger than %(limit)s MB. Send a smaller file, or ask us for another "
                "way.",
                name=name,
                limit=limit,
            )
        extension = (name or "").rpartition(".")[2].lower()
        looks = guess_mimetype(content, default="application/octet-stream")
        allowed = FILE_TYPES.get(extension)
        start = content[:2048].lower()
        text = allowed is _TEXT
        if (
            not content
            or not allowed
            or looks not in allowed
            or (text and (b"\0" in content or any(mark in start for mark in _MARKUP)))
        ):
            return self.env._(
                "%(name)s cannot be taken: please send pictures, PDF, text, Word or Excel files.",
                name=name or self.env._("The file"),
            )
        return ""

    def message_post(self, **kwargs):
        """Take only files that customers may send from everyone who is not one of us.

        From a mail the others are left out and named in a note, so that nobody wonders.
        """
        self.ensure_one()
        refused = []
        if kwargs.get("message_type") == "email" and kwargs.get("attachments"):
            author = self.env["res.partner"].browse(kwargs.get("author_id") or []).sudo()
            if author.partner_share or not author:
                kept = []
                for attachment in kwargs["attachments"]:
                    content = attachment[1]
                    content = content.encode() if isinstance(content, str) else content
                    if refusal := self._file_refusal(attachment[0], content or b""):
                        refused.append(refusal)
                    else:
                        kept.append(attachment)
                kwargs["attachments"] = kept
        if not self.env.user._is_internal() and kwargs.get("attachment_ids"):
            files = self.env["ir.attachment"].sudo().browse(kwargs["attachment_ids"])
            for file in files.exists():
                if refusal := self._file_refusal(file.name, file.raw or b""):
                    raise UserError(refusal)
        message = super().message_post(**kwargs)
        if refused:
            self.sudo()._message_log(
                body=self.env._("Not stored: %s", "; ".join(refused)),
            )
        return message
