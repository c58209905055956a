# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_satisfaction_half_life = fields.Integer(
        string="Half-Life of Satisfaction (Days)",
        default=180,
        required=True,
        help="After so many days an answer weighs half as much as a new one.",
    )
    logistics_satisfaction_alarm = fields.Boolean(
        string="Alarm on Drops",
        default=True,
        help="The representative gets an activity when a customer is less content than before.",
    )
    logistics_satisfaction_drop = fields.Float(
        string="Drop (Points)",
        default=20.0,
        help="An answer so many points below the score of those before raises the alarm.",
    )
    logistics_rating_delivery = fields.Boolean(
        string="Ask After Deliveries",
        help="Once everything of an order is delivered, the customer gets a mail with three "
        "faces. Off: nobody is asked.",
    )
    logistics_rating_pause_days = fields.Integer(
        string="Pause Between Ratings (Days)",
        default=30,
        help="A customer is not asked after another delivery within so many days.",
    )

    _logistics_satisfaction_sane = models.Constraint(
        "CHECK (logistics_satisfaction_half_life > 0 AND logistics_satisfaction_drop > 0"
        " AND logistics_rating_pause_days >= 0)",
        "The half-life and the drop must be positive, and the pause cannot be negative.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_satisfaction_half_life = fields.Integer(
        related="company_id.logistics_satisfaction_half_life", readonly=False
    )
    logistics_satisfaction_alarm = fields.Boolean(
        related="company_id.logistics_satisfaction_alarm", readonly=False
    )
    logistics_satisfaction_drop = fields.Float(
        related="company_id.logistics_satisfaction_drop", readonly=False
    )
    logistics_rating_delivery = fields.Boolean(
        related="company_id.logistics_rating_delivery", readonly=False
    )
    logistics_rating_pause_days = fields.Integer(
        related="company_id.logistics_rating_pause_days", readonly=False
    )
