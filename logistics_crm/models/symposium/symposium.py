# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...fields_unknown import KnownMonetary
from ..customer.logistics_customer import VALUE_CLASSES


class LogisticsSymposium(models.Model):
    """A meeting with many customers at once: to hear them, and to tell what became of it."""

    _name = "logistics.symposium"
    _description = "Symposium"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.readonly.mixin"]
    _order = "start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    kind = fields.Selection(
        [("symposium", "Symposium"), ("gathering", "Gathering")],
        required=True,
        default="symposium",
        help="Symposium: half-yearly, with questionnaire and agenda. Gathering: the yearly "
        "meeting for exchange; what is said there is collected too.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Organiser",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    start = fields.Datetime(required=True, tracking=True, index=True)
    duration = fields.Float(string="Duration (hours)", default=3.0, required=True)
    stop = fields.Datetime(string="End", compute="_compute_stop", store=True)
    location = fields.Char(tracking=True)
    participant_ids = fields.Many2many(
        "res.users",
        "logistics_symposium_participant_rel",
        string="Our Side",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    state = fields.Selection(
        [
            ("draft", "Planned"),
            ("invited", "Invited"),
            ("held", "Held"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        precompute=True,
        index=True,
        tracking=True,
    )
    event_id = fields.Many2one(
        "calendar.event", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    previous_id = fields.Many2one(
        "logistics.symposium",
        string="Last Time",
        compute="_compute_previous_id",
        help="The meeting held before this one in the company: its opinions are the first point "
        "of the agenda.",
    )
    round_id = fields.Many2one(
        "logistics.satisfaction.round",
        string="Questionnaire Round",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The questionnaires handed out at the meeting, and their results.",
    )
    survey_id = fields.Many2one(
        "survey.survey",
        string="Questionnaire",
        default=lambda self: self.env["logistics.satisfaction.round"]._default_survey(),
        ondelete="restrict",
        index="btree_not_null",
    )
    results = fields.Json(related="round_id.results")
    invitee_ids = fields.One2many("logistics.symposium.invitee", "symposium_id")
    invitee_count = fields.Integer(string="Invitees", compute="_compute_counts")
    attended_count = fields.Integer(string="Attended", compute="_compute_counts")
    agenda_ids = fields.One2many("logistics.symposium.agenda", "symposium_id", copy=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost = KnownMonetary(
        copy=False,
        help="Rooms, meals, speakers, presents; without our people's time. Shared among the "
        "customers who came, it stands in their concessions. Empty: not known.",
    )
    minutes = fields.Html(help="What was said and agreed.", copy=False)
    invite_key = fields.Boolean(string="Key Accounts", default=True)
    invite_core = fields.Boolean(string="Core", default=True)
    invite_standard = fields.Boolean(string="Standard")
    invite_marginal = fields.Boolean(string="Marginal")
    coverage = fields.Json(
        compute="_compute_coverage",
        help="How many of the customers of each value class are invited and came.",
    )

    _duration_sane = models.Constraint(
        "CHECK (duration > 0 AND duration <= 72)",
        "A symposium lasts longer than nothing and at most three days.",
    )

    def _compute_state(self):
        # Not a default: a user could give another one.
        for record in self:
            record.state = record.state or "draft"

    @api.depends("start", "duration")
    def _compute_stop(self):
        for record in self:
            record.stop = record.start and record.start + timedelta(hours=record.duration)

    @api.depends("start", "company_id", "kind")
    def _compute_previous_id(self):
        for record in self:
            record.previous_id = (
                self.sudo().search(
                    [
                        ("company_id", "=", record.company_id.id),
                        ("state", "in", ("held", "closed")),
                        ("start", "<", record.start),
                        ("id", "!=", record._origin.id),
                    ],
                    order="start desc, id desc",
                    limit=1,
                )
                if record.start
                else False
            )

    @api.depends("invitee_ids.attended")
    def _compute_counts(self):
        for record in self:
            invitees = record._all_invitees()
            record.invitee_count = len(invitees)
            record.attended_count = len(invitees.filtered("attended"))

    def _all_invitees(self):
        """Everybody on the lists, as superuser. Searched, not read from the list: that may hold
        only those whom the user may see.
        """
        return (
            self.env["logistics.symposium.invitee"]
            .sudo()
            .search([("symposium_id", "in", self._origin.ids)])
        )

    @api.depends("invitee_ids.attended", "invitee_ids.answer", "company_id")
    @api.depends_context("lang")
    def _compute_coverage(self):
        for record in self:
            record.coverage = record._coverage()

    def _coverage(self):
        """Invited and present customers of each value class, against all active ones.

        As superuser: numbers only, so that everybody sees the same coverage.

        :return: list of dict(code=, name=, customers=, invited=, attended=, invited_share=,
            attended_share=); a share is None where the class has no customers
        """
        self.ensure_one()
        labels = dict(
            self.env["logistics.customer"]._fields["value_class"]._description_selection(self.env)
        )
        counts = dict(
            self.env["logistics.customer"]
            .sudo()
            ._read_group(
                [("company_id", "=", self.company_id.id), ("active", "=", True)],
                ["value_class"],
                ["__count"],
            )
        )
        invitees = self._all_invitees()
        rows = []
        for code in [*(code for code, _name in VALUE_CLASSES), False]:
            invited = invitees.filtered(
                lambda one, code=code: (one.customer_id.value_class or False) == code
            )
            total = counts.get(code, 0)
            if not code and not invited:
                continue
            came = invited.filtered("attended").customer_id
            rows.append(
                {
                    "code": code or "none",
                    "name": labels.get(code) or self.env._("No Class"),
                    "customers": total,
                    "invited": len(invited.customer_id),
                    "attended": len(came),
                    "invited_share": len(invited.customer_id) / total if total else None,
                    "attended_share": len(came) / total if total else None,
                }
            )
        return rows

    @api.constrains("start", "state")
    def _check_held(self):
        for record in self:
            if record.state in ("held", "closed") and record.start > fields.Datetime.now():
                raise ValidationError(
                    self.env._("%s has not begun yet, so it was not held.", record.name)
                )

    # ------------------------------------------------------------------ create, write, unlink
    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records:
            record._ensure_first_point()
        records._publish()
        return records

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {
            "name",
            "start",
            "duration",
            "location",
            "participant_ids",
            "user_id",
            "state",
        }:
            self._publish()
        return result

    def unlink(self):
        events = self.sudo().event_id
        result = super().unlink()
        events.unlink()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_held(self):
        if held := self.filtered(lambda one: one.state in ("held", "closed")):
            raise UserError(
                self.env._(
                    "%s was held: what customers said there is kept.",
                    ", ".join(held.mapped("name")),
                )
            )

    def _publish(self):
        """Keep the event in Odoo's calendar in step: our people and the invited contacts.

        Core's invitation mails are left out: invitations are sent by a button, with a template.
        """
        quiet = {
            "dont_notify": True,
            "no_mail_to_attendees": True,
            "skip_attendee_notification": True,
            "mail_activity_quick_update": True,
            "tracking_disable": True,
            "mail_create_nolog": True,
            "mail_notify_author": False,
        }
        for record in self.sudo().with_context(**quiet):
            people = record.user_id.partner_id | record.participant_ids.partner_id
            values = {
                "name": record.name,
                "start": record.start,
                "stop": record.stop,
                "duration": record.duration,
                "location": record.location,
                "user_id": record.user_id.id,
                "active": record.state != "cancelled",
                "partner_ids": [Command.set((people | record._all_invitees().partner_id).ids)],
            }
            if record.event_id:
                record.event_id.write(values)
            elif record.state != "cancelled":
                record.event_id = (
                    self.env["calendar.event"]
                    .sudo()
                    .with_context(**quiet)
                    .create(
                        {
                            **values,
                            "res_model_id": self.env["ir.model"]._get_id(self._name),
                            "res_id": record.id,
                        }
                    )
                )


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model
    def _get_activity_excluded_models(self):
        # The meeting stands in the calendar; an activity for the organiser would double it.
        return [*super()._get_activity_excluded_models(), "logistics.symposium"]
