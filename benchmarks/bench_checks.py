# Part of logistics_crm. License LGPL-3 or later.
"""Are the copied documents like those of Odoo?"""

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
    problems += _recompute(
        order_lines,
        [
            "price_subtotal",
            "margin",
            "qty_invoiced",
            "qty_to_invoice",
            "untaxed_amount_to_invoice",
            "invoice_status",
        ],
    )
    problems += _recompute(order_lines.order_id, ["amount_untaxed", "margin", "invoice_status"])
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
