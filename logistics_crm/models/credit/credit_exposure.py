# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

PARTS = (
    "receivable",
    "unapplied",
    "draft_invoices",
    "orders",
    "delivered_not_invoiced",
    "prepaid",
    "total",
)


class LogisticsCreditExposure(models.AbstractModel):
    """What a commercial entity owes or will owe one legal entity, live from the ledger.

    The entity of an invoice or payment is that of its partner, the entity of an order that of
    its invoice address: who will owe the money. Archived contacts and addresses count. The scope
    is the company with all its branches, in the company's currency.
    """

    _name = "logistics.credit.exposure"
    _description = "Credit Exposure"

    # ------------------------------------------------------------------ one order
    @api.model
    def _open_orders_sql(self, company, where):
        """Return a subquery of what of each order is still to be invoiced.

        Columns, amounts in company currency, tax included, at the order's own rate (at today's
        for quotations, as confirming them would do): ``order_id``, ``entity_id``, ``counted``
        (confirmed, and within the horizon), ``amount`` (the whole order), ``open_amount`` (not
        yet on a posted invoice, less posted down payments, never below zero), ``pending`` (paid
        or authorised online, not in the ledger yet), ``ledger_credit`` (paid online, in the
        ledger, not allocated), ``prepaid`` (what of the two is deducted), ``exposure`` (what the
        order adds to the exposure now, zero unless counted) and its part ``delivered_amount``.

        Quantities count from posted invoices only: a draft invoice of an order is nothing more
        than the order. Where goods are invoiced by delivery, more delivered than ordered counts.

        :param company: a ``res.company`` of the legal entity; its root's settings apply
        :param where: SQL condition on ``so`` (sale_order) and ``bp`` (its invoice partner)
        """
        root = company.sudo().root_id
        # OFFSET 0: PostgreSQL would else copy the subqueries of a rate and of a quantity into
        # every expression that uses them, and plan each copy. Planning took longer than running.
        return SQL(
            """
            (SELECT o.order_id, o.entity_id, o.counted, o.amount::float8 AS amount,
                    x.open_amount::float8 AS open_amount,
                    COALESCE(paid.pending, 0)::float8 AS pending,
                    COALESCE(paid.ledger_credit, 0)::float8 AS ledger_credit,
                    y.prepaid::float8 AS prepaid,
                    CASE WHEN o.counted THEN x.open_amount - y.prepaid ELSE 0 END::float8
                        AS exposure,
                    CASE WHEN o.counted THEN LEAST(GREATEST(0, o.shipped),
                                                   x.open_amount - y.prepaid) ELSE 0 END::float8
                        AS delivered_amount
               FROM (
                SELECT so.id AS order_id, bp.commercial_partner_id AS entity_id, so.currency_id,
                       so.state = 'sale' AND (%(horizon)s) AS counted,
                       so.amount_total / r.rate AS amount, r.rate,
                       COALESCE(sum(CASE
                           WHEN l.is_downpayment THEN - COALESCE(inv.amount, 0)
                           WHEN l.product_uom_qty = 0 THEN
                                GREATEST(0, l.untaxed_amount_to_invoice) / r.rate
                           WHEN l.product_uom_qty > 0 THEN l.price_total / r.rate
                                / l.product_uom_qty
                                * GREATEST(0, q.basis - COALESCE(inv.quantity, 0))
                           ELSE l.price_total / r.rate / l.product_uom_qty
                                * LEAST(0, q.basis - COALESCE(inv.quantity, 0))
                       END), 0) AS net_amount,
                       COALESCE(sum(CASE
                           WHEN l.is_downpayment OR l.product_uom_qty = 0 THEN 0
                           ELSE l.price_total / r.rate / l.product_uom_qty
                                * GREATEST(0, LEAST(q.basis, COALESCE(l.qty_delivered, 0))
                                              - COALESCE(inv.quantity, 0))
                       END), 0) AS shipped
                  FROM sale_order so
                  JOIN res_partner bp ON bp.id = so.partner_invoice_id
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(NULLIF(CASE
                              WHEN so.state = 'sale' OR so.currency_id = %(currency)s
                              THEN so.currency_rate
                              ELSE %(today_rate)s END, 0), 1)::float8 AS rate OFFSET 0) r
                  LEFT JOIN sale_order_line l ON l.order_id = so.id AND l.display_type IS NULL
                 CROSS JOIN LATERAL (
                       SELECT CASE WHEN l.qty_delivered > l.product_uom_qty
                                    AND l.product_uom_qty > 0
                                    AND (SELECT pt.invoice_policy FROM product_product pp
                                           JOIN product_template pt ON pt.id = pp.product_tmpl_id
                                          WHERE pp.id = l.product_id) = 'delivery'
                                   THEN l.qty_delivered
                                   ELSE l.product_uom_qty END::float8 AS basis OFFSET 0) q
                  LEFT JOIN LATERAL (
                       SELECT sum(i.quantity * s.sign * CASE
                                  WHEN i.product_uom_id <> l.product_uom_id
                                  THEN (SELECT iu.factor / lu.factor FROM uom_uom iu, uom_uom lu
                                         WHERE iu.id = i.product_uom_id
                                           AND lu.id = l.product_uom_id)
                                  ELSE 1 END) AS quantity,
                              sum(i.price_total * s.sign
                                  / COALESCE(NULLIF(m.invoice_currency_rate, 0), 1)) AS amount
                         FROM sale_order_line_invoice_rel rel
                         JOIN account_move_line i ON i.id = rel.invoice_line_id
                         JOIN account_move m ON m.id = i.move_id
                        CROSS JOIN LATERAL (SELECT CASE m.move_type
                              WHEN 'out_invoice' THEN 1 WHEN 'out_receipt' THEN 1
                              WHEN 'out_refund' THEN -1 ELSE 0 END AS sign) s
                        WHERE rel.order_line_id = l.id
                          AND (m.state = 'posted' OR m.payment_state = 'invoicing_legacy')
                       ) inv ON TRUE
                 WHERE %(where)s
                 GROUP BY so.id, bp.commercial_partner_id, r.rate
                    ) o
               LEFT JOIN LATERAL (%(paid)s) paid ON TRUE
              CROSS JOIN LATERAL (SELECT GREATEST(0, o.net_amount) AS open_amount) x
              CROSS JOIN LATERAL (
                    SELECT CASE WHEN o.counted THEN LEAST(x.open_amount,
                           COALESCE(paid.pending, 0) + CASE WHEN %(counts)s THEN 0
                           ELSE COALESCE(paid.ledger_credit, 0) END) ELSE 0 END AS prepaid) y)
            """,
            horizon=self._horizon_sql(company),
            where=where,
            currency=root.currency_id.id,
            today_rate=SQL(
                "%s / %s",
                self._rate_today_sql(root, SQL("so.currency_id")),
                self._rate_today_sql(root, SQL("%s", root.currency_id.id)),
            ),
            paid=self._paid_online_sql(company),
            counts=bool(root.logistics_credit_count_unapplied),
        )

    @api.model
    def _rate_today_sql(self, root, currency):
        """The rate of today that core would give an order confirmed now."""
        return SQL(
            """
            COALESCE((SELECT cr.rate FROM res_currency_rate cr
                       WHERE cr.currency_id = %(currency)s AND cr.name <= %(today)s
                         AND (cr.company_id IS NULL OR cr.company_id = %(root)s)
                       ORDER BY cr.company_id, cr.name DESC LIMIT 1), 1)
            """,
            currency=currency,
            today=fields.Date.context_today(self),
            root=root.id,
        )

    @api.model
    def _paid_online_sql(self, company):
        """Payment transactions of the order ``o``: what is in the ledger, and what is not yet."""
        return SQL(
            """
            SELECT sum(t.share) FILTER (WHERE NOT t.in_ledger) AS pending,
                   sum(LEAST(t.share, t.residual)) FILTER (WHERE t.in_ledger) AS ledger_credit
              FROM (
                SELECT CASE WHEN tx.currency_id = o.currency_id THEN tx.amount / o.rate
                            WHEN tx.currency_id = %(currency)s THEN tx.amount
                            ELSE 0 END / (SELECT count(*) FROM sale_order_transaction_rel n
                                           WHERE n.transaction_id = tx.id) AS share,
                       COALESCE(pm.state = 'posted', FALSE) AS in_ledger,
                       (SELECT GREATEST(0, - COALESCE(sum(x.amount_residual), 0))
                          FROM account_move_line x
                          JOIN account_account xa ON xa.id = x.account_id
                         WHERE x.move_id = pm.id AND xa.account_type = 'asset_receivable')
                       AS residual
                  FROM sale_order_transaction_rel otx
                  JOIN payment_transaction tx ON tx.id = otx.transaction_id
                  LEFT JOIN account_payment ap ON ap.id = tx.payment_id
                  LEFT JOIN account_move pm ON pm.id = ap.move_id
                 WHERE otx.sale_order_id = o.order_id
                   AND tx.state IN ('authorized', 'done')
                   AND tx.operation IS DISTINCT FROM 'validation'
                   ) t
            """,
            currency=company.sudo().root_id.currency_id.id,
        )

    @api.model
    def _candidates_sql(self, company, entity_ids):
        """Return a subquery of ids: confirmed orders of these entities that can still be open.

        Ten thousand old orders cost nothing: each part goes through a small index over what is
        open only. An order is open that is not invoiced completely, or only by drafts (its lines
        have an amount to invoice then). The second is found by the lines of who ordered, and
        where somebody else is invoiced by the order.

        :param entity_ids: ids of commercial entities
        """
        return SQL(
            """
            (WITH party AS MATERIALIZED (
                SELECT rp.id FROM res_partner rp WHERE rp.commercial_partner_id IN %(entities)s)
             SELECT o.id FROM sale_order o
              WHERE o.partner_invoice_id IN (SELECT id FROM party)
                AND o.state = 'sale' AND o.invoice_status <> 'invoiced'
                AND o.company_id IN %(scope)s
              UNION
             SELECT o.id FROM sale_order_line ol JOIN sale_order o ON o.id = ol.order_id
              WHERE ol.order_partner_id IN (SELECT id FROM party)
                AND ol.state = 'sale' AND ol.untaxed_amount_to_invoice <> 0
                AND o.partner_invoice_id IN (SELECT id FROM party)
                AND o.state = 'sale' AND o.company_id IN %(scope)s
              UNION
             SELECT o.id FROM sale_order o
              WHERE o.partner_invoice_id IN (SELECT id FROM party)
                AND o.partner_invoice_id <> o.partner_id
                AND NOT o.partner_id IN (SELECT id FROM party)
                AND o.state = 'sale' AND o.company_id IN %(scope)s
                AND EXISTS (SELECT 1 FROM sale_order_line ol
                             WHERE ol.order_id = o.id AND ol.state = 'sale'
                               AND ol.untaxed_amount_to_invoice <> 0))
            """,
            entities=tuple(entity_ids) or (0,),
            scope=company._credit_scope_sql(),
        )

    # ------------------------------------------------------------------ one entity
    @api.model
    def _ledger_sql(self, company, entity_ids, on=None):
        """Return a subquery with what the ledger says of entities: posted items and drafts.

        One row for each entity, columns as in :meth:`_exposure_sql`.
        """
        company = company.sudo()
        counts = bool(company.root_id.logistics_credit_count_unapplied)
        return SQL(
            """
            (SELECT ent.id AS entity_id,
                    COALESCE(l.receivable, 0)::float8 AS receivable,
                    COALESCE(l.unapplied, 0)::float8 AS unapplied,
                    COALESCE(d.draft_invoices, 0)::float8 AS draft_invoices,
                    (COALESCE(l.receivable, 0)
                     + CASE WHEN %(counts)s THEN 0 ELSE COALESCE(l.unapplied, 0) END
                     + COALESCE(d.draft_invoices, 0))::float8 AS total,
                    GREATEST(0, COALESCE(l.overdue_amount, 0) - CASE WHEN %(counts)s
                             THEN COALESCE(l.unapplied, 0) ELSE 0 END)::float8 AS overdue_amount,
                    l.oldest_overdue
               FROM unnest(%(entities)s::int[]) AS ent(id)
               LEFT JOIN LATERAL (
                    SELECT sum(aml.amount_residual) AS receivable,
                           - COALESCE(sum(CASE WHEN aml.amount_residual < 0 AND (
                                 SELECT am.move_type <> 'out_refund' FROM account_move am
                                  WHERE am.id = aml.move_id) THEN aml.amount_residual END), 0)
                               AS unapplied,
                           COALESCE(sum(aml.amount_residual) FILTER (WHERE %(overdue)s), 0)
                               AS overdue_amount,
                           min(COALESCE(aml.date_maturity, aml.date)) FILTER (WHERE %(overdue)s)
                               AS oldest_overdue
                      FROM res_partner rp
                      JOIN account_move_line aml ON aml.partner_id = rp.id
                     WHERE rp.commercial_partner_id = ent.id
                       AND aml.account_id = ANY (ARRAY(SELECT aa.id FROM account_account aa
                                                 WHERE aa.account_type = 'asset_receivable'))
                       AND aml.reconciled IS NOT TRUE AND aml.parent_state = 'posted'
                       AND aml.company_id = ANY (ARRAY%(scope)s)
                    ) l ON TRUE
               LEFT JOIN LATERAL (
                    SELECT sum(GREATEST(0, am.amount_total_signed - COALESCE(own.amount, 0)))
                           AS draft_invoices
                      FROM res_partner rp
                      JOIN account_move am ON am.partner_id = rp.id
                      LEFT JOIN LATERAL (
                           SELECT sum(i.price_total
                                      / COALESCE(NULLIF(am.invoice_currency_rate, 0), 1))
                                  AS amount
                             FROM account_move_line i
                            WHERE i.move_id = am.id AND i.display_type = 'product'
                              AND EXISTS (
                                  SELECT 1 FROM sale_order_line_invoice_rel rel
                                    JOIN sale_order_line ol ON ol.id = rel.order_line_id
                                    JOIN sale_order so ON so.id = ol.order_id
                                   WHERE rel.invoice_line_id = i.id AND so.state = 'sale'
                                     AND (%(horizon)s))
                           ) own ON TRUE
                     WHERE rp.commercial_partner_id = ent.id
                       AND am.state = 'draft' AND am.move_type IN ('out_invoice', 'out_receipt')
                       AND am.company_id = ANY (ARRAY%(scope)s)
                    ) d ON TRUE)
            """,
            entities=list(entity_ids),
            scope=company._credit_scope_sql(),
            counts=counts,
            overdue=SQL(
                "aml.amount_residual > 0 AND COALESCE(aml.date_maturity, aml.date) < %s",
                on or fields.Date.context_today(self),
            ),
            horizon=self._horizon_sql(company),
        )

    @api.model
    def _exposure_sql(self, company, entity_ids, on=None):
        """Return a subquery with the exposure of commercial entities, one row for each.

        Columns, company currency: ``entity_id``; ``receivable`` (posted and not reconciled, sign
        kept, so payments and credit notes not yet allocated lower it); ``unapplied`` (the part
        of such credits that are not credit notes, as a positive amount); ``draft_invoices``
        (those that do not come from a counted order); ``orders`` (confirmed, not invoiced,
        within the horizon, less the prepaid part); ``delivered_not_invoiced`` (part of
        ``orders``); ``prepaid`` (deducted from ``orders``); ``total``; ``overdue_amount`` (net
        of unapplied credits when they count) and ``oldest_overdue`` (due date).

        :param company: any ``res.company`` of the legal entity
        :param entity_ids: ids of commercial entities
        :param on: the day for "overdue", today by default
        """
        return SQL(
            """
            (SELECT l.entity_id, l.receivable, l.unapplied, l.draft_invoices,
                    COALESCE(o.orders, 0) AS orders,
                    COALESCE(o.delivered_not_invoiced, 0) AS delivered_not_invoiced,
                    COALESCE(o.prepaid, 0) AS prepaid,
                    l.total + COALESCE(o.orders, 0) AS total,
                    l.overdue_amount, l.oldest_overdue
               FROM %(ledger)s AS l
               LEFT JOIN (SELECT t.entity_id, sum(t.exposure) AS orders,
                                 sum(t.delivered_amount) AS delivered_not_invoiced,
                                 sum(t.prepaid) AS prepaid
                            FROM %(orders)s AS t GROUP BY t.entity_id) o
                 ON o.entity_id = l.entity_id)
            """,
            ledger=self._ledger_sql(company, entity_ids, on),
            orders=self._open_orders_sql(
                company, SQL("so.id IN %s", self._candidates_sql(company, entity_ids))
            ),
        )

    @api.model
    def _horizon_sql(self, company):
        """Condition on ``so``: its delivery (or order) date lies within the credit horizon."""
        days = company.sudo().root_id.logistics_credit_horizon_days
        if not days:
            return SQL("TRUE")
        return SQL(
            "COALESCE(so.commitment_date, so.date_order) <= %s",
            fields.Datetime.add(fields.Datetime.now(), days=days),
        )

    @api.model
    def _exposures(self, entity_ids, company, on=None):
        """Return the exposure of several entities: ``{entity id: row}``, one query.

        :param entity_ids: ids of commercial entities (``res.partner``)
        :param company: a ``res.company``; its whole legal entity counts
        """
        self.env.flush_all()
        ids = list(entity_ids)
        rows = self.env.execute_query_dict(
            SQL("SELECT * FROM %s AS e", self._exposure_sql(company, ids, on))
        )
        return {row["entity_id"]: row for row in rows}

    @api.model
    def _parts(self, company, entity_ids, order_rows, on):
        """Return the same as :meth:`_exposures` from rows of open orders read already.

        :param order_rows: rows of :meth:`_open_orders_sql` with all candidates of the entities
        """
        rows = self.env.execute_query_dict(
            SQL("SELECT * FROM %s AS l", self._ledger_sql(company, entity_ids, on))
        )
        result = {}
        for row in rows:
            row.update(orders=0.0, delivered_not_invoiced=0.0, prepaid=0.0)
            result[row["entity_id"]] = row
        for order in order_rows:
            row = result[order["entity_id"]]
            row["orders"] += order["exposure"]
            row["delivered_not_invoiced"] += order["delivered_amount"]
            row["prepaid"] += order["prepaid"]
            row["total"] += order["exposure"]
        return result

    @api.model
    def _exposure(self, customer):
        """Return the exposure of a customer account as a dict of its parts, company currency.

        Keys: receivable, unapplied, draft_invoices, orders, delivered_not_invoiced, prepaid,
        total, overdue_amount, oldest_overdue; see :meth:`_exposure_sql`.
        """
        customer.ensure_one()
        account = customer.sudo()
        row = self._exposures(account.partner_id.ids, account.company_id)[account.partner_id.id]
        round_ = account.company_id.currency_id.round
        return {
            key: round_(value) if isinstance(value, float) else value for key, value in row.items()
        }


class SaleOrder(models.Model):
    _inherit = "sale.order"

    _logistics_open_idx = models.Index(
        "(partner_invoice_id) WHERE state = 'sale' AND invoice_status <> 'invoiced'"
    )
    # All columns that are read: PostgreSQL thinks that nearly every order is paid by somebody
    # else, and would not use a smaller one.
    _logistics_other_payer_idx = models.Index(
        "(partner_invoice_id, partner_id, company_id, id)"
        " WHERE state = 'sale' AND partner_invoice_id <> partner_id"
    )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    _logistics_open_idx = models.Index(
        "(order_partner_id, order_id) WHERE state = 'sale' AND untaxed_amount_to_invoice <> 0"
    )
    _logistics_open_order_idx = models.Index(
        "(order_id) WHERE state = 'sale' AND untaxed_amount_to_invoice <> 0"
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    _logistics_draft_idx = models.Index(
        "(partner_id) WHERE state = 'draft' AND move_type IN ('out_invoice', 'out_receipt')"
    )
