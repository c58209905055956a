# Part of logistics_crm. License LGPL-3 or later.
"""A large company for measuring, made by the database itself.

One order, invoice, credit note and payment are made by Odoo. Their rows are the pattern: every
other document is a copy with its own customer, dates and amounts, inserted by set-based SQL. So
every column, of other addons too, holds what Odoo writes. What happens is decided by hashes of
row numbers: the same size gives the same company on every machine.
"""

import time
from dataclasses import dataclass
from datetime import date

from company_documents import Documents
from company_payments import Payments
from company_staging import Staging

from odoo import Command, fields

COMPANY = "Benchmark Company (%s)"


@dataclass
class Size:
    customers: int
    invoices: int
    history: int  # rows of trading history before them
    lines_per_invoice: tuple  # by turns; one in thirty of the last kind is credited by a line
    paying: bool = True

    @property
    def lines(self):
        """Posted lines of invoices and credit notes together."""
        turns = len(self.lines_per_invoice)
        return self.invoices * sum(self.lines_per_invoice) // turns


LONG = (1, 2, 3, 4, 5, 6, 3, 4, 5, 7)  # 4 on average
SHORT = (1, 2, 3, 1, 4, 2, 2, 3, 2, 5)  # 2.5 on average

SIZES = {
    "tiny": Size(100, 1_000, 500, LONG),
    "small": Size(2_000, 50_000, 20_000, LONG),
    # a tenth and three tenths of the large one, to see that cost grows linearly
    "10k": Size(10_000, 200_000, 50_000, SHORT),
    "30k": Size(30_000, 600_000, 150_000, SHORT),
    # 5 million lines, and more than 2 million settled items
    "large": Size(100_000, 2_000_000, 500_000, SHORT),
    # companies of one customer, for what is decided about one
    "one customer, open": Size(1, 10_000, 0, (1, 2), paying=False),
    "one customer, paid": Size(1, 10_000, 0, (1, 2)),
}


def build(env, size):
    """Return the ``res.company`` of a size with all its documents, built when it is missing.

    Commits. The company trades for three full years; the last is the last full calendar year.
    """
    name = COMPANY % size
    company = env["res.company"].search([("name", "=", name)], limit=1)
    if company and company.logistics_ledger_start:
        print(f"{name} is already in this database.")
        return company
    started = time.monotonic()
    builder = Builder(env, name, SIZES[size])
    company = builder.build()
    env.cr.commit()
    print(f"{name} built in {time.monotonic() - started:.1f} s")
    return company


class Builder(Staging, Documents, Payments):
    def __init__(self, env, name, size):
        self.env = env(su=True, context=dict(env.context, tracking_disable=True))
        self.cr = env.cr
        self.name = name
        self.size = size
        self.invoices = size.invoices
        last_year = fields.Date.today().year - 1
        self.first_day = date(last_year - 2, 1, 1)
        self.last_day = date(last_year, 12, 31)
        self.base = {}

    def build(self):
        self._make_patterns()
        for step in (
            self._stage,
            self._write_partners,
            self._write_orders,
            self._write_invoices,
            self._write_payments,
            self._write_reconciliations,
            self._write_history,
        ):
            started = time.monotonic()
            step()
            print(f"  {step.__name__.strip('_'):24} {time.monotonic() - started:7.1f} s")
        self._finish()
        return self.company

    # Patterns, made by Odoo

    def _make_patterns(self):
        env = self.env
        company = env["res.company"].create(
            {"name": self.name, "currency_id": env.ref("base.USD").id}
        )
        env["account.chart.template"]._load("generic_coa", company, False)
        env.user.write({"company_ids": [Command.link(company.id)]})
        env = env(context=dict(env.context, allowed_company_ids=[company.id]))
        self.env, self.company = env, company.with_env(env)
        services = env["logistics.service"].create(
            [{"name": f"{self.name} service {number}"} for number in range(12)]
        )
        products = env["product.product"].create(
            [
                {
                    "name": service.name,
                    "type": "service",
                    "invoice_policy": "order",
                    "weight": 0.5 + 3 * number,
                    "taxes_id": False,
                    "logistics_service_id": service.id,
                }
                for number, service in enumerate(services)
            ]
        )
        partner = env["res.partner"].create(
            {"name": f"{self.name} pattern", "is_company": True, "customer_rank": 1}
        )
        term = env["account.payment.term"].create(
            {
                "name": f"{self.name}: 30 days",
                "company_id": company.id,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})
                ],
            }
        )
        partner.property_payment_term_id = term
        self.pattern = {"res_partner": partner.id}
        self.first_product = products[0].id
        self.first_service = services[0].id
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": products[0].id,
                            "product_uom_qty": 2,
                            "price_unit": 10.0,
                            "purchase_price": 7.0,
                            "logistics_promised_date": self.first_day,
                            "logistics_delivered_date": self.first_day,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.invoice_date = self.first_day
        invoice.action_post()
        refund = env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": partner.id,
                "invoice_date": self.first_day,
                "reversed_entry_id": invoice.id,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": products[0].id,
                            "quantity": 1,
                            "price_unit": 10.0,
                            "tax_ids": False,
                            "sale_line_ids": [Command.set(order.order_line.ids)],
                        }
                    )
                ],
            }
        )
        refund.action_post()
        journal = env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
        )
        payment = env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": partner.id,
                "amount": 10.0,
                "date": self.first_day,
                "journal_id": journal.id,
            }
        )
        payment.action_post()
        payment.action_validate()
        lines = invoice.line_ids | refund.line_ids | payment.move_id.line_ids
        receivable = lines.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        receivable.reconcile()
        history = env["logistics.trading.history"].create(
            {
                "company_id": company.id,
                "partner_id": partner.id,
                "date": date(self.first_day.year - 1, 1, 1),
                "document": "PATTERN",
                "line": "1",
                "quantity": 1,
                "amount": 10.0,
                "currency_id": company.currency_id.id,
            }
        )
        env.flush_all()
        self.pattern |= {
            "sale_order": order.id,
            "sale_order_line": order.order_line.id,
            "invoice": invoice.id,
            "refund": refund.id,
            "payment_move": payment.move_id.id,
            "account_payment": payment.id,
            "invoice_line": invoice.invoice_line_ids.id,
            "invoice_due": (invoice.line_ids & receivable).id,
            "refund_line": refund.invoice_line_ids.id,
            "refund_due": (refund.line_ids & receivable).id,
            "payment_due": (payment.move_id.line_ids & receivable).id,
            "payment_bank": (payment.move_id.line_ids - receivable).id,
            "history": history.id,
            "partial": receivable.matched_credit_ids[:1].id,
            "full": receivable.full_reconcile_id[:1].id,
        }

    def _finish(self):
        self.company.logistics_ledger_start = self.first_day
        self.env.flush_all()
        for table in ("customer", "invoice", "line", "total"):
            self._run(f"DROP TABLE bench_{table}")
        self.env.invalidate_all()
        self.env["logistics.customer"]._ensure_accounts(company=self.company)
        self.env.cr.commit()
        self._run("ANALYZE")
