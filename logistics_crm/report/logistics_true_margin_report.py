# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ..fields_unknown import KnownFloat, KnownMonetary
from ..models.concession.concession import KINDS, LEVELS
from ..models.customer.logistics_customer import VALUE_CLASSES


class LogisticsTrueMarginReport(models.Model):
    """Revenue, margin, what keeping the customer cost at each level, and what is left."""

    _name = "logistics.true.margin.report"
    _description = "True Margin"
    _inherit = "logistics.unknown.last.mixin"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "document"
    _depends = {
        "account.move": ["state", "move_type", "partner_id"],
        "account.move.line": ["balance", "date", "quantity", "display_type", "sale_line_ids"],
        "logistics.concession": ["amount", "kind", "level", "in_margin", "date", "active"],
        "logistics.customer": ["user_id", "value_class"],
        "logistics.trading.history": ["amount", "date", "partner_id"],
        "sale.order.line": ["purchase_price"],
    }

    date = fields.Date(readonly=True)
    document = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    customer_id = fields.Many2one("logistics.customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    level = fields.Selection(LEVELS, string="Concession Level", readonly=True)
    kind = fields.Selection(
        [(kind, label) for kind, (label, _level, _in) in KINDS.items()],
        string="Concession",
        readonly=True,
    )
    revenue = KnownMonetary(readonly=True)
    margin = KnownMonetary(
        readonly=True, help="Revenue less cost, only over lines whose cost is known."
    )
    cost_coverage = KnownFloat(
        readonly=True,
        aggregator="avg",
        help="Share of the revenue whose cost is known. Weighted with the revenue.",
    )
    given_on_price = KnownMonetary(
        string="Given on Price",
        readonly=True,
        help="Discounts and prices below list. They lowered the invoices, so the margin is net "
        "of them.",
    )
    financial = KnownMonetary(
        string="Financial Cost",
        readonly=True,
        help="Level 1 beyond the price: rebates, terms, late payment, claims.",
    )
    social = KnownMonetary(string="Social Cost", readonly=True, help="Level 2.")
    structural = KnownMonetary(string="Structural Cost", readonly=True, help="Level 3.")
    true_margin = KnownMonetary(
        readonly=True,
        help="Margin less all known concessions that did not lower an invoice already. Empty "
        "where no margin is known.",
    )
    unknown_cost = fields.Integer(
        string="Concessions of Unknown Cost",
        readonly=True,
        help="They are not in the true margin: it is lower by what they really cost.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT t.*, co.currency_id, c.id AS customer_id, c.user_id, c.country_id, c.value_class
              FROM (
                SELECT 4 * f.ref_id + CASE f.source WHEN 'history' THEN 1 ELSE 0 END AS id,
                       f.date, f.document, f.company_id, f.partner_id,
                       NULL::varchar AS level, NULL::varchar AS kind,
                       f.amount AS revenue, f.amount - f.cost AS margin,
                       CASE WHEN f.amount IS NULL THEN NULL WHEN f.cost IS NULL THEN 0.0
                            ELSE 1.0 END AS cost_coverage,
                       NULL::numeric AS given_on_price, NULL::numeric AS financial,
                       NULL::numeric AS social, NULL::numeric AS structural,
                       f.amount - f.cost AS true_margin, 0 AS unknown_cost
                  FROM %s AS f
                UNION ALL
                SELECT 4 * w.id + 2, w.date, w.document, w.company_id, k.partner_id, w.level,
                       w.kind, NULL, NULL, NULL,
                       CASE WHEN w.in_margin THEN w.amount END,
                       CASE WHEN w.level = '1' AND NOT w.in_margin THEN w.amount END,
                       CASE WHEN w.level = '2' AND NOT w.in_margin THEN w.amount END,
                       CASE WHEN w.level = '3' AND NOT w.in_margin THEN w.amount END,
                       CASE WHEN w.in_margin THEN NULL ELSE -w.amount END,
                       CASE WHEN w.amount IS NULL THEN 1 ELSE 0 END
                  FROM logistics_concession w
                  JOIN logistics_customer k ON k.id = w.customer_id
                 WHERE w.active
              ) t
              JOIN res_company co ON co.id = t.company_id
              LEFT JOIN logistics_customer c
                     ON c.partner_id = t.partner_id AND c.company_id = t.company_id
            """,
            self.env["logistics.trading.facts"]._facts_sql(),
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """The true margin of a group is unknown where no margin is; coverage is weighted."""
        if aggregate_spec == "true_margin:sum":
            return SQL(
                "CASE WHEN COUNT(%s) > 0 THEN SUM(%s) END",
                self._field_to_sql(self._table, "margin", query),
                self._field_to_sql(self._table, "true_margin", query),
            )
        if aggregate_spec == "cost_coverage:avg":
            revenue = self._field_to_sql(self._table, "revenue", query)
            return SQL(
                "SUM(ABS(%s) * %s) / NULLIF(SUM(ABS(%s)), 0)",
                revenue,
                self._field_to_sql(self._table, "cost_coverage", query),
                revenue,
            )
        return super()._read_group_select(aggregate_spec, query)
