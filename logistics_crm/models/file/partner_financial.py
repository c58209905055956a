# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...fields_unknown import KnownMonetary


class LogisticsPartnerFinancial(models.Model):
    """What the customer's own books say of one year, and where that was learned."""

    _name = "logistics.partner.financial"
    _description = "Yearly Financials of a Customer"
    _inherit = ["logistics.file.part.mixin"]
    _order = "year desc, id desc"
    _rec_name = "year"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    year = fields.Integer(
        required=True,
        default=lambda self: fields.Date.context_today(self).year - 1,
        aggregator=None,
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    revenue = KnownMonetary(help="Of the whole year. Empty: unknown.")
    profit = KnownMonetary(help="After tax. A loss is negative. Empty: unknown.")
    logistics_spend = KnownMonetary(
        string="Spent on Logistics",
        help="What the customer paid for logistics that year, to everybody. Empty: unknown.",
    )
    source = fields.Selection(
        [
            ("report", "Annual Report"),
            ("agency", "Credit Agency"),
            ("customer", "Told by the Customer"),
            ("estimate", "Own Estimate"),
        ],
        required=True,
        default="customer",
    )
    user_id = fields.Many2one(
        "res.users", string="Recorded By", default=lambda self: self.env.user, readonly=True
    )

    @api.constrains("year", "partner_id", "revenue", "logistics_spend")
    def _check_year(self):
        this_year = fields.Date.context_today(self).year
        for row in self:
            if not 1900 <= row.year <= this_year:
                raise ValidationError(
                    self.env._(
                        "%(year)s is not a year that has begun. Write it with four digits.",
                        year=row.year,
                    )
                )
            if (row.revenue or 0) < 0 or (row.logistics_spend or 0) < 0:
                raise ValidationError(
                    self.env._("Revenue and logistics spend of a year cannot be negative.")
                )
            # In Python, not as an index: core's merge would delete the second row of a year.
            if self.sudo().search_count(
                [
                    ("partner_id", "=", row.partner_id.id),
                    ("year", "=", row.year),
                    ("id", "!=", row.id),
                ],
                limit=1,
            ):
                raise ValidationError(
                    self.env._(
                        "There are figures of %(customer)s for %(year)s already: change those.",
                        customer=row.partner_id.display_name,
                        year=row.year,
                    )
                )

    def _file_accounts(self):
        return self.partner_id._logistics_accounts()

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.partner_id._logistics_accounts()._refresh_wallet()
        return rows

    def write(self, vals):
        partners = self.partner_id
        result = super().write(vals)
        (partners | self.partner_id)._logistics_accounts()._refresh_wallet()
        return result

    def unlink(self):
        partners = self.partner_id
        result = super().unlink()
        partners._logistics_accounts()._refresh_wallet()
        return result
