"""`make clean` and `make distclean`."""

import shutil

from . import postgres
from .messages import Problem, say
from .settings import CACHE_MARK, CLONE, cache_dir
from .setup import workbench

WRITTEN = ("out", ".ruff_cache", ".pytest_cache")


def clean():
    """Remove what the commands wrote into the clone, and their databases, except the template."""
    for name in WRITTEN:
        shutil.rmtree(CLONE / name, ignore_errors=True)
    for folder in CLONE.rglob("__pycache__"):
        shutil.rmtree(folder, ignore_errors=True)
    cache = cache_dir()
    home = cache / "postgres-18"
    has_server = any((place / "data").exists() for place in (home, postgres.open_place(home)))
    if not has_server and not postgres.external_settings():
        return 0
    with workbench(template=None) as bench:
        for name in bench.databases.ours():
            if not name.startswith("logistics_core_"):
                bench.databases.drop(name)
                say(f"dropped database {name}")
    return 0


def distclean():
    """Remove the whole cache as well: the next command sets everything up again."""
    clean()
    cache = cache_dir()
    if not (cache / CACHE_MARK).exists():
        raise Problem(
            f"{cache} does not look like our cache; it is left alone.", "remove it by hand."
        )
    # Where root's home is closed to the server, its data lies outside (see postgres.py).
    shutil.rmtree(postgres.open_place(cache / "postgres-18"), ignore_errors=True)
    shutil.rmtree(cache)
    say(f"removed {cache}")
    return 0
