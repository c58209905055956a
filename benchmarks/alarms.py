# Part of logistics_crm. License LGPL-3 or later.
"""False alarms and days to notice of the churn alarms, on invented companies.

    make alarms                          every mix of rhythms, several seeds each
    make alarms ROWS='mixed slow'        some mixes only

A company trades for three years, with weekends, an 18-day holiday shutdown and a peak in the
fourth quarter. In the third year one customer in five stops from one day to the next and one in
five fades to nothing within twelve weeks. Every week (in two mixes every night, as the product
does) the alarms are asked for, with the default settings, as of that day. False: an alarm on a
customer who has not begun to leave, per healthy customer and year; all rules that warn of a loss
count, each silence and each eight weeks of a drop once. Nothing is kept. The table is written to
out/alarms.md.
"""

import os
import random
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from statistics import median

CUSTOMERS = 200
SEEDS = (1, 2, 3)
START = date(2021, 1, 1)
WATCH = date(2023, 1, 1)
END = date(2023, 12, 31)
FADE_DAYS = 84
QUIET_DAYS = 56
# First day of the shutdown of each year: it moves, as the Spring Festival does.
HOLIDAYS = {2021: date(2021, 2, 8), 2022: date(2022, 1, 29), 2023: date(2023, 1, 20)}


@dataclass(frozen=True)
class Mix:
    """Rhythms of a company: days between orders, and how regular they are."""

    words: str
    median: float = 8.0
    spread: float = 0.9
    irregular: float = 0.4  # share of customers whose orders follow no rhythm (Poisson)
    shapes: tuple = (2, 4, 8)  # regularity of the others
    size: float = 0.5  # how much the amounts of one customer's orders differ
    services: int = 0  # how many a customer uses; 0: none is named
    every: int = 7  # days from one search for alarms to the next


MIXES = {
    "mixed": Mix("an order in 8 days, two in five without rhythm"),
    "narrow": Mix("the same, paces alike", spread=0.5),
    "irregular": Mix("nobody has a rhythm", irregular=1.0),
    "wide": Mix("paces very different, half without rhythm", spread=1.2, irregular=0.5),
    "regular": Mix("nine in ten regular", irregular=0.1, shapes=(4, 8, 12)),
    "daily": Mix("an order in 3 days", median=3.0, spread=0.7),
    "slow": Mix("an order in 20 days", median=20.0, spread=0.7),
    "services": Mix("the first, with three services each", services=3),
    "nightly": Mix("the first, asked every night", every=1),
    "nightly-irregular": Mix("the third, asked every night", irregular=1.0, every=1),
}


def shut(day):
    holiday = HOLIDAYS[day.year]
    return day.weekday() >= 5 or holiday <= day < holiday + timedelta(days=18)


def history(draw, mix, leaves, fades):
    """Order days of one customer: pauses count working days, faster in the last quarter."""
    pace = exp(draw.gauss(log(mix.median), mix.spread)) * 5 / 7
    shape = 1.0 if draw.random() < mix.irregular else draw.choice(mix.shapes)
    wait = draw.random() * pace
    day, days = START, []
    while day <= END:
        going = 1.0
        if leaves and day >= leaves:
            going = 1 - (day - leaves).days / FADE_DAYS if fades else 0.0
            if going <= 0:
                break
        if not shut(day):
            wait -= going * (1.3 if day.month >= 10 else 1.0)
            if wait <= 0:
                days.append(day)
                wait += max(draw.gammavariate(shape, pace / shape), 0.3)
        day += timedelta(days=1)
    return days


def invent(env, mix, customers, seed):
    """A company with its history: ``(company, {account id: (leaves on, fades)})``."""
    draw = random.Random(seed)
    company = env["res.company"].create(
        {"name": f"Alarms {seed}", "currency_id": env.ref("base.USD").id}
    )
    partners = env["res.partner"].create(
        [{"name": f"Simulated {n}", "is_company": True} for n in range(customers)]
    )
    services = env["logistics.service"].create(
        [{"name": f"Simulated {n}", "code": f"SIM{n}"} for n in range(mix.services)]
    )
    rows, leavers = [], {}
    for place, partner in enumerate(partners):
        leaves = WATCH + timedelta(days=draw.randrange(0, 300)) if place % 5 < 2 else None
        if leaves:
            leavers[partner.id] = (leaves, place % 5 == 1)
        usual = exp(draw.gauss(5, 1))
        for number, day in enumerate(history(draw, mix, leaves, place % 5 == 1)):
            amount = round(usual * exp(draw.gauss(0, mix.size)), 2)
            service = draw.choice(services.ids) if services else None
            rows.append(
                (company.id, partner.id, day, f"S{number}", "1", company.currency_id.id)
                + (amount, amount, service)
            )
    env.cr.execute_values(
        "INSERT INTO logistics_trading_history (company_id, partner_id, date, document, line,"
        " currency_id, amount, amount_company, service_id) VALUES %s",
        rows,
    )
    env["logistics.customer"]._ensure_accounts(company=company)
    accounts = env["logistics.customer"].search([("company_id", "=", company.id)])
    env.flush_all()
    return company, {a.id: leavers.get(a.partner_id.id, (None, False)) for a in accounts}


