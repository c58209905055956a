# Part of logistics_crm. License LGPL-3 or later.
"""The customers' voice in the sample company: surveys, a past symposium and the next one."""

import random
from datetime import datetime, time, timedelta

WORDS = [
    ("Compensation for damage takes two months", "compensation"),
    ("Claims: we never hear who is on it", "compensation"),
    ("Nobody pays lost parcels without three letters", "compensation"),
    ("The driver comes after our gate has closed", "pickup"),
    ("Deliveries on Mondays are late", "delivery"),
    ("Bills should name our order number", "billing"),
    ("Prices for the whole year, please", "price"),
]
ANSWERS = {
    "compensation": "One clerk per claim, an answer within ten days",
    "pickup": "The tour was turned round: pick-up before five",
    "billing": "Your order number is on every bill since May",
}


def add_voice(env, plan, companies):
    """Write a symposium with questionnaires, a running survey, ratings and what came of them."""
    today = plan["today"]
    manager = env["res.users"].search([("login", "=", "manager")], limit=1)
    for company in companies.values():
        rng = random.Random(company.id)
        accounts = env["logistics.customer"].search(
            [("company_id", "=", company.id), ("value_class", "in", ("key", "core"))],
            order="value_rank, id",
            limit=14,
        )
        if not accounts:
            continue
        past = _past_symposium(env, company, accounts, manager, today, rng)
        _opinions(env, past, accounts, today)
        _running_survey(env, company, accounts, manager, today, rng)
        _ratings(env, company, accounts, today, rng)
        _next_symposium(env, company, manager, today)
        accounts._refresh_satisfaction()
    _portal(env, companies["main"], today)


def _past_symposium(env, company, accounts, manager, today, rng):
    day = today - timedelta(days=120)
    past = env["logistics.symposium"].create(
        {
            "name": f"Customer Symposium {day.year}-{1 if day.month < 7 else 2}",
            "company_id": company.id,
            "user_id": manager.id,
            "start": datetime.combine(day, time(13)),
            "location": "Harbour Hotel, Hall 2",
            "cost": 1850.0,
            "minutes": "<p>Welcome, what became of last time's points, figures of the half-year, "
            "questions. Compensation for damage is what most speak about.</p>",
        }
    )
    _agenda(env, past)
    env["logistics.symposium.invitee"].create(
        [
            {
                "symposium_id": past.id,
                "customer_id": account.id,
                "invited_on": datetime.combine(day - timedelta(days=30), time(9)),
                "answer": "yes" if number % 4 else "no",
                "attended": bool(number % 4),
            }
            for number, account in enumerate(accounts)
        ]
    )
    past.action_held()
    past.action_hand_out()
    for invitation in past.round_id.invitation_ids[:9]:
        _fill(env, invitation, datetime.combine(day, time(16)), rng)
    past.round_id.action_close()
    past.action_close()
    return past


def _agenda(env, symposium):
    env["logistics.symposium.agenda"].create(
        [
            {"symposium_id": symposium.id, "sequence": 10 * number + 10, **values}
            for number, values in enumerate(
                (
                    {"name": "Punctuality of the half-year", "minutes": 20},
                    {"name": "New services", "minutes": 30},
                    {"name": "Your questions, and the questionnaire", "minutes": 40},
                )
            )
        ]
    )


def _fill(env, invitation, moment, rng, mood=None):
    """Answer a questionnaire as the web page would; compensation is what all are cross about."""
    sheet = invitation.user_input_id
    lines = []
    mood = rng.choice((0, 0, 1)) if mood is None else mood
    slow = env.ref("logistics_crm.dimension_claims")
    for question in sheet.survey_id.question_ids:
        side = question.logistics_side
        base = {"user_input_id": sheet.id, "question_id": question.id, "skipped": False}
        if question.question_type == "matrix":
            columns = question.suggested_answer_ids.sorted("sequence")
            for row in question.matrix_row_ids:
                dimension = row.logistics_dimension_id
                place = rng.choice((2, 3, 3, 4)) if side == "expected" else 3 - mood
                if side == "perceived":
                    place = rng.choice((0, 1)) if dimension == slow else place + rng.choice((0, 1))
                elif dimension == slow:
                    place = 4
                lines.append(
                    {
                        **base,
                        "answer_type": "suggestion",
                        "matrix_row_id": row.id,
                        "suggested_answer_id": columns[place].id,
                    }
                )
        elif question.question_type == "scale":
            top = question.scale_max
            value = rng.randint(6, 10) - 2 * mood if top == 10 else rng.randint(3, 5) - mood
            if side == "expected":
                value = rng.randint(3, 5)
            lines.append({**base, "answer_type": "scale", "value_scale": value})
    env["survey.user_input.line"].create(lines)
    sheet.write({"state": "done", "start_datetime": moment, "end_datetime": moment})
    invitation._derive()


