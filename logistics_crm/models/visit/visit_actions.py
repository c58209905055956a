# Part of logistics_crm. License LGPL-3 or later.
from math import asin, cos, radians, sin, sqrt

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...fields_unknown import KnownFloat
from .visit_time import local_day, zone_of

EARTH_KM = 6371.0


def distance_km(latitude, longitude, other_latitude, other_longitude):
    """Great-circle distance in kilometres by the haversine formula."""
    lat1, lon1, lat2, lon2 = map(radians, (latitude, longitude, other_latitude, other_longitude))
    step = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, step)))


class LogisticsVisit(models.Model):
    """What people do with a touch: check in and out, done, missed, cancelled, opened again."""

    _inherit = "logistics.visit"

    checkin_at = fields.Datetime(string="Checked In", readonly=True, copy=False)
    checkout_at = fields.Datetime(string="Checked Out", readonly=True, copy=False)
    checkin_latitude = KnownFloat(readonly=True, copy=False, digits=(10, 7))
    checkin_longitude = KnownFloat(readonly=True, copy=False, digits=(10, 7))
    distance_m = KnownFloat(
        string="Distance to Address (m)",
        readonly=True,
        copy=False,
        digits=(12, 0),
        aggregator="avg",
        help="Between the position given at check-in and the contact's coordinates. Empty: one of "
        "the two is not known.",
    )
    presence = fields.Selection(
        [("verified", "Verified"), ("far", "Far from Address"), ("unverified", "Unverified")],
        readonly=True,
        copy=False,
        help="Verified: checked in within the company's distance of the address.",
    )

    def _act(self, states, message):
        """Guard an action: the user may write these touches, and they are in one of the states."""
        self.check_access("write")
        wrong = self.filtered(lambda visit: visit.state not in states)
        if wrong:
            raise UserError(message + " " + ", ".join(wrong.mapped("display_name")))
        return self.sudo()

    @api.model
    def _open_of(self, user, company):
        """Planned touches of a person in a company that can still be given to somebody else.

        Those in a closed period stay with whom they are.

        :param user: the ``res.users``, active or not; empty for touches nobody goes to
        :param company: the ``res.company``
        """
        domain = [
            ("company_id", "=", company.id),
            ("user_id", "=", user.id),
            ("state", "=", "planned"),
        ]
        if lock := company.sudo().logistics_visit_lock_date:
            domain.append(("planned_date", ">", lock))
        return self.search(domain)

    def action_check_in(self, latitude=None, longitude=None):
        """Note that the representative has arrived, by the user's own action.

        A second check-in changes nothing and says so: a double tap on a phone is no mistake.

        :param latitude: degrees; None when the user shares no position
        :param longitude: degrees; None when the user shares no position
        """
        self.ensure_one()
        if self.checkin_at:
            return self._notice(
                self.env._(
                    "Already checked in at %s.",
                    fields.Datetime.context_timestamp(self, self.checkin_at).strftime("%H:%M"),
                ),
                "warning",
            )
        visit = self._act(
            ("planned", "missed"), self.env._("Only an open touch can be checked in:")
        )
        if self.env.user not in visit.user_id | visit.participant_ids:
            raise UserError(
                self.env._(
                    "Only those who go check in: %s. Add yourself to our side first.",
                    visit.user_id.name or self.env._("nobody"),
                )
            )
        values = {"checkin_at": fields.Datetime.now(), "presence": "unverified"}
        if latitude is not None and longitude is not None:
            if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
                raise UserError(self.env._("This is no position on earth. Check in without it."))
            values |= {"checkin_latitude": latitude, "checkin_longitude": longitude}
            partner = visit.partner_id
            if partner.partner_latitude or partner.partner_longitude:
                away = 1000 * distance_km(
                    latitude, longitude, partner.partner_latitude, partner.partner_longitude
                )
                near = visit.company_id.logistics_visit_near_m
                values |= {
                    "distance_m": away,
                    "presence": "verified" if away <= near else "far",
                }
        visit.write(values)
        return self._notice(self.env._("Checked in."), "success")

    def action_check_out(self):
        """Note that the visit is over and how long it took; the sheet can still be filled."""
        self.ensure_one()
        if not self.checkin_at:
            raise UserError(self.env._("Check in first, or just set the visit to done."))
        if self.checkout_at:
            return self._notice(self.env._("Already checked out."), "warning")
        visit = self._act(
            ("planned", "missed", "done"), self.env._("A cancelled touch cannot be checked out:")
        )
        now = fields.Datetime.now()
        values = {"checkout_at": now}
        if visit.time_spent is False:
            values["time_spent"] = round((now - visit.checkin_at).total_seconds() / 3600, 2)
        visit.write(values)
        return self._notice(self.env._("Checked out."), "success")

    def _notice(self, text, level):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": text,
                "type": level,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_done(self):
        """Set the touches to done, on the day entered, of the check-in or today.

        What the sheet learned is written to the customer, and the next step becomes an activity.

        :raise UserError: when a touch is cancelled or its day is in a locked period
        """
        visits = self._act(
            ("planned", "missed"), self.env._("Only open or missed touches can be done:")
        )
        visits._touch_done()
        return True

    def _touch_done(self, feedback=None):
        for visit in self:
            zone = zone_of(visit.user_id, visit.company_id)
            values = {"state": "done", "reason": False}
            if not visit.done_date:
                values["done_date"] = (
                    local_day(visit.checkin_at, zone) if visit.checkin_at else visit._today()
                )
            if feedback and not visit.findings:
                values["findings"] = feedback
            visit.write(values)
            if visit.next_step:
                visit.customer_id.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=visit.next_step_date or visit._today(),
                    summary=visit.next_step,
                    user_id=visit.user_id.id or self.env.uid,
                )
        self._apply_sheet()

    def _apply_sheet(self):
        """Hook: write what the sheet learned to the customer's file."""

    def action_missed(self):
        """Say that the touch did not happen; the planner finds a new day."""
        visits = self._act(("planned",), self.env._("Only planned touches can be missed:"))
        visits.write({"state": "missed"})
        return True

    def action_cancel(self):
        """Cancel the touch; its event and activity leave the calendar, nothing is deleted."""
        visits = self._act(
            ("planned", "missed"), self.env._("Only open or missed touches can be cancelled:")
        )
        visits.write({"state": "cancelled"})
        return True

    def action_reopen(self):
        """Plan a done, missed or cancelled touch again, with its event and activity."""
        visits = self._act(
            ("done", "missed", "cancelled"), self.env._("These touches are open already:")
        )
        for visit in visits:
            values = {"state": "planned", "done_date": False, "reason": False}
            if visit.planned_date < visit._today():
                values["planned_date"] = visit._today()
            visit.write(values)
        return True
