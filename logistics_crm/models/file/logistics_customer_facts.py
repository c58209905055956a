# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models

from ...fields_unknown import KnownFloat, KnownMonetary

LEVELS = [
    ("1", "Very Low"),
    ("2", "Low"),
    ("3", "Medium"),
    ("4", "High"),
    ("5", "Very High"),
]


class LogisticsCustomer(models.Model):
    """Facts on the account: what this company notes, and the entity's own through the contact."""

    _name = "logistics.customer"
    _inherit = ["logistics.customer", "logistics.fact.log.mixin"]

    customer_type_id = fields.Many2one(
        "logistics.customer.type",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        help="Decides which sections the file has and which further fields it asks for.",
    )
    properties = fields.Properties(
        string="Fields of the Type", definition="customer_type_id.properties_definition"
    )
    development_potential = fields.Selection(
        LEVELS,
        index="btree_not_null",
        help="How much more business could come from this customer. Empty: not judged yet.",
    )
    market_influence = fields.Selection(
        LEVELS,
        index="btree_not_null",
        help="How much others follow what this customer does. Empty: not judged yet.",
    )
    innovation_ability = fields.Selection(
        LEVELS,
        index="btree_not_null",
        help="How well the customer takes up and develops new ways of working. Empty: not "
        "judged yet.",
    )
    concept_ids = fields.Many2many(
        "logistics.fact.tag",
        "logistics_customer_concept_rel",
        "customer_id",
        "tag_id",
        string="Management Concept",
        domain="[('kind', '=', 'concept')]",
    )
    policy_ids = fields.Many2many(
        "logistics.fact.tag",
        "logistics_customer_policy_rel",
        "customer_id",
        "tag_id",
        string="Business Policy",
        domain="[('kind', '=', 'policy')]",
        help="How the customer buys logistics.",
    )

    # The entity's own facts, readable and editable where the account is.
    company_registry = fields.Char(related="partner_id.company_registry", readonly=False)
    legal_form_id = fields.Many2one(related="partner_id.logistics_legal_form_id", readonly=False)
    founded_date = fields.Date(related="partner_id.logistics_founded_date", readonly=False)
    registered_capital = KnownMonetary(
        related="partner_id.logistics_registered_capital",
        currency_field="capital_currency_id",
        readonly=False,
    )
    capital_currency_id = fields.Many2one(
        related="partner_id.logistics_capital_currency_id", readonly=False
    )
    employee_count = KnownFloat(related="partner_id.logistics_employee_count", readonly=False)
    employee_band = fields.Selection(related="partner_id.logistics_employee_band", readonly=False)
    scale = fields.Selection(related="partner_id.logistics_scale", readonly=False)
    premises_count = KnownFloat(related="partner_id.logistics_premises_count", readonly=False)
    premises_area = KnownFloat(related="partner_id.logistics_premises_area", readonly=False)
    vehicle_count = KnownFloat(related="partner_id.logistics_vehicle_count", readonly=False)
    scope_ids = fields.Many2many(related="partner_id.logistics_scope_ids", readonly=False)
    feature_ids = fields.Many2many(related="partner_id.logistics_feature_ids", readonly=False)
    area_country_ids = fields.Many2many(
        related="partner_id.logistics_area_country_ids", readonly=False
    )
    area_state_ids = fields.Many2many(related="partner_id.logistics_area_state_ids", readonly=False)
    area_group_ids = fields.Many2many(related="partner_id.logistics_area_group_ids", readonly=False)
    financial_ids = fields.One2many(
        related="partner_id.logistics_financial_ids", readonly=False, related_sudo=False
    )

    key_person_ids = fields.One2many("logistics.key.person", "customer_id", string="Key Persons")
    document_ids = fields.One2many("logistics.document", "customer_id", string="Documents")
    contract_ids = fields.One2many("logistics.contract", "customer_id", string="Contracts")
    observation_ids = fields.One2many(
        "logistics.competitor.observation", "customer_id", string="Competitors Seen"
    )

    @api.model
    def _fact_names(self):
        return [
            "customer_type_id",
            "development_potential",
            "market_influence",
            "innovation_ability",
            "concept_ids",
            "policy_ids",
        ]

    def _fact_log_keys(self):
        return {
            account.id: {
                "partner_id": account.partner_id.id,
                "customer_id": account.id,
                "company_id": account.company_id.id,
            }
            for account in self
        }

    def _facts_changed(self):
        result = super()._facts_changed()
        self._refresh_file()
        return result

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.fact.change"]
