"""The parts of the set-up: locks, stamps, marks, checks of files, what a broken start leaves."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from conftest import processes_with

from workbench import (
    cache,
    databases,
    licences,
    odoo_source,
    postgres,
    processes,
    settings,
    system_packages,
    tidiness,
)
from workbench.messages import Problem
from workbench.python_env import PythonEnv
from workbench.settings import CLONE
from workbench.test_command import sort_paths


def test_a_folder_in_the_making_that_fails_is_not_taken(tmp_path):
    """An interrupted unpacking leaves no final folder, and the next try starts afresh."""
    final = tmp_path / "tree"
    with pytest.raises(RuntimeError), cache.folder_in_the_making(final) as making:
        (making / "half").touch()
        raise RuntimeError("power cut")
    assert not final.exists()
    with cache.folder_in_the_making(final) as making:
        (making / "whole").touch()
    assert os.listdir(final) == ["whole"]


def test_setup_waits_for_another_run(tmp_path):
    """Two commands at once: the second waits until the first is through."""
    program = (
        "import sys, time; sys.path.insert(0, {tools!r})\n"
        "from workbench.cache import lock\n"
        "with lock({path!r}): print('locked', flush=True); time.sleep(2)\n"
    ).format(tools=str(CLONE / "tools"), path=str(tmp_path / "lock"))
    other = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert other.stdout.readline() == b"locked\n"
    with cache.lock(tmp_path / "lock"):
        assert other.wait(10) == 0


def test_addon_key_follows_the_source_but_not_the_tests(tmp_path, monkeypatch):
    """A changed model makes the template stale, a changed test does not."""
    addon = tmp_path / settings.ADDON
    (addon / "tests").mkdir(parents=True)
    (addon / "__manifest__.py").write_text("{}")
    (addon / "models.py").write_text("a = 1")
    monkeypatch.setattr(databases, "CLONE", tmp_path)
    first = databases.addon_key()
    (addon / "tests" / "test_it.py").write_text("b = 1")
    assert databases.addon_key() == first
    (addon / "models.py").write_text("a = 2")
    assert databases.addon_key() != first


def test_a_broken_environment_is_made_again(tmp_path):
    """A virtual environment whose creation was cut off is not taken for a whole one."""
    env = PythonEnv(tmp_path)
    env.path.mkdir(parents=True)
    (env.path / "half").touch()
    assert not env.has("server")
    env._create()
    assert not (env.path / "half").exists()
    assert env.python.exists()


def test_a_package_with_another_hash_is_refused(tmp_path, monkeypatch, bench):
    """What the index serves must be what is pinned."""
    package = tmp_path / "evil-1.0"
    package.mkdir()
    (package / "setup.py").write_text("from setuptools import setup; setup(name='evil')")
    subprocess.run(["tar", "czf", "evil-1.0.tar.gz", "evil-1.0"], cwd=tmp_path, check=True)
    (tmp_path / "requirements.txt").write_text(f"evil==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr("workbench.python_env.CLONE", tmp_path)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    env = PythonEnv(tmp_path)
    env._create()
    with pytest.raises(Problem, match="not the one that requirements.txt pins"):
        env.build("server")
    assert not env.has("server")


def test_a_missing_network_is_told(tmp_path, monkeypatch):
    """Neither pip nor apt nor git reach anything: what failed, and what to look at."""
    monkeypatch.setattr(processes, "require_space", lambda *_: None)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    env = PythonEnv(tmp_path)
    env._create()
    with pytest.raises(Problem, match="Installing requirements.txt failed") as raised:
        env.build("server")
    assert "package index" in raised.value.remedy

    nowhere = "http://127.0.0.1:9/debian"
    monkeypatch.setattr(odoo_source, "_debian_mirror", lambda: (nowhere, "bookworm"))
    monkeypatch.setenv("ODOO_GIT_URL", f"file://{tmp_path}/nowhere")
    with pytest.raises(Problem, match="Reading Debian's package list failed") as raised:
        odoo_source.fetch(tmp_path)
    assert "ODOO_SOURCE" in raised.value.remedy


def test_neither_apt_nor_git_is_told(tmp_path, monkeypatch):
    """A machine with no way to fetch Odoo."""
    monkeypatch.setattr(processes, "require_space", lambda *_: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Problem, match="neither apt on Debian nor git"):
        odoo_source.fetch(tmp_path)


def test_a_missing_system_package_is_told_to_an_ordinary_user(tmp_path, monkeypatch):
    """The exact command, for root to run."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    wanted = {("no-such-program",): "chromium", ("sh",): "dash"}
    assert system_packages.missing(wanted) == ["chromium"]
    with pytest.raises(Problem, match="needs chromium, which this machine lacks") as raised:
        system_packages.ensure(wanted, tmp_path, "The test suite")
    assert "--no-install-recommends chromium" in raised.value.remedy


