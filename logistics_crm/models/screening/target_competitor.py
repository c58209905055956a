# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class LogisticsTargetCustomer(models.Model):
    """The competitor who has the customer today, from the register."""

    _inherit = "logistics.target.customer"

    competitor_id = fields.Many2one(
        "logistics.competitor",
        index="btree_not_null",
        ondelete="set null",
        help="Who serves the customer today, from the register of competitors.",
    )
    competitor_name = fields.Char(
        compute="_compute_competitor_name", store=True, readonly=False, precompute=True
    )

    @api.depends("competitor_id")
    def _compute_competitor_name(self):
        for target in self:
            target.competitor_name = target.competitor_id.name or target.competitor_name
