# Part of logistics_crm. License LGPL-3 or later.
"""Companies, users, exchange rates, services and customers of the sample company."""

import math

from dateutil.relativedelta import relativedelta

from odoo import Command

from .sample_names import (
    ABROAD_NAME,
    CHINESE_GIVEN,
    CHINESE_SURNAMES,
    FIRST_NAMES,
    FUNCTIONS,
    LAST_NAMES,
    MAIN_NAME,
    SERVICES,
    USERS,
)

# names a company has before somebody gives it its own
UNNAMED = ("My Company", "YourCompany", "My Company (San Francisco)")


def make_companies(env, rename):
    """Return ``dict(main=, abroad=)``; the main company is the one that is already there.

    :param rename: also give the main company its name, if it has none of its own
    """
    # a company with a country would install the accounting of that country, and commit
    env = env(context=dict(env.context, chart_template_load=True))
    main = env.ref("base.main_company")
    if rename and main.name in UNNAMED:
        main.write({"name": MAIN_NAME, "city": "Baltimore", "country_id": env.ref("base.us").id})
        main.partner_id.write({"street": "1 Locust Point Terminal", "zip": "21230"})
    currencies = env.ref("base.CNY") | env.ref("base.EUR") | env.ref("base.USD")
    currencies.action_unarchive()
    abroad = env["res.company"].search([("name", "=", ABROAD_NAME)], limit=1)
    if not abroad:
        abroad = env["res.company"].create(
            {
                "name": ABROAD_NAME,
                "currency_id": env.ref("base.CNY").id,
                "country_id": env.ref("base.cn").id,
                "city": "上海",
                "street": "洋山港物流大道 88 号",
            }
        )
    companies = {"main": main, "abroad": abroad}
    for company in companies.values():
        if not company.chart_template:
            currency = company.currency_id
            # not try_loading: while a database is loaded with demo data it only warns
            env["account.chart.template"]._load("generic_coa", company, False)
            if company.currency_id != currency:
                company.currency_id = currency
    env.user.write({"company_ids": [Command.link(abroad.id)]})
    admin = env.ref("base.user_admin", raise_if_not_found=False)
    if admin:
        admin.write({"company_ids": [Command.link(abroad.id)]})
    return companies


def make_users(env, companies):
    """Return ``dict(key=res.users)``; the password of each is its login."""
    users = {}
    for key, name, login, groups, homes in USERS:
        own = env["res.company"].union(*(companies[home] for home in homes))
        user = env["res.users"].with_context(active_test=False).search([("login", "=", login)])
        if not user:
            user = env["res.users"].create(
                {
                    "name": name,
                    "login": login,
                    "password": login,
                    "email": f"{login}@harbour-rail.example.com",
                    "company_id": own[0].id,
                    "company_ids": [Command.set(own.ids)],
                    "group_ids": [
                        Command.link(env.ref(f"logistics_crm.{group}").id) for group in groups
                    ]
                    + [Command.link(env.ref("base.group_user").id)],
                    "notification_type": "inbox",
                }
            )
        users[key] = user
    # a manager must be able to correct what the accountants see
    users["manager"].write(
        {
            "group_ids": [
                Command.link(env.ref("account.group_account_invoice").id),
                Command.link(env.ref("logistics_crm.group_credit_controller").id),
            ]
        }
    )
    return users


def make_rates(env, companies, first, last):
    """Monthly exchange rates of both companies, drifting slowly; units per company currency."""
    usd, eur, cny = (env.ref(f"base.{code}") for code in ("USD", "EUR", "CNY"))
    values = []
    when, number = first.replace(day=1), 0
    while when <= last:
        euro = round(0.92 + 0.035 * math.sin(number / 5.0) - 0.0005 * number, 6)
        yuan = round(7.05 + 0.16 * math.sin(number / 7.0 + 1), 6)
        for company in companies.values():
            per_dollar = {usd: 1.0, eur: euro, cny: yuan}
            base = per_dollar.get(company.currency_id, 1.0)
            values += [
                {
                    "name": when,
                    "company_id": company.id,
                    "currency_id": currency.id,
                    "rate": 1.0 if currency == company.currency_id else round(rate / base, 8),
                }
                for currency, rate in per_dollar.items()
            ]
        when += relativedelta(months=1)
        number += 1
    rates = env["res.currency.rate"]
    known = {
        (rate.name, rate.company_id, rate.currency_id)
        for rate in rates.search([("company_id", "in", [c.id for c in companies.values()])])
    }
    browse = env["res.company"].browse, env["res.currency"].browse
    rates.create(
        [
            value
            for value in values
            if (value["name"], browse[0](value["company_id"]), browse[1](value["currency_id"]))
            not in known
        ]
    )


