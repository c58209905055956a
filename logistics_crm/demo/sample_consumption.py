# Part of logistics_crm. License LGPL-3 or later.
"""Lanes, consumption, white space and the call list of the sample company."""

import random

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
    env["logistics.consumption"].invalidate_model()
    for company in companies.values():
        env["logistics.consumption"].with_company(company)._refresh_company(company, plan["today"])


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
