# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL


class LogisticsTerritory(models.Model):
    """Which address lies in which territory: one condition, used by every check."""

    _inherit = "logistics.territory"

    @api.model
    def _inside_sql(self, area, address):
        """The condition that an address (a ``res_partner``) lies in an area.

        An address without the state, city or postal code that the area asks for is not inside:
        it is not known to be.

        :param area: alias of ``logistics_territory_area``
        :param address: alias of ``res_partner``
        """
        return SQL(
            """
            %(a)s.country_id = %(p)s.country_id
            AND (%(a)s.state_id IS NULL OR %(a)s.state_id = %(p)s.state_id)
            AND (COALESCE(%(a)s.city, '') = '' OR lower(%(a)s.city) = lower(%(p)s.city))
            AND (%(a)s.zip_first IS NULL
                 OR (regexp_replace(upper(%(p)s.zip), '[^0-9A-Z]', '', 'g') <> ''
                     AND regexp_replace(upper(%(p)s.zip), '[^0-9A-Z]', '', 'g') COLLATE "C"
                         BETWEEN (%(a)s.zip_first COLLATE "C") AND (%(a)s.zip_last COLLATE "C")))
            """,
            a=SQL.identifier(area),
            p=SQL.identifier(address),
        )

    @api.model
    def _meeting_sql(self, one, other):
        """The condition that two areas have addresses in common, as far as their limits tell."""
        return SQL(
            """
            %(a)s.country_id = %(b)s.country_id
            AND (%(a)s.state_id IS NULL OR %(b)s.state_id IS NULL
                 OR %(a)s.state_id = %(b)s.state_id)
            AND (COALESCE(%(a)s.city, '') = '' OR COALESCE(%(b)s.city, '') = ''
                 OR lower(%(a)s.city) = lower(%(b)s.city))
            AND (%(a)s.zip_first IS NULL OR %(b)s.zip_first IS NULL
                 OR (%(a)s.zip_first COLLATE "C" <= %(b)s.zip_last COLLATE "C"
                     AND %(b)s.zip_first COLLATE "C" <= %(a)s.zip_last COLLATE "C"))
            """,
            a=SQL.identifier(one),
            b=SQL.identifier(other),
        )

    @api.model
    def _valid_sql(self, alias, day):
        """The condition that a territory is in force on a day (an SQL expression or a date)."""
        return SQL(
            "%(t)s.active AND (%(t)s.date_from IS NULL OR %(t)s.date_from <= %(day)s)"
            " AND (%(t)s.date_to IS NULL OR %(t)s.date_to >= %(day)s)",
            t=SQL.identifier(alias),
            day=day,
        )

    def _customers_inside(self):
        """The accounts whose own address lies in these territories, as the user may see them."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT c.id
                  FROM logistics_territory_area a
                  JOIN logistics_customer c ON c.company_id = a.company_id AND c.active
                  JOIN res_partner p ON p.id = c.partner_id
                 WHERE a.territory_id IN %s AND %s
                """,
                tuple(self.ids) or (0,),
                self._inside_sql("a", "p"),
            )
        )
        return self.env["logistics.customer"].search([("id", "in", [row[0] for row in rows])])

    @api.model
    def _of_partner(self, partner, company, day=None):
        """The territories in force in which an address lies.

        :param partner: the ``res.partner`` whose address is looked up
        :param company: the ``res.company``
        :param day: date; today when omitted
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT t.id
                  FROM logistics_territory t
                  JOIN logistics_territory_area a ON a.territory_id = t.id
                  JOIN res_partner p ON p.id = %s
                 WHERE t.company_id = %s AND %s AND %s
                """,
                partner.id,
                company.id,
                self._valid_sql("t", day or fields.Date.context_today(self)),
                self._inside_sql("a", "p"),
            )
        )
        return self.browse(row[0] for row in rows)
