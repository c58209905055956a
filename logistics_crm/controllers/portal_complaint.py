# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.http import request, route
from odoo.tools import plaintext2html
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.mail.controllers.attachment import AttachmentController
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..complaint_words import OPEN_STATES

PER_PAGE = 20
MAX_FILES = 5
MAX_TEXT = 10000


class ComplaintPortal(CustomerPortal):
    """A customer's own complaints: see, follow, write, file new ones.

    Portal users have no rights on complaints at all: everything is read as superuser, after it
    was limited to the commercial entity of the user.
    """

    def _complaint_domain(self):
        entity = request.env.user.partner_id.commercial_partner_id
        return fields.Domain("partner_id", "=", entity.id) | (
            fields.Domain("customer_id", "=", False)
            & fields.Domain("contact_id.commercial_partner_id", "=", entity.id)
        )

    def _complaints(self, domain=None, **kwargs):
        return (
            request.env["logistics.complaint"]
            .sudo()
            .search(self._complaint_domain() & fields.Domain(domain or []), **kwargs)
        )

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "complaint_count" in counters:
            values["complaint_count"] = (
                request.env["logistics.complaint"].sudo().search_count(self._complaint_domain())
            )
        return values

    @route(
        ["/my/complaints", "/my/complaints/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_complaints(self, page=1, filterby=None, **kwargs):
        """The complaints of the user's own entity, the newest first."""
        filters = {
            "all": {"domain": fields.Domain.TRUE, "label": request.env._("All")},
            "open": {
                "domain": fields.Domain("state", "in", OPEN_STATES),
                "label": request.env._("Open"),
            },
            "ended": {
                "domain": fields.Domain("state", "not in", OPEN_STATES),
                "label": request.env._("Ended"),
            },
        }
        filterby = filterby if filterby in filters else "all"
        domain = filters[filterby]["domain"]
        total = (
            request.env["logistics.complaint"]
            .sudo()
            .search_count(self._complaint_domain() & domain)
        )
        pager = portal_pager(
            url="/my/complaints",
            url_args={"filterby": filterby},
            total=total,
            page=page,
            step=PER_PAGE,
        )
        return request.render(
            "logistics_crm.portal_my_complaints",
            {
                "page_name": "logistics_complaint",
                "default_url": "/my/complaints",
                "complaints": self._complaints(domain, limit=PER_PAGE, offset=pager["offset"]),
                "pager": pager,
                "searchbar_filters": filters,
                "filterby": filterby,
            },
        )

    # ------------------------------------------------------------------ one complaint
    def _complaint(self, complaint_id, access_token=None):
        """The complaint, as superuser, when it is the user's own or the token opens it."""
        user = request.env.user
        if not user._is_public():
            if own := self._complaints([("id", "=", complaint_id)]):
                return own
            if user._is_internal():
                complaint = request.env["logistics.complaint"].browse(complaint_id).exists()
                if complaint and complaint.has_access("read"):
                    return complaint.sudo()
        if not access_token:
            raise AccessError(request.env._("This page is not yours."))
        return self._document_check_access("logistics.complaint", complaint_id, access_token)

    @route("/my/complaints/<int:complaint_id>", type="http", auth="public", website=True)
    def portal_my_complaint(self, complaint_id, access_token=None, error=None, **kwargs):
        """One complaint with its state, our answer, files and messages."""
        try:
            complaint = self._complaint(complaint_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        return self._complaint_page(complaint)

    def _complaint_page(self, complaint, error=None):
        token = complaint._portal_ensure_token()
        rating = (
            complaint.rating_ids.filtered(lambda r: not r.consumed)[:1]
            if complaint.state in ("closed", "refused")
            else None
        )
        return request.render(
            "logistics_crm.portal_my_complaint",
            {
                "page_name": "logistics_complaint",
                "complaint": complaint,
                "object": complaint,
                "token": token,
                "access_token": token,
                "rating": rating,
                "error": error,
                "steps": [
                    (code, label)
                    for code, label in complaint._fields["state"]._description_selection(
                        request.env
                    )
                    if code in ("new", "accepted", "investigating", "answered", "closed")
                ],
                "credited": complaint.compensation_ids.filtered(
                    lambda c: c.credited_amount is not False
                ),
            },
        )

    @route(
        "/my/complaints/<int:complaint_id>/reopen",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_complaint_reopen(self, complaint_id, access_token=None, reason=None, **kwargs):
        """The customer is not content with the answer: it is opened again."""
        try:
            complaint = self._complaint(complaint_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        try:
            complaint._reopen_by_customer((reason or "")[:2000])
        except UserError as error:
            return self._complaint_page(complaint, error=str(error))
        return request.redirect(complaint.get_portal_url())

    # ------------------------------------------------------------------ a new one
    def _complaint_choices(self):
        """What the form offers: types, own orders and invoices of the last year."""
        entity = request.env.user.partner_id.commercial_partner_id
        since = fields.Date.subtract(fields.Date.today(), years=1)
        orders = (
            request.env["sale.order"]
            .sudo()
            .search(
                [
                    ("partner_id", "child_of", entity.id),
                    ("state", "=", "sale"),
                    ("date_order", ">=", since),
                ],
                order="date_order desc",
                limit=100,
            )
        )
        invoices = (
            request.env["account.move"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "=", entity.id),
                    ("move_type", "=", "out_invoice"),
                    ("state", "=", "posted"),
                    ("invoice_date", ">=", since),
                ],
                order="invoice_date desc",
                limit=100,
            )
        )
        types = request.env["logistics.complaint.type"].sudo().search([("portal", "=", True)])
        return {"types": types, "orders": orders, "invoices": invoices}

    def _new_complaint_page(self, error=None, **values):
        return request.render(
            "logistics_crm.portal_new_complaint",
            {
                "page_name": "logistics_complaint_new",
                "error": error,
                "values": values,
                "max_files": MAX_FILES,
                "file_mb": request.env.company.sudo().logistics_complaint_file_mb,
                **self._complaint_choices(),
            },
        )

    @route("/my/complaints/new", type="http", auth="user", website=True, methods=["GET"])
    def portal_new_complaint(self, order_id=None, invoice_id=None, **kwargs):
        """The form of a new complaint, about an order or invoice when one is named."""
        return self._new_complaint_page(order_id=order_id, invoice_id=invoice_id)

    @route("/my/complaints/new", type="http", auth="user", website=True, methods=["POST"])
    def portal_new_complaint_submit(self, **post):
        """File the complaint; on a mistake the form comes back with all that was written."""
        given = {
            key: (post.get(key) or "").strip()
            for key in (
                "name",
                "description",
                "type_id",
                "order_id",
                "invoice_id",
                "shipment_ref",
                "claim_amount",
                "phone",
            )
        }
        try:
            with request.env.cr.savepoint():
                complaint = self._file_complaint(given)
        except (UserError, ValidationError) as error:
            return self._new_complaint_page(error=str(error), **given)
        return request.redirect(f"/my/complaints/{complaint.id}")

    def _file_complaint(self, given):
        user = request.env.user
        if not given["name"] or not given["description"]:
            raise UserError(request.env._("Please say in a few words what happened."))
        if len(given["name"]) > 200 or len(given["description"]) > MAX_TEXT:
            raise UserError(request.env._("Please make the text shorter."))
        choices = self._complaint_choices()
        kind = self._chosen(choices["types"], given["type_id"])
        order = self._chosen(choices["orders"], given["order_id"])
        invoice = self._chosen(choices["invoices"], given["invoice_id"])
        complaints = request.env["logistics.complaint"].sudo()
        company = (invoice or order).company_id or request.env.company
        recent = complaints.search(
            [
                ("contact_id", "=", user.partner_id.id),
                ("create_date", ">=", fields.Datetime.now() - timedelta(hours=1)),
            ]
        )
        for earlier in recent:
            if earlier.name == given["name"] and earlier.type_id == kind:
                # sent twice: a second click, or the page loaded again
                return earlier
        if len(recent) >= company.sudo().logistics_complaint_flood:
            raise UserError(
                request.env._(
                    "You have sent several complaints in the last hour. Please write on one of "
                    "them, or try again later."
                )
            )
        files = self._checked_files(complaints, company)
        values = {
            "name": given["name"],
            "description": plaintext2html(given["description"]),
            "type_id": kind.id,
            "order_id": order.id,
            "move_id": invoice.id,
            "shipment_ref": given["shipment_ref"][:100],
            "phone": (given["phone"] or user.partner_id.phone or "")[:50],
            "email_from": user.partner_id.email,
            "contact_id": user.partner_id.id,
            "company_id": company.id,
            "channel": "portal",
        }
        if given["claim_amount"]:
            values["claim_amount"] = self._claim(given["claim_amount"])
            values["claim_currency_id"] = (
                invoice.currency_id or order.currency_id or company.currency_id
            ).id
        account = (
            request.env["logistics.customer"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("partner_id", "=", user.partner_id.commercial_partner_id.id),
                    ("company_id", "=", company.id),
                ],
                limit=1,
            )
        )
        values["customer_id"] = account.id
        complaint = complaints.with_company(company).create(values)
        if files:
            attachments = (
                request.env["ir.attachment"]
                .sudo()
                .create(
                    [
                        {
                            "name": name,
                            "raw": content,
                            "mimetype": guess_mimetype(content),
                            "res_model": complaint._name,
                            "res_id": complaint.id,
                        }
                        for name, content in files
                    ]
                )
            )
            message = complaint.message_post(
                body=request.env._("Files of the complaint"),
                author_id=user.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            message.attachment_ids = attachments
        complaint._acknowledge()
        return complaint

    @staticmethod
    def _chosen(offered, given):
        """One of what was offered: whatever else is sent is taken for nothing chosen."""
        return offered.filtered(lambda record: str(record.id) == given)[:1]

    @staticmethod
    def _checked_files(complaints, company):
        files = [file for file in request.httprequest.files.getlist("files") if file.filename]
        if len(files) > MAX_FILES:
            raise UserError(
                request.env._("Please send at most %s files with a complaint.", MAX_FILES)
            )
        limit = company.sudo().logistics_complaint_file_mb * 1024 * 1024
        result = []
        for file in files:
            content = file.read(limit + 1)
            if refusal := complaints._file_refusal(file.filename, content, company):
                raise UserError(refusal)
            result.append((file.filename[-150:], content))
        return result

    @staticmethod
    def _claim(text):
        """The customer's amount; it writes 1,234.50 or 1234.50."""
        try:
            amount = float(text.replace(",", "").replace(" ", ""))
        except ValueError as error:
            raise UserError(
                request.env._("%s is no amount. Write it like 1234.50.", text[:50])
            ) from error
        if not 0 <= amount < 1e13:
            raise UserError(request.env._("%s is no amount. Write it like 1234.50.", text[:50]))
        return amount


class ComplaintAttachments(AttachmentController):
    """Files sent through the chatter of the portal page: the same limits as in the form."""

    @route()
    def mail_attachment_upload(self, ufile, thread_id, thread_model, is_pending=False, **kwargs):
        if thread_model == "logistics.complaint" and not request.env.user._is_internal():
            complaint = request.env["logistics.complaint"].sudo().browse(int(thread_id)).exists()
            limit = (complaint.company_id or request.env.company.sudo()).logistics_complaint_file_mb
            content = ufile.read(limit * 1024 * 1024 + 1)
            if refusal := complaint._file_refusal(ufile.filename, content):
                return request.make_json_response({"error": refusal})
            ufile.stream.seek(0)
        return super().mail_attachment_upload(
            ufile, thread_id, thread_model, is_pending=is_pending, **kwargs
        )