def _opinions(env, past, accounts, today):
    values = []
    for number, (text, topic) in enumerate(WORDS):
        account = accounts[number % len(accounts)]
        date = past.start.date() if number < 5 else today - timedelta(days=40 - number)
        values.append(
            {
                "customer_id": account.id,
                "name": text,
                "topic_id": env.ref(f"logistics_crm.opinion_topic_{topic}").id,
                "date": date,
                "deadline": date + timedelta(days=30),
                "owner_id": account.user_id.id or past.user_id.id,
                **({"res_model": past._name, "res_id": past.id} if number < 5 else {}),
            }
        )
    # said again since, by somebody else
    values.append(
        {
            **values[0],
            "customer_id": accounts[-1].id,
            "name": "Still waiting for the money for two pallets",
            "date": today - timedelta(days=12),
            "deadline": today + timedelta(days=2),
            "res_model": False,
            "res_id": False,
        }
    )
    said = env["logistics.opinion"].create(values)
    for opinion, (_text, topic) in zip(said[:6], WORDS, strict=False):
        if topic in ANSWERS and opinion != said[1]:
            opinion.answer = ANSWERS[topic]
            opinion.action_answer()
            opinion.answered_on = min(today, opinion.date + timedelta(days=24))
            if topic != "compensation":
                opinion.action_satisfied()
    env["logistics.opinion.focus"].create(
        {
            "company_id": past.company_id.id,
            "topic_id": env.ref("logistics_crm.opinion_topic_compensation").id,
            "executive_id": past.user_id.id,
            "taken_up_on": past.start.date() + timedelta(days=7),
            "deadline": today + timedelta(days=30),
            "measures": "One clerk per claim; small claims are paid at once.",
        }
    )


def _running_survey(env, company, accounts, manager, today, rng):
    asked = env["logistics.satisfaction.round"].create(
        {
            "name": f"Survey of Key and Core Customers {today.year}",
            "company_id": company.id,
            "survey_id": env.ref("logistics_crm.survey_satisfaction_short").id,
            "user_id": manager.id,
            "deadline": today + timedelta(days=10),
        }
    )
    asked._invite(accounts)
    asked.action_open()
    asked.invitation_ids.write({"sent_on": datetime.combine(today - timedelta(10), time(9))})
    for number, invitation in enumerate(asked.invitation_ids[:6]):
        moment = datetime.combine(today - timedelta(days=number + 1), time(10))
        # one of them is far less content than half a year ago
        _fill(env, invitation, moment, rng, mood=2 if number == 2 else 0)


def _ratings(env, company, accounts, today, rng):
    """Faces after deliveries; most are happy."""
    orders = env["sale.order"].search(
        [
            ("company_id", "=", company.id),
            ("state", "=", "sale"),
            ("partner_id", "in", accounts.partner_id.ids),
        ],
        order="date_order desc",
        limit=12,
    )
    ratings = env["rating.rating"].create(
        [
            {
                "res_model_id": env["ir.model"]._get_id("sale.order"),
                "res_id": order.id,
                "partner_id": order.partner_id.id,
                "rated_partner_id": order.user_id.partner_id.id,
                "rating": rng.choice((5, 5, 5, 3, 1)),
                "consumed": True,
            }
            for order in orders
        ]
    )
    for number, rating in enumerate(ratings):
        rating.rated_on = datetime.combine(today - timedelta(days=3 * number + 4), time(11))


def _next_symposium(env, company, manager, today):
    day = today + timedelta(days=26)
    coming = env["logistics.symposium"].create(
        {
            "name": f"Customer Symposium {day.year}-{1 if day.month < 7 else 2}, next",
            "company_id": company.id,
            "user_id": manager.id,
            "start": datetime.combine(day, time(13)),
            "location": "Harbour Hotel, Hall 2",
        }
    )
    _agenda(env, coming)
    coming.action_add_invitees()
    for number, invitee in enumerate(coming.invitee_ids):
        if number % 3 == 0:
            invitee.answer = "yes"


def _portal(env, company, today):
    """A customer's buyer who logs in (customer / customer), and a visit asked for."""
    company.write({"logistics_portal_delivery": True, "logistics_portal_visit": True})
    account = env["logistics.customer"].search(
        [("company_id", "=", company.id), ("value_class", "=", "key")],
        order="value_rank, id",
        limit=1,
    )
    if not account:
        return
    user = env["res.users"].search([("login", "=", "customer")], limit=1) or env[
        "res.users"
    ].create(
        {
            "name": "Paula Buyer",
            "login": "customer",
            "password": "customer",
            "email": "paula@customer.example.com",
            "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
            "company_id": company.id,
            "company_ids": [(6, 0, company.ids)],
            "tz": "Europe/Paris",
        }
    )
    user.partner_id.parent_id = account.partner_id
    asked = env["logistics.satisfaction.round"].search(
        [("company_id", "=", company.id), ("state", "=", "open")], limit=1
    )
    env["logistics.satisfaction.invitation"].create(
        {
            "round_id": asked.id,
            "customer_id": account.id,
            "partner_id": user.partner_id.id,
        }
    )
    request = env["logistics.visit.request"].create(
        {
            "customer_id": account.id,
            "partner_id": user.partner_id.id,
            "subject": "Night pick-ups for the new warehouse",
            "channel": "onsite",
            "wished_date": today + timedelta(days=6),
        }
    )
    request._tell_representative()
