# Part of logistics_crm. License LGPL-3 or later.
"""The page each role opens first, its spreadsheet dashboard, and the portfolio of the night."""

import json

from registry import Row, last_day

from odoo.tools import SQL

BOARDS = ("manager", "controller", "executive", "rep")


def rows(env, company):
    return [
        *(_page(role) for role in BOARDS),
        *(_board(role) for role in BOARDS),
        Row(
            "portfolio",
            job=lambda env, company: _portfolio(env, company),
            bare=_bare_facts,
            # names of countries and industries are made once in the life of a database
            setup=lambda env, company: env["logistics.portfolio.member"]._ensure_all(),
            limits={"small": {"queries": 40}},
            check=_check_portfolio,
            note="Mix by six dimensions, concentration and the hundred largest customers of a "
            "day, written anew. Bare: the trading facts of the same twelve months summed by "
            "customer and service.",
        ),
    ]


def _page(role):
    return Row(
        f"front page {role}",
        job=lambda env, company: _env(env, company)["logistics.front.page"].get_page(role),
        bare=_bare_figures,
        limits={"small": {"queries": 200, "ms": 2000}, "large": {"ms": 2000}},
        check=lambda env, company: _check_page(env, company, role),
        note="Everything the page shows. Bare: customers counted by stage with their open amount.",
    )


def _board(role):
    return Row(
        f"dashboard {role}",
        job=lambda env, company: _read_board(env, company, role),
        bare=_bare_figures,
        limits={"small": {"ms": 2000}, "large": {"ms": 2000}},
        note="Every pivot, list and chart of the spreadsheet dashboard, read as the web client "
        "reads them, one after the other. Bare: customers counted by stage with their open amount.",
    )


def _env(env, company):
    """As a user with all roles would read: rules count, the superuser's shortcut does not."""
    admin = env.ref("base.user_admin").sudo()
    if company not in admin.company_ids:
        admin.company_ids += company
    return env(
        user=env.ref("base.user_admin").id,
        context={**env.context, "allowed_company_ids": company.ids},
    )


def _read_board(env, company, role):
    env = _env(env, company)
    data = json.loads(env.ref(f"logistics_crm.dashboard_{role}").sudo().spreadsheet_data)
    for pivot in data["pivots"].values():
        measures = [
            measure["id"] if measure["id"] == "__count" else f"{measure['id']}:sum"
            for measure in pivot["measures"]
        ]
        groups = [row["fieldName"] for row in pivot["rows"]]
        env[pivot["model"]].formatted_read_group(pivot["domain"], groups, measures)
    for listed in data["lists"].values():
        order = ", ".join(
            f"{part['name']} {'asc' if part['asc'] else 'desc'}" for part in listed["orderBy"]
        )
        env[listed["model"]].web_search_read(
            listed["domain"], {name: {} for name in listed["columns"]}, limit=8, order=order
        )
    for figure in data["sheets"][0]["figures"]:
        meta = figure["data"]["metaData"]
        measure = meta["measure"]
        env[meta["resModel"]].formatted_read_group(
            figure["data"]["searchParams"]["domain"],
            meta["groupBy"],
            [measure if measure == "__count" else f"{measure}:sum"],
        )


def _portfolio(env, company):
    runs = env["logistics.portfolio.run"].with_company(company)
    day = last_day(company)
    run = runs.search([("company_id", "=", company.id), ("as_of", "=", day)], limit=1)
    run = run or runs.create({"company_id": company.id, "as_of": day})
    run._compute_portfolio()
    return run


def _bare_figures(env, company):
    return {
        "figures": SQL(
            "SELECT lifecycle_stage, count(*), sum(open_amount) FROM logistics_customer"
            " WHERE company_id = %s GROUP BY 1",
            company.id,
        )
    }


def _bare_facts(env, company):
    day = last_day(company)
    facts = env["logistics.trading.facts"]._facts_sql(
        company=company, date_from=day.replace(year=day.year - 1), date_to=day
    )
    return {
        "facts": SQL("SELECT partner_id, service_id, sum(amount) FROM %s AS f GROUP BY 1, 2", facts)
    }


def _check_page(env, company, role):
    page = _env(env, company)["logistics.front.page"].get_page(role)
    return [] if page["panes"] else [f"the page of {role} is empty"]


def _check_portfolio(env, company):
    run = _portfolio(env, company)
    sums = {}
    for line in run.line_ids:
        sums[line.dimension] = sums.get(line.dimension, 0) + line.share
    return [f"{name} adds up to {total}" for name, total in sums.items() if abs(total - 100) > 0.01]
