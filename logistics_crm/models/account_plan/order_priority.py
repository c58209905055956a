# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

PRIORITIES = [("0", "Normal"), ("1", "High"), ("2", "First")]


class SaleOrder(models.Model):
    """Whose shipment goes first when capacity is short: the priority of the value class."""

    _inherit = "sale.order"

    logistics_priority = fields.Selection(
        PRIORITIES,
        string="Priority",
        compute="_compute_logistics_priority",
        store=True,
        readonly=True,
        index="btree_not_null",
        help="From the entitlements of the customer's value class. Follows the class until the "
        "order is delivered and invoiced.",
    )

    def _auto_init(self):
        # Old orders are shipped: adding the empty column ourselves spares a company with a
        # million of them the computation.
        if not column_exists(self.env.cr, self._table, "logistics_priority"):
            create_column(self.env.cr, self._table, "logistics_priority", "varchar")
        return super()._auto_init()

    @api.depends("partner_id", "company_id")
    def _compute_logistics_priority(self):
        rows = self._logistics_entitlements()
        for order in self:
            order.logistics_priority = rows[order].priority or "0"

    @api.model
    def _update_logistics_priorities(self, companies):
        """Let orders that are not invoiced yet follow the class: one statement.

        :param companies: limit to these ``res.company``; all when empty or None
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order o
                   SET logistics_priority = n.priority
                  FROM (SELECT s.id, COALESCE(e.priority, '0') AS priority
                          FROM sale_order s
                          JOIN res_partner p ON p.id = s.partner_id
                          LEFT JOIN logistics_customer c
                                 ON c.partner_id = p.commercial_partner_id
                                AND c.company_id = s.company_id
                          LEFT JOIN (logistics_value_class_entitlement e
                                     JOIN logistics_value_class_policy y
                                       ON y.id = e.policy_id AND y.active)
                                 ON e.company_id = s.company_id
                                AND e.value_class = c.value_class
                         WHERE s.state IN ('draft', 'sent', 'sale')
                           AND s.invoice_status IS DISTINCT FROM 'invoiced' %(companies)s) n
                 WHERE n.id = o.id AND o.logistics_priority IS DISTINCT FROM n.priority
                """,
                companies=SQL("AND s.company_id IN %s", tuple(companies.ids))
                if companies
                else SQL(),
            )
        )
        self.invalidate_model(["logistics_priority"])


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        self.env["sale.order"]._update_logistics_priorities(companies)
        return result
