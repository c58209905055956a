# Part of logistics_crm. License LGPL-3 or later.
from odoo import models

# category or type of an activity on a customer -> the channel of the touch it is when done
_CATEGORIES = {"phonecall": "phone", "meeting": "onsite"}


class MailActivity(models.Model):
    """A done activity is a done touch, and the other way round."""

    _inherit = "mail.activity"

    def _logistics_visits(self):
        """The open visits these activities stand for, as superuser."""
        visits = self.env["logistics.visit"].sudo()
        if not self.ids or self.env.context.get("logistics_visit_sync"):
            return visits
        return visits.search([("activity_id", "in", self.ids), ("state", "=", "planned")])

    def _action_done(self, feedback=False, attachment_ids=None):
        visits = self._logistics_visits()
        touches = self._logistics_touch_values(feedback)
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if visits:
            visits.with_context(logistics_visit_feedback=True)._touch_done(feedback or None)
        for values in touches:
            self.env["logistics.visit"].sudo()._record_touch(values)
        return result

    def _logistics_touch_values(self, feedback):
        """Values of the touches that calls, mails and meetings on a customer account are."""
        if self.env.context.get("logistics_visit_sync"):
            return []
        email = self.env.ref("mail.mail_activity_data_email", raise_if_not_found=False)
        values = []
        for activity in self.filtered(lambda one: one.res_model == "logistics.customer"):
            channel = _CATEGORIES.get(activity.activity_type_id.category)
            call = self.env.ref("mail.mail_activity_data_call", raise_if_not_found=False)
            if activity.activity_type_id == call:
                channel = "phone"
            elif activity.activity_type_id == email:
                channel = "mail"
            if channel:
                values.append(
                    {
                        "customer_id": activity.res_id,
                        "channel": channel,
                        "user_id": (activity.user_id or self.env.user).id,
                        "purpose": activity.summary or activity.activity_type_id.name,
                        "findings": feedback or False,
                    }
                )
        return values

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"date_deadline", "user_id"}:
            for visit in self._logistics_visits().filtered(lambda one: not one.event_id):
                values = {}
                activity = visit.activity_id
                if activity.date_deadline != visit.planned_date:
                    values["planned_date"] = activity.date_deadline
                if activity.user_id and activity.user_id != visit.user_id:
                    values["user_id"] = activity.user_id.id
                if values:
                    visit.with_context(logistics_visit_by_hand=True).write(values)
        return result

    def unlink(self):
        visits = self._logistics_visits()
        visits.with_context(logistics_visit_sync=True).write({"activity_id": False})
        visits.flush_recordset()
        result = super().unlink()
        visits.write({"state": "cancelled", "reason": self.env._("Activity cancelled")})
        return result
