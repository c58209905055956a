"""`make test`: the tests of the tools, then the addon's under pytest-odoo, browser ones too."""

import os
import sys

from . import processes, system_packages
from .messages import Problem, say
from .settings import ADDON, CLONE
from .setup import workbench

NO_TESTS_RAN = 5


def test(paths, arguments):
    """Run tests; the exit status is 0 only if some ran and all passed.

    :param paths: what to run, as for pytest; nothing means everything.
    :param arguments: further arguments for pytest.
    """
    tools, addon = sort_paths(paths)
    failed = []
    with workbench("dev", more_steps=1) as bench:
        with bench.steps.step("System packages", bool(system_packages.missing_for_tests())):
            system_packages.ensure(system_packages.FOR_TESTS, bench.cache, "The test suite")
        if tools and _tools_tests(bench, tools, arguments):
            failed.append("tools")
        if addon and _addon_tests(bench, addon, arguments):
            failed.append(ADDON)
    if failed:
        say(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


def sort_paths(paths):
    """Which paths are plain pytest's and which the addon's, as two lists."""
    if not paths:
        return ["tools/tests"], [f"{ADDON}/tests"]
    tools, addon = [], []
    for path in paths:
        file = path.split("::")[0]
        full = os.path.abspath(os.path.join(CLONE, file))
        if not os.path.exists(full):
            raise Problem(
                f"TESTS={path}: there is no {file}.",
                f"name a file or folder of the clone, such as TESTS={ADDON}/tests/test_….py",
            )
        inside = os.path.relpath(full, CLONE)
        (addon if inside.split(os.sep)[0] == ADDON else tools).append(inside + path[len(file) :])
    return tools, addon


def _tools_tests(bench, paths, arguments):
    # Without pytest-odoo: these start Odoo as a person does, in processes of its own.
    return _pytest(bench, ["-p", "no:odoo", *paths, *arguments], _plain_environment())


def _addon_tests(bench, paths, arguments):
    bench.databases.ensure_assets()
    with bench.databases.temporary("test", bench.databases.addon_name) as name:
        options = [f"--odoo-config={bench.odoo.config}", f"--odoo-database={name}", "--odoo-http"]
        return _pytest(bench, [*options, *paths, *arguments], bench.odoo.environment())


def _plain_environment():
    env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    # What make hands down would make the commands under test share its job server and variables.
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES"):
        env.pop(name, None)
    return env


def _pytest(bench, arguments, env):
    """Run pytest in the clone with its output on ours; no test at all is a failure."""
    command = [bench.python_env.python, "-m", "pytest", "--durations=5", *arguments]
    sys.stdout.flush()
    with processes.child(command, cwd=CLONE, env=env, patience=30) as process:
        status = process.wait()
    if status == NO_TESTS_RAN:
        say("No test ran.")
    return status
