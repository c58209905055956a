"""The tidiness check: no address of a package registry, no machine path, no odd file."""

import os
import re
import subprocess
from pathlib import Path

from .settings import CLONE

LONGEST = 450
# Written so that the expressions do not match themselves.
REGISTRY = re.compile(
    r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|registry[.]yarnpkg|npmmirror[.]com"
    r"|(?:deb|security|snapshot|ftp)[.]debian[.]org|archive[.]ubuntu[.]com"
    r"|crates[.]io|proxy[.]golang[.]org|repo[.]maven|rubygems[.]org"
)
MACHINE_PATH = re.compile(r"(?<![\w.~$}-])/(?:root|work|home/[a-z]\w*)/")
CONFLICT = re.compile(r"^(?:<{7} |>{7} |={7}$)", re.MULTILINE)
TEXT = {".py", ".xml", ".js", ".css", ".scss", ".csv", ".md", ".txt", ".toml", ".json", ".yaml"}
TEXT |= {".in", ".po", ".pot", ".cfg", ".ini", ".sh", ".sql", ".html", ".yml", ""}
COUNTED = {".py", ".xml", ".js"}


def files():
    """The files of the clone that are or would be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=CLONE, capture_output=True)
    except FileNotFoundError:
        done = None
    if done and done.returncode == 0:
        names = done.stdout.decode().split("\0")
        return [path for name in sorted(filter(None, names)) if (path := CLONE / name).is_file()]
    # A source archive without git.
    found = []
    for root, dirs, names in os.walk(CLONE):
        dirs[:] = [name for name in dirs if name not in (".git", "out", "__pycache__")]
        found += [Path(root, name) for name in names if not name.endswith(".pyc")]
    return sorted(found)


def findings():
    """What is wrong with files, one line each, with its place."""
    found = []
    for path in files():
        if path.suffix not in TEXT:
            continue
        name = path.relative_to(CLONE).as_posix()
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:
            found.append(f"{name}: is not UTF-8")
            continue
        found += [f"{name}{place}" for place in check_text(text, path.suffix)]
    return found


def check_text(text, suffix):
    """The findings in one file's text, each beginning with `:line:` or `:`."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if REGISTRY.search(line):
            found.append(f":{number}: names the host of a package registry")
        if MACHINE_PATH.search(line):
            found.append(f":{number}: names a path of one machine")
    if CONFLICT.search(text) and suffix != ".md":
        found.append(": has the marks of a merge conflict")
    if "\r" in text and suffix != ".csv":
        found.append(": has line ends other than LF")
    if text and not text.endswith("\n"):
        found.append(": does not end with a line end")
    lines = text.count("\n")
    if suffix in COUNTED and lines > LONGEST:
        found.append(f": has {lines} lines, more than {LONGEST}; split it")
    return found
