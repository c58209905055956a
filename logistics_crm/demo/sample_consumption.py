# Part of logistics_crm. License LGPL-3 or later.
"""Lanes, consumption, white space and the call list of the sample company."""

import random
from datetime import timedelta

from odoo.tools import SQL

ZONES = [
    ("Baltimore", "BAL", "us"),
    ("Midwest", "MIW", "us"),
    ("Pacific Northwest", "PNW", "us"),
    ("Gulf Coast", "GLF", "us"),
    ("Rotterdam", "RTM", "nl"),
    ("Hamburg", "HAM", "de"),
    ("Shanghai", "SHA", "cn"),
    ("Ningbo", "NGB", "cn"),
    ("Chengdu", "CTU", "cn"),
]
LANES = {
    "main": [("BAL", "MIW"), ("BAL", "PNW"), ("BAL", "GLF"), ("BAL", "RTM"), ("HAM", "BAL")],
    "abroad": [("SHA", "NGB"), ("SHA", "CTU"), ("NGB", "BAL"), ("SHA", "RTM")],
}


def add_consumption(env, plan, companies):
    """Give most order lines and old documents a lane, then compute what follows from them."""
    lanes = _lanes(env)
    for home, company in companies.items():
        choices = [lanes[lane] for lane in LANES[home]]
        for customer in plan["customers"]:
            rnd = random.Random(f"lanes/{customer.ref}")
            # two or three lanes each; one customer in six never names one
            own = rnd.sample(choices, rnd.choice((2, 2, 3))) if rnd.random() > 0.16 else []
            _name_lanes(env, company, customer.ref, own)
    for company in companies.values():
        company.write({"logistics_capital_rate": 6.0, "logistics_standard_term_days": 30})
    _record_bonds(env, plan, companies)
    for company in companies.values():
        env["logistics.consumption"].with_company(company)._refresh_company(company, plan["today"])


def _record_bonds(env, plan, companies):
    """What no document knows: gifts, links, teams, rebates; a floor, a programme, a campaign."""
    customers, today = env["logistics.customer"], plan["today"]
    manager = env["res.users"].search([("login", "=", "manager")], limit=1)
    for company in companies.values():
        env["logistics.service.floor"].create(
            {
                "company_id": company.id,
                "response_hours": 8,
                "on_time_target": 0.85,
                "complaint_days": 10,
            }
        )
        largest = customers.search(
            [("company_id", "=", company.id), ("value_class", "in", ("key", "core"))],
            order="revenue_12m desc",
            limit=12,
        )
        rows = []
        for place, customer in enumerate(largest):
            base = float(customer.revenue_12m or 0.0)
            for kind, share, days, document in (
                ("gift", 0.0004, 300, "Year-end basket"),
                ("event", 0.0012, 150, "Customer day"),
                ("rebate", 0.015, 40, "Volume bonus"),
                ("link", None, 700, "EDI orders and status"),
                ("dedicated", 0.01, 200, "Own account desk"),
            ):
                # the further down, the less binds them: some are held by price alone
                if (place * 7 + days) % 5 < (3 if place < 4 else 2):
                    rows.append(
                        {
                            "customer_id": customer.id,
                            "kind": kind,
                            "amount": False if share is None else round(base * share, 2),
                            "date": today - timedelta(days=days),
                            "document": document,
                        }
                    )
        env["logistics.concession"].create(rows)
        programme = env["logistics.retention.programme"].create(
            {
                "name": "Loyalty Circle",
                "company_id": company.id,
                "level": "2",
                "value_class": "core",
                "min_years": 2,
                "max_late_share": 0.3,
                "response_hours": 4,
                "on_time_target": 0.95,
                "complaint_days": 5,
                "budget_share": 0.05,
                "benefit": "A desk of their own, a review every quarter, claims settled first.",
            }
        )
        programme.with_company(company).action_update_members()
        start = today - timedelta(days=200)
        # chosen by name, not by how they did since
        reviewed = customers.search(
            [("company_id", "=", company.id), ("first_trade_date", "<", start)], order="name"
        )[::3]
        measure = env["logistics.retention.measure"].create(
            {
                "name": "Quarterly review in person",
                "company_id": company.id,
                "user_id": manager.id,
                "level": "2",
                "start_date": start,
                "customer_ids": reviewed.ids,
            }
        )
        measure._measure(today)
        segment = env["logistics.segment"].create(
            {
                "name": "Trading, not yet key",
                "company_id": company.id,
                "user_id": manager.id,
                "customer_domain": "[('trade_days_12m', '>', 0), ('value_class', '!=', 'key')]",
            }
        )
        outreach = env["logistics.outreach"].create(
            {
                "name": "Peak season capacity",
                "segment_id": segment.id,
                "company_id": company.id,
                "user_id": manager.id,
                "kind": "opportunity",
                "start_date": today - timedelta(days=75),
                "holdout_share": 0.25,
                "response_days": 60,
            }
        )
        outreach.action_start()
        outreach._measure(today)


def _lanes(env):
    countries = {c.code.lower(): c.id for c in env["res.country"].search([]) if c.code}
    zones = env["logistics.zone"].create(
        [
            {"name": name, "code": code, "country_id": countries[country]}
            for name, code, country in ZONES
        ]
    )
    by_code = {zone.code: zone.id for zone in zones}
    pairs = [pair for home in LANES.values() for pair in home]
    made = env["logistics.lane"].create(
        [
            {"origin_id": by_code[origin], "destination_id": by_code[destination]}
            for origin, destination in pairs
        ]
    )
    return dict(zip(pairs, made, strict=True))


def _name_lanes(env, company, ref, lanes):
    if not lanes:
        return
    ids = [lane.id for lane in lanes]
    count = len(ids)
    for statement in (
        """UPDATE sale_order_line l SET logistics_lane_id = (%(ids)s::integer[])[1 + l.id %% %(n)s]
             FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
            WHERE o.id = l.order_id AND o.company_id = %(company)s AND p.ref = %(ref)s""",
        """UPDATE logistics_trading_history h
              SET lane_id = (%(ids)s::integer[])[1 + h.id %% %(n)s]
             FROM res_partner p
            WHERE p.id = h.partner_id AND h.company_id = %(company)s AND p.ref = %(ref)s""",
    ):
        env.cr.execute(SQL(statement, ids=ids, n=count, company=company.id, ref=ref))
