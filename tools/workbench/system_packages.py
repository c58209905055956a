"""Programs from the system: installed with apt when root, else a message with the exact command."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import processes
from .cache import lock
from .messages import Problem, say

# program or file that shows the package is there -> Debian package
FOR_TESTS = {
    ("chromium", "chromium-browser", "google-chrome"): "chromium",
    ("soffice", "libreoffice"): "libreoffice-calc",
    ("pdftoppm",): "poppler-utils",
    ("wkhtmltopdf",): "wkhtmltopdf",
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",): "fonts-noto-cjk",
}


def _present(names):
    return any(Path(name).exists() if name[0] == "/" else shutil.which(name) for name in names)


def missing(wanted):
    """The Debian packages of `wanted` that this machine lacks."""
    return [package for names, package in wanted.items() if not _present(names)]


def missing_for_tests():
    """The Debian packages that the test suite still needs."""
    return missing(FOR_TESTS)


def ensure(wanted, cache, why):
    """Install what is missing, or say how."""
    packages = missing(wanted)
    if not packages:
        return
    install(packages, cache, why)
    still = missing(wanted)
    if still:
        raise Problem(
            f"{', '.join(still)} was installed, and its program is still not found.",
            "see that /usr/bin is on the PATH.",
        )


def install(packages, cache, why):
    """apt-get install as root; anybody else is told the command."""
    command = "apt-get update && apt-get install --no-install-recommends " + " ".join(packages)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        who = "as root" if shutil.which("apt-get") else "with this system's own package manager"
        raise Problem(
            f"{why} needs {', '.join(packages)}, which this machine lacks.",
            f"install it {who}: {command}",
        )
    say(f"    installing with apt: {', '.join(packages)}")
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    remedy = f"run it by hand and read what it says: {command}"
    log = cache / "logs" / "apt-install.log"
    with lock(cache / "apt.lock"):
        processes.run(["apt-get", "update"], log, "apt-get update", remedy, env=env)
        processes.run(
            ["apt-get", "install", "-y", "--no-install-recommends", *packages],
            log,
            "apt-get install",
            remedy,
            env=env,
        )


def ensure_venv_module():
    """Debian splits venv off Python: install it, or say which package it is."""
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    command = f"apt-get update && apt-get install {package}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Problem(
            "This Python has no venv module.",
            f"install it as root: {command} (or name another Python: make … PYTHON=python3.12)",
        )
    say(f"    installing with apt: {package}")
    for part in (["apt-get", "update"], ["apt-get", "install", "-y", package]):
        done = subprocess.run(part, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise Problem("The venv module could not be installed.", command, done.stdout[-800:])
