# Part of logistics_crm. License LGPL-3 or later.
"""Satisfaction worked out once more from raw marks, without the code under test."""


def average(values):
    values = list(values)
    return sum(values) / len(values) if values else None


def person(marks):
    """Overall satisfaction and gap of one person.

    :param marks: {dimension: (importance 1..5 or None, perception 1..5 or None)}
    """
    percent = {
        key: tuple(None if mark is None else (mark - 1) / 4 * 100 for mark in pair)
        for key, pair in marks.items()
    }
    told = {key: pair for key, pair in percent.items() if pair[1] is not None}
    weights = [pair[0] for pair in told.values() if pair[0] is not None]
    if not told:
        overall = None
    elif not sum(weights):
        overall = average(pair[1] for pair in told.values())
    else:
        usual = average(weights)
        top = bottom = 0
        for importance, perception in told.values():
            weight = usual if importance is None else importance
            top += weight * perception
            bottom += weight
        overall = top / bottom
    gaps = [pair[1] - pair[0] for pair in percent.values() if None not in pair]
    return overall, average(gaps)


def by_dimension(people):
    """Mean importance and perception of each dimension over those who told."""
    result = {}
    for key in {key for marks in people for key in marks}:
        sides = []
        for side in (0, 1):
            sides.append(
                average(
                    (marks[key][side] - 1) * 25
                    for marks in people
                    if key in marks and marks[key][side] is not None
                )
            )
        if sides != [None, None]:
            result[key] = tuple(sides)
    return result


def promoter_score(marks):
    good = len([mark for mark in marks if mark in (9, 10)])
    bad = len([mark for mark in marks if mark in range(7)])
    return 100 * (good - bad) / len(marks) if marks else None
