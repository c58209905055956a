# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare, format_date

from .portfolio_member import DIMENSIONS


class LogisticsPortfolioTarget(models.Model):
    """The mix of customers a company aims at, from one day until another."""

    _name = "logistics.portfolio.target"
    _description = "Target Mix"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("Target mix"))
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True, tracking=True)
    date_from = fields.Date(
        string="From",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
    )
    date_to = fields.Date(
        string="Until", tracking=True, help="The last day it counts. Empty: until the next one."
    )
    line_ids = fields.One2many("logistics.portfolio.target.line", "target_id", copy=True)
    note = fields.Text(string="Why This Mix")

    _dates = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "The last day of a target mix lies before its first day.",
    )

    @api.model
    def default_get(self, fields):
        """Have every value to choose from, also those without a customer yet."""
        self.env["logistics.portfolio.member"].sudo()._ensure_all()
        return super().default_get(fields)

    @api.constrains("company_id", "date_from", "date_to", "active")
    def _check_one_at_a_time(self):
        for target in self.filtered("active"):
            others = self.search(
                [
                    ("id", "!=", target.id),
                    ("company_id", "=", target.company_id.id),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", target.date_from),
                ]
            )
            other = others.filtered(
                lambda one, target=target: not target.date_to or one.date_from <= target.date_to
            )[:1]
            if other:
                raise ValidationError(
                    self.env._(
                        "“%(other)s” already counts from %(start)s. Give it a last day before "
                        "%(begin)s, or archive it.",
                        other=other.name,
                        start=format_date(self.env, other.date_from),
                        begin=format_date(self.env, target.date_from),
                    )
                )

    @api.constrains("line_ids")
    def _check_sums(self):
        labels = dict(self.line_ids._fields["dimension"]._description_selection(self.env))
        for target in self:
            for dimension, lines in target.line_ids.grouped("dimension").items():
                total = sum(lines.mapped("share"))
                if float_compare(total, 100, precision_digits=4) > 0:
                    raise ValidationError(
                        self.env._(
                            "The target mix by %(dimension)s adds up to %(total)s %%. A mix cannot "
                            "be more than 100 %%: lower some shares. With less than 100 %% the "
                            "rest counts as Other.",
                            dimension=labels[dimension],
                            total=f"{total:g}",
                        )
                    )

    @api.model
    def _valid_on(self, company, day):
        """The target mix of a company on a day, or an empty recordset."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ],
            limit=1,
        )


class LogisticsPortfolioTargetLine(models.Model):
    """The share of the revenue one value of a dimension is to have."""

    _name = "logistics.portfolio.target.line"
    _description = "Share of a Target Mix"
    _order = "dimension, share desc, id"

    target_id = fields.Many2one(
        "logistics.portfolio.target", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="target_id.company_id", store=True, index=True)
    dimension = fields.Selection(DIMENSIONS, required=True, default="region")
    member_id = fields.Many2one(
        "logistics.portfolio.member",
        string="Group",
        required=True,
        ondelete="restrict",
        domain="[('dimension', '=', dimension), ('key', '!=', 'other')]",
    )
    share = fields.Float(
        string="Target Share (%)",
        required=True,
        help="Percent of the revenue of twelve months. What the shares of a dimension leave up to "
        "100 counts as Other.",
    )

    _share_range = models.Constraint(
        "CHECK (share >= 0 AND share <= 100)", "A target share lies between 0 and 100 %."
    )
    _member_uniq = models.UniqueIndex(
        "(target_id, member_id)", "This group has a target share already."
    )

    @api.onchange("dimension")
    def _onchange_dimension(self):
        if self.member_id.dimension != self.dimension:
            self.member_id = False

    @api.constrains("dimension", "member_id")
    def _check_member(self):
        for line in self:
            if line.member_id.dimension != line.dimension:
                raise ValidationError(
                    self.env._(
                        "%(member)s is no value of the chosen dimension.",
                        member=line.member_id.display_name,
                    )
                )

    @api.constrains("share", "dimension", "target_id")
    def _check_target(self):
        # also when a line is written by itself
        self.target_id._check_sums()
