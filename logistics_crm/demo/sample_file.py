# Part of logistics_crm. License LGPL-3 or later.
"""Files of the sample customers: full for the largest, thin for most, a bare name at the end."""

import random
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields

from .sample_names import CHINESE_GIVEN, CHINESE_SURNAMES, FIRST_NAMES, LAST_NAMES

SEED = "customer file"
COMPETITORS = {
    "main": [
        ("Ironbridge Express", "us"),
        ("Tri-State Haulage", "us"),
        ("Polaris Forwarding", "uk"),
    ],
    "abroad": [("长风速运 Changfeng Express", "cn"), ("Pearl River Freight", "hk")],
}
TYPES = ["express", "third_party", "forwarding", "distribution", "ecommerce"]
SCOPES = ["manufacturing", "wholesale", "retail", "electronics", "automotive", "machinery"]
FEATURES = ["seasonal_peaks", "high_value_goods", "just_in_time", "many_returns"]
CONCEPTS = ["growth", "quality_first", "cost_leadership", "innovation", "family_tradition"]
POLICIES = ["yearly_tender", "long_term_partners", "lowest_price", "several_suppliers"]
FORMS = ["limited", "stock", "partnership", "sole"]
# role, job position in English and Chinese, influence
PEOPLE = [
    ("decision_maker", "Managing Director", "总经理", "3"),
    ("buyer", "Head of Purchasing", "采购经理", "2"),
    ("finance", "Head of Finance", "财务经理", "2"),
    ("warehouse", "Warehouse Manager", "仓库主管", "1"),
]
# Fields a company added to two of its types.
PROPERTIES = {
    "express": [
        {"name": "parcels_per_day", "type": "integer", "string": "Parcels per Day"},
        {"name": "pickup_by", "type": "char", "string": "Pickup by"},
    ],
    "third_party": [
        {"name": "pallet_places", "type": "integer", "string": "Pallet Places"},
        {"name": "temperature", "type": "boolean", "string": "Temperature Controlled"},
    ],
}


def add_customer_file(env, plan, companies):
    """Fill the files of the sample customers, and give them people, papers and competitors."""
    env = env(context=dict(env.context, logistics_fact_log=False))
    today = plan["today"]
    for code, definition in PROPERTIES.items():
        env.ref(f"logistics_crm.customer_type_{code}").properties_definition = definition
    competitors = _competitors(env)
    for home, company in companies.items():
        customers = env["logistics.customer"].with_company(company)
        own = [customer for customer in plan["customers"] if customer.home == home]
        accounts = {
            account.ref: account
            for account in customers.search(
                [("company_id", "=", company.id), ("ref", "in", [c.ref for c in own])]
            )
        }
        for place, customer in enumerate(own):
            account = accounts.get(customer.ref)
            depth = 1 - place / len(own)
            if account and depth > 0.25:
                _fill(account, customer, depth, today, competitors[home])
    users = env.ref("logistics_crm.group_user_all").user_ids
    users.filtered(lambda user: not user.share).write(
        {"group_ids": [Command.link(env.ref("logistics_crm.group_personal_data").id)]}
    )
    for company in companies.values():
        env["logistics.customer"]._refresh_figures(as_of=today, company=company)


def _competitors(env):
    return {
        home: env["logistics.competitor"].create(
            [{"name": name, "country_id": env.ref(f"base.{country}").id} for name, country in names]
        )
        for home, names in COMPETITORS.items()
    }


def _ref(account, name):
    return account.env.ref(f"logistics_crm.{name}")


def _fill(account, customer, depth, today, competitors):
    rnd = random.Random(f"{SEED}/{customer.ref}")
    full = depth > 0.7
    _fill_entity(account, customer, full, today, rnd)
    people = _add_people(account, customer, 4 if full else rnd.randint(1, 2), rnd)
    if full or rnd.random() < 0.5:
        _add_papers(account, customer, today, rnd)
    if full:
        _add_money(account, customer, today, rnd)
        _add_dossier(people[:1], customer)
    if full or rnd.random() < 0.4:
        _add_sightings(account, today, competitors, rnd)
    _add_verifications(account, full, today, rnd)


def _fill_entity(account, customer, full, today, rnd):
    code = TYPES[customer.rank % len(TYPES)]
    values = {
        "customer_type_id": _ref(account, f"customer_type_{code}").id,
        "legal_form_id": _ref(account, f"legal_form_{rnd.choice(FORMS)}").id,
        "scope_ids": [Command.link(_ref(account, f"fact_tag_scope_{rnd.choice(SCOPES)}").id)],
        "employee_count": rnd.choice([8, 24, 60, 180, 420, 1300]),
    }
    if code in PROPERTIES:
        first = PROPERTIES[code][0]["name"]
        values["properties"] = {first: rnd.choice([40, 120, 350, 800])}
    if full:
        values |= {
            "founded_date": date(today.year - rnd.randint(6, 70), rnd.randint(1, 12), 1),
            "registered_capital": rnd.choice([100000, 500000, 2000000, 10000000]),
            "capital_currency_id": account.currency_id.id,
            "premises_count": rnd.randint(1, 6),
            "premises_area": rnd.choice([1200, 4000, 15000]),
            "vehicle_count": rnd.choice([0, 0, 3, 12]),
            "scale": rnd.choice(["regional", "national", "group"]),
            "company_registry": f"HRB-{rnd.randint(10000, 99999)}",
            "area_country_ids": [Command.link(account.country_id.id)] if account.country_id else [],
            "feature_ids": [
                Command.link(_ref(account, f"fact_tag_feature_{rnd.choice(FEATURES)}").id)
            ],
            "concept_ids": [
                Command.link(_ref(account, f"fact_tag_concept_{rnd.choice(CONCEPTS)}").id)
            ],
            "policy_ids": [
                Command.link(_ref(account, f"fact_tag_policy_{rnd.choice(POLICIES)}").id)
            ],
            "development_potential": rnd.choice("2345"),
            "market_influence": rnd.choice("2345"),
            "innovation_ability": rnd.choice("2345"),
        }
    account.write(values)


