# Part of logistics_crm. License LGPL-3 or later.
from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...fields_unknown import KnownFloat, KnownMonetary
from ..customer.logistics_customer import VALUE_CLASSES
from .concession import LEVELS

RANKS = {key: rank for rank, (key, _label) in enumerate(VALUE_CLASSES)}


class LogisticsRetentionProgramme(models.Model):
    """What customers of a class are given so that they stay, and who is in it."""

    _name = "logistics.retention.programme"
    _description = "Retention Programme"
    _inherit = ["logistics.service.promise", "mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    level = fields.Selection(LEVELS, required=True, default="1", tracking=True)
    value_class = fields.Selection(
        VALUE_CLASSES,
        string="Least Value Class",
        tracking=True,
        help="Customers of this class and better. Empty: of every class.",
    )
    min_years = KnownFloat(
        string="Years as a Customer",
        tracking=True,
        help="Trading for at least so many years. Empty: from the first day.",
    )
    max_late_share = KnownFloat(
        string="Highest Late Share",
        tracking=True,
        help="At most this share of the items due was paid late. Empty: payment does not matter. "
        "A customer of whom it is not known is not refused.",
    )
    customer_domain = fields.Char(
        string="Further Conditions", default="[]", help="Any filter on customers."
    )
    benefit = fields.Text(translate=True, help="What its members get, in words.")
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        ondelete="restrict",
        help="Members get this pricelist in this company. It is taken back when they leave, "
        "unless somebody chose another one meanwhile.",
    )
    loyalty_program = fields.Reference(
        selection="_selection_loyalty",
        help="Members get a card of this loyalty programme. Needs the Loyalty application.",
    )
    budget_share = KnownFloat(
        string="Budget (Share of Margin)",
        help="What may be spent on a member in twelve months, as a share of its margin. Empty: "
        "no limit is set.",
    )
    membership_ids = fields.One2many("logistics.retention.membership", "programme_id")
    member_count = fields.Integer(compute="_compute_member_count")
    eligible_count = fields.Integer(
        compute="_compute_eligible_count", help="Customers who meet the conditions today."
    )
    spend_12m = KnownMonetary(
        string="Spent (12 m)",
        compute="_compute_spend",
        help="Known cost of the concessions recorded under this programme in twelve months.",
    )
    margin_12m = KnownMonetary(
        string="Members' Margin (12 m)",
        compute="_compute_spend",
        help="Margin of the members in twelve months. Empty: none is known.",
    )
    over_budget = fields.Boolean(compute="_compute_spend")

    @api.model
    def _selection_loyalty(self):
        if "loyalty.program" in self.env:
            return [("loyalty.program", self.env._("Loyalty Program"))]
        return []

    def _eligible_domain(self):
        """Domain of the accounts that meet all conditions of this programme today."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("last_trade_date", "!=", False)
        if self.value_class:
            domain &= Domain(
                "value_class",
                "in",
                [key for key, rank in RANKS.items() if rank <= RANKS[self.value_class]],
            )
        if self.min_years is not False:
            days = round(self.min_years * 365.25)
            domain &= Domain("first_trade_date", "<=", f"today -{days}d")
        if self.max_late_share is not False:
            domain &= Domain("late_share", "=", False) | Domain(
                "late_share", "<=", self.max_late_share
            )
        return domain & Domain(literal_eval(self.customer_domain or "[]"))

    @api.constrains("customer_domain")
    def _check_customer_domain(self):
        for programme in self:
            try:
                programme.env["logistics.customer"]._try_filter(programme._eligible_domain)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "The further conditions of %(name)s cannot be read as a filter on "
                        "customers: %(error)s",
                        name=programme.name,
                        error=error,
                    )
                ) from error

    @api.constrains("company_id", "response_hours", "on_time_target", "complaint_days", "active")
    def _check_floor(self):
        floors = {
            floor.company_id: floor
            for floor in self.env["logistics.service.floor"]
            .sudo()
            .search([("company_id", "in", self.company_id.ids)])
        }
        for programme in self.filtered("active"):
            floor = floors.get(programme.company_id)
            if floor and (worse := programme._falls_below(floor)):
                raise ValidationError(
                    self.env._(
                        "%(programme)s promises less than every customer gets: %(promises)s. "
                        "Raise it to the service floor, or leave it empty.",
                        programme=programme.name,
                        promises=", ".join(worse),
                    )
                )

    def _compute_member_count(self):
        counts = dict(
            self.env["logistics.retention.membership"]._read_group(
                [("programme_id", "in", self.ids), ("date_to", "=", False)],
                ["programme_id"],
                ["__count"],
            )
        )
        for programme in self:
            programme.member_count = counts.get(programme, 0)

    def _compute_eligible_count(self):
        for programme in self:
            programme.eligible_count = self.env["logistics.customer"].search_count(
                programme._eligible_domain()
            )

    def _compute_spend(self):
        spend = dict(
            self.env["logistics.concession"]._read_group(
                [("programme_id", "in", self.ids), ("date", ">", "today -1y")],
                ["programme_id"],
                ["amount:sum"],
            )
        )
        margin = dict(
            self.env["logistics.retention.membership"]._read_group(
                [("programme_id", "in", self.ids), ("date_to", "=", False)],
                ["programme_id"],
                ["customer_id:recordset"],
            )
        )
        for programme in self:
            known = [
                customer.margin_12m
                for customer in margin.get(programme, ())
                if customer.margin_12m is not False
            ]
            programme.spend_12m = spend.get(programme) or 0.0
            programme.margin_12m = sum(known) if known else False
            programme.over_budget = bool(
                known
                and programme.budget_share is not False
                and programme.spend_12m > programme.budget_share * programme.margin_12m
            )

    def action_update_members(self):
        """Bring the members in step with the conditions: enrol who meets them, end who does not.

        :raise AccessError: for anybody but managers
        """
        self.check_access("write")
        members = self.env["logistics.retention.membership"]
        for programme in self:
            programme.lock_for_update()
            eligible = self.env["logistics.customer"].search(programme._eligible_domain())
            current = members.search([("programme_id", "=", programme.id), ("date_to", "=", False)])
            current.filtered(lambda row, ok=eligible: row.customer_id not in ok)._end()
            members.create(
                [
                    {"programme_id": programme.id, "customer_id": customer.id}
                    for customer in eligible - current.customer_id
                ]
            )
        self.invalidate_recordset(["member_count", "membership_ids"])

    def action_open_eligible(self):
        """Open the customers who meet the conditions today."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_customer")
        action["domain"] = list(self._eligible_domain())
        return action

    def action_open_members(self):
        """Open who is and was in this programme."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.retention.membership",
            "view_mode": "list",
            "domain": [("programme_id", "=", self.id)],
            "context": {"default_programme_id": self.id},
            "name": self.env._("Members"),
        }


class LogisticsRetentionMembership(models.Model):
    """A customer in a programme, from a day to a day."""

    _name = "logistics.retention.membership"
    _description = "Programme Member"
    _order = "date_to desc nulls first, date_from desc, id desc"
    _check_company_auto = True

    programme_id = fields.Many2one(
        "logistics.retention.programme", required=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="programme_id.company_id", store=True, index=True)
    user_id = fields.Many2one(related="customer_id.user_id", string="Representative")
    value_class = fields.Selection(related="customer_id.value_class")
    date_from = fields.Date(string="Since", required=True, default=fields.Date.context_today)
    date_to = fields.Date(string="Until", readonly=True)
    pricelist_before_id = fields.Many2one(
        "product.pricelist", readonly=True, help="What the customer had before."
    )

    @api.depends("programme_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.programme_id.name

    _member_uniq = models.UniqueIndex(
        "(programme_id, customer_id) WHERE date_to IS NULL",
        "This customer is a member of this programme already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        for row in rows:
            row._grant()
        return rows

    def _partner_here(self):
        return self.customer_id.sudo().partner_id.with_company(self.company_id)

    def _grant(self):
        """Give a new member the pricelist and the loyalty card of the programme."""
        self.ensure_one()
        programme, partner = self.programme_id, self._partner_here()
        if programme.pricelist_id:
            self.sudo().pricelist_before_id = partner.specific_property_product_pricelist
            partner.specific_property_product_pricelist = programme.pricelist_id
        if loyalty := programme.loyalty_program:
            cards = self.env["loyalty.card"].sudo()
            known = [("program_id", "=", loyalty.id), ("partner_id", "=", partner.id)]
            if not cards.search_count(known, limit=1):
                cards.create({"program_id": loyalty.id, "partner_id": partner.id})

    def _end(self):
        """End these memberships today and take the pricelist back where it is still ours."""
        for row in self:
            partner = row._partner_here()
            given = row.programme_id.pricelist_id
            if given and partner.specific_property_product_pricelist == given:
                partner.specific_property_product_pricelist = row.pricelist_before_id
        self.date_to = fields.Date.context_today(self)

    def action_end(self):
        """End these memberships today.

        :raise UserError: when one is over already
        """
        self.check_access("write")
        if any(self.mapped("date_to")):
            raise UserError(self.env._("This membership is over already."))
        self._end()

    @api.model
    def _fold_customer(self, src_customer, dst_customer):
        """Move memberships; of two open ones in one programme the destination's stays."""
        for row in self.search([("customer_id", "=", src_customer.id)]):
            if not row.date_to and self.search_count(
                [
                    ("customer_id", "=", dst_customer.id),
                    ("programme_id", "=", row.programme_id.id),
                    ("date_to", "=", False),
                ]
            ):
                row.date_to = fields.Date.context_today(row)
            row.customer_id = dst_customer


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    membership_ids = fields.One2many(
        "logistics.retention.membership", "customer_id", domain=[("date_to", "=", False)]
    )

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.retention.membership"]
