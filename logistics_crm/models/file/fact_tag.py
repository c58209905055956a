# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class LogisticsFactTag(models.Model):
    """The words in which a customer is described, so that they can be searched and grouped."""

    _name = "logistics.fact.tag"
    _description = "Customer Characteristic"
    _order = "kind, sequence, name, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [
            ("scope", "Business Scope"),
            ("feature", "Feature"),
            ("concept", "Management Concept"),
            ("policy", "Business Policy"),
            ("buying_way", "How They Order"),
            ("reason", "Why They Buy from Us"),
            ("known_from", "How They Know Us"),
            ("wish", "What They Wish For"),
        ],
        required=True,
        default="scope",
        help="Which question about the customer this word answers.",
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
