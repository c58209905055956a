"""Locks and stamps of the cache folder: one set-up at a time, and nothing half done is taken."""

import fcntl
import hashlib
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from .messages import say


@contextmanager
def lock(path, waiting=""):
    """Hold an exclusive lock; say `waiting` once if another run has it."""
    with open(path, "a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting:
                say(waiting)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fingerprint(*parts):
    """A short hash of texts and bytes."""
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()[:12]


def tree_fingerprint(folder, keep=lambda path: True, content=True):
    """A short hash of a folder's files: names and content, or names and sizes only (fast)."""
    folder = Path(folder)
    parts = []
    for root, dirs, files in os.walk(folder, followlinks=True):
        dirs[:] = sorted(name for name in dirs if name != "__pycache__" and name[0] != ".")
        for name in sorted(files):
            path = Path(root, name)
            if name.endswith(".pyc") or not keep(path) or not path.is_file():
                continue
            parts.append(path.relative_to(folder).as_posix())
            parts.append(path.read_bytes() if content else path.stat().st_size)
    return fingerprint(*parts)


def stamped(path, value):
    """Whether the stamp file says `value`."""
    try:
        return Path(path).read_text() == value
    except OSError:
        return False


def write_atomically(path, text):
    """Write a file so that it is there whole or not at all."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text)
    temporary.replace(path)


@contextmanager
def folder_in_the_making(final):
    """A folder that takes its final name only when the block ends well."""
    final = Path(final)
    making = final.with_name(f"{final.name}.part")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    yield making
    shutil.rmtree(final, ignore_errors=True)
    making.replace(final)
