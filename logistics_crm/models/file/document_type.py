# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class LogisticsDocumentType(models.Model):
    _name = "logistics.document.type"
    _description = "Document Type"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    personal = fields.Boolean(
        help="Papers of a person, such as an identity card. Only users of Personal Dossiers see "
        "and file them.",
    )
    reminder_days = fields.Integer(
        string="Remind (Days Before)",
        default=30,
        help="So long before the expiry date the responsible user is reminded, when reminders "
        "are switched on. 0: no reminder.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _reminder_positive = models.Constraint(
        "CHECK (reminder_days >= 0)", "The days before a reminder cannot be negative."
    )
