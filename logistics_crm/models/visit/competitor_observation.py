# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class LogisticsCompetitorObservation(models.Model):
    """A competitor seen on a visit."""

    _inherit = "logistics.competitor.observation"

    visit_id = fields.Many2one(
        "logistics.visit", readonly=True, index="btree_not_null", ondelete="set null"
    )

    @api.model_create_multi
    def create(self, vals_list):
        visits = self.env["logistics.visit"]
        for vals in vals_list:
            # The sheet serves visits and calls alike; where it was said is known from the touch.
            if vals.get("visit_id") and vals.get("source", "visit") == "visit":
                onsite = visits.browse(vals["visit_id"]).channel == "onsite"
                vals["source"] = "visit" if onsite else "call"
        return super().create(vals_list)
