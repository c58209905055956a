# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_portal_statement = fields.Boolean(
        string="Statements in the Portal",
        help="Customers see their own open items, movements and statement in the portal.",
    )
    logistics_confirmation_days = fields.Integer(
        string="Days to Answer a Confirmation",
        default=14,
        help="After so many days a balance confirmation counts as not answered.",
    )

    _logistics_receivable_sane = models.Constraint(
        "CHECK (logistics_confirmation_days > 0)",
        "Give customers at least one day to answer a balance confirmation.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_portal_statement = fields.Boolean(
        related="company_id.logistics_portal_statement", readonly=False
    )
    logistics_confirmation_days = fields.Integer(
        related="company_id.logistics_confirmation_days", readonly=False
    )
