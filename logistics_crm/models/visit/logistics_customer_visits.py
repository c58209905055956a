# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

from ...fields_unknown import KnownFloat
from ...visit_kinds import CHANNELS, WEEKDAYS


class LogisticsCustomer(models.Model):
    """How the customer likes to be approached, and where it stands with its touches."""

    _inherit = "logistics.customer"

    visit_channel = fields.Selection(
        CHANNELS,
        string="Preferred Channel",
        help="Touches are planned through it wherever the visit plan lets it count.",
    )
    visit_weekday = fields.Selection(
        WEEKDAYS, string="Preferred Weekday", help="Visits are planned on this day if possible."
    )
    visit_hour = KnownFloat(
        string="Preferred Time",
        help="Clock time at which visits are planned. Empty: as the round of the day goes.",
    )
    visit_status_ids = fields.One2many(
        "logistics.visit.status", "customer_id", string="Touches by Kind", readonly=True
    )
    visit_count = fields.Integer(compute="_compute_visit_count")

    _visit_hour_sane = models.Constraint(
        "CHECK (visit_hour IS NULL OR visit_hour >= 0 AND visit_hour < 24)",
        "The preferred time is a time of day.",
    )

    def _compute_visit_count(self):
        counts = dict(
            self.env["logistics.visit"]._read_group(
                [("customer_id", "in", self.ids), ("state", "=", "done")],
                ["customer_id"],
                ["__count"],
            )
        )
        for account in self:
            account.visit_count = counts.get(account, 0)

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"user_id", "active", "backup_user_id", "visit_channel", "value_class"}:
            self.env["logistics.visit.status"].sudo()._refresh(customers=self)
        return result

    def _folding_models(self):
        return [*super()._folding_models(), "logistics.visit.status", "logistics.visit.coverage"]

    def _fold_into(self, destination):
        result = super()._fold_into(destination)
        self.env["logistics.visit.status"].sudo()._refresh(customers=destination)
        return result

    def action_open_visits(self):
        """Open the touches of this customer, planned and done."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_visit")
        action["domain"] = [("customer_id", "=", self.id)]
        action["context"] = {"default_customer_id": self.id, "default_user_id": self.env.uid}
        return action
