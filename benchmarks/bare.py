# Part of logistics_crm. License LGPL-3 or later.
"""The plain aggregates that jobs are compared with."""

from odoo.tools import SQL


def bare_trade(env, company, **period):
    """Revenue, cost and lines per customer, over the trading facts of a period."""
    return SQL(
        """SELECT f.company_id, f.partner_id, sum(f.amount) AS amount, sum(f.cost) AS cost,
                  count(*) AS lines FROM %s AS f GROUP BY f.company_id, f.partner_id""",
        env["logistics.trading.facts"]._facts_sql(company=company, **period),
    )


def bare_months(env, company, **period):
    """Revenue, cost, quantity and lines per customer and month, over the trading facts."""
    return SQL(
        """SELECT f.company_id, f.partner_id, date_trunc('month', f.date) AS month,
                  sum(f.amount) AS amount, sum(f.cost) AS cost, sum(f.quantity) AS quantity,
                  count(*) AS lines FROM %s AS f GROUP BY 1, 2, 3""",
        env["logistics.trading.facts"]._facts_sql(company=company, **period),
    )


def bare_orders(env, company, date_from, date_to):
    """Orders per customer and state, of a period."""
    return SQL(
        """SELECT rp.commercial_partner_id AS partner_id, so.state, count(*) AS orders
             FROM sale_order so JOIN res_partner rp ON rp.id = so.partner_id
            WHERE so.company_id = %s AND so.date_order BETWEEN %s AND %s
            GROUP BY rp.commercial_partner_id, so.state""",
        company.id,
        date_from,
        date_to,
    )


def bare_settlement(env, company, as_of, due_from=None):
    """Open amount, lateness and items per customer, over the settlement facts of a day."""
    return SQL(
        """SELECT i.company_id, i.partner_id, sum(i.open_amount) AS open_amount,
                  sum(i.weighted_days_late) AS late, count(*) AS items
             FROM %s AS i GROUP BY i.company_id, i.partner_id""",
        env["logistics.settlement.facts"]._items_sql(as_of, company=company, due_from=due_from),
    )
