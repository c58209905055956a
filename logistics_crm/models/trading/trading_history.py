# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary


class LogisticsTradingHistory(models.Model):
    """Trading before go-live: one row per line of an old document."""

    _name = "logistics.trading.history"
    _description = "Trading History"
    _inherit = "logistics.unknown.last.mixin"
    _order = "date desc, document, line, id"
    _rec_name = "document"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    customer_id = fields.Many2one(
        "logistics.customer",
        string="Customer Account",
        compute="_compute_customer_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        help="Whose history it is; decides who may read it.",
    )
    date = fields.Date(required=True, index=True)
    document = fields.Char(required=True, help="Number of the old invoice, order or waybill.")
    line = fields.Char(required=True, help="Line within the document.")
    service_id = fields.Many2one("logistics.service", index="btree_not_null")
    quantity = KnownFloat(digits=(16, 4))
    weight_kg = KnownFloat(string="Weight (kg)", digits=(16, 3))
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount = KnownMonetary(help="Untaxed. Negative for a credit. Empty: not known.")
    cost = KnownMonetary(help="What the line cost the company. Empty: not known.")
    amount_company = KnownMonetary(
        string="Amount in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_company_amounts",
        store=True,
        help="At the rate of the row's date.",
    )
    cost_company = KnownMonetary(
        string="Cost in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_company_amounts",
        store=True,
    )
    promised_date = fields.Date(string="Promised")
    delivered_date = fields.Date(string="Delivered")
    due_date = fields.Date(string="Due", index="btree_not_null")
    paid_date = fields.Date(string="Paid")
    disputed = fields.Selection(
        [("yes", "Yes"), ("no", "No")], help="Empty: not known whether it was disputed."
    )

    _identity_uniq = models.UniqueIndex(
        "(company_id, partner_id, document, line, COALESCE(customer_ref, ''))",
        "This line of this document is already in the trading history of this customer.",
    )
    _partner_date = models.Index("(partner_id, date)")
    _plausible_date = models.Constraint(
        "CHECK (date >= '1970-01-01' AND date < '2200-01-01')",
        "The date of a trading history row must lie between 1970 and 2199.",
    )
    _same_sign = models.Constraint(
        "CHECK (quantity * amount >= 0 OR quantity IS NULL OR amount IS NULL)",
        "Quantity and amount of a row must have the same sign (both negative for a credit).",
    )

    @api.depends("partner_id", "company_id")
    def _compute_customer_id(self):
        for company, rows in self.grouped("company_id").items():
            if not company:
                rows.customer_id = False
                continue
            accounts = self.env["logistics.customer"]._ensure_for(rows.partner_id, company)
            by_entity = {account.partner_id: account for account in accounts.sudo()}
            for row in rows:
                row.customer_id = by_entity.get(row.sudo().partner_id.commercial_partner_id)

    @api.model
    def _link_accounts(self):
        """Give rows that were inserted in bulk their customer account, set-based."""
        self.env.execute_query(
            SQL(
                """
                UPDATE logistics_trading_history h
                   SET customer_id = c.id
                  FROM res_partner p, logistics_customer c
                 WHERE h.customer_id IS NULL
                   AND p.id = h.partner_id
                   AND c.partner_id = p.commercial_partner_id
                   AND c.company_id = h.company_id
             RETURNING h.id
                """
            )
        )
        self.invalidate_model(["customer_id"])

    @api.depends("amount", "cost", "currency_id", "company_id", "date")
    def _compute_company_amounts(self):
        for row in self:
            row.amount_company = row._in_company_currency(row.amount)
            row.cost_company = row._in_company_currency(row.cost)

    def _in_company_currency(self, value):
        """Convert ``value`` at the row's date; unknown stays unknown.

        :raise UserError: when there is no exchange rate on or before the row's date
        """
        self.ensure_one()
        if value is False or not self.date or self.currency_id == self.company_currency_id:
            return value
        for currency in self.currency_id | self.company_currency_id:
            if currency != self.company_currency_id and not self.env[
                "res.currency.rate"
            ].sudo().search_count(
                [
                    ("currency_id", "=", currency.id),
                    ("name", "<=", self.date),
                    ("company_id", "in", (False, self.company_id.root_id.id)),
                ],
                limit=1,
            ):
                raise UserError(
                    self.env._(
                        "There is no exchange rate for %(currency)s on or before %(date)s. Enter "
                        "one under Currencies first.",
                        currency=currency.name,
                        date=self.date,
                    )
                )
        return self.currency_id._convert(
            value, self.company_currency_id, self.company_id, self.date
        )

    @api.constrains("date", "company_id")
    def _check_before_ledger(self):
        for row in self:
            start = row.company_id.logistics_ledger_start
            if start and row.date >= start:
                raise ValidationError(
                    self.env._(
                        "%(document)s is dated %(date)s, but the invoices of %(company)s are in "
                        "Odoo since %(start)s: it would be counted twice.",
                        document=row.document,
                        date=row.date,
                        company=row.company_id.name,
                        start=start,
                    )
                )
