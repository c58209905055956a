# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import Command, api, fields, models

from ...visit_kinds import CALENDAR_CHANNELS

# Nobody is written to: the representative sees it in the calendar, the customer is not invited.
_QUIET = {
    "logistics_visit_sync": True,
    "dont_notify": True,
    "no_mail_to_attendees": True,
    "skip_attendee_notification": True,
    "skip_contact_description": True,
    "mail_activity_quick_update": True,
    "mail_notify_author": False,
    "tracking_disable": True,
    "mail_create_nolog": True,
}


class LogisticsVisit(models.Model):
    """A touch in Odoo's own calendar and activities; moving it there moves it here.

    On-site touches and events are calendar events with the meeting activity core links to them;
    calls, letters and messages are activities. Touches of the planner get them when they come
    within the company's calendar horizon: a hundred thousand far-off events help nobody.
    """

    _inherit = "logistics.visit"

    event_id = fields.Many2one(
        "calendar.event",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    activity_id = fields.Many2one(
        "mail.activity",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    def _sync_env(self):
        """These touches as superuser, quiet, in the time zone of one representative."""
        zone = self.user_id[:1].sudo().tz or self.env.context.get("tz") or "UTC"
        return self.sudo().with_context(**_QUIET, tz=zone, active_test=False)

    def _horizon_reached(self):
        """Whether the touch is to stand in calendar or activities now."""
        self.ensure_one()
        if not self.user_id.active:
            return False
        if not self.generated or self.moved:
            return True
        days = self.company_id.logistics_visit_calendar_days
        return self.planned_date <= self._today() + timedelta(days=days)

    def _publish(self):
        """Bring events and activities in step with these touches.

        Nothing happens while a change comes from the calendar or an activity itself, except that
        a touch which is no longer open leaves them.
        """
        following = self.env.context.get("logistics_visit_following")
        for user_visits in self.sudo().grouped("user_id").values():
            visits = user_visits._sync_env()
            fresh = visits.browse()
            for visit in visits:
                if visit.state != "planned":
                    visit._withdraw()
                elif following:
                    # core keeps event and activity in step with one another
                    continue
                elif visit.event_id or visit.activity_id:
                    visit._update_published()
                elif visit._horizon_reached():
                    fresh += visit
            fresh._publish_new()

    def _publish_new(self):
        """Create events and activities for touches that have none, in two calls."""
        in_calendar = self.filtered(lambda visit: visit.channel in CALENDAR_CHANNELS)
        activities = self.env["mail.activity"]
        if not self:
            return
        types = {channel: self._activity_type(channel) for channel in set(self.mapped("channel"))}
        model_id = self.env["ir.model"]._get_id(self._name)
        events = self.env["calendar.event"].create(
            [{**visit._event_values(), "activity_ids": []} for visit in in_calendar]
        )
        event_of = dict(zip(in_calendar, events, strict=True))
        activities = activities.create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": visit.id,
                    "activity_type_id": types[visit.channel].id,
                    "user_id": visit.user_id.id,
                    "summary": visit.purpose or visit.display_name,
                    "date_deadline": visit.planned_date,
                    "calendar_event_id": event_of[visit].id if visit in event_of else False,
                    "automated": True,
                }
                for visit in self
            ]
        )
        for visit, activity in zip(self, activities, strict=True):
            visit.write(
                {
                    "activity_id": activity.id,
                    "event_id": event_of[visit].id if visit in event_of else False,
                }
            )

    @api.model
    def _activity_type(self, channel):
        """Core's activity type for a channel."""
        xmlid = {
            "onsite": "mail.mail_activity_data_meeting",
            "event": "mail.mail_activity_data_meeting",
            "phone": "mail.mail_activity_data_call",
            "mail": "mail.mail_activity_data_email",
        }.get(channel, "mail.mail_activity_data_todo")
        return self.env.ref(xmlid, raise_if_not_found=False) or self.env[
            "mail.activity.type"
        ].search([("res_model", "=", False)], limit=1)

    def _event_values(self):
        self.ensure_one()
        people = self.user_id.partner_id | self.participant_ids.partner_id
        return {
            "name": self.display_name,
            "start": self.start,
            "stop": self.stop,
            "allday": False,
            "user_id": self.user_id.id,
            "partner_ids": [Command.set(people.ids)],
            "location": self.partner_id._display_address(without_company=True).replace("\n", ", ")
            if self.partner_id
            else False,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
        }

    def _update_published(self):
        self.ensure_one()
        event, activity = self.event_id, self.activity_id
        wants_event = self.channel in CALENDAR_CHANNELS
        if not self.user_id.active or wants_event != bool(event) or not activity.active:
            # another channel, nobody to go, or closed meanwhile: begin anew
            self._withdraw(delete=True)
            if self._horizon_reached():
                self._publish_new()
            return
        if event:
            values = {
                name: value
                for name, value in self._event_values().items()
                if name not in ("partner_ids", "allday", "res_model_id", "res_id", "location")
                and (event[name].id if name == "user_id" else event[name]) != value
            }
            people = self.user_id.partner_id | self.participant_ids.partner_id
            if event.partner_ids != people:
                values["partner_ids"] = [Command.set(people.ids)]
            if not event.active:
                values["active"] = True
            if values:
                event.write(values)
        values = {}
        if activity.date_deadline != self.planned_date:
            values["date_deadline"] = self.planned_date
        if activity.user_id != self.user_id:
            values["user_id"] = self.user_id.id
        if values:
            activity.with_context(calendar_event_meeting_update=True).write(values)

    def _withdraw(self, delete=False):
        """Take touches that are not open out of calendar and activities.

        A done touch keeps its event as the calendar's history and its activity is marked done; a
        missed one keeps the event; a cancelled one archives it, so that it can come back.

        :param delete: remove events and activities altogether
        """
        for visit in self._sync_env():
            event, activity = visit.event_id, visit.activity_id
            if visit.state == "done" and not delete:
                if activity.active and not self.env.context.get("logistics_visit_feedback"):
                    activity._action_done()
                continue
            if activity.active:
                activity.unlink()
            if event and delete:
                event.unlink()
            elif event.active and visit.state == "cancelled":
                event.active = False
            if delete and visit.exists():
                visit.write({"event_id": False, "activity_id": False})

    # ------------------------------------------------------------------ from calendar and activity
    def _follow_event(self, event):
        """Take over what somebody changed in the calendar."""
        for visit in self.filtered(lambda one: one.state == "planned"):
            if not event.active:
                visit.write(
                    {"state": "cancelled", "reason": self.env._("Cancelled in the calendar")}
                )
                continue
            values = {}
            start = event.start
            if event.allday:
                # an all-day event has no time of its own: keep the visit's
                values["planned_date"] = event.start_date
            elif start != visit.start:
                values["start"] = start
            hours = (event.stop - event.start).total_seconds() / 3600
            if not event.allday and hours > 0 and abs(hours - visit.duration) > 0.01:
                values["duration"] = min(hours, 24)
            if event.user_id and event.user_id != visit.user_id:
                values["user_id"] = event.user_id.id
            people = event.partner_ids.user_ids.filtered(lambda user: not user.share)
            people -= event.user_id
            if people != visit.participant_ids:
                values["participant_ids"] = [Command.set(people.ids)]
            if values:
                visit.with_context(
                    logistics_visit_by_hand=True, logistics_visit_following=True
                ).write(values)
