# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.tools import SQL

from ..fields_unknown import KnownMonetary


class LogisticsOwnershipReport(models.Model):
    """How much each representative carries: customers by class, their revenue, open work."""

    _name = "logistics.ownership.report"
    _description = "Load per Representative"
    _inherit = "logistics.unknown.last.mixin"
    _auto = False
    _order = "customer_count desc, id"
    _rec_name = "user_id"
    _depends = {
        "logistics.customer": [
            "active",
            "user_id",
            "backup_user_id",
            "company_id",
            "value_class",
            "revenue_12m",
            "margin_12m",
        ],
        "mail.activity": ["user_id", "date_deadline", "active"],
    }

    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    user_active = fields.Boolean(string="Still Here", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    key_count = fields.Integer(string="Key Accounts", readonly=True)
    core_count = fields.Integer(string="Core", readonly=True)
    standard_count = fields.Integer(string="Standard", readonly=True)
    marginal_count = fields.Integer(string="Marginal", readonly=True)
    no_class_count = fields.Integer(string="No Class", readonly=True)
    backup_count = fields.Integer(string="Backup For", readonly=True)
    revenue_12m = KnownMonetary(string="Revenue (12 m)", readonly=True)
    margin_12m = KnownMonetary(string="Margin (12 m)", readonly=True)
    activity_count = fields.Integer(
        string="Open Activities",
        readonly=True,
        help="All open activities of the representative, on customers and elsewhere.",
    )
    late_activity_count = fields.Integer(string="Late Activities", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT (c.company_id::bigint * 1000000 + COALESCE(c.user_id, 0))::int AS id,
                   c.company_id, co.currency_id, c.user_id,
                   COALESCE(u.active, FALSE) AS user_active,
                   c.customer_count, c.key_count, c.core_count, c.standard_count,
                   c.marginal_count, c.no_class_count, c.revenue_12m, c.margin_12m,
                   COALESCE(b.backup_count, 0) AS backup_count,
                   COALESCE(a.activity_count, 0) AS activity_count,
                   COALESCE(a.late_activity_count, 0) AS late_activity_count
              FROM (SELECT x.company_id, x.user_id, count(*) AS customer_count,
                           count(*) FILTER (WHERE x.value_class = 'key') AS key_count,
                           count(*) FILTER (WHERE x.value_class = 'core') AS core_count,
                           count(*) FILTER (WHERE x.value_class = 'standard') AS standard_count,
                           count(*) FILTER (WHERE x.value_class = 'marginal') AS marginal_count,
                           count(*) FILTER (WHERE x.value_class IS NULL) AS no_class_count,
                           sum(x.revenue_12m) AS revenue_12m, sum(x.margin_12m) AS margin_12m
                      FROM logistics_customer x WHERE x.active
                     GROUP BY x.company_id, x.user_id) c
              JOIN res_company co ON co.id = c.company_id
              LEFT JOIN res_users u ON u.id = c.user_id
              LEFT JOIN (SELECT x.company_id, x.backup_user_id, count(*) AS backup_count
                           FROM logistics_customer x
                          WHERE x.active AND x.backup_user_id IS NOT NULL
                          GROUP BY x.company_id, x.backup_user_id) b
                     ON b.company_id = c.company_id AND b.backup_user_id = c.user_id
              LEFT JOIN (SELECT m.user_id, count(*) AS activity_count,
                                count(*) FILTER (WHERE m.date_deadline < CURRENT_DATE)
                                    AS late_activity_count
                           FROM mail_activity m WHERE m.active
                          GROUP BY m.user_id) a ON a.user_id = c.user_id
            """
        )

    def action_open_customers(self):
        """Open the customers of this representative in this company."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_customer")
        action["domain"] = [
            ("user_id", "=", self.user_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        action["context"] = {}
        return action
