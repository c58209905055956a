# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

from ...complaint_words import CAUSE_SIDES


class LogisticsComplaintCause(models.Model):
    """Why it happened, as found by looking into it."""

    _name = "logistics.complaint.cause"
    _description = "Complaint Cause"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(index="btree_not_null", help="The name used in imported files.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    side = fields.Selection(CAUSE_SIDES, string="Whose", required=True, default="internal")

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "Another cause has this code already."
    )
