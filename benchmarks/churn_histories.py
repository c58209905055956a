# Part of logistics_crm. License LGPL-3 or later.
"""Invented purchase histories of several kinds, to judge the churn score on; plain Python.

Each customer buys at a rate of its own and leaves after a life of its own (gamma-gamma, as in the
Pareto/NBD model) or after each purchase with a chance of its own (as in BG/NBD); amounts are
log-normal around a level of the customer's that may go along with its rate and its life. The
parameters of the two cohorts are those published for CDNOW.
"""

from dataclasses import dataclass
from math import cos, exp, log, pi, sin


@dataclass(frozen=True)
class Kind:
    """One kind of history; rates in purchases a day, lives in days."""

    days: int = 730
    customers: int = 600
    rate: tuple = (0.9, 70.0)  # gamma: shape, and days that weigh against it
    leave: tuple | None = (0.5, 250.0)  # gamma of the death rate; None: nobody leaves
    leave_by_purchase: tuple | None = None  # beta of the chance to leave after each purchase
    arrival: str = "before"  # 'cohort': first twelve weeks; 'later': spread; 'before': many older
    regular: float = 0.0  # share of customers with an even rhythm
    season: float = 0.0  # how much faster the last months of a year are
    own_season: float = 0.0  # share of customers who buy in one half of the year
    value_by_rate: float = 0.2
    value_by_life: float = 0.0


KINDS = {
    "cohort": Kind(540, 1500, (0.553, 74.0), (0.606, 81.7), None, "cohort", value_by_rate=0.1),
    "cohort, sudden": Kind(
        540, 1500, (0.243, 30.9), None, (0.793, 2.426), "cohort", value_by_rate=0.1
    ),
    "wholesale": Kind(373, season=0.4),
    "wholesale, few leave": Kind(730, 600, (1.2, 110.0), (0.4, 500.0), season=0.5),
    "nobody leaves": Kind(730, 600, (0.6, 60.0), None),
    "nobody leaves, season": Kind(730, 600, (1.0, 120.0), None, season=0.6, value_by_rate=0.3),
    "shippers": Kind(1000, 300, (1.2, 20.0), (0.5, 400.0), regular=0.6, value_by_rate=0.1),
    "own seasons": Kind(1000, 500, (1.2, 70.0), (0.4, 400.0), own_season=0.4),
    "projects": Kind(1000, 500, (1.2, 25.0), (1.2, 150.0), arrival="later", value_by_life=0.3),
    "worth stays": Kind(730, 600, (0.8, 70.0), (0.6, 200.0), value_by_rate=0.5, value_by_life=0.3),
}


def history(draw, kind):
    """Purchases of one customer: ``{day: amount}``, days counted from the first of the data."""
    arrival = {
        "cohort": (0, 84),
        "later": (0, kind.days),
        "before": (-1.5 * kind.days, kind.days),
    }[kind.arrival]
    shape, scale = kind.rate
    rate = max(draw.gammavariate(shape, 1 / scale), 1e-6)
    death = draw.gammavariate(kind.leave[0], 1 / kind.leave[1]) if kind.leave else 0.0
    life = draw.expovariate(death) if death > 1e-9 else 1e9
    chance = draw.betavariate(*kind.leave_by_purchase) if kind.leave_by_purchase else 0.0
    evenness = draw.choice((2, 4, 8)) if draw.random() < kind.regular else 1
    seasonal, phase = draw.random() < kind.own_season, draw.uniform(0, 365)
    level = draw.gauss(kind.value_by_rate * log(rate), 0.9)
    if death > 1e-9:
        level -= kind.value_by_life * log(death)
    when = draw.uniform(*arrival)
    end, found = min(kind.days, when + life), {}
    while when <= end and len(found) < 2000:
        if when >= 0:
            amount = exp(level + draw.gauss(0, 0.6))
            found[int(when)] = found.get(int(when), 0.0) + amount
        if len(found) > 1 and draw.random() < chance:
            break
        pause = draw.gammavariate(evenness, 1 / (evenness * rate))
        pause /= 1 + kind.season * sin(2 * pi * (when - 60) / 365)
        if seasonal and cos(2 * pi * (when + pause - phase) / 365) < 0:
            pause += draw.uniform(60, 150)
        when += max(pause, 0.01)
    return found
