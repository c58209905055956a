"""`make lint` and `make format`: every check runs, then all findings are told."""

import os
import subprocess
import sys

from . import licences, node_tools, tidiness
from .core_lint import core_test_lint, install_warnings
from .manual_command import in_step
from .messages import Steps, say
from .settings import ADDON, CLONE
from .setup import python_environment, workbench

FORMATTED = (
    "--no-error-on-unmatched-pattern",
    f"{ADDON}/**/*.xml",
    f"{ADDON}/static/**/*.{{js,css,scss}}",
)


def lint(fast):
    """Check the clone; the exit status is 1 with any finding.

    :param fast: only what needs neither Odoo nor a database (for a commit hook).
    """
    python_env = python_environment("dev", Steps(1))
    prettier = node_tools.prettier(python_env)
    results = {
        "ruff check": _run([python_env.tool("ruff"), "check", "--no-cache", "."]),
        "ruff format": _run([python_env.tool("ruff"), "format", "--no-cache", "--check", "."]),
        "pylint-odoo": _pylint(python_env),
        "prettier": _run([*prettier, "--check", "--log-level=warn", *FORMATTED]),
        "tidiness": _tell(tidiness.findings()),
        "manual": in_step(python_env),
    }
    if not fast:
        with workbench("dev", more_steps=1) as bench:
            results["licences"] = _tell(licences.findings(bench.odoo.source))
            results["installation log"] = _tell(install_warnings(bench.databases.install_log))
            with bench.steps.step("Core's own test_lint over the addon (about 1 minute)"):
                results["core's test_lint"] = _tell(core_test_lint(bench))
    say()
    for name, clean in results.items():
        say(f"  {'ok' if clean else 'FINDINGS':9} {name}")
    return 0 if all(results.values()) else 1


def format_all():
    """Bring all files into the form that `make lint` checks."""
    python_env = python_environment("dev", Steps(1))
    ruff = python_env.tool("ruff")
    _run([ruff, "check", "--no-cache", "--fix-only", "--quiet", "."])
    _run([ruff, "format", "--no-cache", "--quiet", "."])
    prettier = node_tools.prettier(python_env)
    clean = _run([*prettier, "--write", "--log-level=warn", *FORMATTED])
    return 0 if clean else 1


def _pylint(python_env):
    # Odoo is not on the path: these checks read the source only.
    command = [python_env.tool("pylint"), "--jobs=0", f"--rcfile={CLONE / '.pylintrc'}", ADDON]
    return _run(command)


def _run(command):
    env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    command = [str(part) for part in command]
    return subprocess.run(command, cwd=CLONE, env=env, stdout=sys.stderr).returncode == 0


def _tell(findings):
    for finding in findings:
        say(finding)
    return not findings