def test_a_failed_template_is_no_template(bench):
    """An installation that breaks off leaves nothing that would be used the next time."""
    made = bench.databases
    name = f"logistics_broken_{os.getpid()}"
    with pytest.raises(Problem, match="Breaking"):
        made._make_template(name, "template0", ["--no-such-option"], "no.log", "Breaking", "")
    assert not made.exists(name)


COPY_AND_DIE = """
import os, sys
sys.path.insert(0, {tools!r})
from workbench import setup
with setup.workbench() as bench:
    made = bench.databases
    made.set_mark = lambda *args, **values: os.kill(os.getpid(), 9)
    made.copy("template0", {name!r}, purpose="test")
"""


def test_a_copy_cut_off_is_swept_up(bench):
    """Killed between creating and marking a database: the name stays free, the rest is removed."""
    name = f"logistics_cut_{os.getpid()}"
    program = COPY_AND_DIE.format(tools=str(CLONE / "tools"), name=name)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    made = bench.databases
    count = "select count(*) from pg_database where datname like 'logistics_part_%'"
    assert not made.exists(name)
    assert made.sql(count) == "1"
    with made.temporary("cut", "template0"):
        assert made.sql(count) == "0"


@pytest.mark.parametrize("name", ["", "a b", 'a"b', "../a", "a/b", "a'b", "x" * 64, "-x"])
def test_names_that_are_no_database(name):
    """Nothing that would break out of SQL or a path."""
    with pytest.raises(Problem, match="no name for a database"):
        databases.checked(name)


def test_an_unsupported_python_is_told(monkeypatch):
    """The message names the Pythons that do."""
    for version in ((3, 9, 18), (3, 14, 0)):
        monkeypatch.setattr(sys, "version_info", version)
        with pytest.raises(Problem, match=r"3\.10, 3\.11, 3\.12 and 3\.13 can"):
            settings.check_python()


def test_an_old_python_gets_the_message_too():
    """The entry point itself must be readable by Pythons that cannot run the rest."""
    source = (CLONE / "tools" / "lc.py").read_text()
    head = source.split("from workbench")[0].replace("(3, 10)", "(99, 0)")
    done = subprocess.run([sys.executable, "-c", head], capture_output=True, text=True)
    assert done.returncode == 1
    assert "PYTHON=python3.12" in done.stderr and "Traceback" not in done.stderr


def test_a_full_disk_is_told_before_the_work(tmp_path):
    """The message names the need and the way out."""
    with pytest.raises(Problem, match="needs about 1e") as raised:
        processes.require_space(tmp_path, 1e6, "Odoo")
    assert "LOGISTICS_CRM_CACHE" in raised.value.remedy


def test_a_cache_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    """A file where the folder should be."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("LOGISTICS_CRM_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(Problem, match="cannot be written"):
        settings.cache_dir()


def test_database_url(monkeypatch):
    """Every part of the address is taken, escapes undone."""
    url = "postgresql://me%40corp:p%2Fw@db.example.com:5433/ignored"
    monkeypatch.setenv("DATABASE_URL", url)
    assert postgres.external_settings() == {
        "PGHOST": "db.example.com",
        "PGPORT": "5433",
        "PGUSER": "me@corp",
        "PGPASSWORD": "p/w",
    }


SERVER_PROGRAM = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, {tools!r})
from pathlib import Path
from workbench.postgres import EmbeddedServer
server = EmbeddedServer(Path({home!r}), Path({binaries!r}))
with server.running():
    print(server.data, flush=True)
    time.sleep(300)
"""


