# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL


class LogisticsVisit(models.Model):
    """Touches that nobody planned: a done call or mail on the customer is one."""

    _inherit = "logistics.visit"

    @api.model
    def _record_touch(self, values):
        """Record a touch that happened, or complete the planned one it was.

        A planned touch of the customer through the same channel within its plan's reach is
        completed instead of doubled.

        :param values: ``customer_id``, ``channel``, ``user_id``, ``purpose``, ``findings``
        :return: the ``logistics.visit``, done
        """
        customer = self.env["logistics.customer"].browse(values["customer_id"]).exists()
        if not customer:
            return self.browse()
        today = self.env["logistics.visit.status"]._today(customer.company_id)
        planned = self.search(
            [
                ("customer_id", "=", customer.id),
                ("channel", "=", values["channel"]),
                ("state", "=", "planned"),
                ("planned_date", "=", today),
            ],
            order="start, id",
            limit=1,
        )
        if not planned:
            planned = self.create(
                {
                    **values,
                    "kind": self._most_wanted_kind(customer, values["channel"]),
                    "planned_date": today,
                }
            )
        planned._touch_done(values.get("findings") or None)
        return planned

    @api.model
    def _most_wanted_kind(self, customer, channel):
        """The kind of touch this channel covers that the customer waits for most."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.kind FROM logistics_visit_status s
                  JOIN logistics_visit_plan p ON p.id = s.plan_id
                 WHERE s.customer_id = %s AND p.who <> 'executive' AND %s
                 ORDER BY s.status = 'covered', s.priority DESC, s.id LIMIT 1
                """,
                customer.id,
                SQL.identifier("p", "count_" + channel),
            )
        )
        if rows:
            return rows[0][0]
        return "return" if channel == "phone" else "patrol"
