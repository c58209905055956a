# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class LogisticsNetworkTier(models.Model):
    """A level of the distribution network below the company itself."""

    _name = "logistics.network.tier"
    _description = "Network Tier"
    _order = "level, id"

    name = fields.Char(required=True, translate=True)
    level = fields.Integer(
        required=True,
        aggregator=None,
        help="1 is supplied by the company, each further level by the one before.",
    )
    terminal = fields.Boolean(help="Uses the service and passes nothing on.")
    active = fields.Boolean(default=True)

    _level_positive = models.Constraint(
        "CHECK (level > 0)", "Level 1 is supplied by the company itself; there is none above it."
    )
