# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .portal_common import PortalCommon
from .satisfaction_common import SatisfactionCommon


@tagged("post_install", "-at_install")
class TestPortalTour(PortalCommon, HttpCase):
    def test_customer(self):
        """A customer looks up deliveries, asks for a call and answers a questionnaire."""
        self.start_tour("/my", "logistics_portal_customer_tour", login=self.ours["login"])
        asked = self.env["logistics.visit.request"].search(
            [("subject", "=", "New warehouse in spring")]
        )
        self.assertEqual((asked.customer_id, asked.channel), (self.ours["account"], "phone"))
        invitation = self.ours["invitation"]
        self.assertEqual(invitation.answered_on, fields.Date.context_today(invitation))
        self.assertEqual(invitation.nps, 9)
        self.assertEqual(invitation.score_ids.mapped("expected"), [100.0])
        self.assertIs(invitation.perceived, False, "importance alone tells no satisfaction")
        opinion = self.env["logistics.opinion"].search([("name", "=", "Faster claims")])
        self.assertEqual(opinion.customer_id, self.ours["account"])


@tagged("post_install", "-at_install")
class TestSymposiumTour(SatisfactionCommon, HttpCase):
    def test_manager(self):
        """The manager invites, ticks, holds, notes an opinion and hands out questionnaires."""
        account = self._customer(value_class="key")
        account.partner_id.name = "Tour Harbour"
        topic = self.env["logistics.opinion.topic"].create({"name": "Claims Again"})
        now = fields.Datetime.now()
        values = {"company_id": self.company.id, "user_id": self.boss.id}
        past = self.env["logistics.symposium"].create(
            {**values, "name": "Autumn", "start": now - timedelta(days=120)}
        )
        self.env["logistics.symposium.invitee"].create(
            {"symposium_id": past.id, "customer_id": account.id, "attended": True}
        )
        past.action_held()
        today = fields.Date.today()
        for day, source in ((120, past), (10, None)):
            self.env["logistics.opinion"].create(
                {
                    "customer_id": account.id,
                    "name": "Slow claims",
                    "topic_id": topic.id,
                    "date": today - timedelta(days=day),
                    **({"res_model": source._name, "res_id": source.id} if source else {}),
                }
            )
        symposium = self.env["logistics.symposium"].create(
            {**values, "name": "Spring Symposium", "start": now - timedelta(hours=4)}
        )
        self.start_tour("/odoo/symposia", "logistics_symposium_manager_tour", login="visit_boss")
        self.assertEqual(symposium.state, "held")
        self.assertEqual(symposium.opinion_ids.name, "Pay claims faster")
        visit = symposium.invitee_ids.visit_id
        self.assertEqual((visit.kind, visit.channel), ("symposium", "event"))
        self.assertEqual(len(symposium.round_id.invitation_ids), 1)
