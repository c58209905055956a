# Part of logistics_crm. License LGPL-3 or later.
from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.portal.portal_delivery import FILTERS

PAGE = 20


class LogisticsPortal(CustomerPortal):
    """Deliveries, questionnaires and visit requests of the user's own commercial entity.

    Portal users have no rights on the addon's models. Each page searches as superuser with the
    user's entity (or person) in the domain; nothing is looked up by an id or token that a request
    sends without that domain.
    """

    def _logistics_entity(self):
        return request.env.user.partner_id.commercial_partner_id

    def _logistics_accounts(self, switch):
        """The entity's accounts in companies that have switched something on."""
        return (
            request.env["logistics.customer"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self._logistics_entity().id),
                    (f"company_id.{switch}", "=", True),
                ]
            )
        )

    def _logistics_invitations(self, waiting=None):
        """The questionnaires for this person; others of the same company have their own."""
        found = (
            request.env["logistics.satisfaction.invitation"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", request.env.user.partner_id.id),
                    ("user_input_id", "!=", False),
                ]
            )
        )
        if waiting is None:
            return found
        return found.filtered(lambda one: (one.state == "waiting") == waiting)

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "logistics_delivery_count" in counters:
            lines = request.env["sale.order.line"].sudo()
            values["logistics_delivery_count"] = lines.search_count(
                lines._portal_delivery_domain(self._logistics_entity(), "open")
            ) or int(bool(self._logistics_accounts("logistics_portal_delivery")))
        if "logistics_survey_count" in counters:
            values["logistics_survey_count"] = len(self._logistics_invitations(waiting=True))
        if "logistics_confirmation_count" in counters:
            values["logistics_confirmation_count"] = (
                request.env["logistics.balance.confirmation"]
                .sudo()
                .search_count(
                    [
                        (
                            "customer_id",
                            "in",
                            self._logistics_accounts("logistics_portal_statement").ids,
                        ),
                        ("state", "in", ("sent", "no_answer")),
                    ]
                )
            )
        if "logistics_visit_count" in counters:
            values["logistics_visit_count"] = len(
                self._logistics_accounts("logistics_portal_visit")
            )
        return values

    # ------------------------------------------------------------------ deliveries
    @route(
        ["/my/deliveries", "/my/deliveries/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_deliveries(self, page=1, filterby="all", **kwargs):
        """The entity's deliveries: service, promised and actual day, and the share on time."""
        if filterby not in FILTERS:
            filterby = "all"
        entity = self._logistics_entity()
        lines = request.env["sale.order.line"].sudo()
        domain = lines._portal_delivery_domain(entity, filterby)
        pager = portal_pager(
            url="/my/deliveries",
            url_args={"filterby": filterby},
            total=lines.search_count(domain),
            page=page,
            step=PAGE,
        )
        found = lines.search(
            domain,
            order="logistics_promised_date desc nulls last, id desc",
            limit=PAGE,
            offset=pager["offset"],
        )
        on_time, known = lines._portal_on_time(entity)
        filters = {
            "all": request.env._("All"),
            "open": request.env._("On the Way"),
            "late": request.env._("Late"),
            "delivered": request.env._("Delivered"),
        }
        return request.render(
            "logistics_crm.portal_deliveries",
            {
                "page_name": "logistics_deliveries",
                "lines": found,
                "pager": pager,
                "on_time": on_time,
                "known": known,
                "several": len(found.company_id) > 1,
                "default_url": "/my/deliveries",
                "filterby": filterby,
                "searchbar_filters": {key: {"label": label} for key, label in filters.items()},
            },
        )

    # ------------------------------------------------------------------ questionnaires
    @route("/my/surveys", type="http", auth="user", website=True)
    def portal_surveys(self, **kwargs):
        """The questionnaires this person is asked to answer, and has answered."""
        return request.render(
            "logistics_crm.portal_surveys",
            {
                "page_name": "logistics_surveys",
                "waiting": self._logistics_invitations(waiting=True),
                "past": self._logistics_invitations(waiting=False)[:20],
            },
        )

    @route("/my/surveys/<int:invitation_id>", type="http", auth="user", website=True)
    def portal_survey(self, invitation_id, **kwargs):
        """Go to the person's own questionnaire in core's survey."""
        invitation = self._logistics_invitations(waiting=True).filtered(
            lambda one: one.id == invitation_id
        )
        if not invitation:
            return request.redirect("/my/surveys")
        return request.redirect(invitation._url())

    # ------------------------------------------------------------------ visit requests
    def _visit_page(self, values=None, error=None, **more):
        accounts = self._logistics_accounts("logistics_portal_visit")
        return request.render(
            "logistics_crm.portal_visits",
            {
                "page_name": "logistics_visits",
                "accounts": accounts,
                "requests": request.env["logistics.visit.request"]
                .sudo()
                .search([("customer_id", "in", accounts.ids)], limit=20),
                "values": values or {},
                "error": error,
                **more,
            },
        )

    @route("/my/visits", type="http", auth="user", website=True)
    def portal_visits(self, **kwargs):
        """Ask for a visit, and see what became of earlier requests."""
        return self._visit_page(thanks=kwargs.get("thanks") == "1")

    @route("/my/visits/ask", type="http", auth="user", methods=["POST"], website=True)
    def portal_visit_ask(self, company_id=None, **post):
        """Take the request; the representative gets an activity."""
        accounts = self._logistics_accounts("logistics_portal_visit")
        account = accounts.filtered(lambda one: str(one.company_id.id) == str(company_id))
        account = account or (accounts if len(accounts) == 1 else account)
        if not account:
            return request.redirect("/my/visits")
        given = {
            key: post.get(key) or ""
            for key in ("subject", "text", "channel", "wished_date", "phone")
        }
        try:
            request.env["logistics.visit.request"].sudo()._ask(
                account, request.env.user.partner_id, given
            )
        except UserError as error:
            return self._visit_page(given, str(error))
        return request.redirect("/my/visits?thanks=1")
