# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

# Fewer pauses than this are no rhythm; from more than MANY on its own regularity counts.
FEW, MANY = 3, 8
# Whose share of the trade is larger does not set the clock.
DOMINANT = 0.2
# Fewer trading customers a day make no clock: the calendar takes its place.
CLOCK_MINIMUM = 1.0
YEARS_READ = 3
RECENT_DAYS, BASE_DAYS = 56, 364
EXPECTED_ORDERS = 4


class LogisticsChurnAlarm(models.Model):
    """What the alarms see: one statement over the trading facts of three years."""

    _inherit = "logistics.churn.alarm"

    @api.model
    def _detect(self, as_of, company):
        """Find the customers of a company that give cause for alarm on a day.

        Pure SQL, one pass, nothing later than the day is looked at, nothing is written. Left out
        are archived accounts, accounts on a credit hold of ours, and those lost already.

        :param as_of: date
        :param company: ``res.company``
        :return: list of dicts: ``customer_id``, ``rule`` ('gap', 'drop', 'rise'),
            ``service_id`` (drop and rise), ``chance`` (how likely a healthy customer does this
            on one occasion), ``silence``, ``usual``, ``pauses``, ``recent``, ``base`` (per 56
            days), ``measure`` ('amount', 'quantity', 'orders'), ``last_trade_date``, ``level``
            (the threshold of its rule at which it would just sound: a budget of false alarms a
            year for silence, standard deviations for volume)
        """
        query = SQL(
            "WITH %s, %s, %s (%s) UNION ALL (%s)",
            self._days_sql(as_of, company),
            self._gaps_sql(),
            self._volume_sql(as_of),
            self._gap_alarms_sql(as_of, company),
            self._volume_alarms_sql(as_of, company),
        )
        # Nothing is known of the size of what is computed on the way: nested loops would be
        # chosen for a few rows that are many.
        self.env.cr.execute("SET LOCAL jit = off; SET LOCAL enable_nestloop = off")
        found = self.env.execute_query_dict(query)
        self.env.cr.execute("SET LOCAL enable_nestloop = on")
        return found

    @api.model
    def _days_sql(self, as_of, company):
        """Trade of three years per customer, service and day, per customer and day, and the
        operational clock: parts of one statement that reads the facts once.

        The clock runs as fast as the company trades: a day counts the trading customers of the
        day by the average of all days. Customers with more than a fifth of the trade do not set
        it; a company with less than one customer a day keeps the calendar.
        """
        since = as_of - timedelta(days=365 * YEARS_READ)
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=company, date_from=since, date_to=as_of
        )
        return SQL(
            """
            item AS MATERIALIZED (
                SELECT f.partner_id, f.date, f.service_id, count(*) AS lines,
                       bool_or(COALESCE(f.amount, f.quantity, 0) >= 0) AS traded,
                       CASE WHEN count(*) = count(f.amount) THEN sum(f.amount)::float8 END
                           AS amount,
                       CASE WHEN count(*) = count(f.quantity) THEN sum(f.quantity) END AS quantity
                  FROM %(facts)s AS f
                 GROUP BY f.partner_id, f.date, f.service_id
            ),
            day AS MATERIALIZED (
                SELECT partner_id, date, sum(lines) AS lines
                  FROM item
                 GROUP BY partner_id, date
                HAVING bool_or(traded)
            ),
            share AS (
                SELECT partner_id,
                       count(*) / NULLIF(sum(count(*)) OVER (), 0) AS of_days,
                       sum(lines) / NULLIF(sum(sum(lines)) OVER (), 0) AS of_lines
                  FROM day GROUP BY partner_id
            ),
            busy AS (
                SELECT d.date, count(*) AS orders
                  FROM day d JOIN share s ON s.partner_id = d.partner_id
                 WHERE GREATEST(s.of_days, s.of_lines) <= %(dominant)s
                 GROUP BY d.date
            ),
            span AS (
                SELECT c.date::date AS date, COALESCE(b.orders, 0) AS orders,
                       avg(COALESCE(b.orders, 0)) OVER () AS average
                  FROM generate_series((SELECT min(date) FROM day), %(as_of)s::date,
                                       interval '1 day') AS c(date)
                  LEFT JOIN busy b ON b.date = c.date::date
            ),
            clock AS MATERIALIZED (
                SELECT date, sum(CASE WHEN average >= %(minimum)s THEN orders / average ELSE 1 END)
                           OVER (ORDER BY date)::float8 AS at
                  FROM span
            )
            """,
            facts=facts,
            dominant=DOMINANT,
            minimum=CLOCK_MINIMUM,
            as_of=as_of,
        )

    @api.model
    def _watched_sql(self, as_of, company):
        """Accounts that may be alarmed about: ours to lose, not blocked by us, not archived."""
        return SQL(
            """
            SELECT c.id, c.partner_id
              FROM logistics_customer c
             WHERE c.company_id = %(company)s AND c.active
               AND NOT EXISTS (
                   SELECT FROM logistics_credit_hold h
                    WHERE h.customer_id = c.id AND h.date_from <= %(as_of)s
                      AND (h.date_until IS NULL OR h.date_until >= %(as_of)s)
                      AND (h.state = 'in_force' OR h.lifted_on::date > %(as_of)s))
            """,
            company=company.id,
            as_of=as_of,
        )

    @api.model
    def _gaps_sql(self):
        """The surprise of the present silence on the operational clock.

        With 3 to 8 pauses P = ((a + E) / (a + E + g))^(r + x), x pauses in E clock days, g the
        present silence, r and a the moments of the rates of all customers (Gamma-Poisson). With
        more, the tail of a gamma distribution of the own pauses (shape 1 / CV², drawn towards
        irregular by 3 pauses' worth) by Wilson and Hilferty.
        """
        return SQL(
            """
            gaps AS (
                SELECT d.partner_id, d.date, k.at,
                       k.at - lag(k.at) OVER by_day AS gap,
                       d.date - lag(d.date) OVER by_day AS pause
                  FROM day d JOIN clock k ON k.date = d.date
                WINDOW by_day AS (PARTITION BY d.partner_id ORDER BY d.date)
            ),
            own AS (
                SELECT partner_id, count(gap)::float8 AS x, GREATEST(sum(gap), 0.5) AS exposure,
                       GREATEST(avg(gap), 0.05) AS mean, COALESCE(var_samp(gap), 0) AS spread,
                       percentile_cont(0.95) WITHIN GROUP (ORDER BY gap) AS p95,
                       avg(pause)::float8 AS usual, max(date) AS last_trade_date,
                       GREATEST((SELECT max(at) FROM clock) - max(at), 0) AS silence
                  FROM gaps GROUP BY partner_id
                HAVING count(gap) >= %(few)s
            ),
            moments AS (
                SELECT avg(x / exposure) AS rate,
                       GREATEST(var_samp(x / exposure) - avg(x / exposure ^ 2), 0) AS spread,
                       count(*) AS customers
                  FROM own
            ),
            prior AS (
                SELECT CASE WHEN customers >= 10 AND spread > 0
                            THEN LEAST(GREATEST(rate ^ 2 / spread, 0.2), 5) ELSE 1 END AS r, rate
                  FROM moments
            ),
            shaped AS (
                SELECT o.*, p.r, p.r / p.rate AS a,
                       LEAST(GREATEST((o.x + 3) / (o.x * o.spread / o.mean ^ 2 + 3), 0.4), 12)
                           AS shape
                  FROM own o CROSS JOIN prior p
            ),
            normal AS (
                SELECT s.*, 3 * sqrt(shape)
                            * ((silence / mean) ^ (1.0 / 3) - 1 + 1 / (9 * shape)) AS z
                  FROM shaped s
            ),
            tail AS (
                SELECT n.*,
                       CASE WHEN x > %(many)s
                            THEN 1 / (1 + exp(LEAST(1.5976 * z + 0.07056 * z ^ 3, 600)))
                            ELSE ((a + exposure) / (a + exposure + silence)) ^ (r + x)
                       END AS chance
                  FROM normal n
            )
            """,
            few=FEW,
            many=MANY,
        )

    @api.model
    def _gap_alarms_sql(self, as_of, company):
        """The alarm sounds when P is smaller than the company's budget of false alarms a year
        divided by the customer's pauses a year, so that a daily shipper is not alarmed about more
        often than a monthly one.
        """
        return SQL(
            """
            SELECT c.id AS customer_id, 'gap' AS rule, NULL::int AS service_id, t.chance,
                   %(as_of)s::date - t.last_trade_date AS silence, t.usual, t.x::int AS pauses,
                   NULL::float8 AS recent, NULL::float8 AS base, NULL AS measure,
                   t.last_trade_date, t.chance * 365 / t.mean AS level
              FROM tail t
              JOIN (%(watched)s) c ON c.partner_id = t.partner_id
             WHERE t.chance < LEAST(0.05, %(budget)s * t.mean / 365)
               AND t.silence > t.p95
               AND %(as_of)s::date - t.last_trade_date <= 365
            """,
            budget=company.logistics_alarm_budget,
            watched=self._watched_sql(as_of, company),
            as_of=as_of,
        )

    @api.model
    def _volume_sql(self, as_of):
        """The volume of eight weeks against the year before, per service.

        In amounts where all are known, else in quantities, else in orders; per clock day. The
        deviation is measured against the spread of the orders themselves (the sum of their
        squares), and at least four orders must have been expected.
        """
        start = as_of - timedelta(days=RECENT_DAYS + BASE_DAYS)
        last_year = as_of - timedelta(days=364)
        return SQL(
            """
            chosen AS (
                SELECT i.*, bool_and(amount IS NOT NULL) OVER whole AS by_amount,
                       bool_and(quantity IS NOT NULL) OVER whole AS by_quantity
                  FROM item i
                 WHERE i.date >= %(since)s
                WINDOW whole AS (PARTITION BY i.partner_id, i.service_id)
            ),
            sized AS (
                SELECT *, CASE WHEN by_amount THEN amount WHEN by_quantity THEN quantity ELSE 1 END
                              AS size
                  FROM chosen
            ),
            summed AS (
                SELECT partner_id, service_id, min(date) AS first_date,
                       bool_and(by_amount) AS by_amount, bool_and(by_quantity) AS by_quantity,
                       COALESCE(sum(size) FILTER (WHERE %(recent)s), 0) AS s1,
                       COALESCE(sum(size ^ 2) FILTER (WHERE %(recent)s), 0) AS q1,
                       count(*) FILTER (WHERE %(recent)s) AS n1,
                       sum(size) FILTER (WHERE %(base)s) AS s2,
                       sum(size ^ 2) FILTER (WHERE %(base)s) AS q2,
                       count(*) FILTER (WHERE %(base)s) AS n2,
                       sum(size) FILTER (WHERE date <= %(last_year)s) AS s3
                  FROM sized GROUP BY partner_id, service_id
            ),
            period AS (
                SELECT GREATEST(%(now)s - %(at_recent)s, 1) AS t1,
                       GREATEST(%(at_recent)s - %(at_start)s, 1) AS t2
            ),
            tested AS (
                SELECT s.*, p.t1, p.t2, s1 / t1 AS rate1, s2 / t2 AS rate2,
                       (s1 / t1 - s2 / t2) / NULLIF(sqrt(GREATEST(
                           CASE WHEN s1 / t1 > s2 / t2 THEN 0.25 ELSE 1 END * q1,
                           q2 * t1 / t2 * 0.25) / t1 ^ 2
                                                         + q2 / t2 ^ 2), 0) AS z
                  FROM summed s CROSS JOIN period p
                 WHERE s2 > 0 AND n2 * t1 / t2 >= %(expected)s
            )
            """,
            recent=SQL("date > %s", as_of - timedelta(days=RECENT_DAYS)),
            base=SQL("date <= %s AND date > %s", as_of - timedelta(days=RECENT_DAYS), start),
            since=last_year - timedelta(days=RECENT_DAYS),
            last_year=last_year,
            now=SQL("(SELECT max(at) FROM clock)"),
            at_recent=self._clock_at_sql(as_of - timedelta(days=RECENT_DAYS)),
            at_start=self._clock_at_sql(start),
            expected=EXPECTED_ORDERS,
        )

    @api.model
    def _volume_alarms_sql(self, as_of, company):
        """Both ways; a customer with two years of history is compared with the same weeks of
        last year as well.
        """
        return SQL(
            """
            SELECT c.id AS customer_id, CASE WHEN z < 0 THEN 'drop' ELSE 'rise' END AS rule,
                   t.service_id, 1 / (1 + exp(LEAST(1.5976 * abs(z) + 0.07056 * abs(z) ^ 3, 600)))
                       AS chance,
                   %(as_of)s::date - l.last_trade_date AS silence, NULL::float8 AS usual,
                   t.n2::int AS pauses, t.s1 AS recent, t.s2 * t.t1 / t.t2 AS base,
                   CASE WHEN by_amount THEN 'amount' WHEN by_quantity THEN 'quantity'
                        ELSE 'orders' END AS measure,
                   l.last_trade_date, abs(t.z) AS level
              FROM tested t
              JOIN (%(watched)s) c ON c.partner_id = t.partner_id
              JOIN (SELECT partner_id, max(date) AS last_trade_date FROM day
                     GROUP BY partner_id) l ON l.partner_id = t.partner_id
             WHERE (z < -%(drop)s AND rate1 < 0.6 * rate2
                    AND NOT COALESCE(t.first_date <= %(last_year)s AND t.s1 >= 0.7 * t.s3, FALSE))
                OR (z > %(rise)s AND rate1 > 1.6 * rate2
                    AND NOT COALESCE(t.first_date <= %(last_year)s AND t.s1 <= 1.3 * t.s3, FALSE))
            """,
            last_year=as_of - timedelta(days=364),
            drop=company.logistics_alarm_drop,
            rise=company.logistics_alarm_rise,
            watched=self._watched_sql(as_of, company),
            as_of=as_of,
        )

    @api.model
    def _clock_at_sql(self, day):
        return SQL("COALESCE((SELECT max(at) FROM clock WHERE date <= %s), 0)", day)
