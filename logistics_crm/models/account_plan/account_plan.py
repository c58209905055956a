# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

STATES = [
    ("draft", "Draft"),
    ("running", "Running"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
LIVE = ("draft", "running")


class LogisticsAccountPlan(models.Model):
    """What we want to reach with a key account in a year, and how: one plan per year."""

    _name = "logistics.account.plan"
    _description = "Account Plan"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.readonly.mixin"]
    _order = "year desc, customer_id, id"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", tracking=True
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    value_class = fields.Selection(related="customer_id.value_class")
    year = fields.Integer(
        required=True,
        index=True,
        aggregator=None,
        tracking=True,
        default=lambda self: fields.Date.context_today(self).year,
    )
    state = fields.Selection(
        STATES,
        string="Status",
        compute="_compute_state",
        store=True,
        precompute=True,
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Account Manager",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    sponsor_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who of the management stands behind this account.",
    )
    situation = fields.Text(help="Where the customer stands: business, plans, who decides.")
    needs = fields.Text(help="What the customer needs, in its own words where possible.")
    solution = fields.Text(
        string="Agreed Solution", help="What was made to measure for this customer."
    )
    agreed_with_id = fields.Many2one("res.partner", index="btree_not_null", help="Who said yes.")
    agreed_on = fields.Date(tracking=True)
    competition = fields.Text(help="How we hold our place against the competitors seen there.")
    goal_ids = fields.One2many("logistics.account.plan.goal", "plan_id", string="Goals", copy=True)
    review_ids = fields.One2many("logistics.account.plan.review", "plan_id", string="Reviews")
    observation_ids = fields.One2many(related="customer_id.observation_ids")
    action_ids = fields.Many2many(
        "mail.activity",
        string="Actions",
        compute="_compute_actions",
        help="Activities of this plan, done ones too.",
    )
    action_count = fields.Integer(string="All Actions", compute="_compute_actions")
    action_open_count = fields.Integer(string="Open Actions", compute="_compute_actions")
    goal_progress = fields.Char(
        string="Goals Reached", compute="_compute_progress", help="Goals on track by all goals."
    )
    goals_behind = fields.Integer(
        compute="_compute_goals_behind", store=True, help="Goals that are behind the calendar."
    )
    next_review = fields.Date(compute="_compute_next_review", store=True)
    result = fields.Text(copy=False, help="What the year brought, written when the plan closes.")

    _one_live = models.UniqueIndex(
        "(customer_id, year) WHERE state IN ('draft', 'running')",
        "This customer has a plan for the year already. Close or cancel it first.",
    )

    def _compute_state(self):
        # Not a default: a user could give another one.
        for plan in self:
            plan.state = plan.state or "draft"

    @api.depends("customer_id.name", "year")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = f"{plan.customer_id.display_name or ''} {plan.year or ''}".strip()

    @api.depends("customer_id")
    def _compute_user_id(self):
        for plan in self:
            plan.user_id = plan.customer_id.user_id or plan.user_id or self.env.user

    @api.depends("activity_ids.active")
    def _compute_actions(self):
        activities = (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                order="active desc, date_deadline, id",
            )
        )
        for plan in self:
            mine = activities.filtered(lambda a, plan=plan: a.res_id == plan.id)
            plan.action_ids = mine
            plan.action_count = len(mine)
            plan.action_open_count = len(mine.filtered("active"))

    @api.depends("goal_ids.status")
    def _compute_progress(self):
        for plan in self:
            good = plan.goal_ids.filtered(lambda goal: goal.status in ("reached", "on_track"))
            plan.goal_progress = f"{len(good)} / {len(plan.goal_ids)}" if plan.goal_ids else ""

    @api.depends("goal_ids.status")
    def _compute_goals_behind(self):
        for plan in self:
            plan.goals_behind = len(plan.goal_ids.filtered(lambda goal: goal.status == "behind"))

    @api.depends("review_ids.date", "review_ids.state")
    def _compute_next_review(self):
        for plan in self:
            planned = plan.review_ids.filtered(lambda review: review.state == "planned")
            plan.next_review = min(planned.mapped("date"), default=False)

    @api.constrains("year")
    def _check_year(self):
        for plan in self:
            if not 1990 <= plan.year <= 9998:
                raise ValidationError(self.env._("Enter the year with four digits."))

    def write(self, vals):
        if not self.env.su and "customer_id" in vals:
            for plan in self:
                if plan.customer_id.id != vals["customer_id"]:
                    raise UserError(
                        self.env._("A plan stays with its customer. Make another plan instead.")
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if not self.env.su and any(plan.state != "draft" for plan in self):
            raise UserError(self.env._("Cancel a plan that was started; only drafts are deleted."))

    # ------------------------------------------------------------------ buttons
    def _set_state(self, state):
        self.check_access("write")
        self.sudo().write({"state": state})
        # One live plan a year: the next statement must find this one out of the way.
        self.flush_recordset(["state"])
        return True

    def action_start(self):
        """Put these plans into force.

        :raise UserError: for a plan without a goal
        """
        if bare := self.filtered(lambda plan: not plan.goal_ids):
            raise UserError(
                self.env._(
                    "Name at least one goal first: %s.", ", ".join(bare.mapped("display_name"))
                )
            )
        self.goal_ids._measure()
        return self._set_state("running")

    def action_close(self):
        """Close these plans; what is still planned for review is dropped.

        :raise UserError: without a result
        """
        if bare := self.filtered(lambda plan: not (plan.result or "").strip()):
            raise UserError(
                self.env._(
                    "Write down what the year brought first: %s.",
                    ", ".join(bare.mapped("display_name")),
                )
            )
        self.goal_ids._measure()
        self.review_ids.filtered(lambda review: review.state == "planned").action_drop()
        return self._set_state("closed")

    def action_cancel(self):
        """Cancel these plans; what is still planned for review is dropped."""
        self.review_ids.filtered(lambda review: review.state == "planned").action_drop()
        return self._set_state("cancelled")

    def action_draft(self):
        """Take these plans up again as drafts."""
        return self._set_state("draft")

    def action_refresh(self):
        """Measure the goals of these plans from today's documents."""
        self.check_access("read")
        self.goal_ids._measure()

    def action_plan_reviews(self):
        """Plan a review after each quarter of the year that still lies ahead."""
        today = fields.Date.context_today(self)
        values = []
        for plan in self:
            known = {review.date for review in plan.review_ids}
            for month in (4, 7, 10, 13):
                day = fields.Date.to_date(
                    f"{plan.year + (month > 12)}-{(month - 1) % 12 + 1:02}-10"
                )
                if day >= today and day not in known:
                    values.append({"plan_id": plan.id, "date": day})
        self.env["logistics.account.plan.review"].create(values)

    def action_add_action(self):
        """Open the dialog that schedules an action of this plan."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.activity",
            "view_mode": "form",
            "views": [(self.env.ref("mail.mail_activity_view_form_popup").id, "form")],
            "target": "new",
            "context": {
                "default_res_model": self._name,
                "default_res_id": self.id,
                "default_user_id": self.user_id.id or self.env.uid,
            },
            "name": self.env._("Add an Action"),
        }

    def action_next_year(self):
        """Make the draft for the next year from this plan, and open it."""
        self.ensure_one()
        plan = self.copy({"year": self.year + 1})
        plan.goal_ids._take_baseline()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": plan.id,
            "view_mode": "form",
        }

    @api.model
    def _fold_customer(self, src, dst):
        """A customer has one live plan a year: the source's is cancelled where both have one."""
        live = [("state", "in", LIVE)]
        taken = set(self.search([("customer_id", "=", dst.id), *live]).mapped("year"))
        for plan in self.search([("customer_id", "=", src.id), *live]):
            if plan.year in taken:
                plan.state = "cancelled"
                plan._message_log(
                    body=self.env._(
                        "Cancelled when %(gone)s was merged into %(stays)s, which has a plan for "
                        "%(year)s.",
                        gone=src.display_name,
                        stays=dst.display_name,
                        year=plan.year,
                    )
                )
