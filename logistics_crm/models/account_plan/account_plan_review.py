# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError


class LogisticsAccountPlanReview(models.Model):
    """A day on which a plan is looked at, with whom, and what was decided."""

    _name = "logistics.account.plan.review"
    _description = "Account Plan Review"
    _inherit = ["logistics.readonly.mixin"]
    _order = "date, id"
    _rec_name = "date"

    plan_id = fields.Many2one(
        "logistics.account.plan", required=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(related="plan_id.customer_id", store=True, index=True)
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    user_id = fields.Many2one(related="plan_id.user_id", store=True, index=True)
    date = fields.Date(required=True, index=True)
    state = fields.Selection(
        [("planned", "Planned"), ("held", "Held"), ("dropped", "Dropped")],
        string="Status",
        compute="_compute_state",
        store=True,
        precompute=True,
        copy=False,
    )
    participant_ids = fields.Many2many(
        "res.partner", string="With", help="Who was there, of ours and of theirs."
    )
    summary = fields.Text(help="Where the goals stand, and why.")
    decisions = fields.Text(help="What was decided.")
    held_on = fields.Date(readonly=True, copy=False)
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )

    def _compute_state(self):
        # Not a default: a user could give another one.
        for review in self:
            review.state = review.state or "planned"

    @api.model_create_multi
    def create(self, vals_list):
        reviews = super().create(vals_list)
        reviews._remind()
        return reviews

    def write(self, vals):
        result = super().write(vals)
        if "date" in vals:
            self._remind()
        return result

    def unlink(self):
        self.sudo().activity_id.unlink()
        return super().unlink()

    def _remind(self):
        """Have an activity of the plan for every planned review, on its day."""
        for review in self.sudo().filtered(lambda review: review.state == "planned"):
            plan = review.plan_id
            if review.activity_id:
                review.activity_id.date_deadline = review.date
                continue
            review.activity_id = plan.activity_schedule(
                "mail.mail_activity_data_todo",
                review.date,
                self.env._("Review the account plan"),
                user_id=plan.user_id.id or self.env.uid,
            )

    def action_held(self):
        """Note that these reviews were held today; their reminders are done.

        :raise UserError: without a summary
        """
        self.check_access("write")
        if bare := self.filtered(lambda review: not (review.summary or "").strip()):
            raise UserError(
                self.env._(
                    "Write a summary of the review of %s first.",
                    ", ".join(fields.Date.to_string(review.date) for review in bare),
                )
            )
        for review in self.sudo():
            review.write({"state": "held", "held_on": fields.Date.context_today(self)})
            review.activity_id.action_feedback(feedback=review.decisions or review.summary)
        return True

    def action_drop(self):
        """Drop these reviews and their reminders."""
        self.check_access("write")
        for review in self.sudo():
            review.state = "dropped"
            review.activity_id.unlink()
        return True
