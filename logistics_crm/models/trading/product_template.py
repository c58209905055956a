# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    logistics_service_id = fields.Many2one(
        "logistics.service",
        index="btree_not_null",
        help="Which service a sale of this product counts as, unless the order line says other.",
    )
