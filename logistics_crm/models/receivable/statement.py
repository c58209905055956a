# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .letter_batch import LEDGER_GROUPS
from .receivable_report import LAST_DAYS

BUCKETS = [name for name, _days in LAST_DAYS] + ["b120_plus"]


class Statements(dict):
    """Statement data by customer id, gathered by the server; never what a request sends."""


def column_of(days):
    """Name of the column of so many days overdue."""
    return next((name for name, last in LAST_DAYS if days <= last), "b120_plus")


class LogisticsCustomer(models.Model):
    """What a customer is told about its account."""

    _inherit = "logistics.customer"

    def _check_ledger_reader(self):
        """:raise AccessError: unless the user may read what these customers owe"""
        if not self.env.su and not any(self.env.user.has_group(g) for g in LEDGER_GROUPS):
            raise AccessError(
                self.env._("Only credit controllers and managers see what a customer owes.")
            )
        self.check_access("read")

    def _statement_data(self, as_of=None, date_from=None):
        """Gather the statements of these customers in one query per company.

        Figures of the ledger as of a day, company currency unless said otherwise; nothing
        internal (grades, limits, representatives) is in them.

        :param as_of: date, today when omitted
        :param date_from: also list the movements from this day on
        :return: :class:`Statements`, ``{customer id: dict}`` with ``as_of``, ``date_from``,
            ``items`` (open items: document, document_date, due_date, days, kind, amount_currency,
            open_amount_currency, open_amount, currency), ``columns`` (amount per ageing column),
            ``unallocated``, ``overdue``, ``balance``, ``opening`` and ``movements`` (date,
            document, label, amount, balance)
        :raise AccessError: for a user who may not see the ledger
        :raise UserError: for a day in the future
        """
        self._check_ledger_reader()
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        self.env["logistics.receivable.report"]._check_day(as_of)
        date_from = fields.Date.to_date(date_from)
        result = Statements()
        currencies = {}
        for company, customers in self.sudo().grouped("company_id").items():
            by_partner = {customer.partner_id.id: customer.id for customer in customers}
            for customer in customers:
                result[customer.id] = self._empty_statement(as_of, date_from)
            items = self.env["logistics.settlement.facts"]._ledger_items_sql(
                as_of, company, partner_ids=list(by_partner), details=True
            )
            rows = self.env.execute_query_dict(
                SQL("SELECT * FROM %s AS i ORDER BY i.date, i.line_id", items)
            )
            for row in rows:
                currency = currencies.setdefault(
                    row["currency_id"], self.env["res.currency"].sudo().browse(row["currency_id"])
                )
                self._add_to_statement(result[by_partner[row["partner_id"]]], row, currency)
        for statement in result.values():
            statement["items"].sort(key=lambda item: (item["kind"] == "credit", item["due_date"]))
            statement["balance"] = sum(item["open_amount"] for item in statement["items"])
        return result

    @api.model
    def _empty_statement(self, as_of, date_from):
        return {
            "as_of": as_of,
            "date_from": date_from,
            "items": [],
            "columns": dict.fromkeys(BUCKETS, 0.0),
            "unallocated": 0.0,
            "overdue": 0.0,
            "balance": 0.0,
            "opening": 0.0,
            "movements": [],
            "closing": 0.0,
        }

    @api.model
    def _add_to_statement(self, statement, row, currency):
        as_of, date_from = statement["as_of"], statement["date_from"]
        amount, left = float(row["amount"]), float(row["open_amount"])
        statement["closing"] += amount
        if date_from and row["date"] < date_from:
            statement["opening"] += amount
        elif date_from:
            statement["movements"].append(
                {
                    "date": row["date"],
                    "document": row["document"],
                    "label": row["label"] or "",
                    "due_date": row["due_date"],
                    "amount": amount,
                    "balance": statement["closing"],
                }
            )
        if not left:
            return
        days = (as_of - row["due_date"]).days
        if row["is_credit"]:
            statement["unallocated"] += left
        else:
            statement["columns"][column_of(days)] += left
            statement["overdue"] += left if days > 0 else 0.0
        statement["items"].append(
            {
                "document": row["document"],
                "document_date": row["document_date"],
                "due_date": row["due_date"],
                "days": max(0, days) if not row["is_credit"] else 0,
                "kind": row["kind"],
                "amount_currency": float(row["amount_currency"]),
                "open_amount_currency": float(row["open_amount_currency"]),
                "open_amount": left,
                "currency": currency,
            }
        )

    # ------------------------------------------------------------------ actions
    def action_print_statement(self):
        """Print the statement of these customers as of today, one after the other."""
        self._check_ledger_reader()
        return self.env.ref("logistics_crm.action_report_statement").report_action(self)

    def action_open_ageing(self):
        """Compute and open the aged receivables of this customer as of today."""
        self.ensure_one()
        self._check_ledger_reader()
        run = self.env["logistics.receivable.report"].create(
            {"company_id": self.company_id.id, "customer_id": self.id}
        )
        return {**run.action_run(), "target": "current"}

    def action_new_letters(self):
        """Open a new letter batch with these customers.

        :raise UserError: when they belong to several companies
        """
        self._check_ledger_reader()
        if len(self.company_id) != 1:
            raise UserError(
                self.env._("Choose customers of one company: each company writes its own letters.")
            )
        batch = self.env["logistics.letter.batch"].create({"company_id": self.company_id.id})
        batch.sudo()._add_customers(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": batch._name,
            "res_id": batch.id,
            "view_mode": "form",
        }
