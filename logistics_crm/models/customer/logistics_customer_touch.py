# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL


class LogisticsCustomer(models.Model):
    """How many colleagues know a customer: who is lost when one of them leaves."""

    _inherit = "logistics.customer"

    touch_user_count = fields.Integer(
        string="Known to Colleagues",
        readonly=True,
        aggregator="avg",
        help="How many of today's colleagues ever wrote to the customer, had an activity, an "
        "order or an invoice with it. From the last refresh of the figures.",
    )
    only_touch_user_id = fields.Many2one(
        "res.users",
        string="Known Only To",
        readonly=True,
        index="btree_not_null",
        help="The one colleague who ever dealt with the customer.",
    )

    @api.model
    def _touch_update_sql(self, scope):
        """Count who of today's internal users ever dealt with each account.

        Messages and mails on the account and its contacts, activities (done ones too), orders
        and invoices. Notes of the system do not count.
        """
        return SQL(
            """
            WITH colleague AS (
                SELECT u.id, u.partner_id FROM res_users u
                 WHERE u.active AND u.share IS NOT TRUE AND u.id <> 1
            ),
            touch AS (
                SELECT c.id, u.id AS user_id
                  FROM logistics_customer c
                  JOIN mail_message m ON m.model = 'logistics.customer' AND m.res_id = c.id
                  JOIN colleague u ON u.partner_id = m.author_id
                 WHERE m.message_type IN ('comment', 'email', 'email_outgoing') AND %(scope)s
                 UNION
                SELECT c.id, u.id
                  FROM logistics_customer c
                  JOIN res_partner p ON p.commercial_partner_id = c.partner_id
                  JOIN mail_message m ON m.model = 'res.partner' AND m.res_id = p.id
                  JOIN colleague u ON u.partner_id = m.author_id
                 WHERE m.message_type IN ('comment', 'email', 'email_outgoing') AND %(scope)s
                 UNION
                SELECT c.id, a.user_id
                  FROM logistics_customer c
                  JOIN mail_activity a ON a.res_model = 'logistics.customer' AND a.res_id = c.id
                 WHERE %(scope)s
                 UNION
                SELECT c.id, a.user_id
                  FROM logistics_customer c
                  JOIN res_partner p ON p.commercial_partner_id = c.partner_id
                  JOIN mail_activity a ON a.res_model = 'res.partner' AND a.res_id = p.id
                 WHERE %(scope)s
                 UNION
                SELECT c.id, so.user_id
                  FROM logistics_customer c
                  JOIN res_partner p ON p.commercial_partner_id = c.partner_id
                  JOIN sale_order so ON so.partner_id = p.id AND so.company_id = c.company_id
                 WHERE %(scope)s
                 UNION
                SELECT c.id, am.invoice_user_id
                  FROM logistics_customer c
                  JOIN res_partner p ON p.commercial_partner_id = c.partner_id
                  JOIN account_move am ON am.partner_id = p.id AND am.company_id = c.company_id
                       AND am.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                 WHERE %(scope)s
            ),
            counted AS (
                SELECT t.id, count(*) AS users, min(u.id) AS one
                  FROM touch t JOIN colleague u ON u.id = t.user_id GROUP BY t.id
            )
            UPDATE logistics_customer c
               SET touch_user_count = COALESCE(n.users, 0),
                   only_touch_user_id = CASE WHEN n.users = 1 THEN n.one END
              FROM logistics_customer x LEFT JOIN counted n ON n.id = x.id
             WHERE x.id = c.id AND %(scope)s
               AND (c.touch_user_count, c.only_touch_user_id) IS DISTINCT FROM
                   (COALESCE(n.users, 0), CASE WHEN n.users = 1 THEN n.one END)
         RETURNING c.id
            """,
            scope=scope,
        )

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        scope = SQL("TRUE")
        if self:
            scope = SQL("c.id IN %s", tuple(self.ids))
        elif companies:
            scope = SQL("c.company_id IN %s", tuple(companies.ids))
        self.env.execute_query(self._touch_update_sql(scope))
        return result
