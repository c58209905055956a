# Part of logistics_crm. License LGPL-3 or later.
"""Where a customer stands among similar ones: size bands, peer groups, places and points.

``ranked`` (with the size band) -> scored (points by limits) -> levelled (the group a customer is
compared with) -> placed (points by place) -> mixed -> totalled -> judged, in screening_score.py.
"""

from odoo import api, models
from odoo.tools import SQL

from .screening_settings import CRITERIA


def _each(columns):
    """Columns of every criterion, joined by commas.

    :param columns: gets the names of a criterion's columns, as identifiers, and gives SQL
    """
    prefixes = ("score", "absolute", "peer", "place", "known", "rank", "count")
    return SQL(", ").join(
        columns(**{prefix: SQL.identifier(f"{prefix}_{criterion}") for prefix in prefixes})
        for criterion in CRITERIA
    )


class LogisticsScreening(models.Model):
    _inherit = "logistics.screening"

    def _revenue_limit(self, yearly):
        """A limit of yearly revenue for the screened months, None when there is none."""
        limit = self._of_a_year(yearly)
        return None if limit is False else limit

    def _band_sql(self):
        """The two limits between small, medium and large, one row."""
        return SQL(
            """
            SELECT LEAST(b.medium, b.large) AS medium, b.large
              FROM (SELECT COALESCE(%(medium)s::float8,
                                    percentile_cont(1.0 / 3) WITHIN GROUP (ORDER BY revenue))
                               AS medium,
                           COALESCE(%(large)s::float8,
                                    percentile_cont(2.0 / 3) WITHIN GROUP (ORDER BY revenue))
                               AS large
                      FROM figure WHERE revenue > 0) b
            """,
            medium=self._revenue_limit(self.band_medium_from),
            large=self._revenue_limit(self.band_large_from),
        )

    def _levelled_sql(self):
        """``scored`` with the group each customer is compared with.

        The smallest of: same type and size, same type, same size, all; that has at least as
        many customers as the campaign asks for. A customer without a type has no peers by type.
        """
        return SQL(
            """
            SELECT q.*,
                   CASE WHEN peer_level IN ('type_band', 'type') THEN customer_type_id END
                       AS peer_type,
                   CASE WHEN peer_level IN ('type_band', 'band') THEN size_band END AS peer_band
              FROM (
                SELECT s.*,
                       CASE WHEN customer_type_id IS NOT NULL
                             AND count(*) OVER (PARTITION BY customer_type_id, size_band) >= %(min)s
                            THEN 'type_band'
                            WHEN customer_type_id IS NOT NULL
                             AND count(*) OVER (PARTITION BY customer_type_id) >= %(min)s
                            THEN 'type'
                            WHEN count(*) OVER (PARTITION BY size_band) >= %(min)s THEN 'band'
                            ELSE 'all' END AS peer_level
                  FROM scored s) q
            """,
            min=self.peer_minimum,
        )

    @api.model
    def _grouped_sql(self):
        """The groups in use, numbered."""
        return SQL(
            """
            SELECT peer_level, peer_type, peer_band, row_number() OVER ()::int AS peer_group
              FROM levelled GROUP BY 1, 2, 3
            """
        )

    @api.model
    def _member_sql(self):
        """Customers of each group in use, also those that have a smaller group of their own."""
        scores = _each(lambda **names: SQL("l.%(absolute)s", **names))
        return SQL(
            """
            SELECT g.peer_group, g.peer_level = l.peer_level AS own, l.customer_id, %(scores)s
              FROM levelled l
              JOIN grouped g ON g.peer_level = 'type_band'
               AND g.peer_type = l.customer_type_id AND g.peer_band = l.size_band
            UNION ALL
            SELECT g.peer_group, g.peer_level = l.peer_level, l.customer_id, %(scores)s
              FROM levelled l
              JOIN grouped g ON g.peer_level = 'type' AND g.peer_type = l.customer_type_id
            UNION ALL
            SELECT g.peer_group, g.peer_level = l.peer_level, l.customer_id, %(scores)s
              FROM levelled l
              JOIN grouped g ON g.peer_level = 'band' AND g.peer_band = l.size_band
            UNION ALL
            SELECT g.peer_group, g.peer_level = l.peer_level, l.customer_id, %(scores)s
              FROM levelled l
              JOIN grouped g ON g.peer_level = 'all'
            """,
            scores=scores,
        )

    @api.model
    def _placed_sql(self):
        """Place by each criterion, and how many customers of the group have that criterion."""
        return SQL(
            """
            SELECT * FROM (
                SELECT peer_group, own, customer_id, count(*) OVER w AS peer_count, %(windows)s
                  FROM member
                WINDOW w AS (PARTITION BY peer_group)) q
             WHERE own
            """,
            windows=_each(
                lambda **names: SQL(
                    "CASE WHEN %(absolute)s IS NOT NULL THEN rank() OVER (PARTITION BY peer_group"
                    " ORDER BY %(absolute)s DESC NULLS LAST) END AS %(place)s,"
                    " count(%(absolute)s) OVER w AS %(count)s",
                    **names,
                )
            ),
        )

    def _mixed_sql(self):
        """``levelled`` with the points by place and the points that count.

        By place: 100 for the best, 0 for the last; those who are level share the better place.
        Who is the only one with this criterion in the group has no points by place.
        """
        return SQL(
            """
            SELECT m.*, %(mixed)s
              FROM (SELECT l.*, p.peer_group, p.peer_count, %(peers)s
                      FROM levelled l JOIN placed p ON p.customer_id = l.customer_id
                    OFFSET 0) m
            """,
            peers=_each(
                lambda **names: SQL(
                    "p.%(place)s, round(100 * (1 - (p.%(place)s - 1)::numeric"
                    " / NULLIF(p.%(count)s - 1, 0)), 2) AS %(peer)s",
                    **names,
                )
            ),
            mixed=_each(
                lambda **names: SQL(
                    "round(CASE WHEN %(peer)s IS NULL THEN %(absolute)s"
                    " ELSE (1 - %(share)s::numeric) * %(absolute)s + %(share)s::numeric * %(peer)s"
                    " END, 2) AS %(score)s",
                    share=self.peer_share,
                    **names,
                )
            ),
        )

    @api.model
    def _group_place_sql(self):
        """Place by total among the peers, of those whose total is known."""
        return SQL(
            """
            SELECT * FROM (
                SELECT m.own, m.customer_id,
                       CASE WHEN t.score_total IS NOT NULL
                            THEN rank() OVER (PARTITION BY m.peer_group
                                              ORDER BY t.score_total DESC NULLS LAST) END
                           AS peer_place
                  FROM member m JOIN totalled t ON t.customer_id = m.customer_id) q
             WHERE own
            """
        )
