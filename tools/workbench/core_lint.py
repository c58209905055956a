"""Odoo's own checks: the module test_lint over our addon, and the log of its installation."""

import os
import re

from . import processes
from .messages import Problem
from .processes import free_port
from .settings import ADDON

# A record of the log begins with a date; what follows up to the next one belongs to it.
RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ )", re.MULTILINE)
SERIOUS = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) \S+ (\S+): ")
TOTAL = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
# Warnings of the environment, which no change of the addon can mend.
ENVIRONMENT = ("odoo.tools.config", "odoo.addons.base.models.ir_actions_report")
FEWEST_TESTS = 20


def core_test_lint(bench):
    """Run test_lint beside the addon; give the findings that name the addon.

    test_lint looks at all addons on the path. Findings in Odoo's own are not ours to mend.
    """
    log = bench.cache / "logs" / "lint.log"
    with bench.databases.temporary("lint", bench.databases.addon_name) as name:
        bench.odoo.run(name, "-i", "test_lint", log="lint-install.log", what="Adding test_lint")
        options = ["--test-tags", "/test_lint", "--stop-after-init"]
        command = bench.odoo.command(name, *options, "--http-port", str(free_port()))
        env = bench.odoo.environment()
        env["PATH"] = os.pathsep.join([str(_pylint_without_core(bench)), env["PATH"]])
        processes.run_status(command, log, cwd=bench.cache, env=env)
    text = log.read_text(errors="replace")
    total = TOTAL.findall(text)
    if not total or int(total[-1][2]) < FEWEST_TESTS:
        raise Problem(
            f"Core's test_lint ran too few tests or broke off (whole log: {log}).",
            "run it again with VERBOSE=1.",
            processes.tail(log),
        )
    return [f"test_lint: {record}" for record in _serious(text) if ADDON in record]


def _pylint_without_core(bench):
    """A folder with a pylint that leaves out Odoo's own tree.

    One of the tests hands it the tree beside our addon, and that takes most of an hour.
    """
    folder = bench.cache / "lint-bin"
    folder.mkdir(exist_ok=True)
    program = folder / "pylint"
    core = bench.odoo.source.path / "odoo"
    program.write_text(
        "#!/bin/sh\n"
        f'for part; do shift; [ "$part" = "{core}" ] || set -- "$@" "$part"; done\n'
        f'exec "{bench.python_env.tool("pylint")}" "$@"\n'
    )
    program.chmod(0o755)
    return folder


def install_warnings(log):
    """The warnings and errors that the addon's installation logged."""
    try:
        text = log.read_text(errors="replace")
    except OSError:
        return []
    return [f"installation: {record}" for record in _serious(text)]


def _serious(text):
    found = []
    for record in RECORD.split(text):
        match = SERIOUS.match(record)
        if match and not match[2].startswith(ENVIRONMENT):
            # The database's passing name tells nothing.
            found.append(re.sub(r"^(\S+ \S+ \d+ \w+) \S+ ", r"\1 ", record).rstrip())
    return found
