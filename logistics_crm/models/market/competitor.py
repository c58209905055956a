# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class LogisticsCompetitor(models.Model):
    """Who else serves our customers, and how they compare with us."""

    _name = "logistics.competitor"
    _description = "Competitor"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"

    name = fields.Char(required=True, index="trigram", tracking=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        ondelete="set null",
        index="btree_not_null",
        help="When the competitor is among the contacts as well.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Watched By",
        index="btree_not_null",
        domain=[("share", "=", False)],
        help="Who keeps this page up to date.",
    )
    country_id = fields.Many2one("res.country")
    website = fields.Char()
    service_ids = fields.Many2many(
        "logistics.service", string="Services", help="What they sell that we sell too."
    )
    zone_ids = fields.Many2many("logistics.zone", string="Zones", help="Where they are strong.")
    note = fields.Text(string="Strengths and Weaknesses")
    active = fields.Boolean(default=True)
    observation_ids = fields.One2many(
        "logistics.competitor.observation", "competitor_id", string="Seen At"
    )
    voice_ids = fields.One2many(
        "logistics.competitor.voice", "competitor_id", string="What Their Customers Say"
    )
    observation_count = fields.Integer(compute="_compute_counts", string="Sightings")
    customer_count = fields.Integer(
        compute="_compute_counts",
        string="Customers",
        help="Customers of ours at which the competitor was seen.",
    )
    lost_count = fields.Integer(
        compute="_compute_counts",
        string="Lost To Them",
        help="Quotations and opportunities lost to this competitor.",
    )
    voice_count = fields.Integer(compute="_compute_counts", string="Voices")
    last_seen = fields.Date(compute="_compute_counts")
    comparison = fields.Json(
        compute="_compute_comparison",
        help="Mean of all comparisons the reader may see, by service dimension.",
    )

    _name_uniq = models.UniqueIndex("(lower(name))", "There is a competitor of this name already.")

    @api.depends("observation_ids", "voice_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_counts(self):
        ids = [("competitor_id", "in", self.ids)]
        observations = self.env["logistics.competitor.observation"]
        seen = {
            competitor: values
            for competitor, *values in observations._read_group(
                ids, ["competitor_id"], ["__count", "customer_id:count_distinct", "date:max"]
            )
        }
        lost = dict(
            observations._read_group(
                [*ids, ("source", "=", "lost")], ["competitor_id"], ["__count"]
            )
        )
        voices = dict(
            self.env["logistics.competitor.voice"]._read_group(ids, ["competitor_id"], ["__count"])
        )
        for competitor in self:
            count, customers, last = seen.get(competitor, (0, 0, False))
            competitor.observation_count = count
            competitor.customer_count = customers
            competitor.last_seen = last
            competitor.lost_count = lost.get(competitor, 0)
            competitor.voice_count = voices.get(competitor, 0)

    @api.depends("observation_ids", "voice_ids")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_comparison(self):
        rows = self.env["logistics.competitor.comparison"]._summary("competitor_id", self.ids)
        for competitor in self:
            competitor.comparison = rows.get(competitor.id, [])

    def _open_of(self, name, domain=()):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"logistics_crm.{name}")
        action["domain"] = [("competitor_id", "in", self.ids), *domain]
        action["context"] = {"default_competitor_id": self.id} if len(self) == 1 else {}
        return action

    def action_open_observations(self):
        """Open where these competitors were seen."""
        return self._open_of("action_competitor_observation")

    def action_open_lost(self):
        """Open what was lost to these competitors."""
        return self._open_of("action_competitor_observation", [("source", "=", "lost")])

    def action_open_voices(self):
        """Open what customers of these competitors say."""
        return self._open_of("action_competitor_voice")

    def action_open_comparison(self):
        """Open our service against theirs, dimension by dimension."""
        return self._open_of("action_competitor_comparison")

    def action_open_customers(self):
        """Open our customers at which these competitors were seen."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_threatened_customer"
        )
        action["domain"] = [("observation_ids.competitor_id", "in", self.ids)]
        action["context"] = {}
        return action
