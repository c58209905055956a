# Part of logistics_crm. License LGPL-3 or later.
"""The rows of the benchmark: each area names its own in a file ``rows_<area>.py``.

Such a file has one function ``rows(env, company)`` that returns a list of :class:`Row`.
CONTRIBUTING.md shows an example.
"""

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

SIZES = ("tiny", "small", "10k", "30k", "large")
# What a limit may be set on, and how it is printed.
MEASURES = {
    "ratio": "ratio to bare",
    "queries": "queries",
    "memory_mb": "memory + MB",
    "ms": "ms per call",
}


@dataclass
class Row:
    """One line of the report: a job of the product against the bare SQL over the same rows.

    Callables get ``(env, company)`` of the benchmark company and run in every round in this
    order: ``prepare``, the bare statements, ``job``. Only the last two are measured.
    """

    name: str
    job: Callable  # what users or the night do, with everything it writes
    # SELECTs (``odoo.tools.SQL``) by name, together what the job is compared with; statements
    # of the same name are those of other rows too and run once in a round
    bare: Callable = field(default=lambda env, company: {})
    # what is promised: {"small": {"ratio": 2.0, "queries": 40, "memory_mb": 100, "ms": 15}}
    limits: dict = field(default_factory=dict)
    setup: Callable | None = None  # once before all rounds: documents of its own
    prepare: Callable | None = None
    check: Callable | None = None  # once after all: problems in words, empty when right
    calls: int = 1  # made by one run of ``job``: ratio, queries and ms are those of one call
    first: bool = False  # show the first run on a line of its own: it inserts, others update
    sizes: tuple = SIZES  # only measured at these
    note: str = ""  # what bare and job are, for the reader of the report

    def __post_init__(self):
        unknown = {what for limits in self.limits.values() for what in limits} - MEASURES.keys()
        if unknown or not set(self.limits) <= set(SIZES):
            raise ValueError(f"{self.name}: limits are by size ({SIZES}), on {list(MEASURES)}")


def load_rows(env, company, size, wanted=()):
    """Return the rows of all areas for a size, in the order of their files' names.

    :param wanted: names of rows or of areas; empty for all
    """
    folder = os.path.dirname(os.path.abspath(__file__))
    found, known = [], set()
    for file in sorted(os.listdir(folder)):
        module, ending = os.path.splitext(file)
        if ending != ".py" or not module.startswith("rows_"):
            continue
        area = module.removeprefix("rows_")
        for row in importlib.import_module(module).rows(env, company):
            if row.name in known:
                raise ValueError(f"{file}: there is a row {row.name!r} already")
            known |= {row.name, area}
            if size in row.sizes and (not wanted or {row.name, area} & set(wanted)):
                found.append(row)
    if missing := set(wanted) - known:
        raise SystemExit(f"There is no row or area {', '.join(sorted(missing))} to measure.")
    return found


def last_day(company):
    """Return the last day of the company's third full year: the day most rows look from."""
    return date(company.logistics_ledger_start.year + 2, 12, 31)
