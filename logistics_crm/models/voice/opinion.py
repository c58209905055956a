# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import clean_context

OPEN_STATES = ("open", "answered")


class LogisticsOpinionTopic(models.Model):
    """What customers speak about: one taxonomy for visits, surveys, complaints and symposia."""

    _name = "logistics.opinion.topic"
    _description = "Opinion Topic"
    _order = "sequence, complete_name, id"
    _parent_store = True
    _rec_name = "complete_name"

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(compute="_compute_complete_name", recursive=True, store=True)
    parent_id = fields.Many2one("logistics.opinion.topic", index=True, ondelete="restrict")
    parent_path = fields.Char(index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    owner_id = fields.Many2one(
        "res.users",
        string="Usual Owner",
        domain="[('share', '=', False)]",
        help="Who answers opinions on this topic unless somebody else is named.",
    )
    answer_days = fields.Integer(
        string="Days to Answer", default=14, required=True, help="Sets the deadline."
    )

    _days_positive = models.Constraint(
        "CHECK (answer_days > 0)", "The days to answer must be positive."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for topic in self:
            topic.complete_name = (
                f"{topic.parent_id.complete_name} / {topic.name}" if topic.parent_id else topic.name
            )

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A topic cannot lie below itself."))


class LogisticsOpinion(models.Model):
    """What a customer said, asked for or was advised, until it is answered and checked."""

    _name = "logistics.opinion"
    _description = "Customer Opinion"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.readonly.mixin"]
    _order = "deadline, id"
    _rec_name = "name"
    _check_company_auto = True

    name = fields.Char(string="In Short", required=True, tracking=True)
    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", tracking=True
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True, precompute=True
    )
    kind = fields.Selection(
        [
            ("opinion", "Opinion"),
            ("request", "Request to a Department"),
            ("advice", "Advice or Help"),
        ],
        required=True,
        default="opinion",
        tracking=True,
    )
    topic_id = fields.Many2one(
        "logistics.opinion.topic", index=True, ondelete="restrict", tracking=True
    )
    text = fields.Text(string="In the Customer's Words")
    res_model = fields.Char(
        string="Source Model", index=True, copy=False, help="Where it was raised: visit, survey ..."
    )
    res_id = fields.Many2oneReference(
        string="Source Record", model_field="res_model", index=True, copy=False
    )
    source_name = fields.Char(string="Raised At", compute="_compute_source_name")
    date = fields.Date(
        string="Raised On", required=True, default=fields.Date.context_today, tracking=True
    )
    owner_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who sees to it. Gets an activity.",
    )
    deadline = fields.Date(required=True, index=True, tracking=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("answered", "Answered"),
            ("done", "Checked"),
            ("dropped", "Dropped"),
        ],
        required=True,
        default="open",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")
    answer = fields.Text(
        string="Answer to the Customer", copy=False, help="What was done and told to the customer."
    )
    answered_on = fields.Date(readonly=True, copy=False)
    satisfied = fields.Selection(
        [("yes", "Satisfied"), ("no", "Not Satisfied")],
        string="Result",
        readonly=True,
        copy=False,
        tracking=True,
        help="What the customer said when asked whether the answer helped.",
    )
    checked_by = fields.Many2one("res.users", readonly=True, copy=False)
    checked_on = fields.Date(readonly=True, copy=False)

    @api.depends("res_model", "res_id")
    def _compute_source_name(self):
        for opinion in self:
            name = False
            if opinion.res_model in self.env and opinion.res_id:
                source = self.env[opinion.res_model].browse(opinion.res_id).exists()
                name = source.sudo().display_name if source else False
            opinion.source_name = name

    @api.depends("deadline", "state")
    @api.depends_context("tz")
    def _compute_overdue(self):
        today = fields.Date.context_today(self)
        for opinion in self:
            opinion.overdue = bool(
                opinion.state == "open" and opinion.deadline and opinion.deadline < today
            )

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = fields.Domain("state", "=", "open") & fields.Domain(
            "deadline", "<", fields.Date.context_today(self)
        )
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        return late if True in value else ~late

    @api.onchange("topic_id", "customer_id")
    def _onchange_topic(self):
        for name, value in self._owner_and_deadline(self.topic_id, self.customer_id).items():
            if not self[name]:
                self[name] = value

    @api.model
    def _owner_and_deadline(self, topic, customer):
        """Who answers, and until when, when nothing else is said."""
        days = topic.answer_days or 14
        return {
            "owner_id": topic.sudo().owner_id.id or customer.sudo().user_id.id or self.env.uid,
            "deadline": fields.Date.context_today(self) + timedelta(days=days),
        }

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "state" in fields:
            values["state"] = "open"
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for key, value in self.env.context.items():
                if key.startswith("default_") and key[8:] in self._fields:
                    vals.setdefault(key[8:], value)
            if not vals.get("customer_id") and vals.get("res_id") and vals.get("res_model"):
                # raised on the form of a visit or survey: the customer is known there
                source = self.env[vals["res_model"]].browse(vals["res_id"])
                if "customer_id" in source._fields:
                    vals["customer_id"] = source.customer_id.id
            topic = self.env["logistics.opinion.topic"].browse(vals.get("topic_id"))
            customer = self.env["logistics.customer"].browse(vals.get("customer_id"))
            for name, value in self._owner_and_deadline(topic, customer).items():
                vals[name] = vals.get(name) or value
        # what is meant for the opinion must not reach its messages and activities
        plain = self.with_env(self.env(context=clean_context(self.env.context)))
        opinions = super(LogisticsOpinion, plain).create(vals_list)
        opinions._follow_activities()
        return opinions

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"owner_id", "deadline", "state"}:
            self._follow_activities()
        return result

    def _follow_activities(self):
        """Keep one activity of the owner for each opinion that waits for an answer."""
        for opinion in self.sudo().with_context(mail_activity_quick_update=True):
            if opinion.state != "open":
                opinion.activity_unlink(["mail.mail_activity_data_todo"])
                continue
            activity = opinion.activity_ids.filtered("automated")[:1]
            if not activity:
                opinion.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=opinion.deadline,
                    summary=opinion.name,
                    user_id=opinion.owner_id.id,
                )
            elif (activity.user_id, activity.date_deadline) != (
                opinion.owner_id,
                opinion.deadline,
            ):
                activity.write({"user_id": opinion.owner_id.id, "date_deadline": opinion.deadline})

    # ------------------------------------------------------------------ actions
    def _act(self, states, message):
        self.check_access("write")
        wrong = self.filtered(lambda opinion: opinion.state not in states)
        if wrong:
            raise UserError(message + " " + ", ".join(wrong.mapped("name")))
        return self.sudo()

    def action_answer(self):
        """The customer was answered; what was told is required."""
        opinions = self._act(("open",), self.env._("Only open opinions can be answered:"))
        if missing := opinions.filtered(lambda opinion: not (opinion.answer or "").strip()):
            raise UserError(
                self.env._(
                    "Write down what was done and told to the customer first: %s",
                    ", ".join(missing.mapped("name")),
                )
            )
        opinions.write({"state": "answered", "answered_on": fields.Date.context_today(self)})
        return True

    def action_satisfied(self):
        """The customer was asked afterwards, and the answer helped."""
        return self._check_result("yes")

    def action_not_satisfied(self):
        """The customer was asked afterwards, and it did not help: the opinion is open again."""
        return self._check_result("no")

    def _check_result(self, result):
        opinions = self._act(("answered",), self.env._("Answer the customer first:"))
        opinions.write(
            {
                "satisfied": result,
                "checked_by": self.env.uid,
                "checked_on": fields.Date.context_today(self),
                "state": "done" if result == "yes" else "open",
            }
        )
        return True

    def action_drop(self):
        """Nothing will be done; the chatter says who decided it."""
        self._act(OPEN_STATES, self.env._("These opinions are closed:")).write({"state": "dropped"})
        return True

    def action_reopen(self):
        """Open a checked or dropped opinion again."""
        self._act(("answered", "done", "dropped"), self.env._("Open already:")).write(
            {"state": "open", "satisfied": False, "answered_on": False}
        )
        return True

    def action_open_source(self):
        """Open the visit, survey or complaint at which it was raised."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            raise UserError(self.env._("Nothing is recorded about where this was raised."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
