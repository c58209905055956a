# Part of logistics_crm. License LGPL-3 or later.
"""Are the documents like those of Odoo, and are the figures right?"""

from odoo.tools import SQL

SAMPLE = 60


def check_books(env, company):
    """Let Odoo compute a sample of the copied documents anew; return what differs, in words."""
    problems = []
    [(unbalanced,)] = env.execute_query(
        SQL(
            """SELECT count(*) FROM (SELECT 1 FROM account_move_line WHERE company_id = %s
                GROUP BY move_id HAVING sum(balance) <> 0 OR sum(debit) <> sum(credit)) AS u""",
            company.id,
        )
    )
    if unbalanced:
        problems.append(f"{unbalanced} entries are not balanced")
    moves = env["account.move"]
    ids = moves.search(
        [
            ("company_id", "=", company.id),
            ("state", "=", "posted"),
            ("move_type", "in", ("out_invoice", "out_refund")),
        ]
    ).ids
    sample = moves.browse(ids[:: max(1, len(ids) // SAMPLE)])
    problems += _recompute(
        sample,
        [
            "amount_untaxed",
            "amount_total",
            "amount_residual",
            "amount_untaxed_signed",
            "amount_total_signed",
            "amount_residual_signed",
            "payment_state",
            "commercial_partner_id",
            "invoice_date_due",
        ],
    )
    problems += _recompute(
        sample.line_ids,
        ["price_subtotal", "price_total", "amount_residual", "reconciled"],
    )
    order_lines = sample.invoice_line_ids.sale_line_ids
    problems += _recompute(order_lines, ["price_subtotal", "margin", "qty_invoiced"])
    problems += _recompute(order_lines.order_id, ["amount_untaxed", "margin"])
    for partner in sample.partner_id[:10]:
        owed = sum(
            env["account.move.line"]
            .search(
                [
                    ("partner_id", "=", partner.id),
                    ("company_id", "=", company.id),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                ]
            )
            .mapped("amount_residual")
        )
        if company.currency_id.compare_amounts(partner.with_company(company).credit, owed):
            problems.append(f"{partner.name}: Odoo's own credit differs from the ledger")
    return problems


def _recompute(records, names):
    """Compare stored values with what Odoo computes now, and undo the computation."""
    before = {name: [record[name] for record in records] for name in names}
    problems = []
    with records.env.cr.savepoint() as savepoint:
        for name in names:
            records.env.add_to_compute(records._fields[name], records)
        for name in names:
            for record, value in zip(records, before[name], strict=True):
                new = record[name]
                same = abs(new - value) < 0.005 if isinstance(value, float) else new == value
                if not same:
                    problems.append(f"{record}: {name} is {value}, Odoo computes {new}")
        records.env.flush_all()
        savepoint.rollback()
    records.env.invalidate_all(flush=False)
    return problems[:10]


def check_figures(env, company, screening):
    """Compare the results with aggregates written down here; return what differs, in words."""
    facts = env["logistics.trading.facts"]._facts_sql(
        company=company, date_from=screening.date_from, date_to=screening.date_to
    )
    [(amount, lines)] = env.execute_query(
        SQL("SELECT round(sum(amount), 2), count(*) FROM %s AS f", facts)
    )
    # the same again without the facts: posted income in the ledger
    [(income,)] = env.execute_query(
        SQL(
            """SELECT -sum(l.balance) FROM account_move_line l JOIN account_account a
                   ON a.id = l.account_id AND a.account_type = 'income'
                WHERE l.company_id = %s AND l.parent_state = 'posted'
                  AND l.date BETWEEN %s AND %s""",
            company.id,
            screening.date_from,
            screening.date_to,
        )
    )
    [(screened, screened_lines)] = env.execute_query(
        SQL(
            """SELECT round(sum(revenue)::numeric, 2), sum(line_count)
                 FROM logistics_screening_line WHERE screening_id = %s""",
            screening.id,
        )
    )
    [(refreshed, open_amount)] = env.execute_query(
        SQL(
            """SELECT round(sum(revenue_12m)::numeric, 2), round(sum(open_amount)::numeric, 2)
                 FROM logistics_customer WHERE company_id = %s""",
            company.id,
        )
    )
    [(receivable,)] = env.execute_query(
        SQL(
            """SELECT sum(l.balance) FROM account_move_line l JOIN account_account a
                   ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                WHERE l.company_id = %s AND l.parent_state = 'posted' AND l.date <= %s""",
            company.id,
            screening.date_to,
        )
    )
    comparisons = (
        ("screening revenue and the bare aggregate", screened, amount),
        ("screening revenue and the income of the ledger", screened, income),
        ("screening lines and the bare aggregate", screened_lines, lines),
        ("refreshed revenue and the bare aggregate", refreshed, amount),
        ("refreshed open amounts and the receivables of the ledger", open_amount, receivable),
    )
    return [f"{what} differ: {one} and {other}" for what, one, other in comparisons if one != other]
