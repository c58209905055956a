# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...visit_kinds import CHANNELS, KINDS
from ..customer.logistics_customer import CREDIT_GRADES, VALUE_CLASSES

_USUAL = [
    # value class, kind, days between, tolerance, planned channel, other channels, who
    ("key", "patrol", 14, 5, "onsite", (), "rep"),
    ("core", "patrol", 30, 10, "onsite", (), "rep"),
    ("standard", "patrol", 60, 20, "phone", ("onsite",), "rep"),
    (False, "patrol", 120, 30, "phone", ("onsite", "mail"), "rep"),
    ("key", "executive", 365, 60, "onsite", (), "executive"),
]
# What an approval of gifts is about, and the approval itself.
_GIFT = {
    "gift",
    "gift_cost",
    "value_class",
    "customer_type_id",
    "credit_grade_code",
    "include_lost",
}
_APPROVAL = {"gift_approved_by_id", "gift_approved_on"}


class LogisticsVisitPlan(models.Model):
    """How often customers of a class, grade and type are to be touched, for one kind of touch."""

    _name = "logistics.visit.plan"
    _description = "Visit Plan"
    _order = "kind, sequence, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    sequence = fields.Integer(default=10, help="Of two plans that fit equally well, the first.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(KINDS, required=True, default="patrol")
    value_class = fields.Selection(VALUE_CLASSES, help="Empty: customers of every value class.")
    customer_type_id = fields.Many2one(
        "logistics.customer.type", ondelete="restrict", help="Empty: customers of every type."
    )
    credit_grade_code = fields.Selection(
        CREDIT_GRADES, string="Credit Grade", help="Empty: customers of every grade."
    )
    include_lost = fields.Boolean(
        string="Lost Customers Too",
        help="Without this, nobody is sent to customers whose lifecycle stage is Lost.",
    )
    interval_days = fields.Integer(
        string="Days Between",
        default=30,
        help="Days from the last completed touch that counts to the next one. Not used for a plan "
        "with a date to be reached.",
    )
    tolerance_days = fields.Integer(
        string="Tolerance (Days)",
        default=7,
        help="Days after the due date before the customer counts as overdue.",
    )
    before_date = fields.Date(
        string="Before",
        help="Each customer is to be touched once before this date, for a festival or the turn of "
        "the year. Empty: the plan repeats after Days Between.",
    )
    lead_days = fields.Integer(
        string="Starting Days Before",
        default=30,
        help="How long before that date a touch counts for it.",
    )
    every_year = fields.Boolean(help="The date returns every year.")
    who = fields.Selection(
        [
            ("rep", "Representative"),
            ("backup", "Backup"),
            ("executive", "Executives"),
            ("team", "Team"),
        ],
        string="Done By",
        required=True,
        default="rep",
        help="Representative and backup are those of the customer. Executives and team are "
        "the people named here, who share the customers; for executives only their own visits "
        "count.",
    )
    user_ids = fields.Many2many(
        "res.users",
        "logistics_visit_plan_user_rel",
        "plan_id",
        "user_id",
        string="People",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    channel = fields.Selection(CHANNELS, string="Planned As", required=True, default="onsite")
    count_onsite = fields.Boolean(string="On Site", default=True)
    count_phone = fields.Boolean(string="Phone")
    count_mail = fields.Boolean(string="Letter or E-Mail")
    count_message = fields.Boolean(string="Message")
    count_thanks = fields.Boolean(string="Gift or Card")
    count_event = fields.Boolean(string="Event")
    alternate = fields.Boolean(
        string="Another Way Each Time",
        help="The next touch takes a channel that counts and differs from those of the last two "
        "touches, the preferred one first.",
    )
    duration = fields.Float(string="Duration (hours)", default=0.75)
    gift = fields.Char(help="What is given to each customer. Proposed on the touches.")
    gift_cost = fields.Monetary(
        string="Gift Budget",
        help="What a gift may cost per customer, in company currency. Gifts are proposed once a "
        "manager has approved them.",
    )
    gift_customers = fields.Integer(
        string="Customers to Get It",
        compute="_compute_gift_total",
        help="Customers this plan is for today.",
    )
    gift_total = fields.Monetary(
        string="Gifts in All",
        compute="_compute_gift_total",
        help="Gift budget times customers, in company currency.",
    )
    gift_approved_by_id = fields.Many2one(
        "res.users", string="Gifts Approved By", readonly=True, copy=False
    )
    gift_approved_on = fields.Date(string="Gifts Approved On", readonly=True, copy=False)
    currency_id = fields.Many2one(related="company_id.currency_id")
    quota_per_year = fields.Integer(
        default=4, help="Thank-you touches proposed for one customer in twelve months, at most."
    )
    on_order = fields.Boolean(string="After an Order", default=True)
    on_payment = fields.Boolean(string="After a Payment")
    on_anniversary = fields.Boolean(string="Anniversary of the First Trade", default=True)
    on_occasion = fields.Boolean(
        string="Occasions of the File",
        default=True,
        help="Birthdays and anniversaries noted with key persons and customers, a few days before. "
        "Persons who asked not to be contacted are left out.",
    )

    _days_sane = models.Constraint(
        "CHECK (interval_days > 0 AND tolerance_days >= 0 AND lead_days > 0 AND duration > 0"
        " AND duration <= 24 AND quota_per_year >= 0)",
        "The days between two touches, the days before a date and the duration must be positive; "
        "the tolerance and the quota cannot be negative.",
    )

    @api.depends("kind", "value_class", "credit_grade_code", "customer_type_id.name")
    def _compute_name(self):
        kinds, classes = dict(KINDS), dict(VALUE_CLASSES)
        for plan in self:
            parts = [kinds.get(plan.kind, "")]
            if plan.value_class:
                parts.append(classes[plan.value_class])
            if plan.customer_type_id:
                parts.append(plan.customer_type_id.name)
            if plan.credit_grade_code:
                parts.append(plan.credit_grade_code)
            plan.name = " / ".join(parts)

    @api.depends("gift_cost")
    def _compute_gift_total(self):
        counts = dict(
            self.env["logistics.visit.status"]
            .sudo()
            ._read_group([("plan_id", "in", self.ids)], ["plan_id"], ["__count"])
        )
        for plan in self:
            plan.gift_customers = counts.get(plan._origin, 0)
            plan.gift_total = plan.gift_cost * plan.gift_customers

    def action_approve_gifts(self):
        """Approve gift and budget of these plans; the planner proposes them from then on.

        Changing gift, budget or whom the plan is for asks for it again.

        :raise AccessError: for everybody but managers
        """
        if not self.env.user.has_group("logistics_crm.group_manager"):
            raise AccessError(self.env._("A manager approves gifts."))
        self.check_access("write")
        self.sudo().write(
            {
                "gift_approved_by_id": self.env.uid,
                "gift_approved_on": fields.Date.context_today(self),
            }
        )

    @api.constrains(
        "channel",
        "kind",
        "who",
        "user_ids",
        "count_onsite",
        "count_phone",
        "count_mail",
        "count_message",
        "count_thanks",
        "count_event",
    )
    def _check_plan(self):
        for plan in self:
            if not plan["count_" + plan.channel]:
                raise ValidationError(
                    self.env._(
                        "%(plan)s: a touch planned as %(channel)s must count. Tick it among the "
                        "channels that count.",
                        plan=plan.name,
                        channel=dict(plan._fields["channel"]._description_selection(self.env))[
                            plan.channel
                        ],
                    )
                )
            if plan.who in ("executive", "team") and not plan.user_ids:
                raise ValidationError(
                    self.env._("%s: name the people who do these visits.", plan.name)
                )

    @api.onchange("channel")
    def _onchange_channel(self):
        if self.channel:
            self["count_" + self.channel] = True

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # Imports and short forms name the channel only; that it counts goes without saying.
            channel = vals.get("channel")
            if channel and "count_" + channel not in vals:
                vals["count_" + channel] = True
                if channel != "onsite":
                    vals.setdefault("count_onsite", False)
            if not self.env.su:
                for name in _APPROVAL:
                    vals.pop(name, None)
        plans = super().create(vals_list)
        plans._refresh_statuses()
        return plans

    def write(self, vals):
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name not in _APPROVAL}
        changed = [name for name in _GIFT & vals.keys() if self._differs(name, vals[name])]
        if changed and not _APPROVAL & vals.keys():
            vals = {**vals, "gift_approved_by_id": False, "gift_approved_on": False}
        result = super().write(vals)
        self._refresh_statuses()
        return result

    def _differs(self, name, value):
        field = self._fields[name]
        return any(field.convert_to_write(plan[name], plan) != (value or False) for plan in self)

    def unlink(self):
        companies = self.company_id
        result = super().unlink()
        self._refresh_statuses(companies)
        return result

    def _refresh_statuses(self, companies=None):
        """Who is due follows the plan at once."""
        for company in companies or self.company_id:
            self.env["logistics.visit.status"].sudo()._refresh(company)

    @api.model
    def action_create_usual(self):
        """Write the plans most sales teams begin with, for the current company.

        Patrols every 14, 30, 60 and 120 days by value class, and one executive visit of key
        accounts per year, done by the current user until somebody else is named. Nothing is
        added when the company has plans.
        """
        company = self.env.company
        if not self.with_context(active_test=False).search_count(
            [("company_id", "=", company.id)], limit=1
        ):
            self.create(
                [
                    {
                        "company_id": company.id,
                        "value_class": value_class,
                        "kind": kind,
                        "interval_days": days,
                        "tolerance_days": tolerance,
                        "channel": channel,
                        **{"count_" + other: True for other in (channel, *others)},
                        "count_onsite": channel == "onsite" or "onsite" in others,
                        "who": who,
                        "user_ids": self.env.user.ids if who == "executive" else [],
                        "sequence": 10 * number,
                    }
                    for number, (
                        value_class,
                        kind,
                        days,
                        tolerance,
                        channel,
                        others,
                        who,
                    ) in enumerate(_USUAL, 1)
                ]
            )
        return self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_visit_plan")


