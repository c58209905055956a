# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

# Fewer days than four weeks say nothing.
MIN_DAYS = 28
# Customers are compared inside fifths of the revenue before.
BANDS = 5


class LogisticsRetentionMeasure(models.Model):
    """How a measure is measured: difference in differences inside bands of size."""

    _inherit = "logistics.retention.measure"

    def _measure(self, as_of=None):
        """Compare the customers of this measure with comparable ones, in one statement.

        Comparable: customers of the same company that traded in the days before the start, did
        not get the measure, and lie in the same fifth of the revenue before. Each fifth weighs
        as much as it has customers with the measure.

        :param as_of: date; today when omitted. Nothing dated later is looked at.
        """
        self.ensure_one()
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        end = self.start_date + relativedelta(months=int(self.window_months))
        window = (end - self.start_date).days
        days = min(window, (as_of - self.start_date).days + 1)
        values = {
            "measured_on": as_of,
            "days": max(0, days),
            "state": "early" if days < MIN_DAYS else "interim" if days < window else "final",
        }
        empty = dict.fromkeys(
            (
                "revenue_before",
                "revenue_after",
                "control_change",
                "revenue_effect",
                "revenue_effect_share",
                "margin_effect",
                "order_effect",
            ),
            False,
        ) | {"treated_count": 0, "control_count": 0}
        if values["state"] == "early":
            self.write(values | empty)
            return
        [row] = self.env.execute_query_dict(self._measure_sql(days))
        self.write(values | empty | {k: v for k, v in row.items() if v is not None})

    def _measure_sql(self, days):
        start = self.start_date
        first, last = start - relativedelta(days=days), start + relativedelta(days=days - 1)
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=self.company_id, date_from=first, date_to=last
        )
        # Inside bands: the controls' mean, taken for every treated customer of the band.
        return SQL(
            """
            WITH trade AS (
                SELECT f.partner_id,
                       COALESCE(sum(f.amount) FILTER (WHERE %(before)s), 0) AS r0,
                       COALESCE(sum(f.amount) FILTER (WHERE NOT %(before)s), 0) AS r1,
                       CASE WHEN count(*) FILTER (WHERE %(before)s) = 0 THEN 0
                            ELSE sum(f.amount - f.cost) FILTER (WHERE %(before)s) END AS m0,
                       CASE WHEN count(*) FILTER (WHERE NOT %(before)s) = 0 THEN 0
                            ELSE sum(f.amount - f.cost) FILTER (WHERE NOT %(before)s) END AS m1,
                       count(DISTINCT f.date) FILTER (WHERE %(before)s) AS o0,
                       count(DISTINCT f.date) FILTER (WHERE NOT %(before)s) AS o1
                  FROM %(facts)s AS f
                 GROUP BY f.partner_id
            ),
            placed AS (
                SELECT t.*, c.id IN %(treated)s AS treated,
                       ntile(%(bands)s) OVER (ORDER BY t.r0, c.id) AS band
                  FROM trade t
                  JOIN logistics_customer c ON c.partner_id = t.partner_id
                                           AND c.company_id = %(company)s
                 WHERE t.o0 > 0
            ),
            control AS (
                SELECT band, count(*) AS controls, avg(r1 - r0) AS r, avg(m1 - m0) AS m,
                       avg(o1 - o0) AS o
                  FROM placed WHERE NOT treated GROUP BY band
            )
            SELECT count(*)::integer AS treated_count,
                   (SELECT COALESCE(sum(controls), 0)::integer FROM control k
                     WHERE k.band IN (SELECT band FROM placed WHERE treated)) AS control_count,
                   avg(p.r0)::float8 AS revenue_before, avg(p.r1)::float8 AS revenue_after,
                   avg(k.r)::float8 AS control_change,
                   avg(p.r1 - p.r0 - k.r)::float8 AS revenue_effect,
                   (avg(p.r1 - p.r0 - k.r) / NULLIF(avg(p.r0), 0))::float8 AS revenue_effect_share,
                   avg(p.m1 - p.m0 - k.m)::float8 AS margin_effect,
                   avg(p.o1 - p.o0 - k.o)::float8 AS order_effect
              FROM placed p
              JOIN control k ON k.band = p.band
             WHERE p.treated
            """,
            before=SQL("f.date < %s", start),
            facts=facts,
            treated=tuple(self.customer_ids.ids) or (0,),
            bands=BANDS,
            company=self.company_id.id,
        )
