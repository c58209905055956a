"""The virtual environment: pinned, hash-checked packages, in layers that commands ask for."""

import os
import shutil
import sys
from pathlib import Path

from . import processes, system_packages
from .cache import fingerprint, stamped, write_atomically
from .messages import Problem
from .settings import CLONE

# requirements-dev.txt holds all of requirements.txt too: "dev" brings "server" with it.
LAYERS = {
    "server": "requirements.txt",
    "dev": "requirements-dev.txt",
    "node": "requirements-node.txt",
    "manual": "requirements-manual.txt",
}
NO_INDEX = (
    "see that the machine reaches its Python package index (pip's own settings and proxies are "
    "used: `pip config list`), then run the same command again; what was downloaded is kept."
)


class PythonEnv:
    """A virtual environment in the cache, one per Python version and set of server packages."""

    def __init__(self, cache):
        self.cache = cache
        version = "{}.{}.{}".format(*sys.version_info[:3])
        key = fingerprint(sys.base_prefix, (CLONE / "requirements.txt").read_text())
        self.path = cache / "python" / f"{version}-{key}"

    @property
    def python(self):
        return self.path / "bin" / "python"

    @property
    def site_packages(self):
        return self.path / "lib" / "python{}.{}".format(*sys.version_info[:2]) / "site-packages"

    def tool(self, name):
        """The path of a program installed in the environment."""
        return self.path / "bin" / name

    def has(self, layer):
        """Whether the layer is complete and up to date."""
        return stamped(self.path / f".{layer}", self._layer_key(layer))

    def build(self, layer):
        """Create the environment if need be and install a layer; a broken start is done over."""
        if not (self.path / ".created").exists():
            self._create()
        self._install(LAYERS[layer])
        for name in {"dev": ("server", "dev")}.get(layer, (layer,)):
            write_atomically(self.path / f".{name}", self._layer_key(name))

    def _layer_key(self, layer):
        return fingerprint((CLONE / LAYERS[layer]).read_text())

    def _create(self):
        processes.require_space(self.cache, 3, "Setting up")
        shutil.rmtree(self.path, ignore_errors=True)
        system_packages.ensure_venv_module()
        processes.run(
            [sys.executable, "-m", "venv", self.path],
            self.cache / "logs" / "venv.log",
            "Creating the Python environment",
        )
        (self.path / ".created").touch()

    def _install(self, requirements):
        # --no-deps: the file lists everything, so pip has nothing to resolve, only to check.
        command = [self.python, "-m", "pip", "install", "--require-hashes", "--no-deps"]
        command += ["--disable-pip-version-check", "--no-input", "-r", CLONE / requirements]
        log = self.cache / "logs" / f"pip-{Path(requirements).stem}.log"
        status = processes.run_status(
            command, log, env=dict(os.environ, PYTHONDONTWRITEBYTECODE="")
        )
        if not status:
            return
        text = processes.tail(log, 400)
        if "DO NOT MATCH THE HASHES" in text:
            raise Problem(
                f"A downloaded package is not the one that {requirements} pins.",
                "do not use it. Clear pip's cache (`pip cache purge`) and run the command again; "
                "if it stays, your package index serves other files than the ones pinned.",
                processes.tail(log),
            )
        raise Problem(
            f"Installing {requirements} failed (whole log: {log}).",
            NO_INDEX,
            processes.tail(log),
        )
