# Part of logistics_crm. License LGPL-3 or later.
"""Measure refresh and screening against the bare SQL aggregate over the same rows.

Run in an Odoo shell: ``SIZE=small odoo shell -d DB < benchmarks/bench.py`` (``make bench``).
Builds the company when the database has none of that size. Writes ``out/bench-<size>.md`` and
ends with status 1 when a limit is missed or a figure is wrong.
"""

import os
import sys

ROOT = os.environ.get("LOGISTICS_CRM_ROOT") or os.getcwd()
sys.path.insert(0, os.path.join(ROOT, "benchmarks"))

from bench_run import run  # noqa: E402

if not run(env, os.environ.get("SIZE") or "small", os.path.join(ROOT, "out")):  # noqa: F821
    sys.exit(1)
