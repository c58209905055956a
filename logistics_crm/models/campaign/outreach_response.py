# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.tools import SQL


class LogisticsOutreach(models.Model):
    """What came of a campaign, against those who were held out."""

    _inherit = "logistics.outreach"

    def _measure(self, as_of=None):
        """Count orders and revenue after the contact, set-based: two statements per campaign.

        Looks at the customers chosen for contact and those held out, each from the day after its
        contact date for the response days. Rates and the extra revenue count only customers
        whose days are over by ``as_of``.

        :param as_of: date; today when omitted. Nothing dated later is looked at.
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        self.env.flush_all()
        for outreach in self.filtered(lambda row: row.state != "draft"):
            self.env.cr.execute(outreach._responses_sql(as_of))
            [row] = self.env.execute_query_dict(outreach._result_sql(as_of))
            self.env["logistics.outreach.line"].invalidate_model()
            rate = row["contact_rate"]
            extra = row["extra"]
            outreach.write(
                {
                    "measured_on": as_of,
                    "response_rate": False if rate is None else rate,
                    "holdout_rate": False if row["holdout_rate"] is None else row["holdout_rate"],
                    "extra_revenue": False if extra is None else extra,
                    "won_count": row["won"],
                    "called_count": row["called"],
                }
            )

    def _responses_sql(self, as_of):
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=self.company_id, date_from=self.start_date, date_to=as_of
        )
        return SQL(
            """
            WITH line AS (
                SELECT l.id, l.activity_id, l.lead_id, l.contact_date AS after,
                       l.contact_date + %(days)s AS until, c.partner_id
                  FROM logistics_outreach_line l
                  JOIN logistics_customer c ON c.id = l.customer_id
                 WHERE l.outreach_id = %(id)s AND l.part <> 'excluded'
                   AND l.contact_date < %(as_of)s
            ),
            trade AS (
                SELECT l.id, sum(f.amount) AS revenue, count(*) AS lines,
                       bool_or(COALESCE(f.amount, f.quantity, 0) > 0) AS traded
                  FROM line l
                  JOIN %(facts)s AS f ON f.partner_id = l.partner_id
                                     AND f.date > l.after AND f.date <= l.until
                 GROUP BY l.id
            ),
            ordered AS (
                SELECT l.id, count(*) AS orders
                  FROM line l
                  JOIN res_partner p ON p.commercial_partner_id = l.partner_id
                  JOIN sale_order o ON o.partner_id = p.id AND o.company_id = %(company)s
                                   AND o.state = 'sale' AND o.date_order::date > l.after
                                   AND o.date_order::date <= LEAST(l.until, %(as_of)s::date)
                 GROUP BY l.id
            )
            UPDATE logistics_outreach_line w
               SET order_count = COALESCE(o.orders, 0),
                   revenue = CASE WHEN t.lines IS NULL THEN 0 ELSE t.revenue END,
                   responded = COALESCE(o.orders, 0) > 0 OR COALESCE(t.traded, FALSE),
                   called = COALESCE(NOT a.active, FALSE),
                   won = COALESCE(d.won_status = 'won', FALSE)
              FROM line l
              LEFT JOIN trade t ON t.id = l.id
              LEFT JOIN ordered o ON o.id = l.id
              LEFT JOIN mail_activity a ON a.id = l.activity_id
              LEFT JOIN crm_lead d ON d.id = l.lead_id
             WHERE w.id = l.id
            """,
            id=self.id,
            company=self.company_id.id,
            days=self.response_days,
            facts=facts,
            as_of=as_of,
        )

    def _result_sql(self, as_of):
        over = SQL("l.contact_date + %s <= %s", self.response_days, as_of)
        return SQL(
            """
            SELECT avg(l.responded::integer) FILTER (WHERE l.part = 'contact' AND %(over)s)
                       ::float8 AS contact_rate,
                   avg(l.responded::integer) FILTER (WHERE l.part = 'holdout' AND %(over)s)
                       ::float8 AS holdout_rate,
                   ((avg(l.revenue) FILTER (WHERE l.part = 'contact' AND %(over)s)
                     - avg(l.revenue) FILTER (WHERE l.part = 'holdout' AND %(over)s))
                    * count(*) FILTER (WHERE l.part = 'contact' AND %(over)s))::float8 AS extra,
                   count(*) FILTER (WHERE l.won)::integer AS won,
                   count(*) FILTER (WHERE l.called)::integer AS called
              FROM logistics_outreach_line l
             WHERE l.outreach_id = %(id)s AND l.part <> 'excluded'
            """,
            id=self.id,
            over=over,
        )
