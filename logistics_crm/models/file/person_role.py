# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class LogisticsPersonRole(models.Model):
    _name = "logistics.person.role"
    _description = "Role of a Key Person"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        help="Names the roles that the completeness of a file asks for, such as decision_maker."
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "Another role has this code.")
