# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .file_section_rule import SECTIONS

# Facts that are rows of their own. Aliases: c the account, p its contact.
_ROW_FACTS = {
    "person.any": """EXISTS (SELECT 1 FROM logistics_key_person k
                              WHERE k.customer_id = c.id AND k.active)""",
    "financial.revenue": """EXISTS (SELECT 1 FROM logistics_partner_financial f
                                     WHERE f.partner_id = c.partner_id AND f.revenue IS NOT NULL
                                       AND f.year >= %(year)s - 2)""",
    "financial.spend": """EXISTS (SELECT 1 FROM logistics_partner_financial f
                                   WHERE f.partner_id = c.partner_id
                                     AND f.logistics_spend IS NOT NULL
                                     AND f.year >= %(year)s - 2)""",
    "competitor.seen": """EXISTS (SELECT 1 FROM logistics_competitor_observation o
                                   WHERE o.customer_id = c.id
                                     AND o.date >= %(as_of)s::date - 365)""",
    "document.valid": """EXISTS (SELECT 1 FROM logistics_document d
                                  WHERE d.customer_id = c.id AND d.active
                                    AND (d.date_expiry IS NULL OR d.date_expiry >= %(as_of)s))""",
    "contract.in_force": """EXISTS (SELECT 1 FROM logistics_contract k
                                     WHERE k.customer_id = c.id AND k.state = 'signed'
                                       AND k.date_start <= %(as_of)s
                                       AND (k.date_end IS NULL OR k.date_end >= %(as_of)s))""",
}
_MODELS = {"partner": ("res.partner", "p"), "account": ("logistics.customer", "c")}


class LogisticsFileItem(models.Model):
    """One thing a file should tell, and what it counts within its section."""

    _name = "logistics.file.item"
    _description = "Item of a Customer File"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    section = fields.Selection(SECTIONS, required=True)
    fact = fields.Char(
        required=True,
        help="Where the answer is: partner.<field>, account.<field>, role.<code of a role>, "
        "person.any, financial.revenue, financial.spend, competitor.seen, document.valid or "
        "contract.in_force.",
    )
    weight = fields.Float(
        default=1.0, help="What the item counts, against the others of its section."
    )
    basic = fields.Boolean(
        help="A file that holds basic items only counts as nothing but a name.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _weight_positive = models.Constraint(
        "CHECK (weight >= 0)", "The weight of an item cannot be negative."
    )

    @api.constrains("fact")
    def _check_fact(self):
        for item in self:
            if item._known_sql(fields.Date.context_today(self)) is None:
                raise ValidationError(
                    self.env._(
                        "%(fact)s: no such fact. Write partner. or account. and the name of a "
                        "stored field, or role. and the code of a role.",
                        fact=item.fact,
                    )
                )

    def _known_sql(self, as_of):
        """SQL that is true when the fact of this item is known on a day; None for a bad fact."""
        self.ensure_one()
        kind, _dot, name = (self.fact or "").partition(".")
        if self.fact in _ROW_FACTS:
            return SQL(_ROW_FACTS[self.fact], as_of=as_of, year=as_of.year)
        if kind == "role":
            return SQL(
                """EXISTS (SELECT 1 FROM logistics_key_person k
                             JOIN logistics_key_person_role_rel r ON r.person_id = k.id
                             JOIN logistics_person_role t ON t.id = r.role_id
                            WHERE k.customer_id = c.id AND k.active AND t.code = %s)""",
                name,
            )
        if kind not in _MODELS:
            return None
        model, alias = _MODELS[kind]
        field = self.env[model]._fields.get(name)
        if field is None or not field.store or field.company_dependent:
            return None
        return self._field_sql(field, alias)

    @api.model
    def _field_sql(self, field, alias):
        if field.type == "many2many":
            return SQL(
                "EXISTS (SELECT 1 FROM %s AS r WHERE %s = %s)",
                SQL.identifier(field.relation),
                SQL.identifier("r", field.column1),
                SQL.identifier(alias, "id"),
            )
        if not field.column_type:
            return None
        column = SQL.identifier(alias, field.name)
        if field.type in ("char", "text") and not field.translate:
            return SQL("COALESCE(btrim(%s), '') <> ''", column)
        if field.type == "boolean":
            return SQL("COALESCE(%s, FALSE)", column)
        if field.type == "integer":
            return SQL("COALESCE(%s, 0) <> 0", column)
        return SQL("(%s IS NOT NULL)", column)
