# Part of logistics_crm. License LGPL-3 or later.
"""The nightly consumption job: service mix, white space and concessions of one company."""

from datetime import date, timedelta

from bare import bare_settlement, bare_trade
from registry import Row, last_day

from odoo.tools import SQL


def rows(env, company):
    return [
        Row(
            "consumption",
            job=lambda env, company: env["logistics.consumption"]._refresh_company(
                company, last_day(company)
            ),
            bare=_bare,
            check=_check,
            first=True,
            limits={
                "small": {"ratio": 5.0, "queries": 40, "memory_mb": 100},
                "large": {"ratio": 5.0, "queries": 40, "memory_mb": 600},
            },
            note="Bare: revenue, cost and lines per customer over the two years of trading facts "
            "that are looked at, and the settlement facts of the day. The job writes the service "
            "mix, the white space and the concession ledger.",
        )
    ]


def _bare(env, company):
    day = last_day(company)
    return {
        "trade, two years": bare_trade(
            env,
            company,
            date_from=date(day.year - 2, 12, 31) + timedelta(days=1),
            date_to=day,
        ),
        "settlement, ledger": bare_settlement(env, company, day),
    }


def _check(env, company):
    day = last_day(company)
    [(mix,)] = env.execute_query(
        SQL(
            """SELECT round(sum(revenue)::numeric, 2) FROM logistics_consumption
                WHERE company_id = %s AND kind = 'service' AND as_of = %s""",
            company.id,
            day,
        )
    )
    [(amount,)] = env.execute_query(
        SQL(
            "SELECT round(sum(f.amount), 2) FROM %s AS f WHERE f.service_id IS NOT NULL",
            env["logistics.trading.facts"]._facts_sql(
                company=company, date_from=date(day.year, 1, 1), date_to=day
            ),
        )
    )
    if mix != amount:
        return [f"the service mix adds up to {mix}, the trading facts to {amount}"]
    return []
