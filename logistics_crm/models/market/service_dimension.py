# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

SCORES = [
    ("1", "1 Very Poor"),
    ("2", "2 Poor"),
    ("3", "3 Fair"),
    ("4", "4 Good"),
    ("5", "5 Very Good"),
]


class LogisticsServiceDimension(models.Model):
    """One thing customers compare logistics firms by: price, speed, reliability ..."""

    _name = "logistics.service.dimension"
    _description = "Service Dimension"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        readonly=True,
        help="Price and service of an observation are read into the dimensions with the codes "
        "price and service.",
    )
    description = fields.Char(translate=True, help="What exactly is compared.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "Another dimension has this code already."
    )
