# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    logistics_service_id = fields.Many2one(
        "logistics.service",
        string="Service",
        compute="_compute_logistics_service_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )
    logistics_promised_date = fields.Date(
        string="Promised For",
        copy=False,
        help="The day on which delivery was promised to the customer.",
    )
    logistics_delivered_date = fields.Date(
        string="Delivered On",
        copy=False,
        help="The day on which it really arrived. Empty: not delivered, or not known.",
    )

    def _auto_init(self):
        # No product has a service when the addon is installed: adding the empty column ourselves
        # spares a company with millions of order lines the recomputation of each.
        if not column_exists(self.env.cr, self._table, "logistics_service_id"):
            create_column(self.env.cr, self._table, "logistics_service_id", "int4")
        return super()._auto_init()

    @api.depends("product_id")
    def _compute_logistics_service_id(self):
        for line in self:
            line.logistics_service_id = line.product_id.logistics_service_id
