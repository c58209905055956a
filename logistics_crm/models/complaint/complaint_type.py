# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

from ...complaint_words import SEVERITIES


class LogisticsComplaintType(models.Model):
    """What the customer complains about, in the words of the trade."""

    _name = "logistics.complaint.type"
    _description = "Complaint Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(index="btree_not_null", help="The name used in imported files.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    severity = fields.Selection(
        SEVERITIES,
        string="Usual Severity",
        required=True,
        default="normal",
        help="A new complaint of this type starts with it; a key account's is one step higher.",
    )
    department_id = fields.Many2one(
        "logistics.complaint.department", string="Usual Department", ondelete="set null"
    )
    is_claim = fields.Boolean(
        string="Money Is Claimed", help="The form asks how much, and on which invoice."
    )
    slow_compensation = fields.Boolean(
        help="The complaint is about a compensation that does not come: an executive looks at "
        "how often this happens."
    )
    portal = fields.Boolean(
        string="Offered in the Portal", default=True, help="Customers may choose it themselves."
    )

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "Another type has this code already."
    )
