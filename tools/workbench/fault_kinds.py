"""The disturbances of `make faults`."""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager, nullcontext
from pathlib import Path

from . import postgres, processes
from .messages import Problem

BALLAST = "ballast"
GROWING = (
    "logistics_customer",
    "logistics_screening_line",
    "logistics_visit",
    "logistics_trading_history",
)


class Kind:
    """One way to disturb a running job.

    ``breaks`` says that the job must end with an error: when it does not, nothing was tested.
    """

    name = ""
    at_moment = True
    breaks = True

    def possible(self, bench, job):
        return True

    def around(self, bench, database):
        return nullcontext()

    def strike(self, bench, database, process):
        raise NotImplementedError


class KillOdoo(Kind):
    name = "kill -9 of Odoo"

    def strike(self, bench, database, process):
        os.killpg(process.pid, signal.SIGKILL)


class KillPostgres(Kind):
    """kill -9 of the job's server process: PostgreSQL throws everybody out and recovers."""

    name = "kill -9 of PostgreSQL"

    def possible(self, bench, job):
        # The company's own server may be elsewhere, and others use it.
        return bench.databases.server.key == "embedded" and sys.platform == "linux"

    def strike(self, bench, database, process):
        for pid in _backends(bench, database):
            os.kill(pid, signal.SIGKILL)


class CutConnection(Kind):
    name = "connection cut"

    def strike(self, bench, database, process):
        bench.databases.sql(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity "
            f"where datname = '{database}'"
        )


class Overlap(Kind):
    """The same job once more beside the first, as when two workers take one cron."""

    name = "twice at once"
    at_moment = False
    breaks = False

    def strike(self, bench, database, process):
        env = dict(_environment_of(process), FAULT_FOLDER=tempfile.mkdtemp())
        for name in os.listdir(_environment_of(process)["FAULT_FOLDER"]):
            if name not in ("started", "seconds", "found"):
                os.symlink(
                    Path(_environment_of(process)["FAULT_FOLDER"], name),
                    Path(env["FAULT_FOLDER"], name),
                )
        command = bench.odoo.command(database, "--no-http", "--log-level=warn", subcommand="shell")
        from .faults_command import SCRIPT

        with open(SCRIPT, "rb") as source:
            # Its loss may be refused ("another one is running"); what counts is what is written.
            subprocess.run(
                [str(part) for part in command],
                stdin=source,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=env,
            )


class DiskFull(Kind):
    """The tables that grow lie on a small file system, which is filled to the brim."""

    name = "disk full"
    at_moment = False

    def possible(self, bench, job):
        return (
            job in ("refresh", "screening", "import", "planning")
            and bench.databases.server.key == "embedded"
            and os.geteuid() == 0
            and sys.platform == "linux"
        )

    @contextmanager
    def around(self, bench, database):
        place = Path(tempfile.mkdtemp(prefix="logistics_full_"))
        owner = os.stat(bench.databases.server.data)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(place)], check=True)
        space = f"full_{os.getpid()}"
        try:
            (place / "space").mkdir()
            for path in (place, place / "space"):
                os.chown(path, owner.st_uid, owner.st_gid)
            _as_superuser(bench, f"create tablespace {space} location '{place}/space'")
            _as_superuser(bench, f"grant create on tablespace {space} to public")
            for table in GROWING:
                bench.databases.sql(f"alter table {table} set tablespace {space}", database)
            with open(place / BALLAST, "wb") as file:
                while True:
                    try:
                        file.write(b"\0" * 65536)
                        file.flush()
                    except OSError:
                        break
            yield
            (place / BALLAST).unlink(missing_ok=True)
            for table in GROWING:
                bench.databases.sql(f"alter table {table} set tablespace pg_default", database)
            _as_superuser(bench, f"drop tablespace {space}")
        finally:
            subprocess.run(["umount", "-l", str(place)], check=False)

    def strike(self, bench, database, process):
        """Nothing more to do: the disk is full already."""


KINDS = (KillOdoo(), KillPostgres(), CutConnection(), Overlap(), DiskFull())


def _as_superuser(bench, query):
    server = bench.databases.server
    processes.run(
        [server.psql, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", query, "postgres"],
        bench.cache / "logs" / "faults-space.log",
        "Making a small file system for tables",
        env=dict(server.environment(), PGUSER=postgres.ADMIN),
    )


def _backends(bench, database):
    found = bench.databases.sql(
        f"select pid from pg_stat_activity where datname = '{database}' "
        "and pid <> pg_backend_pid() and backend_type = 'client backend'"
    )
    if not found:
        raise Problem(f"Nobody works on {database}.", "choose an earlier moment.")
    return [int(pid) for pid in found.splitlines()[:1]]


def _environment_of(process):
    text = Path(f"/proc/{process.pid}/environ").read_bytes()
    return dict(part.decode().split("=", 1) for part in text.split(b"\0") if b"=" in part)
