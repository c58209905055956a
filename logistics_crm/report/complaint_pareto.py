# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..fields_unknown import KnownFloat, KnownMonetary

DIMENSIONS = [
    ("cause", "Cause"),
    ("type", "Type"),
    ("service", "Service"),
    ("department", "Department"),
    ("branch", "Branch"),
    ("person", "Person Concerned"),
    ("customer", "Customer"),
]


class LogisticsComplaintPareto(models.Model):
    """Which few causes make most complaints: the last twelve months, the largest first.

    One row per cause (type, service, department ...) with its share and the share of all up to
    it, beside the number of the twelve months before.
    """

    _name = "logistics.complaint.pareto"
    _description = "Complaint Pareto"
    _auto = False
    _order = "dimension, company_id, place, id"
    _rec_name = "label"
    _depends = {
        "logistics.complaint": [
            "active",
            "branch_id",
            "cause_id",
            "compensation_amount",
            "customer_id",
            "department_id",
            "duplicate_of_id",
            "received_on",
            "responsible_id",
            "service_id",
            "state",
            "type_id",
        ],
    }

    dimension = fields.Selection(DIMENSIONS, string="By", readonly=True)
    label = fields.Char(string="Name", readonly=True)
    item_id = fields.Integer(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    place = fields.Integer(readonly=True, aggregator=None)
    complaints = fields.Integer(readonly=True, help="Received in the last twelve months.")
    complaints_before = fields.Integer(
        string="The Year Before", readonly=True, help="Received in the twelve months before."
    )
    share = KnownFloat(
        readonly=True, aggregator="sum", help="Of all complaints of the last twelve months."
    )
    cumulated = KnownFloat(
        string="Cumulated Share",
        readonly=True,
        aggregator="max",
        help="Share of this and all larger ones together.",
    )
    cost = KnownMonetary(
        string="Compensated",
        readonly=True,
        help="Posted credit notes of these complaints, company currency. Empty: none.",
    )

    @api.model
    def _dimension_sql(self, code, column, label):
        return SQL(
            "SELECT %s AS dimension, %s AS item_id, %s AS label, c.company_id, c.received_on,"
            " c.compensation_amount FROM base c %s",
            code,
            SQL.identifier("c", column),
            label[0],
            label[1],
        )

    @property
    def _table_query(self) -> SQL:
        today = fields.Date.context_today(self)
        lang = self.env.lang or "en_US"

        def translated(table, column):
            return (
                SQL("COALESCE(t.name->>%s, t.name->>'en_US')", lang),
                SQL(
                    "LEFT JOIN %s t ON t.id = c.%s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                ),
            )

        user = (
            SQL("t.name"),
            SQL(
                "LEFT JOIN res_users s ON s.id = c.responsible_id"
                " LEFT JOIN res_partner t ON t.id = s.partner_id WHERE c.responsible_id IS NOT NULL"
            ),
        )
        rows = [
            ("cause", "cause_id", translated("logistics_complaint_cause", "cause_id")),
            ("type", "type_id", translated("logistics_complaint_type", "type_id")),
            ("service", "service_id", translated("logistics_service", "service_id")),
            (
                "department",
                "department_id",
                translated("logistics_complaint_department", "department_id"),
            ),
            (
                "branch",
                "branch_id",
                (SQL("t.name"), SQL("LEFT JOIN res_company t ON t.id = c.branch_id")),
            ),
            ("person", "responsible_id", user),
            (
                "customer",
                "customer_id",
                (SQL("t.name"), SQL("LEFT JOIN logistics_customer t ON t.id = c.customer_id")),
            ),
        ]
        return SQL(
            """
            WITH base AS (
                SELECT * FROM logistics_complaint
                 WHERE %(counting)s
                   AND received_on > %(since)s AND received_on <= %(today)s
            ),
            item AS (%(items)s),
            counted AS (
                SELECT dimension, company_id, item_id, max(label) AS label,
                       count(*) FILTER (WHERE received_on > %(year)s) AS complaints,
                       count(*) FILTER (WHERE received_on <= %(year)s) AS complaints_before,
                       sum(compensation_amount) FILTER (WHERE received_on > %(year)s) AS cost
                  FROM item GROUP BY dimension, company_id, item_id
            ),
            placed AS (
                SELECT k.*,
                       row_number() OVER w AS place,
                       k.complaints / NULLIF(sum(k.complaints) OVER a, 0) AS share,
                       sum(k.complaints) OVER w / NULLIF(sum(k.complaints) OVER a, 0)
                           AS cumulated
                  FROM counted k
                WINDOW a AS (PARTITION BY dimension, company_id),
                       w AS (PARTITION BY dimension, company_id
                             ORDER BY complaints DESC, COALESCE(item_id, 0)
                             ROWS UNBOUNDED PRECEDING)
            )
            SELECT row_number() OVER (ORDER BY dimension, company_id, place) AS id,
                   dimension, company_id, p.currency_id, COALESCE(item_id, 0) AS item_id,
                   COALESCE(label, %(unknown)s) AS label, place, complaints, complaints_before,
                   share, cumulated, cost
              FROM placed JOIN res_company p ON p.id = placed.company_id
            """,
            counting=self.env["logistics.complaint.repeat"]._counting_sql(),
            since=today - relativedelta(years=2),
            year=today - relativedelta(years=1),
            today=today,
            items=SQL(" UNION ALL ").join(self._dimension_sql(*row) for row in rows),
            unknown=self.env._("Not known"),
        )

    def action_open(self):
        """Open the complaints behind the row, those of the last twelve months."""
        self.ensure_one()
        column = {
            "cause": "cause_id",
            "type": "type_id",
            "service": "service_id",
            "department": "department_id",
            "branch": "branch_id",
            "person": "responsible_id",
            "customer": "customer_id",
        }[self.dimension]
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_complaint")
        since = fields.Date.context_today(self) - relativedelta(years=1)
        action["domain"] = [
            (column, "=", self.item_id or False),
            ("company_id", "=", self.company_id.id),
            ("received_on", ">", since),
            ("state", "!=", "cancelled"),
        ]
        action["context"] = {}
        return action
