# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL


class LogisticsConcession(models.Model):
    """Symposia are concessions of level 2: what one cost, shared among the customers who came."""

    _inherit = "logistics.concession"

    @api.model
    def _derived_sources(self, company, as_of, date_from):
        return [
            *super()._derived_sources(company, as_of, date_from),
            (("event",), self._symposium_source_sql(company, as_of, date_from)),
        ]

    @api.model
    def _symposium_source_sql(self, company, as_of, date_from):
        """One row per symposium that was held and customer that came, on the day it was held."""
        return SQL(
            """
            SELECT c.partner_id, 'event' AS kind,
                   'symposium:' || i.symposium_id || ':' || i.customer_id AS source_key,
                   min(v.done_date) AS date,
                   s.cost / count(*) OVER (PARTITION BY i.symposium_id) AS amount,
                   NULL::integer AS move_id, s.name AS document
              FROM logistics_symposium_invitee i
              JOIN logistics_symposium s ON s.id = i.symposium_id
              JOIN logistics_visit v ON v.id = i.visit_id
              JOIN logistics_customer c ON c.id = i.customer_id
             WHERE i.attended AND s.state IN ('held', 'closed') AND s.company_id = %(company)s
               AND v.done_date BETWEEN %(date_from)s AND %(as_of)s
             GROUP BY i.symposium_id, i.customer_id, c.partner_id, s.cost, s.name
            """,
            company=company.id,
            date_from=date_from,
            as_of=as_of,
        )
