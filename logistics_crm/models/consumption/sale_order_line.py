# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from ...fields_unknown import KnownFloat


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    logistics_lane_id = fields.Many2one("logistics.lane", string="Lane", index="btree_not_null")
    logistics_list_price = KnownFloat(
        string="List Price",
        digits="Product Price",
        compute="_compute_logistics_list_price",
        store=True,
        precompute=True,
        help="The product's sales price when the line was made, in the order's currency and the "
        "line's unit, before pricelists and discounts. What is given below it goes to the "
        "concession ledger. Empty: the product had no sales price, or the line is older than "
        "this field.",
    )

    def _auto_init(self):
        # What the list price was when an old line was made is not known: the column starts
        # empty, and nothing is recomputed at installation.
        if not column_exists(self.env.cr, self._table, "logistics_list_price"):
            create_column(self.env.cr, self._table, "logistics_list_price", "numeric")
        return super()._auto_init()

    @api.depends("product_id", "product_uom_id")
    def _compute_logistics_list_price(self):
        for line in self:
            product = line.product_id
            price = product.lst_price
            if not product or not price or line.is_downpayment:
                line.logistics_list_price = False
                continue
            order = line.order_id
            if line.product_uom_id and line.product_uom_id != product.uom_id:
                price = product.uom_id._compute_price(price, line.product_uom_id)
            source = product.currency_id
            target = order.currency_id or source
            if source != target:
                price = source._convert(
                    price,
                    target,
                    order.company_id or self.env.company,
                    order.date_order or fields.Date.context_today(line),
                    round=False,
                )
            line.logistics_list_price = price
