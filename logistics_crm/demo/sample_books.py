# Part of logistics_crm. License LGPL-3 or later.
"""Write the plan of the sample company into the books, half a year at a time, in date order."""

import logging
from collections import defaultdict
from datetime import datetime, time

from odoo import Command
from odoo.tools import SQL

from .sample_payments import Payments

_logger = logging.getLogger(__name__)

EURO_PRICE = 0.93


class Books(Payments):
    """Orders, invoices, credit notes and payments of a plan.

    Invoices are made from what the order and its lines prepare, as Odoo's own button does, but
    many at once and without a message on each.
    """

    def __init__(self, env, plan, masters):
        self.env = env
        self.plan = plan
        self.companies = masters["companies"]
        self.partners = masters["partners"]
        self.users = masters["users"]
        self.products = masters["products"]
        self.tax = masters["tax"]
        self.pricelist = masters["pricelist"]
        self.sale_orders = {}  # index in the plan -> sale.order id
        self.invoices = {}  # index in the plan -> account.move id
        self.remaining = {}  # index in the plan -> still to be paid, in the invoice's currency
        self.receivables = {}  # account.move id -> its receivable account.move.line id
        self.journals = {
            home: env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
            )
            for home, company in self.companies.items()
        }

    def write_out(self):
        """Write everything; returns the number of orders, invoices, credit notes, payments."""
        events = defaultdict(lambda: defaultdict(list))
        for index, order in enumerate(self.plan["orders"]):
            home = "abroad" if order.abroad else "main"
            events[_half_year(order.date), home]["orders"].append(index)
            if order.invoice_date:
                events[_half_year(order.invoice_date), home]["invoices"].append(index)
            if order.invoice_date and order.credit:
                events[_half_year(order.credit[0]), home]["credits"].append(index)
            for day, share in order.payments:
                events[_half_year(day), home]["payments"].append((day, index, share))
        counts = defaultdict(int)
        for half_year, home in sorted(events):
            work = events[half_year, home]
            counts["orders"] += self._orders(home, work["orders"])
            counts["invoices"] += self._invoices(home, work["invoices"])
            counts["credit_notes"] += self._credits(home, work["credits"])
            counts["payments"] += self._payments(home, work["payments"])
            self._tidy()
            _logger.info("sample company: %s, %s written", half_year, home)
        counts["payments"] += self._advances()
        self._tidy()
        return dict(counts)

    def _tidy(self):
        """Keep memory flat, and let the planner know how the tables have grown."""
        self.env.flush_all()
        self.env.invalidate_all()
        for table in (
            "account_move",
            "account_move_line",
            "account_partial_reconcile",
            "account_payment",
            "sale_order",
            "sale_order_line",
            "sale_order_line_invoice_rel",
        ):
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def _model(self, name, home):
        return self.env[name].with_company(self.companies[home])

    # Orders

    def _orders(self, home, indexes):
        if not indexes:
            return 0
        plans = [self.plan["orders"][index] for index in indexes]
        orders = self._model("sale.order", home).create(
            [self._order_values(home, plan) for plan in plans]
        )
        self.sale_orders.update(zip(indexes, orders.ids, strict=True))
        pairs = list(zip(orders, plans, strict=True))
        empty = orders.browse()
        empty.concat(*(order for order, plan in pairs if plan.state == "sale")).action_confirm()
        empty.concat(*(order for order, plan in pairs if plan.state == "cancel"))._action_cancel()
        for number, (order, plan) in enumerate(pairs):
            order.date_order = datetime.combine(plan.date, time(8 + number % 9, number % 60))
        return len(orders)

    def _order_values(self, home, plan):
        customer = plan.customer
        partner = self.partners[customer.ref]
        factor = EURO_PRICE if customer.euro and not plan.abroad else 1.0
        rep = customer.rep
        if rep and plan.abroad and customer.home == "main":
            rep = "chen"
        values = {
            "company_id": self.companies[home].id,
            "partner_id": partner.id,
            "date_order": datetime.combine(plan.date, time(9)),
            "user_id": self.users[rep].id if rep else False,
            "fiscal_position_id": False,
            "order_line": [
                Command.create(self._line_values(home, customer, line, factor))
                for line in plan.lines
            ],
        }
        if factor != 1.0:
            values["pricelist_id"] = self.pricelist.id
        return values

    def _line_values(self, home, customer, line, factor):
        product = self.products[line["service"]]
        taxed = home == "abroad" and customer.country == "cn"
        return {
            "product_id": product.id,
            "name": product.name,
            "product_uom_qty": line["quantity"],
            "price_unit": round(line["price"] * factor, 2),
            # Odoo writes zero where no cost is known
            "purchase_price": round((line["cost"] or 0.0) * factor, 2),
            # said rather than searched for: Odoo looks for a rule line by line
            "analytic_distribution": False,
            "tax_ids": [Command.set(self.tax.ids if taxed else [])],
            "logistics_promised_date": line["promised"],
            "logistics_delivered_date": line["delivered"],
        }

    # Invoices and credit notes

    def _invoices(self, home, indexes):
        if not indexes:
            return 0
        indexes = sorted(indexes, key=lambda i: (self.plan["orders"][i].invoice_date, i))
        orders = self._model("sale.order", home).browse(self.sale_orders[i] for i in indexes)
        values = []
        for index, order in zip(indexes, orders, strict=True):
            value = order._prepare_invoice()
            value["invoice_date"] = self.plan["orders"][index].invoice_date
            for line in order._get_invoiceable_lines():
                for line_value in line._prepare_invoice_lines_vals_list():
                    value["invoice_line_ids"].append(
                        Command.create(self._with_balance(order, line_value))
                    )
            values.append(value)
        moves = self._post(home, values)
        for index, move in zip(indexes, moves, strict=True):
            self.invoices[index] = move.id
            self.remaining[index] = move.amount_total
        return len(moves)

    def _with_balance(self, order, values, sign=-1):
        """Say what Odoo would compute: each line is then written once instead of twice."""
        values.setdefault("analytic_distribution", False)
        currency = order.company_id.currency_id
        if order.currency_id == currency:
            amount = sign * currency.round(values["quantity"] * values["price_unit"])
            values.update(amount_currency=amount, balance=amount)
        return values

    def _post(self, home, values):
        moves = self._model("account.move", home).create(values)
        moves.action_post()
        for line in moves.line_ids:
            if line.account_id.account_type == "asset_receivable":
                self.receivables[line.move_id.id] = line.id
        return moves

    def _credits(self, home, indexes):
        if not indexes:
            return 0
        indexes = sorted(indexes, key=lambda i: (self.plan["orders"][i].credit[0], i))
        values = [self._credit_values(home, index) for index in indexes]
        credits_ = self._post(home, values)
        lines = self._model("account.move.line", home)
        plan = []
        for index, credit in zip(indexes, credits_, strict=True):
            if self.remaining[index] <= 0:
                continue  # paid already: the credit note stays open for the next invoice
            ids = [self.receivables[self.invoices[index]], self.receivables[credit.id]]
            plan.append(lines.browse(ids))
            self.remaining[index] = round(self.remaining[index] - credit.amount_total, 2)
        if plan:
            lines._reconcile_plan(plan)
        return len(credits_)

    def _credit_values(self, home, index):
        """A price reduction for a claim, or a part of the order that did not take place."""
        day, kind, share = self.plan["orders"][index].credit
        invoice = self._model("account.move", home).browse(self.invoices[index])
        line = invoice.invoice_line_ids[0]
        order_line = line.sale_line_ids
        value = {
            "name": line.name,
            "product_id": line.product_id.id,
            "quantity": 1.0,
            "price_unit": invoice.currency_id.round(line.price_subtotal * share),
            "tax_ids": [Command.set(line.tax_ids.ids)],
        }
        if kind == "cancel":
            quantity = max(1.0, round(line.quantity * share))
            value.update(
                quantity=quantity,
                price_unit=line.price_unit,
                sale_line_ids=[Command.set(order_line.ids)],
            )
            order_line.product_uom_qty -= quantity
        return {
            "move_type": "out_refund",
            "company_id": self.companies[home].id,
            "partner_id": invoice.partner_id.id,
            "currency_id": invoice.currency_id.id,
            "invoice_user_id": invoice.invoice_user_id.id,
            "invoice_date": day,
            "invoice_origin": invoice.name,
            "ref": invoice.name,
            "reversed_entry_id": invoice.id,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [Command.create(self._with_balance(invoice, value, sign=1))],
        }


def write_history(env, plan, companies, partners, services):
    """Write what was traded before the first order here; returns the number of rows."""
    values = []
    for row in plan["history"]:
        customer = row["customer"]
        company = companies[customer.home]
        values.append(
            {
                "company_id": company.id,
                "partner_id": partners[customer.ref].id,
                "date": row["date"],
                "document": row["document"],
                "line": row["line"],
                "service_id": services[row["service"]].logistics_service_id.id,
                "quantity": row["quantity"],
                "weight_kg": round(row["quantity"] * services[row["service"]].weight, 1),
                "amount": round(row["quantity"] * row["price"], 2),
                "cost": round(row["quantity"] * row["cost"], 2) if row["cost"] else False,
                "currency_id": company.currency_id.id,
                "promised_date": row["promised"],
                "delivered_date": row["delivered"],
                "due_date": row["due"],
                "paid_date": row["paid"],
            }
        )
    env["logistics.trading.history"].create(values)
    return len(values)


def _half_year(day):
    return f"{day.year}/{1 if day.month <= 6 else 2}"
