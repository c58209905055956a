"""`make demo`: a database with a company in it, its year-end screening, and the running server."""

import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from . import processes
from .cache import fingerprint, lock
from .databases import checked
from .messages import Problem, say
from .settings import ADDON, CLONE
from .setup import workbench
from .shell_command import run_script

SCRIPT = CLONE / "tools" / "demo.py"
OUT = CLONE / "out"


def demo(database, data, year, port, serve, out=OUT):
    """Make the demo if it is not there as asked for, show its summary, and serve it.

    :param database: name of the database.
    :param data: CSV file of a trading history, or empty for the sample company.
    :param year: the year to screen, or empty for the last full year.
    :param out: folder of the workbook.
    """
    checked(database)
    data = _data_file(data)
    if year and not (year.isdigit() and len(year) == 4):
        raise Problem(
            f"YEAR={year} is not a year.", "write it with four digits: make demo YEAR=2014"
        )
    if serve:
        require_port(port)
    with workbench(more_steps=1) as bench:
        with _one_demo(bench, database):
            result = _prepared(bench, database, data, year, Path(out).absolute())
        say(f"\nWorkbook: {os.path.relpath(result['workbook'])}")
        if serve:
            return _serve(bench, database, port, result["logins"])
    return 0


def _one_demo(bench, database):
    name = bench.cache / f"demo-{fingerprint(bench.odoo.server.key, database)}.lock"
    return lock(name, f"    another demo is being made in {database}; waiting for it …")


def _data_file(data):
    if not data:
        return None
    path = Path(data).expanduser().absolute()
    try:
        with open(path, "rb"):
            return path
    except OSError as error:
        raise Problem(
            f"DATA={data} cannot be read: {error.strerror}.",
            "name a CSV file of the trading history: make demo DATA=file.csv YEAR=2014",
        ) from None


def _prepared(bench, database, data, year, out):
    """Build the database unless it is the same as before; print the summary, write the workbook."""
    databases = bench.databases
    # The sample company ends with the last full year, so it grows stale with the calendar.
    content = data.read_bytes() if data else f"sample {date.today().year}"
    stamp = fingerprint(databases.addon_name, SCRIPT.read_bytes(), content, year or "")
    mark = databases.mark(database) if databases.exists(database) else {}
    if mark is None:
        raise Problem(
            f"Database {database} exists and was not made by make demo; it is left alone.",
            "choose another name: make demo DB=name",
        )
    known = mark.get("stamp") == stamp
    title = "Importing the trading history" if data else "Building the sample company"
    with bench.steps.step(f"{title} and screening the year", not known):
        if not known:
            databases.ensure_assets()
            databases.copy(databases.addon_name, database, purpose="demo")
        task = dict(
            mark if known else {}, build=not known, data=str(data or ""), workbook_dir=str(out)
        )
        task["year"] = task.get("year") or year
        result = _run(bench, database, task)
        databases.set_mark(database, purpose="demo", stamp=stamp, **result)
    return result


def _run(bench, database, task):
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer.json")
        task["result"] = str(answer)
        variables = {"LOGISTICS_DEMO": json.dumps(task), "PYTHONUTF8": "1"}
        run_script(bench, database, SCRIPT, "The demo", "demo.log", **variables)
        result = json.loads(answer.read_text())
    if "failure" in result:
        raise Problem(result["failure"], "mend it and run the command again.")
    return result


# -- serving --------------------------------------------------------------------------------------


def require_port(port):
    """Refuse a port that somebody listens on, before any work is done."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Problem(
                f"Port {port} cannot be used: {error.strerror}.",
                "choose another one: make demo PORT=8070",
            ) from None


@contextmanager
def serving(bench, database, port, log, jobs=True):
    """Odoo's web server for one database, ready to answer, for the length of the block.

    :param jobs: whether scheduled jobs run by themselves.
    """
    options = ["--http-port", str(port), "--workers=0", f"--max-cron-threads={int(jobs)}"]
    command = bench.odoo.command(database, *options, f"--db-filter=^{database}$")
    with (
        open(log, "wb") as output,
        processes.child(
            command,
            cwd=bench.cache,
            env=bench.odoo.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        _await_answer(process, port, log)
        yield process


def _await_answer(process, port, log, patience=120):
    # No proxy between this machine and itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with opener.open(f"http://127.0.0.1:{port}/web/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise Problem(f"Odoo did not start (whole log: {log}).", "", processes.tail(log, 20))


def _serve(bench, database, port, logins):
    log = bench.cache / "logs" / f"server-{database}.log"
    with serving(bench, database, port, log) as process:
        print(f"\n{ADDON} is served at http://localhost:{port}\n", flush=True)
        for login, password, role in logins:
            print(f"  login {login:12} password {password:12} {role}")
        print("\nCtrl-C stops it. The server's log: " + str(log), flush=True)
        try:
            status = process.wait()
        except KeyboardInterrupt:
            say("\nStopping …")
            return 0
    raise Problem(
        f"Odoo ended by itself with exit status {status} (whole log: {log}).",
        "",
        processes.tail(log, 20),
    )
