# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

from ...fields_unknown import KnownFloat, KnownMonetary


class LogisticsPortfolioCustomer(models.Model):
    """One of the hundred largest customers of a portfolio, and what hangs on it."""

    _name = "logistics.portfolio.customer"
    _description = "Largest Customer"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
    _order = "run_id desc, rank, id"
    _rec_name = "customer_id"

    run_id = fields.Many2one(
        "logistics.portfolio.run",
        string="Portfolio",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    as_of = fields.Date(related="run_id.as_of", store=False)
    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    value_class = fields.Selection(related="customer_id.value_class")
    lifecycle_stage = fields.Selection(related="customer_id.lifecycle_stage")
    rank = fields.Integer(readonly=True, aggregator=None)
    revenue = KnownMonetary(readonly=True)
    margin = KnownMonetary(readonly=True)
    share = KnownFloat(
        string="Share (%)",
        readonly=True,
        digits=(5, 1),
        help="What would be missing of the revenue without this customer.",
    )
    cumulative = KnownFloat(
        string="Together (%)",
        readonly=True,
        aggregator="max",
        digits=(5, 1),
        help="The share of this customer and all larger ones.",
    )
