# Part of logistics_crm. License LGPL-3 or later.
"""Planning the visits of a whole company for twelve weeks, and one representative's day."""

from datetime import timedelta

from registry import Row, last_day

from odoo.tools import SQL

WEEKS = 12
PER_REP = 400
# Days between two patrols; every class has one plan.
INTERVALS = {"key": 30, "core": 60, "standard": 90, False: 120}


def rows(env, company):
    return [
        Row(
            "visit planning",
            job=lambda env, company: env["logistics.visit"]._plan(
                company, weeks=WEEKS, today=last_day(company)
            ),
            bare=_bare_planning,
            setup=_setup,
            prepare=_forget,
            check=_check,
            limits={
                "small": {"queries": 260, "memory_mb": 100},
                "large": {"queries": 260, "ms": 60000},
            },
            note="Twelve weeks of patrols for every customer from nothing, one representative per "
            "400 customers. Bare: the touches of the last run counted per representative and "
            "day, with their customers and contacts.",
        ),
        Row(
            "visit day",
            job=_day,
            bare=_bare_day,
            setup=_setup,
            limits={
                "small": {"queries": 40, "ms": 300},
                "large": {"queries": 40, "ms": 300},
            },
            note="A representative with up to 400 customers: the round of a day, the list as the "
            "web client asks for it and the fifty customers who wait most. Bare: the touches of "
            "that day.",
        ),
    ]


def _reps(env, company):
    return env["res.users"].search(
        [("login", "=like", f"bench_visit_{company.id}_%")], order="login"
    )


def _setup(env, company):
    """Representatives, customers dealt out to them, and plans; once per company."""
    if _reps(env, company):
        return
    customers = env["logistics.customer"].search([("company_id", "=", company.id)], order="id")
    group = env.ref("logistics_crm.group_user")
    reps = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"Representative {number}",
                    "login": f"bench_visit_{company.id}_{number:04}",
                    "company_id": company.id,
                    "company_ids": [(6, 0, company.ids)],
                    "group_ids": [(4, group.id)],
                }
                for number in range(-(-len(customers) // PER_REP))
            ]
        )
    )
    env.flush_all()
    env.cr.execute(
        SQL(
            """UPDATE logistics_customer c
                  SET user_id = (%s::int[])[1 + x.place / %s],
                      value_class = CASE WHEN x.place %% 20 = 0 THEN 'key'
                                         WHEN x.place %% 5 = 0 THEN 'core' ELSE 'standard' END
                 FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1)::int AS place
                         FROM logistics_customer WHERE company_id = %s) x
                WHERE c.id = x.id""",
            reps.ids,
            PER_REP,
            company.id,
        )
    )
    env.invalidate_all()
    company.logistics_visits_per_day = 10
    env["logistics.visit.plan"].create(
        [
            {
                "company_id": company.id,
                "kind": "patrol",
                "value_class": value_class,
                "interval_days": days,
                "tolerance_days": 7,
            }
            for value_class, days in INTERVALS.items()
        ]
    )


def _forget(env, company):
    """Every round plans from nothing."""
    env.cr.execute(SQL("DELETE FROM logistics_visit WHERE company_id = %s", company.id))
    env.invalidate_all()


def _bare_planning(env, company):
    return {
        "customers per representative and town": SQL(
            """
            SELECT c.user_id, p.city, p.zip, c.value_class, d.day, count(*) AS customers,
                   min(c.last_trade_date) AS oldest
              FROM logistics_customer c
              JOIN res_partner p ON p.id = c.partner_id
             CROSS JOIN generate_series(0, %s) AS d (day)
             WHERE c.company_id = %s AND c.active
             GROUP BY c.user_id, p.city, p.zip, c.value_class, d.day
            """,
            WEEKS - 1,
            company.id,
        )
    }


def _a_day(env, company):
    """The first representative and the day of the plan with the most to do."""
    rep = _reps(env, company)[0]
    rows = env.execute_query(
        SQL(
            """SELECT planned_date FROM logistics_visit WHERE user_id = %s AND state = 'planned'
                GROUP BY planned_date ORDER BY count(*) DESC, planned_date LIMIT 1""",
            rep.id,
        )
    )
    return rep, rows[0][0] if rows else last_day(company) + timedelta(days=1)


def _day(env, company):
    rep, day = _a_day(env, company)
    visits = env["logistics.visit"].with_user(rep).with_company(company)
    visits._day_round(rep, day)
    visits.web_search_read(
        [("user_id", "=", rep.id), ("planned_date", "<=", day), ("state", "=", "planned")],
        {
            "display_name": {},
            "state": {},
            "kind": {},
            "channel": {},
            "purpose": {},
            "planned_date": {},
            "start": {},
            "checkin_at": {},
            "color": {},
            "customer_id": {"fields": {"display_name": {}}},
            "user_id": {"fields": {"display_name": {}}},
        },
        limit=40,
        order="planned_date, route_sequence, start",
    )
    visits._worklist(rep).mapped("customer_id.display_name")


def _bare_day(env, company):
    rep, day = _a_day(env, company)
    return {
        "touches of a day": SQL(
            "SELECT * FROM logistics_visit WHERE user_id = %s AND planned_date <= %s"
            " AND state = 'planned' ORDER BY planned_date, route_sequence LIMIT 40",
            rep.id,
            day,
        )
    }


def _check(env, company):
    """Every customer with somebody to go has a touch ahead, and nobody has too many on a day."""
    problems = []
    [(without,)] = env.execute_query(
        SQL(
            """SELECT count(*) FROM logistics_customer c
                WHERE c.company_id = %s AND c.active AND c.value_class = 'key'
                  AND NOT EXISTS (SELECT 1 FROM logistics_visit v
                                   WHERE v.customer_id = c.id AND v.state = 'planned')""",
            company.id,
        )
    )
    if without:
        problems.append(f"{without} key accounts have no visit planned within twelve weeks")
    [(most, weekend)] = env.execute_query(
        SQL(
            """SELECT max(n), bool_or(date_part('isodow', day) > 5)
                 FROM (SELECT user_id, planned_date AS day, count(*) AS n FROM logistics_visit
                        WHERE company_id = %s AND state = 'planned' GROUP BY 1, 2) x""",
            company.id,
        )
    )
    if most and most > company.logistics_visits_per_day:
        problems.append(f"a representative has {most} visits on one day")
    if weekend:
        problems.append("visits are planned on a weekend")
    return problems
