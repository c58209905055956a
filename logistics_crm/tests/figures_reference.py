# Part of logistics_crm. License LGPL-3 or later.
"""The figures of an account, recomputed in plain Python from history rows: slow and obvious."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from math import log, sqrt
from statistics import median

from dateutil.relativedelta import relativedelta

ALL_FIGURES = [
    "figures_as_of",
    "first_trade_date",
    "last_trade_date",
    "trade_days_12m",
    "order_interval_days",
    "quantity_12m",
    "revenue_12m",
    "margin_12m",
    "cost_coverage_12m",
    "on_time_rate",
    "invoice_count_due",
    "late_share",
    "average_days_late",
    "open_amount",
    "overdue_amount",
    "churn_risk",
    "credit_grade_code",
    "value_class",
    "lifecycle_stage",
]


def known(values):
    return [value for value in values if value is not False]


def total_or_unknown(values):
    values = known(values)
    return sum(values) if values else False


def amount_per_day(days, traded, rows):
    """All known amounts by the trade days of which an amount is known."""
    known_days = [day for day in traded if known(row.amount_company for row in days[day])]
    amounts = known(row.amount_company for row in rows)
    return sum(amounts) / len(known_days) if known_days else False


def trade_figures(rows, as_of):
    """Figures of trade of one customer; ``rows`` are its history rows up to ``as_of``."""
    since = as_of - relativedelta(years=1)
    days = defaultdict(list)
    for row in rows:
        days[row.date].append(row)

    def size(row):
        if row.amount_company is not False:
            return row.amount_company
        return row.quantity or 0

    traded = sorted(day for day, of_day in days.items() if any(size(r) >= 0 for r in of_day))
    recent = [row for row in rows if row.date > since]
    amounts = known(row.amount_company for row in recent)
    covered = [
        row for row in recent if row.amount_company is not False and row.cost_company is not False
    ]
    gross = sum(abs(amount) for amount in amounts)
    delivered = [
        row
        for row in recent
        if row.promised_date and row.delivered_date and row.delivered_date <= as_of
    ]
    punctual = [row for row in delivered if row.delivered_date <= row.promised_date]
    return {
        "first_trade_date": traded[0] if traded else False,
        "last_trade_date": traded[-1] if traded else False,
        "trade_days_12m": len([day for day in traded if day > since]),
        "order_interval_days": (
            (traded[-1] - traded[0]).days / (len(traded) - 1) if len(traded) > 1 else False
        ),
        "trade_days_total": len(traded),
        "longest_pause_days": max(
            ((later - earlier).days for earlier, later in pairwise(traded)), default=False
        ),
        "amount_per_trade_day": amount_per_day(days, traded, rows),
        "quantity_12m": total_or_unknown(r.quantity for r in recent) if recent else 0.0,
        "revenue_12m": total_or_unknown(amounts) if recent else 0.0,
        "margin_12m": (
            total_or_unknown(r.amount_company - r.cost_company for r in covered) if recent else 0.0
        ),
        "cost_coverage_12m": (
            sum(abs(r.amount_company) for r in covered) / gross if gross else False
        ),
        "on_time_rate": len(punctual) / len(delivered) if delivered else False,
        "traded": traded,
    }


def payment_figures(rows, as_of, grace):
    """Figures of payment of one customer from its history rows with a due date."""
    since = as_of - relativedelta(years=1)
    documents = defaultdict(list)
    for row in rows:
        if row.due_date:
            documents[row.document, row.due_date].append(row)
    due_count = late_count = 0
    days_late, paid_total = 0.0, 0.0
    unknown_days = []
    opened, overdue, any_open, any_overdue = [], [], False, False
    for (_document, due), lines in documents.items():
        amounts = known(line.amount_company for line in lines)
        is_credit = sum(amounts) < 0
        paid = [line for line in lines if line.paid_date and line.paid_date <= as_of]
        unpaid = [line for line in lines if line not in paid]
        last = max((line.paid_date for line in paid), default=None)
        if unpaid:
            any_open = True
            opened += known(line.amount_company for line in unpaid)
            if due < as_of and not is_credit:
                any_overdue = True
                overdue += known(line.amount_company for line in unpaid)
        if is_credit or not since < due <= as_of:
            continue
        due_count += 1
        limit = due + timedelta(days=grace)
        if (unpaid and limit < as_of) or (last and last > limit):
            late_count += 1
        for line in paid:
            if line.amount_company is not False:
                paid_total += line.amount_company
                days_late += line.amount_company * max(0, (line.paid_date - due).days)
        if not amounts and last:
            unknown_days.append(max(0, (last - due).days))
    if paid_total:
        average = days_late / paid_total
    else:
        average = sum(unknown_days) / len(unknown_days) if unknown_days else False
    nothing_told = rows and not documents
    return {
        "invoice_count_due": due_count,
        "late_share": late_count / due_count if due_count else False,
        "average_days_late": average,
        "open_amount": False if nothing_told or (any_open and not opened) else sum(opened),
        "overdue_amount": (
            False if nothing_told or (any_overdue and not overdue) else sum(overdue)
        ),
    }


def stage(figures, as_of, new_days=180, lost_days=365):
    """Lifecycle stage from the days of trade, in a company too small for a rhythm of its own."""
    traded = figures["traded"]
    if not traded:
        return "prospect"
    gap = (as_of - traded[-1]).days
    interval = figures["order_interval_days"] or 0
    pauses = [(later - earlier).days for earlier, later in pairwise(traded)]
    longest = max(pauses, default=1)
    own = len(pauses) / (len(pauses) + 4)
    lost = max(90, 2 * interval, (3 * longest) ** own * lost_days ** (1 - own))
    late = max(21, 1.5 * interval, longest**own * (lost_days / 4) ** (1 - own))
    if gap > lost:
        return "lost"
    if gap > lost / 2:
        return "dormant"
    newest = as_of - timedelta(days=new_days)
    resumed = [later for earlier, later in pairwise(traded) if (later - earlier).days > lost_days]
    if resumed and resumed[-1] > newest:
        return "won_back"
    if traded[0] > newest:
        return "new"
    if gap > late:
        return "at_risk"
    return "loyal" if traded[0] <= as_of - timedelta(days=3 * 365) else "regular"


def churn_scores(figures_by_id, as_of):
    """The churn score of every customer that ever traded, with the default coefficients."""
    traders = {key: f for key, f in figures_by_id.items() if f["traded"]}
    if not traders:
        return {}
    observed = min(1095, max(30, (as_of - min(f["traded"][0] for f in traders.values())).days))
    typical = sorted(
        f["amount_per_trade_day"]
        for f in traders.values()
        if f["amount_per_trade_day"] is not False and f["amount_per_trade_day"] > 0
    )
    middle = median(typical) if typical else None
    scores = {}
    for key, figures in traders.items():
        first, last, days = figures["traded"][0], figures["traded"][-1], len(figures["traded"])
        silence = (as_of - last).days
        amount = figures["amount_per_trade_day"]
        relative = 1 if amount is False or middle is None else amount / middle
        pace = max((last - first).days / (days - 1) if days > 1 else 1, 0.5)
        known_rhythm = min(max((days - 3) / 20, 0), 1)
        scores[key] = (
            2.0 * sqrt(silence / observed)
            - 1.4 * log(days)
            - 0.3 * log(max(days * relative, 0.01))
            + 0.3 * log((as_of - first).days + 1)
            + 1.5 * min(log(1 + silence / pace), 4) * known_rhythm
        )
    return scores


def ranks(figures_by_id, as_of):
    """Value class and churn risk of every customer of a company: ``{id: (class, risk)}``."""
    scores = churn_scores(figures_by_id, as_of)
    traders = {key: f for key, f in figures_by_id.items() if f["traded"]}
    active = [f for f in traders.values() if f["trade_days_12m"]]
    margins = [f for f in active if f["margin_12m"] is not False]
    basis = "margin_12m" if active and len(margins) * 2 >= len(active) else "revenue_12m"
    gains = {key: max(f[basis] or 0, 0) for key, f in traders.items()}
    everything = sum(gains.values())
    result, before = {}, 0.0
    for key in sorted(traders, key=lambda key: (-gains[key], key)):
        figures = traders[key]
        place = before / everything if everything else None
        before += gains[key]
        value_class = False
        if place is not None and figures["trade_days_12m"] and figures[basis] is not False:
            value_class = (
                "key"
                if place < 0.5
                else "core"
                if place < 0.8
                else "standard"
                if place < 0.95
                else "marginal"
            )

        # Equal customers are equal but for rounding.
        safer = [score for score in scores.values() if score < scores[key] - 1e-9]
        risk = len(safer) / (len(traders) - 1) if len(traders) > 1 else 0.0
        result[key] = value_class, risk
    return result
