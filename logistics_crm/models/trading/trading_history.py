# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary


class LogisticsTradingHistory(models.Model):
    """Trading before go-live: one row per line of an old document."""

    _name = "logistics.trading.history"
    _description = "Trading History"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
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

    @api.depends("partner_id.commercial_partner_id", "company_id")
    def _compute_customer_id(self):
        # A form that is still being filled in opens no account.
        drafts = self.filtered(lambda row: not row.id or not row.company_id)
        drafts.customer_id = False
        for company, rows in (self - drafts).grouped("company_id").items():
            accounts = self.env["logistics.customer"]._ensure_for(rows.partner_id, company)
            by_entity = {account.partner_id: account for account in accounts.sudo()}
            for row in rows:
                row.customer_id = by_entity.get(row.sudo().partner_id.commercial_partner_id)

    @api.model
    def _link_accounts(self, partners=None):
        """Give rows that were inserted in bulk their customer account, set-based.

        :param partners: look at all rows of these ``res.partner`` again, linked ones included
        """
        self.env.flush_all()
        scope = SQL("h.customer_id IS NULL")
        if partners is not None:
            scope = SQL(
                "h.partner_id IN %s AND h.customer_id IS DISTINCT FROM c.id",
                tuple(partners.ids) or (0,),
            )
        self.env.execute_query(
            SQL(
                """
                UPDATE logistics_trading_history h
                   SET customer_id = c.id
                  FROM res_partner p, logistics_customer c
                 WHERE %s
                   AND p.id = h.partner_id
                   AND c.partner_id = p.commercial_partner_id
                   AND c.company_id = h.company_id
             RETURNING h.id
                """,
                scope,
            )
        )
        self.invalidate_model(["customer_id"])

    @api.model
    def _keep_apart(self, src_partners, dst_partner):
        """Make room for all rows of contacts that are about to become one.

        Two customers may hold a document and line of the same number. Both are money. Rows with
        different references stay apart by them; of others, the row of the contact that goes gets
        its own reference and id behind the line number.

        :return: how many rows had to be renamed
        """
        self.env.flush_all()
        renamed = self.env.execute_query(
            SQL(
                """
                UPDATE logistics_trading_history h
                   SET line = concat(h.line, ' [', COALESCE(p.ref, p.name), ' ', h.id, ']')
                  FROM res_partner p
                 WHERE p.id = h.partner_id
                   AND h.partner_id IN %(sources)s
                   AND EXISTS (SELECT 1
                                 FROM logistics_trading_history o
                                WHERE o.company_id = h.company_id
                                  AND o.document = h.document
                                  AND o.line = h.line
                                  AND COALESCE(o.customer_ref, '') = COALESCE(h.customer_ref, '')
                                  AND (o.partner_id = %(target)s
                                       OR o.partner_id IN %(sources)s AND o.id < h.id))
             RETURNING h.id
                """,
                sources=tuple(src_partners.ids) or (0,),
                target=dst_partner.id,
            )
        )
        self.invalidate_model(["line"])
        return len(renamed)

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
