# Part of logistics_crm. License LGPL-3 or later.
"""What happens in the sample company: plain Python, no database, the same every time.

Every customer and every month has its own random stream, and months are counted from the last
full year. Two builds on one day are identical; a build some weeks later tells the same story,
only longer.
"""

import math
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from .sample_names import ABROAD_CUSTOMERS, MAIN_CUSTOMERS, SERVICES

SEED = "harbour-and-rail"

# share of the customers per story of a hundred, and what it does to their trade
STORIES = [
    ("steady", 40),
    ("growing", 14),
    ("fading", 13),
    ("stopped", 9),
    ("new", 10),
    ("back", 4),
    ("seasonal", 10),
]
PAYERS = [("prompt", 38), ("normal", 36), ("slow", 17), ("bad", 9)]

# Peak before Christmas, weak January and February; Spring Festival empties the second company
MAIN_SEASON = (0.82, 0.84, 0.96, 0.96, 1.0, 1.0, 0.94, 0.92, 1.04, 1.18, 1.36, 1.22)
ABROAD_SEASON = (0.8, 0.38, 1.02, 1.02, 1.04, 1.06, 0.96, 0.98, 1.08, 1.12, 1.42, 1.14)

# The second company prices in its own currency
ABROAD_PRICE_FACTOR = 6.4


# the order below has a field called date
Day = date


@dataclass
class Size:
    """How much is built."""

    every: int  # one customer of so many
    months: int  # of orders, counted back from this month
    history_months: int  # of trading history before them
    activity: float  # orders per customer and month, relative


SIZES = {"full": Size(1, 36, 24, 1.0), "light": Size(4, 17, 6, 0.5)}


@dataclass
class Customer:
    ref: str
    name: str
    country: str
    city: str
    home: str
    rank: int
    story: str
    payer: str
    term_days: int
    rep: str | None
    volume: float
    rate: float
    discount: float
    late: float
    pay_day: int
    collective: bool
    services: list
    euro: bool = False
    turn: int = 0  # month in which the story turns, counted from January of the last full year

    def activity(self, month, when):
        """Trade in a month relative to the usual; ``month`` counts from the last full year."""
        season = (ABROAD_SEASON if self.home == "abroad" else MAIN_SEASON)[when.month - 1]
        since = month - self.turn
        if self.story == "growing":
            return season * min(1.03**month, 1.7)
        if self.story == "fading":
            return season * (1.0 if since <= 0 else max(0.0, math.exp(-0.13 * since) - 0.1))
        if self.story == "stopped":
            return season if since < 0 else 0.0
        if self.story == "new":
            return 0.0 if since < 0 else season * min(1.0, 0.45 + 0.1 * since)
        if self.story == "back":
            return 0.0 if -13 <= since < 0 else season
        if self.story == "seasonal":
            return season * (2.4 if when.month >= 10 else 0.5)
        return season


@dataclass
class Order:
    customer: Customer
    date: Day
    state: str
    abroad: bool
    lines: list = field(default_factory=list)  # dicts
    invoice_date: Day | None = None
    payments: list = field(default_factory=list)  # (date, share of the total, or None: the rest)
    credit: tuple | None = None  # (date, kind, share)


def make_plan(today, size="full"):
    """Return ``dict(year, start, customers, orders, history)`` for a build on ``today``.

    :param today: nothing is dated later
    :param size: a key of ``SIZES``
    """
    scale = SIZES[size]
    year = today.year - 1
    start = today.replace(day=1) - relativedelta(months=scale.months - 1)
    customers = [customer for customer in _customers() if customer.rank % scale.every == 0]
    orders, history = [], []
    for customer in customers:
        for when in _months(start, today):
            orders += _orders_of_month(customer, when, year, today, scale)
        for when in _months(start - relativedelta(months=scale.history_months), start, False):
            history += _history_of_month(customer, when, year, scale)
    orders.sort(key=lambda order: (order.date, order.customer.ref, order.abroad))
    return {
        "year": year,
        "start": start,
        "today": today,
        "customers": customers,
        "orders": orders,
        "history": history,
    }


def _months(first, last, inclusive=True):
    when = first
    while when < last or (inclusive and when == last):
        yield when
        when += relativedelta(months=1)


def _deal(shares, count, rnd):
    """Deal values in fixed shares to ``count`` places, in random order."""
    total = sum(share for _value, share in shares)
    cards = []
    for value, share in shares:
        cards += [value] * round(count * share / total)
    cards += [shares[0][0]] * (count - len(cards))
    rnd.shuffle(cards)
    return cards[:count]


