# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class LogisticsZone(models.Model):
    """Where goods come from or go to: a city, a region, a port."""

    _name = "logistics.zone"
    _description = "Zone"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name used in lanes, such as a port or airport code.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    country_id = fields.Many2one("res.country", index="btree_not_null")

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "Another zone has this code already."
    )


class LogisticsLane(models.Model):
    """From one zone to another: what a shipper buys besides the service."""

    _name = "logistics.lane"
    _description = "Lane"
    _order = "name, id"

    name = fields.Char(compute="_compute_name", store=True)
    origin_id = fields.Many2one("logistics.zone", required=True, index=True, ondelete="restrict")
    destination_id = fields.Many2one(
        "logistics.zone", required=True, index=True, ondelete="restrict"
    )
    active = fields.Boolean(default=True)

    _zones_uniq = models.UniqueIndex(
        "(origin_id, destination_id)", "There is already a lane between these two zones."
    )

    @api.depends("origin_id.name", "origin_id.code", "destination_id.name", "destination_id.code")
    def _compute_name(self):
        for lane in self:
            ends = (lane.origin_id, lane.destination_id)
            lane.name = " → ".join(zone.code or zone.name or "?" for zone in ends)
