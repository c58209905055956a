# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from .common import LogisticsLedgerCommon


class PortalCommon(LogisticsLedgerCommon):
    """Two customers, each with a portal user and one of everything a portal shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "logistics_portal_delivery": True,
                "logistics_portal_visit": True,
                "logistics_portal_statement": True,
            }
        )
        cls.today = fields.Date.today()
        cls.rep = cls._user("seller", login="portal_rep")
        cls.ours = cls._side("Alpha Trading", "portal_alpha")
        cls.theirs = cls._side("Zulusecret Ltd", "portal_zulu")
        cls.env.flush_all()

    @classmethod
    def _side(cls, name, login):
        """A customer with a contact who logs in, deliveries, a questionnaire, a request."""
        partner = cls._partner(name, email=f"{login}@example.com")
        account = cls._account_of(partner) or cls._account(partner)
        account.user_id = cls.rep
        user = new_test_user(
            cls.env,
            login=login,
            password=login,
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        user.partner_id.write({"name": f"{name} Buyer", "parent_id": partner.id})
        order = cls._order(partner, {"name": f"{name} Freight"}, {}, client_order_ref=name)
        cls._dates(order.order_line[0], -10, -8)
        invoice = cls._invoice(
            partner, 77.0, cls.today - timedelta(days=60), due=cls.today - timedelta(days=40)
        )
        asked = cls.env["logistics.satisfaction.round"].create(
            {
                "name": f"{name} Round",
                "company_id": cls.company.id,
                "survey_id": cls.env.ref("logistics_crm.survey_satisfaction_short").id,
            }
        )
        invitation = cls.env["logistics.satisfaction.invitation"].create(
            {
                "round_id": asked.id,
                "customer_id": account.id,
                "partner_id": user.partner_id.id,
            }
        )
        asked.action_open()
        request = cls.env["logistics.visit.request"].create(
            {
                "customer_id": account.id,
                "partner_id": user.partner_id.id,
                "subject": f"{name} Wish",
            }
        )
        attachment = cls.env["ir.attachment"].create(
            {
                "name": f"{name}.txt",
                "raw": name.encode(),
                "res_model": request._name,
                "res_id": request.id,
            }
        )
        return {
            "name": name,
            "login": login,
            "user": user,
            "partner": partner,
            "account": account,
            "order": order,
            "invoice": invoice,
            "invitation": invitation,
            "request": request,
            "attachment": attachment,
        }

    @classmethod
    def _dates(cls, line, promised=None, delivered=None):
        """Promised and delivered so many days from today."""
        line.write(
            {
                "logistics_promised_date": cls.today + timedelta(days=promised)
                if promised is not None
                else False,
                "logistics_delivered_date": cls.today + timedelta(days=delivered)
                if delivered is not None
                else False,
            }
        )
