# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

FILTERS = ("all", "open", "late", "delivered")


class SaleOrderLine(models.Model):
    """What a customer is told about its deliveries: nothing internal is in it."""

    _inherit = "sale.order.line"

    @api.model
    def _portal_delivery_domain(self, entity, state="all"):
        """The deliveries of a commercial entity, in companies that show them.

        :param entity: ``res.partner``, a commercial entity
        :param state: 'all', 'open' (not delivered), 'late' (delivered after the promised day, or
            promised and not there), or 'delivered'
        """
        today = fields.Date.context_today(self)
        domain = Domain(
            [
                ("order_id.partner_id", "child_of", entity.ids),
                ("order_id.company_id.logistics_portal_delivery", "=", True),
                ("order_id.state", "=", "sale"),
                ("display_type", "=", False),
                ("is_downpayment", "=", False),
            ]
        )
        if state == "open":
            domain &= Domain("logistics_delivered_date", "=", False)
        elif state == "delivered":
            domain &= Domain("logistics_delivered_date", "!=", False)
        elif state == "late":
            late = self.env.execute_query(
                SQL(
                    """SELECT l.id FROM sale_order_line l JOIN res_partner p
                           ON p.id = l.order_partner_id
                        WHERE p.commercial_partner_id = %s
                          AND COALESCE(l.logistics_delivered_date, %s)
                              > l.logistics_promised_date""",
                    entity.id,
                    today,
                )
            )
            domain &= Domain("id", "in", [row[0] for row in late])
        return domain

    @api.model
    def _portal_on_time(self, entity):
        """How much arrived on time: deliveries with both dates, promised within twelve months.

        :return: (on time, all with both dates); (0, 0) when none has both, which is unknown
        """
        today = fields.Date.context_today(self)
        domain = self._portal_delivery_domain(entity) & Domain(
            [
                ("logistics_promised_date", ">", fields.Date.subtract(today, years=1)),
                ("logistics_promised_date", "<=", today),
                ("logistics_delivered_date", "!=", False),
            ]
        )
        lines = self.sudo()._search(domain)
        [(on_time, known)] = self.env.execute_query(
            SQL(
                """SELECT count(*) FILTER (WHERE logistics_delivered_date
                                                 <= logistics_promised_date), count(*)
                     FROM sale_order_line WHERE id IN %s""",
                lines.subselect(),
            )
        )
        return on_time, known

    def _portal_delivery_state(self):
        """Where a delivery stands: (code, days late or None).

        :return: 'on_time', 'late', 'delivered' (no promise), 'overdue', 'due' or 'open'
        """
        self.ensure_one()
        promised, delivered = self.logistics_promised_date, self.logistics_delivered_date
        if delivered:
            if not promised:
                return "delivered", None
            days = (delivered - promised).days
            return ("late", days) if days > 0 else ("on_time", None)
        if not promised:
            return "open", None
        days = (fields.Date.context_today(self) - promised).days
        return ("overdue", days) if days > 0 else ("due", None)
