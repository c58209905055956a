"""`python tools/lc.py pin`: requirements*.txt anew from requirements*.in, with all hashes.

For the maintainer who changes a version; nobody else needs it. The resolver is not pinned itself:
its answer is what gets reviewed and committed.
"""

import os
import shutil
import tempfile
import venv
from pathlib import Path

from . import processes
from .messages import say
from .settings import CLONE, OLDEST_PYTHON, cache_dir

FILES = {
    "requirements.in": (),
    "requirements-dev.in": ("-c", "requirements.txt"),
    "requirements-node.in": (),
    "requirements-manual.in": (),
    "requirements-load.in": (),
    "requirements-oca.in": ("--no-deps", "--prerelease", "allow"),
}


def pin():
    """Resolve for all supported Pythons at once; no index address gets into the files."""
    logs = cache_dir() / "logs"
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        programs = Path(folder, "bin")
        install = [programs / "python", "-m", "pip", "install", "uv"]
        processes.run(install, logs / "pin-install.log", "Installing the resolver")
        for name, options in FILES.items():
            output = name.replace(".in", ".txt")
            command = [programs / "uv", "pip", "compile", "--universal", "--generate-hashes"]
            command += ["--no-header", "--no-emit-index-url", "--no-emit-find-links"]
            command += ["--python-version", "{}.{}".format(*OLDEST_PYTHON), "--upgrade"]
            part = Path(folder, output)
            command += [*options, name, "-o", part]
            env = dict(os.environ, UV_PYTHON_DOWNLOADS="never")
            processes.run(command, logs / f"pin-{name}.log", f"Pinning {name}", cwd=CLONE, env=env)
            shutil.copy(part, CLONE / output)
            say(f"wrote {output}")
    return 0