def simulate(env, mix=MIXES["mixed"], customers=CUSTOMERS, seed=1):
    """Alarms of the third year: a dict of the figures printed; see the module."""
    company, accounts = invent(env, mix, customers, seed)
    false, noticed, told = {"gap": 0, "drop": 0}, {}, {}
    day = WATCH
    while day <= END:
        for row in env["logistics.churn.alarm"]._detect(day, company):
            if row["rule"] not in false:
                continue
            key = (row["customer_id"], row["rule"], row["last_trade_date"])
            if row["rule"] == "drop":
                key = (*key[:2], row["service_id"])
            last = told.get(key)
            if last and (row["rule"] == "gap" or (day - last).days < QUIET_DAYS):
                continue
            told[key] = day
            leaves, _fades = accounts[row["customer_id"]]
            if leaves and day >= leaves:
                noticed.setdefault(row["customer_id"], (day - leaves).days)
            else:
                false[row["rule"]] += 1
        day += timedelta(days=mix.every)
    years = sum(((leaves or END) - WATCH).days / 365 for leaves, _fades in accounts.values())

    def delays(fades):
        return [
            noticed.get(account, 999)
            for account, (leaves, fading) in accounts.items()
            if leaves and fading == fades
        ]

    stops = delays(False)
    return {
        "false": sum(false.values()) / years,
        "of silence": false["gap"] / years,
        "days (stop)": median(stops),
        "within 30": sum(d <= 30 for d in stops) / len(stops),
        "within 60": sum(d <= 60 for d in stops) / len(stops),
        "days (fade)": median(delays(True)),
    }


def report(env, names, seeds=SEEDS, customers=CUSTOMERS):
    """Print a line per mix and seed, and the mean of each mix.

    :return: a table of the means and worst seeds as lines of Markdown
    """
    budget = env["res.company"].new({}).logistics_alarm_budget
    print(f"{customers} customers; {budget} the budget")
    table = [
        "| mix | false alarms: mean, worst | days (stop): mean, worst | in 60 days | days (fade) |",
        "|---|---|---|---|---|",
    ]
    for name in names:
        runs = []
        for seed in seeds:
            savepoint = env.cr.savepoint(flush=True)
            runs.append(simulate(env, MIXES[name], customers, seed))
            savepoint.rollback()
            savepoint.close(rollback=False)
            env.invalidate_all()
            print(f"{name:17} {seed}", _told(runs[-1]), flush=True)
        mean = {key: sum(run[key] for run in runs) / len(runs) for key in runs[0]}
        worst = {key: max(run[key] for run in runs) for key in mean}
        print(f"{name:17} =", _told(mean))
        table.append(
            f"| {name}: {MIXES[name].words} | {mean['false']:.2f}, {worst['false']:.2f} "
            f"| {mean['days (stop)']:.0f}, {worst['days (stop)']:.0f} "
            f"| {mean['within 60']:.0%} | {mean['days (fade)']:.0f} |"
        )
    return [*table, "", f"{customers} customers, {len(seeds)} seeds of each mix, budget {budget}."]


def _told(run):
    return "  ".join(
        f"{key} {value:.0f}" if "days" in key else f"{key} {value:.2f}"
        for key, value in run.items()
    )


if __name__ in ("__main__", "builtins") and "env" in globals():
    lines = report(env, os.environ.get("ROWS", "").split() or MIXES)  # noqa: F821 (the shell's)
    env.cr.rollback()  # noqa: F821
    out = os.path.join(os.environ.get("LOGISTICS_CRM_ROOT") or os.getcwd(), "out")
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "alarms.md"), "w", encoding="utf-8") as handle:
        handle.write("\n".join(lines) + "\n")
