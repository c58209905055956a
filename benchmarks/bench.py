# Part of logistics_crm. License LGPL-3 or later.
"""Measure what is promised to be fast against the bare SQL over the same rows.

Run in an Odoo shell: ``SIZE=small odoo shell -d DB < benchmarks/bench.py`` (``make bench``).
``ROWS="grading verdict"`` measures some rows or areas only. Builds the company when the database
has none of that size. Writes ``out/bench-<size>.md`` and ends with status 1 when a limit is missed
or a figure is wrong. The rows are in ``rows_<area>.py``.
"""

import os
import sys

ROOT = os.environ.get("LOGISTICS_CRM_ROOT") or os.getcwd()
sys.path.insert(0, os.path.join(ROOT, "benchmarks"))

from bench_run import run  # noqa: E402

size = os.environ.get("SIZE") or "small"
wanted = (os.environ.get("ROWS") or "").replace(",", " ").split()
once = bool(os.environ.get("ONCE"))
if not run(env, size, os.path.join(ROOT, "out"), wanted, once):  # noqa: F821
    sys.exit(1)
