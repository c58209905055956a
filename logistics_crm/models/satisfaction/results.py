# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.fields import Domain

from .dimension import GROUPS

QUADRANTS = ("concentrate", "keep", "low", "overkill")


def mean(values):
    """Arithmetic mean of what is known; None when nothing is."""
    known = [value for value in values if value is not None and value is not False]
    return sum(known) / len(known) if known else None


def net_promoter(marks):
    """Share of 9 and 10 less share of 0 to 6, in points from -100 to 100; None without marks.

    Source: F. Reichheld, The One Number You Need to Grow (2003).
    """
    known = [mark for mark in marks if mark is not None and mark is not False]
    if not known:
        return None
    promoters = sum(1 for mark in known if mark >= 9)
    detractors = sum(1 for mark in known if mark <= 6)
    return 100.0 * (promoters - detractors) / len(known)


def quadrant(expected, perceived, cross_expected, cross_perceived):
    """Place of a dimension in the importance-performance grid (Martilla and James, 1977).

    :return: 'concentrate' (important, badly done), 'keep' (important, well done), 'low' (neither)
        or 'overkill' (well done, not important); None when a side is unknown
    """
    if None in (expected, perceived, cross_expected, cross_perceived):
        return None
    if expected >= cross_expected:
        return "keep" if perceived >= cross_perceived else "concentrate"
    return "overkill" if perceived >= cross_perceived else "low"


class LogisticsSatisfactionInvitation(models.Model):
    """What a set of questionnaires says: by dimension, with quadrant, and the promoter score."""

    _inherit = "logistics.satisfaction.invitation"

    @api.model
    def _results(self, domain):
        """Results of the answered questionnaires in a domain, as far as the user may see them.

        All figures are means over the persons who answered that question, 0 to 100. A dimension
        nobody answered is not in the result, and what is unknown is None, never 0. The grid's
        lines cross at the mean of all dimensions' importance and perception.

        :param domain: a domain on ``logistics.satisfaction.invitation``
        :return: dict(invited=, answered=, nps=, expected=, perceived=, gap=, cross=[expected,
            perceived], dimensions=[dict(id=, name=, group=, group_name=, answers=, expected=,
            perceived=, gap=, quadrant=)])
        """
        invitations = self.search(Domain(domain))
        answered = invitations.filtered("answered_on")
        rows = self.env["logistics.satisfaction.score"]._read_group(
            [("invitation_id", "in", answered.ids)],
            ["dimension_id"],
            [
                "__count",
                "expected:avg",
                "perceived:avg",
                "gap:avg",
                "expected:count",
                "perceived:count",
                "gap:count",
            ],
        )
        groups = dict(
            self.env["logistics.satisfaction.dimension"]
            ._fields["group"]
            ._description_selection(self.env)
        )
        dimensions = []
        for dimension, number, expected, perceived, gap, n_exp, n_per, n_gap in rows:
            dimensions.append(
                {
                    "id": dimension.id,
                    "name": dimension.name,
                    "group": dimension.group,
                    "group_name": groups[dimension.group],
                    "answers": number,
                    "expected": expected if n_exp else None,
                    "perceived": perceived if n_per else None,
                    "gap": gap if n_gap else None,
                }
            )
        order = [code for code, _name in GROUPS]
        dimensions.sort(key=lambda row: (order.index(row["group"]), row["id"]))
        cross = [
            mean(row["expected"] for row in dimensions),
            mean(row["perceived"] for row in dimensions),
        ]
        for row in dimensions:
            row["quadrant"] = quadrant(row["expected"], row["perceived"], *cross)
        return {
            "invited": len(invitations),
            "answered": len(answered),
            "nps": net_promoter(answered.mapped("nps")),
            "expected": mean(answered.mapped("expected")),
            "perceived": mean(answered.mapped("perceived")),
            "gap": mean(answered.mapped("gap")),
            "cross": cross,
            "dimensions": dimensions,
        }
