# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class LogisticsCustomer(models.Model):
    """The alarms of an account."""

    _inherit = "logistics.customer"

    churn_alarm_ids = fields.One2many("logistics.churn.alarm", "customer_id", readonly=True)
    churn_alarm_count = fields.Integer(string="Open Alarms", compute="_compute_churn_alarm_count")

    @api.depends("churn_alarm_ids.state")
    def _compute_churn_alarm_count(self):
        for customer in self:
            customer.churn_alarm_count = len(
                customer.churn_alarm_ids.filtered(lambda alarm: alarm.state == "open")
            )

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.churn.alarm"]

    def action_open_churn_alarms(self):
        """Open the alarms of this customer, closed ones too."""
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_churn_alarm")
        action["domain"] = [("customer_id", "in", self.ids)]
        action["context"] = {}
        return action


class LogisticsChurnAlarm(models.Model):
    _inherit = "logistics.churn.alarm"

    @api.model
    def _fold_customer(self, src, dst):
        """Where both accounts have the same alarm open, that of the destination stays."""
        for alarm in src.churn_alarm_ids.filtered(lambda a: a.state == "open"):
            twin = dst.churn_alarm_ids.filtered(
                lambda a, one=alarm: (
                    a.state == "open" and a.rule == one.rule and a.service_id == one.service_id
                )
            )
            if twin:
                alarm.unlink()
