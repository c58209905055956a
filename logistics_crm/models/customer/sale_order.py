# Part of logistics_crm. License LGPL-3 or later.
from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_confirm(self):
        result = super()._action_confirm()
        accounts = self.env["logistics.customer"]
        for company, orders in self.grouped("company_id").items():
            accounts._ensure_for(orders.partner_id, company)
        return result
