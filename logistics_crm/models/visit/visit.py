# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...fields_unknown import KnownFloat, KnownMonetary
from ...visit_kinds import CALENDAR_CHANNELS, CHANNELS, KINDS, RESULTS, STATES
from .visit_time import hours_after, local_day, local_hour, utc_moment, zone_of

# What decides where a customer stands.
_STATUS_FIELDS = {
    "customer_id",
    "kind",
    "channel",
    "state",
    "planned_date",
    "start",
    "done_date",
    "user_id",
}


class LogisticsVisit(models.Model):
    """One touch of a customer: planned by the system or by hand, done by people."""

    _name = "logistics.visit"
    _description = "Visit"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.readonly.mixin"]
    _order = "planned_date desc, route_sequence, start, id desc"
    _check_company_auto = True
    _rec_names_search = ["customer_id.name", "purpose"]

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", tracking=True
    )
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Contact")
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    value_class = fields.Selection(related="customer_id.value_class")
    kind = fields.Selection(KINDS, required=True, default="patrol", tracking=True)
    channel = fields.Selection(CHANNELS, required=True, default="onsite", tracking=True)
    state = fields.Selection(
        STATES, required=True, default="planned", readonly=True, copy=False, tracking=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Representative",
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who goes, calls or writes.",
    )
    planned_date = fields.Date(
        string="Day",
        required=True,
        index=True,
        tracking=True,
        default=fields.Date.context_today,
        help="The day in the representative's time zone.",
    )
    start = fields.Datetime(
        help="When it begins. Calls and mails need no time of day.", tracking=True, copy=False
    )
    stop = fields.Datetime(string="End", compute="_compute_stop", store=True)
    duration = fields.Float(string="Duration (hours)", default=0.75)
    plan_id = fields.Many2one(
        "logistics.visit.plan", readonly=True, ondelete="set null", copy=False, index=True
    )
    generated = fields.Boolean(
        readonly=True, copy=False, help="Made by the planner from a visit plan."
    )
    plan_key = fields.Char(
        readonly=True,
        copy=False,
        help="What the plan asked for when the planner made it; a changed plan moves it.",
    )
    moved = fields.Boolean(
        string="Moved by Hand", readonly=True, copy=False, help="The planner leaves it alone."
    )
    route_sequence = fields.Integer(
        string="Stop", default=0, copy=False, help="Place in the day's round."
    )
    done_date = fields.Date(
        string="Done On",
        index=True,
        copy=False,
        tracking=True,
        help="The day it happened, in the representative's time zone.",
    )
    participant_ids = fields.Many2many(
        "res.users",
        "logistics_visit_participant_rel",
        string="Our Side",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    key_person_ids = fields.Many2many(
        "logistics.key.person",
        "logistics_visit_key_person_rel",
        string="Their Side",
        domain="[('customer_id', '=', customer_id), ('do_not_contact', '=', False)]",
        help="Whom we met or spoke to. Persons who asked not to be contacted are left out.",
    )
    purpose = fields.Char(help="Why we go: what to settle, to show or to ask.")
    findings = fields.Text(help="What we saw and heard.")
    result = fields.Selection(RESULTS, tracking=True, copy=False)
    next_step = fields.Char(copy=False, help="Becomes an activity on the customer when done.")
    next_step_date = fields.Date(string="Next Step By", copy=False)
    reason = fields.Char(
        string="Why Not", readonly=True, copy=False, help="Why it was missed or cancelled."
    )
    time_spent = KnownFloat(string="Time Spent (hours)", copy=False)
    travel_cost = KnownMonetary(copy=False)
    gift_cost = KnownMonetary(
        copy=False,
        help="The plan's gift budget until it is changed. A cost once the touch is done.",
    )
    gift = fields.Char(copy=False)
    cost = KnownMonetary(
        string="Total Cost",
        compute="_compute_cost",
        store=True,
        help="Time spent at the company's hourly cost, travel and gift. Empty: none is known.",
    )
    occasion = fields.Selection(
        [
            ("order", "Order"),
            ("payment", "Payment"),
            ("anniversary", "Anniversary"),
            ("personal", "Occasion"),
        ],
        readonly=True,
        copy=False,
        help="What a thank-you is for.",
    )
    color = fields.Integer(compute="_compute_color")

    _pair_idx = models.Index("(customer_id, kind, state, done_date)")
    _open_idx = models.Index("(company_id, planned_date) WHERE state = 'planned'")
    _duration_sane = models.Constraint(
        "CHECK (duration > 0 AND duration <= 24)",
        "A touch lasts longer than nothing and at most a day.",
    )
    _done_when_done = models.Constraint(
        "CHECK (state <> 'done' OR done_date IS NOT NULL)",
        "A done touch needs the day it was done.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends("customer_id", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for visit in self:
            visit.display_name = self.env._(
                "%(kind)s: %(customer)s",
                kind=kinds.get(visit.kind, ""),
                customer=visit.customer_id.sudo().display_name or "",
            )

    @api.depends("start", "duration")
    def _compute_stop(self):
        for visit in self:
            visit.stop = visit.start and hours_after(visit.start, visit.duration)

    @api.depends(
        "state",
        "time_spent",
        "travel_cost",
        "gift_cost",
        "company_id.logistics_visit_hour_cost",
    )
    def _compute_cost(self):
        for visit in self:
            hour = visit.company_id.sudo().logistics_visit_hour_cost
            known = [
                part
                for part in (
                    False
                    if visit.time_spent is False or hour is False
                    else visit.time_spent * hour,
                    visit.travel_cost,
                    # a gift planned is not a gift given
                    visit.gift_cost if visit.state == "done" else False,
                )
                if part is not False
            ]
            visit.cost = sum(known) if known else False

    @api.depends("state")
    def _compute_color(self):
        colors = {"planned": 4, "done": 10, "missed": 1, "cancelled": 0}
        for visit in self:
            visit.color = colors[visit.state]

    # ------------------------------------------------------------------ checks
    @api.constrains("done_date", "state")
    def _check_done_date(self):
        for visit in self:
            if visit.done_date and visit.done_date > visit._today():
                raise ValidationError(
                    self.env._(
                        "%s cannot have been done in the future. Enter the day it happened.",
                        visit.display_name,
                    )
                )

    def _today(self):
        """The current day of the representative."""
        self.ensure_one()
        return local_day(fields.Datetime.now(), zone_of(self.user_id, self.company_id))

    def _check_lock(self):
        """Refuse to touch what lies in a period the company has closed.

        :raise UserError: names the day and who can open the period
        """
        for visit in self:
            lock = visit.company_id.sudo().logistics_visit_lock_date
            day = visit.done_date or visit.planned_date
            if lock and day and day <= lock:
                raise UserError(
                    self.env._(
                        "%(visit)s lies in a closed period: visits up to %(day)s are locked. "
                        "A manager can move the lock date in the settings.",
                        visit=visit.display_name,
                        day=lock,
                    )
                )

    # ------------------------------------------------------------------ create, write, unlink
    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "state" in fields:
            # nobody types it, but every touch begins with it
            values["state"] = "planned"
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            customer = self.env["logistics.customer"].browse(vals.get("customer_id")).sudo()
            self._fill_times(vals, customer)
        visits = super().create(vals_list)
        visits._check_lock()
        visits._refresh_status()
        visits._publish()
        return visits

    def _fill_times(self, vals, customer):
        """Complete day and time of new values: either gives the other; without both it is today."""
        for name in ("start", "planned_date", "channel", "user_id"):
            if name not in vals and f"default_{name}" in self.env.context:
                vals[name] = self.env.context[f"default_{name}"]
        user = self.env["res.users"].browse(vals.get("user_id", self.env.uid))
        zone = zone_of(user, customer.company_id)
        if vals.get("start"):
            vals["planned_date"] = local_day(fields.Datetime.to_datetime(vals["start"]), zone)
            return
        vals.setdefault("planned_date", local_day(fields.Datetime.now(), zone))
        day = fields.Date.to_date(vals["planned_date"])
        if day and vals.get("channel", "onsite") in CALENDAR_CHANNELS:
            hour = customer.company_id.logistics_visit_day_start
            vals["start"] = utc_moment(day, customer.visit_hour or hour, zone)

    def write(self, vals):
        if not self.env.su and "customer_id" in vals:
            if any(visit.state != "planned" or visit.generated for visit in self):
                raise UserError(
                    self.env._("A touch stays with its customer. Cancel it and plan a new one.")
                )
        self._check_lock()
        customers = self.customer_id
        if self.env.context.get("logistics_visit_by_hand", not self.env.su) and (
            vals.keys() & {"planned_date", "start", "user_id"}
        ):
            super(LogisticsVisit, self.sudo()).write({"moved": True})
        result = True
        if vals.keys() & {"planned_date", "start", "channel"}:
            for visit in self:
                result = super(LogisticsVisit, visit).write(visit._times_written(vals))
        else:
            result = super().write(vals)
        self._check_lock()
        if vals.keys() & _STATUS_FIELDS:
            self._refresh_status(customers)
        if vals.keys() & {*_STATUS_FIELDS, "duration", "participant_ids", "purpose"}:
            self._publish()
        return result

    def _times_written(self, vals):
        """The values for one touch, with day and time of day kept in step.

        A new day keeps the clock time, whatever the change to or from summer time does between.
        """
        self.ensure_one()
        vals = dict(vals)
        user = self.env["res.users"].browse(vals["user_id"]) if "user_id" in vals else self.user_id
        zone = zone_of(user, self.company_id)
        channel = vals.get("channel", self.channel)
        if vals.get("start"):
            vals["planned_date"] = local_day(fields.Datetime.to_datetime(vals["start"]), zone)
        elif "start" not in vals:
            day = fields.Date.to_date(vals.get("planned_date")) or self.planned_date
            if self.start and day:
                vals["start"] = utc_moment(day, local_hour(self.start, zone), zone)
            elif channel in CALENDAR_CHANNELS and day:
                hour = self.company_id.sudo().logistics_visit_day_start
                vals["start"] = utc_moment(day, self.customer_id.sudo().visit_hour or hour, zone)
        return vals

    def unlink(self):
        self._check_lock()
        customers = self.customer_id
        self.with_context(logistics_visit_sync=True)._withdraw(delete=True)
        result = super().unlink()
        self.env["logistics.visit.status"].sudo()._refresh(customers=customers)
        return result

    def _refresh_status(self, customers=None):
        """Set the statuses of these touches' customers right at once."""
        accounts = self.customer_id | (customers or self.env["logistics.customer"])
        if accounts:
            self.env["logistics.visit.status"].sudo()._refresh(customers=accounts)
