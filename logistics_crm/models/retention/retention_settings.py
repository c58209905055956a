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
        default=0.8,
        help="How many false alarms on silence you accept per healthy customer and year. Fewer "
        "alarms come later.",
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
