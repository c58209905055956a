"""`make faults`: long jobs killed, cut off and run twice; what comes of them must be the same."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from . import fault_kinds
from .messages import Problem, say
from .report_page import write_section
from .settings import CLONE
from .setup import workbench

SCRIPT = CLONE / "faults" / "fault_job.py"
JOBS = {
    "refresh": (0.3, 0.7),
    "planning": (0.3, 0.7),
    "screening": (0.3, 0.7),
    "letters": (0.5,),
    "workbook": (0.3, 0.7),
    "import": (0.3, 0.7),
}
PATIENCE = 600


def faults(wanted):
    """Disturb each job in each way; 1 when any result differs from that of a quiet run."""
    if unknown := set(wanted) - set(JOBS):
        raise Problem(f"There is no job {', '.join(unknown)}.", f"choose from {', '.join(JOBS)}.")
    rows = []
    with workbench(more_steps=len(wanted or JOBS)) as bench:
        for name in wanted or JOBS:
            with bench.steps.step(f"Faults in {name}", True), Trial(bench, name) as trial:
                rows += trial.rows()
    return _report(rows, bool(wanted))


class Trial:
    """One job: a prepared database, a quiet run on a copy, and one copy per disturbance."""

    def __init__(self, bench, job):
        self.bench = bench
        self.job = job
        self.databases = bench.databases
        self.folder = Path(tempfile.mkdtemp(prefix="logistics_faults_"))
        self.count = 0
        self.base = self._name("base")

    def _name(self, what):
        return f"logistics_faults_{os.getpid()}_{self.job}_{what}"

    def __enter__(self):
        self.databases.copy(_company(self.bench), self.base, purpose="faults")
        self._step(self.base, "prepare")
        return self

    def __exit__(self, *_error):
        self.databases.drop(self.base)
        shutil.rmtree(self.folder, ignore_errors=True)

    def rows(self):
        """(job, fault, moment, seconds until whole again, what differs) of each disturbance."""
        with self._copy("quiet") as quiet:
            self._run(quiet)
            seconds = float((self.folder / "seconds").read_text())
            expected = self._look(quiet)
        found = [(self.job, "none", "", seconds, [])]
        for kind in fault_kinds.KINDS:
            if not kind.possible(self.bench, self.job):
                continue
            for moment in JOBS[self.job] if kind.at_moment else (0,):
                with self._copy("hurt") as database:
                    started = time.monotonic()
                    problems = self._disturb(database, kind, moment * seconds)
                    self._run(database)
                    took = time.monotonic() - started
                    problems += _differences(expected, self._look(database))
                say(f"    {self.job}, {kind.name}: {'; '.join(problems) or 'as if undisturbed'}")
                text = f"at {moment:.0%}" if moment else ""
                found.append((self.job, kind.name, text, took, problems))
        return found

    def _disturb(self, database, kind, delay):
        """Start the job, wait until it is under way, do the damage; what went wrong, in words."""
        self._forget_marks()
        with kind.around(self.bench, database):
            process = self._start(database)
            try:
                if not self._wait_for_start(process):
                    return ["the job ended before it was disturbed"]
                time.sleep(delay)
                early = process.poll() is not None
                kind.strike(self.bench, database, process)
                status = process.wait(PATIENCE)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            self.bench_is_back()
        if early:
            return ["the job was over before the fault: choose an earlier moment"]
        if kind.breaks and status == 0:
            return ["the job did not notice"]
        return []

    def bench_is_back(self):
        """Wait until the database server answers: after kill -9 it recovers by itself."""
        for _second in range(PATIENCE):
            try:
                self.databases.sql("select 1")
                return
            except Problem:
                time.sleep(0.5)
        raise Problem("The database server did not come back.", "see its log in the cache.")

    # -- steps in an Odoo shell -------------------------------------------------------------------

    def _copy(self, what):
        return _Copy(self.databases, self.base, self._name(what))

    def _environment(self, step):
        return self.bench.odoo.environment(
            LOGISTICS_CRM_ROOT=str(CLONE),
            FAULT_STEP=f"{step}:{self.job}",
            FAULT_FOLDER=str(self.folder),
            PYTHONUTF8="1",
        )

    def _start(self, database, step="run"):
        options = ["--no-http", "--log-level=warn"]
        command = self.bench.odoo.command(database, *options, subcommand="shell")
        self.count += 1
        log = self.bench.cache / "logs" / f"faults-{self.job}-{self.count}.log"
        self.log = log
        with open(SCRIPT, "rb") as source, open(log, "wb") as output:
            return subprocess.Popen(
                [str(part) for part in command],
                stdin=source,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environment(step),
                start_new_session=True,
            )

    def _step(self, database, step):
        process = self._start(database, step)
        status = process.wait(PATIENCE)
        if status:
            raise Problem(
                f"The step {step} of {self.job} failed (whole log: {self.log}).",
                "run it again with VERBOSE=1.",
                self.log.read_text(errors="replace")[-2000:],
            )

    def _run(self, database):
        self._forget_marks()
        self._step(database, "run")

    def _look(self, database):
        self._step(database, "look")
        return json.loads((self.folder / "found").read_text())

    def _forget_marks(self):
        for name in ("started", "seconds", "found"):
            (self.folder / name).unlink(missing_ok=True)

    def _wait_for_start(self, process):
        limit = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < limit:
            if (self.folder / "started").exists():
                return True
            time.sleep(0.02)
        return False


class _Copy:
    def __init__(self, databases, source, name):
        self.databases, self.source, self.name = databases, source, name

    def __enter__(self):
        self.databases.copy(self.source, self.name, purpose="faults")
        return self.name

    def __exit__(self, *_error):
        self.databases.drop(self.name)


def _company(bench):
    """A database with the benchmark's small company, kept until the addon changes."""
    name = "logistics_faults_company"
    mark = {"purpose": "faults", "stamp": bench.databases.addon_name}
    if bench.databases.exists(name) and bench.databases.mark(name) == mark:
        return name
    bench.databases.copy(bench.databases.addon_name, name, purpose="faults")
    folder = tempfile.mkdtemp(prefix="logistics_faults_")
    env = bench.odoo.environment(
        LOGISTICS_CRM_ROOT=str(CLONE), FAULT_STEP="company", FAULT_FOLDER=folder, PYTHONUTF8="1"
    )
    command = bench.odoo.command(name, "--no-http", "--log-level=warn", subcommand="shell")
    log = bench.cache / "logs" / "faults-company.log"
    with open(SCRIPT, "rb") as source:
        from . import processes

        processes.run(command, log, "Making the company", env=env, stdin=source)
    shutil.rmtree(folder)
    bench.databases.set_mark(name, **mark)
    return name


def _differences(expected, found):
    return [
        f"{what} differs: {expected.get(what)} undisturbed, {found.get(what)} now"
        for what in sorted(expected.keys() | found.keys())
        if expected.get(what) != found.get(what)
    ]


def _report(rows, narrowed):
    lines = ["| job | fault | moment | seconds until whole | result |", "|---|---|---|---:|---|"]
    for job, fault, moment, seconds, problems in rows:
        result = "; ".join(problems) or ("reference" if fault == "none" else "the same")
        lines.append(f"| {job} | {fault} | {moment} | {seconds:.1f} | {result} |")
    text = "\n".join(lines)
    say("\n" + text)
    if not narrowed:
        write_section("faults", text)
    return 1 if any(problems for *_rest, problems in rows) else 0
