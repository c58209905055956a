# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class LogisticsCompetitorObservation(models.Model):
    """A competitor seen on a visit."""

    _inherit = "logistics.competitor.observation"

    visit_id = fields.Many2one(
        "logistics.visit", readonly=True, index="btree_not_null", ondelete="set null"
    )
