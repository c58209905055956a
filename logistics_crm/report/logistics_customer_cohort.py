# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ..fields_unknown import KnownFloat, KnownMonetary
from ..models.customer.logistics_customer import VALUE_CLASSES


class LogisticsCustomerCohort(models.Model):
    """Who stays: each customer in each quarter since its first trade, whether it traded or not.

    Rows without trade are there too, so that the average of ``share`` over any group is the
    share of its customers that traded, and nobody who left is forgotten.
    """

    _name = "logistics.customer.cohort"
    _description = "Customer Cohort"
    _inherit = "logistics.unknown.last.mixin"
    _auto = False
    _order = "cohort desc, customer_id, age"
    _rec_name = "customer_id"
    _depends = {
        "account.move": ["state", "move_type", "partner_id"],
        "account.move.line": ["balance", "date", "quantity", "display_type", "sale_line_ids"],
        "logistics.customer": ["user_id", "value_class", "partner_id"],
        "logistics.trading.history": ["amount", "date", "quantity", "partner_id"],
    }

    customer_id = fields.Many2one("logistics.customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    cohort = fields.Date(readonly=True, help="First day of the quarter of the first trade.")
    quarter = fields.Date(readonly=True, help="First day of the quarter looked at.")
    age = fields.Integer(
        "Quarters Since",
        readonly=True,
        aggregator=None,
        help="Calendar quarters since that of the first trade; 0 is the first quarter itself.",
    )
    running = fields.Boolean("Running Quarter", readonly=True, help="Not over yet.")
    customers = fields.Integer("Customers Trading", readonly=True)
    share = KnownFloat(
        "Share of the Cohort",
        readonly=True,
        aggregator="avg",
        help="Customers trading in the quarter by all customers of the cohort.",
    )
    revenue = KnownMonetary(
        readonly=True,
        help="Untaxed, less credit notes, company currency. Empty: trade of unknown amount.",
    )

    @property
    def _table_query(self) -> SQL:
        return self._report_sql(fields.Date.context_today(self))

    @api.model
    def _report_sql(self, as_of):
        """One pass over the facts up to a day; ``q`` quarters of a customer, ``first`` cohorts."""
        quarters = SQL(
            "(extract(year FROM %(d)s) * 4 + extract(quarter FROM %(d)s))::int",
            d=SQL("%s::date", as_of),
        )
        return SQL(
            """
            WITH q AS (
                SELECT f.company_id, f.partner_id,
                       date_trunc('quarter', f.date::timestamp)::date AS quarter,
                       bool_or(COALESCE(f.amount, f.quantity, 0) >= 0) AS traded,
                       sum(f.amount) AS revenue
                  FROM %(facts)s AS f
                 GROUP BY 1, 2, 3
            ),
            first AS (
                SELECT company_id, partner_id, min(quarter) FILTER (WHERE traded) AS cohort
                  FROM q GROUP BY company_id, partner_id
            )
            SELECT c.id::bigint * 1024 + a.age AS id, c.id AS customer_id, c.company_id,
                   co.currency_id, c.user_id, c.value_class, c.country_id,
                   first.cohort, p.quarter, a.age,
                   p.quarter = date_trunc('quarter', %(as_of)s::timestamp)::date AS running,
                   (COALESCE(q.traded, FALSE))::int AS customers,
                   (COALESCE(q.traded, FALSE))::int::float8 AS share,
                   CASE WHEN q.quarter IS NULL THEN 0 ELSE q.revenue END AS revenue
              FROM first
              JOIN logistics_customer c ON c.partner_id = first.partner_id
                                       AND c.company_id = first.company_id
              JOIN res_company co ON co.id = c.company_id
             CROSS JOIN LATERAL generate_series(0, %(now)s - (extract(year FROM first.cohort) * 4
                                   + extract(quarter FROM first.cohort))::int) AS a(age)
             CROSS JOIN LATERAL (SELECT (first.cohort + make_interval(months => 3 * a.age))::date
                                        AS quarter) p
              LEFT JOIN q ON q.company_id = first.company_id AND q.partner_id = first.partner_id
                         AND q.quarter = p.quarter
             WHERE first.cohort IS NOT NULL
            """,
            facts=self.env["logistics.trading.facts"]._facts_sql(date_to=as_of),
            as_of=as_of,
            now=quarters,
        )
