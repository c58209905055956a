# Part of logistics_crm. License LGPL-3 or later.
"""Grading all customers, and the verdict on one order at its confirmation."""

from datetime import timedelta
from itertools import count

import company as bench_company
from bare import bare_settlement
from registry import Row, last_day

from odoo import Command
from odoo.tools import SQL

ORDERS = 20  # decided in one round


def rows(env, company):
    return [_grading(), *(_verdict(kind) for kind in ("open", "paid"))]


# Grading


def _grading():
    """A review of all customers on a day of its own each round, with earlier reviews to read."""
    turns = count()
    day = {}

    def prepare(env, company):
        # the last round is the last day; all items of three years are looked at
        policy = env["logistics.credit.policy"]._for_company(company)
        if policy.window_months != 36:
            policy.window_months = 36
        day["now"] = last_day(company) - timedelta(days=40 - next(turns))
        env["logistics.credit.review"].flush_model()
        env.cr.execute(
            "DELETE FROM logistics_credit_review WHERE company_id = %s AND as_of >= %s",
            [company.id, day["now"]],
        )

    def bare(env, company):
        return {"settlement, grading": bare_settlement(env, company, day["now"])}

    def job(env, company):
        env["logistics.customer"]._review_grades(day["now"], company)

    def check(env, company):
        [(items, settled, customers)] = env.execute_query(
            SQL(
                """SELECT count(*), count(*) FILTER (WHERE NOT is_open), count(DISTINCT partner_id)
                     FROM %s AS i WHERE kind = 'item'""",
                env["logistics.settlement.facts"]._items_sql(day["now"], company=company),
            )
        )
        print(f"grading: {items:,} items due, {settled:,} of them settled, {customers:,} customers")
        [(reviewed, due)] = env.execute_query(
            SQL(
                """SELECT count(*), sum(invoice_count_due) FROM logistics_credit_review
                    WHERE company_id = %s AND as_of = %s""",
                company.id,
                day["now"],
            )
        )
        [(expected,)] = env.execute_query(
            SQL(
                """SELECT count(*) FROM %s AS i WHERE kind = 'item' AND due_date <= %s
                      AND due_date > (%s::date - interval '36 months')
                      AND (company_id, partner_id) IN (
                          SELECT r.company_id, c.partner_id FROM logistics_credit_review r
                            JOIN logistics_customer c ON c.id = r.customer_id
                           WHERE r.as_of = %s)""",
                env["logistics.settlement.facts"]._items_sql(day["now"], company=company),
                day["now"],
                day["now"],
                day["now"],
            )
        )
        if not reviewed or due != expected:
            return [f"{reviewed} reviews count {due} items due, there are {expected}"]
        return []

    return Row(
        "grading",
        job=job,
        bare=bare,
        prepare=prepare,
        check=check,
        first=True,
        limits={
            "small": {"ratio": 1.8, "queries": 20, "memory_mb": 50},
            "large": {"ratio": 1.5, "queries": 20, "memory_mb": 100},
        },
        note="A review of every customer over 36 months, earlier reviews read for the hysteresis, "
        "reviews and accounts written; bare: the settlement aggregate of the same day.",
    )


# Verdict


def _verdict(kind):
    """Quotations of one customer with 10,000 receivable lines, all open or nearly all paid."""
    world = {}

    def setup(env, company):
        own = bench_company.build(env, f"one customer, {kind}")
        env = env(su=True, context=dict(env.context, allowed_company_ids=[own.id]))
        own = own.with_env(env)
        own.logistics_credit_control = "enforce"
        account = env["logistics.customer"].search(
            [("company_id", "=", own.id), ("name", "like", "Bench customer")], limit=1
        )
        account._grant_limit(1e9)
        world["orders"] = env["sale.order"].create(
            [
                {
                    "partner_id": account.partner_id.id,
                    "company_id": own.id,
                    "order_line": [
                        Command.create(
                            {
                                "name": "Freight",
                                "product_id": env["product.product"]
                                .search([("name", "like", own.name)], limit=1)
                                .id,
                                "price_unit": 10.0,
                                "tax_ids": False,
                            }
                        )
                    ],
                }
                for _number in range(ORDERS)
            ]
        )
        world["company"], world["partner"] = own, account.partner_id

    def job(env, company):
        # the orders' own fields are read once, as any confirmation reads them anyway
        for order in world["orders"]:
            world["verdict"] = order._credit_decide()[order.id]

    def bare(env, company):
        return {
            f"receivables of one customer, {kind}": SQL(
                """SELECT sum(l.amount_residual) AS open, count(*) AS lines
                     FROM account_move_line l JOIN account_account a ON a.id = l.account_id
                    WHERE l.partner_id = %s AND l.company_id = %s AND l.parent_state = 'posted'
                      AND a.account_type = 'asset_receivable'""",
                world["partner"].id,
                world["company"].id,
            )
        }

    def check(env, company):
        env.cr.execute(bare(env, company)[f"receivables of one customer, {kind}"])
        owed, lines = env.cr.fetchone()
        receivable = world["verdict"]["parts"]["receivable"]
        problems = []
        if abs(receivable - float(owed)) > 0.005:
            problems.append(f"the verdict counts {receivable}, the ledger {owed}")
        if lines < 10_000:
            problems.append(f"the customer has {lines} receivable lines only")
        return problems

    return Row(
        f"verdict, {kind}",
        job=job,
        bare=bare,
        setup=setup,
        check=check,
        calls=ORDERS,
        # promised are 15 ms as well; a time is no limit here, it is that of a quiet machine
        limits={size: {"ratio": 5, "queries": 8} for size in ("small", "large")},
        note="The decision at confirmation, with the lock and the look at what others confirmed, "
        f"for a customer with 10,000 invoices and their orders, {kind}; bare: the sum of its "
        "receivables.",
    )
