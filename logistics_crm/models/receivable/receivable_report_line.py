# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

from ...fields_unknown import KnownFloat, KnownMonetary
from ..customer.logistics_customer import CREDIT_GRADES, VALUE_CLASSES


class LogisticsReceivableReportLine(models.Model):
    """One item that was open on the day of a run."""

    _name = "logistics.receivable.report.line"
    _description = "Aged Receivables Item"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
    _order = "days desc, id"
    _rec_name = "document"
    _log_access = False

    report_id = fields.Many2one(
        "logistics.receivable.report", string="Run", readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", string="Company Currency", readonly=True)
    source = fields.Selection(
        [("ledger", "Ledger"), ("history", "Before the Ledger")], readonly=True
    )
    kind = fields.Selection(
        [("item", "Owed"), ("credit", "Unallocated"), ("other", "Other Debit")],
        readonly=True,
        help="Unallocated: payments, deposits and credit notes that no invoice has been settled "
        "with. Other Debit: payments sent back, exchange differences.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The commercial entity. Empty: journal items without a partner.",
    )
    customer_id = fields.Many2one(
        "logistics.customer", readonly=True, index="btree_not_null", ondelete="set null"
    )
    user_id = fields.Many2one(
        "res.users", string="Representative", readonly=True, ondelete="set null"
    )
    credit_grade_code = fields.Selection(CREDIT_GRADES, string="Credit Grade", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    state_id = fields.Many2one("res.country.state", string="Region", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True, ondelete="set null")
    move_id = fields.Many2one(
        "account.move", string="Entry", readonly=True, index="btree_not_null", ondelete="set null"
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Journal Item",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    document = fields.Char(readonly=True)
    document_date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    days = fields.Integer(
        readonly=True,
        aggregator="max",
        help="Age on the day of the run: days since the due date (or the document date, as the "
        "run says). 0 or less: not overdue.",
    )
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    bucket_id = fields.Many2one(
        "logistics.ageing.bucket",
        readonly=True,
        index="btree_not_null",
        help="Empty for unallocated payments and credit notes: they have a column of their own.",
    )
    document_currency_id = fields.Many2one("res.currency", string="Currency", readonly=True)
    amount = KnownMonetary(readonly=True, help="Of the whole item, company currency.")
    open_amount = KnownMonetary(
        string="Open", readonly=True, help="Still open on the day of the run, company currency."
    )
    overdue_amount = KnownMonetary(
        string="Overdue", readonly=True, help="Open and past its due date, company currency."
    )
    open_amount_currency = KnownMonetary(
        string="Open in Currency",
        readonly=True,
        currency_field="document_currency_id",
        aggregator=None,
    )

    def action_open_document(self):
        """Open the invoice, payment or entry behind an item."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }


class LogisticsReceivableReportTotal(models.Model):
    """One bucket of a run."""

    _name = "logistics.receivable.report.total"
    _description = "Aged Receivables Total"
    _inherit = ["logistics.readonly.mixin"]
    _order = "report_id, sequence, id"

    report_id = fields.Many2one(
        "logistics.receivable.report", readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="report_id.company_id", store=True)
    currency_id = fields.Many2one(related="report_id.currency_id")
    sequence = fields.Integer(readonly=True)
    name = fields.Char(readonly=True, help="As the bucket was called when the run was computed.")
    bucket_id = fields.Many2one("logistics.ageing.bucket", readonly=True, ondelete="set null")
    amount = fields.Monetary(readonly=True)
    share = KnownFloat(
        readonly=True,
        aggregator=None,
        help="Of everything that is owed, unallocated payments left out.",
    )
    item_count = fields.Integer(string="Items", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    loss_rate = KnownFloat(string="Loss Rate (%)", readonly=True, aggregator=None, digits=(6, 3))
    expected_loss = KnownMonetary(
        readonly=True, help="Amount x loss rate of the bucket. Empty: the rate is unknown."
    )

    def action_open_items(self):
        """Open the items of this bucket."""
        self.ensure_one()
        domain = [("source", "=", "ledger")]
        if self.bucket_id:
            domain.append(("bucket_id", "=", self.bucket_id.id))
        else:
            domain.append(("kind", "=", "credit"))
        return self.report_id._items_action(domain)


class LogisticsReceivableReportDifference(models.Model):
    """Where the items of a run do not add up to the ledger."""

    _name = "logistics.receivable.report.difference"
    _description = "Aged Receivables Difference"
    _inherit = ["logistics.readonly.mixin"]
    _order = "report_id, id"

    report_id = fields.Many2one(
        "logistics.receivable.report", readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="report_id.company_id", store=True)
    currency_id = fields.Many2one(related="report_id.currency_id")
    account_id = fields.Many2one("account.account", readonly=True, ondelete="set null")
    partner_id = fields.Many2one(
        "res.partner", string="Contact", readonly=True, ondelete="set null"
    )
    ledger_balance = fields.Monetary(readonly=True)
    ageing_total = fields.Monetary(string="Sum of Items", readonly=True)
    difference = fields.Monetary(readonly=True)
