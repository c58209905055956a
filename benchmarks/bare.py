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


def bare_settlement(env, company, as_of, due_from=None):
    """Open amount, lateness and items per customer, over the settlement facts of a day."""
    return SQL(
        """SELECT i.company_id, i.partner_id, sum(i.open_amount) AS open_amount,
                  sum(i.weighted_days_late) AS late, count(*) AS items
             FROM %s AS i GROUP BY i.company_id, i.partner_id""",
        env["logistics.settlement.facts"]._items_sql(as_of, company=company, due_from=due_from),
    )
