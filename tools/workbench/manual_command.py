"""`make manual`: the pages of the manual anew from its text, and its pictures when asked for."""

import os
import subprocess
import sys

from .messages import Problem, Steps
from .screenshots_command import take_pictures
from .settings import CLONE
from .setup import python_environment

SCRIPT = CLONE / "tools" / "manual_pictures.py"
PICTURES = CLONE / "logistics_crm" / "static" / "manual" / "img"


def manual(database, pictures):
    """Write pages, and the text in traditional Chinese; the demo database is not changed.

    :param database: name of the demo database, whose pictures are taken.
    :param pictures: take the pictures anew, which takes some minutes.
    """
    if pictures:
        take_pictures(database, SCRIPT, PICTURES)
    python_env = python_environment("server", Steps(1))
    if not _run(python_env):
        raise Problem("The manual is not in order; what is wrong stands above.")
    return 0


def in_step(python_env):
    """Whether the manual is whole and its pages are those of its text; tells why not."""
    return _run(python_env, "--check")


def _run(python_env, *options):
    if not python_env.has("manual"):
        python_env.build("manual")
    env = dict(os.environ, PYTHONPATH=str(CLONE / "tools"), PYTHONDONTWRITEBYTECODE="1")
    env.pop("PYTHONSAFEPATH", None)
    command = [python_env.python, "-m", "manual", *options]
    return subprocess.run(command, cwd=CLONE, env=env, stdout=sys.stderr).returncode == 0
