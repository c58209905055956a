# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    @api.model
    def _load_light_demo(self):
        """Build the light sample company; called when a database is made with demo data."""
        # imported here: the generator is needed once in the life of a database
        from ...demo.sample_company import build_sample_company

        build_sample_company(self.env, size="light")
