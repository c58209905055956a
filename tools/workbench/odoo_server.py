"""How to run Odoo: its configuration, environment and command lines."""

import os
import re
import tempfile

from . import processes
from .cache import fingerprint, write_atomically
from .messages import Problem
from .settings import CLONE


class OdooServer:
    """Odoo from a source tree, on a database server, with this clone's addon on its path."""

    def __init__(self, cache, python, source, server):
        self.cache = cache
        self.python = python
        self.source = source
        self.server = server
        self.data_dir = cache / "odoo-data" / server.key

    @property
    def config(self):
        """The path of the configuration file, written anew when it would change."""
        options = {
            "addons_path": self.addons_path(),
            "data_dir": self.data_dir,
            "http_interface": "127.0.0.1",
            "list_db": False,
            "max_cron_threads": 0,
            # A person who looks at a long report is not a runaway process.
            "limit_time_real": 1200,
            "limit_time_cpu": 1200,
        }
        text = "[options]\n" + "".join(f"{name} = {value}\n" for name, value in options.items())
        path = self.cache / "conf" / f"odoo-{fingerprint(text)}.conf"
        if not path.exists():
            write_atomically(path, text)
        self.data_dir.mkdir(parents=True, exist_ok=True)
        return path

    def addons_path(self, *further):
        """Odoo's folders of addons, ours, and further ones, as Odoo takes them."""
        return ",".join(map(str, [*self.source.addons_path, CLONE, *further]))

    def environment(self, **extra):
        """Odoo on Python's path, the database server's variables, compiled files in the cache."""
        env = self.server.environment()
        # PYTHONDONTWRITEBYTECODE would make every start compile all of Odoo again.
        for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "ODOO_RC", "PGDATABASE"):
            env.pop(name, None)
        env.update(
            PYTHONPATH=str(self.source.path),
            PYTHONPYCACHEPREFIX=str(self.cache / "pycache"),
            PYTHONSAFEPATH="1",
            PATH=os.pathsep.join([str(self.python.parent), env.get("PATH", os.defpath)]),
            **extra,
        )
        return env

    def command(self, database, *options, subcommand=None):
        """An Odoo command line for one database."""
        start = [self.python, "-m", "odoo", *([subcommand] if subcommand else [])]
        return [*start, "-c", self.config, "-d", database, *options]

    def workers_command(self, database, *options):
        """An Odoo command line with --workers.

        Odoo starts its process for websockets from the file it was started with itself, which
        ``python -m odoo`` has none of that could be run.
        """
        text = "from odoo.cli import main\n\nmain()\n"
        program = self.cache / "conf" / f"odoo-{fingerprint(text)}.py"
        if not program.exists():
            write_atomically(program, text)
        return [self.python, program, "-c", self.config, "-d", database, *options]

    def run(self, database, *options, log, what, remedy=""):
        """Run Odoo until it ends, with --stop-after-init; a failure shows the first error."""
        log = self.cache / "logs" / log
        command = self.command(database, *options, "--stop-after-init", "--no-http")
        status = processes.run_status(command, log, cwd=self.cache, env=self.environment())
        if status:
            raise Problem(
                f"{what} failed with exit status {status} (whole log: {log}).",
                remedy,
                first_error(log),
            )
        return log

    def run_text(self, database, text, log, what):
        """Run a short program in an Odoo shell."""
        log = self.cache / "logs" / log
        command = self.command(database, "--no-http", subcommand="shell")
        with tempfile.TemporaryFile() as program:
            program.write(text.encode())
            program.seek(0)
            env = self.environment()
            processes.run(command, log, what, cwd=self.cache, env=env, stdin=program)


def first_error(log, lines=25):
    """The lines of an Odoo log from its first error on: its end is mostly an echo."""
    try:
        text = log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    serious = re.compile(r"^\S+ \S+ \d+ (ERROR|CRITICAL) ")
    first = next((number for number, line in enumerate(text) if serious.match(line)), None)
    return "\n".join(text[-lines:] if first is None else text[first : first + lines])
