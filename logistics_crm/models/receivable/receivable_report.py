# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .ageing_bucket import BASES, BASIS_HELP

COLUMNS = ("not_due", "b1_30", "b31_60", "b61_90", "b91_120", "b120_plus", "unallocated", "total")
# last day of each column of days overdue; the column after has no last day
LAST_DAYS = (("not_due", 0), ("b1_30", 30), ("b31_60", 60), ("b61_90", 90), ("b91_120", 120))


class LogisticsReceivableReport(models.Model):
    """Aged receivables of one company as of one day: a run whose items stay as they were found.

    A run stores its open items with one statement: lists, pivots and graphs of a hundred thousand
    items group on plain columns, everybody with a right to the run sees the same, and the total
    is checked against the ledger in the same transaction. Runs that are not kept are removed
    after a month.
    """

    _name = "logistics.receivable.report"
    _description = "Aged Receivables"
    _inherit = ["logistics.readonly.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    as_of = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="What was open on this day, as the books say now. It cannot lie in the future.",
    )
    basis = fields.Selection(BASES, required=True, default="due", help=BASIS_HELP)
    bucket_set_id = fields.Many2one(
        "logistics.ageing.bucket.set",
        string="Buckets",
        required=True,
        default=lambda self: self._default_bucket_set(),
        domain="[('company_id', 'in', (False, company_id))]",
        ondelete="restrict",
    )
    customer_id = fields.Many2one(
        "logistics.customer",
        string="Only This Customer",
        domain="[('company_id', '=', company_id)]",
        ondelete="cascade",
        index="btree_not_null",
    )
    kept = fields.Boolean(
        string="Keep",
        help="A run that is not kept is removed after a month.",
    )
    computed_at = fields.Datetime(readonly=True, copy=False)
    line_ids = fields.One2many("logistics.receivable.report.line", "report_id", copy=False)
    total_ids = fields.One2many(
        "logistics.receivable.report.total", "report_id", string="Totals", copy=False
    )
    difference_ids = fields.One2many(
        "logistics.receivable.report.difference",
        "report_id",
        string="Differences",
        copy=False,
    )
    total = fields.Monetary(
        readonly=True,
        copy=False,
        help="Sum of all items of the ledger, unallocated payments and credit notes deducted.",
    )
    ledger_balance = fields.Monetary(
        readonly=True,
        copy=False,
        help="Balance of the receivable accounts on that day, from the journal items alone.",
    )
    difference = fields.Monetary(readonly=True, copy=False)
    reconciled = fields.Boolean(
        string="Equals the Ledger",
        readonly=True,
        copy=False,
        help="For every account and customer the items add up to the balance of the ledger.",
    )
    overdue = fields.Monetary(
        readonly=True, copy=False, help="Open items of the ledger whose due date has passed."
    )
    unallocated = fields.Monetary(
        readonly=True,
        copy=False,
        help="Payments, deposits and credit notes not yet allocated to an invoice.",
    )
    history_total = fields.Monetary(
        string="Before the Ledger",
        readonly=True,
        copy=False,
        help="Documents of the trading history that were still open: they were owed, but no "
        "account of this ledger holds them, so they are listed beside it and not added.",
    )
    history_unknown = fields.Integer(
        string="Of Unknown Amount",
        readonly=True,
        copy=False,
        help="Open documents of the trading history whose amount nobody knows.",
    )

    @api.model
    def _default_bucket_set(self):
        return self.env["logistics.ageing.bucket.set"].search(
            [("company_id", "in", (False, self.env.company.id))], limit=1
        )

    @api.depends("as_of", "company_id.name", "customer_id.name")
    def _compute_name(self):
        for run in self:
            who = run.customer_id.name or run.company_id.name
            run.name = self.env._("Receivables of %(who)s, %(day)s", who=who, day=run.as_of)

    @api.onchange("bucket_set_id")
    def _onchange_bucket_set_id(self):
        if self.bucket_set_id:
            self.basis = self.bucket_set_id.basis

    @api.constrains("as_of")
    def _check_as_of(self):
        for run in self:
            self._check_day(run.as_of)

    @api.model
    def _check_day(self, as_of):
        """:raise UserError: for a day that has not come yet"""
        today = fields.Date.context_today(self)
        if as_of > today:
            raise UserError(
                self.env._(
                    "%(day)s lies in the future: what will be open then depends on payments "
                    "nobody knows yet. Choose %(today)s or a day before.",
                    day=as_of,
                    today=today,
                )
            )

    @api.constrains("as_of", "basis", "bucket_set_id", "company_id", "customer_id")
    def _check_not_computed(self):
        if any(run.computed_at for run in self):
            raise UserError(
                self.env._("A run stays what it was. Make a new one for another day or buckets.")
            )

    # ------------------------------------------------------------------ contract
    @api.model
    def _ageing(self, as_of, company):
        """Return the aged receivables of a company as of a day, one dict per customer.

        Keys: ``partner_id`` (commercial entity; False for items without a partner), ``not_due``,
        ``b1_30``, ``b31_60``, ``b61_90``, ``b91_120``, ``b120_plus`` (days since the due date; due
        on ``as_of`` is not due yet), ``unallocated`` (open payments, deposits and credit notes,
        negative) and ``total``. Company currency. The sum of ``total`` over all is the balance of
        the company's receivable accounts on ``as_of``; documents of the trading history, which no
        account holds, are not in it. Customers that owe nothing are left out.

        :param as_of: date or ISO text
        :param company: ``res.company``
        :raise UserError: for a day in the future
        """
        as_of = fields.Date.to_date(as_of)
        self._check_day(as_of)
        return [
            {
                "partner_id": row[0] or False,
                **{
                    column: float(value or 0)
                    for column, value in zip(COLUMNS, row[1:], strict=True)
                },
            }
            for row in self.env.execute_query(self._ageing_sql(as_of, company))
        ]

    @api.model
    def _ageing_sql(self, as_of, company, partner_ids=None):
        """Return the query of :meth:`_ageing`: partner and its columns."""
        items = self.env["logistics.settlement.facts"]._ledger_items_sql(
            as_of, company, partner_ids=partner_ids
        )
        columns, after = [], None
        for _column, days in LAST_DAYS:
            # overdue days are as_of - due_date: compare dates, not differences, in the hot loop
            begin = as_of - relativedelta(days=days)
            columns.append(
                SQL("i.due_date >= %s", begin)
                if after is None
                else SQL("i.due_date >= %s AND i.due_date < %s", begin, after)
            )
            after = begin
        columns.append(SQL("i.due_date < %s", after))
        sums = [
            SQL("sum(i.open_amount) FILTER (WHERE NOT i.is_credit AND %s)", column)
            for column in columns
        ]
        return SQL(
            """
            SELECT i.partner_id, %s, sum(i.open_amount) FILTER (WHERE i.is_credit),
                   sum(i.open_amount)
              FROM %s AS i
             WHERE i.open_amount <> 0
             GROUP BY i.partner_id
            """,
            SQL(", ").join(sums),
            items,
        )

    # ------------------------------------------------------------------ housekeeping
    @api.autovacuum
    def _gc_runs(self):
        """Remove runs of more than a month ago that nobody keeps."""
        before = fields.Datetime.now() - relativedelta(months=1)
        self.search([("kept", "=", False), ("create_date", "<", before)], limit=100).unlink()
