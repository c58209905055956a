# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class LogisticsTradingHistory(models.Model):
    _inherit = "logistics.trading.history"

    lane_id = fields.Many2one("logistics.lane", index="btree_not_null")
