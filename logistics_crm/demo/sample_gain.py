# Part of logistics_crm. License LGPL-3 or later.
"""What sample customers say of themselves, what they gained with us, and their awards."""

import random
from datetime import date, timedelta

from odoo import Command

SEED = "customer gain"
WAYS = ["portal", "e_mail", "phone", "through_the_representative", "edi_or_api"]
REASONS = ["price", "delivery_time", "reliability", "network_coverage", "special_service"]
SOURCES = ["representative", "recommendation", "internet", "fair_or_event"]
WISHES = ["lower_prices", "faster_delivery", "better_tracking", "faster_claims", "wider_network"]
GAINS = [
    ("decision", "Purchasing decides in two days, no longer in six", 4, "day", None),
    ("conflict", "Fewer disputes about delivery times", 30, "case", None),
    ("cost", "One warehouse less between hub and shops", None, False, 0.08),
    ("time", "Customs papers are ready when the truck is", 120, "hour", None),
    ("profit", "Parcels the customer now offers to its own clients", None, False, 0.05),
]


def add_gain(env, plan, companies):
    """Answers for the larger customers, value delivered for the largest, a few awards."""
    env = env(context=dict(env.context, logistics_fact_log=False))
    today = plan["today"]
    for company in companies.values():
        accounts = env["logistics.customer"].search(
            [("company_id", "=", company.id), ("revenue_12m", ">", 0)],
            order="revenue_12m desc, id",
        )
        for place, account in enumerate(accounts):
            rnd = random.Random(f"{SEED}/{account.ref}")
            if rnd.random() < 1 - place / len(accounts):
                _add_answers(account, rnd)
        for account in accounts[:6]:
            _add_value(account, today, random.Random(f"{SEED}/value/{account.ref}"))
        for number, account in enumerate(accounts[:3]):
            _add_award(account, number, plan["year"])


def _tag(account, kind, code):
    return account.env.ref(f"logistics_crm.fact_tag_{kind}_{code}").id


def _add_answers(account, rnd):
    account.write(
        {
            "buying_way_ids": [
                Command.link(_tag(account, "buying_way", code)) for code in rnd.sample(WAYS, 2)
            ],
            "buying_reason_ids": [Command.link(_tag(account, "reason", rnd.choice(REASONS)))],
            "known_from_id": _tag(account, "known_from", rnd.choice(SOURCES)),
            "opinion_of_us": rnd.choice("23445"),
            "wish_ids": [Command.link(_tag(account, "wish", rnd.choice(WISHES)))],
        }
    )


def _add_value(account, today, rnd):
    gains = rnd.sample(GAINS, 2)
    account.env["logistics.value.delivered"].create(
        [
            {
                "customer_id": account.id,
                "kind": kind,
                "name": name,
                "quantity": quantity or False,
                "unit": unit,
                "amount": round(account.revenue_12m * share, -2) if share else False,
                "date_from": date(today.year - 1, 1, 1),
                "date_to": date(today.year - 1, 12, 31),
                "basis": "customer" if number else "measured",
                "confirmed_on": today - timedelta(days=rnd.randint(20, 90)) if number else False,
                "person_id": account.key_person_ids[:1].id if number else False,
                "user_id": account.user_id.id or account.env.uid,
            }
            for number, (kind, name, quantity, unit, share) in enumerate(gains)
        ]
    )


def _add_award(account, number, year):
    person = account.key_person_ids[:1]
    honorary = number == 1 and person
    account.env["logistics.recognition"].create(
        {
            "customer_id": account.id,
            "kind": "honorary" if honorary else "best",
            "name": f"Honorary Employee {year}" if honorary else f"Customer of the Year {year}",
            "person_id": person.id if honorary else False,
            "date": date(year, 12, 15),
            "reason": "The steadiest volumes of the year and every invoice paid when it was due.",
            "gift": "Certificate and crystal cup",
            "cost": 180.0,
            "state": "proposed" if number == 2 else "granted",
            "granted_by_id": False if number == 2 else account.env.uid,
            "granted_on": False if number == 2 else date(year, 12, 10),
            "user_id": account.user_id.id or account.env.uid,
        }
    )
