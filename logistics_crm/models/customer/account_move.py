# Part of logistics_crm. License LGPL-3 or later.
from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        accounts = self.env["logistics.customer"]
        invoices = posted.filtered(
            lambda move: move.is_sale_document(include_receipts=True) and move.partner_id
        )
        for company, moves in invoices.grouped("company_id").items():
            accounts._ensure_for(moves.partner_id, company)
        return posted
