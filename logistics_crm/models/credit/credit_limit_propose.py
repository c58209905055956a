# Part of logistics_crm. License LGPL-3 or later.
from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL


class LogisticsCustomer(models.Model):
    """Limits proposed by the formula of each grade."""

    _inherit = "logistics.customer"

    @api.model
    def _propose_limits(self, company=None):
        """Propose a base limit for every customer whose grade has a formula: one statement.

        Months of the grade times the average monthly revenue of the last twelve months, rounded
        to two leading digits, never above the grade's highest limit. Left out: customers without
        revenue, grades that are stopped or have no formula, customers for whom a proposal is
        open, and those whose limit in force is what the formula says.

        :param company: limit to this ``res.company``
        :return: the proposals, for controllers to approve or refuse
        """
        companies = company or self.env["res.company"].search([("active", "in", (True, False))])
        self.env["logistics.credit.policy"]._for_companies(companies)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO logistics_credit_limit
                       (customer_id, company_id, kind, limit_type, amount, date_from, state,
                        origin, counted_percent, extension_days, notification_days,
                        requested_by, basis, create_uid, create_date, write_uid, write_date)
                SELECT f.customer_id, f.company_id, 'base', 'amount', f.amount, %(today)s,
                       'proposed', 'formula', 100, 0, 0, %(bot)s,
                       f.grade || ': ' || f.limit_months || ' x '
                           || round(f.monthly::numeric, 2) || CASE WHEN f.capped
                           THEN ' <= ' || f.limit_cap ELSE '' END,
                       %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM (
                    SELECT c.id AS customer_id, c.company_id, g.grade, g.limit_months,
                           g.limit_cap, r.monthly, r.rounded > g.limit_cap AS capped,
                           LEAST(r.rounded, g.limit_cap) AS amount
                      FROM logistics_customer c
                      JOIN logistics_credit_policy p ON p.company_id = c.company_id AND p.active
                      JOIN logistics_credit_grade_policy g
                        ON g.policy_id = p.id AND g.grade = COALESCE(c.credit_grade_code, 'N')
                     CROSS JOIN LATERAL (
                           SELECT (c.revenue_12m / 12)::numeric AS monthly,
                                  (c.revenue_12m / 12 * g.limit_months)::numeric AS exact) e
                     CROSS JOIN LATERAL (
                           SELECT e.monthly, round(e.exact,
                                  1 - floor(log(GREATEST(e.exact, 1)))::int) AS rounded) r
                     WHERE c.active AND c.revenue_12m > 0 AND g.limit_months > 0
                       AND NOT COALESCE(g.stop, FALSE) AND c.company_id IN %(companies)s
                       ) f
                 WHERE f.amount > 0
                   AND NOT EXISTS (
                       SELECT 1 FROM logistics_credit_limit l
                        WHERE l.customer_id = f.customer_id AND l.kind = 'base'
                          AND (l.state = 'proposed'
                               OR l.state = 'in_force' AND l.date_from <= %(today)s
                              AND (l.date_to IS NULL OR l.date_to >= %(today)s)
                              AND (l.limit_type = 'unlimited' OR l.amount = f.amount)))
                 RETURNING id
                """,
                today=fields.Date.context_today(self),
                bot=SUPERUSER_ID,
                uid=self.env.uid,
                companies=tuple(companies.ids) or (0,),
            )
        )
        return self.env["logistics.credit.limit"].browse(row[0] for row in rows)
