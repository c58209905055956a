"""Running other programs: their output into a log, no process left behind."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from . import messages
from .messages import Problem

PR_SET_PDEATHSIG = 1


def _be_stoppable():
    """In a new child: heed Ctrl-C, and be told when this program is killed outright (on Linux)."""
    # A shell that starts us in the background has it ignored, and that is inherited.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def tail(path, lines=15):
    """The last lines of a log file."""
    try:
        with open(path, "rb") as log:
            log.seek(max(0, os.path.getsize(path) - 20_000))
            text = log.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


@contextmanager
def child(command, stop_signal=signal.SIGINT, patience=20, **options):
    """A child process in a session of its own, so that Ctrl-C reaches it through us only.

    On leaving, whatever the reason, the whole group is stopped: first `stop_signal`, and after
    `patience` seconds SIGKILL.
    """
    process = subprocess.Popen(
        [str(part) for part in command],
        start_new_session=True,
        preexec_fn=_be_stoppable,
        **options,
    )
    try:
        yield process
    finally:
        _end_group(process, stop_signal, patience)


def _end_group(process, stop_signal, patience):
    if process.poll() is None:
        process.send_signal(stop_signal)
        try:
            process.wait(patience)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def run(command, log, what, remedy="", cwd=None, env=None, stdin=None):
    """Run a program to its end with its output in `log`; a failure is a Problem with the log's end.

    With VERBOSE=1 the output is shown instead.
    """
    status = run_status(command, log, cwd=cwd, env=env, stdin=stdin)
    if status:
        detail = "" if messages.VERBOSE else tail(log)
        hint = "" if messages.VERBOSE else f" (whole log: {log})"
        raise Problem(f"{what} failed with exit status {status}{hint}.", remedy, detail)


def run_status(command, log, cwd=None, env=None, stdin=None):
    """Run a program to its end with its output in `log`, and give its exit status."""
    log = Path(log)
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as output:
        target = None if messages.VERBOSE else output
        with child(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=sys.stderr if messages.VERBOSE else target,
            stderr=subprocess.STDOUT,
        ) as process:
            return process.wait()


def output(command, env=None, cwd=None):
    """What a short program prints, or None when it fails or is missing."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def require_space(path, gigabytes, what):
    """Refuse to start what would fill the disk half way."""
    free = shutil.disk_usage(path).free / 1e9
    if free < gigabytes:
        raise Problem(
            f"{what} needs about {gigabytes:g} GB, and {path} has {free:.1f} GB free.",
            "make room, or name a folder on another disk: LOGISTICS_CRM_CACHE=/path make …",
        )


def free_port():
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
