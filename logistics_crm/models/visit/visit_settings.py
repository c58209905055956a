# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

from ...fields_unknown import KnownMonetary


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_visits_per_day = fields.Integer(
        string="Visits per Day",
        default=6,
        help="How many on-site visits the planner gives one representative on a working day.",
    )
    logistics_calls_per_day = fields.Integer(
        string="Calls and Mails per Day",
        default=12,
        help="How many other touches the planner gives one representative on a working day.",
    )
    logistics_visit_day_start = fields.Float(
        string="First Visit At", default=9.0, help="Clock time of the first visit of a day."
    )
    logistics_visit_calendar_days = fields.Integer(
        string="Calendar Horizon (Days)",
        default=14,
        help="Planned touches become calendar events and activities this many days ahead.",
    )
    logistics_visit_missed_days = fields.Integer(
        string="Missed After (Days)",
        default=2,
        help="A planned touch that nobody completed is set to missed this many days later, and "
        "the planner finds a new day.",
    )
    logistics_visit_lock_date = fields.Date(
        string="Visit Lock Date",
        help="Visits up to this day cannot be added, changed or deleted any more.",
    )
    logistics_visit_hour_cost = KnownMonetary(
        string="Hourly Cost of Visits",
        help="What an hour of a representative costs, in company currency. Empty: unknown, and "
        "the time spent is not in the cost of a visit.",
    )
    logistics_visit_near_m = fields.Integer(
        string="Near (Metres)",
        default=500,
        help="A check-in up to this far from the address counts as verified.",
    )
    logistics_thanks_send = fields.Boolean(
        string="Send Thank-You Mails",
        help="Thank-you touches by mail are sent on their day with the template of the occasion. "
        "Off: they are proposed, and people send them.",
    )

    _logistics_visit_sane = models.Constraint(
        "CHECK (logistics_visits_per_day > 0 AND logistics_calls_per_day > 0"
        " AND logistics_visit_day_start >= 0 AND logistics_visit_day_start < 24"
        " AND logistics_visit_calendar_days >= 0 AND logistics_visit_missed_days >= 0"
        " AND logistics_visit_near_m > 0)",
        "Visits and calls per day must be positive, and days and times cannot be negative.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_visits_per_day = fields.Integer(
        related="company_id.logistics_visits_per_day", readonly=False
    )
    logistics_calls_per_day = fields.Integer(
        related="company_id.logistics_calls_per_day", readonly=False
    )
    logistics_visit_day_start = fields.Float(
        related="company_id.logistics_visit_day_start", readonly=False
    )
    logistics_visit_calendar_days = fields.Integer(
        related="company_id.logistics_visit_calendar_days", readonly=False
    )
    logistics_visit_missed_days = fields.Integer(
        related="company_id.logistics_visit_missed_days", readonly=False
    )
    logistics_visit_lock_date = fields.Date(
        related="company_id.logistics_visit_lock_date", readonly=False
    )
    logistics_visit_hour_cost = KnownMonetary(
        related="company_id.logistics_visit_hour_cost",
        readonly=False,
        currency_field="logistics_credit_currency_id",
    )
    logistics_visit_near_m = fields.Integer(
        related="company_id.logistics_visit_near_m", readonly=False
    )
    logistics_thanks_send = fields.Boolean(
        related="company_id.logistics_thanks_send", readonly=False
    )
