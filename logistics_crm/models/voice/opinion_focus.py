# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class LogisticsOpinionFocus(models.Model):
    """A topic that customers raise again and again, taken up by an executive until it is less."""

    _name = "logistics.opinion.focus"
    _description = "Topic Taken Up"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.readonly.mixin"]
    _order = "state desc, taken_up_on desc, id desc"
    _rec_name = "topic_id"
    _check_company_auto = True

    topic_id = fields.Many2one(
        "logistics.opinion.topic", required=True, index=True, ondelete="restrict", tracking=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    executive_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who takes it up. Gets an activity.",
    )
    taken_up_on = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    deadline = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self) + relativedelta(months=3),
        tracking=True,
    )
    measures = fields.Text(help="What is done about it.")
    result = fields.Text(help="What it came to. Needed to close.")
    state = fields.Selection(
        [("open", "Taken Up"), ("done", "Done")],
        compute="_compute_state",
        store=True,
        precompute=True,
        index=True,
        tracking=True,
    )
    closed_on = fields.Date(readonly=True, copy=False)
    count_before = fields.Integer(
        string="Opinions Before",
        compute="_compute_counts",
        help="Raised on the topic in the six months before it was taken up.",
    )
    count_after = fields.Integer(
        string="Opinions Since",
        compute="_compute_counts",
        help="Raised on the topic in the six months since it was taken up.",
    )
    count_open = fields.Integer(
        string="Still Open", compute="_compute_counts", help="Opinions without an answer yet."
    )

    _open_uniq = models.UniqueIndex(
        "(company_id, topic_id) WHERE state = 'open'", "This topic is taken up already."
    )

    def _compute_state(self):
        # Not a default: a user could give another one.
        for record in self:
            record.state = record.state or "open"

    @api.depends("topic_id", "company_id", "taken_up_on")
    def _compute_counts(self):
        """Numbers only, as superuser: everybody is told the same."""
        opinions = self.env["logistics.opinion"].sudo()
        for record in self:
            day = record.taken_up_on
            record.count_before = record.count_after = record.count_open = 0
            if not (record.topic_id and day):
                continue
            base = [
                ("company_id", "=", record.company_id.id),
                ("topic_id", "child_of", record.topic_id.id),
            ]
            half = relativedelta(months=6)
            record.count_before = opinions.search_count(
                [*base, ("date", "<=", day), ("date", ">", day - half)]
            )
            record.count_after = opinions.search_count(
                [*base, ("date", ">", day), ("date", "<=", day + half)]
            )
            record.count_open = opinions.search_count([*base, ("state", "=", "open")])

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._follow_activities()
        return records

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"executive_id", "deadline", "state"}:
            self._follow_activities()
        return result

    def _follow_activities(self):
        """Keep one activity of the executive while the topic is taken up."""
        for record in self.sudo().with_context(mail_activity_quick_update=True):
            record.activity_ids.filtered("automated").unlink()
            if record.state == "open":
                record.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=record.deadline,
                    summary=record.env._("Customers keep saying: %s", record.topic_id.name),
                    user_id=record.executive_id.id,
                )

    def action_done(self):
        """Close it, with a result."""
        self.check_access("write")
        if missing := self.filtered(lambda one: not (one.result or "").strip()):
            raise UserError(
                self.env._(
                    "Write down what it came to first: %s",
                    ", ".join(missing.topic_id.mapped("name")),
                )
            )
        self.sudo().write({"state": "done", "closed_on": fields.Date.context_today(self)})
        return True

    def action_reopen(self):
        """Take the topic up again."""
        self.check_access("write")
        self.sudo().write({"state": "open", "closed_on": False})
        return True

    def action_open_opinions(self):
        """Open what customers said on the topic."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_opinion")
        action["domain"] = [
            ("topic_id", "child_of", self.topic_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        action["context"] = {}
        return action

    @api.model
    def _cron_take_up(self):
        """Give the topic raised most often in the last months to the company's executive.

        Only in companies that name one, and only while that executive has no open topic: one
        thing at a time is what gets done.
        """
        for company in self.env["res.company"].search(
            [("logistics_opinion_executive_id", "!=", False)]
        ):
            executive = company.logistics_opinion_executive_id
            domain = [("company_id", "=", company.id), ("state", "=", "open")]
            taken = self.search(domain)
            if executive in taken.executive_id:
                continue
            top = self.env["logistics.opinion.ranking"].search(
                [
                    ("company_id", "=", company.id),
                    ("topic_id", "not in", taken.topic_id.ids),
                    ("opinion_count", ">=", company.logistics_opinion_often),
                ],
                order="opinion_count desc, customer_count desc, topic_id",
                limit=1,
            )
            if top:
                self.create(
                    {
                        "company_id": company.id,
                        "topic_id": top.topic_id.id,
                        "executive_id": executive.id,
                    }
                )


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_opinion_executive_id = fields.Many2one(
        "res.users",
        string="Executive for Opinions",
        domain="[('share', '=', False)]",
        help="Gets the topic that customers raise most often, one at a time. Empty: nobody, and "
        "topics are taken up by hand.",
    )
    logistics_opinion_often = fields.Integer(
        string="Often Means",
        default=3,
        required=True,
        help="A topic is taken up by itself when so many opinions were raised in twelve months.",
    )

    _logistics_opinion_often_sane = models.Constraint(
        "CHECK (logistics_opinion_often > 0)", "The number of opinions must be positive."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_opinion_executive_id = fields.Many2one(
        related="company_id.logistics_opinion_executive_id", readonly=False
    )
    logistics_opinion_often = fields.Integer(
        related="company_id.logistics_opinion_often", readonly=False
    )
