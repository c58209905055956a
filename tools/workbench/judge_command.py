"""`make churn` and `make alarms`: how well the churn score ranks, and when the alarms sound.

What a script found it writes as a table to out/. The experiments that anybody can repeat go into
docs/retention.md too; a history of your own, or a narrowed run, does not.
"""

import os
from pathlib import Path

from .messages import Problem, say
from .report_page import write_section
from .settings import CLONE
from .setup import workbench
from .shell_command import run_script

DATABASE = "logistics_judge"
PAGE = CLONE / "docs" / "retention.md"


def judge(arguments):
    """Run the command that was asked for."""
    if arguments.command == "churn":
        return churn(arguments.data, arguments.cut, arguments.seeds)
    return alarms(arguments.rows)


def churn(data, cuts, seeds):
    """Judge the score on a trading history, or on simulated ones when no file is named.

    :param data: CSV file of a trading history; empty for the simulation
    :param cuts: past days, separated by commas: features as of them, outcome after them
    :param seeds: how many simulations of each kind
    """
    if data:
        data = Path(data).expanduser().resolve()
        if not data.is_file():
            raise Problem(f"There is no file {data}.", "name a CSV file: make churn DATA=… CUT=…")
        if not cuts:
            raise Problem("No day is named.", "add a past day: CUT=2024-06-30 (several: a,b,c)")
    _run("churn", "Judging the churn score", not data, DATA=data, CUT=cuts, SEEDS=seeds)
    return 0


def alarms(mixes):
    """Judge the alarms on simulated companies; ``mixes`` narrows to some, by name."""
    _run("alarms", "Judging the alarms", not mixes, ROWS=mixes)
    return 0


def _run(name, what, repeatable, **variables):
    script = CLONE / "benchmarks" / f"{name}.py"
    if not script.exists():
        raise Problem(f"There is no benchmarks/{name}.py.", "run the command in a whole clone.")
    with workbench(more_steps=1) as bench:
        databases = bench.databases
        mark = {"purpose": "judge", "stamp": databases.addon_name}
        if not databases.exists(DATABASE) or databases.mark(DATABASE) != mark:
            databases.copy(databases.addon_name, DATABASE, **mark)
        variables = {key: str(value) for key, value in variables.items()}
        with bench.steps.step(what):
            run_script(bench, DATABASE, script, what, LOGISTICS_CRM_ROOT=str(CLONE), **variables)
    table = CLONE / "out" / f"{name}.md"
    if repeatable:
        write_section(name, table.read_text(), cores=os.cpu_count(), path=PAGE)
    say(f"    Written to {table}" + (f" and {PAGE}" if repeatable else ""))
