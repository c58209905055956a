"""`make shell`: an Odoo shell that runs standard input, with nothing else on stdout."""

import subprocess
import sys

from .databases import checked
from .messages import Problem, say
from .processes import child, tail
from .setup import workbench


def shell(database):
    """Run standard input in an Odoo shell; a missing database is made, with the addon."""
    checked(database)
    with workbench() as bench:
        if not bench.databases.exists(database):
            say(f"    database {database} does not exist: making it, with the addon and no data")
            template = bench.databases.addon_name
            bench.databases.copy(template, database, purpose="shell")
        options = ["--no-http", "--log-level=warn"]
        command = bench.odoo.command(database, *options, subcommand="shell")
        # The child keeps our terminal and our group: a person types into it, Ctrl-C included.
        process = subprocess.Popen([str(part) for part in command], env=bench.odoo.environment())
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                if not sys.stdin.isatty():
                    process.terminate()


def run_script(bench, database, script, what, log=None, options=(), **variables):
    """Run a Python file in an Odoo shell: its stdout is ours, its log goes to a file."""
    options = ["--no-http", "--log-level=info", *options]
    command = bench.odoo.command(database, *options, subcommand="shell")
    path = bench.cache / "logs" / (log or f"{script.stem}.log")
    with open(script, "rb") as source, open(path, "wb") as errors:
        env = bench.odoo.environment(**variables)
        with child(command, stdin=source, stderr=errors, env=env) as process:
            status = process.wait()
    if status:
        raise Problem(f"{what} failed (whole log: {path}).", "", tail(path, 20))
