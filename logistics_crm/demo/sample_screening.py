# Part of logistics_crm. License LGPL-3 or later.
"""Screenings of the sample company: one closed and carried over, and the questions it raised.

The last full year is left to be screened by who looks at the sample.
"""

import random

TARGETS = [
    (
        "Northgate Appliances",
        "Moves its warehouse next to our hub.",
        "contacted",
        180_000,
    ),
    ("Blue Heron Pharma", "Needs temperature control, which we now have.", "offered", 240_000),
    ("Alder & Finch Furniture", "Unhappy with damages at its carrier.", "chosen", False),
]
EVIDENCE = [
    "Order book for next year seen at the visit in November.",
    "Told by the purchasing manager on the phone.",
    "Plans of the second site shown to us.",
]


def add_screening(env, plan, companies):
    """Screen the year before the last one, decide, close and carry over; name target customers."""
    company = companies["main"]
    manager = env["res.users"].search([("login", "=", "manager")], limit=1)
    year = plan["year"] - 1
    rnd = random.Random(f"screening {year}")
    campaigns = env["logistics.screening"].with_company(company)
    traded = env["logistics.customer"].search_count(
        [("company_id", "=", company.id), ("first_trade_date", "<=", f"{year}-12-31")]
    )
    if traded < 20:
        return  # the light form has no year before the last
    screening = campaigns.create({"year": year, "company_id": company.id})
    screening.action_compute()
    _judge(env, screening, manager, rnd)
    screening.action_start_deciding()
    _decide(screening.with_user(manager).sudo())
    screening.action_plan_effects()
    screening.action_close()
    screening.action_carry_over()
    screening.action_open_inquests()
    _targets(env, company, plan, rnd)


def _judge(env, screening, manager, rnd):
    lines = screening.line_ids.sorted("revenue_rank")[:30]
    env["logistics.screening.judgement"].create(
        [
            {
                "line_id": line.id,
                "role": "manager" if place < 5 else "rep",
                "future": str(rnd.choice((2, 3, 3, 4, 4, 5))),
                "cooperation": str(rnd.choice((2, 3, 4, 4))),
                "evidence": rnd.choice(EVIDENCE),
            }
            for place, line in enumerate(lines)
        ]
    )


def _decide(screening):
    lines = screening.line_ids.filtered(lambda line: line.proposal)
    lines.action_accept_proposal()
    kept = lines.filtered(lambda line: line.decision in ("keep", "develop") and line.revenue)
    for line in kept[:8]:
        line.target_revenue = round(line.revenue * 1.08, -2)
    exception = lines.filtered(lambda line: line.decision == "maintain")[:1]
    exception.write(
        {
            "decision": "develop",
            "decision_reason": "Opens a second site in autumn; asked us for both.",
        }
    )


def _targets(env, company, plan, rnd):
    sellers = env["logistics.customer"].search([("company_id", "=", company.id)]).user_id
    rivals = env["logistics.competitor"].search([], limit=3)
    env["logistics.target.customer"].create(
        [
            {
                "name": name,
                "company_id": company.id,
                "year": plan["today"].year,
                "user_id": rnd.choice(sellers).id if sellers else env.uid,
                "competitor_id": rivals[place % len(rivals)].id if rivals else False,
                "reason": reason,
                "progress": progress,
                "expected_revenue": revenue,
                "priority": str(2 - place % 3),
            }
            for place, (name, reason, progress, revenue) in enumerate(TARGETS)
        ]
    )
