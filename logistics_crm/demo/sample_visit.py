# Part of logistics_crm. License LGPL-3 or later.
"""Visits of the sample company: plans, half a year of touches, opinions, the coming weeks."""

import random
from datetime import timedelta

FINDINGS = [
    "New warehouse opens in spring; asks for a pick-up at six.",
    "Content with deliveries, unhappy with the paper bills.",
    "A competitor offered five per cent less; we keep the account on service.",
    "Volume grows in the north; wants a second pick-up.",
    "Buyer has changed; introduced ourselves.",
    "Nothing new. Coffee was good.",
]
OPINIONS = [
    ("Driver comes too late on Fridays", "pickup"),
    ("Bills name the wrong cost centre", "billing"),
    ("Wants prices for the whole year", "price"),
    ("Labels come off in the rain", "product"),
]


def add_visits(env, plan, companies):
    """Write plans, past touches and opinions, then let the planner fill the coming weeks."""
    today = plan["today"]
    for company in companies.values():
        visits = env["logistics.visit"].with_company(company)
        manager = env["res.users"].search([("login", "=", "manager")], limit=1)
        _plans(env, company, manager, today)
        company.logistics_visit_hour_cost = 38.0
        _past(visits, company, today)
        _opinions(env, company, today)
        visits._plan(company, today=today)
        visits._publish_due(company, today, limit=60)
        env["logistics.visit.coverage"]._refresh(company, today)


def _plans(env, company, manager, today):
    plans = env["logistics.visit.plan"].with_company(company).with_user(manager).sudo()
    plans.action_create_usual()
    plans.create(
        [
            {
                "company_id": company.id,
                "kind": "warm",
                "channel": "phone",
                "count_phone": True,
                "count_mail": True,
                "count_message": True,
                "count_onsite": False,
            },
            {
                "company_id": company.id,
                "kind": "festival",
                "before_date": f"{today.year}-12-24",
                "every_year": True,
                "channel": "thanks",
                "count_thanks": True,
                "count_mail": True,
                "gift": "Tea in a wooden box",
                "gift_cost": 15.0,
                "gift_approved_by_id": plans.env.uid,
                "gift_approved_on": today,
            },
        ]
    )


def _past(visits, company, today):
    """Half a year of touches, the important customers more often."""
    rng = random.Random(company.id)
    pace = {"key": 21, "core": 40, "standard": 75}
    values = []
    accounts = visits.env["logistics.customer"].search(
        [("company_id", "=", company.id), ("user_id", "!=", False)], order="id"
    )
    for account in accounts:
        day = today - timedelta(days=rng.randrange(3, 30))
        while day > today - timedelta(days=170):
            if day.weekday() < 5:
                onsite = rng.random() < 0.6
                values.append(
                    {
                        "customer_id": account.id,
                        "user_id": account.user_id.id,
                        "kind": "patrol",
                        "channel": "onsite" if onsite else "phone",
                        "state": "done",
                        "planned_date": day - timedelta(days=rng.choice((0, 0, 0, 1))),
                        "done_date": day,
                        "result": rng.choice(("good", "good", "neutral", "problem", "no_response")),
                        "findings": rng.choice(FINDINGS),
                        "time_spent": 1.0 if onsite else 0.25,
                        "travel_cost": rng.choice((12.0, 25.0, 40.0)) if onsite else False,
                    }
                )
            day -= timedelta(days=pace.get(account.value_class, 120) + rng.randrange(-6, 14))
    visits.create(values)


def _opinions(env, company, today):
    accounts = env["logistics.customer"].search(
        [("company_id", "=", company.id), ("value_class", "in", ("key", "core"))],
        order="id",
        limit=len(OPINIONS),
    )
    env["logistics.opinion"].with_company(company).create(
        [
            {
                "customer_id": account.id,
                "name": name,
                "topic_id": env.ref(f"logistics_crm.opinion_topic_{topic}").id,
                "date": today - timedelta(days=4 * number + 2),
                "deadline": today + timedelta(days=7 - 5 * number),
                "owner_id": account.user_id.id or env.uid,
            }
            for number, (account, (name, topic)) in enumerate(zip(accounts, OPINIONS, strict=False))
        ]
    )
