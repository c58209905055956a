# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

# Customers are compared inside the finest group that has this many members.
MIN_GROUP = 10


class LogisticsWhiteSpace(models.Model):
    """How proposals are found: which items occur together in the baskets of similar customers."""

    _inherit = "logistics.white.space"

    @api.model
    def _refresh(self, company, as_of=None):
        """Propose anew for a company, in two statements; decided proposals stay as they are.

        Reads ``logistics.consumption`` of the company, which is refreshed first. A proposal in
        hand whose service or lane is bought by now counts as bought.

        :param company: the ``res.company``
        :param as_of: date written on the proposals; today when omitted
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE logistics_white_space w
                   SET state = 'won', decided_on = %(as_of)s
                  FROM logistics_consumption k
                 WHERE w.company_id = %(company)s AND w.state = 'opportunity'
                   AND k.customer_id = w.customer_id AND k.kind = w.kind
                   AND k.service_id IS NOT DISTINCT FROM w.service_id
                   AND k.lane_id IS NOT DISTINCT FROM w.lane_id
                   AND k.trade_days > 0
                """,
                as_of=as_of,
                company=company.id,
            )
        )
        self.env.cr.execute(self._refresh_sql(company, as_of))
        self.invalidate_model()

    @api.model
    def _group_sql(self):
        """What makes customers similar, finest first, as texts over ``c`` account, ``p`` contact.

        Each is NULL where the account does not know what it needs.
        """
        size = SQL("c.value_class")
        return [
            SQL("'0/' || %s || '/' || c.customer_type_id", size),
            SQL("'1/' || %s || '/' || p.industry_id", size),
            SQL("'2/' || %s", size),
            SQL("'3'"),
        ]

    @api.model
    def _members_sql(self, company):
        """Each trading customer in each of the groups it belongs to: id, grp, grain, size."""
        groups = SQL(" UNION ALL ").join(
            SQL(
                "SELECT c.id, %s AS grp, %s AS grain, c.revenue_12m FROM logistics_customer c"
                " JOIN res_partner p ON p.id = c.partner_id"
                " WHERE c.company_id = %s AND c.active AND c.trade_days_12m > 0",
                group,
                grain,
                company.id,
            )
            for grain, group in enumerate(self._group_sql())
        )
        return SQL(
            "SELECT g.*, count(*) OVER (PARTITION BY g.grp) AS members"
            " FROM (%s) g WHERE g.grp IS NOT NULL",
            groups,
        )

    @api.model
    def _refresh_sql(self, company, as_of):
        return SQL(
            """
            WITH item AS MATERIALIZED (
                SELECT k.customer_id, k.kind, COALESCE(k.service_id, k.lane_id) AS item,
                       k.revenue, k.margin
                  FROM logistics_consumption k
                 WHERE k.company_id = %(company)s AND k.trade_days > 0
            ),
            member AS MATERIALIZED (%(members)s),
            chosen AS MATERIALIZED (
                SELECT DISTINCT ON (m.id) m.id, m.grp, m.revenue_12m
                  FROM member m
                 ORDER BY m.id, m.members < %(min_group)s,
                          CASE WHEN m.members < %(min_group)s THEN -m.grain ELSE m.grain END
            ),
            basket AS MATERIALIZED (
                SELECT m.grp, i.*, m.revenue_12m
                  FROM member m
                  JOIN item i ON i.customer_id = m.id
                 WHERE m.grp IN (SELECT grp FROM chosen)
            ),
            single AS (
                SELECT b.grp, b.kind, b.item, count(*) AS buyers,
                       percentile_cont(0.5) WITHIN GROUP (
                           ORDER BY (b.revenue / NULLIF(b.revenue_12m, 0))::float8)
                           FILTER (WHERE b.revenue_12m > 0) AS revenue_part,
                       percentile_cont(0.5) WITHIN GROUP (
                           ORDER BY (b.margin / NULLIF(b.revenue_12m, 0))::float8)
                           FILTER (WHERE b.revenue_12m > 0) AS margin_part
                  FROM basket b
                 GROUP BY b.grp, b.kind, b.item
            ),
            pair AS (
                SELECT a.grp, a.kind, a.item AS have, b.item AS other, count(*) AS buyers
                  FROM basket a
                  JOIN basket b ON b.grp = a.grp AND b.customer_id = a.customer_id
                               AND b.kind = a.kind AND b.item <> a.item
                 GROUP BY a.grp, a.kind, a.item, b.item
                HAVING count(*) >= %(min_buyers)s
            ),
            found AS (
                SELECT DISTINCT ON (c.id, i.kind, p.other)
                       c.id, i.kind, p.other, i.item AS because, p.buyers,
                       h.buyers - 1 AS peers, p.buyers::float8 / (h.buyers - 1) AS share,
                       c.revenue_12m * s.revenue_part AS revenue,
                       c.revenue_12m * s.margin_part AS margin
                  FROM chosen c
                  JOIN item i ON i.customer_id = c.id
                  JOIN pair p ON p.grp = c.grp AND p.kind = i.kind AND p.have = i.item
                  JOIN single h ON h.grp = c.grp AND h.kind = i.kind AND h.item = i.item
                  JOIN single s ON s.grp = c.grp AND s.kind = i.kind AND s.item = p.other
                  LEFT JOIN item own ON own.customer_id = c.id AND own.kind = i.kind
                                    AND own.item = p.other
                 WHERE own.customer_id IS NULL
                   AND p.buyers >= %(min_share)s * (h.buyers - 1)
                 ORDER BY c.id, i.kind, p.other, share DESC, p.buyers DESC, i.item
            ),
            proposed AS (
                INSERT INTO logistics_white_space AS w
                       (customer_id, company_id, kind, service_id, lane_id, because_service_id,
                        because_lane_id, buyer_count, peer_count, share, bought_before,
                        expected_revenue, expected_margin, as_of, state,
                        create_uid, write_uid, create_date, write_date)
                SELECT f.id, %(company)s, f.kind,
                       CASE f.kind WHEN 'service' THEN f.other END,
                       CASE f.kind WHEN 'lane' THEN f.other END,
                       CASE f.kind WHEN 'service' THEN f.because END,
                       CASE f.kind WHEN 'lane' THEN f.because END,
                       f.buyers, f.peers, f.share,
                       EXISTS (SELECT 1 FROM logistics_consumption k
                                WHERE k.customer_id = f.id AND k.kind = f.kind
                                  AND COALESCE(k.service_id, k.lane_id) = f.other),
                       round(f.revenue::numeric, %(digits)s), round(f.margin::numeric, %(digits)s),
                       %(as_of)s, 'open',
                       %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM found f
                    ON CONFLICT (customer_id, kind, COALESCE(service_id, 0), COALESCE(lane_id, 0))
                    DO UPDATE SET because_service_id = EXCLUDED.because_service_id,
                                  because_lane_id = EXCLUDED.because_lane_id,
                                  buyer_count = EXCLUDED.buyer_count,
                                  peer_count = EXCLUDED.peer_count,
                                  share = EXCLUDED.share,
                                  bought_before = EXCLUDED.bought_before,
                                  expected_revenue = EXCLUDED.expected_revenue,
                                  expected_margin = EXCLUDED.expected_margin,
                                  as_of = EXCLUDED.as_of
                            WHERE w.state = 'open'
             RETURNING w.id
            )
            DELETE FROM logistics_white_space w
             WHERE w.company_id = %(company)s AND w.state = 'open'
               AND w.id NOT IN (SELECT id FROM proposed)
            """,
            company=company.id,
            members=self._members_sql(company),
            min_group=MIN_GROUP,
            min_buyers=company.logistics_white_min_buyers,
            min_share=company.logistics_white_min_share,
            digits=company.currency_id.decimal_places,
            as_of=as_of,
            uid=self.env.uid,
        )

    @api.model
    def action_refresh_company(self):
        """Make consumption and proposals of the user's company anew, from today's documents.

        :raise AccessError: for anybody but managers
        """
        self.env["logistics.consumption"]._refresh_on_demand()
        return {"type": "ir.actions.client", "tag": "reload"}
