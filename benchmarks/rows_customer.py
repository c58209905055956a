# Part of logistics_crm. License LGPL-3 or later.
"""The list, the search and the form of customers against those of Odoo's contacts."""

import time
from contextlib import closing

from registry import Row

from odoo.tools import SQL

ROUNDS = 7
PAGE = 80
MANY = 100_000  # customers for which the time of a list is promised
CONTACT_SPEC = {
    "complete_name": {},
    "email": {},
    "phone": {},
    "city": {},
    "active": {},
    "user_id": {"fields": {"display_name": {}}},
    "country_id": {"fields": {"display_name": {}}},
    "company_id": {"fields": {"display_name": {}}},
}
CUSTOMER_SPEC = {
    "name": {},
    "ref": {},
    "credit_grade_code": {},
    "value_class": {},
    "lifecycle_stage": {},
    "revenue_12m": {},
    "margin_12m": {},
    "on_time_rate": {},
    "overdue_amount": {},
    "last_trade_date": {},
    "user_id": {"fields": {"display_name": {}}},
    "country_id": {"fields": {"display_name": {}}},
    "currency_id": {"fields": {"display_name": {}}},
    "company_id": {"fields": {"display_name": {}}},
}
FORM_SPEC = {
    **CUSTOMER_SPEC,
    "month_series": {},
    "limit_gauge": {},
    "open_points": {},
    "duplicate_hint": {},
    "value_class_explanation": {},
}


def rows(env, company):
    return [
        _list("customer list", []),
        _list("customer name search", [("name", "ilike", "customer 0001")]),
        _form(),
    ]


def _read(env, model, domain, spec):
    return env[model].web_search_read(domain, spec, limit=PAGE)


def _measure(env, model, domain, spec):
    """The shortest time and the statements of opening a list, with cold records."""
    times = []
    for _round in range(ROUNDS):
        env.invalidate_all()
        statements, start = env.cr.sql_log_count, time.perf_counter()
        _read(env, model, domain, spec)
        times.append(time.perf_counter() - start)
        statements = env.cr.sql_log_count - statements
    return min(times), statements


def _dress(env, company, domain):
    """Give the page of contacts what customers have, or their list has fewer names to look up.

    The contacts of the benchmark have no country, salesperson and company of their own. Undone
    with the savepoint.
    """
    page = env["res.partner"].search(domain, limit=PAGE)
    rep = env["res.users"].search([("share", "=", False)], limit=1)
    env.cr.execute(
        SQL(
            "UPDATE res_partner SET country_id = %s, user_id = %s, company_id = %s WHERE id IN %s",
            env.ref("base.us").id,
            rep.id,
            company.id,
            tuple(page.ids) or (0,),
        )
    )


def _list(name, domain):
    """A page of customers; the check holds it against the same page of contacts."""

    def check(env, company):
        with closing(env.cr.savepoint(flush=False)):
            _dress(env, company, domain)
            contacts, contact_queries = _measure(env, "res.partner", domain, CONTACT_SPEC)
        env.invalidate_all()
        customers, queries = _measure(env, "logistics.customer", domain, CUSTOMER_SPEC)
        ratio = customers / contacts
        print(
            f"{name}: {customers * 1000:.0f} ms and {queries} queries, contacts "
            f"{contacts * 1000:.0f} ms and {contact_queries} queries, {ratio:.2f} times"
        )
        problems = []
        # with few customers both are over before a difference could be felt
        many = env["logistics.customer"].search_count([("company_id", "=", company.id)], limit=MANY)
        if many == MANY and ratio > 1.5:
            problems.append(f"{name} takes {ratio:.2f} times that of contacts, 1.5 is promised")
        if queries > contact_queries + 3:
            problems.append(f"{name} takes {queries - contact_queries} queries more, 3 are allowed")
        return problems

    return Row(
        name,
        job=lambda env, company: _read(env, "logistics.customer", domain, CUSTOMER_SPEC),
        bare=lambda env, company: {
            name: SQL(
                "SELECT id, name FROM logistics_customer WHERE active AND name ILIKE %s"
                " ORDER BY name, id LIMIT %s",
                f"%{domain[0][2]}%" if domain else "%",
                PAGE,
            )
        },
        check=check,
        limits={"small": {"queries": 12}, "large": {"queries": 12}},
        note="A page of 80 customers as the web client asks for it; bare: ids and names only. The "
        "check compares it with Odoo's own page of contacts.",
    )


def _form():
    """One customer's form with everything that is computed on it."""

    def job(env, company):
        account = env["logistics.customer"].search([("company_id", "=", company.id)], limit=1)
        account.invalidate_recordset()
        account.web_read(FORM_SPEC)

    return Row(
        "customer form",
        job=job,
        bare=lambda env, company: {},
        limits={"small": {"queries": 80}, "large": {"queries": 80}},
        note="Twelve months, limit, open points, possible duplicates and the class explained.",
    )
