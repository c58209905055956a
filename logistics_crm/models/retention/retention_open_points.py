# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.tools import format_date


class LogisticsCustomer(models.Model):
    """What keeping this customer asks for, among its open points."""

    _inherit = "logistics.customer"

    def _open_points(self):
        return [*super()._open_points(), *self._open_points_retention()]

    def _open_points_retention(self):
        points = []
        alarms = self.env["logistics.churn.alarm"].search(
            [("customer_id", "=", self.id), ("state", "=", "open")]
        )
        rules = dict(alarms._fields["rule"]._description_selection(self.env))
        for alarm in alarms:
            points.append(
                {
                    "code": f"alarm_{alarm.id}",
                    "level": "info" if alarm.rule == "rise" else "danger",
                    "text": self.env._(
                        "Alarm since %(day)s: %(rule)s",
                        day=format_date(self.env, alarm.date),
                        rule=rules[alarm.rule],
                    ),
                    "action": "action_open_churn_alarms",
                }
            )
        today = fields.Date.context_today(self)
        if (
            self.lifecycle_stage == "new"
            and self.trade_days_total == 1
            and self.second_order_due
            and self.second_order_due < today
        ):
            points.append(
                {
                    "code": "second_order",
                    "level": "warning",
                    "text": self.env._(
                        "No second order yet, expected by %s",
                        format_date(self.env, self.second_order_due),
                    ),
                    "action": False,
                    "page": "onboarding",
                }
            )
        late = self.env["logistics.onboarding.milestone"].search_count(
            [("customer_id", "=", self.id), ("overdue", "=", True)]
        )
        if late:
            points.append(
                {
                    "code": "milestone",
                    "level": "warning",
                    "text": self.env._("1 milestone is overdue")
                    if late == 1
                    else self.env._("%s milestones are overdue", late),
                    "action": False,
                    "page": "onboarding",
                }
            )
        winback = self.env["logistics.winback"].search(
            [("customer_id", "=", self.id), ("state", "in", ("open", "offered"))], limit=1
        )
        if winback:
            points.append(
                {
                    "code": "winback",
                    "level": "info",
                    "text": self.env._("To be won back: an offer is made")
                    if winback.state == "offered"
                    else self.env._("To be won back: no offer yet"),
                    "action": "action_open_winbacks",
                }
            )
        return points
