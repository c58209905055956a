# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

THREAT_LEVELS = [("1", "Watch"), ("2", "Serious"), ("3", "Critical")]
# Days before the end of a contract in which a competitor's offer weighs more.
CONTRACT_DAYS = 90


class LogisticsCustomer(models.Model):
    """Customers a competitor is after, and how serious that is by the figures."""

    _inherit = "logistics.customer"

    competitor_count = fields.Integer(
        string="Competitors",
        readonly=True,
        aggregator=None,
        help="Competitors seen at this customer in the last twelve months.",
    )
    threat_level = fields.Selection(
        THREAT_LEVELS,
        string="Threat by Competitors",
        readonly=True,
        index="btree_not_null",
        help="From 6 points critical, from 4 serious, below to be watched. Empty: no competitor "
        "was seen in twelve months.",
    )
    threat_points = fields.Integer(
        readonly=True,
        aggregator=None,
        help="The threat as it was reported (high 3, medium 2, low 1), a quote lost 2, and one "
        "each for cheaper, better service, at least half of the spend, a churn risk of 80 % or "
        "more, and a contract that ends within 90 days.",
    )
    threat_codes = fields.Char(readonly=True)
    threat_reason = fields.Char(string="Why Threatened", compute="_compute_threat_reason")
    service_comparison = fields.Json(compute="_compute_service_comparison")

    @api.model
    def _threat_words(self):
        """What each code of the points means, in the reader's language."""
        return {
            "threat3": self.env._("threat reported as high"),
            "threat2": self.env._("threat reported as medium"),
            "threat1": self.env._("threat reported as low"),
            "lost": self.env._("a quote was lost to a competitor"),
            "cheaper": self.env._("a competitor is cheaper"),
            "better": self.env._("a competitor serves better"),
            "share": self.env._("competitors have half of the spend or more"),
            "churn": self.env._("churn risk of 80 percent or more"),
            "contract": self.env._("the contract ends within 90 days"),
        }

    @api.depends("threat_codes")
    @api.depends_context("lang")
    def _compute_threat_reason(self):
        words = self._threat_words()
        for customer in self:
            codes = (customer.threat_codes or "").split(",")
            customer.threat_reason = " · ".join(words[code] for code in codes if code in words)

    @api.depends("observation_ids")
    @api.depends_context("uid", "lang")
    def _compute_service_comparison(self):
        rows = self.env["logistics.competitor.comparison"]._summary("customer_id", self.ids)
        for customer in self:
            customer.service_comparison = rows.get(customer.id, [])

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        self._update_threats(as_of, companies)
        return result

    def _judge_threat(self):
        """Judge the threat of these accounts anew, from what is known today."""
        if self:
            self.sudo()._update_threats(fields.Date.context_today(self), None, self.ids)

    @api.model
    def _update_threats(self, as_of, companies, only_ids=None):
        """Write the threat by competitors on accounts: one statement, changed rows only.

        The last observation of each competitor in the twelve months before the day speaks.

        :param as_of: the day; nothing dated later is looked at
        :param companies: limit to these ``res.company``; all when empty or None
        :param only_ids: limit to these accounts
        """
        self.env.flush_all()
        scope = SQL("TRUE %s", self._company_filter_sql(companies))
        if only_ids is not None:
            scope = SQL("%s AND c.id IN %s", scope, tuple(only_ids) or (0,))
        points = (
            ("threat3", SQL("s.threat = '3'"), 3),
            ("threat2", SQL("s.threat = '2'"), 2),
            ("threat1", SQL("s.threat = '1'"), 1),
            ("lost", SQL("s.lost"), 2),
            ("cheaper", SQL("s.cheaper"), 1),
            ("better", SQL("s.better"), 1),
            ("share", SQL("s.share >= 0.5"), 1),
            ("churn", SQL("c.churn_risk >= 0.8"), 1),
            ("contract", SQL("k.ends"), 1),
        )
        self.env.cr.execute(
            SQL(
                """
                WITH latest AS (
                    SELECT DISTINCT ON (o.customer_id, o.competitor_id)
                           o.customer_id, o.threat, o.price_level, o.service_level, o.share
                      FROM logistics_competitor_observation o
                     WHERE o.date > %(since)s AND o.date <= %(as_of)s
                     ORDER BY o.customer_id, o.competitor_id, o.date DESC, o.id DESC
                ),
                seen AS (
                    SELECT l.customer_id, count(*) AS competitors, max(l.threat) AS threat,
                           bool_or(l.price_level IN ('1', '2')) AS cheaper,
                           bool_or(l.service_level IN ('4', '5')) AS better, sum(l.share) AS share,
                           EXISTS (SELECT 1 FROM logistics_competitor_observation q
                                    WHERE q.customer_id = l.customer_id AND q.source = 'lost'
                                      AND q.date > %(since)s AND q.date <= %(as_of)s) AS lost
                      FROM latest l
                     GROUP BY l.customer_id
                ),
                judged AS (
                    SELECT c.id, COALESCE(s.competitors, 0) AS competitors, j.points, j.codes,
                           CASE WHEN s.customer_id IS NULL THEN NULL
                                WHEN j.points >= 6 THEN '3' WHEN j.points >= 4 THEN '2'
                                ELSE '1' END AS level
                      FROM logistics_customer c
                      LEFT JOIN seen s ON s.customer_id = c.id
                      LEFT JOIN LATERAL (
                           SELECT max(t.date_end) BETWEEN %(as_of)s AND %(soon)s AS ends
                             FROM logistics_contract t
                            WHERE t.customer_id = s.customer_id AND t.state = 'signed'
                              AND t.date_start <= %(as_of)s
                      ) k ON TRUE
                     CROSS JOIN LATERAL (
                           SELECT COALESCE(sum(p.points), 0) AS points,
                                  string_agg(p.code, ',' ORDER BY p.place) AS codes
                             FROM (VALUES %(points)s) AS p (place, code, met, points)
                            WHERE p.met AND s.customer_id IS NOT NULL
                      ) j
                     WHERE %(scope)s
                )
                UPDATE logistics_customer c
                   SET competitor_count = j.competitors, threat_points = j.points,
                       threat_codes = j.codes, threat_level = j.level
                  FROM judged j
                 WHERE j.id = c.id
                   AND (COALESCE(c.competitor_count, 0), COALESCE(c.threat_points, 0),
                        c.threat_codes, c.threat_level)
                       IS DISTINCT FROM (j.competitors, j.points, j.codes, j.level)
                """,
                since=as_of - relativedelta(years=1),
                as_of=as_of,
                soon=as_of + relativedelta(days=CONTRACT_DAYS),
                points=SQL(", ").join(
                    SQL("(%s, %s, %s, %s)", place, code, met, number)
                    for place, (code, met, number) in enumerate(points)
                ),
                scope=scope,
            )
        )
        self.invalidate_model(["competitor_count", "threat_points", "threat_codes", "threat_level"])

    def _open_points(self):
        points = super()._open_points()
        if self.threat_level in ("2", "3"):
            points.append(
                {
                    "code": "competitor_threat",
                    "level": "warning",
                    "text": self.env._("Threatened by competitors: %s", self.threat_reason),
                    "action": "action_open_competition",
                }
            )
        return points

    def action_open_competition(self):
        """Open the competitors seen at these customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_competitor_observation"
        )
        action["domain"] = [("customer_id", "in", self.ids)]
        action["context"] = {"default_customer_id": self.id} if len(self) == 1 else {}
        return action
