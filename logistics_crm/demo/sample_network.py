# Part of logistics_crm. License LGPL-3 or later.
"""The market of the sample company: rivals compared, a distribution network, key account plans."""

import random
from datetime import timedelta

from odoo import Command

SEED = "network"
# dimension, how the rivals are rated, how we are
SCORES = [
    ("speed", (2, 4), (3, 5)),
    ("reliability", (2, 4), (3, 5)),
    ("tracking", (3, 5), (2, 4)),
    ("claims", (1, 3), (3, 5)),
]
VOICES = [
    ("Ostrander Tools", "always late on Mondays", "yes", 2),
    ("Valley Print House", "nobody answers the phone", "maybe", 3),
    ("Kettle & Crane", "claims take months", "no", 3),
]
# how many customers hang on each general distributor, and on each second tier
WIDTH, DEPTH = 4, 2


def add_network(env, plan, companies):
    """Comparisons and voices, a tree with territories and findings, plans, capacity, trainings."""
    today = plan["today"]
    for company in companies.values():
        env_company = env["logistics.customer"].with_company(company).env
        accounts = env_company["logistics.customer"].search(
            [("company_id", "=", company.id), ("last_trade_date", "!=", False)],
            order="value_rank, id",
        )
        rnd = random.Random(f"{SEED}/{company.id}")
        _competition(env_company, company, accounts, today, rnd)
        if len(accounts) >= 7:
            _network(env_company, company, accounts)
        _plans(env_company, company, accounts, today)
        _capacity(env_company, company, today)
        _development(env_company, company, accounts, today)
        manager = env["res.users"].search([("login", "=", "manager")], limit=1)
        company.write({"logistics_network_checks": True, "logistics_network_owner_id": manager.id})
        env_company["logistics.customer"]._refresh_further(today, company)
        env_company["logistics.network.finding"]._run_checks(company, today)


def _competition(env, company, accounts, today, rnd):
    rows = env["logistics.competitor.observation"].search(
        [("company_id", "=", company.id)], order="id", limit=12
    )
    for row in rows:
        row.score_ids = [
            Command.create(
                {
                    "dimension_id": env.ref(f"logistics_crm.service_dimension_{name}").id,
                    "their_rating": str(rnd.randint(*theirs)),
                    "own_rating": str(rnd.randint(*ours)),
                }
            )
            for name, theirs, ours in SCORES
        ]
    rivals = rows.competitor_id
    if not rivals:
        return
    env["logistics.competitor.voice"].create(
        [
            {
                "competitor_id": rivals[number % len(rivals)].id,
                "company_id": company.id,
                "speaker": speaker,
                "date": today - timedelta(days=20 * number + 6),
                "user_id": accounts.user_id[:1].id or env.uid,
                "dislikes": dislikes,
                "would_switch": switch,
                "satisfaction": str(satisfaction),
                "bound_until": today + timedelta(days=60 + 90 * number),
            }
            for number, (speaker, dislikes, switch, satisfaction) in enumerate(VOICES)
        ]
    )
    # one large customer, whom a competitor courts in earnest, and a quotation that was lost
    env["logistics.competitor.observation"].create(
        [
            {
                "customer_id": accounts[:2][-1:].id,
                "competitor_id": rivals[0].id,
                "date": today - timedelta(days=5),
                "threat": "3",
                "price_level": "2",
                "share": 0.5,
                "source": "customer",
            },
            {
                "customer_id": accounts[:2][-1:].id,
                "competitor_id": rivals[-1].id,
                "date": today - timedelta(days=12),
                "price_level": "1",
                "source": "lost",
                "lost_amount": 12500.0,
                "note": "Price",
            },
        ]
    )


def _network(env, company, accounts):
    """Two general distributors with customers of a second and a third tier, and who sells where."""
    # postal codes from north to south, which the plain addresses of the sample lack
    for number, account in enumerate(accounts):
        if not account.zip:
            account.partner_id.zip = str(10000 + 83 * (number * 997 % 1000))
    tiers = {
        name: env.ref(f"logistics_crm.network_tier_{name}")
        for name in ("general", "second", "terminal")
    }
    # not the two largest: those are served by the company itself
    heads, rest = accounts[2 : 4 if len(accounts) > 12 else 3], list(accounts[4:])
    heads.write({"network_tier_id": tiers["general"].id})
    for head in heads:
        for _number in range(WIDTH):
            if len(rest) < DEPTH + 1:
                break
            second, leaves = rest[0], rest[1 : 1 + DEPTH]
            rest = rest[1 + DEPTH :]
            second.write({"network_tier_id": tiers["second"].id, "network_parent_id": head.id})
            for place, leaf in enumerate(leaves):
                leaf.write(
                    {
                        "network_tier_id": tiers["terminal"].id,
                        "network_parent_id": second.id,
                        "supply_distance": 40.0 + 55.0 * place,
                    }
                )
            # a tree for the eye: not every branch is as wide
            if len(rest) % 3 == 0:
                break
    for number, head in enumerate(heads):
        countries = head.network_child_ids.country_id | head.country_id
        areas = []
        for country in countries[:2]:
            codes = sorted(
                account.zip[:2]
                for account in accounts
                if account.country_id == country and account.zip and len(account.zip) > 2
            )
            half = len(codes) // 2
            part = codes[: half + 1] if number == 0 else codes[half:]
            areas.append(
                {
                    "country_id": country.id,
                    "zip_from": part[0] if part else False,
                    "zip_to": part[-1] if part else False,
                }
            )
        if areas:
            env["logistics.territory"].create(
                {
                    "name": f"{head.name} – {'North' if number == 0 else 'South'}",
                    "company_id": company.id,
                    "customer_id": head.id,
                    "exclusive": number == 0,
                    "date_from": "2020-01-01",
                    "area_ids": [Command.create(area) for area in areas],
                }
            )


