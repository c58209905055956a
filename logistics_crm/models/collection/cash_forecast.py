# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# A customer's own lateness is taken from at least so many paid items.
OWN_ITEMS = 3
EXPECTED_KINDS = [
    ("promise", "Promised"),
    ("due", "By Due Date and Lateness"),
    ("late", "Later Than Usual"),
    ("disputed", "Disputed"),
    ("legal", "Legal Case"),
]
RECEIVED_KINDS = [
    ("received", "Received on Forecast Items"),
    ("received_other", "Other Receipts"),
]


class LogisticsCashForecast(models.Model):
    """Expected receipts by week from what was open on a day, and what came in afterwards.

    Nothing dated after the day is looked at: not for the open items, the lateness, the promises,
    the disputes or the grades. What came in is shown beside it, as known today.
    """

    _name = "logistics.cash.forecast"
    _description = "Cash Forecast"
    _inherit = ["logistics.readonly.mixin"]
    _order = "as_of desc, id desc"

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    as_of = fields.Date(required=True, default=fields.Date.context_today)
    weeks = fields.Integer(
        default=13, required=True, aggregator=None, help="So many weeks are compared with receipts."
    )
    window_months = fields.Integer(
        string="Lateness Over (months)",
        default=12,
        required=True,
        aggregator=None,
        help="Lateness is the days between due date and payment, not less than 0, weighted with "
        "the amounts paid on items that fell due in so many months before the day.",
    )
    computed_on = fields.Datetime(readonly=True)
    line_ids = fields.One2many("logistics.cash.forecast.line", "forecast_id")
    expected_amount = fields.Monetary(
        string="Expected", compute="_compute_totals", help="In the weeks of the forecast."
    )
    promised_amount = fields.Monetary(string="Of Which Promised", compute="_compute_totals")
    apart_amount = fields.Monetary(
        string="Disputed or Legal",
        compute="_compute_totals",
        help="Open, but not expected in any week.",
    )
    later_amount = fields.Monetary(
        string="Expected Later", compute="_compute_totals", help="After the weeks of the forecast."
    )
    received_amount = fields.Monetary(
        string="Received",
        compute="_compute_totals",
        help="Payments since the day, on items that were open on the day.",
    )
    received_other_amount = fields.Monetary(
        string="Other Receipts",
        compute="_compute_totals",
        help="Payments since the day on later invoices, or not allocated yet. No forecast of "
        "open items can hold them.",
    )

    _weeks_sane = models.Constraint(
        "CHECK (weeks BETWEEN 1 AND 104 AND window_months BETWEEN 1 AND 60)",
        "A forecast is for 1 to 104 weeks, with lateness over 1 to 60 months.",
    )

    @api.depends("as_of", "weeks")
    def _compute_name(self):
        for forecast in self:
            forecast.name = self.env._(
                "%(day)s, %(weeks)d weeks", day=forecast.as_of, weeks=forecast.weeks
            )

    @api.depends("line_ids.expected", "line_ids.received", "weeks", "as_of")
    def _compute_totals(self):
        names = ("expected", "promised", "apart", "later", "received", "received_other")
        for forecast in self:
            totals = dict.fromkeys(names, 0.0)
            end = forecast._end()
            for kind, week, expected, received in self.env[
                "logistics.cash.forecast.line"
            ]._read_group(
                [("forecast_id", "=", forecast._origin.id)],
                ["kind", "week:day"],
                ["expected:sum", "received:sum"],
            ):
                if kind in ("disputed", "legal"):
                    totals["apart"] += expected or 0.0
                elif kind in ("received", "received_other"):
                    totals[kind] += received or 0.0
                elif week and week <= end:
                    totals["expected"] += expected or 0.0
                    totals["promised"] += (expected or 0.0) if kind == "promise" else 0.0
                else:
                    totals["later"] += expected or 0.0
            for name, value in totals.items():
                forecast[f"{name}_amount"] = value

    @api.constrains("as_of")
    def _check_as_of(self):
        for forecast in self:
            if forecast.as_of > fields.Date.context_today(self):
                raise UserError(
                    self.env._(
                        "%s lies in the future: nobody knows yet what will be open then.",
                        forecast.as_of,
                    )
                )

    def _end(self):
        return (self.as_of or fields.Date.today()) + timedelta(weeks=self.weeks or 0)

    # ------------------------------------------------------------------ actions
    def action_compute(self):
        """Compute the forecast anew, and compare it with what came in.

        :raise AccessError: for anybody but credit controllers and managers
        """
        self._check_reader()
        for forecast in self.sudo():
            forecast.line_ids.unlink()
            forecast._insert_expected()
            forecast._insert_received()
            forecast.computed_on = fields.Datetime.now()
        self.invalidate_recordset()
        self.env["logistics.cash.forecast.line"].invalidate_model()
        return True

    def action_open_lines(self):
        """Open the forecast by week, as a graph, a pivot and a list."""
        self.ensure_one()
        if not self.computed_on:
            self.action_compute()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_cash_forecast_line"
        )
        action["domain"] = [("forecast_id", "=", self.id)]
        action["name"] = self.env._("Cash Forecast %s", self.name)
        return action

    def _check_reader(self):
        if not (
            self.env.su
            or self.env.user.has_group("logistics_crm.group_credit_controller")
            or self.env.user.has_group("logistics_crm.group_manager")
        ):
            raise AccessError(
                self.env._("Only credit controllers and managers work with the cash forecast.")
            )
        self.check_access("write")

    # ------------------------------------------------------------------ computing
    def _promises_sql(self):
        """Open promises of the day: ``partner_id, day, amount`` (company currency, what is
        still missing), and the ids of the items they name.
        """
        promises = (
            self.env["logistics.payment.promise"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("date_made", "<=", self.as_of),
                    ("date_deadline", ">=", self.as_of),
                ]
            )
        )
        judged = promises._judge_on(self.as_of) if promises else {}
        rows, items = [], []
        for promise in promises.sorted(lambda p: (p.date_promised, p.id)):
            row = judged.get(promise.id)
            if not row or row["state"] != "open":
                continue
            left = promise.currency_id._convert(
                promise.amount - row["kept"],
                self.company_id.currency_id,
                self.company_id,
                self.as_of,
            )
            day = max(promise.date_promised, self.as_of + timedelta(days=1))
            rows.append(
                SQL("(%s, %s, %s::date, %s::numeric)", promise.id, promise.partner_id.id, day, left)
            )
            items += promise.item_ids.ids
        if not rows:
            rows = [SQL("(0, 0, NULL::date, 0::numeric)")]
        return SQL(", ").join(rows), items

    def _insert_expected(self):
        """One INSERT of what is expected, from the items open on the day."""
        promises, named = self._promises_sql()
        as_of, company = self.as_of, self.company_id
        facts = self.env["logistics.settlement.facts"]
        window_from = as_of - relativedelta(months=self.window_months)
        current = as_of >= fields.Date.context_today(self)
        self.env.cr.execute(
            SQL(
                """
                WITH open_item AS MATERIALIZED (SELECT * FROM %(open_items)s AS x),
                paid AS (
                    SELECT i.partner_id, sum(i.weighted_days_late) AS weighted,
                           sum(i.paid_amount) AS paid, count(*) AS items
                      FROM %(items)s AS i
                     WHERE i.kind = 'item' AND i.paid_amount > 0
                       AND i.due_date > %(window_from)s AND i.due_date <= %(as_of)s
                     GROUP BY i.partner_id
                ),
                customer AS (
                    SELECT c.id, c.partner_id, p.weighted, p.paid, p.items,
                           COALESCE(%(current)s, rv.grade) AS grade
                      FROM logistics_customer c
                      LEFT JOIN paid p ON p.partner_id = c.partner_id
                      LEFT JOIN LATERAL (
                           SELECT r.grade FROM logistics_credit_review r
                            WHERE r.customer_id = c.id AND r.as_of <= %(as_of)s
                            ORDER BY r.as_of DESC LIMIT 1) rv ON TRUE
                     WHERE c.company_id = %(company)s
                ),
                by_grade AS (
                    SELECT grade, sum(weighted) / NULLIF(sum(paid), 0) AS days
                      FROM customer WHERE grade IS NOT NULL GROUP BY grade
                ),
                overall AS (SELECT sum(weighted) / NULLIF(sum(paid), 0) AS days FROM customer),
                late AS (
                    SELECT c.id AS customer_id, c.partner_id,
                           CASE WHEN c.items >= %(own_items)s THEN c.weighted / c.paid
                                ELSE COALESCE(g.days, o.days, 0) END AS days,
                           CASE WHEN c.items >= %(own_items)s THEN 'own'
                                WHEN g.days IS NOT NULL THEN 'grade'
                                WHEN o.days IS NOT NULL THEN 'company' ELSE 'none' END AS basis
                      FROM customer c
                      LEFT JOIN by_grade g ON g.grade = c.grade
                     CROSS JOIN overall o
                ),
                promised (promise_id, partner_id, day, amount) AS (VALUES %(promises)s),
                total AS (
                    SELECT partner_id,
                           COALESCE(sum(open_amount) FILTER (
                               WHERE treat IN ('collect', 'excluded')), 0) AS gross,
                           COALESCE(-sum(open_amount) FILTER (WHERE treat = 'credit'), 0)
                               AS credits
                      FROM open_item GROUP BY partner_id
                ),
                word AS (
                    -- Nobody promises more than is owed: the rest of a promise is no forecast.
                    SELECT p.partner_id, p.day,
                           LEAST(p.amount, GREATEST(0, t.gross - t.credits
                               - (sum(p.amount) OVER w - p.amount))) AS amount
                      FROM promised p JOIN total t ON t.partner_id = p.partner_id
                    WINDOW w AS (PARTITION BY p.partner_id ORDER BY p.day, p.promise_id)
                ),
                spoken AS (SELECT partner_id, sum(amount) AS amount FROM word GROUP BY partner_id),
                rest AS (
                    -- Credits and promises take up the items a promise names, then the oldest.
                    SELECT i.partner_id, i.due_date,
                           LEAST(i.open_amount, GREATEST(0,
                               sum(i.open_amount) OVER w - t.credits - COALESCE(s.amount, 0)))
                               AS amount
                      FROM open_item i
                      JOIN total t ON t.partner_id = i.partner_id
                      LEFT JOIN spoken s ON s.partner_id = i.partner_id
                     WHERE i.treat IN ('collect', 'excluded')
                    WINDOW w AS (PARTITION BY i.partner_id
                                 ORDER BY (i.source = 'invoice' AND i.ref_id = ANY(%(named)s)) DESC,
                                          i.due_date, i.source, i.ref_id)
                ),
                expected AS (
                    SELECT w.partner_id, 'promise' AS kind, w.day, w.amount
                      FROM word w WHERE w.amount > 0
                    UNION ALL
                    SELECT r.partner_id,
                           CASE WHEN r.due_date + round(l.days)::int <= %(as_of)s THEN 'late'
                                ELSE 'due' END,
                           CASE WHEN r.due_date + round(l.days)::int <= %(as_of)s
                                THEN %(as_of)s::date + GREATEST(7, round(l.days)::int)
                                ELSE r.due_date + round(l.days)::int END,
                           r.amount
                      FROM rest r JOIN late l ON l.partner_id = r.partner_id
                     WHERE r.amount > 0
                    UNION ALL
                    SELECT i.partner_id, i.treat, NULL, i.open_amount
                      FROM open_item i WHERE i.treat IN ('disputed', 'legal')
                )
                INSERT INTO logistics_cash_forecast_line
                       (forecast_id, company_id, customer_id, user_id, kind, basis, days_late, week,
                        expected, create_uid, create_date)
                SELECT %(forecast)s, %(company)s, l.customer_id, max(c.user_id), e.kind,
                       CASE WHEN e.kind IN ('due', 'late') THEN l.basis END,
                       CASE WHEN e.kind IN ('due', 'late') THEN l.days END,
                       date_trunc('week', e.day)::date, sum(e.amount), %(uid)s,
                       now() AT TIME ZONE 'UTC'
                  FROM expected e
                  JOIN late l ON l.partner_id = e.partner_id
                  JOIN logistics_customer c ON c.id = l.customer_id
                 GROUP BY l.customer_id, l.basis, l.days, e.kind, date_trunc('week', e.day)
                """,
                open_items=self.env["logistics.collection.case"]._collect_items_sql(as_of, company),
                items=facts._items_sql(as_of, company=company, due_from=window_from),
                window_from=window_from,
                as_of=as_of,
                current=SQL("c.credit_grade_code") if current else SQL("NULL::varchar"),
                company=company.id,
                own_items=OWN_ITEMS,
                promises=promises,
                named=named,
                forecast=self.id,
                uid=self.env.uid,
            )
        )

    def _insert_received(self):
        """One INSERT of what came in since the day, up to the end of the forecast or today."""
        end = min(self._end(), fields.Date.context_today(self))
        if end <= self.as_of:
            return
        items = self.env["logistics.settlement.facts"]._items_sql(end, company=self.company_id)
        self.env.cr.execute(
            SQL(
                """
                WITH money AS (
                    SELECT rp.commercial_partner_id AS partner_id, p.date, -p.balance AS amount,
                           COALESCE((
                               SELECT sum(r.amount)
                                 FROM account_partial_reconcile r
                                 JOIN account_move_line d ON d.id = r.debit_move_id
                                 JOIN account_journal dj ON dj.id = d.journal_id
                                WHERE r.credit_move_id = p.id AND r.max_date <= %(end)s
                                  AND d.date <= %(as_of)s
                                  AND dj.type NOT IN ('bank', 'cash', 'credit')), 0) AS forecast,
                           COALESCE((
                               SELECT sum(r.amount)
                                 FROM account_partial_reconcile r
                                 JOIN account_move_line d ON d.id = r.debit_move_id
                                 JOIN account_journal dj ON dj.id = d.journal_id
                                WHERE r.credit_move_id = p.id AND r.max_date <= %(end)s
                                  AND dj.type IN ('bank', 'cash', 'credit')), 0) AS returned
                      FROM account_move_line p
                      JOIN account_account aa ON aa.id = p.account_id
                      JOIN account_journal j ON j.id = p.journal_id
                      JOIN res_partner rp ON rp.id = p.partner_id
                     WHERE aa.account_type = 'asset_receivable' AND p.parent_state = 'posted'
                       AND p.balance < 0 AND j.type IN ('bank', 'cash', 'credit')
                       AND p.company_id = %(company)s
                       AND p.date > %(as_of)s AND p.date <= %(end)s
                ),
                came AS (
                    SELECT partner_id, date, 'received' AS kind, LEAST(amount, forecast) AS amount
                      FROM money
                    UNION ALL
                    SELECT partner_id, date, 'received_other',
                           amount - returned - LEAST(amount, forecast)
                      FROM money
                    UNION ALL
                    SELECT i.partner_id, i.last_paid_date,
                           CASE WHEN i.document_date <= %(as_of)s THEN 'received'
                                ELSE 'received_other' END,
                           i.paid_amount
                      FROM %(items)s AS i
                     WHERE i.source = 'history' AND i.kind = 'item'
                       AND i.last_paid_date > %(as_of)s
                )
                INSERT INTO logistics_cash_forecast_line
                       (forecast_id, company_id, customer_id, user_id, kind, week, received,
                        create_uid, create_date)
                SELECT %(forecast)s, %(company)s, c.id, max(c.user_id), m.kind,
                       date_trunc('week', m.date)::date, sum(m.amount), %(uid)s,
                       now() AT TIME ZONE 'UTC'
                  FROM came m
                  JOIN logistics_customer c
                    ON c.partner_id = m.partner_id AND c.company_id = %(company)s
                 WHERE m.amount <> 0
                 GROUP BY c.id, m.kind, date_trunc('week', m.date)
                """,
                end=end,
                as_of=self.as_of,
                company=self.company_id.id,
                items=items,
                forecast=self.id,
                uid=self.env.uid,
            )
        )


class LogisticsCashForecastLine(models.Model):
    """What is expected from one customer in one week, or came in."""

    _name = "logistics.cash.forecast.line"
    _description = "Cash Forecast Line"
    _inherit = ["logistics.readonly.mixin"]
    _order = "week, customer_id, id"

    forecast_id = fields.Many2one(
        "logistics.cash.forecast", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(
        "logistics.customer", readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    kind = fields.Selection([*EXPECTED_KINDS, *RECEIVED_KINDS], readonly=True, index=True)
    basis = fields.Selection(
        [
            ("own", "Own Lateness"),
            ("grade", "Lateness of the Grade"),
            ("company", "Lateness of All Customers"),
            ("none", "Due Date Alone"),
        ],
        string="Lateness Of",
        readonly=True,
        help="Own: at least three items paid in the window. Otherwise the customers of the same "
        "credit grade, or all of them.",
    )
    days_late = fields.Float(readonly=True, aggregator="avg", digits=(16, 1))
    week = fields.Date(
        readonly=True, help="Its Monday. Empty: disputed or in a legal case, not expected."
    )
    expected = fields.Monetary(readonly=True)
    received = fields.Monetary(readonly=True)
