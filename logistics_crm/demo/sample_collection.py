# Part of logistics_crm. License LGPL-3 or later.
"""Collections of the sample company: promises, disputes, a legal case, forecasts, a back-test."""

from datetime import timedelta

from odoo import Command

REASONS = ("damage", "price", "late", "document")
WORDS = (
    "Asked for the bank details again; money comes with the next run.",
    "The new bookkeeper promised to look into it.",
    "Wants the delivery notes first.",
    "Short of money until the harvest is sold.",
)


def add_collections(env, plan, companies):
    """Add what a controller of the main company did in the last weeks; no mail is written.

    :param env: a superuser environment
    :param plan: the sample plan, with ``today``
    :param companies: ``res.company`` by home
    """
    company = companies["main"]
    today = plan["today"]
    controller = env["res.users"].search([("login", "=", "controller")], limit=1)
    if company.logistics_credit_control != "off":
        company.logistics_collections = "worklist"
    cases = env["logistics.collection.case"].with_company(company)
    cases._refresh_cases(company, today)
    cases = cases.search([("company_id", "=", company.id), ("state", "=", "open")])
    cases.write({"owner_id": controller.id})
    overdue = cases.filtered(lambda case: case.overdue_amount > 0).sorted(
        lambda case: (-case.overdue_amount, case.id)
    )
    _promise(env, overdue[:12], controller, today)
    _dispute(env, company, overdue[4:8], controller, today)
    for number, case in enumerate(overdue[:8]):
        case.with_user(controller)._log_touch(
            "call", "phone", WORDS[number % len(WORDS)], result="reached"
        )
    _go_to_law(overdue.sorted(lambda case: (-case.oldest_days, case.id))[:1], env)
    env["logistics.cash.forecast"].create(
        [
            {"company_id": company.id, "as_of": today},
            {"company_id": company.id, "as_of": today - timedelta(weeks=13)},
        ]
    ).action_compute()
    _back_test(env, company, plan)
    cases._refresh_cases(company, today)


def _promise(env, cases, controller, today):
    """Some promises that are judged already, and some still open."""
    for number, case in enumerate(cases):
        made = today - timedelta(days=24 - 2 * number)
        share = (1.0, 0.5, 0.8)[number % 3]
        env["logistics.payment.promise"].with_user(controller).create(
            {
                "customer_id": case.customer_id.id,
                "currency_id": case.currency_id.id,
                "amount": max(1.0, round(case.overdue_amount * share, -1)),
                "date_made": made,
                "date_promised": made + timedelta(days=10),
                "note": WORDS[number % len(WORDS)],
            }
        )


def _dispute(env, company, cases, controller, today):
    for number, case in enumerate(cases):
        move = env["account.move"].search(
            [
                ("company_id", "=", company.id),
                ("commercial_partner_id", "=", case.customer_id.partner_id.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
            ],
            order="invoice_date, id",
            limit=1,
        )
        if move:
            env["logistics.dispute"].create(
                {
                    "move_id": move.id,
                    "reason": REASONS[number % len(REASONS)],
                    "owner_id": controller.id,
                    "department": ("claims", "billing", "operations", "sales")[number % 4],
                    "date_opened": today - timedelta(days=9 + number),
                    "deadline": today + timedelta(days=5 - 3 * number),
                }
            )


def _go_to_law(case, env):
    if not case:
        return
    legal = case._open_legal_case()
    legal.write(
        {
            "lawyer_id": env["res.partner"]
            .create(
                {
                    "name": "Weber & Lindt, Attorneys",
                    "is_company": True,
                    "child_ids": [Command.create({"name": "Dr. Anna Weber"})],
                }
            )
            .id,
            "cost_amount": 850.0,
        }
    )
    legal.action_lawyer()


def _back_test(env, company, plan):
    policy = env["logistics.credit.policy"]._for_company(company)
    test = env["logistics.credit.backtest"].create(
        {
            "company_id": company.id,
            "policy_id": policy.id,
            "date_from": f"{plan['year']}-01-01",
            "date_to": f"{plan['year']}-12-31",
        }
    )
    test.action_copy_policy()
    stricter = test.other_policy_id
    stricter.name = "What if: half the patience, any terms"
    for line in stricter.grade_ids:
        line.terms_max_days = False
    for line in stricter.grade_ids.filtered(lambda line: line.hold_overdue_days):
        line.write(
            {
                "hold_overdue_days": line.hold_overdue_days // 2,
                "warn_overdue_days": min(line.warn_overdue_days or 0, line.hold_overdue_days // 2),
            }
        )
    test.action_compute()
