# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import format_date


class LogisticsCustomer(models.Model):
    """The plans of an account, and who is owed one."""

    _inherit = "logistics.customer"

    account_plan_ids = fields.One2many("logistics.account.plan", "customer_id")
    account_plan_count = fields.Integer(
        string="Account Plans", compute="_compute_account_plan_count"
    )
    account_plan_missing = fields.Boolean(
        compute="_compute_account_plan_missing",
        search="_search_account_plan_missing",
        help="A key account without a draft or running plan for this year.",
    )
    service_user_id = fields.Many2one(
        "res.users",
        string="Technical Service",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who answers this customer's technical requests.",
    )

    @api.depends("account_plan_ids")
    def _compute_account_plan_count(self):
        counts = dict(
            self.env["logistics.account.plan"]._read_group(
                [("customer_id", "in", self.ids)], ["customer_id"], ["__count"]
            )
        )
        for customer in self:
            customer.account_plan_count = counts.get(customer, 0)

    @api.depends("account_plan_ids.state", "account_plan_ids.year", "value_class")
    def _compute_account_plan_missing(self):
        missing = self.filtered_domain(self._search_account_plan_missing("in", [True]))
        for customer in self:
            customer.account_plan_missing = customer in missing

    @api.model
    def _search_account_plan_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        planned = fields.Domain(
            "account_plan_ids",
            "any",
            [
                ("year", "=", fields.Date.context_today(self).year),
                ("state", "in", ("draft", "running")),
            ],
        )
        missing = fields.Domain("value_class", "=", "key") & ~planned
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        return missing if True in value else ~missing

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        goals = self.env["logistics.account.plan.goal"].search(
            [
                ("plan_id.state", "=", "running"),
                ("year", "in", (as_of.year, as_of.year - 1)),
                *([("company_id", "in", companies.ids)] if companies else []),
            ]
        )
        if goals:
            goals._measure(as_of)
        return result

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.account.plan"]

    def _open_points(self):
        points = super()._open_points()
        plans = self.env["logistics.account.plan"]
        if not plans.has_access("read"):
            return points
        plan = plans.search(
            [("customer_id", "=", self.id), ("state", "=", "running")], order="year desc", limit=1
        )
        if plan.goals_behind:
            points.append(
                {
                    "code": "account_plan",
                    "level": "warning",
                    "text": self.env._(
                        "Account plan %(year)s: %(count)s goals behind",
                        year=plan.year,
                        count=plan.goals_behind,
                    ),
                    "action": "action_open_account_plans",
                }
            )
        if plan.next_review:
            points.append(
                {
                    "code": "account_plan_review",
                    "level": "info",
                    "text": self.env._(
                        "Account plan: review on %s", format_date(self.env, plan.next_review)
                    ),
                    "action": "action_open_account_plans",
                }
            )
        return points

    def action_open_account_plans(self):
        """Open the account plans of these customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_account_plan")
        action["domain"] = [("customer_id", "in", self.ids)]
        action["context"] = {"default_customer_id": self.id} if len(self) == 1 else {}
        return action

    def action_new_account_plan(self):
        """Open a new plan for this customer's year, or the one that is there."""
        self.ensure_one()
        year = fields.Date.context_today(self).year
        plan = self.account_plan_ids.filtered(
            lambda plan: plan.year == year and plan.state in ("draft", "running")
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.account.plan",
            "res_id": plan[:1].id,
            "view_mode": "form",
            "context": {"default_customer_id": self.id, "default_year": year},
        }

    def action_technical_request(self):
        """Open a new request of this customer to the technical service."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.opinion",
            "view_mode": "form",
            "context": {
                "default_customer_id": self.id,
                "default_kind": "request",
                "default_owner_id": self.service_user_id.id or self.user_id.id or self.env.uid,
            },
            "name": self.env._("Technical Service Request"),
        }
