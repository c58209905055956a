"""`make bench`: the benchmark in an Odoo shell, on a database of its own; then the alternatives."""

import json
import os

from .messages import Problem, say
from .oca_addons import oca_addons
from .report_page import write_section
from .settings import CLONE
from .setup import workbench
from .shell_command import run_script

SCRIPT = CLONE / "benchmarks" / "bench.py"
AGAINST = CLONE / "benchmarks" / "against.py"
OUT = CLONE / "out"
ALTERNATIVES = "account_financial_risk,sale_financial_risk,account_financial_report"
# Between these cost has to grow linearly.
GROWTH = ("10k", "30k", "large")


def bench_run(size, once=False):
    """Run benchmarks/bench.py with SIZE in its environment; what it prints is the result.

    The script fills the database when it is empty; it is kept for the next run, until the addon
    changes. A whole run (no ROWS) also asks the same questions of Odoo's fields and OCA's addons,
    on a copy, and writes its section of docs/benchmarks.md.

    :param once: one round of everything, in which figures and queries are judged, but no times
    """
    if not SCRIPT.exists():
        raise Problem("There is no benchmarks/bench.py.", "run the command in a whole clone.")
    whole = not (once or os.environ.get("ROWS"))
    with workbench(more_steps=1 + whole) as bench:
        databases, name = bench.databases, f"logistics_bench_{size}"
        mark = {"purpose": "bench", "stamp": databases.addon_name}
        if not databases.exists(name) or databases.mark(name) != mark:
            databases.copy(databases.addon_name, name, **mark)
        variables = {"SIZE": size, "LOGISTICS_CRM_ROOT": str(CLONE), "PYTHONUTF8": "1"}
        variables["LOGISTICS_CRM_STAMP"] = databases.addon_name
        variables["ONCE"] = "1" if once else ""
        with bench.steps.step(f"Benchmark, SIZE={size}"):
            run_script(bench, name, SCRIPT, "The benchmark", **variables)
        if whole:
            with bench.steps.step("The same questions asked of Odoo and OCA", True):
                _ask(bench, name, variables)
    if whole:
        _write(size)
    return 0


def _ask(bench, name, variables):
    """Run benchmarks/against.py on a copy with OCA's addons beside ours."""
    options = ("--addons-path", bench.odoo.addons_path(oca_addons(bench)))
    with bench.databases.temporary("against", name) as database:
        install = [*options, "-i", ALTERNATIVES]
        bench.odoo.run(
            database, *install, log="against-install.log", what="Installing OCA's addons"
        )
        run_script(bench, database, AGAINST, "The comparison", options=options, **variables)


def _write(size):
    """Put what was measured into docs/benchmarks.md, and how it grew once all sizes are there."""
    report = (OUT / f"bench-{size}.md").read_text().split("\n", 2)[2]
    against = (OUT / f"against-{size}.md").read_text()
    write_section(f"bench-{size}", f"{report}\n**Asked of others**\n\n{against}")
    files = [OUT / f"bench-{size}.json" for size in GROWTH]
    if not all(file.exists() for file in files):
        return
    measured = [json.loads(file.read_text()) for file in files]
    if len({one["addon"] for one in measured}) > 1:
        say("The sizes were measured with different states of the addon: no table of growth.")
        return
    lines = [
        "| what | 10,000: s | 30,000: s | 100,000: s | 10 times the customers |",
        "|---|---:|---:|---:|---:|",
    ]
    for name in measured[0]["rows"]:
        seconds = [one["rows"].get(name, {}).get("seconds") for one in measured]
        if None not in seconds:
            cells = " | ".join(f"{value:.3f}" for value in seconds)
            lines.append(f"| {name} | {cells} | {seconds[2] / seconds[0]:.1f} times |")
    write_section("growth", "\n".join(lines))
