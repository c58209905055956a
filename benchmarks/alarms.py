# Part of logistics_crm. License LGPL-3 or later.
"""False alarms and days to notice of the churn alarms, on an invented company.

Run in an Odoo shell of an empty database: ``make -s shell DB=alarms < benchmarks/alarms.py``.
Three years of customers with log-normal rates (median one order in eight days), most of them
regular, weekends, an 18-day holiday shutdown each year and a peak in the fourth quarter. In the
third year one in five stops abruptly. Every week the alarms are asked for; nothing is written
at the end.
"""

import random
from datetime import date, timedelta
from math import exp, log
from statistics import median

CUSTOMERS = 400
START = date(2021, 1, 1)
WATCH = date(2023, 1, 1)
END = date(2023, 12, 31)


def shut(day):
    return day.weekday() >= 5 or date(day.year, 1, 22) <= day < date(day.year, 2, 9)


def history(draw, stops):
    """Order days of one customer: pauses count working days, faster in the last quarter."""
    pace = exp(draw.gauss(log(8), 0.9)) * 5 / 7
    shape = 1.0 if draw.random() < 0.4 else draw.choice([2, 4, 8])
    day, wait, days = START, draw.gammavariate(shape, pace / shape), []
    while day <= END and not (stops and day >= stops):
        if not shut(day):
            wait -= 1.3 if day.month >= 10 else 1.0
            if wait <= 0:
                days.append(day)
                wait += max(draw.gammavariate(shape, pace / shape), 0.3)
        day += timedelta(days=1)
    return days


def simulate(env, customers=CUSTOMERS, seed=7, every=7):
    """Alarms of the third year: dict of false alarms a customer-year and days to notice."""
    draw = random.Random(seed)
    company = env["res.company"].create(
        {"name": f"Alarms {seed}", "currency_id": env.ref("base.USD").id}
    )
    partners = env["res.partner"].create(
        [{"name": f"Simulated {n}", "is_company": True} for n in range(customers)]
    )
    rows, stopped = [], {}
    for partner in partners:
        stops = None
        if draw.random() < 0.2:
            stops = WATCH + timedelta(days=draw.randrange(0, 300))
            stopped[partner.id] = stops
        for number, day in enumerate(history(draw, stops)):
            rows.append((company.id, partner.id, day, f"S{number}", company.currency_id.id))
    env.cr.execute_values(
        "INSERT INTO logistics_trading_history (company_id, partner_id, date, document, line,"
        " currency_id, amount, amount_company) VALUES %s",
        [(c, p, d, n, "1", cur, 100, 100) for c, p, d, n, cur in rows],
    )
    env["logistics.customer"]._ensure_accounts(company=company)
    by_partner = {
        a.id: a.partner_id.id
        for a in env["logistics.customer"].search([("company_id", "=", company.id)])
    }
    alarms, false, noticed, years = set(), 0, {}, 0.0
    day = WATCH
    while day <= END:
        found = {
            (by_partner[row["customer_id"]], row["last_trade_date"])
            for row in env["logistics.churn.alarm"]._detect(day, company)
            if row["rule"] == "gap"
        }
        for partner, _last in found - alarms:
            stops = stopped.get(partner)
            if stops and day >= stops:
                noticed.setdefault(partner, (day - stops).days)
            else:
                false += 1
        alarms |= found
        day += timedelta(days=every)
    for partner in partners.ids:
        until = stopped.get(partner, END)
        years += (until - WATCH).days / 365
    delays = [noticed.get(partner, 999) for partner in stopped]
    return {
        "customers": customers,
        "false_per_year": false / years,
        "median_days": median(delays),
        "within_30": sum(d <= 30 for d in delays) / len(delays),
        "within_60": sum(d <= 60 for d in delays) / len(delays),
    }


if __name__ in ("__main__", "builtins") and "env" in globals():
    for seed in (7, 8, 9):
        print(seed, simulate(env, seed=seed))  # noqa: F821 (the shell's environment)
    env.cr.rollback()  # noqa: F821
