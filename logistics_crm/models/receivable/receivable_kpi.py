# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary

_DAYS = {"readonly": True, "aggregator": "avg", "digits": (16, 1)}
_SHARE = {"readonly": True, "aggregator": "avg", "digits": (16, 4)}


class LogisticsReceivableKpi(models.Model):
    """How fast and how surely the money comes in: one row per company and month.

    Figures of the ledger as of the month's last day (today for the running month), company
    currency, sales with tax and less credit notes. What cannot be known stays empty. Past months
    can be computed at any time; a month that is locked keeps what was stored.
    """

    _name = "logistics.receivable.kpi"
    _description = "Receivable Key Figures"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
    _order = "month desc, company_id"
    _rec_name = "month"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    as_of = fields.Date(readonly=True, help="The figures are what was known on this day.")
    computed_at = fields.Datetime(readonly=True)
    receivable = fields.Monetary(
        readonly=True,
        aggregator="avg",
        help="Formula: balance of the receivable accounts on the last day.",
    )
    owed = fields.Monetary(
        string="Open Items",
        readonly=True,
        aggregator="avg",
        help="Formula: everything invoiced and open, unallocated payments not deducted.",
    )
    overdue = fields.Monetary(
        readonly=True,
        aggregator="avg",
        help="Formula: open items whose due date is before the last day.",
    )
    unallocated = fields.Monetary(
        readonly=True,
        aggregator="avg",
        help="Formula: open payments, deposits and credit notes (negative).",
    )
    credit_sales = fields.Monetary(
        readonly=True, help="Formula: invoices less credit notes of the month, tax included."
    )
    credit_sales_window = fields.Monetary(
        string="Sales of Three Months",
        readonly=True,
        aggregator="avg",
        help="Formula: invoices less credit notes of this month and the two before.",
    )
    window_days = fields.Integer(string="Days of Three Months", readonly=True, aggregator="avg")
    dso = KnownFloat(
        string="DSO",
        help="Formula: receivable / sales of three months x days of three months. Empty: no sales.",
        **_DAYS,
    )
    dso_countback = KnownFloat(
        string="DSO (Count-Back)",
        help="Formula: months' sales are subtracted from the receivable backwards; a full month "
        "counts its days, the last one its share. Empty: older than the sales of three years.",
        **_DAYS,
    )
    dso_best = KnownFloat(
        string="Best Possible DSO",
        help="Formula: (receivable - overdue) / sales of three months x days of three months.",
        **_DAYS,
    )
    days_delinquent = KnownFloat(
        string="Average Days Delinquent",
        help="Formula: DSO - best possible DSO = overdue / sales of three months x days.",
        **_DAYS,
    )
    days_late = KnownFloat(
        string="Weighted Days Late",
        help="Formula: sum of (paid amount x days after the due date) / sum of paid amounts, over "
        "the payments of the month; early is 0 days. Empty: nothing was paid.",
        **_DAYS,
    )
    collection_index = KnownFloat(
        string="Collection Effectiveness (CEI)",
        help="Formula: (receivable at begin + sales - receivable at end) / (receivable at begin + "
        "sales - receivable at end that is not overdue), of one month. Average the months for a "
        "longer period.",
        **_SHARE,
    )
    overdue_share = KnownFloat(
        help="Formula: overdue / open items. Empty: nothing is open.", **_SHARE
    )
    on_time_rate = KnownFloat(
        string="On-Time Payments",
        help="Formula: items due in the month that were settled by the due date plus the grace "
        "days / items due in the month, by number; those still within the grace days are left "
        "out. Empty: nothing fell due.",
        **_SHARE,
    )
    turnover = KnownFloat(
        string="Receivable Turnover",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Formula: sales of twelve months / average of the receivable at the ends of these "
        "months. Empty: the ledger is younger.",
    )
    promise_kept_rate = KnownFloat(
        string="Promises Kept",
        help="Formula: promises of payment kept / promises that came due in the month. Empty: "
        "none came due.",
        **_SHARE,
    )
    roll_0 = KnownFloat(
        string="Roll: Not Due to Overdue",
        help="Formula: of what was not due a month ago, the share that is open and overdue now.",
        **_SHARE,
    )
    roll_30 = KnownFloat(
        string="Roll: 1-30 to Older",
        help="Formula: of what was 1-30 days overdue a month ago, the share that is open in an "
        "older bucket now.",
        **_SHARE,
    )
    roll_60 = KnownFloat(
        string="Roll: 31-60 to Older",
        help="Formula: of what was 31-60 days overdue a month ago, the share that is open in an "
        "older bucket now.",
        **_SHARE,
    )
    roll_90 = KnownFloat(
        string="Roll: 61-90 to Older",
        help="Formula: of what was 61-90 days overdue a month ago, the share that is open in an "
        "older bucket now.",
        **_SHARE,
    )
    roll_120 = KnownFloat(
        string="Roll: 91-120 to Older",
        help="Formula: of what was 91-120 days overdue a month ago, the share that is open and "
        "more than 120 days overdue now.",
        **_SHARE,
    )
    expected_loss = KnownMonetary(
        readonly=True,
        aggregator="avg",
        help="Formula: sum of (amount of the bucket x its loss rate). The source of the rates "
        "stands beside it. Empty: neither is known.",
    )
    expected_loss_source = fields.Selection(
        [("rates", "Rates of the Buckets"), ("roll", "Own Roll Rates")],
        string="Loss Rates From",
        readonly=True,
        help="Rates of the Buckets: when the first set by days overdue has a rate in every bucket. "
        "Otherwise Own Roll Rates: the mean rates of the last twelve months multiplied up to "
        "more than 120 days, where all counts as lost.",
    )
    cost_of_credit = KnownMonetary(
        readonly=True,
        help="Formula: sum of the receivable of every day x cost of capital a year / 365. Empty: "
        "the cost of capital is not set.",
    )

    _company_month_uniq = models.UniqueIndex(
        "(company_id, month)", "The figures of this month are stored already."
    )

    @api.model
    def _month_end(self, month):
        """Return the last day of a month, or today when it is running."""
        end = month + relativedelta(day=31)
        return min(end, fields.Date.context_today(self))

    @api.model
    def _locked_until(self, company):
        """Return the day up to which a company's books are locked, or None.

        The fiscal year and the hard lock of the company and those above it.
        """
        days = [
            day
            for parent in company.sudo().parent_ids
            for day in (parent.fiscalyear_lock_date, parent.hard_lock_date)
            if day
        ]
        return max(days, default=None)

    @api.model
    def _check_unlocked(self, company, day, stored):
        """:raise UserError: when figures of a locked period are stored already"""
        locked = self._locked_until(company)
        if stored and locked and day <= locked:
            raise UserError(
                self.env._(
                    "%(day)s lies in a period of %(company)s that is locked until %(locked)s: the "
                    "figures stored for it stay. Compare them with today's ledger instead.",
                    day=day,
                    company=company.name,
                    locked=locked,
                )
            )

    @api.model
    def _store_month(self, company, month):
        """Compute the figures of a month as of its last day and store them.

        :param company: ``res.company``
        :param month: any day of the month
        :return: the row
        :raise UserError: for a month to come, or a locked month that is stored already
        """
        month = fields.Date.to_date(month).replace(day=1)
        self.env["logistics.receivable.report"]._check_day(month)
        row = self.sudo().search([("company_id", "=", company.id), ("month", "=", month)])
        self._check_unlocked(company, month + relativedelta(day=31), row)
        values = self._compute_month(company, month)
        if row:
            row.write(values)
        else:
            row = row.create({"company_id": company.id, "month": month, **values})
        return row

    @api.model
    def _cron_store_months(self):
        """Daily: the running month, and past months that were not stored, at most twelve."""
        today = fields.Date.context_today(self)
        this = today.replace(day=1)
        work = []
        for company, first in self._companies_with_ledger().items():
            known = {row.month: row.as_of for row in self.search([("company_id", "=", company.id)])}
            for back in range(12, -1, -1):
                month = this - relativedelta(months=back)
                complete = known.get(month) == month + relativedelta(day=31)
                if month + relativedelta(day=31) >= first and not complete:
                    work.append((company, month))
        self.env["ir.cron"]._commit_progress(remaining=len(work))
        for company, month in work:
            locked = self._locked_until(company)
            row = self.search_count([("company_id", "=", company.id), ("month", "=", month)])
            if not (row and locked and month + relativedelta(day=31) <= locked):
                self.with_company(company)._store_month(company, month)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _companies_with_ledger(self):
        """Return ``{company: day of its first receivable journal item}``, one query."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT aml.company_id, min(aml.date) FROM account_move_line aml
                  JOIN account_account aa ON aa.id = aml.account_id
                 WHERE aml.parent_state = 'posted' AND aa.account_type = 'asset_receivable'
                 GROUP BY 1 ORDER BY 1
                """
            )
        )
        return {self.env["res.company"].browse(company): day for company, day in rows}

    def action_refresh(self):
        """Compute these months again from what the books say now.

        :raise UserError: when one of them is locked
        """
        self.check_access("read")
        self.env["logistics.letter.batch"]._check_sender()
        for row in self:
            self.sudo()._store_month(row.company_id, row.month)
        return True

    def action_fill(self):
        """Store the last twelve months and the running one of the user's company, and open them."""
        self.env["logistics.letter.batch"]._check_sender()
        company = self.env.company
        this = fields.Date.context_today(self).replace(day=1)
        first = self._first_day(company)
        locked = self._locked_until(company)
        for back in range(12, -1, -1):
            month = this - relativedelta(months=back)
            end = month + relativedelta(day=31)
            if not first or end < first:
                continue
            stored = self.search_count([("company_id", "=", company.id), ("month", "=", month)])
            if not (stored and locked and end <= locked):
                self.sudo()._store_month(company, month)
        return self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_receivable_kpi")
