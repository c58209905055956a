# Part of logistics_crm. License LGPL-3 or later.
"""What the calendar asks of a sum that is to be reached by the end of a year."""

from datetime import date

# A sum is on track when it has reached this part of what the calendar asks for.
ON_TRACK = 0.9


def elapsed(year, day):
    """Part of a year that has passed at the end of a day, 0 (before it) .. 1 (after it)."""
    first = date(year, 1, 1)
    days = (date(year + 1, 1, 1) - first).days
    return min(max((day - first).days + 1, 0), days) / days
