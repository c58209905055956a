# Part of logistics_crm. License LGPL-3 or later.
"""The words of complaints that models, analysis and portal share.

In a file of their own: the analysis is loaded before the models of complaints are.
"""

STATES = [
    ("new", "New"),
    ("accepted", "Accepted"),
    ("investigating", "Investigating"),
    ("answered", "Answered"),
    ("closed", "Closed"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]
OPEN_STATES = ("new", "accepted", "investigating", "answered")
VERDICTS = [
    ("unknown", "Not Decided"),
    ("justified", "Justified"),
    ("partly", "Partly Justified"),
    ("not_justified", "Not Justified"),
]
CHANNELS = [
    ("phone", "Phone"),
    ("mail", "Mail"),
    ("portal", "Portal"),
    ("visit", "Visit"),
    ("letter", "Letter"),
    ("survey", "Survey"),
    ("other", "Other"),
]
SEVERITIES = [
    ("low", "Low"),
    ("normal", "Normal"),
    ("high", "High"),
    ("critical", "Critical"),
]
CAUSE_SIDES = [("internal", "Ours"), ("partner", "Our Subcontractor's"), ("external", "Not Ours")]
