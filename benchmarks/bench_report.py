# Part of logistics_crm. License LGPL-3 or later.
"""The report of a benchmark run, in Markdown."""

import json
import os
import platform
from datetime import date

from measure import read_rss

from odoo.tools import SQL

EXPLANATION = """\
*Bare* is `CREATE TEMP TABLE ... AS` a plain aggregate over the rows that the job reads; the ratio
compares the job with the sum of its bare statements of the same round. The job's time is that of
the method as users or the night call it, including everything it writes, flushed to the database.
Queries are those of all connections, the most of any round; ratio, queries and
ms are per call; + MB is what the Odoo process grew."""

TABLES = (
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "sale_order_line",
    "logistics_trading_history",
    "logistics_customer",
    "logistics_screening_line",
    "logistics_credit_review",
)
COUNTS = {
    "customer accounts": "SELECT count(*) FROM logistics_customer WHERE company_id = %s",
    "posted invoices and credit notes": "SELECT count(*) FROM account_move WHERE company_id = %s"
    " AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund')",
    "their lines": "SELECT count(*) FROM account_move_line l JOIN account_move m"
    " ON m.id = l.move_id WHERE l.company_id = %s AND l.display_type = 'product'"
    " AND m.move_type IN ('out_invoice', 'out_refund')",
    "order lines": "SELECT count(*) FROM sale_order_line WHERE company_id = %s",
    "payments": "SELECT count(*) FROM account_payment WHERE company_id = %s",
    "reconciliations": "SELECT count(*) FROM account_partial_reconcile WHERE company_id = %s",
    "rows of trading history": "SELECT count(*) FROM logistics_trading_history"
    " WHERE company_id = %s",
}


def measured_as_json(bench, addon):
    """Return what was measured, for a table of several sizes.

    :param addon: a stamp of the addon's state
    """
    rows = {row.name: bench.measured(row) for row in bench.rows}
    for row in bench.rows:
        rows[row.name]["seconds"] = bench.meters[row.name].median / row.calls
    return json.dumps({"addon": addon, "size": bench.size, "rows": rows}, indent=1)


def write_report(bench, problems):
    """Return the report of a measured :class:`bench_run.Bench` as text."""
    rounds = max((len(meter.seconds) for meter in bench.meters.values()), default=0)
    conditions = (
        f"{date.today():%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, PostgreSQL "
        f"{_scalar(bench.env, 'SHOW server_version')}, load average before the report "
        f"{os.getloadavg()[0]:.1f}. One run; times are medians of {rounds} rounds taken in turns, "
        "a ratio is the median of the ratios of the rounds."
    )
    lines = [
        f"# Benchmark, size {bench.size}",
        "",
        conditions,
        "",
        *_rows(bench),
        "",
        *_bare(bench),
        "",
        f"The Odoo process has {read_rss():.0f} MB in all.",
        "",
        EXPLANATION,
        "",
        *[f"- *{row.name}*: {row.note}" for row in bench.rows if row.note],
        "",
        *_sizes(bench),
        "",
    ]
    if problems:
        lines += ["**Missed:**", "", *[f"- {problem}" for problem in problems]]
    else:
        lines.append("All limits kept, and all figures agree with those computed apart.")
    return "\n".join(lines) + "\n"


def _rows(bench):
    lines = [
        "| what | median s | fastest s | slowest s | ms | ratio | queries | + MB | promised |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    rows = {row.name: row for row in bench.rows}
    for name, meter in bench.meters.items():
        row = rows.get(name)
        ratio = row and bench.ratio(row)
        limits = row.limits.get(bench.size, {}) if row else {}
        promised = ", ".join(f"{what} {limit:g}" for what, limit in limits.items())
        lines.append(
            f"| {name} | {meter.median:.3f} | {meter.fastest:.3f} | {meter.slowest:.3f} "
            f"| {meter.median * 1000 / meter.calls:.1f} | {f'{ratio:.2f}' if ratio else ''} "
            f"| {meter.queries:g} | {meter.memory_mb:.0f} | {promised} |"
        )
    return lines


def _bare(bench):
    lines = [
        "| bare statement | median s | fastest s | slowest s | of |",
        "|---|---:|---:|---:|---|",
    ]
    for name, meter in bench.bare.items():
        users = ", ".join(row for row, parts in bench.parts.items() if name in parts)
        lines.append(
            f"| {name} | {meter.median:.3f} | {meter.fastest:.3f} | {meter.slowest:.3f} | {users} |"
        )
    return lines


def _sizes(bench):
    lines = ["| rows of this company | |", "|---|---:|"]
    for what, query in COUNTS.items():
        lines.append(f"| {what} | {_scalar(bench.env, query, bench.company.id):,} |")
    lines += ["", "| table | rows | table MB | indexes MB |", "|---|---:|---:|---:|"]
    for table in TABLES:
        count = _scalar(bench.env, SQL("SELECT count(*) FROM %s", SQL.identifier(table)))
        heap = _scalar(bench.env, "SELECT pg_table_size(%s)", table) / 2**20
        index = _scalar(bench.env, "SELECT pg_indexes_size(%s)", table) / 2**20
        lines.append(f"| {table} | {count:,} | {heap:.1f} | {index:.1f} |")
    return lines


def _scalar(env, query, *args):
    env.cr.execute(query, args or None)
    return env.cr.fetchone()[0]
