# Part of logistics_crm. License LGPL-3 or later.
"""Keeping customers in the sample company: stages of a year, alarms and verdicts, newcomers."""

import random
from datetime import timedelta

SEED = "retention"
# Alarms were asked for on these days before today, and closed with a verdict.
PAST_ALARMS = (330, 250, 170)
# the representatives have not got round to these yet
OPEN_ALARMS = (80, 40, 0)
SHARPER = {"logistics_alarm_budget": 5.0, "logistics_alarm_drop": 2.0}
OFFERS = [
    "Last year's rates for three months, and a pick-up before noon.",
    "A named contact at the branch; complaints answered the same day.",
    "Free storage for the first two weeks of each month.",
]
OPINIONS = [
    "Says a competitor is a day faster to the west.",
    "New buyer, has not heard of us before.",
    "Waits for an answer about the damaged pallets.",
    "All is well: fewer goods to ship this season.",
]
IMPROVEMENTS = [
    "Pick-up moved to ten o'clock.",
    "The branch manager visits once a quarter.",
    "Claim settled, apology by telephone.",
]
TICKS = ["Pallets complete, one box wet.", "Came a day early.", "Bill was clear."]


def add_retention(env, plan, companies):
    """Write the stages of a year, alarms with verdicts, milestones and win-backs."""
    today = plan["today"]
    for home, company in companies.items():
        rng = random.Random(f"{SEED}/{home}")
        # Where credit control is switched on the sample shows everything at work.
        working = company.logistics_credit_control == "enforce"
        here = env(context=dict(env.context, allowed_company_ids=company.ids))
        company = company.with_env(here)
        months = 13 if working else 6
        here["logistics.stage.change"]._backfill(company, months=months, today=today)
        _alarms(here, company, today, rng, working)
        _newcomers(here, company, today, rng, working)
        _win_backs(here, company, today, rng)


def _alarms(env, company, today, rng, working):
    alarms = env["logistics.churn.alarm"].with_company(company)
    company.logistics_churn_alarms = working
    company.logistics_alarm_precision = 0.85
    usual = {name: company[name] for name in SHARPER}
    for back in PAST_ALARMS:
        day = today - timedelta(days=back)
        found = alarms._raise_alarms(day, company)
        for alarm in found:
            last = alarm.customer_id.last_trade_date
            came_back = last and last > day + timedelta(days=30)
            _close(alarm, came_back, day + timedelta(days=rng.randrange(6, 25)), rng)
    _older_verdicts(env, company, today, rng)
    # few customers with few orders each: there is something to see only when one listens closely
    company.write(SHARPER)
    for back in OPEN_ALARMS:
        alarms._raise_alarms(today - timedelta(days=back), company)
    company.write(usual)
    env["logistics.alarm.proposal"]._propose(company, today)


def _close(alarm, came_back, day, rng):
    """A verdict as a representative writes it; who came back was saved or never in danger."""
    if not came_back:
        outcome, cause = "lost", rng.choice(("competitor", "price", "closed", "insourced"))
    elif rng.random() < 0.55:
        outcome, cause = "saved", rng.choice(("attention", "quality", "price", "claim"))
    else:
        outcome, cause = "false_alarm", rng.choice(("none", "season", "demand"))
    alarm.write(
        {
            "cause": cause,
            "outcome": outcome,
            "opinion": rng.choice(OPINIONS),
            "improvement": rng.choice(IMPROVEMENTS) if outcome == "saved" else False,
        }
    )
    alarm.action_close()
    owner = alarm.user_id or alarm.env.user
    alarm.write({"closed_on": day, "closed_by_id": owner.id})


def _older_verdicts(env, company, today, rng):
    """Volume alarms of last year: those close to the threshold were false more often."""
    accounts = env["logistics.customer"].search(
        [("company_id", "=", company.id), ("trade_days_total", ">", 12)], order="id", limit=24
    )
    alarms = env["logistics.churn.alarm"]
    for place, account in enumerate(accounts):
        level = 3.5 + place / 8
        base = round(float(account.revenue_12m or 40000) / 6.5)
        row = {"rule": "drop", "base": base, "recent": round(base * 0.45), "measure": "amount"}
        day = today - timedelta(days=400 + 9 * place)
        alarm = alarms.create(
            {
                "customer_id": account.id,
                "rule": "drop",
                "date": day,
                "last_trade_date": day - timedelta(days=6),
                "chance": 0.0002,
                "level": level,
                "probability": 0.5,
                "severity": round(float(account.margin_12m or 0) / 2, 2) or False,
                "evidence": alarms._evidence(row, True, False),
            }
        )
        _close(alarm, rng.random() > place / 24, day + timedelta(days=12), rng)


def _newcomers(env, company, today, rng, working):
    company.logistics_onboarding = working
    company.logistics_onboarding_activities = working
    milestones = env["logistics.onboarding.milestone"]
    milestones._refresh_company(company, today)
    by_hand = milestones.search(
        [
            ("company_id", "=", company.id),
            ("state", "=", "open"),
            ("due_date", "<", today),
            ("step_id.reached_by", "=", "hand"),
        ],
        order="id",
    )
    # the last one waits: its newcomer is stalled
    for milestone in by_hand[:-1]:
        if rng.random() < 0.65:
            milestone.action_done()
            late = rng.choice((-2, -1, 0, 0, 1, 4))
            milestone.write(
                {
                    "done_on": min(milestone.due_date + timedelta(days=late), today),
                    "done_by_id": milestone.user_id.id,
                    "note": rng.choice(TICKS) if rng.random() < 0.5 else False,
                }
            )


def _win_backs(env, company, today, rng):
    gone = env["logistics.customer"].search(
        [("company_id", "=", company.id), ("lifecycle_stage", "in", ("lost", "dormant"))],
        order="id",
        limit=7,
    )
    if not gone:
        return
    gone.action_win_back()
    manager = env["res.users"].search([("login", "=", "manager")], limit=1)
    for place, winback in enumerate(gone.winback_ids.sorted("id")):
        winback.user_id = winback.customer_id.user_id or manager
        if not winback.reason:
            winback.reason = rng.choice(("price", "competitor", "quality"))
        winback.contact_date = today + timedelta(days=rng.randrange(-3, 12))
        if place % 4 == 3:
            continue
        winback.offer = OFFERS[place % len(OFFERS)]
        winback.write({"offer_date": today - timedelta(days=30 + 15 * place), "state": "offered"})
        if place % 4 == 2:
            winback.action_give_up()
    won_back = env["logistics.customer"].search(
        [("company_id", "=", company.id), ("lifecycle_stage", "=", "won_back")],
        order="id",
        limit=2,
    )
    for account in won_back:
        winback = env["logistics.winback"].create(
            {
                "customer_id": account.id,
                "user_id": account.user_id.id or env.uid,
                "reason": "attention",
                "offer": OFFERS[0],
                "offer_date": account.last_trade_date - timedelta(days=90),
                "state": "offered",
            }
        )
        winback.action_won()