def make_services(env):
    """Return ``dict(key=product.product)``, each with its logistics service."""
    chinese = env["res.lang"]._lang_get("zh_CN")
    products = env["product.product"]
    by_key = {}
    for sequence, (key, name, name_zh, time, profession, area, price, cost, _d, kg) in enumerate(
        SERVICES, 1
    ):
        service = env["logistics.service"].create(
            {
                "name": name,
                "code": f"HRL-{key}",
                "sequence": sequence,
                "time_id": env.ref(f"logistics_crm.attribute_{time}").id if time else False,
                "profession_id": env.ref(f"logistics_crm.attribute_{profession}").id,
                "area_id": env.ref(f"logistics_crm.attribute_{area}").id,
            }
        )
        product = products.create(
            {
                "name": name,
                "default_code": f"HRL-{key}",
                "type": "service",
                "invoice_policy": "order",
                "list_price": price,
                "standard_price": cost or 0.0,
                "weight": kg,
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
                "logistics_service_id": service.id,
            }
        )
        if chinese:
            service.with_context(lang="zh_CN").name = name_zh
            product.with_context(lang="zh_CN").name = name_zh
        by_key[key] = product
    return by_key


def make_tax(env, company):
    """The value added tax of transport services at home of the second company."""
    tax = env["account.tax"]
    group = env["account.tax.group"].search([("company_id", "=", company.id)], limit=1)
    found = tax.search([("company_id", "=", company.id), ("name", "=", "增值税 6%")], limit=1)
    return found or tax.create(
        {
            "name": "增值税 6%",
            "amount": 6.0,
            "amount_type": "percent",
            "type_tax_use": "sale",
            "company_id": company.id,
            "tax_group_id": group.id,
            "country_id": company.account_fiscal_country_id.id,
        }
    )


def make_terms(env, days_wanted):
    """Return ``dict(days=account.payment.term)`` of one due date each."""
    terms = {}
    for days in sorted(days_wanted):
        terms[days] = env["account.payment.term"].create(
            {
                "name": f"{days} days net",
                "company_id": False,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100.0, "nb_days": days})
                ],
            }
        )
    return terms


def make_pricelist(env, company):
    """The price list that makes an order one in euro."""
    return env["product.pricelist"].create(
        {"name": "Europe (EUR)", "currency_id": env.ref("base.EUR").id, "company_id": company.id}
    )


def make_partners(env, plan, users, terms):
    """Return ``dict(ref=res.partner)``: the customers, with one to three contacts each."""
    countries = {
        country.code.lower(): country.id
        for country in env["res.country"].search([])
        if country.code
    }
    values = []
    for number, customer in enumerate(plan["customers"]):
        term = terms[customer.term_days].id
        slug = customer.ref.lower()
        values.append(
            {
                "ref": customer.ref,
                "name": customer.name,
                "is_company": True,
                "customer_rank": 1,
                "country_id": countries[customer.country],
                "city": customer.city,
                "email": f"office@{slug}.example.com",
                "phone": f"+1 555 01{number:02d}",
                "user_id": users[customer.rep].id if customer.rep else False,
                "property_payment_term_id": term,
                "child_ids": [
                    Command.create(values) for values in _contacts(customer, number, slug)
                ],
            }
        )
    partners = env["res.partner"].create(values)
    for company in {user.company_id for user in users.values()}:
        # payment terms are kept per company
        for partner, customer in zip(
            partners.with_company(company), plan["customers"], strict=True
        ):
            partner.property_payment_term_id = terms[customer.term_days]
    return {partner.ref: partner for partner in partners if partner.ref}


def _contacts(customer, number, slug):
    chinese = not customer.name.isascii() and customer.country == "cn"
    for place in range(1 + (number * 7) % 3):
        turn = number * 3 + place
        if chinese:
            name = CHINESE_SURNAMES[turn % 12] + CHINESE_GIVEN[turn * 7 % 10]
        else:
            name = f"{FIRST_NAMES[turn * 7 % 20]} {LAST_NAMES[turn % 16]}"
        yield {
            "name": name,
            "type": "contact",
            "function": FUNCTIONS[place][chinese],
            "email": f"contact{place + 1}@{slug}.example.com",
        }
    if number % 4 == 0:
        yield {
            "name": f"{customer.name} · {'仓库' if chinese else 'Warehouse'}",
            "type": "delivery",
            "city": customer.city,
        }
