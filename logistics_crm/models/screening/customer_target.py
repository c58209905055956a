# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary


class LogisticsCustomerTarget(models.Model):
    """What a kept customer shall buy in a year, beside what it bought."""

    _name = "logistics.customer.target"
    _description = "Yearly Target of a Customer"
    _inherit = ["mail.thread", "logistics.unknown.last.mixin"]
    _order = "year desc, revenue_target desc, id"
    _rec_name = "customer_id"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="customer_id.user_id", string="Representative")
    year = fields.Integer(
        required=True,
        index=True,
        aggregator=None,
        default=lambda self: fields.Date.context_today(self).year,
    )
    revenue_target = KnownMonetary(
        required=True, tracking=True, help="Untaxed, in company currency, for the whole year."
    )
    revenue_actual = KnownMonetary(
        compute="_compute_actual", help="Revenue of the year so far. Empty: no amount is known."
    )
    attainment = KnownFloat(
        compute="_compute_actual", help="Revenue of the year so far by the target."
    )
    note = fields.Char()

    _customer_year_uniq = models.UniqueIndex(
        "(customer_id, year)", "This customer has its target for that year already."
    )

    @api.constrains("revenue_target", "year")
    def _check_target(self):
        for target in self:
            if (target.revenue_target or 0) < 0:
                raise ValidationError(self.env._("A target cannot be negative."))
            if not 1990 <= target.year <= 9998:
                raise ValidationError(self.env._("Enter the year with four digits."))

    @api.depends("customer_id", "year", "revenue_target")
    def _compute_actual(self):
        """One query per year, whatever the number of customers."""
        for year, targets in self.grouped("year").items():
            sums = targets._revenue_of(year) if year else {}
            for target in targets:
                lines, amount = sums.get(
                    (target.customer_id.partner_id.id, target.company_id.id), (0, 0)
                )
                actual = 0.0 if not lines else (False if amount is None else float(amount))
                target.revenue_actual = actual
                target.attainment = (
                    actual / target.revenue_target
                    if target.revenue_target and actual is not False
                    else False
                )

    def _revenue_of(self, year):
        partners = self.customer_id.partner_id.ids
        if not partners:
            return {}
        facts = self.env["logistics.trading.facts"]._facts_sql(
            date_from=date(year, 1, 1), date_to=date(year, 12, 31), partner_ids=partners
        )
        return {
            (partner, company): (lines, amount)
            for partner, company, lines, amount in self.env.execute_query(
                SQL(
                    "SELECT f.partner_id, f.company_id, count(*), sum(f.amount)"
                    " FROM %s AS f GROUP BY 1, 2",
                    facts,
                )
            )
        }

    @api.model
    def _fold_customer(self, src_customer, dst_customer):
        """Add up the targets of two accounts that become one."""
        for target in self.search([("customer_id", "=", src_customer.id)]):
            twin = self.search([("customer_id", "=", dst_customer.id), ("year", "=", target.year)])
            if twin:
                twin.revenue_target += target.revenue_target
                target.unlink()
            else:
                target.customer_id = dst_customer


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.customer.target"]
