# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

from ...fields_unknown import KnownFloat


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_consumption_as_of = fields.Date(
        string="Consumption As Of",
        readonly=True,
        help="Service mix, white space and concessions are what was known on this day.",
    )
    logistics_white_min_buyers = fields.Integer(
        string="White Space: Least Buyers",
        default=3,
        help="A service or lane is only proposed when at least this many similar customers buy "
        "it together with one the customer has.",
    )
    logistics_white_min_share = fields.Float(
        string="White Space: Least Share",
        default=0.3,
        help="And when at least this share of them does (0.3: three in ten).",
    )
    logistics_capital_rate = KnownFloat(
        string="Cost of Capital (% a Year)",
        help="What a year of waiting for money costs. Empty: not known, and so is the cost of "
        "longer payment terms.",
    )
    logistics_standard_term_days = fields.Integer(
        string="Standard Payment Term (Days)",
        default=30,
        help="Days between invoice and due date that every customer gets. Longer terms are a "
        "concession.",
    )

    _logistics_white_sane = models.Constraint(
        "CHECK (logistics_white_min_buyers >= 1 AND logistics_white_min_share > 0"
        " AND logistics_white_min_share <= 1)",
        "White space needs at least one buyer, and a share above 0 and up to 1.",
    )
    _logistics_terms_sane = models.Constraint(
        "CHECK (logistics_standard_term_days >= 0 AND (logistics_capital_rate IS NULL"
        " OR (logistics_capital_rate >= 0 AND logistics_capital_rate <= 100)))",
        "The standard term cannot be negative, and the cost of capital lies between 0 and 100 "
        "percent.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_white_min_buyers = fields.Integer(
        related="company_id.logistics_white_min_buyers", readonly=False
    )
    logistics_white_min_share = fields.Float(
        related="company_id.logistics_white_min_share", readonly=False
    )
    logistics_capital_rate = KnownFloat(related="company_id.logistics_capital_rate", readonly=False)
    logistics_standard_term_days = fields.Integer(
        related="company_id.logistics_standard_term_days", readonly=False
    )
