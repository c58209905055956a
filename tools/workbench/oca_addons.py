"""OCA's addons, as wheels pinned with their hashes, in a folder for Odoo's addons path."""

import os
import shutil

from . import processes
from .cache import fingerprint
from .settings import CLONE

REQUIREMENTS = CLONE / "requirements-oca.txt"


def oca_addons(bench):
    """The folder that holds them; downloaded once.

    Without their dependencies: those are Odoo itself, which no package index has.
    """
    target = bench.cache / "oca" / fingerprint(REQUIREMENTS.read_text())
    addons = target / "odoo" / "addons"
    if addons.is_dir():
        return addons
    making = target.with_suffix(f".{os.getpid()}")
    command = [bench.python_env.python, "-m", "pip", "install", "--require-hashes", "--no-deps"]
    command += ["--disable-pip-version-check", "--no-input", "--target", making]
    command += ["-r", REQUIREMENTS]
    log = bench.cache / "logs" / "pip-oca.log"
    processes.run(command, log, "Downloading OCA's addons")
    shutil.rmtree(target, ignore_errors=True)
    making.rename(target)
    return addons