def start_user(bench, home):
    """A process that uses a database server of its own home until it is stopped.

    Its attribute ``data`` is the folder of the server's data.
    """
    program = SERVER_PROGRAM.format(
        tools=str(CLONE / "tools"), home=str(home), binaries=str(bench.odoo.server.binaries)
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    process.data = process.stdout.readline().decode().strip()
    assert process.data.endswith("/data")
    return process


@pytest.mark.parametrize(
    "without_namespace",
    [
        False,
        pytest.param(
            True,
            marks=pytest.mark.skipif(
                os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root takes this way"
            ),
        ),
    ],
)
def test_the_server_stops_with_its_last_user(bench, tmp_path, monkeypatch, without_namespace):
    """Two commands share the server; the first to end leaves it on, the last stops it.

    Root runs it in a user namespace or, where that is forbidden, as nobody, who cannot pass the
    closed folder that the home lies in here: then programs and data are kept outside.
    """
    if without_namespace:
        monkeypatch.setenv("LOGISTICS_CRM_NO_NAMESPACE", "1")
    tmp_path.chmod(0o700)
    outside = postgres.open_place(tmp_path / "postgres-18")
    try:
        _two_users(bench, tmp_path)
        if without_namespace:
            assert (outside / "data" / "PG_VERSION").exists()
            assert outside.stat().st_uid == os.getuid()
            assert (outside / "data").stat().st_mode & 0o077 == 0
        else:
            assert not outside.exists()
        # Not only once: what was made is found again.
        _two_users(bench, tmp_path)
    finally:
        shutil.rmtree(outside, ignore_errors=True)


def _two_users(bench, home):
    first, second = start_user(bench, home), start_user(bench, home)
    data = first.data
    assert second.data == data
    first.send_signal(signal.SIGINT)
    first.wait(30)
    assert processes_with(data)
    second.send_signal(signal.SIGINT)
    second.wait(30)
    assert processes_with(data) == []


def test_a_server_left_by_a_killed_command_is_used_again(bench, tmp_path):
    """After kill -9 the next command takes the running server over, and stops it."""
    first = start_user(bench, tmp_path)
    first.kill()
    first.wait()
    second = start_user(bench, tmp_path)
    second.send_signal(signal.SIGINT)
    second.wait(30)
    assert processes_with(str(tmp_path / "postgres-18" / "data")) == []


def test_a_stale_pid_file_is_no_hindrance(bench, tmp_path):
    """A server that was cut off, and whose process id another program has now."""
    first = start_user(bench, tmp_path)
    pid_file = tmp_path / "postgres-18" / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    os.kill(int(lines[0]), signal.SIGQUIT)
    first.send_signal(signal.SIGINT)
    first.wait(30)
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:], ""]))
    second = start_user(bench, tmp_path)
    second.send_signal(signal.SIGINT)
    second.wait(30)
    assert not pid_file.exists()


def test_a_child_is_stopped_with_its_group(tmp_path):
    """A program that ignores the signal, and its own children, are gone afterwards."""
    mark = f"sleep 98765.{os.getpid()}"
    script = f"trap '' INT; {mark} & echo on; {mark}"
    options = {"patience": 1, "stdout": subprocess.PIPE}
    with processes.child(["sh", "-c", script], **options) as process:
        assert process.stdout.readline() == b"on\n"
    deadline = time.monotonic() + 10
    while processes_with(mark) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_with(mark) == []


def test_tests_are_sent_to_the_runner_they_need():
    """The addon's to pytest-odoo, everything else to plain pytest."""
    assert sort_paths([]) == (["tools/tests"], ["logistics_crm/tests"])
    here = "tools/tests/test_setup.py::test_database_url"
    there = f"{CLONE}/logistics_crm/tests/__init__.py"
    assert sort_paths([here, there]) == ([here], ["logistics_crm/tests/__init__.py"])


@pytest.mark.parametrize(
    "text, suffix, told",
    [
        ("see https://py" + "pi.org/simple\n", ".md", "names the host of a package registry"),
        ("x = '/ro" + "ot/.cache'\n", ".py", "names a path of one machine"),
        ("a\n" + "<" * 7 + " HEAD\n", ".py", "merge conflict"),
        ("a\r\n", ".py", "line ends other than LF"),
        ("a", ".py", "does not end with a line end"),
        ("a\n" * 451, ".xml", "451 lines"),
    ],
)
def test_untidy_files_are_found(text, suffix, told):
    """Each kind of finding, with its line where it has one."""
    (finding,) = tidiness.check_text(text, suffix)
    assert told in finding


def test_tidy_text_is_not_found():
    """Addresses of people and projects, home folders in general, long data files."""
    text = "https://www.odoo.com ~/.cache $HOME/work/ a/root/b\n"
    assert tidiness.check_text(text, ".md") == []
    assert tidiness.check_text("a\n" * 451, ".csv") == []


def test_licences(bench, tmp_path, monkeypatch):
    """A dependency under a licence that ours may not build on is found."""
    assert licences.findings(bench.odoo.source) == []
    addon = tmp_path / "addons" / settings.ADDON
    addon.mkdir(parents=True)
    monkeypatch.setattr(licences, "CLONE", tmp_path / "addons")
    (tmp_path / "addons" / "LICENSE").write_text("something else")
    for name, licence in (("fine", "LGPL-3"), ("strict", "AGPL-3")):
        (tmp_path / "core" / "odoo" / "addons" / name).mkdir(parents=True)
        manifest = tmp_path / "core" / "odoo" / "addons" / name / "__manifest__.py"
        manifest.write_text(repr({"license": licence, "depends": ["strict"]}))
    (addon / "__manifest__.py").write_text(repr({"license": "MIT", "depends": ["fine", "lost"]}))
    source = type(bench.odoo.source)(tmp_path / "core")
    found = "\n".join(licences.findings(source))
    assert "license is not LGPL-3" in found
    assert "LICENSE: is not" in found
    assert "depends on strict, whose licence is AGPL-3" in found
    assert "depends on lost, whose licence is unknown" in found
    assert "depends on fine" not in found
