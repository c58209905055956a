# Part of logistics_crm. License LGPL-3 or later.
"""The measuring itself: rounds, figures, limits, report."""

import os
import platform
import statistics
from datetime import date

import company as bench_company
from bench_checks import check_books, check_figures
from measure import Meter, read_rss

from odoo.tools import SQL

ROUNDS = 5

# What is promised, per size. A ratio is the median of the rounds' ratios of the job to the bare
# aggregate of the same round; queries and megabytes are the most of any round.
LIMITS = {
    "tiny": {},
    "small": {
        "refresh": {"ratio": 2.0, "queries": 40, "memory_mb": 100},
        "screening": {"ratio": 2.5, "queries": 80, "memory_mb": 150},
    },
    "large": {
        "refresh": {"ratio": 1.5, "queries": 40, "memory_mb": 600},
        "screening": {"ratio": 1.5, "queries": 80, "memory_mb": 600},
    },
}

TABLES = (
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "sale_order_line",
    "logistics_trading_history",
    "logistics_customer",
    "logistics_screening_line",
)

EXPLANATION = """\
*Bare trade*: `CREATE TEMP TABLE … AS SELECT partner_id, sum(amount), sum(cost), count(*) FROM
facts GROUP BY partner_id`, the facts being what `logistics.trading.facts` gives for the days the
job reads. *Bare settlement*: `CREATE TEMP TABLE … AS SELECT partner_id, sum(open_amount),
sum(weighted_days_late), count(*) FROM items GROUP BY partner_id`, the items being what
`logistics.settlement.facts` gives for the same day and window. *Bare* of a job is the sum of the
two, for the periods which that job reads. The job's time is that of the method as the web client
calls it, including everything it writes, flushed to the database. *Ledger alone* is a plain
`sum(balance)` per partner over the journal items, without any join, for scale."""


def run(env, size, out):
    """Measure one size; print and write the report; return whether every limit was kept."""
    if size not in LIMITS:
        raise SystemExit(f"SIZE must be one of {', '.join(LIMITS)}, not {size!r}.")
    company = bench_company.build(env, size)
    env = env(
        su=True,
        context=dict(env.context, allowed_company_ids=[company.id], tracking_disable=True),
    )
    bench = Bench(env, company.with_env(env))
    problems = check_books(env, bench.company)
    bench.measure()
    problems += check_figures(env, bench.company, bench.screening)
    problems += bench.missed(LIMITS[size])
    report = bench.report(size, problems)
    os.makedirs(out, exist_ok=True)
    path = os.path.join(out, f"bench-{size}.md")
    with open(path, "w", encoding="utf-8") as handle:
        handle.write(report)
    print(report)
    print(f"Written to {path}")
    return not problems


