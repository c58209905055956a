# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_portal_delivery = fields.Boolean(
        string="Deliveries in the Portal",
        help="Customers see their orders with service, promised and actual dates, and how much "
        "arrived on time.",
    )
    logistics_portal_visit = fields.Boolean(
        string="Visit Requests in the Portal",
        help="Customers can ask for a visit or a call; the representative gets an activity.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_portal_delivery = fields.Boolean(
        related="company_id.logistics_portal_delivery", readonly=False
    )
    logistics_portal_visit = fields.Boolean(
        related="company_id.logistics_portal_visit", readonly=False
    )
