# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common import LogisticsLedgerCommon
from .test_security_models import OPERATIONS, ROLES

RIGHTS = {
    "logistics.service.dimension": {"user": "r", "manager": "rwcu", "controller": "r"},
    "logistics.competitor": {"user": "rwc", "manager": "rwcu", "controller": "r"},
    "logistics.competitor.rating": {"user": "rwcu", "manager": "rwcu", "controller": "r"},
    "logistics.competitor.voice": {"user": "rwc", "manager": "rwcu", "controller": "r"},
    "logistics.competitor.comparison": {"user": "r", "manager": "r", "controller": "r"},
    "logistics.lost.quote": {"user": "rwcu", "manager": "rwcu"},
}


@tagged("post_install", "-at_install")
class TestMarket(LogisticsLedgerCommon):
    """Competitors: where they are, how they compare, whom they threaten, what was lost to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller")
        cls.colleague = cls._user("seller")
        cls.manager = cls._user("manager")
        cls.today = fields.Date.context_today(cls.env["res.partner"])
        cls.rival, cls.other = cls.env["logistics.competitor"].create(
            [{"name": "Rival Express"}, {"name": "Other Freight"}]
        )
        cls.mine = cls._account(cls._partner("Mine"), user_id=cls.seller.id)
        cls.theirs = cls._account(cls._partner("Theirs"), user_id=cls.colleague.id)
        cls.speed = cls.env.ref("logistics_crm.service_dimension_speed")
        cls.price = cls.env.ref("logistics_crm.service_dimension_price")

    def _seen(self, account=None, **values):
        return self.env["logistics.competitor.observation"].create(
            {
                "customer_id": (account or self.mine).id,
                "competitor_id": self.rival.id,
                "date": self.today,
                **values,
            }
        )

    # ------------------------------------------------------------------ comparison
    def test_comparison_takes_ratings_before_levels(self):
        """A rated dimension speaks itself; price and service levels speak where none is rated."""
        self._seen(price_level="1", service_level="2")
        rated = self._seen(self.theirs, price_level="1")
        rated.score_ids = [
            fields.Command.create(
                {"dimension_id": self.price.id, "own_rating": "4", "their_rating": "3"}
            ),
            fields.Command.create({"dimension_id": self.speed.id, "their_rating": "5"}),
        ]
        lines = {line["id"]: line for line in self.rival.comparison}
        # much cheaper +2 from the one, our 4 against their 3 from the other: +0.5 on average
        self.assertEqual(lines[self.price.id]["difference"], 0.5)
        self.assertEqual(lines[self.price.id]["own"], 4.0)
        self.assertEqual(lines[self.price.id]["count"], 2)
        self.assertEqual(
            lines[self.env.ref("logistics_crm.service_dimension_service").id]["difference"], -1.0
        )
        speed = lines[self.speed.id]
        self.assertEqual((speed["own"], speed["theirs"], speed["difference"]), (False, 5.0, False))
        self.assertEqual([line["name"] for line in self.rival.comparison][0], "Price")
        # each customer's own page has only its own
        self.assertEqual(len(self.mine.service_comparison), 2)
        self.assertFalse(self.other.comparison)

    def test_comparison_shows_a_rep_own_customers_and_all_voices(self):
        self._seen(self.theirs, price_level="1")
        voice = self.env["logistics.competitor.voice"].create(
            {
                "competitor_id": self.rival.id,
                "speaker": "Faraway Foods",
                "user_id": self.colleague.id,
                "score_ids": [
                    fields.Command.create({"dimension_id": self.speed.id, "their_rating": "2"})
                ],
            }
        )
        rival = self.rival.with_user(self.seller)
        self.assertEqual([line["id"] for line in rival.comparison], [self.speed.id])
        self.assertEqual(len(self.rival.with_user(self.manager).comparison), 2)
        self.assertEqual(voice.with_user(self.seller).speaker, "Faraway Foods")
        with self.assertRaises(AccessError):
            voice.with_user(self.seller).write({"text": "changed"})
        voice.with_user(self.colleague).write({"text": "mine"})

    # ------------------------------------------------------------------ threat
    def test_threat_by_figures(self):
        """High, cheaper and half of the spend: 3 + 1 + 1, serious; a lost quote makes it 7."""
        self._seen(threat="3", price_level="2", share=0.3)
        self._seen(competitor_id=self.other.id, share=0.2)
        self.assertEqual(
            (self.mine.threat_points, self.mine.threat_level, self.mine.competitor_count),
            (5, "2", 2),
        )
        self.assertIn("a competitor is cheaper", self.mine.threat_reason)
        lost = self._seen(competitor_id=self.other.id, source="lost", share=0.2)
        self.assertEqual((self.mine.threat_points, self.mine.threat_level), (7, "3"))
        lost.unlink()
        self.assertEqual(self.mine.threat_points, 5)
        # the last word of each competitor counts
        self._seen(threat="1", price_level="4")
        self.assertEqual((self.mine.threat_points, self.mine.threat_level), (1, "1"))
        self.assertFalse(self.theirs.threat_level, "nobody was seen there")

    def test_threat_forgets_after_a_year_and_looks_at_churn_and_contracts(self):
        self._seen(threat="3", date="2024-01-10")
        # The figures of another company's customers and later sightings are not looked at.
        self.env["logistics.customer"]._update_threats(
            fields.Date.to_date("2025-01-10"), self.company
        )
        self.assertFalse(self.mine.threat_level, "a year and a day ago is too long ago")
        self.env["logistics.contract"].create(
            {
                "name": "C-1",
                "customer_id": self.mine.id,
                "state": "signed",
                "date_start": "2024-01-01",
                "date_end": "2024-04-08",
            }
        )
        self.mine.flush_recordset()
        self.env.cr.execute(
            SQL("UPDATE logistics_customer SET churn_risk = 0.8 WHERE id = %s", self.mine.id)
        )
        day = fields.Date.to_date("2024-01-09")
        self.env["logistics.customer"]._update_threats(day, self.company)
        self.assertFalse(self.mine.threat_level, "not yet seen on that day")
        day = fields.Date.to_date("2024-01-10")
        self.env["logistics.customer"]._update_threats(day, self.company)
        self.assertEqual(self.mine.threat_codes, "threat3,churn,contract")
        self.assertEqual(self.mine.threat_points, 5)

    def test_threats_cost_one_statement(self):
        self._seen(threat="3")
        customers = self.env["logistics.customer"]
        self.env.flush_all()
        with self.assertQueryCount(1):
            customers._update_threats(self.today, self.company)

    # ------------------------------------------------------------------ lost business
    def _quotation(self, partner, user=None):
        return self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": (user or self.seller).id,
                "order_line": [
                    fields.Command.create(
                        {"product_id": self.product_a.id, "price_unit": 200.0, "tax_ids": False}
                    )
                ],
            }
        )

    def test_lost_quotation_puts_the_competitor_on_record(self):
        prospect = self._partner("Prospect")
        order = self._quotation(prospect).with_user(self.seller)
        action = order.action_lost_to_competitor()
        wizard = Form(
            self.env["logistics.lost.quote"]
            .with_user(self.seller)
            .with_context(**action["context"])
        )
        wizard.competitor_id = self.rival.with_user(self.seller)
        wizard.their_price = 190.0
        wizard.save().action_apply()
        self.assertEqual((order.state, order.logistics_competitor_id), ("cancel", self.rival))
        row = self._account_of(prospect).observation_ids
        self.assertRecordValues(
            row,
            [
                {
                    "source": "lost",
                    "price_level": "2",
                    "order_id": order.id,
                    "lost_amount": 200.0,
                    "user_id": self.seller.id,
                }
            ],
        )
        self.assertEqual(self.rival.lost_count, 1)
        order.action_draft()
        self.assertFalse(order.logistics_competitor_id, "taken up again is not lost")

    def test_confirmed_orders_are_not_lost_and_unknown_competitors_leave_no_trace(self):
        order = self._quotation(self.mine.partner_id)
        wizard = self.env["logistics.lost.quote"].create({"order_ids": order.ids})
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "no open quotation"):
            wizard.action_apply()
        open_order = self._quotation(self.mine.partner_id)
        self.env["logistics.lost.quote"].create({"order_ids": open_order.ids}).action_apply()
        self.assertEqual(open_order.state, "cancel")
        self.assertFalse(self.mine.observation_ids)

    def test_lost_opportunity(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Big deal",
                "type": "opportunity",
                "partner_id": self.mine.partner_id.id,
                "company_id": self.company.id,
                "expected_revenue": 5000.0,
            }
        )
        self.env["crm.lead.lost"].create(
            {"lead_ids": lead.ids, "logistics_competitor_id": self.rival.id}
        ).action_lost_reason_apply()
        self.assertFalse(lead.active)
        self.assertEqual(lead.logistics_competitor_id, self.rival)
        self.assertEqual(self.mine.observation_ids.lost_amount, 5000.0)

    # ------------------------------------------------------------------ voices
    def test_voice_becomes_a_target_once(self):
        voices = self.env["logistics.competitor.voice"].create(
            [
                {"competitor_id": self.rival.id, "speaker": name, "dislikes": "always late"}
                for name in ("Faraway Foods", "faraway foods")
            ]
        )
        for voice in voices:
            voice.action_target()
        self.assertEqual(len(voices.target_id), 1, "the same firm is one target")
        self.assertRecordValues(
            voices.target_id,
            [
                {
                    "competitor_name": "Rival Express",
                    "reason": "always late",
                    "name": "Faraway Foods",
                }
            ],
        )
        self._trade(self.mine.partner_id, fields.Date.to_string(self.today))
        self._refresh()
        tied = voices.create(
            {"competitor_id": self.rival.id, "partner_id": self.mine.partner_id.id}
        )
        self.assertEqual(tied.speaker, "Mine")
        with self.assertRaisesRegex(UserError, "trades with us already"):
            tied.action_target()
        with self.assertRaisesRegex(ValidationError, "not come yet"):
            tied.date = fields.Date.add(self.today, days=1)

    def test_touches_say_where_it_was_heard(self):
        """On a visit's sheet it was seen on the visit, on a call's told on the call."""
        for channel, source in (("onsite", "visit"), ("phone", "call")):
            visit = self.env["logistics.visit"].create(
                {
                    "customer_id": self.mine.id,
                    "channel": channel,
                    "user_id": self.seller.id,
                    "planned_date": self.today,
                }
            )
            self.assertEqual(self._seen(visit_id=visit.id, source="visit").source, source)

    def test_rights(self):
        """Each role has the rights of the matrix on the models as such."""
        users = {role: self._user(role) for role in ROLES}
        for model, rights in RIGHTS.items():
            for role, user in users.items():
                name = "user" if role.startswith("seller") else role
                allowed = {o for o in OPERATIONS if self.env[model].with_user(user).has_access(o)}
                wanted = {o for o in OPERATIONS if o[0] in rights.get(name, "")}
                self.assertEqual(allowed, wanted, f"{role} on {model}")
