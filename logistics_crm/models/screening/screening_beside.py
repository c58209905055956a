# Part of logistics_crm. License LGPL-3 or later.
"""A closed screening stays as it is; here is what the ledger says about the same day now."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class LogisticsScreening(models.Model):
    _inherit = "logistics.screening"

    def action_recompute_beside(self):
        """Compute the closed campaign again beside the frozen figures and list what differs.

        Nothing of the campaign changes. Differences come from documents that were posted,
        cancelled or settled after closing with a date in the screened time.

        :raise UserError: unless the campaign is closed
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "closed":
            raise UserError(
                self.env._(
                    "%s is not closed yet: computing it again already shows the newest figures.",
                    self.display_name,
                )
            )
        beside = self.env["logistics.screening.beside"].create({"screening_id": self.id})
        self.env.flush_all()
        self._stage_facts()
        self.env.cr.execute(self._beside_sql(beside))
        self.env.cr.execute(self._later_documents_sql(beside))
        beside.invalidate_recordset()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%s: Frozen and Recomputed", self.display_name),
            "res_model": beside._name,
            "res_id": beside.id,
            "view_mode": "form",
        }

    def _beside_sql(self, beside):
        """INSERT one row per customer whose frozen and present figures differ."""
        return SQL(
            """
            WITH %(figures)s,
            present AS (
                SELECT customer_id, customer_name, revenue, gross_margin, open_amount
                  FROM figure
            ),
            frozen AS (
                SELECT customer_id,
                       min(customer_name) AS customer_name, sum(revenue) AS revenue,
                       sum(gross_margin) AS gross_margin, sum(open_amount) AS open_amount
                  FROM logistics_screening_line
                 WHERE screening_id = %(screening)s
                 GROUP BY customer_id
            )
            INSERT INTO logistics_screening_beside_line (
                   beside_id, customer_id, customer_name, currency_id,
                   revenue_frozen, revenue_now, margin_frozen, margin_now, open_frozen, open_now)
            SELECT %(beside)s, COALESCE(f.customer_id, n.customer_id),
                   COALESCE(f.customer_name, n.customer_name), %(currency)s,
                   f.revenue, n.revenue, f.gross_margin, n.gross_margin,
                   f.open_amount, n.open_amount
              FROM frozen f
              FULL JOIN present n ON n.customer_id = f.customer_id
             WHERE round(f.revenue, 4) IS DISTINCT FROM round(n.revenue, 4)
                OR round(f.gross_margin, 2) IS DISTINCT FROM round(n.gross_margin, 2)
                OR round(f.open_amount, 4) IS DISTINCT FROM round(n.open_amount, 4)
             ORDER BY abs(COALESCE(n.revenue, 0) - COALESCE(f.revenue, 0)) DESC, 2
            """,
            figures=self._figure_chain_sql(),
            screening=self.id,
            beside=beside.id,
            currency=self.currency_id.id,
        )

    def _later_documents_sql(self, beside):
        """INSERT the documents of these customers that were touched after closing.

        Entries with a date in the screened time, and settlements that count on the closing day.
        """
        return SQL(
            """
            WITH customers AS (
                SELECT c.id AS customer_id, c.partner_id
                  FROM logistics_screening_beside_line b
                  JOIN logistics_customer c ON c.id = b.customer_id
                 WHERE b.beside_id = %(beside)s
            )
            INSERT INTO logistics_screening_beside_document (
                   beside_id, customer_id, kind, move_id, document, date, touched_at, currency_id,
                   amount)
            SELECT %(beside)s, c.customer_id,
                   CASE WHEN am.create_date > %(closed)s THEN 'new' ELSE 'changed' END,
                   am.id, am.name, am.date, am.write_date, %(currency)s, am.amount_total_signed
              FROM customers c
              JOIN res_partner p ON p.commercial_partner_id = c.partner_id
              JOIN account_move am ON am.partner_id = p.id
             WHERE am.company_id = %(company)s AND am.date <= %(as_of)s
               AND am.date >= %(start)s AND am.write_date > %(closed)s
               AND am.posted_before
            UNION ALL
            SELECT DISTINCT ON (r.id) %(beside)s, c.customer_id, 'settled', l.move_id,
                   l.move_name, r.max_date, r.create_date, %(currency)s, r.amount
              FROM customers c
              JOIN res_partner p ON p.commercial_partner_id = c.partner_id
              JOIN account_move_line l ON l.partner_id = p.id AND l.company_id = %(company)s
              JOIN account_partial_reconcile r ON r.debit_move_id = l.id
             WHERE r.create_date > %(closed)s AND r.max_date <= %(as_of)s
            UNION ALL
            SELECT %(beside)s, c.customer_id, 'history', NULL, h.document, h.date, h.write_date,
                   %(currency)s, h.amount
              FROM customers c
              JOIN logistics_trading_history h ON h.partner_id = c.partner_id
             WHERE h.company_id = %(company)s AND h.date <= %(as_of)s
               AND h.write_date > %(closed)s
            """,
            beside=beside.id,
            closed=self.closed_at,
            company=self.company_id.id,
            as_of=self.as_of,
            start=self._window_start(),
            currency=self.currency_id.id,
        )
