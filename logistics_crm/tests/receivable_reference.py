# Part of logistics_crm. License LGPL-3 or later.
"""Aged receivables computed slowly, record by record, to compare with."""

from collections import defaultdict
from datetime import date, timedelta

COLUMNS = ("not_due", "b1_30", "b31_60", "b61_90", "b91_120", "b120_plus", "unallocated")


def column_of(days):
    """The column of so many days overdue, written down once more and differently."""
    if days <= 0:
        return "not_due"
    if days > 120:
        return "b120_plus"
    return ("b1_30", "b31_60", "b61_90", "b91_120")[(days - 1) // 30]


def slow_ageing(env, as_of, company):
    """``{partner id or False: {column: amount}}`` from records and their partials."""
    result = defaultdict(lambda: dict.fromkeys(COLUMNS, 0.0))
    for line in env["account.move.line"].search(
        [
            ("company_id", "=", company.id),
            ("parent_state", "=", "posted"),
            ("account_id.account_type", "=", "asset_receivable"),
            ("date", "<=", as_of),
        ]
    ):
        left = line.balance
        for partial in line.matched_credit_ids:
            if max(partial.debit_move_id.date, partial.credit_move_id.date) <= as_of:
                left -= partial.amount
        for partial in line.matched_debit_ids:
            if max(partial.debit_move_id.date, partial.credit_move_id.date) <= as_of:
                left += partial.amount
        if company.currency_id.is_zero(left):
            continue
        column = "unallocated"
        if line.balance > 0:
            column = column_of((as_of - (line.date_maturity or line.date)).days)
        result[line.partner_id.commercial_partner_id.id or False][column] += left
    return result


def ledger_balance(env, as_of, company):
    """Balance of the receivable accounts on a day, from the journal items alone."""
    ((balance,),) = env["account.move.line"]._read_group(
        [
            ("company_id", "=", company.id),
            ("parent_state", "=", "posted"),
            ("account_id.account_type", "=", "asset_receivable"),
            ("date", "<=", as_of),
        ],
        aggregates=["balance:sum"],
    )
    return balance or 0.0


def month_ends(first, count):
    """The last days of so many months, to be asked for beside random days."""
    day = date(first.year, first.month, 1)
    for _month in range(count):
        day = (day + timedelta(days=32)).replace(day=1)
        yield day - timedelta(days=1)
