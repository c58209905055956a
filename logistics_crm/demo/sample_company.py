# Part of logistics_crm. License LGPL-3 or later.
"""A believable logistics firm to look at: customers, three years of trade, two companies."""

import json
import logging
import time

from odoo import fields

from . import sample_masters as masters
from .sample_books import Books, write_history
from .sample_cockpit import add_cockpit
from .sample_collection import add_collections
from .sample_complaint import add_complaints
from .sample_consumption import add_consumption
from .sample_file import add_customer_file
from .sample_gain import add_gain
from .sample_names import ROLES, USERS
from .sample_network import add_network
from .sample_ownership import add_ownership
from .sample_plan import SIZES, make_plan
from .sample_receivable import add_receivable
from .sample_retention import add_retention
from .sample_screening import add_screening
from .sample_visit import add_visits
from .sample_voice import add_voice

_logger = logging.getLogger(__name__)

# What each area adds to the company, in this order, once the books are written and the figures
# refreshed: functions of (env, plan, companies), deterministic, a few seconds each.
AREAS = [
    add_consumption,
    add_customer_file,
    add_gain,
    add_ownership,
    add_visits,
    add_voice,
    add_retention,
    add_complaints,
    add_collections,
    add_receivable,
    add_screening,
    add_network,
    add_cockpit,
]

# what was built, so that it is never built twice
PARAMETER = "logistics_crm.sample_company"

# Nobody is written to or notified: mails to invented addresses help nobody
SILENT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_automation_skip": True,
    "no_reset_password": True,
    "install_demo": False,
}


def build_sample_company(env, size="full", today=None):
    """Build the sample company in the main company and a second one abroad.

    Deterministic for a day; nothing is dated after it. Sends no mail, commits nothing. Called
    again on the same database it says so and changes nothing.

    :param env: a superuser environment on a database with ``logistics_crm``
    :param size: 'full' (80 customers, three years; minutes) or 'light' (a quarter of the
        customers, a year and a half; seconds)
    :param today: the day on which the story ends, today when omitted
    :return: ``dict(year=last full calendar year, company=main res.company,
        logins=[(login, password, role)], built=whether something was built, counts=dict)``
    """
    if size not in SIZES:
        raise ValueError(f"size must be one of {', '.join(SIZES)}, not {size!r}")
    parameters = env["ir.config_parameter"].sudo()
    known = parameters.get_param(PARAMETER)
    logins = [(login, login, ROLES[key]) for key, _name, login, _groups, _homes in USERS]
    if known:
        known = json.loads(known)
        _logger.info("The sample company (%s) is already in this database.", known["size"])
        return {
            "year": known["year"],
            "company": env["res.company"].browse(known["company_id"]),
            "logins": logins,
            "built": False,
            "counts": known["counts"],
        }
    started = time.monotonic()
    env = env(su=True, context=dict(env.context, **SILENT))
    today = fields.Date.to_date(today) or fields.Date.context_today(env["res.partner"])
    plan = make_plan(today, size)
    companies = masters.make_companies(env, rename=size == "full")
    env = env(
        context=dict(
            env.context, allowed_company_ids=[company.id for company in companies.values()]
        )
    )
    companies = {home: company.with_env(env) for home, company in companies.items()}
    counts = _write(env, plan, companies)
    if size == "full":
        # The light form lands in databases where Odoo's own tests run: there it stays neutral.
        _switch_on_credit_control(env, companies)
    customers = env["logistics.customer"]
    for company in companies.values():
        customers.with_company(company)._refresh_figures(as_of=today, company=company)
    for add_area in AREAS:
        add_area(env, plan, companies)
    parameters.set_param(
        PARAMETER,
        json.dumps(
            {
                "size": size,
                "year": plan["year"],
                "company_id": companies["main"].id,
                "counts": counts,
            }
        ),
    )
    _logger.info("Sample company built in %.0f s: %s", time.monotonic() - started, counts)
    return {
        "year": plan["year"],
        "company": companies["main"],
        "logins": logins,
        "built": True,
        "counts": counts,
    }


def _write(env, plan, companies):
    users = masters.make_users(env, companies)
    before = min((row["date"] for row in plan["history"]), default=plan["start"])
    masters.make_rates(env, companies, before, plan["today"])
    terms = masters.make_terms(env, {customer.term_days for customer in plan["customers"]})
    partners = masters.make_partners(env, plan, users, terms)
    products = masters.make_services(env)
    books = Books(
        env,
        plan,
        {
            "companies": companies,
            "partners": partners,
            "users": users,
            "products": products,
            "tax": masters.make_tax(env, companies["abroad"]),
            "pricelist": masters.make_pricelist(env, companies["main"]),
        },
    )
    # whoever has not traded yet is a prospect, and has an account too
    for home, company in companies.items():
        own = [c.ref for c in plan["customers"] if c.home == home]
        env["logistics.customer"]._ensure_for(
            env["res.partner"].union(*(partners[ref] for ref in own)), company
        )
    rows = write_history(env, plan, companies, partners, products)
    for company in companies.values():
        company.logistics_ledger_start = plan["start"]
    counts = books.write_out()
    return {"customers": len(partners), "history_rows": rows, **counts}


def _switch_on_credit_control(env, companies):
    """Neutral is for installations; a sample shows orders that wait, and who may release them."""
    controller = env["res.users"].search([("login", "=", "controller")], limit=1)
    for company in companies.values():
        company.write(
            {
                "logistics_credit_control": "enforce",
                "logistics_credit_controller_id": controller.id,
            }
        )
    env["logistics.credit.authority"].create(
        [
            {
                "company_id": company.id,
                "user_id": controller.id,
                "max_excess": 50000.0,
                "may_lift_gate": True,
            }
            for company in companies.values()
        ]
    )
