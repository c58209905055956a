# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class LogisticsLegalForm(models.Model):
    _name = "logistics.legal.form"
    _description = "Legal Form"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Where this form exists. Empty: everywhere."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
