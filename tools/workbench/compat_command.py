"""`make compat`: other people's tests give the same results with the addon as without it."""

import json
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor

from . import processes
from .cache import fingerprint, write_atomically
from .compat_suites import SUITES
from .messages import Problem, say
from .oca_addons import oca_addons
from .processes import free_port
from .report_page import write_section
from .settings import ADDON

FAILED = re.compile(
    r"^\S+ \S+ \d+ ERROR \S+ (odoo\.addons\.\S+?|odoo\.tests\.suite): (?:FAIL|ERROR): "
    r"(?:Subtest )?(setUpClass \([\w.]+\)|[\w.]+)",
    re.MULTILINE,
)
TOTAL = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


def compat(names):
    """Run suites on two databases each, compare, write the table; 1 when anything differs.

    What a database without the addon gives is kept for the next time: it changes with Odoo only.

    :param names: of SUITES; nothing means all
    """
    unknown = sorted(set(names) - set(SUITES))
    if unknown:
        raise Problem(
            f"There is no suite {', '.join(unknown)}.", f"choose from {', '.join(SUITES)}."
        )
    chosen = [name for name in SUITES if name in names or not names]
    rows, different = [], []
    with workbench_for(chosen) as bench:
        oca = oca_addons(bench) if "oca" in chosen else None
        for name in chosen:
            suite = SUITES[name]
            with bench.steps.step(f"{name}: {suite.what} (about {suite.minutes} minutes)", True):
                without, with_ours = _both(bench, name, suite, oca)
            rows.append((name, suite, without, with_ours))
            found = _differences(without, with_ours)
            different += [f"{name}: {text}" for text in found]
    _report(rows, different)
    return 1 if different else 0


def workbench_for(chosen):
    """The set-up, with one numbered step per suite; tests need the developer's packages."""
    from .setup import workbench

    return workbench("dev", more_steps=len(chosen))


def _both(bench, name, suite, oca):
    """The results without the addon (kept from before if they can be) and with it."""
    key = fingerprint(bench.databases.core_name, repr(suite), str(oca))
    kept = bench.cache / "compat" / f"{name}-{key}.json"
    kept.parent.mkdir(exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        ours = pool.submit(_run, bench, name, suite, oca, bench.databases.addon_name)
        if kept.exists():
            without = json.loads(kept.read_text())
        else:
            without = _run(bench, name, suite, oca, bench.databases.core_name)
            write_atomically(kept, json.dumps(without))
        return without, ours.result()


def _run(bench, name, suite, oca, template):
    side = "with" if template == bench.databases.addon_name else "without"
    addons = ["--addons-path", bench.odoo.addons_path(*([oca] if oca else []))]
    started = time.monotonic()
    with bench.databases.temporary(f"compat_{side}", template) as database:
        log = bench.cache / "logs" / f"compat-{name}-{side}.log"
        port = ["--http-port", str(free_port()), "--stop-after-init"]
        install = ["-i", ",".join(suite.beside)] if suite.beside else []
        if install and not suite.installing:
            bench.odoo.run(
                database, *addons, *install, log=f"compat-{name}-{side}-install.log", what=name
            )
            install = []
        tests = [*addons, *install, "--test-tags", suite.tags, *port]
        env = dict(bench.odoo.environment(), PYTHONHASHSEED="0")
        processes.run_status(bench.odoo.command(database, *tests), log, cwd=bench.cache, env=env)
    text = log.read_text(errors="replace")
    total = TOTAL.findall(text)
    if not total or not int(total[-1][2]):
        raise Problem(
            f"The suite {name} broke off {side} the addon (whole log: {log}).",
            "run it again with VERBOSE=1.",
            processes.tail(log),
        )
    return {
        "tests": int(total[-1][2]),
        "failed": sorted({f"{module}: {test}" for module, test in FAILED.findall(text)}),
        "seconds": round(time.monotonic() - started),
    }


def _differences(without, with_ours):
    """What a reader must know of, as texts; nothing when both sides agree."""
    found = []
    if without["tests"] != with_ours["tests"]:
        found.append(f"{without['tests']} tests ran without {ADDON}, {with_ours['tests']} with it")
    for test in sorted(set(with_ours["failed"]) - set(without["failed"])):
        found.append(f"{test} fails with {ADDON} only")
    for test in sorted(set(without["failed"]) - set(with_ours["failed"])):
        found.append(f"{test} fails without {ADDON} only")
    return found


def _report(rows, different):
    lines = [
        "| suite | tests | failed without | failed with | seconds without | with |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, suite, without, with_ours in rows:
        lines.append(
            f"| {name}: {suite.what} | {with_ours['tests']} | {len(without['failed'])} | "
            f"{len(with_ours['failed'])} | {without['seconds']} | {with_ours['seconds']} |"
        )
    lines.append("")
    both = sorted({test for _, _, without, ours in rows for test in ours["failed"]})
    if both:
        lines.append("Failing on both sides, so not ours:")
        lines += [f"- {test}" for test in both if not any(test in text for text in different)]
        lines.append("")
    lines.append("Differences:" if different else "No difference.")
    lines += [f"- {text}" for text in different]
    text = "\n".join(lines)
    say("\n" + text)
    if {name for name, *_ in rows} == set(SUITES):
        write_section("compat", text, cores=os.cpu_count())
