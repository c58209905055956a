# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models


class LogisticsFilePartMixin(models.AbstractModel):
    """Rows that hang on a customer account and count for the completeness of its file."""

    _name = "logistics.file.part.mixin"
    _description = "Part of a Customer File"

    def _file_accounts(self):
        """The accounts whose file these rows belong to."""
        return self.customer_id

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.sudo()._file_accounts()._refresh_file()
        return records

    def write(self, vals):
        accounts = self.sudo()._file_accounts()
        result = super().write(vals)
        (accounts | self.sudo()._file_accounts())._refresh_file()
        return result

    def unlink(self):
        accounts = self.sudo()._file_accounts()
        result = super().unlink()
        accounts.exists()._refresh_file()
        return result
