# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class LogisticsCompetitor(models.Model):
    _name = "logistics.competitor"
    _description = "Competitor"
    _order = "name, id"

    name = fields.Char(required=True, index="trigram")
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        ondelete="set null",
        index="btree_not_null",
        help="When the competitor is among the contacts as well.",
    )
    country_id = fields.Many2one("res.country")
    website = fields.Char()
    note = fields.Text(string="Strengths and Weaknesses")
    active = fields.Boolean(default=True)
    observation_ids = fields.One2many(
        "logistics.competitor.observation", "competitor_id", string="Seen At"
    )
    observation_count = fields.Integer(compute="_compute_observation_count", string="Sightings")

    _name_uniq = models.UniqueIndex("(lower(name))", "There is a competitor of this name already.")

    @api.depends("observation_ids")
    def _compute_observation_count(self):
        counts = dict(
            self.env["logistics.competitor.observation"]._read_group(
                [("competitor_id", "in", self.ids)], ["competitor_id"], ["__count"]
            )
        )
        for competitor in self:
            competitor.observation_count = counts.get(competitor, 0)

    def action_open_observations(self):
        """Open where these competitors were seen."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_competitor_observation"
        )
        action["domain"] = [("competitor_id", "in", self.ids)]
        action["context"] = {"default_competitor_id": self.id} if len(self) == 1 else {}
        return action
