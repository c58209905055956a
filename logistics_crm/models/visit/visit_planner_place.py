# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL

from .visit_planner_sql import _table


class LogisticsVisit(models.Model):
    """The planner's statements: which need gets which day, and what is written."""

    _inherit = "logistics.visit"

    @api.model
    def _plan_place_sql(self, today):
        """``lv_placed``: needs with their day.

        A queue first: in the order of their due dates needs take the free slots of their
        representative, none before it is due. With slots numbered in time, need number i gets slot
        i + max over j <= i of (first slot due_j may take - j). That fixes the week. Within the
        week the preferred weekday comes first, then the day the representative is in the area
        anyhow, and the rest takes the emptiest slots, neighbours together.
        """
        return [
            *_table(
                "lv_free",
                SQL(
                    """
                    SELECT d.*, GREATEST(0, d.cap - COALESCE(k.n, 0)) AS free,
                           COALESCE(k.n, 0) AS taken
                      FROM lv_day d
                      LEFT JOIN (SELECT user_id, medium, day, count(*)::int AS n FROM lv_kept
                                  GROUP BY user_id, medium, day) k
                             ON k.user_id = d.user_id AND k.medium = d.medium AND k.day = d.day
                    """
                ),
            ),
            *_table(
                "lv_queue",
                SQL(
                    """
                    WITH before AS (
                        SELECT user_id, medium, day,
                               sum(free) OVER (PARTITION BY user_id, medium ORDER BY day) - free
                                   AS earlier
                          FROM lv_free
                    ),
                    edge AS (
                        -- slots before a due date, working day or not
                        SELECT DISTINCT ON (n.user_id, n.medium, n.due)
                               n.user_id, n.medium, n.due, b.earlier
                          FROM (SELECT DISTINCT user_id, medium, due FROM lv_need) n
                          JOIN before b ON b.user_id = n.user_id AND b.medium = n.medium
                                       AND b.day >= n.due
                         ORDER BY n.user_id, n.medium, n.due, b.day
                    ),
                    queued AS (
                        SELECT n.*, n.rn + max(e.earlier + 1 - n.rn) OVER (
                                   PARTITION BY n.user_id, n.medium ORDER BY n.rn) AS pos
                          FROM lv_need n
                          JOIN edge e ON e.user_id = n.user_id AND e.medium = n.medium
                                     AND e.due = n.due
                    ),
                    slot AS (
                        SELECT user_id, medium, week,
                               row_number() OVER (PARTITION BY user_id, medium
                                                  ORDER BY day, n) AS pos
                          FROM lv_free CROSS JOIN LATERAL generate_series(1, free) AS n
                    )
                    SELECT q.*, s.week FROM queued q
                      JOIN slot s ON s.user_id = q.user_id AND s.medium = q.medium
                                 AND s.pos = q.pos
                    """
                ),
            ),
            *_table(
                "lv_placed",
                SQL(
                    """
                    SELECT customer_id, kind, rn, user_id, medium, area, day, interval_days, dated,
                           next_before
                      FROM (SELECT q.*, f.day, f.free,
                                   row_number() OVER (PARTITION BY q.user_id, q.medium, f.day
                                                      ORDER BY q.rn) AS place
                              FROM lv_queue q
                              JOIN lv_free f ON f.user_id = q.user_id AND f.medium = q.medium
                                            AND f.day = q.week + q.wday
                             WHERE q.wday IS NOT NULL) preferred
                     WHERE place <= free
                    """
                ),
            ),
            SQL(
                """
                WITH there AS (
                    SELECT user_id, medium, day, area, count(*) AS n
                      FROM (SELECT user_id, medium, day, area FROM lv_kept
                            UNION ALL SELECT user_id, medium, day, area FROM lv_placed) x
                     WHERE area <> ''
                     GROUP BY user_id, medium, day, area
                ),
                choice AS (
                    SELECT DISTINCT ON (q.user_id, q.medium, q.rn) q.*, f.day,
                           f.free - (SELECT count(*) FROM lv_placed x
                                      WHERE x.user_id = f.user_id AND x.medium = f.medium
                                        AND x.day = f.day) AS free
                      FROM lv_queue q
                      JOIN there t ON t.user_id = q.user_id AND t.medium = q.medium
                                  AND t.area = q.area
                      JOIN lv_free f ON f.user_id = t.user_id AND f.medium = t.medium
                                    AND f.day = t.day AND f.week = q.week AND f.free > 0
                     WHERE NOT EXISTS (SELECT 1 FROM lv_placed x
                                        WHERE x.user_id = q.user_id AND x.medium = q.medium
                                          AND x.rn = q.rn)
                     ORDER BY q.user_id, q.medium, q.rn, t.n DESC, f.day
                )
                INSERT INTO lv_placed
                SELECT customer_id, kind, rn, user_id, medium, area, day, interval_days, dated,
                       next_before
                  FROM (SELECT *, row_number() OVER (PARTITION BY user_id, medium, day
                                                     ORDER BY rn) AS place FROM choice) x
                 WHERE place <= free
                """
            ),
            SQL(
                """
                WITH rest AS (
                    SELECT q.*, row_number() OVER w AS place,
                           count(*) OVER (PARTITION BY q.user_id, q.medium, q.week) AS many
                      FROM lv_queue q
                     WHERE NOT EXISTS (SELECT 1 FROM lv_placed x
                                        WHERE x.user_id = q.user_id AND x.medium = q.medium
                                          AND x.rn = q.rn)
                    WINDOW w AS (PARTITION BY q.user_id, q.medium, q.week
                                 ORDER BY q.area, q.zip, q.rn)
                ),
                left_over AS (
                    SELECT f.user_id, f.medium, f.week, f.day,
                           f.taken + COALESCE(x.n, 0) + i AS level
                      FROM lv_free f
                      LEFT JOIN (SELECT user_id, medium, day, count(*)::int AS n FROM lv_placed
                                  GROUP BY user_id, medium, day) x
                             ON x.user_id = f.user_id AND x.medium = f.medium AND x.day = f.day
                     CROSS JOIN LATERAL generate_series(1, f.free - COALESCE(x.n, 0)) AS i
                ),
                emptiest AS (
                    SELECT l.*, row_number() OVER (PARTITION BY user_id, medium, week
                                                   ORDER BY level, day) AS rank
                      FROM left_over l
                ),
                numbered AS (
                    SELECT e.user_id, e.medium, e.week, e.day,
                           row_number() OVER (PARTITION BY e.user_id, e.medium, e.week
                                              ORDER BY e.day, e.level) AS place
                      FROM emptiest e
                      JOIN (SELECT DISTINCT user_id, medium, week, many FROM rest) r
                        ON r.user_id = e.user_id AND r.medium = e.medium AND r.week = e.week
                     WHERE e.rank <= r.many
                )
                INSERT INTO lv_placed
                SELECT r.customer_id, r.kind, r.rn, r.user_id, r.medium, r.area, n.day,
                       r.interval_days, r.dated, r.next_before
                  FROM rest r
                  JOIN numbered n ON n.user_id = r.user_id AND n.medium = r.medium
                                 AND n.week = r.week AND n.place = r.place
                """
            ),
            # A late slot may have come too close to the customer's next touch, or beyond the date.
            SQL(
                """
                DELETE FROM lv_placed x
                 USING (SELECT customer_id, kind, day, rn, user_id, medium,
                               day - lag(day) OVER w AS gap, lead(day) OVER kept - day AS ahead
                          FROM (SELECT customer_id, kind, day, rn, user_id, medium FROM lv_placed
                                UNION ALL
                                SELECT customer_id, kind, day, NULL, NULL, NULL FROM lv_kept) a
                        WINDOW w AS (PARTITION BY customer_id, kind ORDER BY day, rn NULLS FIRST),
                               kept AS (PARTITION BY customer_id, kind
                                        ORDER BY day, rn NULLS FIRST)) g
                 WHERE g.rn = x.rn AND g.user_id = x.user_id AND g.medium = x.medium
                   AND (x.dated AND x.day > x.next_before
                        OR NOT x.dated AND g.gap < GREATEST(1, x.interval_days / 2)
                        OR NOT x.dated AND g.ahead < GREATEST(1, x.interval_days / 2)
                           AND EXISTS (SELECT 1 FROM lv_kept k
                                        WHERE k.customer_id = x.customer_id AND k.kind = x.kind
                                          AND k.day = x.day + g.ahead))
                """
            ),
            SQL("DROP TABLE lv_free, lv_queue"),
        ]

    @api.model
    def _plan_keep_placed_sql(self):
        """What was placed in this round is planned, and stays for the next round."""
        columns = SQL("customer_id, kind, user_id, day, medium, area")
        return [
            SQL("INSERT INTO lv_assigned SELECT %s FROM lv_placed", columns),
            SQL(
                "INSERT INTO lv_kept (customer_id, kind, user_id, day, medium, area)"
                " SELECT %s FROM lv_placed",
                columns,
            ),
            SQL("ANALYZE lv_kept"),
        ]

    @api.model
    def _plan_timed_sql(self):
        """New touches with all their values: clock times follow one another through the day."""
        return SQL(
            """
            SELECT a.customer_id, a.kind, q.channel, q.user_id, q.plan_id, q.plan_key, q.duration,
                   CASE WHEN pl.gift_approved_by_id IS NOT NULL THEN NULLIF(pl.gift_cost, 0) END
                       AS gift_cost,
                   CASE WHEN pl.gift_approved_by_id IS NOT NULL THEN pl.gift END AS gift, a.day,
                   CASE WHEN a.medium = 'visit' THEN
                       ((a.day + make_interval(mins => COALESCE(
                           round(q.visit_hour * 60)::int,
                           LEAST(1380, round(co.logistics_visit_day_start * 60)::int
                               + 15 * floor(4 * 8.0 / d.cap
                                 * (row_number() OVER (PARTITION BY a.user_id, a.medium, a.day
                                                       ORDER BY a.area, q.zip, a.customer_id)
                                    - 1 + COALESCE(k.n, 0)))::int))))
                        AT TIME ZONE d.tz) AT TIME ZONE 'UTC' END AS start,
                   row_number() OVER (PARTITION BY a.customer_id, a.kind ORDER BY a.day) AS place
              FROM lv_assigned a
              JOIN lv_req q ON q.customer_id = a.customer_id AND q.kind = a.kind
              LEFT JOIN logistics_visit_plan pl ON pl.id = q.plan_id
              JOIN logistics_customer c ON c.id = a.customer_id
              JOIN res_company co ON co.id = c.company_id
              JOIN lv_day d ON d.user_id = a.user_id AND d.medium = a.medium AND d.day = a.day
              LEFT JOIN (SELECT v.user_id, v.planned_date AS day, count(*)::int AS n
                           FROM logistics_visit v
                          WHERE v.state = 'planned' AND v.channel IN ('onsite', 'event')
                            AND NOT EXISTS (SELECT 1 FROM lv_loose l WHERE l.id = v.id)
                          GROUP BY v.user_id, v.planned_date) k
                     ON k.user_id = a.user_id AND k.day = a.day
            """
        )

    @api.model
    def _plan_move_sql(self):
        """Loose touches take over new days of their customer and kind, in order; returns ids."""
        return SQL(
            """
            WITH timed AS (%(timed)s),
            loose AS (
                SELECT *, row_number() OVER (PARTITION BY customer_id, kind
                                             ORDER BY planned_date, id) AS place
                  FROM lv_loose
            ),
            moved AS (
                UPDATE logistics_visit v
                   SET planned_date = t.day, start = t.start,
                       stop = t.start + make_interval(secs => t.duration * 3600),
                       duration = t.duration, channel = t.channel, user_id = t.user_id,
                       plan_id = t.plan_id, plan_key = t.plan_key,
                       gift_cost = COALESCE(v.gift_cost, t.gift_cost),
                       gift = COALESCE(v.gift, t.gift),
                       write_date = now() AT TIME ZONE 'UTC', write_uid = %(uid)s
                  FROM loose l
                  JOIN timed t ON t.customer_id = l.customer_id AND t.kind = l.kind
                              AND t.place = l.place
                 WHERE v.id = l.id
             RETURNING v.id, l.published, l.customer_id, l.kind, t.day
            ),
            used AS (
                UPDATE lv_loose l SET used = TRUE FROM moved m WHERE m.id = l.id
            ),
            taken AS (
                DELETE FROM lv_assigned a USING moved m
                 WHERE a.customer_id = m.customer_id AND a.kind = m.kind AND a.day = m.day
            )
            SELECT id, published FROM moved ORDER BY id
            """,
            timed=self._plan_timed_sql(),
            uid=self.env.uid,
        )

    @api.model
    def _plan_insert_sql(self, company):
        """The other new touches; returns their ids."""
        return SQL(
            """
            INSERT INTO logistics_visit
                   (customer_id, company_id, kind, channel, state, user_id, planned_date, start,
                    stop, duration, plan_id, plan_key, gift_cost, gift, generated, moved,
                    route_sequence, create_uid, create_date, write_uid, write_date)
            SELECT t.customer_id, %(company)s, t.kind, t.channel, 'planned', t.user_id, t.day,
                   t.start, t.start + make_interval(secs => t.duration * 3600), t.duration,
                   t.plan_id, t.plan_key, t.gift_cost, t.gift, TRUE, FALSE, 0,
                   %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM (%(timed)s) t
             ORDER BY t.day, t.user_id, t.start, t.customer_id
         RETURNING id
            """,
            timed=self._plan_timed_sql(),
            company=company.id,
            uid=self.env.uid,
        )
