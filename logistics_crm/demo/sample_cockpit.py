# Part of logistics_crm. License LGPL-3 or later.
"""What the front page and the portfolio of the sample company show: teams, industries, targets."""

from odoo import Command

# Industries by the place of a customer in the plan; the last ones stay unknown.
INDUSTRIES = ("Food", "Textiles", "Electronics", "Machinery", "Retail", "Chemicals")
# The mix the managers aim at, percent of the revenue by value class.
AIM = {"key": 45, "core": 30, "standard": 20}


def add_cockpit(env, plan, companies):
    """Give most customers an industry, each company a target mix, portfolios and a forecast."""
    industries = env["res.partner.industry"].create([{"name": name} for name in INDUSTRIES])
    by_ref = {
        account.ref: account for account in env["logistics.customer"].search([("ref", "!=", False)])
    }
    for number, customer in enumerate(plan["customers"]):
        account = by_ref.get(customer.ref)
        if account and number % 8:
            account.partner_id.industry_id = industries[number % len(industries)]
    members = env["logistics.portfolio.member"]
    members._ensure_all()
    classes = {
        member.key.removeprefix("class,"): member
        for member in members.search([("dimension", "=", "class")])
    }
    for company in companies.values():
        env["logistics.portfolio.target"].create(
            {
                "company_id": company.id,
                "name": "Live on fewer small shippers",
                "date_from": plan["today"].replace(month=1, day=1),
                "line_ids": [
                    Command.create(
                        {
                            "dimension": "class",
                            "member_id": classes[code].id,
                            "share": share,
                        }
                    )
                    for code, share in AIM.items()
                ],
            }
        )
        env["logistics.customer.strategy"].create(
            {
                "company_id": company.id,
                "year": plan["today"].year,
                "strategy": "Fewer small shippers, more contracts with manufacturers.",
                "keep_target": 90,
                "win_target": 6,
            }
        )
        env["logistics.portfolio.run"]._refresh_night(company, plan["today"])
        env["logistics.cash.forecast"]._refresh_week(company)
