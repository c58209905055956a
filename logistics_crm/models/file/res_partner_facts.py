# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models

from ...fields_unknown import KnownFloat, KnownMonetary

FACT_GROUPS = "logistics_crm.group_user,logistics_crm.group_credit_controller"
EMPLOYEE_BANDS = [
    ("micro", "1 - 9"),
    ("small", "10 - 49"),
    ("medium", "50 - 249"),
    ("large", "250 - 999"),
    ("huge", "1,000 and More"),
]
# Facts of Odoo's own that belong to the file.
CORE_FACTS = [
    "name",
    "vat",
    "company_registry",
    "phone",
    "email",
    "website",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "country_id",
    "industry_id",
]


class ResPartner(models.Model):
    """Facts of the legal entity itself, the same for every company that deals with it.

    What one company thinks of its customer is on the customer account, not here. A duplicated
    contact is another entity and begins without them; were they copied, nobody without our groups
    could duplicate a contact.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "logistics.fact.log.mixin"]

    logistics_legal_form_id = fields.Many2one(
        "logistics.legal.form",
        string="Legal Form",
        groups=FACT_GROUPS,
        copy=False,
        ondelete="restrict",
    )
    logistics_founded_date = fields.Date(
        string="Founded On",
        groups=FACT_GROUPS,
        copy=False,
        help="The day of the entry in the register. When only the year is known: its first day.",
    )
    logistics_registered_capital = KnownMonetary(
        string="Registered Capital",
        currency_field="logistics_capital_currency_id",
        groups=FACT_GROUPS,
        copy=False,
        help="As entered in the register. Empty: unknown.",
    )
    logistics_capital_currency_id = fields.Many2one(
        "res.currency", string="Currency of the Capital", groups=FACT_GROUPS, copy=False
    )
    logistics_employee_count = KnownFloat(
        string="Employees", digits=(16, 0), groups=FACT_GROUPS, copy=False, help="Empty: unknown."
    )
    logistics_employee_band = fields.Selection(
        EMPLOYEE_BANDS,
        string="Employees (Range)",
        compute="_compute_logistics_employee_band",
        store=True,
        readonly=False,
        groups=FACT_GROUPS,
        copy=False,
        help="Follows the number of employees; choose it when only the range is known.",
    )
    logistics_scale = fields.Selection(
        [
            ("local", "Local Business"),
            ("regional", "Regional Company"),
            ("national", "National Company"),
            ("group", "International Group"),
        ],
        string="Scale",
        groups=FACT_GROUPS,
        copy=False,
        help="How far the customer's own business reaches.",
    )
    logistics_premises_count = KnownFloat(
        string="Own Premises",
        digits=(16, 0),
        groups=FACT_GROUPS,
        copy=False,
        help="Sites. Empty: unknown.",
    )
    logistics_premises_area = KnownFloat(
        string="Premises (m²)",
        digits=(16, 0),
        groups=FACT_GROUPS,
        copy=False,
        help="Warehouses and yards of their own, in square metres. Empty: unknown.",
    )
    logistics_vehicle_count = KnownFloat(
        string="Own Vehicles",
        digits=(16, 0),
        groups=FACT_GROUPS,
        copy=False,
        help="Trucks and vans of their own. Zero: they have none. Empty: unknown.",
    )
    logistics_scope_ids = fields.Many2many(
        "logistics.fact.tag",
        "logistics_partner_scope_rel",
        "partner_id",
        "tag_id",
        string="Business Scope",
        domain="[('kind', '=', 'scope')]",
        groups=FACT_GROUPS,
        copy=False,
        help="What the customer does and ships.",
    )
    logistics_feature_ids = fields.Many2many(
        "logistics.fact.tag",
        "logistics_partner_feature_rel",
        "partner_id",
        "tag_id",
        string="Features",
        domain="[('kind', '=', 'feature')]",
        groups=FACT_GROUPS,
        copy=False,
        help="What is particular about the way they work.",
    )
    logistics_area_country_ids = fields.Many2many(
        "res.country",
        "logistics_partner_area_country_rel",
        "partner_id",
        "country_id",
        string="Service Area: Countries",
        groups=FACT_GROUPS,
        copy=False,
        help="Where the customer sells and delivers.",
    )
    logistics_area_state_ids = fields.Many2many(
        "res.country.state",
        "logistics_partner_area_state_rel",
        "partner_id",
        "state_id",
        string="Service Area: States",
        groups=FACT_GROUPS,
        copy=False,
    )
    logistics_area_group_ids = fields.Many2many(
        "res.country.group",
        "logistics_partner_area_group_rel",
        "partner_id",
        "group_id",
        string="Service Area: Zones",
        groups=FACT_GROUPS,
        copy=False,
    )
    logistics_trading_since = fields.Date(
        string="Trading Since",
        compute="_compute_logistics_trading_since",
        groups=FACT_GROUPS,
        help="First trade with the current company, from its documents.",
    )
    logistics_financial_ids = fields.One2many(
        "logistics.partner.financial", "partner_id", string="Yearly Financials", groups=FACT_GROUPS
    )
    logistics_fact_change_ids = fields.One2many(
        "logistics.fact.change", "partner_id", string="Previous Values", groups=FACT_GROUPS
    )

    @api.depends("logistics_employee_count")
    def _compute_logistics_employee_band(self):
        limits = [(1000, "huge"), (250, "large"), (50, "medium"), (10, "small"), (1, "micro")]
        for partner in self:
            count = partner.logistics_employee_count
            if count is not False:
                partner.logistics_employee_band = next(
                    (band for limit, band in limits if count >= limit), False
                )

    @api.depends("logistics_customer_id")
    @api.depends_context("company", "uid")
    def _compute_logistics_trading_since(self):
        for partner in self:
            partner.logistics_trading_since = partner.logistics_customer_id.first_trade_date

    @api.model
    def _fact_names(self):
        return [
            *CORE_FACTS,
            "logistics_legal_form_id",
            "logistics_founded_date",
            "logistics_registered_capital",
            "logistics_capital_currency_id",
            "logistics_employee_count",
            "logistics_employee_band",
            "logistics_scale",
            "logistics_premises_count",
            "logistics_premises_area",
            "logistics_vehicle_count",
            "logistics_scope_ids",
            "logistics_feature_ids",
            "logistics_area_country_ids",
            "logistics_area_state_ids",
            "logistics_area_group_ids",
        ]

    def _fact_log_keys(self):
        # Contacts of an entity copy its address: only what is a customer keeps a history.
        entities = self.filtered(lambda partner: partner.commercial_partner_id == partner)
        if not entities:
            return {}
        accounts = self.env["logistics.customer"].with_context(active_test=False)
        rows = accounts.search_fetch([("partner_id", "in", entities.ids)], ["partner_id"])
        return {account.partner_id.id: {"partner_id": account.partner_id.id} for account in rows}

    def _facts_changed(self):
        result = super()._facts_changed()
        self._logistics_accounts()._refresh_file()
        return result
