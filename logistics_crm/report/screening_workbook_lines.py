# Part of logistics_crm. License LGPL-3 or later.
"""The lines of a screening as the workbook reads them: in batches, by SQL."""

from odoo.tools import SQL

# what the sentences of the proposals quote; fetched together, and without the months
_REASON_FIELDS = [
    "proposal_rule",
    "screening_id",
    "currency_id",
    "active_months",
    "average_days_late",
    "cost_coverage",
    "due_amount",
    "first_trade_date",
    "net_margin",
    "late_share",
    "line_count",
    "overdue_amount",
    "revenue",
    "revenue_change",
    "revenue_previous",
    "revenue_rank",
    "score_total",
    "trade_days",
]


def read_lines(model, columns, ids):
    """Values of lines that were found with the reader's rules, in their order.

    Only columns the reader may see. By SQL: copying the months of 100,000 lines through the
    cache takes longer than writing them.
    """
    names = [column.name for column in columns if model._fields[column.name].store]
    selected = [
        SQL("l.%s::float8 AS %s", SQL.identifier(name), SQL.identifier(name))
        if model._fields[name].type in ("float", "monetary")
        else SQL("l.%s", SQL.identifier(name))
        for name in names
    ]
    rows = model.env.execute_query_dict(
        SQL(
            """
            SELECT l.id, l.month_data, l.service_data, c.ref AS reference, %s
              FROM logistics_screening_line l
              JOIN logistics_customer c ON c.id = l.customer_id
             WHERE l.id = ANY(%s)
            """,
            SQL(", ").join(selected),
            ids,
        )
    )
    by_id = {row["id"]: row for row in rows}
    lines = model.browse(ids)
    lines.fetch(_REASON_FIELDS)
    for line in lines:
        by_id[line.id]["proposal_reason"] = line.proposal_reason
    lines.invalidate_recordset(flush=False)  # one batch in memory is enough
    return [by_id[id_] for id_ in ids]


def months_of(line, count):
    """Yield the number of each month, from 0, and its figures.

    Lines, known lines, quantity, known quantity, amount.
    """
    data = line["month_data"] or {}
    for month in range(count):
        yield month, data.get(str(month + 1)) or (0, 0, 0, 0, 0)
