# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

from ...fields_unknown import KnownMonetary


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_network_checks = fields.Boolean(
        string="Check the Network Nightly",
        help="Findings are made and renewed every night. Off: only by the button Run Checks.",
    )
    logistics_network_owner_id = fields.Many2one(
        "res.users",
        string="Owner of Network Findings",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Owns findings at customers without a representative.",
    )
    logistics_network_deadline_days = fields.Integer(
        string="Days to Settle a Finding", default=14, help="Deadline of a new finding."
    )
    logistics_network_days = fields.Integer(
        string="Deliveries Looked At (Days)",
        default=90,
        help="Confirmed orders of so many days are checked against territories.",
    )
    logistics_network_price_tolerance = fields.Float(
        string="Price Tolerance",
        default=0.1,
        help="A price may lie this share below the median of the siblings.",
    )
    logistics_direct_radius_km = fields.Float(
        string="Short Radius (km)",
        default=100.0,
        help="Up to this distance a customer can be supplied directly.",
    )
    logistics_direct_min_revenue = KnownMonetary(
        string="Large Volume (12 m)",
        default=50000.0,
        help="From this revenue of twelve months direct supply is worth looking at. Empty: any.",
    )
    logistics_direct_cost = KnownMonetary(
        string="Cost of One More Direct Customer (12 m)",
        help="What serving one more customer directly costs a year. Taken off the gain of leaving "
        "out a tier. Empty: unknown, and nothing is taken off.",
    )

    _logistics_network_sane = models.Constraint(
        "CHECK (logistics_network_deadline_days >= 0 AND logistics_network_days > 0"
        " AND logistics_network_price_tolerance >= 0 AND logistics_network_price_tolerance < 1"
        " AND logistics_direct_radius_km >= 0)",
        "Days must be positive, the tolerance lies between 0 and 100 %, a radius is not negative.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_network_checks = fields.Boolean(
        related="company_id.logistics_network_checks", readonly=False
    )
    logistics_network_owner_id = fields.Many2one(
        related="company_id.logistics_network_owner_id", readonly=False
    )
    logistics_network_deadline_days = fields.Integer(
        related="company_id.logistics_network_deadline_days", readonly=False
    )
    logistics_network_days = fields.Integer(
        related="company_id.logistics_network_days", readonly=False
    )
    logistics_network_price_tolerance = fields.Float(
        related="company_id.logistics_network_price_tolerance", readonly=False
    )
    logistics_direct_radius_km = fields.Float(
        related="company_id.logistics_direct_radius_km", readonly=False
    )
    logistics_direct_min_revenue = KnownMonetary(
        related="company_id.logistics_direct_min_revenue",
        readonly=False,
        currency_field="logistics_credit_currency_id",
    )
    logistics_direct_cost = KnownMonetary(
        related="company_id.logistics_direct_cost",
        readonly=False,
        currency_field="logistics_credit_currency_id",
    )