def _customers():
    number = 0
    for home, people, reps, volume in (
        ("main", MAIN_CUSTOMERS, ("anna", "ben", "dora"), 52000.0),
        ("abroad", ABROAD_CUSTOMERS, ("chen", "mei"), 190000.0),
    ):
        rnd = random.Random(f"{SEED}/{home}")
        stories = _deal(STORIES, len(people), rnd)
        payers = _deal(PAYERS, len(people), rnd)
        for rank, (name, country, city) in enumerate(people):
            number += 1
            if rank == 1:  # a large customer that walks away must be in every build
                stories[rank] = "fading"
            if rank == 4:
                payers[rank] = "bad"
            yield _customer(
                f"HRL-{number:03d}", name, country, city, home, rank, stories, payers, reps, volume
            )


def _customer(ref, name, country, city, home, rank, stories, payers, reps, volume):
    rnd = random.Random(f"{SEED}/{ref}")
    story = stories[rank]
    turn = {
        "fading": rnd.randint(-5, 5),
        "stopped": rnd.randint(-8, 9),
        # some in or before the last full year, most after it
        "new": rnd.choice((rnd.randint(-4, 10), rnd.randint(16, 22), rnd.randint(11, 22))),
        "back": rnd.randint(0, 7),
    }.get(story, 0)
    if rank < 8:
        rate = 1.5 if rank < 4 else 1.0
    elif rank < 22:
        rate = 0.54
    else:
        rate = 0.38 if rank < 40 else 0.34
    services = rnd.sample(SERVICES[:-2], rnd.randint(2, 4))
    if rnd.random() < 0.25:
        services.append(SERVICES[-2])
    if rnd.random() < 0.12:
        services.append(SERVICES[-1])
    discount = rnd.uniform(0.0, 0.12) + (0.05 if rank < 10 else 0.0)
    if rank in (2, 13, 30):  # sold below cost: the screening must find them
        discount = 0.33
    return Customer(
        ref=ref,
        name=name,
        country=country,
        city=city,
        home=home,
        rank=rank,
        story=story,
        payer=payers[rank],
        term_days=rnd.choice((15, 30, 30, 30, 45)),
        # some customers belong to nobody
        rep=None if rnd.random() < 0.08 else rnd.choice(reps),
        volume=volume / (rank + 1) ** 0.95 * rnd.uniform(0.85, 1.15),
        rate=rate,
        discount=discount,
        late=rnd.uniform(0.22, 0.34) if story in ("fading", "stopped") else rnd.uniform(0.04, 0.14),
        pay_day=rnd.choice((1, 4)),
        collective=rank % 3 == 0,
        services=services,
        euro=home == "main" and country in ("de", "nl", "fr", "it", "pt", "cz"),
        turn=turn,
    )


def _workday(day, last):
    """Move a Saturday or Sunday to Monday, unless that leaves the month."""
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day if day <= last else last


def _orders_of_month(customer, when, year, today, scale):
    month = (when.year - year) * 12 + when.month - 1
    rnd = random.Random(f"{SEED}/{customer.ref}/{month}")
    activity = customer.activity(month, when)
    expected = customer.rate * scale.activity * min(activity, 1.5) ** 0.6
    count = int(expected) + (rnd.random() < expected % 1)
    month_end = when + relativedelta(months=1, days=-1)
    orders = []
    for _number in range(count):
        day = _workday(when + timedelta(days=rnd.randrange(month_end.day)), month_end)
        amount = customer.volume * activity / max(expected, 0.25) * rnd.lognormvariate(-0.05, 0.32)
        # three customers of the main company also ship from China
        abroad = customer.home == "abroad" or (customer.rank in (2, 5, 8) and rnd.random() < 0.25)
        order = Order(customer, day, "sale", abroad)
        order.lines = _lines(customer, order, amount, year, today, rnd)
        _settle(order, month_end, today, rnd)
        if day <= today and order.lines:
            orders.append(order)
    return orders


