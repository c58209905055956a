# Part of logistics_crm. License LGPL-3 or later.
"""Fixtures of the addon's tests: a light company for most, one with accounts where a ledger is
needed. Both have a company of their own, so that what a database already holds does not count.
"""

from itertools import count

from odoo import SUPERUSER_ID, Command, fields
from odoo.tests import TransactionCase, new_test_user
from odoo.tools import SQL

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

ROLES = {
    "seller": "logistics_crm.group_user",
    "seller_all": "logistics_crm.group_user_all",
    "manager": "logistics_crm.group_manager",
    "controller": "logistics_crm.group_credit_controller",
    "accountant": "account.group_account_manager",
    "internal": "base.group_user",
    "portal": "base.group_portal",
}


def total(facts, name):
    """Sum of a column over the facts that know it."""
    return sum(float(fact[name]) for fact in facts if fact[name] is not None)


class LogisticsFactories:
    """What the tests make: customers, users by role, history rows, orders, invoices, payments."""

    @classmethod
    def _as_superuser(cls, company):
        """Run as superuser in one company, with tracking and mail off."""
        cls.company = company
        cls.env = cls.env(
            user=SUPERUSER_ID,
            context={**DISABLED_MAIL_CONTEXT, "allowed_company_ids": company.ids},
        )
        cls.company = cls.env["res.company"].browse(company.id)
        cls.customers = cls.env["logistics.customer"].with_context(active_test=False)
        cls.history = cls.env["logistics.trading.history"]
        cls._numbers = count(1)

    @classmethod
    def _user(cls, role, company=None, **values):
        """An internal (or portal) user of one role, in one company."""
        company = company or cls.company
        login = values.pop("login", f"lc_{role}_{next(cls._numbers)}")
        return new_test_user(
            cls.env,
            login=login,
            groups=ROLES.get(role, role),
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            **values,
        )

    @classmethod
    def _partner(cls, name=None, **values):
        """A company among the contacts."""
        name = name or f"Customer {next(cls._numbers)}"
        return cls.env["res.partner"].create({"name": name, "is_company": True, **values})

    @classmethod
    def _account(cls, partner=None, company=None, **values):
        """The customer account of a contact, made the way users make one."""
        return cls.env["logistics.customer"].create(
            {
                "partner_id": (partner or cls._partner()).id,
                "company_id": (company or cls.company).id,
                **values,
            }
        )

    @classmethod
    def _account_of(cls, partner, company=None):
        """The account a contact's entity has in a company, archived or not."""
        return cls.customers.search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", (company or cls.company).id),
            ]
        )

    @classmethod
    def _trade(cls, partner, *rows, company=None, **common):
        """Trading history of a contact: dicts of values, or ISO dates with an amount of 100."""
        company = company or cls.company
        values = []
        for row in rows:
            row = {"date": row, "amount": 100.0} if isinstance(row, str) else row
            number = next(cls._numbers)
            values.append(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "currency_id": company.currency_id.id,
                    "document": f"DOC-{number}",
                    "line": "1",
                    **common,
                    **row,
                }
            )
        rows = cls.history.create(values)
        rows.flush_recordset()
        return rows

    @classmethod
    def _facts(cls, **kwargs):
        """The trading facts as a list of dicts."""
        query = cls.env["logistics.trading.facts"]._facts_sql(**kwargs)
        return cls._rows(query)

    @classmethod
    def _items(cls, as_of, **kwargs):
        """The settlement facts of a day as a list of dicts."""
        query = cls.env["logistics.settlement.facts"]._items_sql(
            fields.Date.to_date(as_of), **kwargs
        )
        return cls._rows(query)

    @classmethod
    def _rows(cls, query):
        return cls.env.execute_query_dict(SQL("SELECT * FROM %s AS f", query))

    @classmethod
    def _refresh(cls, as_of=None, company=None):
        """Refresh the figures of one company, as the nightly job does."""
        return cls.env["logistics.customer"]._refresh_figures(
            as_of=as_of, company=company or cls.company
        )


class LogisticsCommon(LogisticsFactories, TransactionCase):
    """A company without a chart of accounts: enough for accounts, history, rights, figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["res.company"].create(
            {"name": "Light Freight", "currency_id": cls.env.ref("base.USD").id}
        )
        cls._as_superuser(company)

    @classmethod
    def _other_company(cls, name="Second Freight", **values):
        """Another company without a chart, in which the superuser may work too."""
        company = cls.env["res.company"].create(
            {"name": name, "currency_id": cls.env.ref("base.EUR").id, **values}
        )
        cls.env["res.currency.rate"].create(
            {
                "currency_id": cls.env.ref("base.USD").id,
                "company_id": company.id,
                "name": "2000-01-01",
                "rate": 1.0,
            }
        )
        return company


class LogisticsLedgerCommon(LogisticsFactories, AccountTestInvoicingCommon):
    """A company with a chart of accounts: orders, invoices, payments and reconciliations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._as_superuser(cls.company_data["company"].sudo())
        cls.foreign = cls.setup_other_currency(
            "CHF", rates=[("1900-01-01", 1.0), ("2023-01-01", 2.0), ("2024-01-01", 4.0)]
        )

    @classmethod
    def _invoice(cls, partner, amount, date, due=None, move_type="out_invoice", **values):
        """A posted one-line invoice without tax."""
        values.setdefault("invoice_payment_term_id", None)
        return cls._create_invoice_one_line(
            product_id=values.pop("product_id", cls.product_a),
            price_unit=amount,
            quantity=values.pop("quantity", 1.0),
            discount=values.pop("discount", None),
            tax_ids=[],
            move_type=move_type,
            partner_id=partner,
            invoice_date=date,
            invoice_date_due=due or date,
            post=values.pop("post", True),
            **values,
        )

    @classmethod
    def _pay(cls, invoices, date, amount=None, **values):
        """Pay invoices on a day, in full or in part."""
        if amount is not None:
            values["amount"] = amount
        return cls._register_payment(invoices, payment_date=date, **values)

    @classmethod
    def _order(cls, partner, *lines, **values):
        """A confirmed order; lines are dicts of order line values without tax."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {"product_id": cls.product_a.id, "tax_ids": [Command.clear()], **line}
                    )
                    for line in lines or [{}]
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def _bill(cls, order, date, **kwargs):
        """Invoice everything of an order that is left, and post it on a day."""
        for line in order.order_line.filtered(lambda sol: not sol.is_downpayment):
            line.qty_delivered = line.product_uom_qty
        invoice = order._create_invoices(**kwargs)
        invoice.write({"invoice_date": date, "date": date, "invoice_date_due": date})
        invoice.action_post()
        return invoice
