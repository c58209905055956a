# Part of logistics_crm. License LGPL-3 or later.
"""From raw figures to points, total and proposal; docs/screening.md explains every formula."""

from odoo import api, models
from odoo.tools import SQL

from .screening_settings import CRITERIA

# Money that comes this late on average earns no points for punctuality.
WORST_DAYS_LATE = 60
# A relation of this many years has proven itself.
PROVEN_YEARS = 5
# With fewer points for future, a customer that makes a loss and does not grow is let go.
NEEDED_FUTURE = 50

# What each rule proposes, in the order in which the rules are asked; the first that holds wins.
PROPOSAL_OF_RULE = {
    "stopped_overdue": "rectify",
    "overdue": "rectify",
    "late_payer": "rectify",
    "stopped": "maintain",
    "no_profit_no_potential": "wind_down",
    "loss": "rectify",
    "unknown_amount": "maintain",
    "top": "keep",
    "new": "develop",
    "returned": "develop",
    "growing": "develop",
    "steady": "maintain",
}


def clamped(expression):
    """SQL for ``expression`` kept within 0..1; NULL stays NULL (plain GREATEST drops NULL)."""
    return SQL("CASE WHEN (%(x)s) IS NOT NULL THEN GREATEST(0, LEAST(1, %(x)s)) END", x=expression)


def known_average(parts):
    """SQL for the weighted mean of those ``(weight, expression, …)`` that are not NULL."""
    return SQL(
        "(%s) / NULLIF(%s, 0)",
        SQL(" + ").join(SQL("COALESCE(%s * (%s), 0)", weight, x) for weight, x, *_ in parts),
        SQL(" + ").join(
            SQL("CASE WHEN (%s) IS NULL THEN 0 ELSE %s END", x, weight) for weight, x, *_ in parts
        ),
    )


def known_share(parts):
    """SQL for the share of the asked weights whose expression is not NULL."""
    return SQL(
        "COALESCE((%s)::float8 / NULLIF(%s, 0), 0)",
        SQL(" + ").join(
            SQL("CASE WHEN (%s) AND (%s) IS NOT NULL THEN %s ELSE 0 END", asked, x, weight)
            for weight, x, asked in parts
        ),
        SQL(" + ").join(
            SQL("CASE WHEN %s THEN %s ELSE 0 END", asked, weight) for weight, _x, asked in parts
        ),
    )


def level_share(name):
    """SQL for a level 1 to 5 as a share 0..1."""
    return SQL("(%s::int - 1) / 4.0", SQL.identifier(name))


