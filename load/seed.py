# Part of logistics_crm. License LGPL-3 or later.
"""The company of `make load`, with Odoo's own models only: the same with the addon and without."""

import json
import os
from pathlib import Path

from odoo import Command, fields

SELLERS, ACCOUNTANTS, PORTALS = 16, 8, 8
CUSTOMERS, ORDERS = 400, 300

env = env(context=dict(env.context, tracking_disable=True, no_reset_password=True))  # noqa: F821
addon = "logistics.customer" in env
company = env.company
if not company.chart_template:
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
sales = env.ref("sales_team.group_sale_salesman_all_leads")
books = env.ref("account.group_account_invoice")
own = [env.ref("logistics_crm.group_user_all")] if addon else []
control = [env.ref("logistics_crm.group_credit_controller")] if addon else []


def users(prefix, number, groups):
    return env["res.users"].create(
        [
            {
                "name": f"{prefix} {place}",
                "login": f"{prefix}{place}",
                "password": f"{prefix}{place}",
                "group_ids": [
                    Command.set([env.ref("base.group_user").id, *(g.id for g in groups)])
                ],
            }
            for place in range(number)
        ]
    )


sellers = users("seller", SELLERS, [sales, *own])
users("accountant", ACCOUNTANTS, [books, *control])
products = env["product.product"].create(
    [{"name": f"Service {n}", "type": "service", "list_price": 50 + n} for n in range(20)]
)
customers = env["res.partner"].create(
    [{"name": f"Customer {n:04}", "is_company": True, "ref": f"L{n}"} for n in range(CUSTOMERS)]
)
for place in range(PORTALS):
    env["res.users"].create(
        {
            "name": f"Portal {place}",
            "login": f"portal{place}",
            "password": f"portal{place}",
            "partner_id": env["res.partner"]
            .create({"name": f"Portal {place}", "parent_id": customers[place].id})
            .id,
            "group_ids": [Command.set([env.ref("base.group_portal").id])],
        }
    )
orders = env["sale.order"].create(
    [
        {
            "partner_id": customers[n % CUSTOMERS].id,
            "user_id": sellers[n % SELLERS].id,
            "order_line": [
                Command.create({"product_id": products[(n + k) % 20].id, "product_uom_qty": 1 + k})
                for k in range(3)
            ],
        }
        for n in range(ORDERS)
    ]
)
orders.action_confirm()
for line in orders.order_line:
    line.qty_delivered = line.product_uom_qty
invoices = orders._create_invoices()
invoices.invoice_date = fields.Date.today()
invoices.action_post()
accounts = []
if addon:
    env["logistics.customer"]._refresh_figures(company=company)
    accounts = env["logistics.customer"].search([("company_id", "=", company.id)]).ids
    # eight customers stand for hundreds
    company.logistics_complaint_flood = 10_000
    company.logistics_portal_statement = True
truth = {
    "customers": CUSTOMERS,
    "accounts": accounts,
    "owed": round(sum(invoices.mapped("amount_residual_signed")), 2),
    "orders": {f"portal{place}": orders[place].name for place in range(PORTALS)},
    "invoices": {
        f"portal{place}": orders[place].invoice_ids.name or "" for place in range(PORTALS)
    },
}
(Path(os.environ["LOAD_FOLDER"]) / "truth.json").write_text(json.dumps(truth))
env.cr.commit()
