# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_release_days = fields.Integer(
        string="Release Validity (Days)",
        default=14,
        help="How many days a credit release may be used, unless the controller says otherwise.",
    )
    logistics_release_tolerance = fields.Float(
        string="Release Tolerance (%)",
        default=5.0,
        help="By how much an order may grow after its release without being held again.",
    )
    logistics_release_auto_confirm = fields.Boolean(
        string="Confirm Signed or Paid Orders on Release",
        help="An order the customer has already signed or paid is confirmed as soon as it is "
        "released or nothing holds it any more. Otherwise its salesperson confirms it.",
    )
    logistics_gate_due_only = fields.Boolean(
        string="Gate Waits for Due Dates",
        help="An item of last year holds new orders only once it has fallen due. Otherwise "
        "everything open at the year's end does, whatever its due date.",
    )
    logistics_gate_year = fields.Integer(
        string="Last Gated Year", readonly=True, help="Gates exist up to this closed year."
    )

    _logistics_release_sane = models.Constraint(
        "CHECK (logistics_release_days >= 0 AND logistics_release_tolerance >= 0"
        " AND logistics_release_tolerance <= 100)",
        "The validity of a release cannot be negative, and its tolerance lies between 0 and 100 "
        "percent.",
    )

    def _release_money_arrived(self):
        """Have held orders looked at again at once, where credit control is on."""
        controlled = self.filtered(lambda company: company._credit_control() != "off")
        if controlled and self.env["sale.order"]._release_held(controlled, limit=1):
            cron = self.env.ref("logistics_crm.cron_credit_reevaluate", raise_if_not_found=False)
            if cron:
                cron.sudo()._trigger()


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_release_days = fields.Integer(
        related="company_id.logistics_release_days", readonly=False
    )
    logistics_release_tolerance = fields.Float(
        related="company_id.logistics_release_tolerance", readonly=False
    )
    logistics_release_auto_confirm = fields.Boolean(
        related="company_id.logistics_release_auto_confirm", readonly=False
    )
    logistics_gate_due_only = fields.Boolean(
        related="company_id.logistics_gate_due_only", readonly=False
    )
