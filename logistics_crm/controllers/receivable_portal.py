# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import CustomerPortal


class ReceivablePortal(CustomerPortal):
    """What a customer sees of its account: its own commercial entity, nothing internal."""

    def _statement_accounts(self):
        """The portal user's own accounts, in companies that show statements.

        As superuser, after having been limited to the entity of the user: portal users have no
        rights on customer accounts at all.
        """
        entity = request.env.user.partner_id.commercial_partner_id
        return (
            request.env["logistics.customer"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", entity.id),
                    ("company_id.logistics_portal_statement", "=", True),
                ]
            )
        )

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "statement_count" in counters:
            values["statement_count"] = len(self._statement_accounts())
        return values

    @route("/my/statement", type="http", auth="user", website=True)
    def portal_statement(self, date_from=None, **kwargs):
        """The open items and movements of the user's own entity, company by company."""
        accounts = self._statement_accounts()
        date_from = self._date_or_none(date_from)
        statements = accounts._statement_data(date_from=date_from) if accounts else {}
        waiting = (
            request.env["logistics.balance.confirmation"]
            .sudo()
            .search(
                [
                    ("customer_id", "in", accounts.ids),
                    ("state", "in", ("sent", "no_answer")),
                ]
            )
        )
        return request.render(
            "logistics_crm.portal_statement",
            {
                "page_name": "logistics_statement",
                "accounts": accounts,
                "statements": statements,
                "waiting": waiting,
                "date_from": date_from,
            },
        )

    @route("/my/statement/<int:company_id>/pdf", type="http", auth="user", website=True)
    def portal_statement_pdf(self, company_id, date_from=None, **kwargs):
        """The statement of the user's own entity in one company, as PDF."""
        account = self._statement_accounts().filtered(lambda a: a.company_id.id == company_id)
        if not account:
            return request.redirect("/my")
        date_from = self._date_or_none(date_from)
        lang = account.partner_id.lang or request.env.lang
        account = account.with_context(lang=lang)
        content, _extension = (
            request.env["ir.actions.report"]
            .sudo()
            .with_context(lang=lang)
            ._render_qweb_pdf(
                "logistics_crm.action_report_statement",
                account.ids,
                data={"statements": account._statement_data(date_from=date_from)},
            )
        )
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition("statement.pdf")),
                ("Cache-Control", "no-store"),
            ],
        )

    @staticmethod
    def _date_or_none(text):
        try:
            return fields.Date.to_date(text)
        except ValueError:
            return None

    # ------------------------------------------------------------------ confirmations
    def _confirmation(self, confirmation_id, access_token):
        """The confirmation a token opens; without its token nobody answers, not even a user."""
        confirmation = request.env["logistics.balance.confirmation"].browse(confirmation_id)
        if not access_token:
            raise AccessError(request.env._("The link is not complete: use the one in the letter."))
        return self._document_check_access(confirmation._name, confirmation.id, access_token)

    def _confirmation_page(self, confirmation, access_token, error=None, **values):
        return request.render(
            "logistics_crm.portal_confirmation",
            {
                "page_name": "logistics_confirmation",
                "confirmation": confirmation,
                "access_token": access_token,
                "error": error,
                "values": values,
            },
        )

    @route("/my/confirmation/<int:confirmation_id>", type="http", auth="public", website=True)
    def portal_confirmation(self, confirmation_id, access_token=None, **kwargs):
        """The question: is this the balance?"""
        try:
            confirmation = self._confirmation(confirmation_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        return self._confirmation_page(confirmation, access_token)

    @route(
        "/my/confirmation/<int:confirmation_id>/answer",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_confirmation_answer(self, confirmation_id, access_token=None, **post):
        """The answer: agreed, or what does not agree."""
        try:
            confirmation = self._confirmation(confirmation_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        given = {key: (post.get(key) or "")[:2000] for key in ("name", "amount", "reason")}
        try:
            theirs = self._amount(given["amount"])
            if post.get("answer") not in ("agreed", "disputed"):
                raise UserError(request.env._("Please choose an answer."))
            confirmation._answer(
                post["answer"] == "agreed",
                name=given["name"],
                origin=request.httprequest.remote_addr,
                their_balance=theirs,
                reason=given["reason"],
            )
        except UserError as error:
            return self._confirmation_page(confirmation, access_token, str(error), **given)
        return self._confirmation_page(confirmation, access_token)

    @staticmethod
    def _amount(text):
        """The customer's own figure; it writes 1,234.50 or 1234.50."""
        text = text.replace(",", "").replace(" ", "").strip()
        if not text:
            return False
        try:
            amount = float(text)
        except ValueError as error:
            raise UserError(
                request.env._("%s is no amount. Write it like 1234.50.", text)
            ) from error
        if not -1e13 < amount < 1e13:
            raise UserError(request.env._("%s is no amount. Write it like 1234.50.", text))
        return amount
