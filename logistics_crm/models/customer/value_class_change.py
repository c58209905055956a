# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ...fields_unknown import KnownFloat, KnownMonetary
from .logistics_customer import VALUE_CLASSES

VALUE_BASES = [("rule", "By the Rules"), ("override", "By Hand")]


class LogisticsValueClassChange(models.Model):
    """When a customer's value class changed, from what to what, and why. Never rewritten."""

    _name = "logistics.value.class.change"
    _description = "Value Class Change"
    _inherit = "logistics.unknown.last.mixin"
    _order = "date desc, id desc"
    _rec_name = "customer_id"
    # Written by the system for everybody at once; `basis` says why.
    _log_access = False

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True, index=True)
    value_from = fields.Selection(
        VALUE_CLASSES, string="From Class", readonly=True, help="Empty: had no class before."
    )
    value_to = fields.Selection(
        VALUE_CLASSES, string="To Class", readonly=True, help="Empty: did not trade any more."
    )
    movement = fields.Selection(
        [("first", "First"), ("up", "Rose"), ("down", "Fell"), ("none", "No Class Any More")],
        readonly=True,
    )
    basis = fields.Selection(VALUE_BASES, readonly=True)
    worth = KnownMonetary(
        readonly=True,
        help="Margin of the twelve months before (revenue where margins are mostly unknown).",
    )
    place = KnownFloat(
        string="Place in the Profit",
        readonly=True,
        aggregator="avg",
        help="Share of the company's profit that larger customers earned.",
    )
    policy_version = fields.Integer(readonly=True, aggregator=None)
    override_id = fields.Many2one(
        "logistics.value.class.override", readonly=True, index="btree_not_null"
    )
    reason = fields.Char(string="Why", compute="_compute_reason")

    _customer_date = models.Index("(customer_id, date DESC, id DESC)")

    @api.depends("basis", "place", "value_to", "policy_version", "override_id")
    @api.depends_context("lang")
    def _compute_reason(self):
        for change in self:
            override = change.override_id.sudo()
            if change.basis == "override" and override:
                change.reason = self.env._(
                    "By hand until %(until)s: %(reason)s",
                    until=format_date(self.env, override.date_to),
                    reason=override.reason,
                )
            elif not change.value_to:
                change.reason = self.env._("No trade in the twelve months before.")
            elif change.place is False:
                change.reason = self.env._("By rules version %s.", change.policy_version)
            else:
                change.reason = self.env._(
                    "By rules version %(version)s: larger customers earn %(place)s %% of the "
                    "profit.",
                    version=change.policy_version,
                    place=formatLang(self.env, change.place * 100, digits=1),
                )

    @api.depends("customer_id", "date")
    def _compute_display_name(self):
        for change in self:
            change.display_name = f"{change.customer_id.display_name} ({change.date})"
