# Part of logistics_crm. License LGPL-3 or later.
"""One step of `make faults`, in an Odoo shell: prepare everything, or run one job.

FAULT_STEP says what; FAULT_FOLDER holds files and the marks that tell the command where we are.
"""

import json
import os
import sys
import time
from pathlib import Path

root = Path(os.environ["LOGISTICS_CRM_ROOT"])
sys.path[:0] = [str(root / "benchmarks"), str(root / "faults")]

import company as bench_company  # noqa: E402
from fault_jobs import JOBS, fingerprint  # noqa: E402

folder = os.environ["FAULT_FOLDER"]
step, _, name = os.environ["FAULT_STEP"].partition(":")
env = env(su=True, context=dict(env.context, tracking_disable=True))  # noqa: F821 - the shell's
company = bench_company.build(env, "small")
env = env(context=dict(env.context, allowed_company_ids=[company.id]))
company = company.with_env(env)
if step == "prepare":
    job = JOBS[name]
    job.prepare(env, company, folder)
    env.cr.commit()
elif step == "run":
    job = JOBS[name]
    Path(folder, "started").write_text(str(os.getpid()))
    started = time.monotonic()
    job.run(env, company, folder)
    env.flush_all()
    env.cr.commit()
    Path(folder, "seconds").write_text(str(time.monotonic() - started))
elif step == "look":
    Path(folder, "found").write_text(
        json.dumps(fingerprint(env, company, JOBS[name], folder), sort_keys=True)
    )
