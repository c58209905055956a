# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat

SOURCES = [
    ("survey", "Questionnaire"),
    ("delivery", "Delivery"),
    ("complaint", "Complaint"),
    ("visit", "Executive Visit"),
]


class LogisticsSatisfactionEntry(models.Model):
    """Every time a customer told us how content it is: one row per occasion, 0 to 100."""

    _name = "logistics.satisfaction.entry"
    _description = "Satisfaction per Transaction"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "customer_id"
    # what the query reads, so that it is written out before
    _depends = {
        "logistics.satisfaction.invitation": ["customer_id", "answered_on", "perceived"],
        "logistics.visit.answer": ["visit_id", "question", "rating"],
        "logistics.visit": ["customer_id", "state", "done_date"],
        "rating.rating": ["res_model", "res_id", "rating", "consumed", "rated_on", "partner_id"],
        "sale.order": ["partner_id", "company_id"],
    }

    customer_id = fields.Many2one("logistics.customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    value_class = fields.Selection(related="customer_id.value_class")
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    date = fields.Date(readonly=True)
    source = fields.Selection(SOURCES, readonly=True)
    score = KnownFloat(
        string="Satisfaction",
        readonly=True,
        digits=(6, 1),
        aggregator="avg",
        help="0 to 100. A questionnaire counts its perceptions weighted by importance; faces of a "
        "rating count 0, 50 and 100; marks of an executive visit 0, 25, 50, 75 and 100.",
    )

    @property
    def _table_query(self):
        return SQL(
            """SELECT row_number() OVER (ORDER BY e.date, e.customer_id, e.source, e.origin)
                          ::integer AS id,
                      e.customer_id, c.company_id, c.user_id, e.partner_id, e.date, e.source,
                      e.score
                 FROM %s AS e JOIN logistics_customer c ON c.id = e.customer_id""",
            self._entries_sql(),
        )

    @api.model
    def _entries_sql(self, as_of=None):
        """The one place that says what a customer's satisfaction is read from.

        What salespeople are told about themselves in an executive visit is left out: those it is
        about must not learn it from a mean.

        :param as_of: a date; nothing later is in it. Everything when omitted.
        :return: a subquery of ``customer_id, partner_id, date, source, origin, score``; score is
            0 to 100, partner_id the person who told, where one is known
        """
        limit = SQL("%s::date", fields.Date.to_date(as_of)) if as_of else SQL("'infinity'::date")
        parts = [
            SQL(
                """SELECT i.customer_id, i.partner_id, i.answered_on AS date, 'survey' AS source,
                          i.id AS origin, i.perceived::float8 AS score
                     FROM logistics_satisfaction_invitation i
                    WHERE i.perceived IS NOT NULL AND i.answered_on <= %s""",
                limit,
            ),
            SQL(
                """SELECT v.customer_id, NULL::integer, v.done_date, 'visit', v.id,
                          avg((a.rating::integer - 1) * 25.0)::float8
                     FROM logistics_visit_answer a JOIN logistics_visit v ON v.id = a.visit_id
                    WHERE a.rating IS NOT NULL AND a.question <> 'salespeople'
                      AND v.state = 'done' AND v.done_date <= %s
                    GROUP BY v.id""",
                limit,
            ),
            SQL(
                """SELECT c.id, r.partner_id, r.rated_on::date, 'delivery', r.id,
                          ((r.rating - 1) * 25.0)::float8
                     FROM rating_rating r
                     JOIN sale_order o ON o.id = r.res_id AND r.res_model = 'sale.order'
                     JOIN res_partner p ON p.id = o.partner_id
                     JOIN logistics_customer c ON c.partner_id = p.commercial_partner_id
                      AND c.company_id = o.company_id
                    WHERE r.consumed AND r.rating >= 1 AND r.rated_on::date <= %s""",
                limit,
            ),
        ]
        if "logistics.complaint" in self.env:
            parts.append(
                SQL(
                    """SELECT k.customer_id, r.partner_id, r.rated_on::date, 'complaint', r.id,
                              ((r.rating - 1) * 25.0)::float8
                         FROM rating_rating r
                         JOIN logistics_complaint k ON k.id = r.res_id
                          AND r.res_model = 'logistics.complaint'
                        WHERE r.consumed AND r.rating >= 1 AND k.customer_id IS NOT NULL
                          AND r.rated_on::date <= %s""",
                    limit,
                )
            )
        return SQL("(%s)", SQL(" UNION ALL ").join(parts))
