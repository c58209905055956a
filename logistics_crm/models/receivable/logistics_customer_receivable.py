# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models


class LogisticsCustomer(models.Model):
    """What the customer account has to do with receivables and letters."""

    _inherit = "logistics.customer"

    @api.model
    def _folding_models(self):
        return [
            *super()._folding_models(),
            "logistics.letter.batch.line",
            "logistics.balance.confirmation",
        ]
