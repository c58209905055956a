# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

GROUPS = [("product", "Product"), ("service", "Service"), ("purchase", "Purchase")]


class LogisticsSatisfactionDimension(models.Model):
    """What a customer is asked about: one item of the three groups product, service, purchase."""

    _name = "logistics.satisfaction.dimension"
    _description = "Satisfaction Dimension"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    group = fields.Selection(
        GROUPS,
        required=True,
        default="service",
        help="Product: what is carried and how. Service: delivery, help, complaints, disputes. "
        "Purchase: courtesy, communication, information, dealing, time.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Char(translate=True, help="What the dimension covers, for those who ask.")
