# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat
from .service_dimension import SCORES


class LogisticsCompetitorRating(models.Model):
    """One dimension of an observation or of a voice: how they are rated, and how we are."""

    _name = "logistics.competitor.rating"
    _description = "Competitor Rating"
    _order = "dimension_id, id"
    _rec_name = "dimension_id"

    observation_id = fields.Many2one(
        "logistics.competitor.observation", index="btree_not_null", ondelete="cascade"
    )
    voice_id = fields.Many2one(
        "logistics.competitor.voice", index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_source", store=True, precompute=True, index=True
    )
    customer_id = fields.Many2one(
        "logistics.customer",
        compute="_compute_source",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    dimension_id = fields.Many2one(
        "logistics.service.dimension", required=True, index=True, ondelete="restrict"
    )
    own_rating = fields.Selection(SCORES, string="We", help="Empty: unknown.")
    their_rating = fields.Selection(SCORES, string="They", help="Empty: unknown.")
    note = fields.Char()

    _one_source = models.Constraint(
        "CHECK (num_nonnulls(observation_id, voice_id) = 1)",
        "A rating belongs to an observation or to a voice.",
    )
    _observation_uniq = models.UniqueIndex(
        "(observation_id, dimension_id) WHERE observation_id IS NOT NULL",
        "Each dimension is rated once.",
    )
    _voice_uniq = models.UniqueIndex(
        "(voice_id, dimension_id) WHERE voice_id IS NOT NULL", "Each dimension is rated once."
    )

    @api.depends("observation_id.customer_id", "voice_id.company_id")
    def _compute_source(self):
        for row in self:
            row.company_id = row.observation_id.company_id or row.voice_id.company_id
            row.customer_id = row.observation_id.customer_id


class LogisticsCompetitorComparison(models.Model):
    """Own against theirs by service dimension: every rating, and the levels of observations.

    An observation without a rating of the dimension speaks through its price and service level:
    "much cheaper" is two points in their favour, the same none.
    """

    _name = "logistics.competitor.comparison"
    _description = "Own against Competitor"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "dimension_id"
    _depends = {
        "logistics.competitor.rating": [
            "observation_id",
            "voice_id",
            "dimension_id",
            "own_rating",
            "their_rating",
        ],
        "logistics.competitor.observation": [
            "competitor_id",
            "customer_id",
            "company_id",
            "date",
            "price_level",
            "service_level",
            "source",
        ],
        "logistics.competitor.voice": ["competitor_id", "company_id", "date"],
        "logistics.service.dimension": ["code"],
    }

    competitor_id = fields.Many2one("logistics.competitor", readonly=True)
    customer_id = fields.Many2one("logistics.customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Seen By", readonly=True)
    dimension_id = fields.Many2one("logistics.service.dimension", readonly=True)
    date = fields.Date(readonly=True)
    said_by = fields.Selection(
        [("own", "Our Customers"), ("theirs", "Their Customers")], readonly=True
    )
    own_score = KnownFloat(
        string="We", readonly=True, aggregator="avg", help="1 very poor to 5 very good."
    )
    their_score = KnownFloat(
        string="They", readonly=True, aggregator="avg", help="1 very poor to 5 very good."
    )
    difference = KnownFloat(
        string="They Are Better By",
        readonly=True,
        aggregator="avg",
        help="Points by which they are better than we; negative: we are better. Empty: only one "
        "of the two is rated.",
    )

    @property
    def _table_query(self):
        levels = SQL(" UNION ALL ").join(
            SQL(
                """
                SELECT o.id * 4 + %(offset)s AS id, o.competitor_id, o.customer_id, o.company_id,
                       o.user_id, d.id AS dimension_id, o.date, 'own' AS said_by,
                       NULL::float8 AS own_score, NULL::float8 AS their_score,
                       (%(points)s)::float8 AS difference
                  FROM logistics_competitor_observation o
                  JOIN logistics_service_dimension d ON d.code = %(code)s AND d.active
                 WHERE o.%(level)s IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM logistics_competitor_rating r
                                    WHERE r.observation_id = o.id AND r.dimension_id = d.id)
                """,
                offset=offset,
                code=code,
                level=SQL.identifier(level),
                points=points,
            )
            for offset, code, level, points in (
                (1, "price", "price_level", SQL("3 - o.price_level::int")),
                (2, "service", "service_level", SQL("o.service_level::int - 3")),
            )
        )
        return SQL(
            """
            SELECT r.id * 4 AS id, COALESCE(o.competitor_id, v.competitor_id) AS competitor_id,
                   o.customer_id, COALESCE(o.company_id, v.company_id) AS company_id,
                   COALESCE(o.user_id, v.user_id) AS user_id, r.dimension_id,
                   COALESCE(o.date, v.date) AS date,
                   CASE WHEN o.id IS NULL THEN 'theirs' ELSE 'own' END AS said_by,
                   r.own_rating::float8 AS own_score, r.their_rating::float8 AS their_score,
                   r.their_rating::float8 - r.own_rating::float8 AS difference
              FROM logistics_competitor_rating r
              LEFT JOIN logistics_competitor_observation o ON o.id = r.observation_id
              LEFT JOIN logistics_competitor_voice v ON v.id = r.voice_id
             UNION ALL %s
            """,
            levels,
        )

    @api.model
    def _summary(self, field, ids):
        """Means by dimension, as far as the reader may see the rows: two queries for all.

        :param field: ``competitor_id`` or ``customer_id``
        :param ids: ids of the records that ask
        :return: ``{id: [dict(id, name, own, theirs, difference, count, last)]}``, means or None
        """
        result = {}
        if not ids:
            return result
        rows = self._read_group(
            [(field, "in", ids)],
            [field, "dimension_id"],
            ["own_score:avg", "their_score:avg", "difference:avg", "__count", "date:max"],
        )
        order = {d: n for n, d in enumerate(self.env["logistics.service.dimension"].search([]).ids)}
        for record, dimension, own, theirs, difference, count, last in rows:
            result.setdefault(record.id, []).append(
                {
                    "id": dimension.id,
                    "name": dimension.sudo().name,
                    "own": own,
                    "theirs": theirs,
                    "difference": difference,
                    "count": count,
                    "last": fields.Date.to_string(last) if last else False,
                }
            )
        for lines in result.values():
            lines.sort(key=lambda line: order.get(line["id"], 999))
        return result
