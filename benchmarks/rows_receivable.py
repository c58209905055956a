# Part of logistics_crm. License LGPL-3 or later.
"""Aged receivables of all customers as of a past day."""

from datetime import timedelta

from registry import Row, last_day

from odoo.tools import SQL


def rows(env, company):
    return [
        Row(
            "ageing, past day",
            job=lambda env, company: env["logistics.receivable.report"]._ageing(
                _day(company), company
            ),
            bare=_bare,
            check=_check,
            limits={
                "small": {"ratio": 2.0, "queries": 5, "memory_mb": 100},
                "large": {"ratio": 1.5, "queries": 5, "memory_mb": 300},
            },
            note="Bare: what is open per partner half a year ago, from the receivable journal "
            "items and their partial reconciliations, without buckets. Job: the same in buckets, "
            "per commercial entity, as Python dicts.",
        )
    ]


def _day(company):
    return last_day(company) - timedelta(days=180)


def _bare(env, company):
    """The plain aggregate over the same receivable lines and partial reconciliations."""
    day = _day(company)
    return {
        "open per partner": SQL(
            """
            SELECT l.partner_id,
                   sum(l.balance - COALESCE(d.amount, 0) + COALESCE(c.amount, 0)) AS open_amount
              FROM account_move_line l
              JOIN account_account a
                ON a.id = l.account_id AND a.account_type = 'asset_receivable'
              LEFT JOIN (SELECT debit_move_id, sum(amount) AS amount
                           FROM account_partial_reconcile WHERE max_date <= %(day)s
                          GROUP BY debit_move_id) d ON d.debit_move_id = l.id
              LEFT JOIN (SELECT credit_move_id, sum(amount) AS amount
                           FROM account_partial_reconcile WHERE max_date <= %(day)s
                          GROUP BY credit_move_id) c ON c.credit_move_id = l.id
             WHERE l.parent_state = 'posted' AND l.date <= %(day)s AND l.company_id = %(company)s
             GROUP BY l.partner_id
            """,
            day=day,
            company=company.id,
        )
    }


def _check(env, company):
    day = _day(company)
    total = round(
        sum(row["total"] for row in env["logistics.receivable.report"]._ageing(day, company)), 2
    )
    [(ledger,)] = env.execute_query(
        SQL(
            """SELECT round(sum(l.balance), 2) FROM account_move_line l JOIN account_account a
                   ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                WHERE l.company_id = %s AND l.parent_state = 'posted' AND l.date <= %s""",
            company.id,
            day,
        )
    )
    if total != float(ledger or 0):
        return [f"the ageing adds up to {total}, the ledger's receivables are {ledger}"]
    return []
