# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_churn_alarms = fields.Boolean(
        string="Churn Alarms",
        help="Every night, raise an alarm for customers who are silent or ship less (or more) "
        "than chance explains, with an activity for the representative.",
    )
    logistics_alarm_budget = fields.Float(
        string="False Alarms per Customer and Year",
        default=0.6,
        help="How many false alarms on silence you accept per healthy customer and year. Fewer "
        "alarms come later.",
    )

    logistics_alarm_drop = fields.Float(
        string="Volume Down From (Deviations)",
        default=3.5,
        help="How many standard deviations the volume of eight weeks must lie below the year "
        "before. More deviations: fewer alarms, fewer false ones.",
    )
    logistics_alarm_rise = fields.Float(
        string="Volume Up From (Deviations)",
        default=3.5,
        help="How many standard deviations the volume of eight weeks must lie above the year "
        "before.",
    )
    logistics_alarm_precision = fields.Float(
        string="Alarms to Be Right",
        default=0.5,
        help="The share of the alarms of each rule that should be right. The system proposes "
        "other thresholds when your verdicts say that it is missed, or far exceeded.",
    )
    logistics_onboarding = fields.Boolean(
        string="Onboarding of Newcomers",
        help="Every night, newcomers get the milestones they should reach, and those that can be "
        "measured are ticked.",
    )
    logistics_onboarding_activities = fields.Boolean(
        string="Activities for Milestones",
        help="The owner of a milestone gets an activity a week before it is due.",
    )

    _logistics_alarm_deviations_sane = models.Constraint(
        "CHECK (logistics_alarm_drop BETWEEN 1.5 AND 10 AND logistics_alarm_rise BETWEEN 1.5 AND"
        " 10)",
        "The deviations from which volume alarms sound lie between 1.5 and 10.",
    )
    _logistics_alarm_precision_sane = models.Constraint(
        "CHECK (logistics_alarm_precision > 0 AND logistics_alarm_precision < 1)",
        "The share of alarms to be right lies between 0 and 100 percent.",
    )
    _logistics_alarm_budget_positive = models.Constraint(
        "CHECK (logistics_alarm_budget > 0 AND logistics_alarm_budget <= 5)",
        "The false alarms per customer and year must be more than 0 and at most 5.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_churn_alarms = fields.Boolean(
        related="company_id.logistics_churn_alarms", readonly=False
    )
    logistics_alarm_budget = fields.Float(
        related="company_id.logistics_alarm_budget", readonly=False
    )
    logistics_alarm_drop = fields.Float(related="company_id.logistics_alarm_drop", readonly=False)
    logistics_alarm_rise = fields.Float(related="company_id.logistics_alarm_rise", readonly=False)
    logistics_alarm_precision = fields.Float(
        related="company_id.logistics_alarm_precision", readonly=False
    )
    logistics_onboarding = fields.Boolean(related="company_id.logistics_onboarding", readonly=False)
    logistics_onboarding_activities = fields.Boolean(
        related="company_id.logistics_onboarding_activities", readonly=False
    )
