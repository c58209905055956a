# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary

LEDGER_GROUPS = "logistics_crm.group_credit_controller,logistics_crm.group_manager"


class LogisticsCustomer(models.Model):
    """The figures snapshot of an account, and how it is refreshed for all accounts at once."""

    _inherit = "logistics.customer"

    figures_as_of = fields.Date(
        readonly=True,
        help="The figures of this account are what was known on this day.",
    )
    first_trade_date = fields.Date(string="Trading Since", readonly=True, index=True)
    last_trade_date = fields.Date(string="Last Trade", readonly=True, index=True)
    trade_days_12m = fields.Integer(
        string="Trade Days (12 m)",
        readonly=True,
        help="Days with at least one invoiced or recorded trade in the last twelve months.",
    )
    order_interval_days = KnownFloat(
        string="Order Rhythm (days)",
        readonly=True,
        aggregator="avg",
        help="Mean number of days between two trade days since the first. Empty: fewer than two.",
    )
    quantity_12m = KnownFloat(
        string="Quantity (12 m)",
        readonly=True,
        help="In the unit of each product. Empty: traded, but no quantity is known.",
    )
    revenue_12m = KnownMonetary(
        string="Revenue (12 m)",
        readonly=True,
        help="Untaxed, less credit notes, last twelve months, company currency. Empty: traded, "
        "but no amount is known.",
    )
    margin_12m = KnownMonetary(
        string="Margin (12 m)",
        readonly=True,
        help="Revenue less the cost frozen on the order lines, only over lines whose cost is "
        "known. Empty: no cost is known.",
    )
    cost_coverage_12m = KnownFloat(
        string="Cost Coverage (12 m)",
        readonly=True,
        aggregator="avg",
        help="Share of the known revenue whose cost is known.",
    )
    on_time_rate = KnownFloat(
        string="On-Time Deliveries",
        readonly=True,
        aggregator="avg",
        help="Share of the deliveries of the last twelve months that arrived on or before the "
        "promised day; only those with both dates. Empty: none has both.",
    )
    invoice_count_due = fields.Integer(
        string="Items Due (12 m)",
        readonly=True,
        help="Invoices, instalments and old documents that fell due in the last twelve months.",
    )
    late_share = KnownFloat(
        string="Late Share",
        readonly=True,
        aggregator="avg",
        help="Share of the items due that were paid after the due date and the grace days, or "
        "are still open after them. Empty: nothing fell due.",
    )
    average_days_late = KnownFloat(
        readonly=True,
        aggregator="avg",
        help="Days between due date and payment of the items due, not less than 0, weighted with "
        "the amounts paid. Empty: nothing was paid.",
    )
    open_amount = KnownMonetary(
        readonly=True,
        groups=LEDGER_GROUPS,
        help="Receivable balance, unallocated payments and credit notes deducted. Empty: traded, "
        "but nothing is known of what was due and paid, or of no open item the amount.",
    )
    overdue_amount = KnownMonetary(
        string="Overdue",
        readonly=True,
        groups=LEDGER_GROUPS,
        help="Open amount of items whose due date has passed. Due today is not overdue. Empty: "
        "something is overdue, but no amount is known, or nothing is known of what was due.",
    )
    churn_risk = KnownFloat(
        readonly=True,
        aggregator="avg",
        digits=(5, 4),
        help="The share of the company's trading customers who are safer: 0 the safest, 100 % the "
        "most likely to stop buying. From silence, frequency, value, tenure and own rhythm. It "
        "is a rank, not a probability. Empty: never traded.",
    )

    def _refresh_figures(self, as_of=None, company=None):
        """Refresh the figures of accounts from what was known on a day, set-based.

        On an empty recordset all accounts are refreshed, and missing ones opened first;
        otherwise only these. One statement updates the figures, one more each axis: their number
        does not grow with customers or documents. Archived accounts are included.

        :param as_of: date, or ISO text; today when omitted. Nothing dated later is looked at.
        :param company: limit to this ``res.company``
        :return: the number of accounts refreshed
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        if not self:
            self._ensure_accounts(company=company)
        self.env.flush_all()
        partner_ids = self.partner_id.ids if self else None
        scope = SQL("TRUE")
        if self:
            scope = SQL("%s AND c.id IN %s", scope, tuple(self.ids))
        if company:
            scope = SQL("%s AND c.company_id = %s", scope, company.id)
        self.env["logistics.rhythm"]._ensure(as_of, company or self.company_id, renew=not self)
        self._plan_in_bulk()
        count = len(
            self.env.execute_query(self._figures_update_sql(as_of, company, partner_ids, scope))
        )
        self._refresh_further(as_of, company or self.company_id)
        self.invalidate_model()
        return count

    @api.model
    def _cron_refresh_figures(self):
        """Nightly: refresh company by company, each in its own transaction.

        A company that is done today stays done when the job is killed, and is not done again
        when it goes on.
        """
        self._ensure_accounts()
        today = fields.Date.context_today(self)
        waiting = self.with_context(active_test=False)._read_group(
            ["|", ("figures_as_of", "=", False), ("figures_as_of", "!=", today)], ["company_id"]
        )
        companies = self.env["res.company"].union(*(company for (company,) in waiting))
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self.with_company(company)._refresh_figures(company=company)
            self._record_grade_changes(today, company)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def action_refresh_figures(self):
        """Refresh the figures of these accounts now, from today's documents.

        :raise AccessError: for a user who may not read the accounts
        """
        self.check_access("read")
        if self:
            self.sudo()._refresh_figures()

    @api.model
    def _figures_update_sql(self, as_of, company, partner_ids, scope):
        year_ago = as_of - relativedelta(years=1)
        return SQL(
            """
            WITH day AS MATERIALIZED (%(days)s),
            pause AS MATERIALIZED (
                SELECT d.company_id, d.partner_id, d.date,
                       d.date - lag(d.date) OVER (PARTITION BY d.company_id, d.partner_id
                                                  ORDER BY d.date) AS pause
                  FROM day d
                 WHERE d.traded
            ),
            gap AS (
                SELECT p.company_id, p.partner_id,
                       max(p.date) FILTER (WHERE p.pause > %(lost_base)s) AS resumed_on,
                       max(p.pause) AS longest_pause_days
                  FROM pause p
                  JOIN res_company co ON co.id = p.company_id
                  LEFT JOIN logistics_rhythm rh
                         ON rh.company_id = p.company_id AND rh.as_of = %(as_of)s
                 GROUP BY p.company_id, p.partner_id
            ),
            rhythm AS (%(rhythm)s),
            trade AS (
                SELECT o.*, g.longest_pause_days
                  FROM (%(trade)s) o
                  LEFT JOIN gap g ON g.partner_id = o.partner_id AND g.company_id = o.company_id
            ),
            pay AS (%(pay)s)
            UPDATE logistics_customer c
               SET figures_as_of = %(as_of)s,
                   first_trade_date = t.first_trade_date,
                   last_trade_date = t.last_trade_date,
                   trade_days_12m = COALESCE(t.trade_days_12m, 0),
                   order_interval_days = t.order_interval_days,
                   trade_days_total = COALESCE(t.trade_days_total, 0),
                   longest_pause_days = t.longest_pause_days,
                   amount_per_trade_day = t.amount_per_trade_day,
                   margin_to_date = CASE WHEN t.partner_id IS NULL THEN 0 ELSE t.margin_total END,
                   quantity_12m = CASE WHEN COALESCE(t.lines_12m, 0) = 0 THEN 0
                                       ELSE t.quantity_12m END,
                   revenue_12m = CASE WHEN COALESCE(t.lines_12m, 0) = 0 THEN 0
                                      ELSE t.revenue_12m END,
                   margin_12m = CASE WHEN COALESCE(t.lines_12m, 0) = 0 THEN 0
                                     ELSE t.margin_12m END,
                   cost_coverage_12m = t.covered_12m / NULLIF(t.gross_12m, 0),
                   on_time_rate = t.on_time::float8 / NULLIF(t.delivered, 0),
                   invoice_count_due = COALESCE(p.due_count, 0),
                   late_share = p.late_count::float8 / NULLIF(p.due_count, 0),
                   average_days_late = p.average_days_late,
                   open_amount = CASE WHEN p.open_unknown THEN NULL
                                      WHEN p.partner_id IS NOT NULL
                                      THEN COALESCE(p.open_amount, 0)
                                      WHEN t.partner_id IS NULL THEN 0 END,
                   overdue_amount = CASE WHEN p.overdue_unknown THEN NULL
                                         WHEN p.partner_id IS NOT NULL
                                         THEN COALESCE(p.overdue_amount, 0)
                                         WHEN t.partner_id IS NULL THEN 0 END,
                   lifecycle_stage = %(stage)s,
                   %(next_order)s,
                   %(grade)s
              FROM logistics_customer x
              JOIN res_company co ON co.id = x.company_id
              %(rhythm_join)s
              LEFT JOIN trade t ON t.partner_id = x.partner_id AND t.company_id = x.company_id
              LEFT JOIN gap g ON g.partner_id = x.partner_id AND g.company_id = x.company_id
              LEFT JOIN rhythm r ON r.partner_id = x.partner_id AND r.company_id = x.company_id
              LEFT JOIN pay p ON p.partner_id = x.partner_id AND p.company_id = x.company_id
              %(grade_joins)s
             WHERE x.id = c.id AND %(scope)s
         RETURNING c.id
            """,
            days=self._trade_days_sql(as_of, year_ago, company, partner_ids),
            trade=self._trade_figures_sql(year_ago),
            pay=self._payment_figures_sql(as_of, company, partner_ids),
            stage=self._lifecycle_sql(as_of),
            lost_base=self._lost_base_sql(),
            rhythm_join=self._rhythm_join_sql(as_of),
            rhythm=self._rhythm_sql(as_of),
            next_order=self._next_order_columns_sql(),
            grade=self._grade_columns_sql(as_of),
            grade_joins=self._grade_joins_sql(as_of),
            as_of=as_of,
            scope=scope,
        )

    @api.model
    def _trade_days_sql(self, as_of, year_ago, company, partner_ids):
        """Trading facts per customer and day; the only place where the figures read them."""
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=company, date_to=as_of, partner_ids=partner_ids
        )
        return SQL(
            """
            SELECT f.company_id, f.partner_id, f.date, count(*) AS lines,
                   bool_or(COALESCE(f.amount, f.quantity, 0) >= 0) AS traded,
                   sum(f.quantity) AS quantity, sum(f.amount) AS amount,
                   sum(abs(f.amount)) AS gross,
                   sum(abs(f.amount)) FILTER (WHERE f.cost IS NOT NULL) AS covered,
                   sum(f.amount - f.cost) AS margin,
                   count(*) FILTER (WHERE f.delivered_date <= f.promised_date) AS on_time,
                   count(*) FILTER (WHERE f.delivered_date IS NOT NULL
                                      AND f.promised_date IS NOT NULL) AS delivered
              FROM %s AS f
             GROUP BY f.company_id, f.partner_id, f.date
            """,
            facts,
        )

    @api.model
    def _trade_figures_sql(self, year_ago):
        return SQL(
            """
            SELECT d.company_id, d.partner_id,
                   min(d.date) FILTER (WHERE d.traded) AS first_trade_date,
                   max(d.date) FILTER (WHERE d.traded) AS last_trade_date,
                   count(*) FILTER (WHERE d.traded AND %(recent)s) AS trade_days_12m,
                   (max(d.date) FILTER (WHERE d.traded) - min(d.date) FILTER (WHERE d.traded))
                       ::float8 / NULLIF(count(*) FILTER (WHERE d.traded) - 1, 0)
                       AS order_interval_days,
                   count(*) FILTER (WHERE d.traded) AS trade_days_total,
                   (sum(d.amount) / NULLIF(count(d.amount) FILTER (WHERE d.traded), 0))::float8
                       AS amount_per_trade_day,
                   sum(d.margin) AS margin_total,
                   sum(d.lines) FILTER (WHERE %(recent)s) AS lines_12m,
                   sum(d.quantity) FILTER (WHERE %(recent)s) AS quantity_12m,
                   sum(d.amount) FILTER (WHERE %(recent)s) AS revenue_12m,
                   sum(d.margin) FILTER (WHERE %(recent)s) AS margin_12m,
                   sum(d.gross) FILTER (WHERE %(recent)s) AS gross_12m,
                   COALESCE(sum(d.covered) FILTER (WHERE %(recent)s), 0) AS covered_12m,
                   sum(d.on_time) FILTER (WHERE %(recent)s) AS on_time,
                   sum(d.delivered) FILTER (WHERE %(recent)s) AS delivered
              FROM day d
             GROUP BY d.company_id, d.partner_id
            """,
            recent=SQL("d.date > %s", year_ago),
        )

    @api.model
    def _payment_figures_sql(self, as_of, company, partner_ids):
        """Payment figures per customer: one pass over the settlement items for everything.

        Items count as due inside the window of the company's credit policy, and as late after
        its grace days; ``pol`` is that policy. What only the grade rules need (oldest overdue
        item, overdue beyond the grace days, amount due) comes out of the same pass.
        """
        items = self.env["logistics.settlement.facts"]._items_sql(
            as_of, company=company, partner_ids=partner_ids
        )
        return SQL(
            """
            SELECT i.company_id, i.partner_id,
                   count(*) FILTER (WHERE i.due) AS due_count,
                   count(*) FILTER (WHERE i.due AND i.late) AS late_count,
                   COALESCE(
                       sum(i.weighted_days_late) FILTER (WHERE i.due)
                       / NULLIF(sum(i.paid_amount) FILTER (WHERE i.due), 0),
                       avg(GREATEST(0, i.last_paid_date - i.due_date))
                           FILTER (WHERE i.due AND i.amount IS NULL
                                     AND i.last_paid_date IS NOT NULL)
                   )::float8 AS average_days_late,
                   sum(i.amount) FILTER (WHERE i.due) AS due_amount,
                   count(i.amount) FILTER (WHERE i.due) AS due_known,
                   sum(i.open_amount) AS open_amount,
                   bool_and(i.open_amount IS NULL) FILTER (WHERE i.is_open) AS open_unknown,
                   sum(i.open_amount) FILTER (WHERE i.overdue) AS overdue_amount,
                   bool_and(i.open_amount IS NULL) FILTER (WHERE i.is_open AND i.overdue)
                       AS overdue_unknown,
                   sum(i.open_amount) FILTER (WHERE i.overdue_late) AS overdue_late_amount,
                   max(%(as_of)s::date - i.due_date) FILTER (WHERE i.overdue_late)
                       AS overdue_oldest_days
              FROM (
                -- each condition once for an item, not once for each figure
                SELECT i.*, %(due)s AS due, %(late)s AS late, %(overdue)s AS overdue,
                       %(overdue_late)s AS overdue_late
                  FROM %(items)s AS i
                  JOIN %(policy)s AS pol ON pol.company_id = i.company_id
                OFFSET 0) i
             GROUP BY i.company_id, i.partner_id
            """,
            due=SQL("i.kind = 'item' AND i.due_date > pol.window_from AND i.due_date <= %s", as_of),
            late=SQL(
                "(i.is_open AND i.due_date + pol.grace_days < %s"
                " OR i.last_paid_date > i.due_date + pol.grace_days)",
                as_of,
            ),
            overdue=SQL("i.kind <> 'credit' AND i.due_date < %s", as_of),
            overdue_late=SQL(
                "i.is_open AND i.kind <> 'credit' AND i.due_date + pol.grace_days < %s", as_of
            ),
            policy=self._grading_policy_sql(as_of, company),
            items=items,
            as_of=as_of,
        )
