# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

from .portfolio_run import TOP

# So many of the largest customers are kept with a portfolio.
KEPT = 100


class LogisticsPortfolioRun(models.Model):
    """How a portfolio is computed: one pass over the facts, then sums of what it left."""

    _inherit = "logistics.portfolio.run"

    def _compute_portfolio(self):
        """Write lines, largest customers and totals anew; a constant number of statements."""
        self.ensure_one()
        self.env["logistics.portfolio.member"]._ensure_all()
        target = (
            self.env["logistics.portfolio.target"].sudo()._valid_on(self.company_id, self.as_of)
        )
        # The row first: two who compute at once are served one after the other.
        self.write({"target_id": target.id, "computed_at": fields.Datetime.now()})
        self.env.flush_all()
        execute = self.env.cr.execute
        execute("DROP TABLE IF EXISTS pf_trade, pf_customer, pf_member")
        for statement in (
            self._trade_table_sql(),
            self._customer_table_sql(),
            SQL("DELETE FROM logistics_portfolio_line WHERE run_id = %s", self.id),
            SQL("DELETE FROM logistics_portfolio_customer WHERE run_id = %s", self.id),
            self._customers_insert_sql(),
            self._totals_update_sql(),
            self._member_table_sql(),
            self._new_members_sql(),
            self._lines_insert_sql(target),
        ):
            execute(statement)
        execute("DROP TABLE IF EXISTS pf_trade, pf_customer, pf_member")
        self.env["logistics.portfolio.member"].invalidate_model()
        self.env["logistics.portfolio.member"]._name_new()
        self.env.invalidate_all()

    def _trade_table_sql(self):
        """Trade of the twelve months by customer and service: the only reading of the facts."""
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=self.company_id,
            date_from=self.as_of - relativedelta(years=1) + relativedelta(days=1),
            date_to=self.as_of,
        )
        return SQL(
            """
            CREATE TEMPORARY TABLE pf_trade ON COMMIT DROP AS
            SELECT f.partner_id, f.service_id, sum(f.amount) AS revenue,
                   sum(f.amount - f.cost) AS margin,
                   count(*) FILTER (WHERE f.amount IS NULL) AS unknown
              FROM %s AS f
             GROUP BY f.partner_id, f.service_id
            """,
            facts,
        )

    def _customer_table_sql(self):
        """Customers with a positive revenue, with the values of their dimensions."""
        return SQL(
            """
            CREATE TEMPORARY TABLE pf_customer ON COMMIT DROP AS
            SELECT c.id, c.partner_id, t.revenue, t.margin,
                   row_number() OVER (ORDER BY t.revenue DESC, c.id) AS rank,
                   CASE WHEN p.country_id = home.country_id AND p.state_id IS NOT NULL
                             THEN 'state,' || p.state_id
                        WHEN p.country_id IS NOT NULL THEN 'country,' || p.country_id
                        ELSE 'none' END AS region,
                   COALESCE('industry,' || p.industry_id, 'none') AS industry,
                   COALESCE('size,' || p.logistics_employee_band, 'none') AS size,
                   COALESCE('class,' || CASE WHEN %(as_of)s >= c.figures_as_of
                                                  OR moved.customer_id IS NULL
                                             THEN c.value_class ELSE moved.value_to END,
                            'none') AS class,
                   COALESCE('contract,' || contract.kind, 'none') AS contract
              FROM (SELECT partner_id, sum(revenue) AS revenue, sum(margin) AS margin
                      FROM pf_trade GROUP BY partner_id HAVING sum(revenue) > 0) t
              JOIN logistics_customer c
                ON c.partner_id = t.partner_id AND c.company_id = %(company)s
              JOIN res_partner p ON p.id = c.partner_id
              JOIN res_company co ON co.id = c.company_id
              JOIN res_partner home ON home.id = co.partner_id
              LEFT JOIN (SELECT DISTINCT ON (customer_id) customer_id, value_to
                           FROM logistics_value_class_change
                          WHERE company_id = %(company)s AND date <= %(as_of)s
                          ORDER BY customer_id, date DESC, id DESC) moved
                     ON moved.customer_id = c.id
              LEFT JOIN (SELECT DISTINCT ON (customer_id) customer_id, kind
                           FROM logistics_contract
                          WHERE company_id = %(company)s AND state = 'signed'
                            AND date_start <= %(as_of)s
                            AND (date_end IS NULL OR date_end >= %(as_of)s)
                          ORDER BY customer_id, date_start DESC, id DESC) contract
                     ON contract.customer_id = c.id
            """,
            company=self.company_id.id,
            as_of=self.as_of,
        )

    def _customers_insert_sql(self):
        return SQL(
            """
            INSERT INTO logistics_portfolio_customer
                   (run_id, company_id, customer_id, user_id, rank, revenue, margin, share,
                    cumulative)
            SELECT %(run)s, %(company)s, pf.id, c.user_id, pf.rank, pf.revenue, pf.margin,
                   100 * pf.revenue / pf.total,
                   100 * sum(pf.revenue) OVER (ORDER BY pf.rank) / pf.total
              FROM (SELECT *, sum(revenue) OVER () AS total FROM pf_customer) pf
              JOIN logistics_customer c ON c.id = pf.id
             WHERE pf.rank <= %(kept)s
            """,
            run=self.id,
            company=self.company_id.id,
            kept=KEPT,
        )

    def _totals_update_sql(self):
        return SQL(
            """
            UPDATE logistics_portfolio_run r
               SET revenue = s.revenue, customer_count = s.customers,
                   unknown_count = (SELECT COALESCE(sum(unknown), 0) FROM pf_trade),
                   top_share = s.top / s.revenue * 100, hhi = s.hhi,
                   largest_share = s.largest / s.revenue * 100,
                   largest_customer_id = (SELECT id FROM pf_customer WHERE rank = 1)
              FROM (SELECT count(*) AS customers, max(t.total) AS revenue,
                           sum(pf.revenue) FILTER (WHERE pf.rank <= %(top)s) AS top,
                           max(pf.revenue) AS largest,
                           sum((100 * pf.revenue / t.total) ^ 2) AS hhi
                      FROM pf_customer pf
                      CROSS JOIN (SELECT sum(revenue) AS total FROM pf_customer) t) s
             WHERE r.id = %(run)s
            """,
            top=TOP,
            run=self.id,
        )

    def _member_table_sql(self):
        """Revenue by dimension, value and customer, folded to one row per value."""
        by_customer = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s::varchar AS dimension, %s::varchar AS key, id, revenue, margin"
                " FROM pf_customer",
                dimension,
                SQL.identifier(dimension),
            )
            for dimension in ("region", "industry", "size", "class", "contract")
        )
        return SQL(
            """
            CREATE TEMPORARY TABLE pf_member ON COMMIT DROP AS
            SELECT dimension, key, sum(revenue) AS revenue, sum(margin) AS margin,
                   count(DISTINCT id) AS customers, max(revenue) AS largest,
                   (array_agg(id ORDER BY revenue DESC, id))[1] AS largest_id
              FROM (%(by_customer)s
                    UNION ALL
                    SELECT 'service', COALESCE('service,' || t.service_id, 'none'), pf.id,
                           t.revenue, t.margin
                      FROM pf_trade t
                      JOIN pf_customer pf ON pf.partner_id = t.partner_id
                     WHERE t.revenue IS NOT NULL) rows
             GROUP BY dimension, key
            """,
            by_customer=by_customer,
        )

    def _new_members_sql(self):
        return SQL(
            """
            INSERT INTO logistics_portfolio_member (dimension, key)
            SELECT dimension, key FROM pf_member
            ON CONFLICT (dimension, key) DO NOTHING
            """
        )

    def _lines_insert_sql(self, target):
        """Lines with shares; groups with a target but no revenue get a line of their own.

        The target of Other is spread over what has none of its own in proportion to the
        revenue, so that the sum of the targets of a dimension is 100 as that of the shares is.
        """
        return SQL(
            """
            WITH aim AS (
                SELECT l.dimension, l.member_id, l.share,
                       100 - sum(l.share) OVER (PARTITION BY l.dimension) AS rest
                  FROM logistics_portfolio_target_line l
                 WHERE l.target_id = %(target)s
            ), rest AS (
                SELECT dimension, GREATEST(0, max(rest)) AS rest FROM aim GROUP BY dimension
            ), mine AS (
                SELECT m.id AS member_id, pf.*
                  FROM pf_member pf
                  JOIN logistics_portfolio_member m
                    ON m.dimension = pf.dimension AND m.key = pf.key
            ), other AS (
                SELECT mine.dimension, sum(mine.revenue) AS revenue
                  FROM mine
                 WHERE NOT EXISTS (SELECT FROM aim WHERE aim.member_id = mine.member_id)
                 GROUP BY mine.dimension
            ), missing AS (
                SELECT aim.dimension, aim.member_id
                  FROM aim
                 WHERE NOT EXISTS (SELECT FROM mine WHERE mine.member_id = aim.member_id)
                 UNION ALL
                SELECT rest.dimension, m.id
                  FROM rest
                  JOIN logistics_portfolio_member m
                    ON m.dimension = rest.dimension AND m.key = 'other'
                 WHERE rest.rest > 0
                   AND NOT EXISTS (SELECT FROM other WHERE other.dimension = rest.dimension
                                                       AND other.revenue > 0)
            ), whole AS (
                SELECT mine.*, NULL::boolean AS is_missing FROM mine
                 UNION ALL
                SELECT missing.member_id, missing.dimension, NULL, 0, NULL, 0, 0, NULL, TRUE
                  FROM missing
            )
            INSERT INTO logistics_portfolio_line
                   (run_id, company_id, currency_id, as_of, year, dimension, member_id, bucket_id,
                    revenue, margin, customer_count, share, target, gap, largest_share,
                    largest_customer_id)
            SELECT %(run)s, %(company)s, %(currency)s, %(as_of)s, %(year)s, w.dimension,
                   w.member_id,
                   CASE WHEN aim.member_id IS NOT NULL OR rest.dimension IS NULL
                        THEN w.member_id ELSE o.id END,
                   w.revenue, w.margin, w.customers,
                   s.share, t.target, s.share - t.target,
                   100 * w.largest / NULLIF(w.revenue, 0), w.largest_id
              FROM whole w
              JOIN logistics_portfolio_member o ON o.dimension = w.dimension AND o.key = 'other'
              LEFT JOIN aim ON aim.member_id = w.member_id
              LEFT JOIN rest ON rest.dimension = w.dimension
              LEFT JOIN other ON other.dimension = w.dimension
              CROSS JOIN (SELECT sum(revenue) AS revenue FROM pf_customer) total
              CROSS JOIN LATERAL (
                  SELECT COALESCE(100 * w.revenue / NULLIF(total.revenue, 0), 0) AS share) s
              CROSS JOIN LATERAL (
                  SELECT CASE WHEN aim.member_id IS NOT NULL THEN aim.share
                              WHEN rest.dimension IS NULL THEN NULL
                              WHEN other.revenue > 0 THEN rest.rest * w.revenue / other.revenue
                              ELSE rest.rest END AS target) t
            """,
            target=target.id or 0,
            run=self.id,
            company=self.company_id.id,
            currency=self.company_id.currency_id.id,
            as_of=self.as_of,
            year=str(self.as_of.year),
        )
