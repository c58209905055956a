# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL


class LogisticsTradingFacts(models.AbstractModel):
    """The one source of what was traded: posted invoices UNION the history before go-live."""

    _name = "logistics.trading.facts"
    _description = "Trading Facts"

    @api.model
    def _facts_sql(self, company=None, date_from=None, date_to=None, partner_ids=None):
        """Return a subquery over trading facts, to be used as ``FROM %s AS f``.

        One row per posted customer invoice or credit note line, and per line of the trading
        history. Columns: ``source`` ('invoice' or 'history'), ``ref_id`` (id of the journal item
        or history row), ``company_id``, ``partner_id`` (commercial entity today), ``date``
        (accounting date, so that a year's sum equals the ledger's), ``document``,
        ``service_id``, ``quantity`` (in the product's unit), ``weight_kg``, ``amount`` (untaxed,
        company currency at the document's rate, credit notes negative), ``cost`` (company
        currency, from the cost frozen on the sale line), ``promised_date``, ``delivered_date``,
        ``lane_id``, ``team_id`` (sales team of the invoice), ``document_id`` (the invoice),
        ``list_amount`` (what the line would have cost at the list price frozen on the order
        line) and ``discount_amount`` (the discount percentage in money), both in company
        currency at the invoice's rate. NULL means unknown; a frozen cost of zero counts as
        unknown, because Odoo writes zero where a product has no cost.

        :param company: limit to this ``res.company``
        :param date_from: first day, inclusive
        :param date_to: last day, inclusive; also the day *as of* which is asked: later
            deliveries are not yet known
        :param partner_ids: ids of commercial entities; the query then goes through indexes
            instead of reading everything
        """
        self.env.flush_all()
        invoice_where = [
            SQL("aml.parent_state = 'posted'"),
            SQL("aml.display_type = 'product'"),
            SQL("am.move_type IN ('out_invoice', 'out_refund', 'out_receipt')"),
        ]
        history_where = []
        if company:
            invoice_where.append(SQL("aml.company_id = %s", company.id))
            history_where.append(SQL("h.company_id = %s", company.id))
        if date_from:
            invoice_where.append(SQL("aml.date >= %s", date_from))
            history_where.append(SQL("h.date >= %s", date_from))
        if date_to:
            invoice_where.append(SQL("aml.date <= %s", date_to))
            history_where.append(SQL("h.date <= %s", date_to))
        if partner_ids is not None:
            ids = tuple(partner_ids) or (0,)
            invoice_where.append(SQL("rp.commercial_partner_id IN %s", ids))
            history_where.append(SQL("rp.commercial_partner_id IN %s", ids))
        return SQL(
            "(%s UNION ALL %s)",
            self._invoice_sql(invoice_where, narrow=partner_ids is not None, known_on=date_to),
            self._history_sql(history_where, known_on=date_to),
        )

    @api.model
    def _delivered_sql(self, column, known_on):
        """The delivery date as far as it was known on a day."""
        if not known_on:
            return column
        return SQL("CASE WHEN %s <= %s THEN %s END", column, known_on, column)

    @api.model
    def _invoice_sql(self, conditions, narrow, known_on):
        # An invoice line may stem from several order lines: the first speaks for it, and no
        # line is counted twice. Over everything one hash aggregate is fastest; for a few
        # customers a lookup per line is.
        if narrow:
            order_line = SQL(
                """LEFT JOIN LATERAL (
                       SELECT min(order_line_id) AS order_line_id
                         FROM sale_order_line_invoice_rel WHERE invoice_line_id = aml.id
                   ) rel ON TRUE"""
            )
        else:
            order_line = SQL(
                """LEFT JOIN (
                       SELECT invoice_line_id, min(order_line_id) AS order_line_id
                         FROM sale_order_line_invoice_rel GROUP BY invoice_line_id
                   ) rel ON rel.invoice_line_id = aml.id"""
            )
        sign = SQL("CASE WHEN am.move_type = 'out_refund' THEN -1 ELSE 1 END")
        return SQL(
            """
            SELECT 'invoice'::varchar AS source, aml.id AS ref_id, aml.company_id,
                   rp.commercial_partner_id AS partner_id, aml.date, aml.move_name AS document,
                   COALESCE(sol.logistics_service_id, pt.logistics_service_id) AS service_id,
                   (%(sign)s * aml.quantity * COALESCE(uom_line.factor / uom_product.factor, 1)
                   )::float8 AS quantity,
                   (%(sign)s * aml.quantity * COALESCE(uom_line.factor / uom_product.factor, 1)
                    * NULLIF(pp.weight, 0))::float8 AS weight_kg,
                   -aml.balance AS amount,
                   (CASE WHEN sol.is_downpayment THEN 0
                         WHEN sol.purchase_price <> 0
                         THEN %(sign)s * aml.quantity
                              * COALESCE(uom_line.factor / uom_order.factor, 1)
                              * sol.purchase_price / COALESCE(NULLIF(so.currency_rate, 0), 1)
                    END)::numeric AS cost,
                   sol.logistics_promised_date AS promised_date,
                   %(delivered)s AS delivered_date,
                   sol.logistics_lane_id AS lane_id, am.team_id, am.id AS document_id,
                   (CASE WHEN so.currency_id IS DISTINCT FROM am.currency_id
                           OR aml.product_id IS DISTINCT FROM sol.product_id THEN NULL
                         WHEN aml.price_unit * (1 - COALESCE(aml.discount, 0) / 100) > 0
                         THEN -aml.balance * sol.logistics_list_price
                              * COALESCE(uom_line.factor / uom_order.factor, 1)
                              / (aml.price_unit * (1 - COALESCE(aml.discount, 0) / 100))
                         ELSE %(sign)s * aml.quantity * sol.logistics_list_price
                              * COALESCE(uom_line.factor / uom_order.factor, 1)
                              / COALESCE(NULLIF(am.invoice_currency_rate, 0), 1)
                    END)::numeric AS list_amount,
                   (CASE WHEN COALESCE(aml.discount, 0) <= 0 THEN 0
                         WHEN aml.discount < 100
                         THEN -aml.balance * aml.discount / (100 - aml.discount)
                         ELSE %(sign)s * aml.quantity * aml.price_unit
                              / COALESCE(NULLIF(am.invoice_currency_rate, 0), 1)
                    END)::numeric AS discount_amount
              FROM account_move_line aml
              JOIN account_move am ON am.id = aml.move_id
              JOIN res_partner rp ON rp.id = am.partner_id
              %(order_line)s
              LEFT JOIN sale_order_line sol ON sol.id = rel.order_line_id
              LEFT JOIN sale_order so ON so.id = sol.order_id
              LEFT JOIN product_product pp ON pp.id = aml.product_id
              LEFT JOIN product_template pt ON pt.id = pp.product_tmpl_id
              LEFT JOIN uom_uom uom_line ON uom_line.id = aml.product_uom_id
              LEFT JOIN uom_uom uom_product ON uom_product.id = pt.uom_id
              LEFT JOIN uom_uom uom_order ON uom_order.id = sol.product_uom_id
             WHERE %(where)s
            """,
            sign=sign,
            delivered=self._delivered_sql(SQL("sol.logistics_delivered_date"), known_on),
            order_line=order_line,
            where=SQL(" AND ").join(conditions),
        )

    @api.model
    def _history_sql(self, conditions, known_on):
        return SQL(
            """
            SELECT 'history'::varchar AS source, h.id AS ref_id, h.company_id,
                   rp.commercial_partner_id AS partner_id, h.date, h.document,
                   h.service_id, h.quantity::float8, h.weight_kg::float8,
                   h.amount_company AS amount, h.cost_company AS cost, h.promised_date,
                   %(delivered)s AS delivered_date,
                   h.lane_id, NULL::integer AS team_id, NULL::integer AS document_id,
                   NULL::numeric AS list_amount, NULL::numeric AS discount_amount
              FROM logistics_trading_history h
              JOIN res_partner rp ON rp.id = h.partner_id
             WHERE %(where)s
            """,
            delivered=self._delivered_sql(SQL("h.delivered_date"), known_on),
            where=SQL(" AND ").join(conditions or [SQL("TRUE")]),
        )
