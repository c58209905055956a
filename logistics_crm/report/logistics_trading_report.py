# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ..fields_unknown import KnownFloat, KnownMonetary
from ..models.customer.logistics_customer import (
    CREDIT_GRADES,
    LIFECYCLE_STAGES,
    VALUE_CLASSES,
)


class LogisticsTradingReport(models.Model):
    """Trading facts to pivot and graph, by everything that is known of customer and service."""

    _name = "logistics.trading.report"
    _description = "Trading Analysis"
    _inherit = "logistics.unknown.last.mixin"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "document"
    _depends = {
        "account.move": ["state", "move_type", "partner_id"],
        "account.move.line": ["balance", "date", "quantity", "display_type", "sale_line_ids"],
        "logistics.customer": ["user_id", "value_class", "credit_grade_code", "lifecycle_stage"],
        "logistics.service": ["time_id", "profession_id", "area_id"],
        "logistics.trading.history": ["amount", "date", "quantity", "partner_id", "service_id"],
        "sale.order.line": ["purchase_price", "logistics_service_id"],
    }

    source = fields.Selection([("invoice", "Invoice"), ("history", "History")], readonly=True)
    document = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    customer_id = fields.Many2one("logistics.customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    credit_grade_code = fields.Selection(CREDIT_GRADES, string="Credit Grade", readonly=True)
    lifecycle_stage = fields.Selection(LIFECYCLE_STAGES, readonly=True)
    service_id = fields.Many2one("logistics.service", readonly=True)
    time_id = fields.Many2one("logistics.service.attribute", readonly=True)
    profession_id = fields.Many2one("logistics.service.attribute", readonly=True)
    area_id = fields.Many2one("logistics.service.attribute", readonly=True)
    quantity = KnownFloat(readonly=True)
    weight_kg = KnownFloat(string="Weight (kg)", readonly=True)
    amount = KnownMonetary(string="Revenue", readonly=True)
    cost = KnownMonetary(readonly=True)
    margin = KnownMonetary(
        readonly=True, help="Revenue less cost, only over lines whose cost is known."
    )
    promised_date = fields.Date(string="Promised", readonly=True)
    delivered_date = fields.Date(string="Delivered", readonly=True)
    late_count = fields.Integer(string="Late Deliveries", readonly=True)
    days_late = KnownFloat(
        string="Days Late",
        readonly=True,
        aggregator="avg",
        help="Delivered later than promised; negative when earlier. Empty: not both known.",
    )
    line_count = fields.Integer(string="Lines", readonly=True)

    @property
    def _table_query(self) -> SQL:
        return self._report_sql()

    @api.model
    def _report_sql(self):
        return SQL(
            """
            SELECT 2 * f.ref_id + CASE f.source WHEN 'history' THEN 1 ELSE 0 END AS id,
                   f.source, f.document, f.date, f.company_id, co.currency_id, f.partner_id,
                   c.id AS customer_id, c.user_id, c.country_id, c.value_class,
                   c.credit_grade_code, c.lifecycle_stage,
                   f.service_id, s.time_id, s.profession_id, s.area_id,
                   f.quantity, f.weight_kg, f.amount, f.cost, f.amount - f.cost AS margin,
                   f.promised_date, f.delivered_date,
                   CASE WHEN f.delivered_date > f.promised_date THEN 1 ELSE 0 END AS late_count,
                   f.delivered_date - f.promised_date AS days_late,
                   1 AS line_count
                   %s
              FROM %s AS f
              JOIN res_company co ON co.id = f.company_id
              LEFT JOIN logistics_customer c
                     ON c.partner_id = f.partner_id AND c.company_id = f.company_id
              LEFT JOIN logistics_service s ON s.id = f.service_id
              %s
            """,
            self._further_columns_sql(),
            self.env["logistics.trading.facts"]._facts_sql(),
            self._further_joins_sql(),
        )

    @api.model
    def _further_columns_sql(self):
        """Columns other areas add, each with a leading comma: ``f`` facts, ``c`` account."""
        return SQL()

    @api.model
    def _further_joins_sql(self):
        """Joins those columns need. None may multiply rows."""
        return SQL()
