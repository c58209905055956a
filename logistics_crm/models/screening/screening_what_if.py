# Part of logistics_crm. License LGPL-3 or later.
"""Points and proposals once more from the figures of the lines, with other weights or limits."""

from odoo import models
from odoo.tools import SQL

from .screening_settings import CRITERIA, THRESHOLDS, WEIGHTS

# Columns of a line that the scoring computes anew; everything else it reads from the line.
SCORED = (
    *(
        f"{part}_{criterion}"
        for part in ("score", "absolute", "peer", "place", "known")
        for criterion in CRITERIA
    ),
    "size_band",
    "peer_level",
    "peer_count",
    "peer_place",
    "score_total",
    "confidence",
    "proposal",
    "proposal_rule",
)
# Figures of a line that scoring and rules read.
READ = (
    "customer_id",
    "traded",
    "is_new",
    "line_count",
    "lines_previous",
    "lines_before",
    "revenue",
    "revenue_previous",
    "revenue_before",
    "net_margin",
    "net_margin_rate",
    "cost_coverage",
    "amount_coverage",
    "customer_type_id",
    "due_count",
    "due_amount",
    "collected_share",
    "late_share",
    "average_days_late",
    "open_debt",
    "overdue_amount",
    "tenure_years",
    "regularity",
    "market_influence",
    "development_potential",
    "innovation_ability",
    "business_growth",
    "share_of_wallet",
    "contract_state",
    "contract_until",
    "quote_conversion",
    "promises_kept",
    "complaint_justified",
    "complaint_unjustified",
    "judged_future",
    "judged_cooperation",
)


class LogisticsScreening(models.Model):
    _inherit = "logistics.screening"

    def _line_figure_sql(self):
        """``figure`` from the lines of the campaign instead of from the facts."""
        return SQL(
            "SELECT id AS line_id, %s FROM logistics_screening_line"
            " WHERE screening_id = %s AND folded IS NOT TRUE",
            SQL(", ").join(SQL.identifier(name) for name in READ),
            self._origin.id,
        )

    def _with_settings(self, settings):
        """This campaign with other weights or limits, in memory only.

        :param settings: values of weights and limits; missing ones are the campaign's
        """
        self.ensure_one()
        known = {name: settings[name] for name in (*WEIGHTS, *THRESHOLDS) if name in settings}
        return self.new({**self._settings(), **known}, origin=self)

    def _what_if(self, settings, limit=100):
        """Tell who would change place or proposal with other weights or limits; writes nothing.

        Weights need not add up to 100: the total is their mean. Places are by total, 1 is the
        best, unknown totals last. One statement over the stored figures of the lines.

        :param settings: values of weights and limits; missing ones are the campaign's
        :param limit: how many changed customers to list, the largest first
        :return: ``dict(customers=, moved=, changed=, proposals={proposal: (before, after)},
            revenues={proposal: (before, after)}, changes=[dict(line_id=, customer=, revenue=,
            total_before=, total_after=, place_before=, place_after=, proposal_before=,
            proposal_after=)])``
        """
        self.ensure_one()
        self.check_access("read")
        self.env.flush_all()
        imagined = self._with_settings(settings)
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH figure AS (%(figure)s), %(points)s,
                compared AS (
                    SELECT l.id AS line_id, l.customer_name AS customer, l.revenue,
                           l.score_total AS total_before, j.score_total AS total_after,
                           rank() OVER (ORDER BY l.score_total DESC NULLS LAST) AS place_before,
                           rank() OVER (ORDER BY j.score_total DESC NULLS LAST) AS place_after,
                           l.proposal AS proposal_before, j.proposal AS proposal_after
                      FROM judged j
                      JOIN logistics_screening_line l ON l.id = j.line_id
                ),
                counted AS (
                    SELECT count(*) AS customers,
                           count(*) FILTER (WHERE place_before <> place_after) AS moved,
                           count(*) FILTER (WHERE proposal_before <> proposal_after) AS changed
                      FROM compared
                ),
                summed AS (
                    SELECT jsonb_object_agg(proposal, figures) AS proposals
                      FROM (SELECT p.proposal,
                                   jsonb_build_array(
                                       count(*) FILTER (WHERE c.proposal_before = p.proposal),
                                       count(*) FILTER (WHERE c.proposal_after = p.proposal),
                                       sum(c.revenue)
                                           FILTER (WHERE c.proposal_before = p.proposal),
                                       sum(c.revenue)
                                           FILTER (WHERE c.proposal_after = p.proposal))
                                       AS figures
                              FROM compared c
                              JOIN (VALUES ('keep'), ('develop'), ('maintain'), ('rectify'),
                                           ('wind_down')) AS p(proposal)
                                ON p.proposal IN (c.proposal_before, c.proposal_after)
                             GROUP BY p.proposal) q
                ),
                listed AS (
                    SELECT * FROM compared
                     WHERE proposal_before <> proposal_after OR place_before <> place_after
                     ORDER BY (proposal_before <> proposal_after) DESC,
                              revenue DESC NULLS LAST, line_id
                     LIMIT %(limit)s
                )
                SELECT n.*, s.proposals, l.*
                  FROM counted n CROSS JOIN summed s LEFT JOIN listed l ON TRUE
                """,
                figure=self._line_figure_sql(),
                points=imagined._point_chain_sql(),
                limit=limit,
            )
        )
        first = rows[0]
        sums = first["proposals"] or {}
        names = (
            *("line_id", "customer", "revenue", "total_before", "total_after"),
            *("place_before", "place_after", "proposal_before", "proposal_after"),
        )
        return {
            "customers": first["customers"],
            "moved": first["moved"],
            "changed": first["changed"],
            "proposals": {name: tuple(row[:2]) for name, row in sums.items()},
            "revenues": {name: tuple(row[2:]) for name, row in sums.items()},
            "changes": [{name: row[name] for name in names} for row in rows if row["line_id"]],
        }

    def _rescore(self):
        """Write points, totals and proposals anew from the figures of the lines.

        For changed weights, limits or judgements: the figures stay those of the last computing.

        :raise UserError: when the campaign is closed
        """
        for screening in self:
            screening._refuse_closed()
            screening._write_results({"rescored_at": self.env.cr.now(), "needs_rescore": False})
            self.env.flush_all()
            self.env.execute_query(
                SQL(
                    """
                    WITH figure AS (%(figure)s), %(points)s
                    UPDATE logistics_screening_line l
                       SET %(updates)s,
                           decision_differs = l.decision IS NOT NULL
                                              AND l.decision <> j.proposal
                      FROM judged j
                     WHERE l.id = j.line_id AND (%(changed)s)
                 RETURNING l.id
                    """,
                    figure=screening._line_figure_sql(),
                    points=screening._point_chain_sql(),
                    updates=SQL(", ").join(
                        SQL("%s = j.%s", SQL.identifier(name), SQL.identifier(name))
                        for name in SCORED
                    ),
                    changed=SQL(" OR ").join(
                        SQL(
                            "l.%s IS DISTINCT FROM j.%s", SQL.identifier(name), SQL.identifier(name)
                        )
                        for name in SCORED
                    ),
                )
            )
        self.env["logistics.screening.line"].invalidate_model()
