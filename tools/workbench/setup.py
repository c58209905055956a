"""Set-up: everything a command needs, made when it is missing, in order, once."""

from contextlib import contextmanager

from . import odoo_source, postgres, settings
from .cache import lock
from .databases import Databases
from .messages import Steps
from .odoo_server import OdooServer
from .python_env import PythonEnv


class Workbench:
    """What the set-up gives to a command."""

    def __init__(self, cache, python_env, odoo, databases, steps):
        self.cache = cache
        self.python_env = python_env
        self.odoo = odoo
        self.databases = databases
        self.steps = steps


def python_environment(layer, steps):
    """The virtual environment with a layer of packages."""
    settings.check_python()
    cache = settings.cache_dir()
    with _setup_lock(cache):
        env = PythonEnv(cache)
        with steps.step("Python packages", not env.has(layer)):
            if not env.has(layer):
                env.build(layer)
    return env


def _setup_lock(cache):
    return lock(cache / "setup.lock", "    another command is setting up; waiting for it …")


@contextmanager
def workbench(layer="server", template="addon", more_steps=0):
    """Python, Odoo, PostgreSQL and the template databases, for the length of the block.

    :param layer: "server", or "dev" with the tools of tests and lint.
    :param template: "core", "addon" or None: the database template to have ready.
    :param more_steps: how many numbered steps the command itself has.
    """
    steps = Steps(5 + more_steps)
    python_env = python_environment(layer, steps)
    cache = python_env.cache
    with _setup_lock(cache):
        source = odoo_source.own_tree(cache) or odoo_source.cached_tree(cache)
        with steps.step("Odoo 19 server", source is None):
            source = source or odoo_source.fetch(cache)
    server = postgres.server(cache, python_env.site_packages)
    new = isinstance(server, postgres.EmbeddedServer) and not server.data.exists()
    with steps.step("PostgreSQL server", new):
        running = server.running()
        running.__enter__()
    try:
        odoo = OdooServer(cache, python_env.python, source, server)
        databases = Databases(odoo)
        bench = Workbench(cache, python_env, odoo, databases, steps)
        addon_missing = template == "addon" and not databases.exists(databases.addon_name)
        core_missing = (addon_missing or template == "core") and not databases.exists(
            databases.core_name
        )
        title = "Template database with Odoo's own modules (about 2 minutes)"
        with steps.step(title, core_missing):
            if core_missing:
                databases.ensure_core()
        with steps.step(f"Installing {settings.ADDON} into a template", addon_missing):
            if addon_missing:
                databases.ensure_addon()
        yield bench
    finally:
        running.__exit__(None, None, None)
