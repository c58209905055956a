# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models

_FOLLOWED = {
    "start",
    "stop",
    "start_date",
    "stop_date",
    "duration",
    "allday",
    "active",
    "user_id",
    "partner_ids",
}


class CalendarEvent(models.Model):
    """What happens to a visit's event in the calendar happens to the visit."""

    _inherit = "calendar.event"

    @api.model
    def _get_activity_excluded_models(self):
        # The visit makes its one activity itself.
        return [*super()._get_activity_excluded_models(), "logistics.visit"]

    def _logistics_visits(self):
        """The open and done visits that these events stand for, as superuser."""
        if not self.ids or self.env.context.get("logistics_visit_sync"):
            return self.env["logistics.visit"].sudo()
        return self.env["logistics.visit"].sudo().search([("event_id", "in", self.ids)])

    def write(self, vals):
        visits = self.env["logistics.visit"].sudo()
        if vals.keys() & _FOLLOWED:
            visits = self._logistics_visits()
        if not visits:
            return super().write(vals)
        # Core lets the activity write the event's start once more, and that would undo a new end.
        events = self.with_context(calendar_event_meeting_update=True)
        result = super(CalendarEvent, events).write(vals)
        for visit in visits:
            visit._follow_event(visit.event_id)
        return result

    def unlink(self):
        visits = self._logistics_visits()
        # Let go first: the database would find the activity gone while it clears the event.
        visits.with_context(logistics_visit_sync=True).write(
            {"event_id": False, "activity_id": False}
        )
        visits.flush_recordset()
        result = super().unlink()
        visits.filtered(lambda visit: visit.state == "planned").write(
            {"state": "cancelled", "reason": self.env._("Deleted in the calendar")}
        )
        return result
