"""`make screenshots`: the pictures of the README, taken of the sample company."""

import json
import os
import sys

from . import processes, system_packages
from .demo_command import demo, serving
from .messages import Problem
from .settings import CLONE
from .setup import workbench

SCRIPT = CLONE / "tools" / "screenshots.py"
OUT = CLONE / "docs" / "images"
NEEDED = {
    names: package
    for names, package in system_packages.FOR_TESTS.items()
    if package in ("chromium", "fonts-noto-cjk")
}


def screenshots(database):
    """Take the pictures anew; the demo database itself is not changed.

    :param database: name of the demo database, made as `make demo` does when it is missing.
    """
    return take_pictures(database, SCRIPT, OUT)


def take_pictures(database, script, out):
    """Run a script that takes pictures of a copy of the demo database, served for it.

    :param database: name of the demo database, made as `make demo` does when it is missing.
    :param script: reads the task from SCREENSHOTS and writes into its folder "out".
    """
    demo(database, "", "", 0, serve=False)
    with workbench("dev", template=None, more_steps=1) as bench:
        system_packages.ensure(NEEDED, bench.cache, "Taking pictures")
        year = bench.databases.mark(database)["year"]
        with (
            bench.steps.step("Taking the pictures"),
            bench.databases.temporary("screenshots", database) as copy,
        ):
            _take(bench, copy, year, script, out)
    return 0


def _take(bench, database, year, script, out):
    port = processes.free_port()
    log = bench.cache / "logs" / "server-screenshots.log"
    # Jobs that begin between two pictures would make them tell different stories.
    with serving(bench, database, port, log, jobs=False):
        url = f"http://127.0.0.1:{port}"
        task = {"url": url, "database": database, "year": year, "out": str(out)}
        env = dict(os.environ, SCREENSHOTS=json.dumps(task), PYTHONDONTWRITEBYTECODE="1")
        sys.stdout.flush()
        with processes.child([bench.python_env.python, script], env=env) as process:
            if process.wait():
                raise Problem("The pictures were not taken; the reason is above.")