class LogisticsScreening(models.Model):
    _inherit = "logistics.screening"

    @api.model
    def _ranked_sql(self):
        """Comparisons with the year before and with the other screened customers."""
        return SQL(
            """
            SELECT f.*,
                   CASE WHEN revenue_previous > 0
                        THEN (revenue / revenue_previous - 1)::float8 END AS revenue_change,
                   CASE WHEN revenue IS NULL
                          OR ((line_count > 0)::int + (lines_previous > 0)::int
                              + (lines_before > 0)::int) < 2 THEN NULL
                        WHEN revenue_before > 0
                        THEN sqrt((GREATEST(revenue, 0) / revenue_before)::float8) - 1
                        WHEN revenue_previous > 0
                        THEN (GREATEST(revenue, 0) / revenue_previous)::float8 - 1
                   END AS revenue_trend,
                   CASE WHEN revenue > 0
                        THEN rank() OVER (ORDER BY revenue DESC NULLS LAST) END AS revenue_rank,
                   CASE WHEN revenue > 0
                        THEN (revenue / sum(GREATEST(revenue, 0)) OVER ())::float8
                   END AS revenue_share,
                   CASE WHEN revenue > 0
                        THEN (sum(GREATEST(revenue, 0)) OVER (
                                  ORDER BY revenue DESC NULLS LAST, customer_id
                                  ROWS UNBOUNDED PRECEDING)
                              / sum(GREATEST(revenue, 0)) OVER ())::float8
                   END AS pareto_share,
                   CASE WHEN revenue IS NULL THEN NULL
                        WHEN count(revenue) OVER () = 1 THEN 1
                        ELSE percent_rank() OVER (PARTITION BY revenue IS NULL ORDER BY revenue)
                   END AS volume_rank,
                   CASE WHEN net_margin IS NULL THEN NULL
                        WHEN count(net_margin) OVER () = 1 THEN 1
                        ELSE percent_rank() OVER (PARTITION BY net_margin IS NULL
                                                  ORDER BY net_margin)
                   END AS margin_rank,
                   CASE WHEN revenue > 0
                        THEN CASE WHEN revenue >= b.large THEN 'large'
                                  WHEN revenue >= b.medium THEN 'medium' ELSE 'small' END
                        ELSE 'none' END AS size_band
              FROM figure f CROSS JOIN band b
            """
        )

    def _criteria_parts(self):
        """What each criterion is made of: ``(weight, share 0..1 over ranked, asked)``.

        NULL is unknown and left out. ``asked``: condition under which not knowing it lowers the
        confidence; what cannot be known (a promise nobody gave) does not.
        """
        always, never = SQL("TRUE"), SQL("FALSE")
        size = SQL("volume_rank")
        if self.target_revenue is not False:
            target = self._of_a_year(self.target_revenue)
            size = clamped(SQL("revenue / %s::float8", target))
        not_overdue = SQL(
            "CASE WHEN open_debt > 0 THEN 1 - COALESCE(overdue_amount, 0) / open_debt"
            " WHEN open_debt <= 0 THEN 1 END"
        )
        term = SQL(
            "CASE contract_state WHEN 'ended' THEN 0 WHEN 'running' THEN"
            " COALESCE((contract_until - %s::date) / 365.0, 1) END",
            self.as_of,
        )
        justified = SQL(
            "complaint_justified / NULLIF(complaint_justified + complaint_unjustified, 0)"
        )
        return {
            "volume": [
                (4, SQL("CASE WHEN revenue IS NOT NULL THEN %s END", size), always),
                (1, clamped(SQL("(1 + revenue_change) / 2")), SQL("lines_previous > 0")),
            ],
            "margin": [
                (1, SQL("margin_rank"), always),
                (1, clamped(SQL("net_margin_rate / %s", self.target_margin_rate)), always),
            ],
            "safety": [
                (5, clamped(SQL("collected_share")), always),
                (3, clamped(not_overdue), always),
                (2, clamped(SQL("1 - average_days_late / %s", WORST_DAYS_LATE)), never),
            ],
            "future": [
                (7, clamped(SQL("0.5 + revenue_trend")), always),
                (3, clamped(SQL("tenure_years / %s", PROVEN_YEARS)), always),
                (10, SQL("judged_future"), always),
                (2, level_share("market_influence"), always),
                (4, level_share("development_potential"), always),
                (2, level_share("innovation_ability"), always),
                (4, clamped(SQL("0.5 + business_growth")), always),
                (2, clamped(SQL("1 - share_of_wallet")), always),
                (2, clamped(term), never),
            ],
            "cooperation": [
                (1, clamped(SQL("regularity")), always),
                (1, SQL("1 - late_share"), SQL("due_count > 0")),
                (1, SQL("judged_cooperation"), always),
                (1, SQL("quote_conversion"), never),
                (1, SQL("promises_kept"), never),
                (1, justified, never),
            ],
        }

    def _criteria_sql(self):
        """Share 0..1 each criterion earns by the limits, over ``ranked``; NULL is unknown."""
        shares = {name: known_average(parts) for name, parts in self._criteria_parts().items()}
        return shares | {
            # no points for a loss
            "margin": SQL(
                "CASE WHEN net_margin <= 0 THEN 0 WHEN net_margin > 0 THEN %s END",
                shares["margin"],
            ),
            "safety": SQL("CASE WHEN due_count > 0 THEN %s END", shares["safety"]),
            # years of trade, a contract or room to grow say nothing alone
            "future": SQL(
                "CASE WHEN COALESCE(revenue_trend, judged_future, business_growth) IS NOT NULL"
                " OR COALESCE(market_influence, development_potential, innovation_ability)"
                " IS NOT NULL THEN %s END",
                shares["future"],
            ),
        }

    def _known_sql(self):
        """Share 0..1 of what is asked for each criterion that is known, over ``ranked``."""
        shares = {name: known_share(parts) for name, parts in self._criteria_parts().items()}
        return shares | {
            "volume": SQL(
                "(CASE WHEN line_count = 0 THEN 1 ELSE amount_coverage END) * %s", shares["volume"]
            ),
            "margin": SQL("CASE WHEN net_margin IS NULL THEN 0 ELSE cost_coverage END"),
        }

    def _scored_sql(self):
        """``ranked`` with the points 0..100 of the five criteria by the limits of the campaign."""
        known = self._known_sql()
        return SQL(
            """
            SELECT q.*, %s
              FROM (SELECT r.*, %s FROM ranked r OFFSET 0) q
            """,
            SQL(", ").join(
                SQL(
                    "CASE WHEN %(points)s IS NULL THEN 0 ELSE (%(share)s)::float8 END AS %(known)s",
                    points=SQL.identifier(f"absolute_{criterion}"),
                    share=known[criterion],
                    known=SQL.identifier(f"known_{criterion}"),
                )
                for criterion in CRITERIA
            ),
            SQL(", ").join(
                SQL(
                    "round((100 * (%s))::numeric, 2) AS %s",
                    share,
                    SQL.identifier(f"absolute_{criterion}"),
                )
                for criterion, share in self._criteria_sql().items()
            ),
        )

    def _totalled_sql(self):
        """``mixed`` with the total over the known criteria and the confidence in it."""
        scores = [
            (weight, SQL.identifier(f"score_{criterion}"))
            for criterion, weight in self._weights().items()
        ]
        return SQL(
            """
            SELECT s.*, round((%(total)s)::numeric, 2) AS score_total,
                   ((%(known)s) / NULLIF(%(weights)s, 0)::float8)::float8 AS confidence
              FROM mixed s
            """,
            total=known_average(scores),
            known=SQL(" + ").join(
                SQL("%s * %s", weight, SQL.identifier(f"known_{criterion}"))
                for criterion, weight in self._weights().items()
            ),
            weights=sum(self._weights().values()),
        )

    def _days_late_limit(self):
        """Average days late from which a customer rectifies, in the market of the campaign."""
        return self.threshold_days_late * self.market_factor

    def _future_needed(self):
        """Points of future below which a loss without growth ends the relation."""
        return 100 - NEEDED_FUTURE * self.market_factor

    def _rule_conditions(self):
        """Condition of each rule over ``totalled`` and the median total ``m``.

        A rule whose figures are unknown does not hold: nobody is let go for what is not known.
        """
        overdue = SQL(
            "(overdue_amount > 0 AND overdue_amount > %s * COALESCE(due_amount, 0))",
            self.threshold_overdue * self.market_factor,
        )
        loss = SQL(
            "(net_margin <= 0 AND cost_coverage >= %s)", max(self.minimum_cost_coverage, 1e-9)
        )
        return {
            "stopped_overdue": SQL("NOT traded AND %s", overdue),
            "overdue": overdue,
            "late_payer": SQL("average_days_late > %s", self._days_late_limit()),
            "stopped": SQL("NOT traded"),
            "no_profit_no_potential": SQL(
                "%s AND revenue_change <= 0 AND score_future < %s", loss, self._future_needed()
            ),
            "loss": loss,
            "unknown_amount": SQL("revenue IS NULL"),
            "top": SQL("pareto_share - revenue_share < %s", self.threshold_pareto),
            "new": SQL("is_new"),
            "returned": SQL("lines_previous = 0"),
            "growing": SQL(
                "revenue_change >= %s AND score_total >= m.median", self.threshold_growth
            ),
            "steady": SQL("TRUE"),
        }

    def _judged_sql(self):
        """``totalled`` with the rule that holds and what it proposes."""
        conditions = self._rule_conditions()
        return SQL(
            """
            SELECT *, CASE proposal_rule %(proposals)s END AS proposal
              FROM (SELECT t.*, g.peer_place, CASE %(rules)s END AS proposal_rule
                      FROM totalled t
                      JOIN group_place g ON g.customer_id = t.customer_id
                     CROSS JOIN (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY score_total)
                                            AS median
                                   FROM totalled WHERE traded) m) q
            """,
            rules=SQL(" ").join(
                SQL("WHEN %s THEN %s", conditions[rule], rule) for rule in PROPOSAL_OF_RULE
            ),
            proposals=SQL(" ").join(
                SQL("WHEN %s THEN %s", rule, proposal)
                for rule, proposal in PROPOSAL_OF_RULE.items()
            ),
        )
