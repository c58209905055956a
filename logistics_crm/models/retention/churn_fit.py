# Part of logistics_crm. License LGPL-3 or later.
"""Logistic regression by Newton's method, and the measures of a ranking; plain Python."""

from math import exp

# A weak pull to zero keeps the estimate finite when a feature separates the two groups.
RIDGE = 1.0
STEPS = 25


def area_under_curve(scores, stopped):
    """The probability that one who stopped scores higher than one who stayed; ties count half.

    :return: a float, or None when one of the two groups is empty
    """
    order = sorted(range(len(scores)), key=scores.__getitem__)
    places = [0.0] * len(scores)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        for index in order[start:end]:
            places[index] = (start + end + 1) / 2
        start = end
    gone = sum(1 for flag in stopped if flag)
    stayed = len(scores) - gone
    if not gone or not stayed:
        return None
    total = sum(place for place, flag in zip(places, stopped, strict=True) if flag)
    return (total - gone * (gone + 1) / 2) / (gone * stayed)


def top_precision(scores, stopped, share=0.1):
    """Of the share with the highest scores: how many stopped; None when there is nobody."""
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    top = order[: max(1, round(len(order) * share))]
    return sum(1 for index in top if stopped[index]) / len(top) if top else None


def fit(features, stopped):
    """Coefficients of a logistic regression with intercept (not returned: it does not rank).

    :param features: list of lists of floats
    :param stopped: list of booleans
    """
    width = len(features[0]) + 1
    rows = [[*row, 1.0] for row in features]
    beta = [0.0] * width
    for _step in range(STEPS):
        slope = [-RIDGE * b for b in beta[:-1]] + [0.0]
        curve = [
            [RIDGE if i == j and i < width - 1 else 0.0 for j in range(width)] for i in range(width)
        ]
        for row, flag in zip(rows, stopped, strict=True):
            logit = max(-30.0, min(30.0, sum(b * x for b, x in zip(beta, row, strict=True))))
            chance = 1 / (1 + exp(-logit))
            weight = chance * (1 - chance)
            for i, x in enumerate(row):
                slope[i] += (flag - chance) * x
                for j in range(i + 1):
                    curve[i][j] += weight * x * row[j]
        for i in range(width):
            for j in range(i):
                curve[j][i] = curve[i][j]
        step = _solve(curve, slope)
        beta = [b + s for b, s in zip(beta, step, strict=True)]
        if max(abs(s) for s in step) < 1e-8:
            break
    return beta[:-1]


def back_test(rows, defaults):
    """Estimate on every second row, judge on the others; then estimate on all.

    :param rows: lists of features with the outcome (True: stopped) as their last value
    :param defaults: coefficients to compare with
    """
    learn, judge = rows[::2], rows[1::2]
    half = fit([row[:-1] for row in learn], [row[-1] for row in learn])
    outcome = [row[-1] for row in judge]

    def score(beta):
        return [sum(b * x for b, x in zip(beta, row[:-1], strict=True)) for row in judge]

    return {
        "coefficients": fit([row[:-1] for row in rows], [row[-1] for row in rows]),
        "auc": area_under_curve(score(half), outcome),
        "auc_default": area_under_curve(score(defaults), outcome),
        "precision": top_precision(score(half), outcome),
    }


def _solve(matrix, right):
    """Solve a small linear system by elimination with pivots."""
    size = len(right)
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda line: abs(rows[line][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        lead = rows[column][column] or 1e-12
        for line in range(column + 1, size):
            factor = rows[line][column] / lead
            for place in range(column, size + 1):
                rows[line][place] -= factor * rows[column][place]
    result = [0.0] * size
    for line in reversed(range(size)):
        known = sum(rows[line][place] * result[place] for place in range(line + 1, size))
        result[line] = (rows[line][size] - known) / (rows[line][line] or 1e-12)
    return result