def _plans(env, company, accounts, today):
    keys = accounts.filtered(lambda account: account.value_class == "key")[:3]
    managers = env["res.users"].search([("login", "=", "manager")], limit=1)
    for number, account in enumerate(keys):
        revenue = account.revenue_12m or 100000.0
        plan = env["logistics.account.plan"].create(
            {
                "customer_id": account.id,
                "year": today.year,
                "sponsor_id": managers.id,
                "situation": "Builds a second plant in spring. The purchasing manager decides.",
                "needs": "One contact for all sites, status of shipments in their own system.",
                "solution": "Fixed pick-up at six, weekly report, link to their order system.",
                "agreed_on": today - timedelta(days=40),
                "competition": "Named contact and the link bind more than half a cent of price.",
                "goal_ids": [
                    Command.create({"measure": "revenue", "target": round(revenue * 1.1, -3)}),
                    Command.create({"measure": "on_time", "target": 97.0}),
                    Command.create({"measure": "services", "target": 4}),
                    Command.create(
                        {
                            "measure": "custom",
                            "name": "Sites linked to our system",
                            "target": 3,
                            "counted": 1 + number,
                        }
                    ),
                ],
            }
        )
        plan.action_start()
        plan.with_context(mail_activity_automation_skip=False).action_plan_reviews()
        plan.with_context(mail_activity_automation_skip=False).activity_schedule(
            "mail.mail_activity_data_todo",
            today + timedelta(days=6),
            "Offer the link to the order system",
            user_id=account.user_id.id or managers.id or env.uid,
        )


def _capacity(env, company, today):
    """The most ordered service of the coming weeks is short in one of them."""
    waiting = env["sale.order.line"].search(
        [
            ("company_id", "=", company.id),
            ("state", "=", "sale"),
            ("logistics_service_id", "!=", False),
            ("logistics_delivered_date", "=", False),
            ("qty_delivered", "=", 0),
        ],
        order="id desc",
    )
    by_service = waiting.grouped("logistics_service_id")
    service = max(by_service, key=lambda s: (len(by_service[s]), -s.id), default=None)
    if not service:
        return
    # what waits of it is promised anew for the coming week
    monday = today + timedelta(days=7 - today.weekday())
    for number, line in enumerate(by_service[service][:8]):
        line.logistics_promised_date = monday + timedelta(days=number % 5)
    capacities = env["logistics.capacity"].create(
        [
            {
                "company_id": company.id,
                "service_id": service.id,
                "date_from": monday + timedelta(days=7 * week),
                "quantity": 1000.0,
            }
            for week in range(2)
        ]
    )
    first = capacities[0]
    if first.ordered:
        first.quantity = max(int(first.ordered * 0.6), 1)
        first.invalidate_recordset()
        if first.short:
            first.action_allocate()
    # what the best are entitled to
    policy = env["logistics.value.class.policy"]._for_company(company)
    for row in policy.entitlement_ids.filtered(lambda row: row.value_class == "key"):
        row.write({"door_delivery": True, "technical_service": True})


def _development(env, company, accounts, today):
    env["logistics.development.rule"].create(
        [
            {"company_id": company.id, "value_class": value_class, "kind": kind, "per_year": times}
            for value_class, kind, times in (
                ("key", "training", 2),
                ("key", "study", 1),
                ("core", "training", 1),
            )
        ]
    )
    events = env["logistics.development.event"].create(
        [
            {
                "name": name,
                "kind": kind,
                "company_id": company.id,
                "date_from": today + timedelta(days=days),
                "cost": cost,
                "place": place,
                "participant_ids": [
                    Command.create({"customer_id": account.id, "people": 1 + number % 3})
                    for number, account in enumerate(accounts[first:last])
                ],
            }
            for name, kind, days, cost, place, first, last in (
                ("Packing without damage", "training", -45, 2400.0, "Our hub", 0, 6),
                ("A night at the sorting hub", "study", -20, 900.0, "Our hub", 2, 6),
                ("Returns: what others do", "exchange", 25, 600.0, "Online", 1, 8),
            )
        ]
    )
    events[:2].action_held()
