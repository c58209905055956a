# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownMonetary

CONTROLS = [
    ("off", "Off"),
    ("warn", "Warn Only"),
    ("enforce", "Hold Orders"),
]
_STRICTNESS = {"off": 0, "warn": 1, "enforce": 2}
# Beyond any trade: a slip of the keyboard or a hostile import, not a limit.
ABSURD_AMOUNT = 1e13


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_credit_control = fields.Selection(
        CONTROLS,
        string="Credit Control",
        default="off",
        required=True,
        help="Off: nothing is checked. Warn Only: quotations and orders show why they would be "
        "held. Hold Orders: an order that breaks a rule waits for a release. A branch is never "
        "controlled less than the companies above it.",
    )
    logistics_default_credit_limit = KnownMonetary(
        string="Default Credit Limit",
        help="For customers without a limit of their own. Empty: such customers have no limit. "
        "Zero: they pay first.",
    )
    logistics_credit_horizon_days = fields.Integer(
        string="Credit Horizon (Days)",
        help="Confirmed orders count against the limit when their delivery date (or their order "
        "date) lies no further ahead. 0: all orders count.",
    )
    logistics_credit_count_unapplied = fields.Boolean(
        string="Unapplied Payments Lower the Exposure",
        default=True,
        help="Payments and deposits that are not yet allocated to an invoice lower what the "
        "customer owes, as they do in the customer's account. Open credit notes always do.",
    )
    logistics_credit_growth_tolerance = fields.Float(
        string="Order Growth Tolerance (%)",
        help="A confirmed order may grow by this much before it is checked again.",
    )
    logistics_credit_controller_id = fields.Many2one(
        "res.users",
        string="Controller of Held Orders",
        domain="[('share', '=', False)]",
        help="Gets the activity when an order is held. Empty: the first credit controller who "
        "does not look after the customer.",
    )

    _logistics_credit_sane = models.Constraint(
        "CHECK (logistics_credit_horizon_days >= 0 AND logistics_credit_growth_tolerance >= 0"
        " AND logistics_credit_growth_tolerance <= 100"
        " AND (logistics_default_credit_limit IS NULL OR logistics_default_credit_limit >= 0))",
        "A credit limit and a horizon cannot be negative, and the growth tolerance lies between "
        "0 and 100 percent.",
    )

    @api.constrains("logistics_default_credit_limit")
    def _check_default_credit_limit(self):
        for company in self:
            limit = company.logistics_default_credit_limit
            if limit is not False and not 0 <= limit < ABSURD_AMOUNT:
                raise ValidationError(
                    self.env._("The default credit limit must be a sensible amount.")
                )

    def _credit_control(self):
        """Return how strictly orders of this company are controlled: 'off', 'warn' or 'enforce'.

        The strictest setting of the company and the companies above it: a branch is a part of
        the same legal entity, and opening one must not be a way round its control.
        """
        self.ensure_one()
        levels = self.sudo().parent_ids.mapped("logistics_credit_control")
        return max(levels, key=lambda level: _STRICTNESS.get(level or "off", 0))

    def _credit_chain_ids(self):
        """Return the ids of this company and those above it, the nearest first."""
        self.ensure_one()
        return [int(part) for part in self.sudo().parent_path.split("/") if part][::-1]

    def _credit_scope_sql(self):
        """Return a subquery of the ids of all companies of the same legal entity (root's tree)."""
        self.ensure_one()
        root = self.sudo().parent_path.split("/")[0]
        return SQL("(SELECT rc.id FROM res_company rc WHERE rc.parent_path LIKE %s)", f"{root}/%")


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_credit_control = fields.Selection(
        related="company_id.logistics_credit_control", readonly=False, required=True
    )
    logistics_credit_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Credit Currency"
    )
    logistics_default_credit_limit = KnownMonetary(
        string="Limit Without a Limit Document",
        related="company_id.logistics_default_credit_limit",
        currency_field="logistics_credit_currency_id",
        readonly=False,
    )
    logistics_credit_horizon_days = fields.Integer(
        related="company_id.logistics_credit_horizon_days", readonly=False
    )
    logistics_credit_count_unapplied = fields.Boolean(
        related="company_id.logistics_credit_count_unapplied", readonly=False
    )
    logistics_credit_growth_tolerance = fields.Float(
        related="company_id.logistics_credit_growth_tolerance", readonly=False
    )
    logistics_credit_controller_id = fields.Many2one(
        related="company_id.logistics_credit_controller_id", readonly=False
    )
