# Part of logistics_crm. License LGPL-3 or later.
"""What lifts one customer to the next grade, found by trying it out on his own items.

Plain Python over the settlement items of one customer. It does not decide grades (SQL does, for
everybody); it answers "what if he paid these": paying is not always enough, because an item paid
late stays late until it falls out of the months looked back.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from .credit_grade_policy import GRADE_RULES
from .credit_grade_sql import EPSILON

NEXT_GRADE = {"B": "A", "C": "B"}


@dataclass
class WayBack:
    """The steps to the next grade.

    ``pay`` are items to be paid on the day of the explanation; whatever else falls due until
    ``on`` is paid when due. ``new_items`` further items of together at least ``new_amount`` must
    fall due until ``on`` and be paid on time. On ``on`` the rules then give ``target`` (empty:
    a grade at all). ``sooner`` is the same with further business instead of waiting.
    """

    target: str
    on: date
    pay: list = field(default_factory=list)
    new_items: int = 0
    new_amount: float = 0.0
    sooner: "WayBack | None" = None


def is_late(item, values, as_of):
    """Whether an item counts as late on a day."""
    last_good = item["due_date"] + timedelta(days=values["grace_days"])
    paid = item["last_paid_date"]
    return bool((item["is_open"] and last_good < as_of) or (paid and paid > last_good))


def is_overdue(item, values, as_of):
    """Whether an item is open beyond its grace days on a day."""
    last_good = item["due_date"] + timedelta(days=values["grace_days"])
    return item["is_open"] and item["kind"] != "credit" and last_good < as_of


def in_window(item, values, as_of):
    """Whether an item fell due in the months looked back from a day."""
    first = as_of - relativedelta(months=values["window_months"])
    return item["kind"] == "item" and first < item["due_date"] <= as_of


def pay_item(item, on):
    """The item as it is when the rest of it is paid on a day."""
    rest = item["open_amount"] or 0.0
    paid = dict(item, is_open=False, open_amount=0.0, last_paid_date=on)
    if item["last_paid_date"] and item["last_paid_date"] > on:
        paid["last_paid_date"] = item["last_paid_date"]
    if item["amount"] is not None:
        paid["paid_amount"] = (item["paid_amount"] or 0.0) + rest
        paid["weighted_days_late"] = (item["weighted_days_late"] or 0.0) + rest * max(
            0, (on - item["due_date"]).days
        )
    return paid


def overdue_figures(items, due_amount):
    """Oldest days, amount and share of overdue ``(item, days)`` pairs, as the SQL has them."""
    known = [item["open_amount"] for item, _days in items if item["open_amount"] is not None]
    amount = math.fsum(known) if known else (None if items else 0.0)
    share = amount / due_amount if due_amount and amount is not None else None
    return {
        "overdue_oldest_days": max((days for _item, days in items), default=None),
        "overdue_late_amount": amount,
        "overdue_share": share,
    }


def known_due_amount(items):
    """Amount of the items due, None when one is not known or nothing is due."""
    amounts = [item["amount"] for item in items]
    if any(amount is None for amount in amounts):
        return None
    total = math.fsum(amounts)
    return total if total > 0 else None


def mean_days_late(items):
    """Mean days late of the items due, weighted with what was paid."""
    paid = math.fsum(item["paid_amount"] or 0.0 for item in items)
    if paid:
        return math.fsum(item["weighted_days_late"] or 0.0 for item in items) / paid
    days = [
        max(0, (item["last_paid_date"] - item["due_date"]).days)
        for item in items
        if item["amount"] is None and item["last_paid_date"]
    ]
    return sum(days) / len(days) if days else None


def figures_of(items, values, as_of, promises=None):
    """The figures the rules are held against, from the items as they are on a day."""
    due = [item for item in items if in_window(item, values, as_of)]
    overdue = [
        (item, (as_of - item["due_date"]).days) for item in items if is_overdue(item, values, as_of)
    ]
    late = sum(is_late(item, values, as_of) for item in due)
    return {
        "due_count": len(due),
        "late_share": late / len(due) if due else None,
        "average_days_late": mean_days_late(due),
        "broken_promises": promises,
        **overdue_figures(overdue, known_due_amount(due)),
    }


def breaches(figures, values, grade):
    """The rules of a grade that the figures exceed: ``[(code, figure, threshold)]``."""
    found = []
    for rule in GRADE_RULES:
        figure, limit = figures.get(rule.figure), values[grade, rule.code]
        if figure is not None and limit is not None and figure > limit + EPSILON:
            found.append((rule.code, figure, limit))
    return found


def raw_grade(figures, values):
    """The grade the rules give; None is not rated."""
    if figures["due_count"] < values["minimum_items"]:
        return None
    if breaches(figures, values, "B"):
        return "C"
    return "B" if breaches(figures, values, "A") else "A"


def find_way_back(items, values, as_of, grade, promises=None):
    """The steps that lift a customer from ``grade`` to the next one.

    The soonest day that needs no further business is taken: today by paying alone where that is
    enough, otherwise the first day on which enough late items have left the window. When no such
    day exists, the soonest one with the fewest further items paid on time.

    :param items: settlement items as dicts, as they are on ``as_of``
    :param values: `logistics.credit.policy._grading_values`
    :param grade: the grade by the rules, None for not rated
    :return: a :class:`WayBack`, or None for grade A and when only time heals broken promises
    """
    if grade == "A":
        return None
    target = NEXT_GRADE.get(grade, "")
    if target:
        limit = values[target, "promises"]
        if promises is not None and limit is not None and promises > limit + EPSILON:
            return None
        now = _by_paying_now(items, values, as_of, target, promises)
        if now:
            return now
    return _by_time(items, values, as_of, target)


def _by_paying_now(items, values, as_of, target, promises):
    overdue = sorted(
        (item for item in items if is_overdue(item, values, as_of)),
        key=lambda item: (item["due_date"], item["ref_id"]),
    )
    due_amount = known_due_amount([i for i in items if in_window(i, values, as_of)])

    def enough(number):
        left = [(item, (as_of - item["due_date"]).days) for item in overdue[number:]]
        figures = overdue_figures(left, due_amount)
        return not breaches(figures, values, target)

    # Oldest first; each payment helps the overdue rules, so the number needed can be bisected.
    low, high = 0, len(overdue)
    while low < high:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle + 1
    pay = overdue[:low]
    paid = {(item["source"], item["ref_id"]) for item in pay}
    after = [
        pay_item(item, as_of) if (item["source"], item["ref_id"]) in paid else item
        for item in items
    ]
    figures = figures_of(after, values, as_of, promises)
    if figures["due_count"] >= values["minimum_items"] and not breaches(figures, values, target):
        return WayBack(target, as_of, pay)
    return None


def _by_time(items, values, as_of, target):
    """Everything overdue is paid today, the rest when due; then time and new business."""
    pay, settled = [], []
    for item in items:
        if is_overdue(item, values, as_of):
            if target:
                pay.append(item)
            item = pay_item(item, as_of)
        elif item["is_open"] and item["kind"] != "credit":
            # Within its grace days: paid today, which is still on time.
            item = pay_item(item, max(as_of, item["due_date"]))
        if item["kind"] == "item":
            settled.append(item)
    settled.sort(key=lambda item: item["due_date"])
    pay.sort(key=lambda item: (item["due_date"], item["ref_id"]))
    dues = [item["due_date"] for item in settled]
    sums = _running_sums(settled, values)
    months = relativedelta(months=values["window_months"])
    days = {as_of}
    for due in dues:
        days |= {due, *_leaving_days(due, months)}
    best = None
    for day in sorted(day for day in days if day >= as_of):
        first, last = bisect_right(dues, day - months), bisect_right(dues, day)
        window = [after - before for before, after in zip(sums[first], sums[last], strict=True)]
        needed = _needed(*window, values, target)
        if needed is None:
            continue
        number, amount = needed
        way = WayBack(target, day, pay, number, amount)
        if not number:
            way.sooner = best
            return way
        best = best or way
    return best


def _leaving_days(due, months):
    """The first day on which an item has left the window (months have different lengths)."""
    day = due + months
    while day - months < due:
        day += timedelta(days=1)
    return {day}


def _running_sums(items, values):
    """Running count, late count, weighted days, paid amount, and days and count of the items
    whose amount is not known.
    """
    sums = [(0, 0, 0.0, 0.0, 0, 0)]
    for item in items:
        count, late, weighted, paid, bare_days, bare = sums[-1]
        unknown = item["amount"] is None and item["last_paid_date"] is not None
        if unknown:
            bare_days += max(0, (item["last_paid_date"] - item["due_date"]).days)
        sums.append(
            (
                count + 1,
                late + is_late(item, values, item["due_date"]),
                weighted + (item["weighted_days_late"] or 0.0),
                paid + (item["paid_amount"] or 0.0),
                bare_days,
                bare + unknown,
            )
        )
    return sums


def _needed(count, late, weighted, paid, bare_days, bare, values, target):
    """Further items, and their amount, that make the window good enough; None: impossible."""
    number, amount = max(0, values["minimum_items"] - count), 0.0
    if not target:
        return number, amount
    share, days = values[target, "late_share"], values[target, "days_late"]
    if share is not None and count and late / count > share + EPSILON:
        if not share:
            return None
        number = max(number, math.ceil(late / share - EPSILON) - count)
    if days is None:
        return number, amount
    if paid > EPSILON:
        if weighted / paid > days + EPSILON:
            if not days:
                return None
            # A cent more, so that rounding cannot spoil it.
            amount = math.ceil((weighted / days - paid) * 100 + 1) / 100
    elif bare and bare_days / bare > days + EPSILON:
        # One item whose amount is known, paid on time, takes the place of all those unknown.
        amount = 1.0
    return max(number, 1 if amount else 0), amount
