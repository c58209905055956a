"""The commands as a person runs them, in processes of their own, with real Odoo and PostgreSQL."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import pytest
from conftest import clean_environment, lc, processes_with

from workbench.processes import free_port
from workbench.settings import CLONE

DATABASE = f"lcrm_command_{os.getpid()}"


@pytest.fixture(scope="module")
def database(bench):
    """The name of a database that the tests of this module share, dropped at the end."""
    yield DATABASE
    bench.databases.drop(DATABASE)


@pytest.fixture
def foreign(bench):
    """A database that the commands did not make."""
    name = f"lcrm_foreign_{os.getpid()}"
    bench.databases.sql(f'create database "{name}" template template0')
    yield name
    bench.databases.sql(f'drop database "{name}" with (force)')


def oid(bench, name):
    """A database's id: another one means that it was made anew."""
    return bench.databases.sql(f"select oid from pg_database where datname = '{name}'")


def demo(database, folder, *more, **options):
    """`make demo` without serving."""
    where = ("--db", database, "--out", folder, "--no-serve")
    return lc("demo", *where, *more, **options)


def test_demo_imports_screens_and_writes_the_workbook(bench, database, trading_csv, tmp_path):
    """The summary tells the file's figures; what is unknown is said to be unknown."""
    data = ("--data", trading_csv, "--year", 2014)
    done = demo(database, tmp_path, *data)
    assert done.returncode == 0, done.stderr
    assert "Year-end screening 2014 of Imported Company (USD)" in done.stdout
    assert re.search(r"^  all +2 +4,000\.50 +\d", done.stdout, re.M)
    assert (tmp_path / "screening-2014.xlsx").stat().st_size > 1000

    made = oid(bench, database)
    again = demo(database, tmp_path, *data)
    assert again.returncode == 0, again.stderr
    assert oid(bench, database) == made, "unchanged inputs, and the database was made anew"
    assert again.stdout.split("Year-end")[1] == done.stdout.split("Year-end")[1]

    trading_csv.write_text(trading_csv.read_text().replace("2500.00", "2600.00"))
    changed = demo(database, tmp_path, *data)
    assert "4,100.50" in changed.stdout
    assert oid(bench, database) != made


def test_demo_tells_the_bad_rows(bench, database, trading_csv, tmp_path):
    """A bad file is refused with line and column, and nothing is written."""
    trading_csv.write_text(trading_csv.read_text().replace("1000.00", "1e999"))
    done = demo(database, tmp_path, "--data", trading_csv, "--year", 2014)
    assert done.returncode == 1
    assert "line 2, amount" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.xlsx"))


def test_demo_of_a_year_without_data(bench, database, trading_csv, tmp_path):
    """A year in which nobody traded is named, with what to do."""
    done = demo(database, tmp_path, "--data", trading_csv, "--year", 2003)
    assert done.returncode == 1
    assert "2003" in done.stderr and "What to do:" in done.stderr
    assert "Traceback" not in done.stderr


def test_somebody_elses_database_is_left_alone(bench, foreign, trading_csv, tmp_path):
    """A database that these commands did not make is never replaced."""
    made = oid(bench, foreign)
    done = demo(foreign, tmp_path, "--data", trading_csv)
    assert done.returncode == 1
    assert "was not made by" in done.stderr and "DB=" in done.stderr
    assert oid(bench, foreign) == made


def test_serving_ends_with_ctrl_c_and_leaves_no_process(bench, database, trading_csv, tmp_path):
    """The web client answers; after Ctrl-C neither the port nor a process of the server is left."""
    port = free_port()
    command = [sys.executable, CLONE / "tools/lc.py", "demo", "--db", database, "--port", port]
    command += ["--out", tmp_path, "--data", trading_csv, "--year", 2014]
    process = subprocess.Popen(
        [str(part) for part in command],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        text = wait_for(process, "Ctrl-C stops it")
        assert f"http://localhost:{port}" in text
        assert re.search(r"login manager +password manager", text)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login", timeout=60) as page:
            assert b'name="password"' in page.read()
        assert processes_with(f"-d {database}")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert processes_with(f"-d {database}") == []
    with pytest.raises(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login", timeout=5)


def wait_for(process, text, patience=300):
    """Read a process's output until a text shows up in it."""
    timer = threading.Timer(patience, process.kill)
    timer.start()
    try:
        seen = ""
        for line in process.stdout:
            seen += line
            if text in line:
                return seen
    finally:
        timer.cancel()
    raise AssertionError(f"{text!r} did not come; the output was: {seen}")


def test_a_taken_port_is_told_before_any_work(tmp_path):
    """The message names the port and the way out."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        start = time.monotonic()
        done = lc("demo", "--db", DATABASE, "--port", taken.getsockname()[1], "--out", tmp_path)
    assert done.returncode == 1
    assert "cannot be used" in done.stderr and "PORT=" in done.stderr
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    "arguments, told",
    [
        (("demo", "--no-serve", "--data", "no/such/file.csv"), "No such file"),
        (("demo", "--no-serve", "--year", "14"), "four digits"),
        (("demo", "--no-serve", "--db", 'x"; drop'), "no name for a database"),
        (("shell", "--db", "../x"), "no name for a database"),
        (("test", "tools/tests/test_nothing.py"), "there is no"),
    ],
)
def test_a_mistyped_argument_gets_one_message(arguments, told):
    """What is wrong and what to do, without a traceback."""
    done = lc(*arguments)
    assert done.returncode == 1
    assert told in done.stderr and "What to do:" in done.stderr
    assert "Traceback" not in done.stderr


def test_shell_prints_only_what_the_script_prints(bench, database):
    """Progress and logs stay off standard output; a missing database is made first."""
    bench.databases.drop(database)
    script = "print('accounts', env['logistics.customer'].search_count([]))"
    done = lc("shell", "--db", database, stdin=script)
    assert done.stdout == "accounts 0\n"
    assert done.returncode == 0
    make = ["make", "-s", "-C", CLONE, "shell", f"DB={database}", f"PYTHON={sys.executable}"]
    env = {name: value for name, value in clean_environment().items() if "MAKE" not in name}
    through = subprocess.run(make, input=script, env=env, capture_output=True, text=True)
    assert through.stdout == "accounts 0\n"


def test_shell_fails_with_its_script(bench, database):
    """A script that raises ends the command with a status other than 0."""
    done = lc("shell", "--db", database, stdin="raise ValueError('my own mistake')")
    assert done.returncode != 0
    assert "my own mistake" in done.stderr
