# Part of logistics_crm. License LGPL-3 or later.
"""The words of the area: what a touch is for, how it happens, what became of it."""

KINDS = [
    ("patrol", "Patrol"),
    ("executive", "Executive Visit"),
    ("return", "Return Call"),
    ("collection", "Collection"),
    ("festival", "Festival"),
    ("training", "Training"),
    ("symposium", "Symposium"),
    ("complaint", "Complaint Follow-Up"),
    ("warm", "Thank-You"),
]
CHANNELS = [
    ("onsite", "On Site"),
    ("phone", "Phone"),
    ("mail", "Letter or E-Mail"),
    ("message", "Message"),
    ("thanks", "Gift or Card"),
    ("event", "Event"),
]
# These take the representative to the customer and stand in the calendar; the others are
# activities.
CALENDAR_CHANNELS = ("onsite", "event")
STATES = [
    ("planned", "Planned"),
    ("done", "Done"),
    ("missed", "Missed"),
    ("cancelled", "Cancelled"),
]
STATUSES = [
    ("never", "Never"),
    ("overdue", "Overdue"),
    ("due", "Due"),
    ("planned", "Planned"),
    ("covered", "Covered"),
]
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]
RESULTS = [
    ("good", "Good"),
    ("neutral", "Neutral"),
    ("problem", "Problem"),
    ("no_response", "Not Reached"),
]
