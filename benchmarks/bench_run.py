# Part of logistics_crm. License LGPL-3 or later.
"""The measuring itself: rounds, ratios, limits."""

import os
import statistics

import company as bench_company
from bench_checks import check_books
from bench_report import measured_as_json, write_report
from measure import Meter
from registry import MEASURES, SIZES, load_rows

from odoo.tools import SQL

ROUNDS = 5
# What a single round can say nothing of: other work of the machine may have hit it.
OF_MANY_ROUNDS = {"ratio", "ms", "memory_mb"}


def run(env, size, out, wanted=(), once=False):
    """Measure one size; print and write the report; return whether every limit was kept.

    :param wanted: names of rows or areas, all when empty
    :param once: one round; figures and queries are judged, times and memory are not
    """
    if size not in SIZES:
        raise SystemExit(f"SIZE must be one of {', '.join(SIZES)}, not {size!r}.")
    company = bench_company.build(env, size)
    env = env(
        su=True,
        context=dict(env.context, allowed_company_ids=[company.id], tracking_disable=True),
    )
    company = company.with_env(env)
    problems = check_books(env, company)
    bench = Bench(env, company, size, load_rows(env, company, size, wanted), once)
    bench.measure()
    problems += bench.problems()
    report = write_report(bench, problems)
    os.makedirs(out, exist_ok=True)
    path = os.path.join(out, f"bench-{size}.md")
    with open(path, "w", encoding="utf-8") as handle:
        handle.write(report)
    with open(path.replace(".md", ".json"), "w", encoding="utf-8") as handle:
        handle.write(measured_as_json(bench, os.environ.get("LOGISTICS_CRM_STAMP", "")))
    print(report)
    print(f"Written to {path}")
    return not problems


class Bench:
    def __init__(self, env, company, size, rows, once=False):
        self.env = env
        self.company = company
        self.size = size
        self.rows = rows
        self.once = once
        self.meters = {}  # of jobs, by name
        self.bare = {}  # of bare statements, by name
        self.parts = {}  # {row name: names of its bare statements}

    def measure(self):
        """Five rounds of everything, in turns, so that all see the same state of the machine."""
        for row in self.rows:
            if row.setup:
                row.setup(self.env, self.company)
                self.env.cr.commit()
        for row in self.rows:
            if row.first and not self.once:
                self._prepare(row)
                self._measure(self.meters, f"{row.name}, first", row.job, row.calls)
        for _round in range(1 if self.once else ROUNDS):
            done = set()
            for row in self.rows:
                self._prepare(row)
                queries = row.bare(self.env, self.company)
                self.parts[row.name] = tuple(queries)
                for name, query in queries.items():
                    if name not in done:
                        self._measure(self.bare, name, lambda *_args, q=query: self._run(q))
                        done.add(name)
                self._measure(self.meters, row.name, row.job, row.calls)

    def _prepare(self, row):
        if row.prepare:
            row.prepare(self.env, self.company)
        self.env.flush_all()
        self.env.cr.commit()

    def _measure(self, meters, name, function, calls=1):
        self.env.invalidate_all()
        meter = meters.setdefault(name, Meter(name, calls))
        with meter.round():
            function(self.env, self.company)
            self.env.flush_all()
        self.env.cr.commit()

    def _run(self, query):
        self.env.cr.execute(
            SQL("CREATE TEMP TABLE bench_bare ON COMMIT DROP AS SELECT * FROM (%s) AS b", query)
        )

    # Results

    def ratio(self, row):
        """Median of the ratios of the rounds: what else the machine does hits both alike."""
        parts = [self.bare[name].seconds for name in self.parts[row.name]]
        if not parts:
            return None
        bare = [sum(seconds) for seconds in zip(*parts, strict=True)]
        seconds = self.meters[row.name].seconds
        return statistics.median(
            one / row.calls / other for one, other in zip(seconds, bare, strict=True)
        )

    def measured(self, row):
        """Return ``{measure: value}`` of a row; the ratio is None without a bare statement."""
        meter = self.meters[row.name]
        return {
            "ratio": self.ratio(row),
            "queries": meter.queries,
            "memory_mb": meter.memory_mb,
            "ms": meter.median * 1000 / row.calls,
        }

    def problems(self):
        """Wrong figures and missed limits, in words."""
        problems = []
        for row in self.rows:
            if row.check:
                problems += [f"{row.name}: {what}" for what in row.check(self.env, self.company)]
            measured = self.measured(row)
            for what, limit in row.limits.get(self.size, {}).items():
                if self.once and what in OF_MANY_ROUNDS:
                    continue
                if measured[what] is None:
                    problems.append(f"{row.name}: a ratio is promised, but nothing is compared")
                elif measured[what] > limit:
                    problems.append(
                        f"{row.name}: {MEASURES[what]} is {measured[what]:.2f}, "
                        f"the limit is {limit}"
                    )
        return problems
