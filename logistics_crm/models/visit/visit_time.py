# Part of logistics_crm. License LGPL-3 or later.
"""Days and hours as the representative reads them, and as the database keeps them."""

from datetime import datetime, time, timedelta

import pytz


def zone_of(user, company):
    """The time zone a touch is planned in: the representative's, else the company's."""
    name = user.sudo().tz or company.sudo().resource_calendar_id.tz or company.sudo().partner_id.tz
    return pytz.timezone(name or "UTC")


def local_day(moment, zone):
    """The calendar day of a naive UTC moment in a zone."""
    return pytz.utc.localize(moment).astimezone(zone).date()


def local_hour(moment, zone):
    """The clock time of a naive UTC moment in a zone."""
    return pytz.utc.localize(moment).astimezone(zone).time()


def utc_moment(day, hour, zone):
    """Naive UTC of a day and a clock time (``time`` or hours) in a zone.

    A time that the change to summer time leaves out is taken an hour later; one that the change
    back brings twice is the second, in standard time.
    """
    if not isinstance(hour, time):
        minutes = min(max(round(hour * 60), 0), 24 * 60 - 1)
        hour = time(minutes // 60, minutes % 60)
    moment = zone.normalize(zone.localize(datetime.combine(day, hour), is_dst=False))
    return moment.astimezone(pytz.utc).replace(tzinfo=None)


def hours_after(moment, hours):
    """A naive moment some hours later."""
    return moment + timedelta(hours=hours)
