# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_contract_gap_days = fields.Integer(
        string="Contract Gap Tolerance (Days)",
        default=30,
        help="Two contracts count as continuous when no more days than these lie between them.",
    )
    logistics_file_reminders = fields.Boolean(
        string="Reminders of the Customer File",
        help="Plan an activity for the responsible user before a document or a contract expires.",
    )
    logistics_occasion_days = fields.Integer(
        string="Remind of Occasions (Days Before)",
        default=0,
        help="So many days before an occasion an activity is planned for whoever covers the "
        "person. 0: none.",
    )

    _logistics_file_days_positive = models.Constraint(
        "CHECK (logistics_contract_gap_days >= 0 AND logistics_occasion_days >= 0)",
        "Days of tolerance and days before an occasion cannot be negative.",
    )
