# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

BUCKETS = 50


class LogisticsCustomer(models.Model):
    """The 80/20 curve: which share of the customers earns which share of the profit."""

    _inherit = "logistics.customer"

    @api.model
    @api.readonly
    def pareto_curve(self):
        """The cumulated profit of the current company's customers, largest first.

        From the figures of the last refresh: worth of twelve months (margin, or revenue where
        margins are mostly unknown), losses counted as nothing.

        :return: dict with points ``[(share of customers, share of profit)]``, customers
            (ranked), core_customers (the fewest that earn 80 %), top_share (what the largest
            20 % of the customers earn), losing (customers with negative margin), basis
            ('margin', 'revenue' or False), as_of (date or False)
        :raise AccessError: for users who may not see all customers
        """
        if not self.env.su and not any(
            self.env.user.has_group(f"logistics_crm.{group}")
            for group in ("group_user_all", "group_credit_controller")
        ):
            raise AccessError(self.env._("Only users of all customers see the profit curve."))
        company = self.env.company
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH ranked AS (
                    SELECT row_number() OVER (ORDER BY c.value_rank, c.id) AS place,
                           count(*) OVER () AS total, c.value_cumulated, c.value_place,
                           c.value_worth,
                           c.value_worth_basis, c.figures_as_of
                      FROM logistics_customer c
                     WHERE c.company_id = %(company)s AND c.value_rank > 0
                       AND c.value_place IS NOT NULL)
                SELECT ceil(place * %(buckets)s::numeric / total) AS bucket,
                       max(place)::float8 / max(total), max(value_cumulated), max(total),
                       count(*) FILTER (WHERE value_worth < 0),
                       max(place) FILTER (WHERE value_place < 0.8),
                       max(value_worth_basis), max(figures_as_of)
                  FROM ranked GROUP BY 1 ORDER BY 1
                """,
                company=company.id,
                buckets=BUCKETS,
            )
        )
        top = [share for _bucket, x, share, *_rest in rows if x <= 0.2]
        return {
            "points": [(0.0, 0.0)] + [(row[1], row[2]) for row in rows],
            "customers": rows[-1][3] if rows else 0,
            "losing": sum(row[4] for row in rows),
            "core_customers": max((row[5] or 0 for row in rows), default=0),
            "top_share": max(top, default=False),
            "basis": rows[0][6] if rows else False,
            "as_of": fields.Date.to_string(max(row[7] for row in rows)) if rows else False,
        }
