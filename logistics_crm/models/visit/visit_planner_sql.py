# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL


def _table(name, query):
    """Statements that make a temporary table of this transaction from a query."""
    identifier = SQL.identifier(name)
    return [
        SQL("DROP TABLE IF EXISTS %s", identifier),
        SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", identifier, query),
        SQL("ANALYZE %s", identifier),
    ]


_AREA = SQL("COALESCE(NULLIF(lower(p.city), ''), left(NULLIF(p.zip, ''), 3), p.state_id::text, '')")


class LogisticsVisit(models.Model):
    """The planner's statements: what is required, what stays, which days are free."""

    _inherit = "logistics.visit"

    @api.model
    def _plan_required_sql(self, company, today, end):
        """``lv_req``: one row per customer and kind with everything the planner asks of it."""
        requirements = self.env["logistics.visit.requirement"]._requirements_sql(company, today)
        return _table(
            "lv_req",
            SQL(
                """
                SELECT r.customer_id, r.kind, r.plan_id, r.user_id, r.channel, r.duration,
                       r.interval_days, r.dated, r.next_from, r.next_before, r.weight,
                       CASE WHEN NOT r.dated OR s.before_date = r.next_before
                            THEN s.last_done END AS last_done,
                       %(medium)s AS medium, %(area)s AS area, p.zip, c.visit_weekday::int AS wday,
                       c.visit_hour,
                       concat_ws('|', r.user_id, r.channel,
                                 CASE WHEN r.dated THEN r.next_before::text
                                      ELSE r.interval_days::text END) AS plan_key
                  FROM %(requirements)s AS r
                  JOIN logistics_customer c ON c.id = r.customer_id
                  JOIN res_partner p ON p.id = c.partner_id
                  LEFT JOIN logistics_visit_status s
                         ON s.customer_id = r.customer_id AND s.kind = r.kind
                 WHERE NOT r.dated OR (r.next_before IS NOT NULL AND r.next_from <= %(end)s)
                """,
                requirements=requirements,
                medium=SQL(
                    "CASE WHEN r.channel IN ('onsite', 'event') THEN 'visit' ELSE 'call' END"
                ),
                area=_AREA,
                end=end,
            ),
        )

    @api.model
    def _plan_calendar_sql(self, company, today, end):
        """``lv_day``: the working days of everybody who goes, with the slots of a day.

        Days follow the company's working hours. Company holidays, the time off of a person's
        resource and a person's own all-day events shown as busy take days away.
        """
        return _table(
            "lv_day",
            SQL(
                """
                WITH going AS (
                    SELECT DISTINCT q.user_id,
                           COALESCE(NULLIF(up.tz, ''), %(zone)s) AS tz, up.id AS partner_id
                      FROM lv_req q
                      JOIN res_users u ON u.id = q.user_id
                      JOIN res_partner up ON up.id = u.partner_id
                ),
                calendar_day AS (
                    SELECT d::date AS day FROM generate_series(%(first)s::date, %(end)s, '1 day') d
                     WHERE %(calendar)s IS NULL OR EXISTS (
                               SELECT 1 FROM resource_calendar_attendance a
                                WHERE a.calendar_id = %(calendar)s
                                  AND a.display_type IS NULL
                                  AND a.dayofweek::int = date_part('isodow', d)::int - 1)
                ),
                off AS (
                    SELECT r.user_id, l.date_from, l.date_to
                      FROM resource_calendar_leaves l
                      LEFT JOIN resource_resource r ON r.id = l.resource_id
                     WHERE l.date_to >= %(first)s::date - 1 AND l.date_from <= %(end)s::date + 1
                       AND COALESCE(l.time_type, 'leave') = 'leave'
                       AND (r.user_id IS NOT NULL
                            OR l.resource_id IS NULL
                               AND (l.company_id IS NULL OR l.company_id = %(company)s)
                               AND (l.calendar_id IS NULL OR l.calendar_id = %(calendar)s))
                ),
                away AS (
                    SELECT u.id AS user_id, e.start_date, e.stop_date
                      FROM calendar_event e
                      JOIN calendar_event_res_partner_rel rel ON rel.calendar_event_id = e.id
                      JOIN res_users u ON u.partner_id = rel.res_partner_id
                     WHERE e.active AND e.allday AND e.show_as = 'busy'
                       AND e.stop_date >= %(first)s AND e.start_date <= %(end)s
                )
                SELECT g.user_id, g.tz, m.medium, c.day, date_trunc('week', c.day)::date AS week,
                       m.cap
                  FROM going g
                 CROSS JOIN calendar_day c
                 CROSS JOIN (VALUES ('visit', %(visits)s), ('call', %(calls)s)) m (medium, cap)
                 WHERE NOT EXISTS (
                           SELECT 1 FROM off o
                            WHERE (o.user_id IS NULL OR o.user_id = g.user_id)
                              AND o.date_from < ((c.day + time '15:00') AT TIME ZONE g.tz)
                                                AT TIME ZONE 'UTC'
                              AND o.date_to > ((c.day + time '10:00') AT TIME ZONE g.tz)
                                              AT TIME ZONE 'UTC')
                   AND NOT EXISTS (
                           SELECT 1 FROM away a
                            WHERE a.user_id = g.user_id
                              AND c.day BETWEEN a.start_date AND a.stop_date)
                """,
                first=SQL("(%s::date + 1)", today),
                end=end,
                zone=company.resource_calendar_id.tz or company.partner_id.tz or "UTC",
                calendar=SQL("%s::int", company.resource_calendar_id.id or None),
                company=company.id,
                visits=company.logistics_visits_per_day,
                calls=company.logistics_calls_per_day,
            ),
        )

    @api.model
    def _plan_loose_sql(self, company, today, replan):
        """``lv_loose``: generated touches ahead that are no longer what the plan asks for.

        They are without a requirement, of another plan, on a day off, too soon after a touch that
        happened meanwhile, or for a date that is covered. Touches moved by hand are never loose.
        """
        return _table(
            "lv_loose",
            SQL(
                """
                SELECT v.id, v.customer_id, v.kind, v.planned_date,
                       v.event_id IS NOT NULL OR v.activity_id IS NOT NULL AS published,
                       FALSE AS used
                  FROM logistics_visit v
                  LEFT JOIN lv_req q ON q.customer_id = v.customer_id AND q.kind = v.kind
                                    AND q.plan_key = v.plan_key
                 WHERE v.company_id = %(company)s AND v.state = 'planned' AND v.kind <> 'warm'
                   AND v.generated AND NOT v.moved AND v.planned_date > %(today)s
                   AND (%(replan)s
                        OR q.customer_id IS NULL
                        OR q.dated AND (q.last_done IS NOT NULL OR v.planned_date > q.next_before)
                        OR NOT q.dated AND v.planned_date < q.last_done + q.interval_days / 2
                        OR NOT EXISTS (SELECT 1 FROM lv_day d
                                        WHERE d.user_id = v.user_id AND d.day = v.planned_date)
                           AND v.planned_date <= (SELECT max(day) FROM lv_day))
                """,
                company=company.id,
                today=today,
                replan=replan,
            ),
        )

    @api.model
    def _plan_kept_sql(self, company, today, end):
        """``lv_kept``: open touches that stay; ``lv_assigned``: the empty list of new ones."""
        recent = SQL("%s::date - %s", today, company.logistics_visit_missed_days)
        return [
            *_table(
                "lv_kept",
                SQL(
                    """
                    SELECT v.customer_id, v.kind, v.user_id, v.planned_date AS day,
                           %(medium)s AS medium, %(area)s AS area
                      FROM logistics_visit v
                      JOIN logistics_customer c ON c.id = v.customer_id
                      JOIN res_partner p ON p.id = c.partner_id
                     WHERE v.company_id = %(company)s AND v.state = 'planned'
                       AND v.planned_date >= %(recent)s
                       AND NOT EXISTS (SELECT 1 FROM lv_loose l WHERE l.id = v.id)
                    """,
                    medium=SQL(
                        "CASE WHEN v.channel IN ('onsite', 'event') THEN 'visit' ELSE 'call' END"
                    ),
                    area=_AREA,
                    company=company.id,
                    recent=recent,
                ),
            ),
            SQL("CREATE INDEX ON lv_kept (customer_id, kind)"),
            *_table(
                "lv_assigned",
                SQL(
                    """SELECT NULL::int AS customer_id, NULL::varchar AS kind, NULL::int AS user_id,
                              NULL::date AS day, NULL::text AS medium, NULL::text AS area
                        WHERE FALSE"""
                ),
            ),
        ]

    @api.model
    def _plan_needs_sql(self, company, today, end):
        """``lv_need``: the days on which touches are needed beyond those that stay.

        Before the first touch that stays: from the due date on, at least half the days between
        away from it. After the last one: every so many days. A backlog is spread evenly, so that
        nobody finds four hundred visits on one morning.
        """
        return _table(
            "lv_need",
            SQL(
                """
                WITH kept AS (
                    SELECT customer_id, kind, min(day) AS first_day, max(day) AS last_day
                      FROM lv_kept GROUP BY customer_id, kind
                ),
                pair AS (
                    SELECT q.*, k.first_day, k.last_day,
                           CASE WHEN q.dated THEN q.next_from
                                ELSE q.last_done + q.interval_days END AS due
                      FROM lv_req q
                      LEFT JOIN kept k ON k.customer_id = q.customer_id AND k.kind = q.kind
                     WHERE q.user_id IS NOT NULL
                ),
                front AS (
                    SELECT *, dated OR due IS NULL OR due <= %(tomorrow)s AS waiting,
                           CASE WHEN dated
                                THEN GREATEST(1, GREATEST(next_before - 7, %(tomorrow)s)
                                              - GREATEST(next_from, %(tomorrow)s))
                                WHEN due IS NULL THEN LEAST(interval_days, %(days)s)
                                ELSE LEAST(GREATEST(interval_days / 2, 1), 14) END AS span,
                           GREATEST(0, %(tomorrow)s - due) * weight AS priority
                      FROM pair
                     WHERE CASE WHEN dated
                                THEN last_done IS NULL
                                     AND NOT EXISTS (
                                         SELECT 1 FROM lv_kept k
                                          WHERE k.customer_id = pair.customer_id
                                            AND k.kind = pair.kind
                                            AND k.day BETWEEN pair.next_from AND pair.next_before)
                                WHEN first_day IS NULL THEN due IS NULL OR due <= %(end)s
                                -- who was never touched is spread over a whole interval
                                WHEN due IS NULL THEN first_day > %(tomorrow)s + interval_days + 7
                                ELSE first_day > GREATEST(due, %(tomorrow)s) + interval_days / 2
                           END
                ),
                ranked AS (
                    SELECT *,
                           row_number() OVER w - 1 AS place, count(*) OVER w2 AS many
                      FROM front
                    WINDOW w2 AS (PARTITION BY user_id, medium, waiting, dated, span, next_before),
                           w AS (PARTITION BY user_id, medium, waiting, dated, span, next_before
                                 ORDER BY priority DESC NULLS LAST, weight DESC, area, customer_id)
                ),
                based AS (
                    SELECT *,
                           CASE WHEN waiting THEN GREATEST(%(tomorrow)s, COALESCE(
                                     CASE WHEN dated THEN next_from END, %(tomorrow)s))
                                     + (place * span / many)::int
                                ELSE due END AS base
                      FROM ranked
                ),
                need AS (
                    SELECT customer_id, kind, base + n * interval_days AS due, priority
                      FROM based
                     CROSS JOIN LATERAL generate_series(
                         0, CASE WHEN dated THEN 0 ELSE GREATEST(
                                (LEAST(%(end)s, COALESCE(first_day - interval_days / 2 - 1,
                                                         %(end)s)) - base) / interval_days, 0)
                            END) AS n
                    UNION ALL
                    SELECT customer_id, kind, last_day + n * interval_days, 0
                      FROM pair
                     CROSS JOIN LATERAL generate_series(
                         1, (%(end)s - last_day) / interval_days) AS n
                     WHERE NOT dated AND last_day IS NOT NULL
                )
                SELECT row_number() OVER (PARTITION BY q.user_id, q.medium
                                          ORDER BY GREATEST(n.due, %(tomorrow)s),
                                                   n.priority DESC NULLS LAST, q.weight DESC,
                                                   n.customer_id, n.kind) AS rn,
                       n.customer_id, n.kind, GREATEST(n.due, %(tomorrow)s) AS due,
                       q.user_id, q.medium, q.area, q.zip, q.wday, q.interval_days, q.dated,
                       q.next_before
                  FROM need n
                  JOIN lv_req q ON q.customer_id = n.customer_id AND q.kind = n.kind
                 WHERE n.due <= %(end)s
                """,
                tomorrow=SQL("(%s::date + 1)", today),
                end=SQL("%s::date", end),
                days=(end - today).days,
            ),
        )
