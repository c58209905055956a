# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL


class LogisticsSettlementFacts(models.AbstractModel):
    """The receivable ledger item by item, so that its sum is the ledger's balance."""

    _inherit = "logistics.settlement.facts"

    @api.model
    def _kind_sql(self):
        """What a receivable journal item is; needs ``aml``, ``am`` and ``co`` in the query."""
        return SQL(
            """
            CASE WHEN aml.balance < 0 THEN 'credit'
                 WHEN am.origin_payment_id IS NOT NULL OR am.statement_line_id IS NOT NULL
                   OR aml.journal_id = co.currency_exchange_journal_id THEN 'other'
                 ELSE 'item' END
            """
        )

    @api.model
    def _ledger_items_sql(self, as_of, company, partner_ids=None, details=False):
        """Return a subquery of the receivable journal items of a company as they stood on a day.

        The same items, open amounts and dates as :meth:`_items_sql` says of source 'invoice',
        for those who need nothing of payments but what is left: the payments' own documents are
        not looked at, which is most of the work. Items without a partner are there too, so that
        the sum of ``open_amount`` is the receivable accounts' balance on ``as_of``. Columns:

        * ``line_id``, ``account_id``, ``partner_id`` (commercial entity; NULL without partner),
          ``document_date``, ``due_date``, ``is_credit``
        * ``amount`` and ``open_amount``, signed, company currency
        * with ``details``: ``kind`` (as in :meth:`_items_sql`), ``move_id``, ``document``, ``date``
          (of the journal item), ``label``,
          ``currency_id``, ``amount_currency`` and ``open_amount_currency`` (the document's
          currency)

        History before the ledger is not in it: see :meth:`_history_items_sql`.

        :param as_of: the day of knowledge, a date
        :param company: the ``res.company`` whose books these are (its branches have their own)
        :param partner_ids: limit to these commercial entities
        :param details: with the columns of the document
        """
        self.env.flush_all()
        narrow = partner_ids is not None
        conditions = [
            SQL("aml.parent_state = 'posted'"),
            SQL("aa.account_type = 'asset_receivable'"),
            SQL("aml.date <= %s", as_of),
            SQL("aml.balance <> 0"),
            SQL("aml.company_id = %s", company.id),
        ]
        if narrow:
            conditions.append(SQL("rp.commercial_partner_id IN %s", tuple(partner_ids) or (0,)))
        columns, joins = SQL(), SQL()
        if details:
            columns = SQL(
                """,
                   %s AS kind, aml.move_id, aml.move_name AS document, aml.date, aml.name AS label,
                   aml.currency_id,
                   aml.amount_currency,
                   aml.amount_currency - COALESCE(paid.foreign_settled, 0)
                       + COALESCE(used.foreign_settled, 0) AS open_amount_currency
                """,
                self._kind_sql(),
            )
            joins = SQL(
                "JOIN account_move am ON am.id = aml.move_id"
                " JOIN res_company co ON co.id = aml.company_id"
            )
        return SQL(
            """(
            SELECT aml.id AS line_id, aml.account_id, rp.commercial_partner_id AS partner_id,
                   COALESCE(aml.invoice_date, aml.date) AS document_date,
                   COALESCE(aml.date_maturity, aml.date) AS due_date,
                   aml.balance < 0 AS is_credit, aml.balance AS amount,
                   aml.balance - COALESCE(paid.settled, 0) + COALESCE(used.settled, 0)
                       AS open_amount
                   %(columns)s
              FROM account_move_line aml
              JOIN account_account aa ON aa.id = aml.account_id
              LEFT JOIN res_partner rp ON rp.id = aml.partner_id
              %(joins)s
              %(paid)s
              %(used)s
             WHERE %(where)s
            )""",
            columns=columns,
            joins=joins,
            paid=self._left_sql("paid", "debit", as_of, narrow, details),
            used=self._left_sql("used", "credit", as_of, narrow, details),
            where=SQL(" AND ").join(conditions),
        )

    @api.model
    def _left_sql(self, alias, side, as_of, narrow, details):
        """What was settled per journal item of one side, and nothing else."""
        line = SQL.identifier("r", f"{side}_move_id")
        foreign = SQL()
        if details:
            amount = SQL.identifier("r", f"{side}_amount_currency")
            foreign = SQL(", sum(%s) AS foreign_settled", amount)
        alias = SQL.identifier(alias)
        if narrow:
            return SQL(
                "LEFT JOIN LATERAL (SELECT sum(r.amount) AS settled %s"
                " FROM account_partial_reconcile r WHERE r.max_date <= %s AND %s = aml.id)"
                " %s ON TRUE",
                foreign,
                as_of,
                line,
                alias,
            )
        return SQL(
            "LEFT JOIN (SELECT %(line)s AS line_id, sum(r.amount) AS settled %(foreign)s"
            " FROM account_partial_reconcile r WHERE r.max_date <= %(as_of)s GROUP BY 1)"
            " %(alias)s ON %(alias)s.line_id = aml.id",
            line=line,
            foreign=foreign,
            as_of=as_of,
            alias=alias,
        )

    @api.model
    def _ledger_balance_sql(self, as_of, company):
        """Return a subquery of the receivable balance per account and commercial entity.

        From the journal items alone, no reconciliation is looked at: the figure that every
        ageing has to add up to. Columns ``account_id``, ``partner_id``, ``balance``.
        """
        self.env.flush_all()
        return SQL(
            """(
            SELECT aml.account_id, rp.commercial_partner_id AS partner_id,
                   sum(aml.balance) AS balance
              FROM account_move_line aml
              JOIN account_account aa ON aa.id = aml.account_id
              LEFT JOIN res_partner rp ON rp.id = aml.partner_id
             WHERE aml.parent_state = 'posted' AND aa.account_type = 'asset_receivable'
               AND aml.date <= %s AND aml.company_id = %s
             GROUP BY 1, 2
            )""",
            as_of,
            company.id,
        )
