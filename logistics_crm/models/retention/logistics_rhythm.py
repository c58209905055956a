# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat

# Customers whose pauses are read. A company with more is sampled, always the same customers.
SAMPLE = 3000
# A company's own pauses count from this many customers with three pauses or more.
ENOUGH_CUSTOMERS = 30
SHORTEST_LOST, LONGEST_LOST = 90, 1095


class LogisticsRhythm(models.Model):
    """How the customers of a company pause between two trade days, as of a day.

    The lifecycle measures a customer against its own pauses and, as far as it has few of them,
    against these. Read from what was known on the day: a later order changes no earlier row.
    """

    _name = "logistics.rhythm"
    _description = "Company Trading Rhythm"
    _inherit = ["logistics.readonly.mixin"]
    _order = "as_of desc, id desc"
    _rec_name = "as_of"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    as_of = fields.Date(required=True, readonly=True)
    customers = fields.Integer(
        string="Customers Read",
        readonly=True,
        help="Customers with three pauses or more whose pauses were read.",
    )
    usual_pause_days = KnownFloat(
        string="Usual Longest Pause (days)",
        readonly=True,
        help="Half of the customers never paused longer and came back. Empty: fewer than 30 "
        "customers with three pauses.",
    )
    lost_days = KnownFloat(
        string="Lost After (days)",
        readonly=True,
        help="95 % of the customers never paused longer and came back; between 90 and 1,095 "
        "days. Empty: fewer than 30 customers with three pauses; then the setting Lost Customer "
        "Days counts.",
    )
    second_order_days = KnownFloat(
        string="Second Order Within (days)",
        readonly=True,
        help="Three of four customers who came back for a second time did so within this many "
        "days of the first. Empty: fewer than 30 came back.",
    )

    _company_day_uniq = models.UniqueIndex(
        "(company_id, as_of)", "The rhythm of a company is computed once for a day."
    )

    @api.model
    def _ensure(self, as_of, companies, renew=False):
        """Compute the rhythm of companies as of a day, unless it is there.

        :param as_of: date; nothing later is looked at
        :param companies: limit to these ``res.company``; all with accounts when empty or None
        :param renew: compute it anew, because facts may have been added for that day
        """
        if not companies:
            groups = self.env["logistics.customer"].with_context(active_test=False)
            companies = self.env["res.company"].union(
                *(company for (company,) in groups._read_group([], ["company_id"]))
            )
        if not renew:
            there = self.search([("as_of", "=", as_of), ("company_id", "in", companies.ids)])
            companies -= there.company_id
        for company in companies:
            self._compute_one(as_of, company)

    @api.model
    def _compute_one(self, as_of, company):
        sample = [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    "SELECT partner_id FROM logistics_customer WHERE company_id = %s"
                    " ORDER BY md5(partner_id::text) LIMIT %s",
                    company.id,
                    SAMPLE,
                )
            )
        ]
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=company, date_to=as_of, partner_ids=sample
        )
        self.env.cr.execute(
            SQL(
                """
                WITH day AS (
                    SELECT f.partner_id, f.date,
                           row_number() OVER (PARTITION BY f.partner_id ORDER BY f.date) AS place,
                           f.date - lag(f.date) OVER (PARTITION BY f.partner_id ORDER BY f.date)
                               AS pause
                      FROM %(facts)s AS f
                     GROUP BY f.partner_id, f.date
                    HAVING bool_or(COALESCE(f.amount, f.quantity, 0) >= 0)
                ),
                own AS (
                    SELECT partner_id, count(pause) AS pauses, max(pause) AS longest,
                           max(pause) FILTER (WHERE place = 2) AS first_pause
                      FROM day GROUP BY partner_id
                )
                INSERT INTO logistics_rhythm (company_id, as_of, customers, usual_pause_days,
                    lost_days, second_order_days, create_uid, write_uid, create_date, write_date)
                SELECT %(company)s, %(as_of)s, n.customers,
                       CASE WHEN n.customers >= %(enough)s THEN n.usual END,
                       CASE WHEN n.customers >= %(enough)s
                            THEN LEAST(%(most)s, GREATEST(%(least)s, n.lost)) END,
                       CASE WHEN n.returned >= %(enough)s THEN n.second END,
                       1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM (SELECT count(*) FILTER (WHERE pauses >= 3) AS customers,
                               count(*) FILTER (WHERE pauses >= 1) AS returned,
                               percentile_cont(0.5) WITHIN GROUP (ORDER BY longest)
                                   FILTER (WHERE pauses >= 3) AS usual,
                               percentile_cont(0.95) WITHIN GROUP (ORDER BY longest)
                                   FILTER (WHERE pauses >= 3) AS lost,
                               percentile_cont(0.75) WITHIN GROUP (ORDER BY first_pause) AS second
                          FROM own) n
                ON CONFLICT (company_id, as_of) DO UPDATE
                   SET customers = excluded.customers,
                       usual_pause_days = excluded.usual_pause_days,
                       lost_days = excluded.lost_days,
                       second_order_days = excluded.second_order_days,
                       write_date = excluded.write_date
                """,
                facts=facts,
                company=company.id,
                as_of=as_of,
                enough=ENOUGH_CUSTOMERS,
                least=SHORTEST_LOST,
                most=LONGEST_LOST,
            )
        )
        self.invalidate_model()
