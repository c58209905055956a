# Part of logistics_crm. License LGPL-3 or later.
"""Churn scoring, the search for alarms, and the milestones of newcomers."""

from datetime import timedelta

from bare import bare_trade
from registry import Row, last_day

from odoo.tools import SQL


def rows(env, company):
    return [
        Row(
            "scoring",
            job=lambda env, company: env.execute_query(
                env["logistics.customer"]._churn_update_sql(company)
            ),
            bare=lambda env, company: {
                "trade, all years": bare_trade(env, company, date_to=last_day(company))
            },
            setup=lambda env, company: env["logistics.customer"]._refresh_figures(
                as_of=last_day(company), company=company
            ),
            prepare=_forget,
            check=_check_rank,
            limits={
                "small": {"ratio": 3.0, "queries": 3, "memory_mb": 50},
                "large": {"ratio": 1.0, "queries": 3, "memory_mb": 100},
            },
            note="Bare: revenue, cost and lines per customer over all trading facts. The job "
            "ranks all customers from the figures that the nightly refresh (row refresh) made "
            "in its one pass over the same facts.",
        ),
        Row(
            "alarms",
            job=lambda env, company: env["logistics.churn.alarm"]._detect(
                last_day(company), company
            ),
            bare=lambda env, company: {
                "trade, three years": bare_trade(
                    env,
                    company,
                    date_from=last_day(company) - timedelta(days=365 * 3),
                    date_to=last_day(company),
                )
            },
            limits={
                "small": {"ratio": 3.0, "queries": 4, "memory_mb": 100},
                "large": {"ratio": 3.0, "queries": 4, "memory_mb": 300},
            },
            note="Bare: the same aggregate over three years. The job finds the silent and those "
            "who ship less or more per service, in one statement over those facts.",
        ),
    ]


def _forget(env, company):
    """Let every customer be ranked anew: ranks that stay the same are not written."""
    env.cr.execute(
        SQL("UPDATE logistics_customer SET churn_risk = NULL WHERE company_id = %s", company.id)
    )


def _check_rank(env, company):
    [(least, most, known, traded)] = env.execute_query(
        SQL(
            """SELECT min(churn_risk), max(churn_risk), count(churn_risk), count(last_trade_date)
                 FROM logistics_customer WHERE company_id = %s""",
            company.id,
        )
    )
    if (least, most, known) != (0, 1, traded):
        return [f"ranks from {least} to {most} for {known} of {traded} trading customers"]
    return []
