# Part of logistics_crm. License LGPL-3 or later.
"""The workbook of the year-end screening: every customer, month and service as cells."""

import os
import tempfile
import time

from registry import Row
from rows_screening import _campaign

# Promised for 100,000 customers; the processor's time, a busy machine shall not decide.
MAX_MEGABYTES = 300
MAX_SECONDS = 90


def rows(env, company):
    return [
        Row(
            "workbook",
            job=_write,
            prepare=_prepare,
            check=_check,
            limits={
                "small": {"queries": 150, "memory_mb": 150},
                "large": {"queries": 400, "memory_mb": 300},
            },
            note="No bare statement: what takes the time is writing the file.",
        )
    ]


def _prepare(env, company):
    campaign = _campaign(env, company)
    if campaign.state == "draft":
        campaign.action_compute()


def _write(env, company):
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        _campaign(env, company)._workbook_write(file)
        file.flush()
        return os.path.getsize(file.name) / 1e6


def _check(env, company):
    started = time.process_time()
    megabytes = _write(env, company)
    seconds = time.process_time() - started
    print(f"workbook: {megabytes:.0f} MB in {seconds:.0f} s of the processor")
    problems = []
    if megabytes > MAX_MEGABYTES:
        problems.append(f"it has {megabytes:.0f} MB, more than {MAX_MEGABYTES}")
    if seconds > MAX_SECONDS:
        problems.append(f"it took {seconds:.0f} s of the processor, more than {MAX_SECONDS}")
    return problems