def _add_people(account, customer, count, rnd):
    chinese = customer.home == "abroad"
    used = set()
    values = []
    for role, function, function_zh, influence in PEOPLE[:count]:
        if chinese:
            name = rnd.choice(CHINESE_SURNAMES) + rnd.choice(CHINESE_GIVEN)
        else:
            name = f"{rnd.choice(FIRST_NAMES)} {rnd.choice(LAST_NAMES)}"
        if name in used:
            continue
        used.add(name)
        values.append(
            {
                "customer_id": account.id,
                "name": name,
                "function": function_zh if chinese else function,
                "role_ids": [Command.link(_ref(account, f"person_role_{role}").id)],
                "influence": influence,
                "attitude": rnd.choice(["critical", "neutral", "supporter", "champion"]),
                "user_id": account.user_id.id,
                "preferred_channel": rnd.choice(["phone", "email", "visit"]),
                "occasion_ids": [
                    Command.create(
                        {
                            "customer_id": account.id,
                            "kind": "birthday",
                            "month": str(rnd.randint(1, 12)),
                            "day": rnd.randint(1, 28),
                        }
                    )
                ],
            }
        )
    return account.env["logistics.key.person"].create(values)


def _add_papers(account, customer, today, rnd):
    issued = today - timedelta(days=rnd.randint(200, 1200))
    account.env["logistics.document"].create(
        {
            "customer_id": account.id,
            "type_id": _ref(account, "document_type_business_licence").id,
            "number": f"BL-{rnd.randint(100000, 999999)}",
            "date_issue": issued,
            "date_expiry": today + timedelta(days=rnd.choice([-20, 25, 200, 900])),
        }
    )
    years = rnd.randint(1, 4)
    end = today + timedelta(days=rnd.choice([30, 75, 240, 330]))
    first = None
    for back in range(years, 0, -1):
        start = end - relativedelta(years=back) + timedelta(days=1)
        first = account.env["logistics.contract"].create(
            {
                "name": f"FA-{start.year}-{customer.ref[-3:]}",
                "customer_id": account.id,
                "kind": rnd.choice(["framework", "rates", "transport"]),
                "state": "signed",
                "date_issue": start - timedelta(days=12),
                "date_start": start,
                "date_end": end - relativedelta(years=back - 1),
                "yearly_amount": round(account.revenue_12m or 0, -3) or False,
                "previous_id": first.id if first else False,
            }
        )


def _add_money(account, customer, today, rnd):
    ours = account.revenue_12m or 50000
    for back in (1, 2):
        spend = round(ours / rnd.uniform(0.15, 0.8), -3)
        revenue = spend * rnd.randint(12, 30)
        account.env["logistics.partner.financial"].create(
            {
                "partner_id": account.partner_id.id,
                "year": today.year - back,
                "currency_id": account.currency_id.id,
                "revenue": revenue,
                "profit": round(revenue * rnd.uniform(-0.02, 0.12), -3),
                "logistics_spend": spend,
                "source": rnd.choice(["report", "customer", "agency"]),
            }
        )


def _add_dossier(people, customer):
    keep = fields.Date.add(fields.Date.today(), years=2)
    people.env["logistics.personal.dossier"].create(
        [
            {
                "person_id": person.id,
                "purpose": "care",
                "legal_basis": "consent",
                "source": "person",
                "retention_date": keep,
                "interests": "Sailing, old railways",
                "character": "Decides fast, wants figures on one page",
            }
            for person in people
            if customer.rank < 3
        ]
    )


def _add_sightings(account, today, competitors, rnd):
    account.env["logistics.competitor.observation"].create(
        {
            "customer_id": account.id,
            "competitor_id": rnd.choice(competitors).id,
            "date": today - timedelta(days=rnd.randint(5, 500)),
            "share": rnd.choice([0.1, 0.25, 0.4, False]),
            "price_level": rnd.choice("1223"),
            "service_level": rnd.choice("2334"),
            "threat": rnd.choice("1223"),
            "source": rnd.choice(["customer", "visit", "tender"]),
            "user_id": account.user_id.id or account.env.uid,
        }
    )


def _add_verifications(account, full, today, rnd):
    sections = ["identity", "company", "business", "outlook", "people", "finance", "competition"]
    count = len(sections) if full else rnd.randint(0, 3)
    age = rnd.choice([20, 60, 170, 345, 400])
    account.env["logistics.file.verification"].create(
        [
            {
                "customer_id": account.id,
                "section": section,
                "user_id": account.user_id.id or account.env.uid,
                "date": today - timedelta(days=age + rnd.randint(0, 15)),
            }
            for section in [*sections[:count], *(["papers"] if full else [])]
        ]
    )
