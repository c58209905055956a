# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class LogisticsReceivableReport(models.Model):
    """Computing a run: items, buckets and the check against the ledger, set-based."""

    _inherit = "logistics.receivable.report"

    def action_run(self):
        """Compute the run and open it.

        :raise UserError: when it has been computed already, or the day lies in the future
        :raise ValidationError: when the buckets overlap or leave a gap
        """
        self.ensure_one()
        self.check_access("write")
        self.sudo()._compute_run()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "main",
        }

    def _compute_run(self):
        """Store items, totals and differences: a constant number of statements."""
        self.ensure_one()
        if self.computed_at:
            raise UserError(self.env._("This run has been computed already. Make a new one."))
        self._check_day(self.as_of)
        self.bucket_set_id._check_complete()
        self.env.flush_all()
        facts = self.env["logistics.settlement.facts"]
        partner_ids = self.customer_id.partner_id.ids if self.customer_id else None
        ledger = facts._ledger_items_sql(
            self.as_of, self.company_id, partner_ids=partner_ids, details=True
        )
        self.env.cr.execute(self._insert_items_sql(self._ledger_rows_sql(ledger)))
        history = facts._history_items_sql(self.as_of, self.company_id, partner_ids)
        self.env.cr.execute(self._insert_items_sql(self._history_rows_sql(history)))
        self.env.cr.execute(self._insert_totals_sql())
        self.env.cr.execute(self._insert_differences_sql())
        self.env.invalidate_all()
        self._write_sums()

    def _ledger_rows_sql(self, items):
        return SQL(
            """
            SELECT 'ledger' AS source, i.kind, i.partner_id, i.account_id, i.move_id,
                   i.line_id AS move_line_id, i.document, i.document_date, i.due_date,
                   i.currency_id, i.amount, i.open_amount, i.open_amount_currency, i.is_credit
              FROM %s AS i
             WHERE i.open_amount <> 0
            """,
            items,
        )

    def _history_rows_sql(self, items):
        """Open documents of the history; their own currency is not kept per document."""
        return SQL(
            """
            SELECT 'history' AS source, h.kind, h.partner_id, NULL::integer AS account_id,
                   NULL::integer AS move_id, NULL::integer AS move_line_id, h.document,
                   h.document_date, h.due_date, %(currency)s::integer AS currency_id, h.amount,
                   h.open_amount, h.open_amount AS open_amount_currency,
                   h.kind = 'credit' AS is_credit
              FROM (%(items)s) AS h (source, ref_id, company_id, partner_id, document,
                                     document_date, due_date, kind, amount, open_amount,
                                     paid_amount, is_open, last_paid_date, weighted_days_late,
                                     disputed)
             WHERE h.is_open
            """,
            currency=self.currency_id.id,
            items=items,
        )

    def _insert_items_sql(self, rows):
        basis = SQL("i.due_date" if self.basis == "due" else "i.document_date")
        age = SQL("(%s::date - %s)", self.as_of, basis)
        return SQL(
            """
            INSERT INTO logistics_receivable_report_line
                   (report_id, company_id, currency_id, source, kind, partner_id, customer_id,
                    user_id, credit_grade_code, value_class, country_id, state_id, account_id,
                    move_id, move_line_id, document, document_date, due_date, days, days_overdue,
                    bucket_id, document_currency_id, amount, open_amount, overdue_amount,
                    open_amount_currency)
            SELECT %(report)s, %(company)s, %(currency)s, i.source, i.kind, i.partner_id, c.id,
                   c.user_id, c.credit_grade_code, c.value_class, rp.country_id, rp.state_id,
                   i.account_id, i.move_id, i.move_line_id, i.document, i.document_date,
                   i.due_date, %(age)s, GREATEST(0, %(as_of)s::date - i.due_date),
                   CASE WHEN NOT i.is_credit THEN %(bucket)s END,
                   i.currency_id, i.amount, i.open_amount,
                   CASE WHEN NOT i.is_credit AND i.due_date < %(as_of)s THEN i.open_amount
                        WHEN i.open_amount IS NOT NULL THEN 0 END,
                   i.open_amount_currency
              FROM (%(rows)s) AS i
              LEFT JOIN res_partner rp ON rp.id = i.partner_id
              LEFT JOIN logistics_customer c
                     ON c.partner_id = i.partner_id AND c.company_id = %(company)s
            """,
            report=self.id,
            company=self.company_id.id,
            currency=self.currency_id.id,
            as_of=self.as_of,
            age=age,
            bucket=self.bucket_set_id._bucket_case_sql(age),
            rows=rows,
        )

    def _insert_totals_sql(self):
        """One row per bucket, also the empty ones, and one for what is unallocated."""
        return SQL(
            """
            INSERT INTO logistics_receivable_report_total
                   (report_id, company_id, sequence, name, bucket_id, amount, share, item_count,
                    customer_count, loss_rate, expected_loss)
            SELECT %(report)s, %(company)s, b.sequence, b.name, b.id, COALESCE(s.amount, 0),
                   CASE WHEN b.id IS NOT NULL
                        THEN COALESCE(s.amount, 0) / NULLIF(sum(s.amount)
                             FILTER (WHERE b.id IS NOT NULL) OVER (), 0) END,
                   COALESCE(s.items, 0), COALESCE(s.customers, 0), b.loss_rate,
                   COALESCE(s.amount, 0) * b.loss_rate / 100
              FROM (SELECT id, COALESCE(name->>%(lang)s, name->>'en_US') AS name, loss_rate,
                           row_number() OVER (ORDER BY sort_from) AS sequence
                      FROM logistics_ageing_bucket WHERE set_id = %(set)s
                     UNION ALL
                    SELECT NULL, %(unallocated)s, NULL, 1000) b
              LEFT JOIN (SELECT bucket_id, sum(open_amount) AS amount, count(*) AS items,
                                count(DISTINCT partner_id) AS customers
                           FROM logistics_receivable_report_line
                          WHERE report_id = %(report)s AND source = 'ledger'
                          GROUP BY bucket_id) s
                     ON s.bucket_id IS NOT DISTINCT FROM b.id
            """,
            report=self.id,
            company=self.company_id.id,
            lang=self.env.lang or "en_US",
            set=self.bucket_set_id.id,
            unallocated=self.env._("Unallocated"),
        )

    def _insert_differences_sql(self):
        """Per account and customer: what the items say against what the ledger says."""
        balances = self.env["logistics.settlement.facts"]._ledger_balance_sql(
            self.as_of, self.company_id
        )
        scope = SQL("TRUE")
        if self.customer_id:
            scope = SQL("l.partner_id = %s", self.customer_id.partner_id.id)
        return SQL(
            """
            INSERT INTO logistics_receivable_report_difference
                   (report_id, company_id, account_id, partner_id, ledger_balance, ageing_total,
                    difference)
            SELECT %(report)s, %(company)s, COALESCE(l.account_id, a.account_id),
                   COALESCE(l.partner_id, a.partner_id), COALESCE(l.balance, 0),
                   COALESCE(a.total, 0), COALESCE(a.total, 0) - COALESCE(l.balance, 0)
              FROM (SELECT l.* FROM %(balances)s AS l WHERE %(scope)s) l
              FULL JOIN (SELECT account_id, partner_id, sum(open_amount) AS total
                           FROM logistics_receivable_report_line
                          WHERE report_id = %(report)s AND source = 'ledger'
                          GROUP BY account_id, partner_id) a
                     ON a.account_id = l.account_id
                    AND COALESCE(a.partner_id, 0) = COALESCE(l.partner_id, 0)
             WHERE abs(COALESCE(a.total, 0) - COALESCE(l.balance, 0)) >= %(cent)s
            """,
            report=self.id,
            company=self.company_id.id,
            balances=balances,
            scope=scope,
            cent=self.currency_id.rounding / 2,
        )

    def _write_sums(self):
        balances = self.env["logistics.settlement.facts"]._ledger_balance_sql(
            self.as_of, self.company_id
        )
        scope = SQL("TRUE")
        if self.customer_id:
            scope = SQL("l.partner_id = %s", self.customer_id.partner_id.id)
        ((balance,),) = self.env.execute_query(
            SQL("SELECT sum(l.balance) FROM %s AS l WHERE %s", balances, scope)
        )
        ((total, overdue, unallocated, history, unknown),) = self.env.execute_query(
            SQL(
                """
                SELECT sum(open_amount) FILTER (WHERE source = 'ledger'),
                       sum(overdue_amount) FILTER (WHERE source = 'ledger'),
                       sum(open_amount) FILTER (WHERE source = 'ledger' AND kind = 'credit'),
                       sum(open_amount) FILTER (WHERE source = 'history'),
                       count(*) FILTER (WHERE source = 'history' AND open_amount IS NULL)
                  FROM logistics_receivable_report_line WHERE report_id = %s
                """,
                self.id,
            )
        )
        balance, total = float(balance or 0), float(total or 0)
        self.write(
            {
                "ledger_balance": balance,
                "total": total,
                "difference": self.currency_id.round(total - balance),
                "reconciled": not self.difference_ids and self.currency_id.is_zero(total - balance),
                "overdue": float(overdue or 0),
                "unallocated": float(unallocated or 0),
                "history_total": float(history or 0),
                "history_unknown": unknown,
                "computed_at": fields.Datetime.now(),
            }
        )

    # ------------------------------------------------------------------ looking at it
    def _items_action(self, domain=(), context=None):
        """Return the action that shows items of this run."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_receivable_report_line"
        )
        action["display_name"] = self.name
        action["domain"] = [("report_id", "=", self.id), *domain]
        action["context"] = context or {}
        return action

    def action_open_items(self):
        """Open the items, those of the ledger first, by customer."""
        return self._items_action(
            context={"search_default_ledger": 1, "search_default_group_customer": 1}
        )

    def action_open_pivot(self):
        """Open the items as a pivot: customers down, buckets across."""
        action = self._items_action(context={"search_default_ledger": 1})
        action["views"] = [(False, "pivot"), (False, "graph"), (False, "list")]
        return action

    def action_open_history(self):
        """Open what was still open before the ledger began."""
        return self._items_action([("source", "=", "history")])

    def action_open_differences(self):
        """Open the accounts and customers whose items do not add up to the ledger."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.receivable.report.difference",
            "view_mode": "list",
            "domain": [("report_id", "=", self.id)],
            "name": self.env._("Differences to the Ledger"),
        }