class Bench:
    def __init__(self, env, company):
        self.env = env
        self.company = company
        self.customers = env["logistics.customer"].with_company(company)
        year = company.logistics_ledger_start.year + 2
        self.as_of = date(year, 12, 31)
        campaigns = env["logistics.screening"].with_company(company)
        self.screening = campaigns.search(
            [("company_id", "=", company.id), ("year", "=", year)], limit=1
        ) or campaigns.create({"year": year, "company_id": company.id})
        self.meters = {}

    def measure(self):
        """Five rounds of everything, in turns, so that all see the same state of the machine."""
        # the first computation inserts, the others update: both are shown
        self._measure("screening, first", self.screening.action_compute)
        for _round in range(ROUNDS):
            for name, query in self._bare().items():
                self._measure(name, self._materialise, query)
            self._measure(
                "refresh",
                self.customers._refresh_figures,
                as_of=self.as_of,
                company=self.company,
            )
            self._measure("screening", self.screening.action_compute)

    def _measure(self, name, function, *args, **kwargs):
        self.env.invalidate_all()
        meter = self.meters.setdefault(name, Meter(name))
        with meter.round(self.env):
            function(*args, **kwargs)
            self.env.flush_all()
        self.env.cr.commit()

    def _materialise(self, query):
        self.env.cr.execute(
            SQL("CREATE TEMP TABLE bench_bare ON COMMIT DROP AS SELECT * FROM (%s) AS b", query)
        )

    def _bare(self):
        facts = self.env["logistics.trading.facts"]
        items = self.env["logistics.settlement.facts"]
        start = date(self.as_of.year, 1, 1)
        window = self.screening._window_start()
        trade = """SELECT f.company_id, f.partner_id, sum(f.amount) AS amount, sum(f.cost) AS cost,
                          count(*) AS lines FROM %s AS f GROUP BY f.company_id, f.partner_id"""
        settlement = """SELECT i.company_id, i.partner_id, sum(i.open_amount) AS open_amount,
                               sum(i.weighted_days_late) AS late, count(*) AS items
                          FROM %s AS i GROUP BY i.company_id, i.partner_id"""
        return {
            "bare trade, refresh": SQL(
                trade, facts._facts_sql(company=self.company, date_to=self.as_of)
            ),
            "bare trade, screening": SQL(
                trade,
                facts._facts_sql(company=self.company, date_from=window, date_to=self.as_of),
            ),
            "bare settlement": SQL(
                settlement,
                items._items_sql(self.as_of, company=self.company, due_from=start),
            ),
            "ledger alone": SQL(
                """SELECT partner_id, sum(balance) AS balance, count(*) AS lines
                     FROM account_move_line
                    WHERE company_id = %s AND parent_state = 'posted'
                    GROUP BY partner_id""",
                self.company.id,
            ),
        }

    # Results

    def _ratio(self, job):
        """Median of the ratios of the rounds: what else the machine does hits both alike."""
        trade = self.meters[f"bare trade, {job.split(',')[0]}"].seconds
        settlement = self.meters["bare settlement"].seconds
        bare = [one + other for one, other in zip(trade, settlement, strict=True)]
        seconds = self.meters[job].seconds
        if len(seconds) == 1:
            return seconds[0] / statistics.median(bare)
        return statistics.median(one / other for one, other in zip(seconds, bare, strict=True))

    def missed(self, limits):
        """What was promised and not kept, in words."""
        problems = []
        for job, promised in limits.items():
            meter = self.meters[job]
            measured = {
                "ratio": self._ratio(job),
                "queries": meter.queries,
                "memory_mb": meter.memory_mb,
            }
            problems += [
                f"{job}: {what} is {measured[what]:.2f}, the limit is {limit}"
                for what, limit in promised.items()
                if measured[what] > limit
            ]
        return problems

    def report(self, size, problems):
        conditions = (
            f"{date.today():%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, "
            f"PostgreSQL {self._scalar('SHOW server_version')}, load average before the report "
            f"{os.getloadavg()[0]:.1f}. One run; times are medians of {ROUNDS} rounds taken in "
            "turns, a ratio is the median of the ratios of the rounds."
        )
        lines = [
            f"# Benchmark, size {size}",
            "",
            conditions,
            "",
            "| what | median s | fastest s | slowest s | ratio to bare | queries | memory + MB |",
            "|---|---:|---:|---:|---:|---:|---:|",
        ]
        for name, meter in self.meters.items():
            job = name.startswith(("refresh", "screening"))
            ratio = f"{self._ratio(name):.2f}" if job else ""
            lines.append(
                f"| {name} | {meter.median:.3f} | {meter.fastest:.3f} | {meter.slowest:.3f} "
                f"| {ratio} | {meter.queries} | {meter.memory_mb:.0f} |"
            )
        alone = statistics.median(
            one / other
            for one, other in zip(
                self.meters["screening"].seconds,
                self.meters["bare trade, screening"].seconds,
                strict=True,
            )
        )
        lines += [
            "",
            f"Against the bare trade aggregate alone, screening takes {alone:.2f} times as long.",
            f"The Odoo process has {read_rss():.0f} MB in all.",
            "",
            EXPLANATION,
            "",
            "| rows of this company | |",
            "|---|---:|",
        ]
        lines += [f"| {what} | {count:,} |" for what, count in self._counts().items()]
        lines += ["", "| table | rows | table MB | indexes MB |", "|---|---:|---:|---:|"]
        for table in TABLES:
            if not self._scalar("SELECT to_regclass(%s)", table):
                continue
            count = self._scalar(SQL("SELECT count(*) FROM %s", SQL.identifier(table)))
            heap = self._scalar("SELECT pg_table_size(%s)", table) / 2**20
            index = self._scalar("SELECT pg_indexes_size(%s)", table) / 2**20
            lines.append(f"| {table} | {count:,} | {heap:.1f} | {index:.1f} |")
        lines.append("")
        if problems:
            lines += ["**Missed:**", ""] + [f"- {problem}" for problem in problems]
        else:
            lines.append(
                "All limits kept. Screening and refresh agree with the bare aggregates, and the "
                "open amounts with the ledger, to the cent."
            )
        return "\n".join(lines) + "\n"

    def _scalar(self, query, *args):
        self.env.cr.execute(query, args or None)
        return self.env.cr.fetchone()[0]

    def _counts(self):
        company = self.company.id
        questions = {
            "customer accounts": "SELECT count(*) FROM logistics_customer WHERE company_id = %s",
            "posted invoices and credit notes": "SELECT count(*) FROM account_move WHERE"
            " company_id = %s AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund')",
            "their lines": "SELECT count(*) FROM account_move_line l JOIN account_move m ON"
            " m.id = l.move_id WHERE l.company_id = %s AND l.display_type = 'product'"
            " AND m.move_type IN ('out_invoice', 'out_refund')",
            "order lines": "SELECT count(*) FROM sale_order_line WHERE company_id = %s",
            "payments": "SELECT count(*) FROM account_payment WHERE company_id = %s",
            "reconciliations": "SELECT count(*) FROM account_partial_reconcile"
            " WHERE company_id = %s",
            "rows of trading history": "SELECT count(*) FROM logistics_trading_history"
            " WHERE company_id = %s",
            "screening lines": "SELECT count(*) FROM logistics_screening_line l"
            " JOIN logistics_screening s ON s.id = l.screening_id WHERE s.company_id = %s",
        }
        return {what: self._scalar(query, company) for what, query in questions.items()}
