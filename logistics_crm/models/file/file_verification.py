# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

from .file_section_rule import SECTIONS


class LogisticsFileVerification(models.Model):
    """Somebody looked at a section of a file and found it right. Rows are kept as history."""

    _name = "logistics.file.verification"
    _description = "Verification of a File Section"
    _inherit = ["logistics.readonly.mixin"]
    _order = "date desc, id desc"

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    section = fields.Selection(SECTIONS, required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Verified By", required=True, readonly=True)
    date = fields.Date(string="Verified On", required=True, readonly=True)

    _latest_idx = models.Index("(customer_id, section, date DESC)")
