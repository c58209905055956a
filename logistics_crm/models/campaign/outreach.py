# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...fields_unknown import KnownFloat, KnownMonetary

KINDS = [
    ("mailing", "Mailing List"),
    ("call", "Call List"),
    ("opportunity", "Opportunities"),
]
STATES = [("draft", "Draft"), ("running", "Running"), ("done", "Done")]


class LogisticsOutreach(models.Model):
    """A campaign: who of a segment is contacted, who is held out, and what came of it."""

    _name = "logistics.outreach"
    _description = "Campaign"
    _inherit = ["mail.thread", "logistics.readonly.mixin"]
    _order = "start_date desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    segment_id = fields.Many2one(
        "logistics.segment", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        tracking=True,
    )
    kind = fields.Selection(
        KINDS,
        required=True,
        default="call",
        tracking=True,
        help="Mailing List: a list for Email Marketing, or a mail to all where it is not "
        "installed. Call List: a call for each, spread over days and representatives. "
        "Opportunities: one in CRM for each.",
    )
    state = fields.Selection(
        STATES,
        compute="_compute_state",
        store=True,
        precompute=True,
        index=True,
        tracking=True,
    )
    start_date = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    per_day = fields.Integer(
        string="Calls a Day", default=10, help="Per representative, on working days."
    )
    holdout_share = fields.Float(
        string="Hold Out",
        default=0.1,
        tracking=True,
        help="This share of the segment is chosen by lot before the start and not contacted: "
        "what they buy anyway is the yardstick. 0: nobody, and no effect can be told.",
    )
    response_days = fields.Integer(
        default=30, help="Orders so many days after the contact count as a response."
    )
    script = fields.Html(help="What to say or write; goes into every call and opportunity.")
    mailing_list = fields.Reference(
        selection="_selection_mailing_list",
        readonly=True,
        help="The list in Email Marketing that was made of this campaign.",
    )
    line_ids = fields.One2many("logistics.outreach.line", "outreach_id")
    contact_count = fields.Integer(string="To Contact", compute="_compute_progress")
    prepared_count = fields.Integer(string="Prepared", compute="_compute_progress")
    holdout_count = fields.Integer(string="Held Out", compute="_compute_progress")
    excluded_count = fields.Integer(string="Excluded", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress")
    mailing_installed = fields.Boolean(compute="_compute_mailing_installed")

    measured_on = fields.Date(readonly=True)
    response_rate = KnownFloat(
        string="Response",
        readonly=True,
        help="Share of the contacted customers who ordered within the response days, of those "
        "whose days are over.",
    )
    holdout_rate = KnownFloat(
        string="Response Held Out",
        readonly=True,
        help="Share of those held out who ordered within the same days anyway.",
    )
    extra_revenue = KnownMonetary(
        readonly=True,
        help="Revenue per contacted customer less revenue per customer held out, times those "
        "contacted. Empty: nobody is held out, or no days are over.",
    )
    won_count = fields.Integer(string="Opportunities Won", readonly=True)
    called_count = fields.Integer(string="Calls Made", readonly=True)

    _holdout_sane = models.Constraint(
        "CHECK (holdout_share >= 0 AND holdout_share <= 0.5)",
        "Between nobody and half of the segment can be held out.",
    )
    _days_sane = models.Constraint(
        "CHECK (response_days > 0 AND per_day > 0)",
        "Response days and calls a day must be at least 1.",
    )

    @api.model
    def _selection_mailing_list(self):
        if "mailing.list" in self.env:
            return [("mailing.list", self.env._("Mailing List"))]
        return []

    def _compute_state(self):
        # Not a default: a user could give another one.
        for record in self:
            record.state = record.state or "draft"

    def _compute_mailing_installed(self):
        self.mailing_installed = "mailing.list" in self.env

    @api.depends("line_ids.part", "line_ids.prepared")
    def _compute_progress(self):
        counts = {}
        for outreach, part, prepared, count in self.env["logistics.outreach.line"]._read_group(
            [("outreach_id", "in", self.ids)], ["outreach_id", "part", "prepared"], ["__count"]
        ):
            counts[outreach, part, prepared] = count
        for outreach in self:

            def total(part, *prepared, of=outreach):
                return sum(counts.get((of, part, flag), 0) for flag in prepared)

            outreach.contact_count = total("contact", True, False)
            outreach.prepared_count = total("contact", True)
            outreach.holdout_count = total("holdout", True, False)
            outreach.excluded_count = total("excluded", True, False)
            outreach.progress = (
                100.0 * outreach.prepared_count / outreach.contact_count
                if outreach.contact_count
                else 0.0
            )

    def write(self, vals):
        """Keep what decides who was chosen and how the response counts, once it has started.

        :raise UserError: for a user who changes it afterwards
        """
        fixed = {"segment_id", "kind", "start_date", "per_day", "holdout_share", "response_days"}
        if not self.env.su and fixed & vals.keys() and any(o.state != "draft" for o in self):
            raise UserError(
                self.env._(
                    "This campaign has started. Who is contacted and how the response counts "
                    "cannot be changed any more; make a new one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(outreach.state != "draft" for outreach in self):
            raise UserError(
                self.env._("A campaign that has started cannot be deleted: its result would go.")
            )

    def action_start(self):
        """Choose who is contacted and who is held out, and prepare the first batch.

        Only customers the user may see are chosen. The rest is prepared in the background.
        """
        self.check_access("write")
        for outreach in self.filtered(lambda row: row.state == "draft"):
            outreach.lock_for_update()
            outreach._choose()
            outreach.sudo().state = "running"
            outreach.sudo()._process()
        if any(outreach.prepared_count < outreach.contact_count for outreach in self):
            self.env.ref("logistics_crm.cron_outreach").sudo()._trigger()

    def action_measure(self):
        """Count the responses up to today."""
        self.check_access("read")
        self.sudo()._measure()

    def action_done(self):
        """Measure a last time and close the campaign."""
        self.check_access("write")
        self.sudo()._measure()
        self.sudo().state = "done"

    def action_open_lines(self):
        """Open who is contacted, held out or excluded, and how they responded."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "logistics.outreach.line",
            "view_mode": "list,pivot",
            "domain": [("outreach_id", "=", self.id)],
            "context": {"search_default_group_part": 1},
        }

    def action_open_mailing(self):
        """Open a new mailing to the list, or a mail to all: where Email Marketing is missing, or
        not for this user.
        """
        self.ensure_one()
        if self.mailing_list and self.env["mailing.mailing"].has_access("create"):
            return {
                "type": "ir.actions.act_window",
                "res_model": "mailing.mailing",
                "view_mode": "form",
                "context": {
                    "default_subject": self.name,
                    "default_body_arch": self.script,
                    "default_mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                    "default_contact_list_ids": self.mailing_list.ids,
                },
            }
        lines = self.env["logistics.outreach.line"].search(
            [("outreach_id", "=", self.id), ("part", "=", "contact")]
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "name": self.env._("Mail"),
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_composition_mode": "mass_mail",
                "default_model": "res.partner",
                "default_res_ids": lines.customer_id.partner_id.ids,
                "default_subject": self.name,
                "default_body": self.script or "",
                "default_use_exclusion_list": True,
            },
        }
