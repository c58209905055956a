"""Databases and their filestores: made from templates, marked as ours, never anybody else's."""

import itertools
import json
import os
import platform
import re
import shutil
from contextlib import contextmanager
from functools import cached_property

from . import processes
from .cache import fingerprint, lock, tree_fingerprint
from .messages import Problem
from .settings import ADDON, CLONE, CORE_MODULES

MARK = "logistics_crm workbench "
PASSING = "logistics_part_"
COMPILE_ASSETS = "env['ir.qweb']._pregenerate_assets_bundles()\nenv.cr.commit()\n"
# Each waits some seconds for vacuuming to end.
DROPS = 5
VALID_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}\Z")


class Databases:
    """The databases on one server, for one Odoo."""

    def __init__(self, odoo):
        self.odoo = odoo
        self.server = odoo.server

    # -- SQL --------------------------------------------------------------------------------------

    def sql(self, query, database="postgres"):
        """Run SQL and give its result, columns separated by `|`."""
        log = self.odoo.cache / "logs" / f"psql-{os.getpid()}.log"
        command = self._psql(query, database)
        done = processes.output(command, self.server.environment())
        if done is not None:
            return done.strip()
        env = self.server.environment()
        processes.run(command, log, f"SQL on database {database}", env=env)
        log.unlink(missing_ok=True)
        return ""

    def _psql(self, query, database="postgres"):
        return [self.server.psql, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", query, database]

    def _try(self, query):
        """Whether SQL ran."""
        return processes.output(self._psql(query), self.server.environment()) is not None

    def exists(self, name):
        return bool(self.sql(f"select 1 from pg_database where datname = '{checked(name)}'"))

    def mark(self, name):
        """What we wrote about a database: a dict, or None if it is not ours."""
        text = self.sql(
            "select shobj_description(oid, 'pg_database') from pg_database "
            f"where datname = '{checked(name)}'"
        )
        return json.loads(text[len(MARK) :]) if text.startswith(MARK) else None

    def set_mark(self, name, **values):
        """Write down what a database is for; only marked ones are ever dropped."""
        text = (MARK + json.dumps(values)).replace("'", "''")
        self.sql(f"comment on database \"{checked(name)}\" is '{text}'")

    def ours(self):
        """The names of all databases that these commands made."""
        found = self.sql(
            "select datname from pg_database "
            f"where shobj_description(oid, 'pg_database') like '{MARK}%' order by 1"
        )
        return found.splitlines()

    # -- making and removing ----------------------------------------------------------------------

    def filestore(self, name):
        return self.odoo.data_dir / "filestore" / checked(name)

    def drop(self, name):
        """Remove a database of ours with its filestore; refuse anybody else's."""
        if self.exists(name):
            if self.mark(name) is None:
                raise Problem(
                    f"Database {name} exists and was not made by these commands; it is left alone.",
                    "choose another name: make … DB=name",
                )
            self.drop_whoever_is_in(name)
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def drop_whoever_is_in(self, name):
        """Remove a database, even while PostgreSQL vacuums it by itself.

        FORCE ends everybody's session or fails: an autovacuum worker is nobody's, and only a
        superuser may end it. Without FORCE the server sends such workers away, but nobody else.
        """
        own_sessions = (
            "select pg_terminate_backend(pid) from pg_stat_activity "
            f"where datname = '{checked(name)}' and usename = current_user"
        )
        drop = f'drop database if exists "{name}"'
        for _attempt in range(DROPS):
            if self._try(f"{drop} with (force)") or (self._try(own_sessions) and self._try(drop)):
                return
        self.sql(f"{drop} with (force)")

    def copy(self, source, name, **mark):
        """A copy of a database and its filestore, in place of one of ours with that name."""
        self.drop(name)
        # Under a passing name until it is marked: a database of the final name is always marked.
        passing = f"{PASSING}{_machine()}_{os.getpid()}_{next(_numbers)}"
        query = f'create database "{passing}" template "{checked(source)}"'
        if self.server.key == "embedded":
            # Several times faster than the default for a template of this size.
            query += " strategy file_copy"
        self.sql(query)
        self.set_mark(passing, **mark)
        self.copy_filestore(self.filestore(source), name)
        self.sql(f'alter database "{passing}" rename to "{name}"')

    def copy_filestore(self, folder, name):
        """Give a database the files of another one's folder."""
        if folder.is_dir():
            shutil.rmtree(self.filestore(name), ignore_errors=True)
            # Files in a filestore are named by their content and never written again: links do.
            shutil.copytree(folder, self.filestore(name), copy_function=_link)

    @contextmanager
    def temporary(self, purpose, source):
        """A copy of a database for the length of the block; gives its name."""
        self._drop_left_over()
        name = f"logistics_{purpose}_{os.getpid()}_{next(_numbers)}"
        self.copy(source, name, purpose=purpose, pid=os.getpid(), machine=_machine())
        try:
            yield name
        finally:
            self.drop(name)

    def _drop_left_over(self):
        """Remove the temporary databases of runs on this machine that were killed."""
        for name in self.ours():
            mark = self.mark(name) or {}
            if mark.get("machine") == _machine() and not _alive(mark["pid"]):
                self.drop(name)
        start = f"{PASSING}{_machine()}_"
        found = self.sql(f"select datname from pg_database where starts_with(datname, '{start}')")
        for name in found.splitlines():
            if not _alive(int(name[len(start) :].split("_")[0])):
                self.drop_whoever_is_in(name)

    def _make_template(self, name, start, options, log, what, remedy):
        """Build under a passing name, rename at the end: a broken build is no template."""
        with self.temporary("making", start) as making:
            self.odoo.run(making, *options, log=log, what=what, remedy=remedy)
            if start == "template0":
                self._build_assets(making)
            shutil.rmtree(self.filestore(name), ignore_errors=True)
            if self.filestore(making).is_dir():
                self.filestore(making).rename(self.filestore(name))
            self.set_mark(making, purpose="template")
            self.sql(f'alter database "{making}" rename to "{name}"')

    # -- the two templates ------------------------------------------------------------------------

    @property
    def core_name(self):
        """Odoo with the modules the addon builds on, without demo data."""
        return f"logistics_core_{fingerprint(self.odoo.source.key, *CORE_MODULES)}"

    @cached_property
    def addon_name(self):
        """The same with the addon installed, as its source was when the command began."""
        return f"logistics_addon_{fingerprint(self.core_name, addon_key())}"

    @property
    def install_log(self):
        """Where the addon's installation was logged; the lint reads its warnings."""
        return self.odoo.cache / "logs" / f"install-{self.server.key}-{self.addon_name}.log"

    def ensure_core(self):
        with self._lock():
            if not self.exists(self.core_name):
                processes.require_space(self.odoo.cache, 1.5, "The template database")
                self._make_template(
                    self.core_name,
                    "template0",
                    ["-i", ",".join(CORE_MODULES)],
                    f"core-{self.server.key}.log",
                    "Installing Odoo's own modules",
                    "if the log does not tell: make distclean, then the command again.",
                )
        return self.core_name

    def ensure_addon(self):
        name = self.addon_name
        if self.exists(name):
            return name
        core = self.ensure_core()
        with self._lock():
            if not self.exists(name):
                self._make_template(
                    name,
                    core,
                    ["-i", ADDON],
                    self.install_log.name,
                    f"Installing {ADDON}",
                    "mend the addon; the log above shows its first error.",
                )
                self._drop_older_templates(name)
        return name

    def _drop_older_templates(self, current):
        for name in self.ours():
            if name.startswith("logistics_addon_") and name != current:
                self.drop(name)
        for log in self.install_log.parent.glob(f"install-{self.server.key}-*.log"):
            if log != self.install_log:
                log.unlink()

    def ensure_assets(self):
        """Have the addon's template hold the web client's compiled scripts and styles.

        Otherwise the first page of each copy takes half a minute, in each class of browser tests
        anew.
        """
        with self._lock():
            if not self.mark(self.addon_name).get("assets"):
                self._build_assets(self.addon_name)
                self.set_mark(self.addon_name, purpose="template", assets=True)

    def _build_assets(self, name):
        what = "Compiling the web client"
        self.odoo.run_text(name, COMPILE_ASSETS, f"assets-{self.server.key}.log", what)

    def _lock(self):
        return lock(
            self.odoo.cache / f"templates-{self.server.key}.lock",
            "    another command is building the template database; waiting for it …",
        )


_numbers = itertools.count(1)


def _machine():
    """This machine, in a name: a server may be shared by several."""
    return fingerprint(platform.node())[:6]


def _alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _link(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def checked(name):
    """A database name that is safe to put into SQL and paths."""
    if not VALID_NAME.match(name):
        raise Problem(
            f"{name!r} is no name for a database.",
            "use letters, digits, - and _ only: make … DB=my_database",
        )
    return name


def addon_key():
    """Changes when the installed addon would: everything but its tests."""
    folder = CLONE / ADDON
    if not (folder / "__manifest__.py").is_file():
        raise Problem(f"There is no addon in {folder}.", "run the command in a whole clone.")
    return tree_fingerprint(folder, lambda path: path.relative_to(folder).parts[0] != "tests")
