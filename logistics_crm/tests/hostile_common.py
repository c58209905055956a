# Part of logistics_crm. License LGPL-3 or later.
"""What an attacker types, and how often the tests try variations of it."""

import os

from hypothesis import HealthCheck, Phase, settings

# `make fuzz` sets it; `make test` tries few, always the same ones.
EXAMPLES = int(os.environ.get("LOGISTICS_CRM_FUZZ") or 0)

HOSTILE = (
    "'; DROP TABLE logistics_customer; --",
    "x' OR '1'='1",
    "%(evil)s %s {0} {evil}",
    "<script>alert(4711)</script>",
    '"><img src=x onerror=alert(4711)>',
    "<t t-out=\"'47'+'11'\"/>",
    "{{ 47 * 100 + 11 }}",
    "${4700 + 11}",
    "=cmd|' /C calc'!A0",
    '+HYPERLINK("http://evil.example","4711")',
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+4710",
    "../../etc/passwd",
    "\u202egnp.exe \u0000".replace("\u0000", "") + "\ufeff",
)


def fuzzing(examples, **more):
    """Settings of a property: the same examples in every run, unless `make fuzz` asks for many."""
    return settings(
        max_examples=EXAMPLES or examples,
        derandomize=not EXAMPLES,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        **more,
    )
