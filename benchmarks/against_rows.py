# Part of logistics_crm. License LGPL-3 or later.
"""What a company would use instead, for questions that this addon answers too.

Each contender answers a question the way its users get the answer, and gives one number by which
the answers can be compared. OCA's have to be installed in the database.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import company as bench_company
from registry import last_day

from odoo import Command, fields

SAMPLE = 200  # customers of a loop over records; more would only take longer


@dataclass
class Contender:
    """One way to answer a question.

    :param answer: gets ``(env, company, partners)``, gives a number that can be compared
    :param sampled: measured on :data:`SAMPLE` customers only, and multiplied
    """

    name: str
    answer: Callable
    sampled: bool = False
    needs: str = ""  # a module


@dataclass
class Question:
    """Something people ask of all customers, or of one order."""

    text: str
    contenders: list
    number: str  # what the compared number is
    partners: Callable = field(default=lambda env, company: _entities(env, company))


def questions(env, company):
    """The questions of the comparison, for a company of :mod:`company`."""
    return [_owed(), _aged(company), _turnover(), _slowness(), _order(env)]


def _entities(env, company):
    return env["logistics.customer"].search([("company_id", "=", company.id)]).partner_id


def _listed(env, company, partners, name):
    """The accounts with one figure of the night, as a list reads it."""
    mine = [("company_id", "=", company.id), ("partner_id", "in", partners.ids)]
    return env["logistics.customer"].search_fetch(mine, [name])


def _owed():
    def figures(env, company, partners):
        accounts = _listed(env, company, partners, "open_amount")
        return sum(accounts.mapped("open_amount"))

    def live(env, company, partners):
        rows = env["logistics.credit.exposure"]._exposures(partners.ids, company)
        return sum(row["receivable"] for row in rows.values())

    def core(env, company, partners):
        partners.fetch(["company_id", "commercial_partner_id"])
        return sum(partners.mapped("credit"))

    def risk(env, company, partners):
        names = ["risk_invoice_open", "risk_invoice_unpaid"]
        return sum(partner[name] for partner in partners for name in names)

    def loop(env, company, partners):
        total = 0.0
        for partner in partners:
            lines = env["account.move.line"].search(
                [
                    ("partner_id", "=", partner.id),
                    ("account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("company_id", "=", company.id),
                ]
            )
            total += sum(lines.mapped("amount_residual"))
        return total

    return Question(
        "What does every customer owe?",
        [
            Contender("logistics_crm, figures of the night (list)", figures),
            Contender("logistics_crm, live exposure", live),
            Contender("Odoo, `credit`", core),
            Contender("OCA account_financial_risk", risk, needs="account_financial_risk"),
            Contender("a loop over customers", loop, sampled=True),
        ],
        "open receivables",
    )


def _aged(company):
    day = last_day(company) - timedelta(days=180)

    def ours(env, company, partners):
        rows = env["logistics.receivable.report"]._ageing(day, company)
        return sum(row["total"] for row in rows)

    def report(env, company, partners):
        accounts = env["account.account"].search(
            [("account_type", "=", "asset_receivable"), ("company_ids", "in", company.ids)]
        )
        wizard = env["aged.partner.balance.report.wizard"].create(
            {
                "company_id": company.id,
                "date_at": day,
                "account_ids": [Command.set(accounts.ids)],
            }
        )
        data = wizard._prepare_report_data()
        data["date_at"] = fields.Date.to_string(day)
        table = env["report.account_financial_report.aged_partner_balance"]
        values = table._get_report_values(wizard.ids, data)
        return sum(row["residual"] for row in values["aged_partner_balance"])

    return Question(
        f"How old was what was open on {day}?",
        [
            Contender("logistics_crm, aged receivables", ours),
            Contender(
                "OCA account_financial_report, aged balance",
                report,
                needs="account_financial_report",
            ),
        ],
        "open receivables of the day",
    )


def _turnover():
    def figures(env, company, partners):
        accounts = _listed(env, company, partners, "revenue_12m")
        return sum(accounts.mapped("revenue_12m"))

    def core(env, company, partners):
        partners.fetch(["commercial_partner_id"])
        return sum(partners.mapped("total_invoiced"))

    return Question(
        "What did every customer buy?",
        [
            Contender("logistics_crm, twelve months (list)", figures),
            Contender("Odoo, `total_invoiced` (all years)", core),
        ],
        "revenue; of different periods, so not equal",
    )


def _slowness():
    def ours(env, company, partners):
        accounts = _listed(env, company, partners, "average_days_late")
        return len(accounts.filtered("average_days_late"))

    def core(env, company, partners):
        partners.fetch(["company_id", "commercial_partner_id"])
        return len(partners.filtered("days_sales_outstanding"))

    return Question(
        "How slowly does every customer pay?",
        [
            Contender("logistics_crm, weighted days late (list)", ours),
            Contender("Odoo, `days_sales_outstanding`", core),
        ],
        "customers with a value",
    )


def _order(env):
    own = bench_company.build(env, "one customer, open")
    world = {}

    def order(env):
        if "order" not in world:
            scoped = env(context=dict(env.context, allowed_company_ids=[own.id]))
            account = scoped["logistics.customer"].search([("company_id", "=", own.id)], limit=1)
            account._grant_limit(1e9)
            account.partner_id.with_company(own).credit_limit = 1e9
            own.with_env(scoped).logistics_credit_control = "enforce"
            world["order"] = scoped["sale.order"].create(
                {
                    "partner_id": account.partner_id.id,
                    "company_id": own.id,
                    "order_line": [
                        Command.create({"name": "Freight", "price_unit": 10.0, "tax_ids": False})
                    ],
                }
            )
            scoped.cr.commit()  # every round is rolled back
        return world["order"]

    def ours(env, company, partners):
        found = order(env)
        return found._credit_decide()[found.id]["parts"]["receivable"]

    def core(env, company, partners):
        found = order(env)
        found.invalidate_recordset(["partner_credit_warning"])
        partner = found.partner_invoice_id.commercial_partner_id
        partner.invalidate_recordset(["credit", "credit_to_invoice"])
        _warning = found.partner_credit_warning
        return partner.with_company(own).credit

    def risk(env, company, partners):
        found = order(env)
        partner = found.partner_invoice_id.commercial_partner_id.with_company(own)
        found.evaluate_risk_message(partner)
        return partner.risk_invoice_open + partner.risk_invoice_unpaid

    return Question(
        "May this order be confirmed? (10,000 open invoices)",
        [
            Contender("logistics_crm, the verdict with its lock", ours),
            Contender("Odoo, the warning on the quotation", core),
            Contender("OCA sale_financial_risk", risk, needs="sale_financial_risk"),
        ],
        "open receivables of the customer",
        partners=lambda env, company: order(env).partner_id,
    )
