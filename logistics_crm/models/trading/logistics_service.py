# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

ATTRIBUTE_KINDS = [("time", "Time"), ("profession", "Profession"), ("area", "Area")]


class LogisticsServiceAttribute(models.Model):
    """One value of one of the three independent attributes of a service."""

    _name = "logistics.service.attribute"
    _description = "Service Attribute"
    _order = "kind, sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(ATTRIBUTE_KINDS, required=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)


class LogisticsService(models.Model):
    """What is sold: time x profession x area, three attributes instead of one long list."""

    _name = "logistics.service"
    _description = "Logistics Service"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        index="btree_not_null",
        help="The name used in imported files. Unique; taken from the first import when empty.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    time_id = fields.Many2one(
        "logistics.service.attribute",
        domain=[("kind", "=", "time")],
        index="btree_not_null",
        help="How fast or when: same day, next morning, time-definite ...",
    )
    profession_id = fields.Many2one(
        "logistics.service.attribute",
        domain=[("kind", "=", "profession")],
        index="btree_not_null",
        help="The trade it serves: express, e-commerce delivery, distribution ...",
    )
    area_id = fields.Many2one(
        "logistics.service.attribute",
        domain=[("kind", "=", "area")],
        index="btree_not_null",
        help="How far: within the city, between cities, regional ...",
    )

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "Another service has this code already."
    )

    @api.constrains("time_id", "profession_id", "area_id")
    def _check_attribute_kinds(self):
        for service in self:
            for kind in ("time", "profession", "area"):
                attribute = service[f"{kind}_id"]
                if attribute and attribute.kind != kind:
                    raise ValidationError(
                        self.env._(
                            "“%(value)s” is not a value for %(kind)s.",
                            value=attribute.name,
                            kind=kind,
                        )
                    )
