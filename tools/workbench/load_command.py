"""`make load`: simulated users on a multi-worker Odoo, with the addon and without it."""

import json
import os
import shutil
import sys
import venv

from . import processes
from .cache import fingerprint
from .cluster_checks import answers
from .messages import Problem, say
from .processes import free_port
from .report_page import write_section
from .settings import CLONE
from .setup import workbench

FOLDER = CLONE / "load"
REQUIREMENTS = CLONE / "requirements-load.txt"
WORKERS = 4


def load(users, minutes):
    """Run the same load on both; 1 when an answer was wrong, failed, or a write got lost.

    :param users: simulated users at once, of all roles
    :param minutes: how long each of the two runs takes
    """
    results = {}
    with workbench(more_steps=3) as bench:
        with bench.steps.step("Locust", True):
            locust = _locust(bench)
        sides = {"without": bench.databases.core_name, "with": bench.databases.addon_name}
        for side, template in sides.items():
            with bench.steps.step(f"{users} users for {minutes:g} minutes, {side} the addon", True):
                results[side] = _run(bench, locust, side, template, users, minutes)
    return _report(results, users, minutes)


def _locust(bench):
    """Its program, in an environment of its own: its Flask wants another Werkzeug than Odoo."""
    key = fingerprint(sys.version, REQUIREMENTS.read_text())
    target = bench.cache / "load" / key
    program = target / "bin" / "locust"
    if program.exists():
        return program
    making = bench.cache / "load" / f"{key}.{os.getpid()}"
    shutil.rmtree(target, ignore_errors=True)
    # a virtual environment cannot be moved: made in place, and without its program not complete
    making.parent.mkdir(parents=True, exist_ok=True)
    venv.create(target, with_pip=True)
    command = [target / "bin" / "python", "-m", "pip", "install", "--require-hashes", "--no-deps"]
    command += ["--disable-pip-version-check", "--no-input", "-r", REQUIREMENTS]
    processes.run(command, bench.cache / "logs" / "pip-load.log", "Installing Locust")
    return program


def _run(bench, locust, side, template, users, minutes):
    port, long_port = free_port(), free_port()
    logs = bench.cache / "logs"
    folder = bench.cache / "load" / f"run-{side}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # for the scripts in an Odoo shell too
    os.environ["LOAD_FOLDER"] = str(folder)
    with bench.databases.temporary(f"load_{side}", template) as name:
        text = (FOLDER / "seed.py").read_text()
        bench.odoo.run_text(name, text, f"load-{side}-seed.log", "Making the company")
        options = [f"--workers={WORKERS}", "--max-cron-threads=1", f"--http-port={port}"]
        options += [f"--gevent-port={long_port}", f"--db-filter=^{name}$", "--no-database-list"]
        with open(logs / f"load-{side}-odoo.log", "wb") as log:
            command = bench.odoo.workers_command(name, *options)
            env = bench.odoo.environment()
            with processes.child(command, stdout=log, stderr=log, env=env):
                url = f"http://127.0.0.1:{port}"
                if not answers(url + "/web/login", 180):
                    raise Problem("Odoo does not answer.", f"see {log.name}")
                stats = _locust_run(bench, locust, side, url, name, users, minutes, folder)
        text = (FOLDER / "verify.py").read_text()
        what = "Counting what was written"
        bench.odoo.run_text(name, text, f"load-{side}-verify.log", what)
        failures = [
            line for file in folder.glob("failed-*") for line in file.read_text().split("\n")
        ]
        return {
            "stats": stats,
            "failures": sorted(set(failures) - {""}),
            **json.loads((folder / "verified.json").read_text()),
        }


def _locust_run(bench, locust, side, url, name, users, minutes, folder):
    command = [locust, "-f", FOLDER / "locustfile.py", "--headless", "--host", url]
    command += ["-u", users, "-r", max(1, users // 10), "-t", f"{int(minutes * 60)}s"]
    command += ["--json-file", folder / "stats", "--stop-timeout", "60", "--only-summary"]
    env = {name_: value for name_, value in os.environ.items() if not name_.startswith("PYTHON")}
    env.update(LOAD_DATABASE=name, LOAD_FOLDER=str(folder), LOAD_ADDON=side)
    log = bench.cache / "logs" / f"load-{side}-locust.log"
    status = processes.run_status([str(part) for part in command], log, env=env)
    stats = folder / "stats.json"
    if not stats.exists():
        raise Problem(
            f"Locust ended with {status} and no figures (whole log: {log}).",
            "",
            processes.tail(log),
        )
    return json.loads(stats.read_text())


def _report(results, users, minutes):
    lines = [
        f"{users} users for {minutes:g} minutes each, {WORKERS} workers.",
        "",
        "| request | without: number | p95 ms | with: number | p95 ms |",
        "|---|---:|---:|---:|---:|",
    ]
    sides = {side: {row["name"]: row for row in found["stats"]} for side, found in results.items()}
    for name in sorted(sides["without"].keys() | sides["with"].keys()):
        cells = []
        for side in ("without", "with"):
            row = sides[side].get(name)
            cells += (
                [f"{row['num_requests']:,}", f"{percentile(row, 0.95):.0f}"] if row else ["", ""]
            )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", "| | without | with |", "|---|---:|---:|"]
    total = {
        side: sum(row["num_requests"] for row in found["stats"]) for side, found in results.items()
    }
    failed = {
        side: sum(row["num_failures"] for row in found["stats"]) for side, found in results.items()
    }
    rows = {
        "requests per second": {side: f"{n / minutes / 60:.1f}" for side, n in total.items()},
        "failed or wrong answers": failed,
        "writes answered": {side: found["answered"] for side, found in results.items()},
        "of them lost": {side: found["lost"] for side, found in results.items()},
        "written twice": {side: found["doubled"] for side, found in results.items()},
    }
    for what, cells in rows.items():
        lines.append(f"| {what} | {cells['without']} | {cells['with']} |")
    for side, found in results.items():
        lines += [f"- {side}: {text}" for text in found["failures"][:10]]
    text = "\n".join(lines)
    say("\n" + text)
    write_section("load", text, cores=os.cpu_count())
    ours = results["with"]
    return 1 if failed["with"] or ours["lost"] or ours["doubled"] else 0


def percentile(row, share):
    """The response time that a share of the requests kept, from Locust's rounded histogram."""
    wanted, seen = share * row["num_requests"], 0
    for milliseconds, number in sorted(
        (float(key), value) for key, value in row["response_times"].items()
    ):
        seen += number
        if seen >= wanted:
            return milliseconds
    return 0.0
