# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ..customer.logistics_customer import VALUE_CLASSES
from ..file.res_partner_facts import EMPLOYEE_BANDS

DIMENSIONS = [
    ("region", "Region"),
    ("industry", "Industry"),
    ("size", "Size"),
    ("class", "Value Class"),
    ("service", "Service"),
    ("contract", "Contract Type"),
]
# Records a key may point at: "country,44" is the country with the id 44.
_MODELS = {
    "country": "res.country",
    "state": "res.country.state",
    "industry": "res.partner.industry",
    "service": "logistics.service",
}


class LogisticsPortfolioMember(models.Model):
    """One value of a dimension: a country, an industry, a class; told in the reader's language."""

    _name = "logistics.portfolio.member"
    _description = "Portfolio Group"
    _order = "dimension, name, id"

    dimension = fields.Selection(DIMENSIONS, required=True, readonly=True, index=True)
    key = fields.Char(
        required=True,
        readonly=True,
        help="What it stands for: 'country,44', 'class,key', 'none' (unknown), 'other' (whatever "
        "has no target of its own).",
    )
    name = fields.Char(readonly=True, help="For searching, in the language of who computed first.")

    _key_uniq = models.UniqueIndex(
        "(dimension, key)", "This value of the dimension is known already."
    )

    @api.depends("dimension", "key")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for member in self:
            member.display_name = member._label()

    def _label(self):
        """The value in words, in the language of the reader."""
        self.ensure_one()
        kind, _comma, value = (self.key or "").partition(",")
        if kind in _MODELS:
            record = self.env[_MODELS[kind]].sudo().browse(int(value)).exists()
            return record.display_name if record else self.name or self.env._("Removed")
        if kind == "other":
            return self.env._("Other")
        if kind == "none":
            return (
                self.env._("Without a Contract")
                if self.dimension == "contract"
                else self.env._("Unknown")
            )
        return self._selection_labels().get(kind, {}).get(value, self.key)

    @api.model
    def _selection_labels(self):
        contract = self.env["logistics.contract"]._fields["kind"]
        customer = self.env["logistics.customer"]._fields["value_class"]
        partner = self.env["res.partner"]._fields["logistics_employee_band"]
        return {
            "class": dict(customer._description_selection(self.env)),
            "contract": dict(contract._description_selection(self.env)),
            "size": dict(partner._description_selection(self.env)),
        }

    @api.model
    def _ensure_all(self):
        """Have a member for every value a target may be set for, and names for all; set-based."""
        contracts = self.env["logistics.contract"]._fields["kind"].get_values(self.env)
        fixed = [
            *(("class", f"class,{code}") for code, _label in VALUE_CLASSES),
            *(("size", f"size,{code}") for code, _label in EMPLOYEE_BANDS),
            *(("contract", f"contract,{code}") for code in contracts),
            *((dimension, key) for dimension, _l in DIMENSIONS for key in ("none", "other")),
        ]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO logistics_portfolio_member (dimension, key)
                SELECT 'region', 'country,' || id FROM res_country
                 UNION ALL
                SELECT 'region', 'state,' || s.id
                  FROM res_country_state s
                 WHERE s.country_id IN (SELECT p.country_id
                                          FROM res_company co
                                          JOIN res_partner p ON p.id = co.partner_id)
                 UNION ALL
                SELECT 'industry', 'industry,' || id FROM res_partner_industry
                 UNION ALL
                SELECT 'service', 'service,' || id FROM logistics_service
                 UNION ALL
                SELECT * FROM (VALUES %s) AS fixed (dimension, key)
                ON CONFLICT (dimension, key) DO NOTHING
                """,
                SQL(", ").join(SQL("(%s, %s)", *pair) for pair in fixed),
            )
        )
        self.invalidate_model()
        self._name_new()

    @api.model
    def _name_new(self):
        for member in self.sudo().search([("name", "=", False)]):
            member.name = member._label()
