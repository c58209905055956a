# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary
from .portfolio_member import DIMENSIONS


class LogisticsPortfolioLine(models.Model):
    """One value of a dimension in a portfolio: its share, and the share it was to have."""

    _name = "logistics.portfolio.line"
    _description = "Portfolio Share"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
    _order = "run_id desc, dimension, share desc, id"
    _rec_name = "member_id"

    run_id = fields.Many2one(
        "logistics.portfolio.run",
        string="Portfolio",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    as_of = fields.Date(readonly=True, index=True)
    year = fields.Char(readonly=True)
    dimension = fields.Selection(DIMENSIONS, readonly=True, index=True)
    member_id = fields.Many2one(
        "logistics.portfolio.member", string="Group", readonly=True, ondelete="restrict"
    )
    bucket_id = fields.Many2one(
        "logistics.portfolio.member",
        string="Group of the Target",
        readonly=True,
        ondelete="restrict",
        help="The group itself where it has a target share, else Other.",
    )
    revenue = KnownMonetary(readonly=True, help="Of twelve months, untaxed, company currency.")
    margin = KnownMonetary(
        readonly=True, help="Over the lines whose cost is known. Empty: no cost is known."
    )
    customer_count = fields.Integer(string="Customers", readonly=True)
    share = KnownFloat(string="Share (%)", readonly=True, aggregator="sum", digits=(5, 1))
    target = KnownFloat(
        string="Target (%)",
        readonly=True,
        aggregator="sum",
        digits=(5, 1),
        help="The share aimed at. A group without a target of its own has its part of Other, in "
        "proportion to its revenue. Empty: no target was set for the dimension on the day.",
    )
    gap = KnownFloat(
        string="Above Target (points)",
        readonly=True,
        aggregator="sum",
        digits=(5, 1),
        help="Share less target: positive is more than aimed at.",
    )
    largest_share = KnownFloat(
        string="Largest Customer (%)",
        readonly=True,
        aggregator="max",
        digits=(5, 1),
        help="What the largest customer of the group has of the group's revenue: how far it rests "
        "on one customer.",
    )
    largest_customer_id = fields.Many2one("logistics.customer", readonly=True, ondelete="set null")

    def _read_group_select(self, aggregate_spec, query):
        """Shares of several portfolios or dimensions in one group: their mean, never their sum.

        Within one portfolio and dimension shares are added.
        """
        name, _colon, function = aggregate_spec.partition(":")
        if function == "sum" and name in ("share", "target", "gap"):
            return SQL(
                "SUM(%s) / NULLIF(COUNT(DISTINCT (%s, %s)), 0)",
                self._field_to_sql(self._table, name, query),
                self._field_to_sql(self._table, "run_id", query),
                self._field_to_sql(self._table, "dimension", query),
            )
        return super()._read_group_select(aggregate_spec, query)
