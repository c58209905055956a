# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL


class LogisticsCustomer(models.Model):
    """The second order of a newcomer: when it was to be expected."""

    _inherit = "logistics.customer"

    second_order_due = fields.Date(
        string="Second Order By",
        readonly=True,
        index="btree_not_null",
        help="Three of four customers of this company ordered again within this time of their "
        "first order. Only for customers with one trade day; empty when the company has too few "
        "customers to tell.",
    )

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        self.env.execute_query(
            SQL(
                """
                UPDATE logistics_customer c
                   SET second_order_due = n.due
                  FROM (SELECT x.id, CASE WHEN x.trade_days_total = 1 THEN x.first_trade_date
                                          + ceil(rh.second_order_days)::int END AS due
                          FROM logistics_customer x
                          %(rhythm)s
                         WHERE x.figures_as_of = %(as_of)s %(company)s) n
                 WHERE n.id = c.id AND c.second_order_due IS DISTINCT FROM n.due
             RETURNING c.id
                """,
                rhythm=self._rhythm_join_sql(as_of),
                as_of=as_of,
                company=SQL("AND x.company_id IN %s", tuple(companies.ids)) if companies else SQL(),
            )
        )
        return result

    @api.model
    def _newcomer_conversion(self, as_of, company):
        """How many of the customers won in the twelve months before came back for a second order.

        :param as_of: date the figures were refreshed for
        :return: dict(newcomers=, returned=, rate=): rate is None without newcomers
        """
        year_ago = fields.Date.subtract(as_of, years=1)
        accounts = self.sudo().with_context(active_test=False)
        won = [
            ("company_id", "=", company.id),
            ("first_trade_date", ">", year_ago),
            ("first_trade_date", "<=", as_of),
        ]
        newcomers = accounts.search_count(won)
        returned = accounts.search_count([*won, ("trade_days_total", ">", 1)])
        return {
            "newcomers": newcomers,
            "returned": returned,
            "rate": returned / newcomers if newcomers else None,
        }
