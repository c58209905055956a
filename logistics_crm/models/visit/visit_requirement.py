# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL


class LogisticsVisitRequirement(models.AbstractModel):
    """The one place that says who is to be touched how often, by whom, and what counts."""

    _name = "logistics.visit.requirement"
    _description = "Visit Requirements"

    @api.model
    def _criteria(self):
        """What narrows a plan, most telling first: name, plan column, customer's value.

        The customer's value is never NULL, so that combinations can be joined by equality.
        """
        return [
            ("value_class", SQL("p.value_class"), SQL("COALESCE(c.value_class, '')")),
            ("customer_type", SQL("p.customer_type_id"), SQL("COALESCE(c.customer_type_id, 0)")),
            ("grade", SQL("p.credit_grade_code"), SQL("COALESCE(c.credit_grade_code, '')")),
        ]

    @api.model
    def _requirements_sql(self, company, today, customers=None):
        """Return a subquery with one row per customer and kind that has a requirement on a day.

        The plan with the most criteria wins; between equals the value class tells more than the
        type and the type more than the grade, then the plan's sequence and age. An override in
        force takes the interval's place, or drops the requirement. Columns: ``customer_id``,
        ``company_id``, ``kind``, ``plan_id``, ``override_id``, ``interval_days``,
        ``tolerance_days``, ``channel`` (of a plan that alternates: the one that counts and was
        taken longest ago), ``counted`` (channels that count, text[]), ``duration``
        (hours), ``user_id`` (who goes, NULL when nobody can), ``doers`` (int[], whose touches
        count; NULL anybody's), ``before_date`` and ``window_from`` (a festival plan's date that
        is running or was last, NULL before the first window), ``next_before`` and ``next_from``
        (its next date on or after the day), ``weight`` (4 key .. 1).

        :param company: the ``res.company``
        :param today: the day, a date; later plans and overrides are not looked at
        :param customers: limit to these ``logistics.customer``
        """
        self.env.flush_all()
        criteria = self._criteria()
        names = [SQL.identifier(name) for name, _column, _value in criteria]
        # Each criterion that is set counts 8, and what it tells breaks ties.
        score = SQL(" + ").join(
            SQL("CASE WHEN %s IS NULL THEN 0 ELSE %s END", column, 8 + len(criteria) - position)
            for position, (_name, column, _value) in enumerate(criteria)
        )
        keys = SQL(", ").join(SQL("k.%s", name) for name in names)
        values = SQL(", ").join(
            SQL("%s AS %s", value, SQL.identifier(name)) for name, _column, value in criteria
        )
        fits = SQL(" AND ").join(
            SQL("(%s IS NULL OR %s = k.%s)", column, column, SQL.identifier(name))
            for name, column, _value in criteria
        )
        same = SQL(" AND ").join(SQL("t.%s = w.%s", name, name) for name in names)
        return SQL(
            """
            (WITH target AS (
                SELECT c.id, c.company_id, %(values)s,
                       c.lifecycle_stage IS NOT DISTINCT FROM 'lost' AS lost,
                       c.visit_channel, c.value_class AS class,
                       ru.id AS rep_id, bu.id AS backup_id
                  FROM logistics_customer c
                  LEFT JOIN res_users ru ON ru.id = c.user_id AND ru.active
                  LEFT JOIN res_users bu ON bu.id = c.backup_user_id AND bu.active
                 WHERE c.active AND c.company_id = %(company)s %(scope)s
            ),
            combination AS (SELECT DISTINCT %(names)s FROM target),
            winner AS (
                SELECT DISTINCT ON (%(keys)s, p.kind) %(keys)s, p.id AS plan_id
                  FROM combination k
                  JOIN logistics_visit_plan p
                    ON p.company_id = %(company)s AND p.active AND p.kind <> 'warm' AND %(fits)s
                 ORDER BY %(keys)s, p.kind, (%(score)s) DESC, p.sequence, p.id
            ),
            plan AS (
                SELECT p.*, u.doers,
                       array_remove(ARRAY[
                           CASE WHEN count_onsite THEN 'onsite' END,
                           CASE WHEN count_phone THEN 'phone' END,
                           CASE WHEN count_mail THEN 'mail' END,
                           CASE WHEN count_message THEN 'message' END,
                           CASE WHEN count_thanks THEN 'thanks' END,
                           CASE WHEN count_event THEN 'event' END], NULL) AS counted,
                       (SELECT max(d) FROM %(occurrences)s WHERE d - p.lead_days <= %(today)s)
                           AS running_before,
                       (SELECT min(d) FROM %(occurrences)s WHERE d >= %(today)s) AS coming_before
                  FROM logistics_visit_plan p
                  LEFT JOIN (SELECT r.plan_id, array_agg(r.user_id ORDER BY r.user_id) AS doers
                               FROM logistics_visit_plan_user_rel r
                               JOIN res_users u ON u.id = r.user_id AND u.active
                              GROUP BY r.plan_id) u ON u.plan_id = p.id
                 WHERE p.company_id = %(company)s AND p.active
            ),
            planned AS (
                SELECT t.id AS customer_id, p.*
                  FROM target t
                  JOIN winner w ON %(same)s
                  JOIN plan p ON p.id = w.plan_id
                 WHERE p.include_lost OR NOT t.lost
            ),
            override AS (
                SELECT DISTINCT ON (o.customer_id, o.kind) o.*
                  FROM logistics_visit_override o
                 WHERE o.company_id = %(company)s
                   AND %(today)s BETWEEN o.date_start AND o.date_end
                 ORDER BY o.customer_id, o.kind, o.date_start DESC, o.id DESC
            )
            %(recent)s
            SELECT t.id AS customer_id, t.company_id, COALESCE(p.kind, o.kind) AS kind,
                   p.id AS plan_id, o.id AS override_id,
                   COALESCE(o.interval_days, p.interval_days) AS interval_days,
                   COALESCE(p.tolerance_days, 7) AS tolerance_days,
                   COALESCE(o.channel, %(another)s
                            CASE WHEN t.visit_channel = ANY(p.counted) THEN t.visit_channel END,
                            p.channel, 'onsite') AS channel,
                   CASE WHEN o.channel IS NOT NULL
                        THEN COALESCE(p.counted, ARRAY[]::text[]) || o.channel::text
                        ELSE COALESCE(p.counted, ARRAY['onsite', 'event']) END AS counted,
                   COALESCE(p.duration, 0.75) AS duration,
                   CASE WHEN p.who IN ('executive', 'team')
                        THEN p.doers[1 + t.id %% cardinality(p.doers)]
                        WHEN p.who = 'backup' THEN COALESCE(t.backup_id, t.rep_id)
                        ELSE COALESCE(t.rep_id, t.backup_id) END AS user_id,
                   CASE WHEN p.who = 'executive' THEN COALESCE(p.doers, ARRAY[]::integer[])
                   END AS doers,
                   p.running_before AS before_date,
                   p.running_before - p.lead_days AS window_from,
                   p.coming_before AS next_before,
                   p.coming_before - p.lead_days AS next_from,
                   p.before_date IS NOT NULL AND o.id IS NULL AS dated,
                   CASE t.class WHEN 'key' THEN 4 WHEN 'core' THEN 3 WHEN 'standard' THEN 2
                                ELSE 1 END AS weight
              FROM planned p
              FULL JOIN override o ON o.customer_id = p.customer_id AND o.kind = p.kind
              JOIN target t ON t.id = COALESCE(p.customer_id, o.customer_id)
              %(ways)s
             WHERE NOT COALESCE(o.skip, FALSE)
            )
            """,
            **self._another_way(company, today),
            values=values,
            names=SQL(", ").join(names),
            keys=keys,
            score=score,
            fits=fits,
            same=same,
            company=company.id,
            today=today,
            scope=SQL("AND c.id IN %s", tuple(customers.ids) or (0,))
            if customers is not None
            else SQL(),
            occurrences=SQL(
                """(SELECT (p.before_date + make_interval(years => n))::date AS d
                      FROM generate_series(
                          CASE WHEN p.every_year THEN GREATEST(0,
                              date_part('year', %(today)s::date)::int
                              - date_part('year', p.before_date)::int - 1) ELSE 0 END,
                          CASE WHEN p.every_year THEN
                              date_part('year', %(today)s::date)::int
                              - date_part('year', p.before_date)::int + 1 ELSE 0 END) AS n
                     WHERE p.before_date IS NOT NULL) AS occurrence""",
                today=today,
            ),
        )

    @api.model
    def _another_way(self, company, today):
        """Parts of the requirements that find another channel for plans that alternate.

        Nothing of them is there as long as no plan of the company alternates.
        """
        alternating = (
            self.env["logistics.visit.plan"]
            .sudo()
            .search_count([("company_id", "=", company.id), ("alternate", "=", True)], limit=1)
        )
        if not alternating:
            return {"another": SQL(), "recent": SQL(), "ways": SQL()}
        return {
            # not among the last two first, of those two the older; then as everybody else
            "another": SQL(
                """CASE WHEN p.alternate THEN (
                        SELECT w.way FROM unnest(p.counted) WITH ORDINALITY AS w (way, place)
                         ORDER BY COALESCE(array_position(x.ways, w.way), 3) DESC,
                                  w.way IS DISTINCT FROM t.visit_channel,
                                  w.way IS DISTINCT FROM p.channel, w.place
                         LIMIT 1) END,"""
            ),
            "recent": SQL(
                """, recent AS (
                SELECT customer_id, array_agg(channel::text ORDER BY place) AS ways
                  FROM (SELECT v.customer_id, v.channel,
                               row_number() OVER (PARTITION BY v.customer_id
                                                  ORDER BY v.done_date DESC, v.id DESC) AS place
                          FROM logistics_visit v
                          JOIN (SELECT DISTINCT customer_id FROM planned WHERE alternate) a
                            ON a.customer_id = v.customer_id
                         WHERE v.state = 'done' AND v.done_date <= %s) t
                 WHERE place <= 2
                 GROUP BY customer_id)""",
                today,
            ),
            "ways": SQL("LEFT JOIN recent x ON x.customer_id = t.id"),
        }
