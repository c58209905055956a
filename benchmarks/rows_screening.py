# Part of logistics_crm. License LGPL-3 or later.
"""The year-end screening of all customers."""

from bare import bare_months, bare_orders, bare_settlement, bare_trade
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
            # what a campaign costs whatever its size counts for little from some ten thousand on
            limits={
                "small": {"ratio": 2.5, "queries": 80, "memory_mb": 150},
                "10k": {"ratio": 2.0, "queries": 80, "memory_mb": 200},
                "30k": {"ratio": 1.5, "queries": 80, "memory_mb": 300},
                "large": {"ratio": 1.5, "queries": 80, "memory_mb": 600},
            },
            note="Bare: revenue, cost and lines per customer and month over the three years the "
            "campaign shows, open amount and lateness per customer over what fell due or is open, "
            "and orders per customer: each row that is read, once, without points and writing.",
        ),
        Row(
            "screening what if",
            prepare=_compute_once,
            job=lambda env, company: _campaign(env, company)._what_if(
                {"weight_volume": 30, "weight_margin": 10, "peer_share": 0.3}
            ),
            limits={"small": {"ms": 1000}, "10k": {"ms": 1000}, "30k": {"ms": 3000}},
            note="Who changes place and proposal with other weights: under 1 s for 10,000 lines.",
        ),
    ]


def _compute_once(env, company):
    campaign = _campaign(env, company)
    if campaign.state == "draft":
        campaign.action_compute()


def _campaign(env, company):
    campaigns = env["logistics.screening"].with_company(company)
    year = last_day(company).year
    return campaigns.search(
        [("company_id", "=", company.id), ("year", "=", year), ("closing_month", "=", "12")],
        limit=1,
    ) or campaigns.create({"year": year, "company_id": company.id})


def _bare(env, company):
    campaign, day = _campaign(env, company), last_day(company)
    window = campaign._window_start()
    return {
        "months, screening": bare_months(env, company, date_from=window, date_to=day),
        "orders, year": bare_orders(env, company, campaign.date_from, day),
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
