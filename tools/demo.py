"""The demo inside Odoo, run by `make demo` in an Odoo shell, which provides `env`.

LOGISTICS_DEMO holds a JSON object: "build" says whether the database is new, "data" names the
trading history to import (empty: the sample company is built), "year" the year to screen (empty:
the last full year), "workbook_dir" the folder of the workbook, "result" the JSON file to write for
the caller.
"""

import csv
import json
import os
from collections import Counter
from datetime import date
from pathlib import Path

from odoo.exceptions import UserError

# login (and password) -> name, the addon's groups
USERS = {
    "manager": ("Mary Manager", ("group_manager", "group_credit_controller")),
    "controller": ("Carl Controller", ("group_credit_controller",)),
    "sales": ("Sarah Sales (all customers)", ("group_user_all",)),
    "rep": ("Rob Rep (own customers)", ("group_user",)),
}
ERRORS_SHOWN = 10


class DemoFailure(Exception):
    """What the person who started the demo has to mend."""


def build_from_file(path, year):
    """An empty company in the file's main currency, with the file's trading history.

    :return: dict of the company's id, the year to screen and the logins.
    """
    currency, last_date = read_head(path)
    year = year or (last_date.year if last_date.month == 12 else last_date.year - 1)
    company = env.ref("base.main_company")
    found = env["res.currency"].with_context(active_test=False).search([("name", "=", currency)])
    if not found:
        raise DemoFailure(f"The main currency of the file, {currency!r}, is not known to Odoo.")
    found.active = True
    company.write({"name": "Imported Company", "currency_id": found.id})
    result = env["logistics.trading.history"]._import_csv(str(path), company)
    if result["errors"]:
        shown = "\n".join(
            f"  line {line}{f', {column}' if column else ''}: {reason}"
            for line, column, reason in result["errors"][:ERRORS_SHOWN]
        )
        more = len(result["errors"]) - ERRORS_SHOWN
        tail = f"\n  and {more} more" if more > 0 else ""
        raise DemoFailure(f"Nothing was imported, the file has bad rows:\n{shown}{tail}")
    print(f"Imported {result['created']:,} rows of {path.name}.")
    env["logistics.customer"]._refresh_figures(company=company)
    return {"company": company.id, "year": year, "logins": make_users(company)}


def read_head(path):
    """The most frequent currency and the last date of a trading history file."""
    currencies, last = Counter(), ""
    with open(path, encoding="utf-8-sig", errors="replace", newline="") as source:
        for row in csv.DictReader(source):
            currencies[row.get("currency") or ""] += 1
            last = max(last, (row.get("date") or "")[:10])
    currencies.pop("", None)
    try:
        last_date = date.fromisoformat(last)
    except ValueError:
        last_date = date.today()
    return (currencies.most_common(1) or [("USD", 1)])[0][0], last_date


def make_users(company):
    """One user per role, each with its login as password: for a server on this machine only."""
    logins = []
    for login, (name, groups) in USERS.items():
        group_ids = [env.ref(f"logistics_crm.{group}").id for group in groups]
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": name,
                "login": login,
                "password": login,
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [(6, 0, [env.ref("base.group_user").id, *group_ids])],
            }
        )
        logins.append((login, login, name))
    return [("admin", "admin", "Administrator"), *logins]


def build_sample():
    """The sample company that the addon brings."""
    from odoo.addons.logistics_crm.demo.sample_company import build_sample_company

    made = build_sample_company(env)
    return {
        "company": made["company"].id,
        "year": made["year"],
        "logins": [list(login) for login in made["logins"]],
    }


def screening_of(company_id, year):
    """The computed screening of a year, made when it is missing."""
    screenings = env["logistics.screening"].with_company(company_id)
    found = screenings.search(
        [
            ("company_id", "=", company_id),
            ("year", "=", year),
            ("closing_month", "=", "12"),
        ],
        limit=1,
    )
    screening = found or screenings.create({"year": year, "company_id": company_id})
    if screening.state == "draft":
        screening.action_compute()
    if not screening.line_ids:
        raise DemoFailure(f"No customer traded in {year} or the year before: choose another YEAR=.")
    return screening


def money(value):
    """An amount for the table; what is unknown is not zero."""
    return "unknown" if value is None or value is False else f"{value:,.2f}"


def known_sum(lines, name):
    """The sum of the known amounts, or None where none is known."""
    values = [line[name] for line in lines if line[name] is not False and line[name] is not None]
    return sum(values) if values else None


def print_summary(screening):
    """Customers, revenue, margin and decisions of a screening, as a table."""
    lines = screening.line_ids
    labels = dict(lines._fields["proposal"]._description_selection(env))
    groups = {}
    for line in lines:
        groups.setdefault(line.decision or line.proposal or "", []).append(line)
    currency = screening.company_id.currency_id.name
    print(f"\nYear-end screening {screening.year} of {screening.company_id.name} ({currency})\n")
    header = f"  {'':24}{'customers':>10}{'revenue':>20}{'gross margin':>20}"
    print(header)
    for key in [*labels, *(key for key in groups if key not in labels)]:
        if key in groups:
            print_row(labels.get(key, "(no proposal)"), groups[key])
    print("  " + "-" * (len(header) - 2))
    print_row("all", lines)
    print(
        f"\n  {screening.traded_count} customers traded in {screening.year}, "
        f"{screening.known_amount_count} of them with a known amount; the others the year before"
        f"\n  {screening.trade_line_count:,} lines, {screening.late_count:,} late deliveries"
    )
    decided = sum(1 for line in lines if line.decision)
    coverage = screening.cost_coverage or 0.0
    print(f"  cost known for {100 * coverage:.0f} % of the revenue; ", end="")
    print(f"{decided} of {len(lines)} decisions taken, the rows show proposals for the others\n")
    print("  largest customers")
    for line in lines.sorted(lambda line: -(line.revenue or 0.0))[:5]:
        print(f"  {line.partner_id.name[:34]:34}{money(line.revenue):>20}")


def print_row(label, lines):
    """One row of the table."""
    revenue, margin = (money(known_sum(lines, name)) for name in ("revenue", "gross_margin"))
    print(f"  {str(label)[:24]:24}{len(lines):>10,}{revenue:>20}{margin:>20}")


def main(task):
    """Build if asked to, then print the summary and write the workbook."""
    year = int(task["year"]) if task["year"] else None
    made = task
    if task["build"]:
        made = build_from_file(Path(task["data"]), year) if task["data"] else build_sample()
        if year:
            made["year"] = year
    screening = screening_of(made["company"], made["year"])
    print_summary(screening)
    workbook = Path(task["workbook_dir"]) / f"screening-{made['year']}.xlsx"
    workbook.parent.mkdir(parents=True, exist_ok=True)
    screening._workbook_write(str(workbook))
    env.cr.commit()
    answer = {name: made[name] for name in ("company", "year", "logins")}
    Path(task["result"]).write_text(json.dumps(dict(answer, workbook=str(workbook))))


task = json.loads(os.environ["LOGISTICS_DEMO"])
try:
    main(task)
except (DemoFailure, UserError) as failure:
    Path(task["result"]).write_text(json.dumps({"failure": str(failure)}))
