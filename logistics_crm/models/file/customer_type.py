# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class LogisticsCustomerType(models.Model):
    """What kind of logistics customer this is; carries the fields a company adds to its file."""

    _name = "logistics.customer.type"
    _description = "Customer Type"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        translate=True, help="Which customers belong here, in words every representative knows."
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    properties_definition = fields.PropertiesDefinition(string="Fields of This Type")
    rule_ids = fields.One2many("logistics.file.section.rule", "customer_type_id", string="Sections")
