# Part of logistics_crm. License LGPL-3 or later.
"""The long jobs that `make faults` disturbs: how each begins, goes on, and what must come of it."""

import csv
import datetime
import hashlib
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

import rows_visit

from odoo.tools import SQL

LETTERS = 24
IMPORTED = 20_000


@dataclass
class Job:
    """A job that may be killed.

    :param run: does it, and goes on with it; gets ``(env, company, folder)``
    :param prepare: once, before anything is copied
    :param tables: what it writes, as ``{table: columns that may differ}``; identifiers, time
        stamps and users always may
    :param result: a text for what it writes elsewhere
    """

    run: Callable
    prepare: Callable = lambda env, company, folder: None
    tables: dict = field(default_factory=dict)
    result: Callable = lambda env, company, folder: ""


# -- the jobs ---------------------------------------------------------------------------------


def _refresh(env, company, _folder):
    env["logistics.customer"]._cron_refresh_figures()


def _prepare_planning(env, company, _folder):
    rows_visit._setup(env, company)


def _plan(env, company, _folder):
    env["logistics.visit"].with_company(company)._cron_plan()


def _campaign(env, company):
    year = datetime.date.today().year - 1
    campaigns = env["logistics.screening"].with_company(company)
    return campaigns.search(
        [("company_id", "=", company.id), ("year", "=", year)], limit=1
    ) or campaigns.create({"year": year, "company_id": company.id})


def _prepare_campaign(env, company, _folder):
    _campaign(env, company)


def _compute(env, company, _folder):
    _campaign(env, company).action_compute()


def _prepare_letters(env, company, _folder):
    batches = env["logistics.letter.batch"].with_company(company)
    batch = batches.create({"company_id": company.id, "kind": "statement", "delivery": "print"})
    customers = env["logistics.customer"].search(
        [("company_id", "=", company.id), ("open_amount", ">", 0)], order="id", limit=LETTERS
    )
    if len(customers) < LETTERS:
        customers = env["logistics.customer"].search(
            [("company_id", "=", company.id)], order="id", limit=LETTERS
        )
    batch._add_customers(customers)
    batch.action_start()


def _letters(env, company, _folder):
    env["logistics.letter.batch"]._cron_process_letters()


def _letters_result(env, company, _folder):
    """Letters as the customers would find them: one each, with its file."""
    env.cr.execute(
        """SELECT l.customer_id, l.state, count(a.id)
             FROM logistics_letter_batch_line l
             LEFT JOIN ir_attachment a ON a.res_model = 'logistics.letter.batch.line'
                                      AND a.res_id = l.id
            GROUP BY l.customer_id, l.state, l.id ORDER BY 1"""
    )
    return repr(env.cr.fetchall())


def _prepare_workbook(env, company, folder):
    _compute(env, company, folder)


def _workbook_path(folder):
    return os.path.join(folder, "screening.xlsx")


def _workbook(env, company, folder):
    """As the download does: a file of its own that has its name only when it is whole."""
    part = _workbook_path(folder) + ".part"
    with open(part, "wb") as file:
        _campaign(env, company)._workbook_write(file)
    os.replace(part, _workbook_path(folder))


def _workbook_result(_env, _company, folder):
    digest = hashlib.sha256()
    with zipfile.ZipFile(_workbook_path(folder)) as book:
        for name in sorted(book.namelist()):
            if name.startswith("xl/"):
                digest.update(name.encode() + book.read(name))
    return digest.hexdigest()


def _prepare_import(env, company, folder):
    """A history as of before the ledger: 20,000 lines of 500 customers nobody knows yet."""
    day = company.logistics_ledger_start - datetime.timedelta(days=400)
    with open(os.path.join(folder, "history.csv"), "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["customer_ref", "customer_name", "document", "line", "service", "amount", "currency"]
            + ["promised_date"]
        )
        for number in range(IMPORTED):
            customer = number % 500
            rows.writerow(
                [f"F{customer}", f"Fault Customer {customer}", f"D{number // 4}", number % 4 + 1]
                + ["Line Haul", f"{100 + number % 977}.50", company.currency_id.name]
                + [(day + datetime.timedelta(days=number % 365)).isoformat()]
            )


def _import(env, company, folder):
    done = env["logistics.trading.history"]._import_csv(
        os.path.join(folder, "history.csv"), company
    )
    if done["errors"]:
        raise RuntimeError(f"the import refused its rows: {done['errors'][:3]}")


JOBS = {
    "refresh": Job(
        _refresh,
        tables={
            "logistics_customer": (),
            "logistics_credit_review": ("customer_id",),
            "logistics_stage_change": (),
        },
    ),
    "planning": Job(
        _plan,
        _prepare_planning,
        {
            "logistics_visit": ("event_id", "activity_id"),
            "logistics_visit_status": ("next_visit_id", "last_visit_id"),
        },
        lambda env, *_rest: (
            f"{env['calendar.event'].search_count([])} events, "
            f"{env['mail.activity'].search_count([])} activities"
        ),
    ),
    "screening": Job(
        _compute,
        _prepare_campaign,
        {"logistics_screening_line": (), "logistics_screening": ("access_token",)},
    ),
    "letters": Job(
        _letters,
        _prepare_letters,
        {"logistics_letter_batch_line": ("attachment_id", "message_id")},
        _letters_result,
    ),
    "workbook": Job(_workbook, _prepare_workbook, {}, _workbook_result),
    "import": Job(
        _import,
        _prepare_import,
        {
            "logistics_trading_history": ("partner_id", "customer_id", "service_id"),
            "res_partner": ("commercial_partner_id", "complete_name", "partner_share"),
            "logistics_customer": ("partner_id",),
        },
    ),
}


# -- what came of a job ---------------------------------------------------------------------------


def fingerprint(env, company, job, folder):
    """What a job has written, as ``{table: (rows, digest)}``, and its result elsewhere."""
    found = {}
    for table, differing in job.tables.items():
        env.cr.execute(
            """SELECT column_name FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name = %s AND column_name <> 'id'
                  AND data_type NOT LIKE 'timestamp%%'
                  AND column_name NOT IN ('create_uid', 'write_uid')
                ORDER BY column_name""",
            [table],
        )
        columns = [name for (name,) in env.cr.fetchall() if name not in differing]
        env.cr.execute(
            SQL(
                """SELECT count(*), md5(string_agg(md5(r.text), '' ORDER BY md5(r.text)))
                     FROM (SELECT ROW(%s)::text AS text FROM %s) r""",
                SQL(", ").join(SQL.identifier(name) for name in columns),
                SQL.identifier(table),
            )
        )
        found[table] = list(env.cr.fetchone())
    found["result"] = job.result(env, company, folder)
    return found
