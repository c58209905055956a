# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

LIFECYCLE_STAGES = [
    ("target", "Target"),
    ("prospect", "Prospect"),
    ("new", "New"),
    ("regular", "Regular"),
    ("loyal", "Loyal"),
    ("at_risk", "At Risk"),
    ("dormant", "Dormant"),
    ("lost", "Lost"),
    ("won_back", "Won Back"),
]
VALUE_CLASSES = [
    ("key", "Key Account"),
    ("core", "Core"),
    ("standard", "Standard"),
    ("marginal", "Marginal"),
]
CREDIT_GRADES = [("A", "A"), ("B", "B"), ("C", "C"), ("D", "D")]


class LogisticsCustomer(models.Model):
    """The customer account: one commercial entity as one company sees it.

    A plain link to the contact, not ``_inherits``: an account of its own keeps the list at
    100,000 customers on one table (own trigram-indexed name), keeps the contact's 150 fields
    out of exports, and lets two companies hold different grades of one customer.
    """

    _name = "logistics.customer"
    _description = "Customer Account"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "logistics.readonly.mixin",
        "logistics.unknown.last.mixin",
    ]
    _order = "name, id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        index=True,
        ondelete="cascade",
        help="The commercial entity. Its contacts and addresses roll up to this account.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    active = fields.Boolean(default=True, tracking=True)
    # Stored copies of what lists search, sort and group on: joining 100,000 contacts for a page
    # of 80 rows is what made the `_inherits` prototype slow.
    name = fields.Char(related="partner_id.name", store=True, index="trigram")
    country_id = fields.Many2one(related="partner_id.country_id", store=True, index=True)
    ref = fields.Char(related="partner_id.ref", store=True, index="btree_not_null")
    phone = fields.Char(related="partner_id.phone", readonly=False)
    email = fields.Char(related="partner_id.email", readonly=False)
    website = fields.Char(related="partner_id.website", readonly=False)
    vat = fields.Char(related="partner_id.vat", readonly=False)
    street = fields.Char(related="partner_id.street", readonly=False)
    street2 = fields.Char(related="partner_id.street2", readonly=False)
    city = fields.Char(related="partner_id.city", readonly=False)
    zip = fields.Char(related="partner_id.zip", readonly=False)
    state_id = fields.Many2one(related="partner_id.state_id", readonly=False)
    industry_id = fields.Many2one(related="partner_id.industry_id", readonly=False)
    # As the user: a contact reserved for another company must not close the whole account.
    child_ids = fields.One2many(
        related="partner_id.child_ids",
        related_sudo=False,
        readonly=False,
        string="Contacts & Addresses",
    )
    image_128 = fields.Image(related="partner_id.image_128")
    category_id = fields.Many2many(related="partner_id.category_id", readonly=False)
    user_id = fields.Many2one(
        "res.users",
        string="Representative",
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who looks after this customer in this company. Starts as the contact's salesperson "
        "and follows it until somebody chooses another one here.",
    )

    # The three axes. They are computed by the figures refresh, never typed.
    credit_grade_code = fields.Selection(
        CREDIT_GRADES,
        string="Credit Grade",
        readonly=True,
        index=True,
        tracking=True,
        help="How the customer pays, from what fell due in the last twelve months. Empty: not "
        "rated, because fewer items fell due than a grade needs.",
    )
    value_class = fields.Selection(
        VALUE_CLASSES,
        readonly=True,
        index=True,
        tracking=True,
        help="What the customer is worth: its place in the cumulated margin of the last twelve "
        "months (revenue where margins are unknown).",
    )
    lifecycle_stage = fields.Selection(
        LIFECYCLE_STAGES,
        readonly=True,
        index=True,
        tracking=True,
        help="Where the relation stands, from the dates of its orders.",
    )

    _partner_company_uniq = models.UniqueIndex(
        "(partner_id, company_id)",
        "This contact already has a customer account in this company.",
    )
    # The order of the list: without it a page of 80 sorts a hundred thousand names.
    _name_order = models.Index("(name, id)")

    @api.constrains("partner_id", "company_id")
    def _check_partner(self):
        for account in self:
            partner = account.partner_id
            if partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(entity)s. A customer account belongs to "
                        "the commercial entity: open it for %(entity)s instead.",
                        contact=partner.display_name,
                        entity=partner.commercial_partner_id.display_name,
                    )
                )
            if partner.company_id and partner.company_id != account.company_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is reserved for %(owner)s and cannot be a customer of "
                        "%(company)s. Clear the company on the contact to share it.",
                        contact=partner.display_name,
                        owner=partner.company_id.name,
                        company=account.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if "user_id" not in vals and vals.get("partner_id"):
                vals["user_id"] = (
                    self.env["res.partner"].browse(vals["partner_id"]).sudo().user_id.id
                )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            for name in {"partner_id", "company_id"} & vals.keys():
                if any(account[name].id != vals[name] for account in self):
                    raise AccessError(
                        self.env._(
                            "A customer account stays with its contact and company. Merge the "
                            "contacts to join two accounts."
                        )
                    )
        return super().write(vals)

    @api.depends("name", "ref")
    def _compute_display_name(self):
        for account in self:
            account.display_name = account.name or account.ref or self.env._("Unnamed customer")

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        if operator in ("ilike", "like", "=", "=ilike", "in"):
            return fields.Domain(domain) | fields.Domain("ref", operator, value)
        return domain

    def copy_data(self, default=None):
        """Refuse duplication: a second account of the same customer cannot exist."""
        raise ValidationError(
            self.env._(
                "A customer account cannot be duplicated: one contact has one account per "
                "company. Create the contact first, then its account."
            )
        )

    def _refresh_further(self, as_of, companies):
        """Compute what builds on the refreshed figures and looks at all accounts at once.

        Each area overrides this with set-based statements of its own, after ``super()``: value
        class, churn risk. Runs inside the refresh, before its transaction ends.

        :param as_of: the date the figures were refreshed for
        :param companies: limit to these ``res.company``; all when empty or None
        """

    # ------------------------------------------------------------------ actions
    def action_open_partner(self):
        """Open the contact behind this account."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }

    def action_open_trading(self):
        """Open the trading facts (invoices and history) of these accounts as an analysis."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_trading_report"
        )
        action["domain"] = [("customer_id", "in", self.ids)]
        action["context"] = {}
        return action

    def action_open_orders(self):
        """Open the orders of the customer's commercial entity in the account's company."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        action["domain"] = [
            ("partner_id", "child_of", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        action["context"] = {"default_partner_id": self.partner_id.id}
        return action

    def action_open_invoices(self):
        """Open the posted customer invoices and credit notes of the commercial entity."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        action["domain"] = [
            ("partner_id", "child_of", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
            ("move_type", "in", ("out_invoice", "out_refund")),
        ]
        action["context"] = {"default_partner_id": self.partner_id.id}
        return action
