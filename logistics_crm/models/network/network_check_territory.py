# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL


class LogisticsNetworkFinding(models.Model):
    """Checks of territories: deliveries into another's, overlaps, and what nobody covers."""

    _inherit = "logistics.network.finding"

    @api.model
    def _checks(self, company, as_of):
        return [
            *super()._checks(company, as_of),
            (
                "diversion",
                ("customer_id", "other_customer_id", "territory_id", "amount", "facts"),
                self._diversion_sql(company, as_of),
            ),
            (
                "overlap",
                (
                    "customer_id",
                    "other_customer_id",
                    "territory_id",
                    "other_territory_id",
                    "country_id",
                    "facts",
                ),
                self._overlap_sql(company, as_of),
            ),
            ("uncovered", ("country_id", "amount", "facts"), self._uncovered_sql(company, as_of)),
        ]

    @api.model
    def _diversion_sql(self, company, as_of):
        """Confirmed orders delivered into an exclusive territory of somebody else, per month.

        Not somebody else: the holder, whoever is supplied through the holder, and whoever the
        holder is supplied by. The territory counts on the day of the order. The amount is
        untaxed, in company currency at the order's rate.
        """
        territories = self.env["logistics.territory"]
        return SQL(
            """
            WITH RECURSIVE related AS (
                SELECT t.id AS territory_id, c.id AS customer_id, c.network_parent_id, 0 AS way,
                       ARRAY[c.id] AS path
                  FROM logistics_territory t
                  JOIN logistics_customer c ON c.id = t.customer_id
                 WHERE t.company_id = %(company)s
                 UNION ALL
                SELECT r.territory_id, c.id, c.network_parent_id, w.way, r.path || c.id
                  FROM related r
                 CROSS JOIN (VALUES (1), (-1)) AS w (way)
                  JOIN logistics_customer c
                    ON CASE WHEN w.way = 1 THEN c.network_parent_id = r.customer_id
                            ELSE c.id = r.network_parent_id END
                 WHERE r.way IN (0, w.way) AND c.id <> ALL(r.path)
            )
            SELECT c.id || ':' || t.id || ':' || to_char(so.date_order, 'YYYY-MM') AS key,
                   c.id AS customer_id, t.customer_id AS other_customer_id, t.id AS territory_id,
                   sum(so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1)) AS amount,
                   jsonb_build_object(
                       'month', to_char(so.date_order, 'YYYY-MM'), 'orders', count(*),
                       'names', (array_agg(so.name ORDER BY so.date_order DESC))[1:5],
                       'places', (array_agg(DISTINCT concat_ws(' ', p.zip, p.city)))[1:5]
                   ) AS facts
              FROM sale_order so
              JOIN res_partner buyer ON buyer.id = so.partner_id
              JOIN logistics_customer c ON c.partner_id = buyer.commercial_partner_id
                                       AND c.company_id = so.company_id
              JOIN res_partner p ON p.id = so.partner_shipping_id
              JOIN logistics_territory t ON t.company_id = so.company_id AND t.exclusive
                                        AND %(valid)s
             WHERE so.company_id = %(company)s AND so.state = 'sale'
               AND so.date_order >= %(since)s AND so.date_order < %(after)s
               AND EXISTS (SELECT 1 FROM logistics_territory_area a
                            WHERE a.territory_id = t.id AND %(inside)s)
               AND NOT EXISTS (SELECT 1 FROM related r
                                WHERE r.territory_id = t.id AND r.customer_id = c.id)
             GROUP BY c.id, t.id, to_char(so.date_order, 'YYYY-MM')
            """,
            company=company.id,
            valid=territories._valid_sql("t", SQL("so.date_order::date")),
            inside=territories._inside_sql("a", "p"),
            since=as_of - relativedelta(days=company.logistics_network_days),
            after=as_of + relativedelta(days=1),
        )

    @api.model
    def _overlap_sql(self, company, as_of):
        """Pairs of territories with addresses in common, different holders, one exclusive."""
        territories = self.env["logistics.territory"]
        return SQL(
            """
            SELECT t.id || ':' || u.id AS key, t.customer_id, u.customer_id AS other_customer_id,
                   t.id AS territory_id, u.id AS other_territory_id,
                   min(a.country_id) AS country_id,
                   jsonb_build_object(
                       'areas', count(*),
                       'codes', (array_agg(DISTINCT concat_ws(' ', y.code,
                            GREATEST(a.zip_first COLLATE "C", b.zip_first COLLATE "C"))))[1:5]
                   ) AS facts
              FROM logistics_territory t
              JOIN logistics_territory u ON u.company_id = t.company_id AND u.id > t.id
               AND (t.exclusive OR u.exclusive)
               AND t.customer_id IS DISTINCT FROM u.customer_id
              JOIN logistics_territory_area a ON a.territory_id = t.id
              JOIN logistics_territory_area b ON b.territory_id = u.id AND %(meet)s
              JOIN res_country y ON y.id = a.country_id
             WHERE t.company_id = %(company)s AND %(valid_t)s AND %(valid_u)s
             GROUP BY t.id, u.id
            """,
            company=company.id,
            meet=territories._meeting_sql("a", "b"),
            valid_t=territories._valid_sql("t", as_of),
            valid_u=territories._valid_sql("u", as_of),
        )

    @api.model
    def _uncovered_sql(self, company, as_of):
        """Customers outside every territory, by country, state and the first two of the code.

        Only in countries in which there is a territory: elsewhere nothing is divided.
        """
        territories = self.env["logistics.territory"]
        return SQL(
            """
            SELECT concat_ws(':', p.country_id, COALESCE(p.state_id, 0), z.region) AS key,
                   p.country_id, sum(c.revenue_12m) AS amount,
                   jsonb_build_object(
                       'customers', count(*), 'state', min(s.name), 'region', z.region,
                       'names', (array_agg(c.name ORDER BY c.revenue_12m DESC NULLS LAST,
                                           c.id))[1:5]
                   ) AS facts
              FROM logistics_customer c
              JOIN res_partner p ON p.id = c.partner_id
              LEFT JOIN res_country_state s ON s.id = p.state_id
             CROSS JOIN LATERAL (
                   SELECT left(regexp_replace(upper(COALESCE(p.zip, '')), '[^0-9A-Z]', '', 'g'), 2)
                          AS region) z
             WHERE c.company_id = %(company)s AND c.active
               AND EXISTS (SELECT 1 FROM logistics_territory t
                             JOIN logistics_territory_area a ON a.territory_id = t.id
                            WHERE t.company_id = %(company)s AND %(valid)s
                              AND a.country_id = p.country_id)
               AND NOT EXISTS (SELECT 1 FROM logistics_territory t
                                 JOIN logistics_territory_area a ON a.territory_id = t.id
                                WHERE t.company_id = %(company)s AND %(valid)s AND %(inside)s)
             GROUP BY p.country_id, p.state_id, z.region
            """,
            company=company.id,
            valid=territories._valid_sql("t", as_of),
            inside=territories._inside_sql("a", "p"),
        )
