# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .credit_backtest import MEASURES, SIDES


class _Asked:
    """The policy a computation is about. An object, so that no context of a call can name one."""

    def __init__(self, policy):
        self.policy = policy


class LogisticsCreditPolicy(models.Model):
    _inherit = "logistics.credit.policy"

    @api.model
    def _for_companies(self, companies):
        asked = self.env.context.get("logistics_backtest_policy")
        if isinstance(asked, _Asked):
            return {asked.policy.company_id.id: asked.policy.sudo()}
        return super()._for_companies(companies)


class LogisticsCreditBacktest(models.Model):
    """The computation: a few temporary tables and one INSERT, whatever the number of documents."""

    _inherit = "logistics.credit.backtest"

    def _clear_lines(self):
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM logistics_credit_backtest_line WHERE backtest_id = %s", [self.id]
        )
        self.env["logistics.credit.backtest.line"].invalidate_model()

    def _compute_lines(self):
        self.ensure_one()
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            "DROP TABLE IF EXISTS bt_item, bt_settle, bt_doc, bt_doc_item, bt_grade, bt_rule,"
            " bt_balance, bt_overdue"
        )
        self._load_items()
        self._load_documents()
        self._load_grades()
        self._load_rules()
        self._load_state()
        self._insert_lines()

    def _load_items(self):
        """Receivable items with the day they were settled, and every single settlement."""
        today = fields.Date.context_today(self)
        items = self.env["logistics.settlement.facts"]._items_sql(today, company=self.company_id)
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE bt_item ON COMMIT DROP AS
                SELECT i.source, i.ref_id, i.partner_id, i.kind, i.document, i.document_date,
                       i.due_date, COALESCE(i.amount, 0) AS amount,
                       i.amount IS NOT NULL AS known, i.is_open, i.last_paid_date,
                       NULL::date AS closed_on
                  FROM %s AS i;
                CREATE INDEX ON bt_item (source, ref_id);
                CREATE TEMP TABLE bt_settle ON COMMIT DROP AS
                SELECT 'invoice'::varchar AS source, r.debit_move_id AS ref_id, r.max_date AS date,
                       r.amount, j.type = 'general'
                           AND j.id IS DISTINCT FROM co.currency_exchange_journal_id AS written_off
                  FROM account_partial_reconcile r
                  JOIN bt_item i ON i.source = 'invoice' AND i.ref_id = r.debit_move_id
                  JOIN account_move_line p ON p.id = r.credit_move_id
                  JOIN account_journal j ON j.id = p.journal_id
                  JOIN res_company co ON co.id = p.company_id
                 WHERE r.max_date <= %s
                UNION ALL
                SELECT 'history', i.ref_id, i.last_paid_date, i.amount, FALSE
                  FROM bt_item i WHERE i.source = 'history' AND i.last_paid_date IS NOT NULL;
                CREATE INDEX ON bt_settle (source, ref_id, date);
                UPDATE bt_item i SET closed_on = s.closed_on
                  FROM (SELECT source, ref_id, max(date) AS closed_on FROM bt_settle
                         GROUP BY source, ref_id) s
                 WHERE i.source = s.source AND i.ref_id = s.ref_id AND NOT i.is_open;
                CREATE INDEX ON bt_item (partner_id, due_date) WHERE kind = 'item';
                ANALYZE bt_item; ANALYZE bt_settle;
                """,
                items,
                today,
            )
        )

    def _load_documents(self):
        """Confirmed orders, invoices without an order, and documents of the trading history."""
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE bt_doc ON COMMIT DROP AS
                SELECT row_number() OVER () AS id, d.* FROM (
                    SELECT 'order'::varchar AS source, so.id AS ref_id, so.name AS document,
                           so.date_order::date AS date, rp.commercial_partner_id AS partner_id,
                           so.amount_total / COALESCE(NULLIF(so.currency_rate, 0), 1) AS amount,
                           COALESCE((SELECT max(pl.nb_days) FROM account_payment_term_line pl
                                      WHERE pl.payment_id = so.payment_term_id), 0) AS terms_days
                      FROM sale_order so
                      JOIN res_partner rp ON rp.id = so.partner_invoice_id
                     WHERE so.company_id = %(company)s AND so.state = 'sale'
                       AND so.date_order::date BETWEEN %(start)s AND %(end)s
                    UNION ALL
                    SELECT 'invoice', am.id, am.name, i.document_date, i.partner_id, sum(i.amount),
                           max(i.due_date - i.document_date)
                      FROM bt_item i
                      JOIN account_move_line l ON l.id = i.ref_id
                      JOIN account_move am ON am.id = l.move_id
                     WHERE i.source = 'invoice' AND i.kind = 'item'
                       AND am.move_type IN ('out_invoice', 'out_receipt')
                       AND i.document_date BETWEEN %(start)s AND %(end)s
                       AND NOT EXISTS (
                           SELECT FROM account_move_line ol
                             JOIN sale_order_line_invoice_rel sl ON sl.invoice_line_id = ol.id
                            WHERE ol.move_id = am.id)
                     GROUP BY am.id, am.name, i.document_date, i.partner_id
                    UNION ALL
                    SELECT 'history', min(i.ref_id), i.document, min(i.document_date),
                           i.partner_id, sum(i.amount), max(i.due_date - i.document_date)
                      FROM bt_item i
                     WHERE i.source = 'history' AND i.kind = 'item' AND i.known
                       AND i.document_date BETWEEN %(start)s AND %(end)s
                     GROUP BY i.document, i.partner_id
                ) d;
                CREATE TEMP TABLE bt_doc_item ON COMMIT DROP AS
                SELECT DISTINCT d.id AS doc_id, 'invoice'::varchar AS source, i.ref_id
                  FROM bt_doc d
                  JOIN sale_order_line sol ON sol.order_id = d.ref_id
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
                  JOIN account_move_line l ON l.id = rel.invoice_line_id
                  JOIN account_move_line r ON r.move_id = l.move_id
                  JOIN bt_item i ON i.source = 'invoice' AND i.ref_id = r.id AND i.kind = 'item'
                 WHERE d.source = 'order'
                UNION ALL
                SELECT d.id, 'invoice', i.ref_id
                  FROM bt_doc d
                  JOIN account_move_line r ON r.move_id = d.ref_id
                  JOIN bt_item i ON i.source = 'invoice' AND i.ref_id = r.id AND i.kind = 'item'
                 WHERE d.source = 'invoice'
                UNION ALL
                SELECT d.id, 'history', i.ref_id
                  FROM bt_doc d
                  JOIN bt_item i ON i.source = 'history' AND i.document = d.document
                   AND i.partner_id = d.partner_id AND i.kind = 'item'
                 WHERE d.source = 'history';
                CREATE INDEX ON bt_doc (partner_id, date);
                CREATE INDEX ON bt_doc_item (doc_id);
                ANALYZE bt_doc; ANALYZE bt_doc_item;
                """,
                company=self.company_id.id,
                start=self.date_from,
                end=self.date_to,
            )
        )

    def _policies(self):
        return dict(zip(SIDES, (self.policy_id, self.other_policy_id), strict=True))

    def _load_grades(self):
        """The grade the rules of each policy give on the first of each month of the period."""
        self.env.cr.execute(
            "CREATE TEMP TABLE bt_grade (side varchar, month date, partner_id int, grade varchar)"
            " ON COMMIT DROP"
        )
        customers = self.env["logistics.customer"]
        for side, policy in self._policies().items():
            if not policy:
                continue
            asked = customers.with_context(logistics_backtest_policy=_Asked(policy))
            month = self.date_from.replace(day=1)
            while month <= self.date_to:
                self.env.cr.execute(
                    SQL(
                        "INSERT INTO bt_grade SELECT %s, %s::date, p.partner_id, p.raw_grade"
                        " FROM (%s) p WHERE p.raw_grade IS NOT NULL",
                        side,
                        month,
                        asked._payment_figures_sql(month, self.company_id, None),
                    )
                )
                month += relativedelta(months=1)
        self.env.cr.execute("CREATE INDEX ON bt_grade (partner_id, month, side); ANALYZE bt_grade")

    def _load_rules(self):
        """What each grade allows, by policy; NULL decides nothing, as at the confirmation."""
        self.env.cr.execute(
            """
            CREATE TEMP TABLE bt_rule (side varchar, grade varchar, stop boolean,
                hold_utilisation float8, hold_overdue_days float8, overdue_tolerance float8,
                hold_overdue_amount float8, order_amount_limit float8, terms_max_days float8)
            ON COMMIT DROP
            """
        )
        names = (
            "hold_utilisation",
            "hold_overdue_days",
            "overdue_tolerance",
            "hold_overdue_amount",
            "order_amount_limit",
            "terms_max_days",
        )
        rows = [
            SQL(
                "(%s, %s, %s, %s)",
                side,
                line.grade,
                line.stop or line.approval_needed,
                SQL(", ").join(
                    SQL("%s", None if line[name] is False else line[name]) for name in names
                ),
            )
            for side, policy in self._policies().items()
            for line in policy.grade_ids
        ]
        self.env.cr.execute(SQL("INSERT INTO bt_rule VALUES %s", SQL(", ").join(rows)))

    def _load_state(self):
        """Balance and overdue items of each document's customer the evening before its day."""
        self.env.cr.execute(
            """
            CREATE TEMP TABLE bt_balance ON COMMIT DROP AS
            SELECT id, balance FROM (
                SELECT m.id, m.is_doc, sum(m.amount) OVER (
                           PARTITION BY m.partner_id ORDER BY m.date, m.is_doc DESC
                           ROWS UNBOUNDED PRECEDING) AS balance
                  FROM (
                    SELECT partner_id, document_date AS date, amount, 0 AS is_doc,
                           NULL::bigint AS id
                      FROM bt_item
                    UNION ALL
                    SELECT partner_id, last_paid_date, -amount, 0, NULL::bigint
                      FROM bt_item WHERE source = 'history' AND last_paid_date IS NOT NULL
                    UNION ALL
                    SELECT partner_id, date, 0, 1, id FROM bt_doc
                  ) m
            ) b WHERE is_doc = 1;
            CREATE INDEX ON bt_balance (id);
            CREATE TEMP TABLE bt_overdue ON COMMIT DROP AS
            SELECT d.id, sum(i.amount - paid.amount) AS amount, min(i.due_date) AS oldest,
                   CASE WHEN bool_and(i.closed_on IS NOT NULL) THEN max(i.closed_on) END AS free_on
              FROM bt_doc d
              JOIN bt_item i ON i.partner_id = d.partner_id AND i.kind = 'item'
               AND i.due_date < d.date AND i.document_date < d.date
               AND (i.closed_on IS NULL OR i.closed_on >= d.date)
              JOIN LATERAL (
                   SELECT COALESCE(sum(s.amount), 0) AS amount FROM bt_settle s
                    WHERE s.source = i.source AND s.ref_id = i.ref_id AND s.date < d.date
                   ) paid ON i.amount - paid.amount > 0
             GROUP BY d.id;
            CREATE INDEX ON bt_overdue (id);
            ANALYZE bt_balance; ANALYZE bt_overdue;
            """
        )

    @api.model
    def _side_sql(self, side, alias):
        """Grade and reasons of one policy for the document ``d``, as a join."""
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT COALESCE(g.grade, 'N') AS grade, nullif(concat_ws(',',
                       CASE WHEN r.stop THEN 'grade' END,
                       CASE WHEN lim.amount IS NOT NULL AND r.hold_utilisation IS NOT NULL
                             AND b.balance + d.amount > lim.amount * r.hold_utilisation + 0.005
                            THEN 'limit' END,
                       CASE WHEN o.amount > COALESCE(r.overdue_tolerance, 0) + 0.005
                             AND d.date - o.oldest > r.hold_overdue_days
                            THEN 'oldest_overdue' END,
                       CASE WHEN o.amount > r.hold_overdue_amount + 0.005
                            THEN 'overdue_amount' END,
                       CASE WHEN d.amount > r.order_amount_limit + 0.005 THEN 'order_amount' END,
                       CASE WHEN d.terms_days > r.terms_max_days THEN 'terms' END), '') AS reasons
                  FROM (SELECT 1) one
                  LEFT JOIN bt_grade g ON g.side = %(side)s AND g.partner_id = d.partner_id
                   AND g.month = date_trunc('month', d.date)::date
                  JOIN bt_rule r ON r.side = %(side)s AND r.grade = COALESCE(g.grade, 'N')
            ) %(alias)s ON TRUE
            """,
            side=side,
            alias=SQL.identifier(alias),
        )

    def _insert_lines(self):
        today = fields.Date.context_today(self)
        law = self.env["logistics.legal.case"]._items_in_law_sql(today, self.company_id)
        self.env.cr.execute(
            SQL(
                """
                WITH fate AS (
                    SELECT di.doc_id,
                           bool_or(f.bad_open > 0 OR f.written_off > 0 OR f.law) AS bad,
                           bool_and(i.due_date + %(bad_days)s <= %(today)s
                                    OR i.closed_on IS NOT NULL) AS known,
                           sum(GREATEST(f.bad_open, f.written_off,
                               CASE WHEN f.law THEN f.left_open ELSE 0 END)) AS bad_amount
                      FROM bt_doc_item di
                      JOIN bt_item i ON i.source = di.source AND i.ref_id = di.ref_id
                      JOIN LATERAL (
                           SELECT CASE WHEN i.due_date + %(bad_days)s <= %(today)s
                                       THEN i.amount - COALESCE(sum(s.amount) FILTER (
                                            WHERE s.date <= i.due_date + %(bad_days)s
                                              AND NOT s.written_off), 0) ELSE 0 END AS bad_open,
                                  COALESCE(sum(s.amount) FILTER (WHERE s.written_off), 0)
                                      AS written_off,
                                  i.amount - COALESCE(sum(s.amount), 0) AS left_open,
                                  i.source = 'invoice' AND i.ref_id IN (
                                      SELECT w.line_id FROM %(law)s w) AS law
                             FROM bt_settle s
                            WHERE s.source = i.source AND s.ref_id = i.ref_id) f ON TRUE
                     GROUP BY di.doc_id
                )
                INSERT INTO logistics_credit_backtest_line
                       (backtest_id, company_id, customer_id, source, document, date, amount,
                        terms_days, exposure, limit_amount, limit_known, overdue_amount,
                        overdue_days, grade_a, reasons_a, held_a, delay_a, grade_b, reasons_b,
                        held_b, delay_b, outcome, bad_amount, create_uid, create_date)
                SELECT %(test)s, %(company)s, c.id, d.source, d.document, d.date,
                       round(d.amount::numeric, 2), d.terms_days, b.balance, lim.amount,
                       lim.known IS TRUE, COALESCE(o.amount, 0),
                       COALESCE(d.date - o.oldest, 0),
                       a.grade, a.reasons, a.reasons IS NOT NULL, %(delay_a)s,
                       b_.grade, b_.reasons, b_.reasons IS NOT NULL, %(delay_b)s,
                       CASE WHEN f.bad THEN 'bad' WHEN f.known THEN 'paid' ELSE 'open' END,
                       CASE WHEN f.bad THEN f.bad_amount ELSE 0 END,
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM bt_doc d
                  JOIN logistics_customer c
                    ON c.partner_id = d.partner_id AND c.company_id = %(company)s
                  LEFT JOIN bt_balance b ON b.id = d.id
                  LEFT JOIN bt_overdue o ON o.id = d.id
                  LEFT JOIN fate f ON f.doc_id = d.id
                  LEFT JOIN LATERAL (
                       SELECT CASE WHEN x.limit_type = 'amount' THEN x.amount + COALESCE((
                                  SELECT sum(ins.amount * ins.counted_percent / 100)
                                    FROM logistics_credit_limit ins
                                   WHERE ins.customer_id = c.id AND ins.kind = 'insurance'
                                     AND ins.state IN ('in_force', 'ended')
                                     AND ins.date_from <= d.date
                                     AND (ins.date_to IS NULL OR ins.date_to >= d.date)), 0)
                              END AS amount,
                              TRUE AS known
                         FROM logistics_credit_limit x
                        WHERE x.customer_id = c.id AND x.kind IN ('base', 'temporary')
                          AND x.state IN ('in_force', 'ended') AND x.date_from <= d.date
                          AND (x.date_to IS NULL OR x.date_to >= d.date)
                        ORDER BY x.kind = 'temporary' DESC, x.date_from DESC, x.id DESC
                        LIMIT 1) lim ON TRUE
                  %(side_a)s
                  %(side_b)s
                 ORDER BY d.date, d.id
                """,
                bad_days=self.bad_days,
                today=today,
                law=law,
                test=self.id,
                company=self.company_id.id,
                uid=self.env.uid,
                delay_a=self._delay_sql("a"),
                delay_b=self._delay_sql("b_"),
                side_a=self._side_sql("a", "a"),
                side_b=self._side_sql("b", "b_")
                if self.other_policy_id
                else SQL(
                    "LEFT JOIN (SELECT NULL::varchar AS grade, NULL::text AS reasons) b_ ON TRUE"
                ),
            )
        )

    @api.model
    def _delay_sql(self, side):
        """Days until what was overdue is settled; NULL when held for anything else as well."""
        return SQL(
            "CASE WHEN %(side)s.reasons IN ('oldest_overdue', 'overdue_amount',"
            " 'oldest_overdue,overdue_amount') THEN o.free_on - d.date END",
            side=SQL.identifier(side),
        )

    def _summarise(self):
        """Sum the lines up: one statement."""
        sums = []
        for side in SIDES:
            held, delay = SQL.identifier(f"held_{side}"), SQL.identifier(f"delay_{side}")
            sums.append(
                SQL(
                    """
                    count(*) FILTER (WHERE %(held)s),
                    COALESCE(sum(amount) FILTER (WHERE %(held)s), 0),
                    count(*) FILTER (WHERE %(held)s AND outcome = 'bad'),
                    COALESCE(sum(bad_amount) FILTER (WHERE %(held)s AND outcome = 'bad'), 0),
                    COALESCE(sum(bad_amount) FILTER (WHERE NOT %(held)s AND outcome = 'bad'), 0),
                    count(*) FILTER (WHERE %(held)s AND outcome = 'paid'),
                    COALESCE(sum(amount) FILTER (WHERE %(held)s AND outcome = 'paid'), 0),
                    sum(amount * %(delay)s) FILTER (WHERE %(held)s AND outcome = 'paid')
                        / NULLIF(sum(amount) FILTER (WHERE %(held)s AND outcome = 'paid'
                                                       AND %(delay)s IS NOT NULL), 0),
                    COALESCE(sum(amount) FILTER (WHERE %(held)s AND outcome = 'paid'
                                                   AND %(delay)s IS NULL), 0)
                    """,
                    held=held,
                    delay=delay,
                )
            )
        row = self.env.execute_query(
            SQL(
                """
                SELECT count(*), COALESCE(sum(amount), 0),
                       count(*) FILTER (WHERE outcome = 'bad'), COALESCE(sum(bad_amount), 0),
                       count(*) FILTER (WHERE outcome = 'open'),
                       count(*) FILTER (WHERE NOT limit_known), %s
                  FROM logistics_credit_backtest_line WHERE backtest_id = %s
                """,
                SQL(", ").join(sums),
                self.id,
            )
        )[0]
        names = [
            "total_count",
            "total_amount",
            "bad_count",
            "bad_amount",
            "open_count",
            "limit_unknown_count",
            *(f"{name}_{side}" for side in SIDES for name in MEASURES),
        ]
        values = {
            name: float(value) if "amount" in name or ("days" in name and value) else value
            for name, value in zip(names, row, strict=True)
        }
        self.write(values)
