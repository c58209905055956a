# Part of logistics_crm. License LGPL-3 or later.
"""Three sets of grade rules to begin with: thresholds of A and B, the policy's own columns.

Balanced is what a policy starts with. Cautious looks at smaller shares and fewer days, lenient at
larger ones; what a grade allows (limits, terms, holds) is left as it is.
"""

from ..credit.credit_grade_policy import GRADE_DEFAULTS, GRADE_RULES

_THRESHOLDS = [rule.threshold for rule in GRADE_RULES]
PRESETS = {
    "cautious": {
        "A": {"max_overdue_days": 0, "max_late_share": 0, "max_broken_promises": 0},
        "B": {
            "max_overdue_days": 15,
            "max_overdue_share": 0.05,
            "max_late_share": 0.25,
            "max_mean_days_late": 15,
            "max_broken_promises": 0,
        },
    },
    "balanced": {
        grade: {name: value for name, value in GRADE_DEFAULTS[grade].items() if name in _THRESHOLDS}
        for grade in ("A", "B")
    },
    "lenient": {
        "A": {"max_overdue_days": 7, "max_late_share": 0.2, "max_broken_promises": 0},
        "B": {
            "max_overdue_days": 60,
            "max_overdue_share": 0.2,
            "max_late_share": 0.75,
            "max_mean_days_late": 45,
            "max_broken_promises": 2,
        },
    },
}


def thresholds(preset, grade):
    """All thresholds of a grade in a preset; what it does not name is False: decides nothing."""
    return {name: PRESETS[preset][grade].get(name, False) for name in _THRESHOLDS}
