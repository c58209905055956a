# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...fields_unknown import KnownFloat, KnownMonetary


class LogisticsCompetitorObservation(models.Model):
    """A competitor seen at a customer on a day: share, price, service, threat, and who says so."""

    _name = "logistics.competitor.observation"
    _description = "Competitor at a Customer"
    _inherit = ["logistics.file.part.mixin", "logistics.unknown.last.mixin"]
    _order = "date desc, id desc"
    _rec_name = "competitor_id"

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    competitor_id = fields.Many2one(
        "logistics.competitor", required=True, index=True, ondelete="restrict"
    )
    date = fields.Date(
        string="Seen On", required=True, index=True, default=fields.Date.context_today
    )
    share = KnownFloat(
        digits=(5, 4),
        aggregator="avg",
        help="Part of the customer's logistics spend that the competitor has (0 .. 1). Empty: "
        "unknown.",
    )
    price_level = fields.Selection(
        [
            ("1", "Much Cheaper"),
            ("2", "Cheaper"),
            ("3", "Same"),
            ("4", "Dearer"),
            ("5", "Much Dearer"),
        ],
        string="Price",
        help="Against ours. Empty: unknown.",
    )
    service_level = fields.Selection(
        [
            ("1", "Much Worse"),
            ("2", "Worse"),
            ("3", "Same"),
            ("4", "Better"),
            ("5", "Much Better"),
        ],
        string="Service",
        help="Against ours. Empty: unknown.",
    )
    threat = fields.Selection(
        [("1", "Low"), ("2", "Medium"), ("3", "High")],
        index="btree_not_null",
        help="How likely the competitor takes business from us. Empty: unknown.",
    )
    service_ids = fields.Many2many("logistics.service", string="Services")
    source = fields.Selection(
        [
            ("customer", "Told by the Customer"),
            ("visit", "Seen on a Visit"),
            ("call", "Told on a Call"),
            ("lost", "Quote Lost to Them"),
            ("tender", "Tender"),
            ("market", "Market Talk"),
        ],
        required=True,
        default="customer",
    )
    score_ids = fields.One2many(
        "logistics.competitor.rating",
        "observation_id",
        string="By Dimension",
        help="How the customer rates us and them, where more is known than price and service.",
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Lost Opportunity",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    order_id = fields.Many2one(
        "sale.order",
        string="Lost Quotation",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    lost_amount = KnownMonetary(
        string="Lost",
        help="Untaxed value of what was lost, in company currency. Empty: unknown, or nothing was "
        "lost.",
    )
    user_id = fields.Many2one(
        "res.users", string="Seen By", default=lambda self: self.env.user, index="btree_not_null"
    )
    note = fields.Char()

    @api.constrains("share", "date")
    def _check_observation(self):
        today = fields.Date.context_today(self)
        for row in self:
            if row.share is not False and not 0 <= row.share <= 1:
                raise ValidationError(
                    self.env._(
                        "A share lies between 0 and 100 percent, not at %(share)s.",
                        share=round(row.share * 100, 1),
                    )
                )
            if row.date > today:
                raise ValidationError(
                    self.env._(
                        "%(date)s has not come yet. Write the day it was seen.",
                        date=fields.Date.to_string(row.date),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.sudo().customer_id._judge_threat()
        return rows

    def write(self, vals):
        before = self.sudo().customer_id
        result = super().write(vals)
        if vals.keys() - {"note", "user_id", "score_ids"}:
            (before | self.sudo().customer_id)._judge_threat()
        return result

    def unlink(self):
        accounts = self.sudo().customer_id
        result = super().unlink()
        accounts.exists()._judge_threat()
        return result

    @api.model
    def get_import_templates(self):
        """Offer the template file in the import screen."""
        return [
            {
                "label": self.env._("Import Template for Competitors Seen"),
                "template": "/logistics_crm/static/csv/competitor_observation_template.csv",
            }
        ]