def _lines(customer, order, amount, year, today, rnd):
    services = rnd.sample(customer.services, min(len(customer.services), rnd.choice((1, 2, 2, 3))))
    factor = ABROAD_PRICE_FACTOR if order.abroad else 1.0
    if order.abroad and customer.home == "main":
        amount *= ABROAD_PRICE_FACTOR
    inflation = 1 + 0.025 * (order.date.year - year)
    lines = []
    for key, _en, _zh, _time, _profession, _area, price, cost, days, _kg in services:
        price = round(price * factor * inflation * (1 - customer.discount), 2)
        known = cost is not None and rnd.random() > 0.04
        promised = order.date + timedelta(days=days)
        late = rnd.random() < customer.late * (1.6 if order.date.month >= 11 else 1.0)
        delivered = promised + timedelta(days=rnd.randint(1, 4) if late else -(rnd.random() < 0.15))
        delivered = max(delivered, order.date)
        unknown = rnd.random() < 0.04
        unit_cost = (cost or 0) * factor * inflation * rnd.uniform(0.94, 1.08)
        lines.append(
            {
                "service": key,
                "quantity": max(1, round(amount / len(services) / price)),
                "price": price,
                "cost": round(unit_cost, 2) if known else None,
                "promised": promised,
                "delivered": None if unknown or delivered > today else delivered,
            }
        )
    return lines


def _settle(order, month_end, today, rnd):
    """Plan invoice, payments and credit note of one order; what lies ahead of today is left out."""
    customer = order.customer
    draw, chance = rnd.random(), rnd.random()
    if (today - order.date).days < 25 and draw < 0.12:
        order.state = "draft"
        return
    if draw > 0.975:
        order.state = "cancel"
        return
    billed = order.date + timedelta(days=rnd.randint(2, 8))
    if customer.collective:
        billed = max(month_end, order.date)
    if billed > today:
        return
    order.invoice_date = billed
    due = billed + timedelta(days=customer.term_days)
    days, rest_after = _payment_days(customer, chance, rnd)
    if chance > 0.96:
        claimed = billed + timedelta(days=rnd.randint(6, 30))
        if claimed <= today:
            order.credit = (claimed, rnd.choice(("claim", "cancel")), rnd.uniform(0.05, 0.35))
    if days is None:
        return
    paid = _pay_run(due + timedelta(days=days), customer, billed)
    if rest_after:
        order.payments = [(paid, round(rnd.uniform(0.3, 0.7), 2))]
        paid = _pay_run(paid + timedelta(days=rest_after), customer, billed)
    order.payments.append((paid, None))
    order.payments = [payment for payment in order.payments if payment[0] <= today]


def _payment_days(customer, chance, rnd):
    """Days between due date and payment (None: never), and until the rest after a part."""
    if customer.payer == "prompt":
        return rnd.randint(-9, -1), 0
    if customer.payer == "normal":
        return (rnd.randint(-6, 0) if chance < 0.82 else rnd.randint(2, 14)), 0
    if customer.payer == "slow":
        return rnd.randint(4, 38), rnd.randint(15, 40) if chance < 0.18 else 0
    if chance < 0.14:
        return None, 0
    return rnd.randint(25, 110), rnd.randint(20, 70) if chance < 0.45 else 0


def _pay_run(day, customer, earliest):
    """Customers pay once a week, on Tuesday or Friday: one payment takes several invoices.

    Who pays in time takes the last such day before the due date, the others the next one.
    """
    before = day - timedelta(days=(day.weekday() - customer.pay_day) % 7)
    if before >= earliest and customer.payer in ("prompt", "normal"):
        return before
    day = max(day, earliest)
    return day + timedelta(days=(customer.pay_day - day.weekday()) % 7)


def _history_of_month(customer, when, year, scale):
    """Rows of the old system, one document per customer and month."""
    month = (when.year - year) * 12 + when.month - 1
    rnd = random.Random(f"{SEED}/{customer.ref}/old/{month}")
    # some came only after the change of systems
    old = customer.story != "new" and customer.rank % 5 not in (1, 3)
    activity = customer.activity(month, when) if old else 0.0
    if rnd.random() > min(1.0, customer.rate * 1.4) * bool(activity):
        return []
    day = _workday(when + timedelta(days=rnd.randrange(20)), when + timedelta(days=27))
    order = Order(customer, day, "sale", customer.home == "abroad")
    due = day + timedelta(days=customer.term_days)
    late, _rest = _payment_days(customer, 0.5, rnd)
    paid = max(day, due + timedelta(days=min(late, 40)))
    rows = _lines(customer, order, customer.volume * activity, year, paid, rnd)
    for number, line in enumerate(rows[:2], 1):
        line.update(
            customer=customer,
            date=day,
            document=f"WB{when:%y%m}-{customer.ref[-3:]}",
            line=str(number),
            due=due,
            paid=paid,
        )
    return rows[:2]
