# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class LogisticsArrearsGate(models.Model):
    """The set-based side of the gate: making gates, and what is left of them today."""

    _inherit = "logistics.arrears.gate"

    # ------------------------------------------------------------------ making
    @api.model
    def _cron_create_gates(self):
        """Make the gates of last year for companies with credit control; runs daily, works once."""
        last_year = fields.Date.context_today(self).year - 1
        companies = self.env["res.company"].search([("logistics_gate_year", "<", last_year)])
        for company in companies.filtered(lambda one: one._credit_control() != "off"):
            self.with_company(company)._create_gates(last_year, company)
            company.logistics_gate_year = last_year

    @api.model
    def _create_gates(self, year, company):
        """Make one gate per customer with an open amount on 31 December of a closed year.

        Set-based, and safe to repeat: a second run adds documents that were booked into the
        closed year in the meantime, and never touches a gate that was lifted. Documents that an
        older gate of the customer still watches are left to that one.

        :param year: the closed year
        :param company: the ``res.company``
        :return: the gates made, as a recordset
        :raise UserError: when the year is not over
        """
        last_day = date(year, 12, 31)
        if last_day >= fields.Date.context_today(self):
            raise UserError(
                self.env._("%(year)s is not over: its open amount is not known yet.", year=year)
            )
        self.env["logistics.customer"].sudo()._ensure_accounts(company)
        before = self.sudo().search([("year", "=", year), ("company_id", "=", company.id)])
        items = self.env["logistics.settlement.facts"]._items_sql(last_day, company=company)
        self.env.cr.execute(
            SQL(
                """
                WITH open_items AS MATERIALIZED (
                    SELECT c.id AS customer_id, s.source, aml.move_id, s.document,
                           min(s.document_date) AS document_date, min(s.due_date) AS due_date,
                           sum(s.open_amount) AS amount
                      FROM %(items)s AS s
                      JOIN logistics_customer c
                        ON c.partner_id = s.partner_id AND c.company_id = s.company_id
                      LEFT JOIN account_move_line aml
                        ON s.source = 'invoice' AND aml.id = s.ref_id
                     WHERE s.kind = 'item' AND s.is_open
                       AND (s.open_amount > 0 OR s.open_amount IS NULL)
                       AND NOT EXISTS (
                           SELECT 1
                             FROM logistics_arrears_gate og
                             JOIN logistics_arrears_gate_item oi ON oi.gate_id = og.id
                            WHERE og.customer_id = c.id AND og.year <> %(year)s
                              AND og.state <> 'lifted'
                              AND (oi.move_id = aml.move_id
                                   OR s.source = 'history' AND oi.source = 'history'
                                      AND oi.document = s.document AND oi.due_date = s.due_date))
                     GROUP BY c.id, s.source, aml.move_id, s.document,
                              CASE WHEN s.source = 'history' THEN s.due_date END
                ),
                made AS (
                    INSERT INTO logistics_arrears_gate
                           (customer_id, company_id, year, state,
                            create_uid, create_date, write_uid, write_date)
                    SELECT DISTINCT o.customer_id, %(company)s, %(year)s, 'open',
                           %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                      FROM open_items o
                        ON CONFLICT (customer_id, year) DO NOTHING
                    RETURNING id, customer_id
                ),
                gates AS (
                    SELECT id, customer_id FROM made
                     UNION ALL
                    SELECT id, customer_id FROM logistics_arrears_gate
                     WHERE year = %(year)s AND company_id = %(company)s AND state <> 'lifted'
                )
                INSERT INTO logistics_arrears_gate_item
                       (gate_id, company_id, source, move_id, document, document_date, due_date,
                        amount, create_uid, create_date, write_uid, write_date)
                SELECT g.id, %(company)s, o.source, o.move_id, o.document, o.document_date,
                       o.due_date, o.amount,
                       %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM open_items o
                  JOIN gates g ON g.customer_id = o.customer_id
                 WHERE NOT EXISTS (
                       SELECT 1 FROM logistics_arrears_gate_item x
                        WHERE x.gate_id = g.id
                          AND (x.move_id = o.move_id
                               OR o.source = 'history' AND x.source = 'history'
                                  AND x.document = o.document AND x.due_date = o.due_date))
                """,
                items=items,
                company=company.id,
                year=year,
                uid=self.env.uid,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE logistics_arrears_gate g
                   SET amount = x.amount
                  FROM (SELECT i.gate_id, sum(i.amount) AS amount
                          FROM logistics_arrears_gate_item i
                          JOIN logistics_arrears_gate ig ON ig.id = i.gate_id
                         WHERE ig.year = %(year)s AND ig.company_id = %(company)s
                         GROUP BY i.gate_id) x
                 WHERE x.gate_id = g.id AND g.amount IS DISTINCT FROM x.amount
                """,
                year=year,
                company=company.id,
            )
        )
        self.env.invalidate_all(flush=False)
        self._settle(company)
        return (
            self.sudo().search([("year", "=", year), ("company_id", "=", company.id)]) - before
        ).with_env(self.env)

    @api.model
    def _settle(self, company):
        """Bring the stored states in step with the ledger: settled, or open again. Set-based."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH live AS (
                    SELECT i.gate_id, bool_or(i.unknown OR i.remaining > 0) AS is_open
                      FROM (%(items)s) i GROUP BY i.gate_id
                )
                UPDATE logistics_arrears_gate g
                   SET state = CASE WHEN live.is_open THEN 'open' ELSE 'settled' END
                  FROM live
                 WHERE live.gate_id = g.id AND g.state <> 'lifted'
                   AND g.state <> CASE WHEN live.is_open THEN 'open' ELSE 'settled' END
                """,
                items=self._live_items_sql(SQL("g.company_id = %s", company.id)),
            )
        )
        self.env["logistics.arrears.gate"].invalidate_model(["state"])

    # ------------------------------------------------------------------ reading
    @api.model
    def _flush_for_live(self):
        self.env["account.move.line"].flush_model(
            ["amount_residual", "account_id", "partner_id", "move_id", "date_maturity", "date"]
        )
        self.env["logistics.trading.history"].flush_model()
        self.env["logistics.credit.authority"].flush_model()
        self.env["logistics.arrears.gate"].flush_model()
        self.env["logistics.arrears.gate.item"].flush_model()
        self.env["res.company"].flush_model(["logistics_gate_due_only", "logistics_ledger_start"])

    @api.model
    def _live_items_sql(self, condition):
        """Return a SELECT of what is left of gate documents today.

        The residual of a document's receivable lines of this customer, also while the entry is
        back in draft or cancelled: only an allocation lowers it. An entry that was deleted
        keeps the amount it had. Columns: id, gate_id, document, document_date, remaining (known
        part), unknown.
        """
        today = fields.Date.context_today(self)
        return SQL(
            """
            SELECT i.id, i.gate_id, i.document, i.document_date,
                   GREATEST(0, COALESCE(CASE WHEN i.source = 'history' THEN h.remaining
                                             WHEN i.move_id IS NULL THEN i.amount
                                             ELSE l.remaining END, 0)) AS remaining,
                   i.source = 'history' AND COALESCE(h.unknown, FALSE) AS unknown
              FROM logistics_arrears_gate g
              JOIN logistics_arrears_gate_item i ON i.gate_id = g.id
              JOIN logistics_customer c ON c.id = g.customer_id
              JOIN res_company co ON co.id = g.company_id
              LEFT JOIN LATERAL (
                   SELECT sum(aml.amount_residual) AS remaining
                     FROM account_move_line aml
                     JOIN account_account aa ON aa.id = aml.account_id
                     JOIN res_partner rp ON rp.id = aml.partner_id
                    WHERE i.source = 'invoice' AND aml.move_id = i.move_id
                      AND aa.account_type = 'asset_receivable'
                      AND rp.commercial_partner_id = c.partner_id
                      AND (NOT COALESCE(co.logistics_gate_due_only, FALSE)
                           OR COALESCE(aml.date_maturity, aml.date) < %(today)s)
                   ) l ON TRUE
              LEFT JOIN LATERAL (
                   SELECT sum(t.amount_company) AS remaining,
                          bool_or(t.amount_company IS NULL) AS unknown
                     FROM logistics_trading_history t
                     JOIN res_partner rp ON rp.id = t.partner_id
                    WHERE i.source = 'history' AND t.company_id = g.company_id
                      AND rp.commercial_partner_id = c.partner_id
                      AND t.document = i.document AND t.due_date = i.due_date
                      AND (t.paid_date IS NULL OR t.paid_date > %(today)s)
                      AND (co.logistics_ledger_start IS NULL
                           OR co.logistics_ledger_start > %(today)s)
                      AND (NOT COALESCE(co.logistics_gate_due_only, FALSE)
                           OR t.due_date < %(today)s)
                   ) h ON TRUE
             WHERE %(condition)s
            """,
            today=today,
            condition=condition,
        )

    @api.model
    def _rows(self, condition, having):
        """Run the one query behind gates: what is left, its oldest document, who may lift it."""
        self._flush_for_live()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT g.id, g.year, x.remaining, x.unknown, x.oldest_document, x.oldest_date,
                       w.who
                  FROM logistics_arrears_gate g
                  JOIN res_company gc ON gc.id = g.company_id
                  JOIN (SELECT i.gate_id, sum(i.remaining) AS remaining,
                               bool_or(i.unknown) AS unknown,
                               (array_agg(i.document ORDER BY i.document_date, i.id)
                                FILTER (WHERE i.remaining > 0 OR i.unknown))[1]
                               AS oldest_document,
                               min(i.document_date)
                                FILTER (WHERE i.remaining > 0 OR i.unknown) AS oldest_date
                          FROM (%(items)s) i
                         GROUP BY i.gate_id) x ON x.gate_id = g.id
                  LEFT JOIN LATERAL (
                       SELECT string_agg(DISTINCT COALESCE(p.name, r.name ->> %(lang)s,
                                                           r.name ->> 'en_US'), ', ') AS who
                         FROM logistics_credit_authority a
                         LEFT JOIN res_users u ON u.id = a.user_id
                         LEFT JOIN res_partner p ON p.id = u.partner_id
                         LEFT JOIN res_groups r ON r.id = a.group_id
                        WHERE a.active AND a.may_lift_gate
                          AND a.company_id = ANY (
                              string_to_array(rtrim(gc.parent_path, '/'), '/')::int[])
                       ) w ON TRUE
                 WHERE %(having)s
                 ORDER BY g.year, g.id
                """,
                items=self._live_items_sql(condition),
                having=having,
                lang=self.env.lang or "en_US",
            )
        )
        return [
            {
                "gate": self.browse(row["id"]),
                "year": row["year"],
                "remaining": float(row["remaining"] or 0.0),
                "unknown": bool(row["unknown"]),
                "oldest_document": row["oldest_document"],
                "oldest_date": row["oldest_date"],
                "who": row["who"] or "",
            }
            for row in rows
        ]

    @api.model
    def _live(self, gate_ids):
        if not gate_ids:
            return []
        return self._rows(SQL("g.id IN %s", tuple(gate_ids)), SQL("TRUE"))

    @api.model
    def _remaining_of_items(self, item_ids):
        """Return {item id: what is left}; items whose amount is unknown are left out."""
        if not item_ids:
            return {}
        self._flush_for_live()
        rows = self.env.execute_query(
            SQL(
                "SELECT i.id, i.remaining FROM (%s) i WHERE NOT i.unknown",
                self._live_items_sql(SQL("i.id IN %s", tuple(item_ids))),
            )
        )
        return {item_id: float(remaining) for item_id, remaining in rows}

    @api.model
    def _open_for(self, customer):
        """Return the gates that hold a customer's new orders today, the oldest year first.

        Reads the ledger, not the stored state, with one query. Gates of the same commercial
        entity in other companies of the same company tree count as well, as they do in the
        exposure.

        :param customer: one ``logistics.customer``
        :return: a list of dicts: ``gate`` (record), ``year``, ``remaining`` (known part, company
            currency), ``unknown`` (some document has no known amount), ``oldest_document``,
            ``oldest_date``, ``who`` (names of those who may lift it, '' when nobody)
        """
        if not customer:
            return []
        root = customer.sudo().company_id.root_id
        condition = SQL(
            """
            g.state <> 'lifted' AND c.partner_id = %s
            AND split_part(co.parent_path, '/', 1) = %s
            """,
            customer.sudo().partner_id.id,
            str(root.id),
        )
        return self.sudo()._rows(condition, SQL("x.remaining > 0 OR x.unknown"))