class LogisticsVisitOverride(models.Model):
    """A customer who is touched more or less often than the plan says, for a reason and a time."""

    _name = "logistics.visit.override"
    _description = "Visit Plan Override"
    _inherit = ["mail.thread"]
    _order = "date_end desc, id desc"
    _rec_name = "customer_id"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", tracking=True
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, required=True, default="patrol", tracking=True)
    skip = fields.Boolean(string="No Visits", tracking=True)
    interval_days = fields.Integer(string="Days Between", default=30, tracking=True)
    channel = fields.Selection(CHANNELS, help="Empty: as the plan says.", tracking=True)
    date_start = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date(
        string="Until", required=True, help="The last day it applies.", tracking=True
    )
    reason = fields.Text(required=True, tracking=True)

    _days_sane = models.Constraint(
        "CHECK (interval_days > 0)", "The days between two touches must be positive."
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_end >= date_start)", "An override cannot end before it begins."
    )

    @api.model_create_multi
    def create(self, vals_list):
        overrides = super().create(vals_list)
        self.env["logistics.visit.status"]._refresh(customers=overrides.customer_id)
        return overrides

    def write(self, vals):
        customers = self.customer_id
        result = super().write(vals)
        self.env["logistics.visit.status"]._refresh(customers=customers | self.customer_id)
        return result

    def unlink(self):
        customers = self.customer_id
        result = super().unlink()
        self.env["logistics.visit.status"]._refresh(customers=customers)
        return result
