"""What the tests of the tools share: the real set-up, real Odoo shells, real databases."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench import setup
from workbench.settings import CLONE

SAMPLE = """\
customer_ref,customer_name,country,date,document,line,service,quantity,weight_kg,amount,cost,\
currency,promised_date,delivered_date,due_date,paid_date,disputed
C1,Alpha Freight,Ghana,2013-03-05,D1,1,Air,3,10.5,1000.00,700.00,USD,2013-03-08,2013-03-08,,,
C1,Alpha Freight,Ghana,2014-02-05,D2,1,Air,4,12.0,1500.50,900.00,USD,2014-02-08,2014-02-10,,,
C2,Beta Traders,Kenya,2014-06-11,D3,1,Ocean,9,900.0,2500.00,,USD,2014-07-01,2014-07-01,,,
C2,Beta Traders,Kenya,2014-12-20,D4,1,Ocean,9,900.0,,,USD,2015-01-05,2015-01-04,,,
"""


@pytest.fixture(scope="session")
def bench():
    """The whole set-up, with the database server running and the addon's template there."""
    with setup.workbench("dev") as made:
        yield made


@pytest.fixture
def trading_csv(tmp_path):
    """A small trading history: two customers, four lines, three of them in 2014."""
    path = tmp_path / "history.csv"
    path.write_text(SAMPLE)
    return path


def shell(bench, database, script):
    """Run Python in an Odoo shell and give what it prints; a failing script fails the test."""
    command = bench.odoo.command(database, "--no-http", "--log-level=warn", subcommand="shell")
    done = subprocess.run(
        [str(part) for part in command],
        input=script,
        env=bench.odoo.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def lc(*arguments, env=None, stdin="", timeout=420):
    """Run a command as a person does, in a process of its own."""
    return subprocess.run(
        [sys.executable, CLONE / "tools" / "lc.py", *map(str, arguments)],
        input=stdin,
        env=clean_environment(**(env or {})),
        cwd=CLONE,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def clean_environment(**extra):
    """This process's environment without what would send a command to another server or Odoo."""
    names = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "DATABASE_URL", "ODOO_SOURCE", "VERBOSE")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return dict(kept, **extra)


def processes_with(text):
    """The ids of processes whose command line contains a text."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if text in line:
                found.append((int(entry.name), line))
    return found
