# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL


class LogisticsSettlementFacts(models.AbstractModel):
    """The one source of what fell due, what was paid and when, and what is still open."""

    _name = "logistics.settlement.facts"
    _description = "Settlement Facts"

    @api.model
    def _items_sql(self, as_of, company=None, partner_ids=None, due_from=None):
        """Return a subquery over receivable items as they were known on a day.

        One row per posted receivable journal item dated on or before ``as_of`` (an invoice with
        instalments has several), and per document and due date of the trading history that has
        a due date. Columns:

        * ``source`` ('invoice' or 'history'), ``ref_id``, ``company_id``, ``partner_id``
          (commercial entity), ``document``, ``document_date``, ``due_date``
        * ``kind``: 'item' is something the customer had to pay; 'credit' a payment, credit note
          or deposit; 'other' a technical debit (payment sent back, exchange difference)
        * ``amount``, ``open_amount`` (signed; the sum over all kinds is the receivable balance on
          ``as_of``) and ``paid_amount`` (settled by other things than credit notes), company
          currency; NULL where the history does not know the amount
        * ``is_open``; ``last_paid_date``: the last payment up to ``as_of``, NULL when none
        * ``weighted_days_late``: sum over payments of amount x max(0, payment date - due date)
        * ``disputed``: NULL when not known

        A reconciliation counts from the later of its two dates (``max_date``), so that both sides
        agree on any day. History stops being open at the company's ledger start.

        :param as_of: the day of knowledge, a date
        :param company: limit to this ``res.company``
        :param partner_ids: limit to these commercial entities; goes through indexes
        :param due_from: leave out what fell due earlier and is settled (open items always stay)
        """
        self.env.flush_all()
        invoices = self._invoice_items_sql(as_of, company, partner_ids)
        history = self._history_items_sql(as_of, company, partner_ids)
        items = SQL("(%s UNION ALL %s)", invoices, history)
        if due_from:
            items = SQL(
                "(SELECT * FROM %s AS i WHERE i.is_open OR i.due_date >= %s)", items, due_from
            )
        return items

    @api.model
    def _settled_sql(self, side, other, as_of, narrow):
        """What was settled on one side of the reconciliations, per journal item."""
        select = SQL(
            """
            SELECT %(side)s AS line_id,
                   sum(r.amount) AS settled,
                   sum(r.amount) FILTER (WHERE pm.move_type <> 'out_refund') AS paid,
                   max(r.max_date) FILTER (WHERE pm.move_type <> 'out_refund') AS last_paid_date,
                   sum(r.amount * GREATEST(0, r.max_date - COALESCE(l.date_maturity, l.date)))
                       FILTER (WHERE pm.move_type <> 'out_refund') AS weighted
              FROM account_partial_reconcile r
              JOIN account_move_line l ON l.id = %(side)s
              JOIN account_move_line p ON p.id = %(other)s
              JOIN account_move pm ON pm.id = p.move_id
             WHERE r.max_date <= %(as_of)s %(link)s
             GROUP BY %(side)s
            """,
            side=SQL.identifier("r", side),
            other=SQL.identifier("r", other),
            as_of=as_of,
            link=SQL("AND %s = aml.id", SQL.identifier("r", side)) if narrow else SQL(),
        )
        if narrow:
            return SQL("LEFT JOIN LATERAL (%s) %s ON TRUE", select, SQL.identifier(side))
        alias = SQL.identifier(side)
        return SQL("LEFT JOIN (%s) %s ON %s.line_id = aml.id", select, alias, alias)

    @api.model
    def _disputed_column_sql(self, as_of):
        """Whether the invoice ``am`` was disputed on a day: true, or NULL when that is not known.

        Whoever keeps disputes answers here.
        """
        return SQL("NULL::boolean")

    @api.model
    def _invoice_items_sql(self, as_of, company, partner_ids):
        conditions = [
            SQL("aml.parent_state = 'posted'"),
            SQL("aa.account_type = 'asset_receivable'"),
            SQL("aml.date <= %s", as_of),
            SQL("aml.balance <> 0"),
        ]
        if company:
            conditions.append(SQL("aml.company_id = %s", company.id))
        if partner_ids is not None:
            conditions.append(SQL("rp.commercial_partner_id IN %s", tuple(partner_ids) or (0,)))
        narrow = partner_ids is not None
        return SQL(
            """
            SELECT 'invoice'::varchar AS source, aml.id AS ref_id, aml.company_id,
                   rp.commercial_partner_id AS partner_id, aml.move_name AS document,
                   COALESCE(aml.invoice_date, aml.date) AS document_date,
                   COALESCE(aml.date_maturity, aml.date) AS due_date,
                   %(kind)s AS kind,
                   aml.balance AS amount,
                   aml.balance - COALESCE(debit_move_id.settled, 0)
                       + COALESCE(credit_move_id.settled, 0) AS open_amount,
                   COALESCE(debit_move_id.paid, 0) AS paid_amount,
                   aml.balance - COALESCE(debit_move_id.settled, 0)
                       + COALESCE(credit_move_id.settled, 0) <> 0 AS is_open,
                   debit_move_id.last_paid_date,
                   COALESCE(debit_move_id.weighted, 0) AS weighted_days_late,
                   %(disputed)s AS disputed
              FROM account_move_line aml
              JOIN account_account aa ON aa.id = aml.account_id
              JOIN account_move am ON am.id = aml.move_id
              JOIN res_company co ON co.id = aml.company_id
              JOIN res_partner rp ON rp.id = aml.partner_id
              %(debits)s
              %(credits)s
             WHERE %(where)s
            """,
            disputed=self._disputed_column_sql(as_of),
            kind=self._kind_sql(),
            debits=self._settled_sql("debit_move_id", "credit_move_id", as_of, narrow),
            credits=self._settled_sql("credit_move_id", "debit_move_id", as_of, narrow),
            where=SQL(" AND ").join(conditions),
        )

    @api.model
    def _history_items_sql(self, as_of, company, partner_ids):
        conditions = [
            SQL("h.due_date IS NOT NULL"),
            SQL("h.date <= %s", as_of),
            SQL(
                "NOT (co.logistics_ledger_start IS NOT NULL AND co.logistics_ledger_start <= %s"
                " AND (h.paid_date IS NULL OR h.paid_date > %s))",
                as_of,
                as_of,
            ),
        ]
        if company:
            conditions.append(SQL("h.company_id = %s", company.id))
        if partner_ids is not None:
            conditions.append(SQL("rp.commercial_partner_id IN %s", tuple(partner_ids) or (0,)))
        paid = SQL("h.paid_date <= %s", as_of)
        return SQL(
            """
            SELECT 'history'::varchar, min(h.id), h.company_id, rp.commercial_partner_id,
                   h.document, min(h.date), h.due_date,
                   CASE WHEN sum(h.amount_company) < 0 THEN 'credit' ELSE 'item' END,
                   sum(h.amount_company),
                   CASE WHEN bool_and((%(paid)s) IS TRUE) THEN 0
                        ELSE sum(h.amount_company) FILTER (WHERE (%(paid)s) IS NOT TRUE)
                   END,
                   CASE WHEN bool_or(h.amount_company IS NOT NULL) THEN
                        COALESCE(sum(h.amount_company) FILTER (WHERE %(paid)s), 0)
                   END,
                   bool_or((%(paid)s) IS NOT TRUE),
                   max(h.paid_date) FILTER (WHERE %(paid)s),
                   COALESCE(sum(h.amount_company * GREATEST(0, h.paid_date - h.due_date))
                            FILTER (WHERE %(paid)s), 0),
                   CASE WHEN bool_or(h.disputed IS NOT NULL) THEN bool_or(h.disputed = 'yes') END
              FROM logistics_trading_history h
              JOIN res_company co ON co.id = h.company_id
              JOIN res_partner rp ON rp.id = h.partner_id
             WHERE %(where)s
             GROUP BY h.company_id, rp.commercial_partner_id, h.document, h.due_date
            """,
            paid=paid,
            where=SQL(" AND ").join(conditions),
        )
