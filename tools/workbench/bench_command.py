"""`make bench`: the benchmark in an Odoo shell, on a database of its own."""

from .messages import Problem
from .settings import CLONE
from .setup import workbench
from .shell_command import run_script

SCRIPT = CLONE / "benchmarks" / "bench.py"


def bench_run(size):
    """Run benchmarks/bench.py with SIZE in its environment; what it prints is the result.

    The script fills the database when it is empty; it is kept for the next run, until the addon
    changes.
    """
    if not SCRIPT.exists():
        raise Problem("There is no benchmarks/bench.py.", "run the command in a whole clone.")
    with workbench(more_steps=1) as bench:
        databases, name = bench.databases, f"logistics_bench_{size}"
        mark = {"purpose": "bench", "stamp": databases.addon_name}
        if not databases.exists(name) or databases.mark(name) != mark:
            databases.copy(databases.addon_name, name, **mark)
        with bench.steps.step(f"Benchmark, SIZE={size}"):
            variables = {"SIZE": size, "LOGISTICS_CRM_ROOT": str(CLONE), "PYTHONUTF8": "1"}
            run_script(bench, name, SCRIPT, "The benchmark", **variables)
    return 0
