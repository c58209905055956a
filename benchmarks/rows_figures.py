# Part of logistics_crm. License LGPL-3 or later.
"""The nightly refresh of the figures of all customers."""

from datetime import date

from bare import bare_settlement, bare_trade
from registry import Row, last_day

from odoo.tools import SQL


def rows(env, company):
    return [
        Row(
            "refresh",
            job=lambda env, company: env["logistics.customer"]._refresh_figures(
                as_of=last_day(company), company=company
            ),
            bare=_bare,
            check=_check,
            limits={
                "small": {"ratio": 2.0, "queries": 60, "memory_mb": 100},
                "large": {"ratio": 1.5, "queries": 60, "memory_mb": 600},
            },
            note="Bare: revenue, cost and lines per customer over all trading facts, and open "
            "amount and lateness per customer over the settlement facts of the day.",
        )
    ]


def _bare(env, company):
    day = last_day(company)
    return {
        "trade, all years": bare_trade(env, company, date_to=day),
        "settlement, year": bare_settlement(env, company, day, date(day.year, 1, 1)),
    }


def _check(env, company):
    day = last_day(company)
    year = {"date_from": date(day.year, 1, 1), "date_to": day}
    [(revenue, open_amount)] = env.execute_query(
        SQL(
            """SELECT round(sum(revenue_12m)::numeric, 2), round(sum(open_amount)::numeric, 2)
                 FROM logistics_customer WHERE company_id = %s AND figures_as_of = %s""",
            company.id,
            day,
        )
    )
    [(amount,)] = env.execute_query(
        SQL("SELECT round(sum(amount), 2) FROM (%s) AS b", bare_trade(env, company, **year))
    )
    [(receivable,)] = env.execute_query(
        SQL(
            """SELECT sum(l.balance) FROM account_move_line l JOIN account_account a
                   ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                WHERE l.company_id = %s AND l.parent_state = 'posted' AND l.date <= %s""",
            company.id,
            day,
        )
    )
    problems = []
    if revenue != amount:
        problems.append(f"revenue of the year is {revenue}, the bare aggregate {amount}")
    if open_amount != receivable:
        problems.append(f"open amounts are {open_amount}, the ledger's receivables {receivable}")
    return problems
