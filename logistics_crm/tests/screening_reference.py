# Part of logistics_crm. License LGPL-3 or later.
"""The screening a second time: plain loops over rows, by the definitions in docs/screening.md."""

from collections import defaultdict
from datetime import date, timedelta

WEIGHTS = {"volume": 30, "margin": 10, "safety": 25, "future": 20, "cooperation": 15}
# Fewer similar customers than this are no group.
PEER_MINIMUM = 10


def total(values):
    """Sum of the known values, None when none is known."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def share(part, whole):
    return None if part is None or not whole else part / whole


def clamp(value):
    return None if value is None else max(0.0, min(1.0, value))


def mean_of_known(pairs):
    known = [(weight, value) for weight, value in pairs if value is not None]
    weights = sum(weight for weight, value in known)
    return sum(weight * value for weight, value in known) / weights if weights else None


def percent_rank(value, values):
    """Share of the others that are smaller; a lone customer is first."""
    if value is None:
        return None
    if len(values) == 1:
        return 1.0
    return sum(other < value for other in values) / (len(values) - 1)


class Reference:
    """The screening of one customer, told by the definitions in docs/screening.md."""

    def __init__(self, rows, year, grace):
        self.start, self.end = date(year, 1, 1), date(year, 12, 31)
        rows = [row for row in rows if row["date"] <= self.end]
        self.rows = rows
        of_year = defaultdict(list)
        for row in rows:
            of_year[row["date"].year].append(row)
        self.this, self.previous, self.before = (of_year[year - n] for n in range(3))
        trade = [row for row in rows if self.is_trade(row)]
        self.first = min((row["date"] for row in trade), default=None)
        self.trade = [row for row in self.this if self.is_trade(row)]
        self.items = self.receivables(rows)
        self.grace = timedelta(grace)

    @staticmethod
    def is_trade(row):
        if row["amount"] is not None:
            return row["amount"] >= 0
        return (row["quantity"] or 0) >= 0

    @staticmethod
    def revenue_of(rows):
        return total(row["amount"] for row in rows) if rows else 0

    def receivables(self, rows):
        documents = defaultdict(list)
        for row in rows:
            if row["due"]:
                documents[row["document"], row["due"]].append(row)
        items = []
        for (_document, due), parts in documents.items():
            paid = [row for row in parts if row["paid"] and row["paid"] <= self.end]
            unpaid = [row for row in parts if row not in paid]
            amount = total(row["amount"] for row in parts)
            item = {
                "due": due,
                "amount": amount,
                "open": total(row["amount"] for row in unpaid) if unpaid else 0,
                "paid": total(row["amount"] for row in paid) or 0,
                "is_open": bool(unpaid),
                "last_paid": max((row["paid"] for row in paid), default=None),
                "weighted": sum(
                    row["amount"] * max(0, (row["paid"] - due).days)
                    for row in paid
                    if row["amount"] is not None
                ),
                "credit": amount is not None and amount < 0,
            }
            if item["is_open"] or due >= self.start:
                items.append(item)
        return items

    def figures(self):
        rows, end = self.this, self.end
        revenue = self.revenue_of(rows)
        previous = self.revenue_of(self.previous)
        before = self.revenue_of(self.before)
        priced = [row for row in rows if row["amount"] is not None]
        costed = [row for row in priced if row["cost"] is not None]
        turnover = sum(abs(row["amount"]) for row in priced)
        coverage = share(sum(abs(row["amount"]) for row in costed), turnover)
        if coverage is None:
            coverage = 1 if costed else 0
        margin = sum(r["amount"] - r["cost"] for r in costed) if coverage > 0 else None
        costed_amount = sum(row["amount"] for row in costed)
        months = {row["date"].month for row in self.trade}
        in_year = max(self.start, min(self.first, end)) if self.first else self.end
        delivered = [
            row["delivered"] <= row["promised"]
            for row in rows
            if row["promised"] and row["delivered"] and row["delivered"] <= end
        ]
        due = [item for item in self.items if not item["credit"] and item["due"] <= end]
        unpaid = [item for item in self.items if item["is_open"]]
        debts = [item for item in unpaid if not item["credit"]]
        overdue = [item for item in debts if item["due"] < end]
        judged = [item for item in due if item["open"] is not None]
        collected = share(
            total(item["open"] for item in judged), total(item["amount"] for item in judged)
        )
        if collected is not None:
            collected = 1 - collected
        elif due:
            collected = sum(not item["is_open"] for item in due) / len(due)
        late = [
            item
            for item in due
            if (item["is_open"] and item["due"] + self.grace < end)
            or (item["last_paid"] and item["last_paid"] > item["due"] + self.grace)
        ]
        days_late = share(sum(i["weighted"] for i in due), sum(i["paid"] for i in due))
        if days_late is None:
            blind = [i for i in due if i["amount"] is None and i["last_paid"]]
            if blind:
                days_late = sum(max(0, (i["last_paid"] - i["due"]).days) for i in blind) / len(
                    blind
                )
        years_traded = sum(bool(rows) for rows in (self.this, self.previous, self.before))
        trend = None
        if revenue is not None and years_traded >= 2:
            if before and before > 0:
                trend = (max(revenue, 0) / before) ** 0.5 - 1
            elif previous and previous > 0:
                trend = max(revenue, 0) / previous - 1
        return {
            "traded": bool(self.trade),
            "is_new": self.first is not None and self.first >= self.start,
            "line_count": len(rows),
            "known_line_count": len(priced),
            "trade_days": len({row["date"] for row in self.trade}),
            "active_months": len(months),
            "quantity": total(row["quantity"] for row in rows) if rows else 0,
            "revenue": revenue,
            "turnover": turnover,
            "revenue_previous": previous,
            "revenue_before": before,
            "revenue_change": (
                revenue / previous - 1
                if revenue is not None and previous and previous > 0
                else None
            ),
            "revenue_trend": trend,
            "average_price": share(
                total(row["amount"] for row in priced),
                total(row["quantity"] for row in priced),
            ),
            "gross_margin": margin,
            "margin_rate": (
                margin / costed_amount if margin is not None and costed_amount > 0 else None
            ),
            "cost_coverage": coverage,
            "amount_coverage": share(len(priced), len(rows)) or 0,
            "late_count": delivered.count(False),
            "on_time_rate": share(delivered.count(True), len(delivered)),
            "first_trade_date": self.first,
            "tenure_years": (end - self.first).days / 365.25 if self.first else None,
            "due_count": len(due),
            "due_amount": total(item["amount"] for item in due),
            "collected_share": collected,
            "late_share": share(len(late), len(due)),
            "average_days_late": days_late,
            "open_amount": (
                None if not self.items else total(i["open"] for i in unpaid) if unpaid else 0
            ),
            "open_debt": total(item["open"] for item in debts) if debts else 0,
            "overdue_amount": (
                None if not self.items else total(i["open"] for i in overdue) if overdue else 0
            ),
            "has_overdue": bool(overdue),
            "regularity": len(months) / (12 - in_year.month + 1),
        }


def judge(lines):
    """Add points, totals and the rule to the figures of all customers (dict by customer id)."""
    revenues = [f["revenue"] for f in lines.values() if f["revenue"] is not None]
    margins = [f["gross_margin"] for f in lines.values() if f["gross_margin"] is not None]
    positive = sum(revenue for revenue in revenues if revenue > 0)
    cumulated = 0
    ranking = sorted(
        (i for i, f in lines.items() if f["revenue"] and f["revenue"] > 0),
        key=lambda i: (-lines[i]["revenue"], i),
    )
    for figures in lines.values():
        figures.update(revenue_rank=0, revenue_share=None, pareto_share=None)
    for i in ranking:
        figures = lines[i]
        cumulated += figures["revenue"]
        figures["revenue_rank"] = 1 + sum(r > figures["revenue"] for r in revenues)
        figures["revenue_share"] = figures["revenue"] / positive
        figures["pareto_share"] = cumulated / positive
    for figures in lines.values():
        points(figures, revenues, margins)
    place_among_peers(lines, revenues)
    totals = sorted(
        f["score_total"] for f in lines.values() if f["traded"] and f["score_total"] is not None
    )
    middle = len(totals) // 2
    median = totals[middle] if len(totals) % 2 else (totals[middle - 1] + totals[middle]) / 2
    for figures in lines.values():
        figures["proposal_rule"] = rule(figures, median)


def points(f, revenues, margins):
    change, rate, debt = f["revenue_change"], f["margin_rate"], f["open_debt"]
    debt_free = None
    if debt is not None:
        debt_free = 1 - (f["overdue_amount"] or 0) / debt if debt > 0 else 1
    days = f["average_days_late"]
    parts = {
        "volume": [
            (4, percent_rank(f["revenue"], revenues)),
            (1, None if change is None else clamp((1 + change) / 2)),
        ],
        "margin": [
            (1, percent_rank(f["gross_margin"], margins)),
            (1, None if rate is None else clamp(rate / 0.2)),
        ],
        "safety": [
            (5, clamp(f["collected_share"])),
            (3, clamp(debt_free)),
            (2, None if days is None else clamp(1 - days / 60)),
        ],
        "future": [
            (7, None if f["revenue_trend"] is None else clamp(0.5 + f["revenue_trend"])),
            (3, None if f["tenure_years"] is None else clamp(f["tenure_years"] / 5)),
        ],
        "cooperation": [
            (1, clamp(f["regularity"])),
            (1, None if f["late_share"] is None else 1 - f["late_share"]),
        ],
    }
    scores = {name: mean_of_known(pairs) for name, pairs in parts.items()}
    if f["gross_margin"] is not None and f["gross_margin"] <= 0:
        scores["margin"] = 0.0
    for name, figure in (
        ("margin", f["gross_margin"]),
        ("safety", f["due_count"] or None),
        ("future", f["revenue_trend"]),
    ):
        if figure is None:
            scores[name] = None
    # what is asked for and known: here nobody has judged, and the files are empty
    known = {
        "volume": f["amount_coverage"] if f["line_count"] else 1,
        "margin": f["cost_coverage"],
        "safety": (5 + (0 if debt_free is None else 3)) / 8,
        "future": (7 + (0 if f["tenure_years"] is None else 3)) / 34,
        "cooperation": (1 + bool(f["due_count"])) / (2 + bool(f["due_count"])),
    }
    if f["has_previous"]:
        known["volume"] *= (4 + (change is not None)) / 5
    for criterion, value in scores.items():
        f[f"absolute_{criterion}"] = None if value is None else round(100 * value, 2)
        f[f"known_{criterion}"] = 0 if value is None else known[criterion]
    f["confidence"] = sum(WEIGHTS[c] * f[f"known_{c}"] for c in WEIGHTS) / 100


def size_band(revenue, revenues):
    """Thirds of the customers with revenue."""
    if not revenue or revenue <= 0:
        return "none"
    ordered = sorted(value for value in revenues if value > 0)

    def limit(share):
        place = share * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (place - low) * (ordered[high] - ordered[low])

    if revenue >= limit(2 / 3):
        return "large"
    return "medium" if revenue >= limit(1 / 3) else "small"


def place_among_peers(lines, revenues):
    """Bands, groups, places and the points that count, for customers without a type."""
    for figures in lines.values():
        figures["size_band"] = size_band(figures["revenue"], revenues)
    for figures in lines.values():
        peers = [f for f in lines.values() if f["size_band"] == figures["size_band"]]
        figures["peer_level"] = "band" if len(peers) >= PEER_MINIMUM else "all"
        if figures["peer_level"] == "all":
            peers = list(lines.values())
        figures["peer_count"] = len(peers)
        for criterion in WEIGHTS:
            own = figures[f"absolute_{criterion}"]
            others = [f[f"absolute_{criterion}"] for f in peers]
            others = [value for value in others if value is not None]
            better = None if own is None else sum(value > own for value in others)
            figures[f"place_{criterion}"] = 0 if own is None else 1 + better
            peer = None
            if own is not None and len(others) > 1:
                peer = 100 * (1 - better / (len(others) - 1))
            figures[f"peer_{criterion}"] = peer
            figures[f"score_{criterion}"] = own if peer is None else (own + peer) / 2
    for figures in lines.values():
        figures["score_total"] = mean_of_known(
            [(WEIGHTS[criterion], figures[f"score_{criterion}"]) for criterion in WEIGHTS]
        )


def rule(f, median):
    overdue = f["overdue_amount"] and f["overdue_amount"] > 0.05 * (f["due_amount"] or 0)
    overdue = overdue and f["overdue_amount"] > 0
    loss = f["gross_margin"] is not None and f["gross_margin"] <= 0
    loss = loss and f["cost_coverage"] >= 0.5
    change, future = f["revenue_change"], f["score_future"]
    if overdue:
        return "overdue" if f["traded"] else "stopped_overdue"
    if f["average_days_late"] is not None and f["average_days_late"] > 30:
        return "late_payer"
    if not f["traded"]:
        return "stopped"
    if loss:
        hopeless = change is not None and change <= 0 and future is not None and future < 50
        return "no_profit_no_potential" if hopeless else "loss"
    if f["revenue"] is None:
        return "unknown_amount"
    if f["pareto_share"] is not None and f["pareto_share"] - f["revenue_share"] < 0.8:
        return "top"
    if f["is_new"]:
        return "new"
    if not f["has_previous"]:
        return "returned"
    if change is not None and change >= 0.2 and f["score_total"] >= median:
        return "growing"
    return "steady"
