# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_ledger_start = fields.Date(
        related="company_id.logistics_ledger_start", readonly=False
    )
    logistics_grace_days = fields.Integer(related="company_id.logistics_grace_days", readonly=False)
    logistics_new_customer_days = fields.Integer(
        related="company_id.logistics_new_customer_days", readonly=False
    )
    logistics_lost_customer_days = fields.Integer(
        related="company_id.logistics_lost_customer_days", readonly=False
    )
    logistics_protection_days = fields.Integer(
        related="company_id.logistics_protection_days", readonly=False
    )
