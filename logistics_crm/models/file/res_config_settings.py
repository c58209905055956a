# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_contract_gap_days = fields.Integer(
        related="company_id.logistics_contract_gap_days", readonly=False
    )
    logistics_file_reminders = fields.Boolean(
        related="company_id.logistics_file_reminders", readonly=False
    )
    logistics_occasion_days = fields.Integer(
        related="company_id.logistics_occasion_days", readonly=False
    )
