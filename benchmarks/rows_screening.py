# Part of logistics_crm. License LGPL-3 or later.
"""The year-end screening of all customers."""

from bare import bare_settlement, bare_trade
from registry import Row, last_day

from odoo.tools import SQL


def rows(env, company):
    return [
        Row(
            "screening",
            job=lambda env, company: _campaign(env, company).action_compute(),
            bare=_bare,
            check=_check,
            first=True,
            limits={
                "small": {"ratio": 2.5, "queries": 80, "memory_mb": 150},
                "large": {"ratio": 1.5, "queries": 80, "memory_mb": 600},
            },
            note="Bare: the same aggregates as of the refresh, over the days the campaign reads.",
        )
    ]


def _campaign(env, company):
    campaigns = env["logistics.screening"].with_company(company)
    year = last_day(company).year
    return campaigns.search(
        [("company_id", "=", company.id), ("year", "=", year)], limit=1
    ) or campaigns.create({"year": year, "company_id": company.id})


def _bare(env, company):
    campaign, day = _campaign(env, company), last_day(company)
    window = campaign._window_start()
    return {
        "trade, screening": bare_trade(env, company, date_from=window, date_to=day),
        "settlement, year": bare_settlement(env, company, day, campaign.date_from),
    }


def _check(env, company):
    campaign = _campaign(env, company)
    days = {"date_from": campaign.date_from, "date_to": campaign.date_to}
    [(amount, lines)] = env.execute_query(
        SQL(
            "SELECT round(sum(amount), 2), sum(lines) FROM (%s) AS b",
            bare_trade(env, company, **days),
        )
    )
    # the same again without the facts: posted income in the ledger
    [(income,)] = env.execute_query(
        SQL(
            """SELECT -sum(l.balance) FROM account_move_line l JOIN account_account a
                   ON a.id = l.account_id AND a.account_type = 'income'
                WHERE l.company_id = %s AND l.parent_state = 'posted'
                  AND l.date BETWEEN %s AND %s""",
            company.id,
            campaign.date_from,
            campaign.date_to,
        )
    )
    [(screened, screened_lines)] = env.execute_query(
        SQL(
            """SELECT round(sum(revenue)::numeric, 2), sum(line_count)
                 FROM logistics_screening_line WHERE screening_id = %s""",
            campaign.id,
        )
    )
    comparisons = (
        ("revenue and the bare aggregate", screened, amount),
        ("revenue and the income of the ledger", screened, income),
        ("lines and the bare aggregate", screened_lines, lines),
    )
    return [f"{what} differ: {one} and {other}" for what, one, other in comparisons if one != other]
