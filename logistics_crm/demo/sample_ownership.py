# Part of logistics_crm. License LGPL-3 or later.
"""Value classes with entitlements, backups, a handover that waits and a class by hand."""

from datetime import timedelta

from odoo import Command

ENTITLEMENTS = {
    "key": {
        "response_hours": 2.0,
        "priority": "2",
        "discount_percent": 10.0,
        "visit_interval_days": 30,
        "extras": "one contact for everything",
    },
    "core": {
        "response_hours": 8.0,
        "priority": "1",
        "discount_percent": 5.0,
        "visit_interval_days": 60,
        "rep_required": True,
    },
    "standard": {"response_hours": 24.0, "discount_percent": 2.0, "visit_interval_days": 180},
    "marginal": {"discount_percent": 0.0},
}


def add_ownership(env, plan, companies):
    """Entitlements, backups for most key accounts, one handover given, one class by hand."""
    today = plan["today"]
    customers = env["logistics.customer"]
    policies = env["logistics.value.class.policy"]
    for company in companies.values():
        policy = policies._for_company(company)
        for line in policy.entitlement_ids:
            line.write(ENTITLEMENTS[line.value_class])
        # a representative of the other company may look after a customer, but not take over here
        reps = customers.search([("company_id", "=", company.id)]).user_id.filtered(
            lambda user, company=company: company in user.company_ids
        )
        reps = reps.sorted("id")
        keys = customers.search(
            [
                ("company_id", "=", company.id),
                ("value_class", "=", "key"),
                ("user_id", "!=", False),
            ],
            order="value_rank, id",
        )
        # the last one lacks a backup, so that the list of gaps has something to show
        for number, account in enumerate(keys[:-1]):
            others = reps - account.user_id
            if others:
                account.backup_user_id = others[number % len(others)]
        cores = customers.search(
            [
                ("company_id", "=", company.id),
                ("value_class", "=", "core"),
                ("user_id", "!=", False),
            ],
            order="value_rank, id",
        )
        if len(reps) < 2 or len(cores) < 3:
            continue
        giver = cores[0].user_id
        taker = (reps - giver)[0]
        handover = env["logistics.handover"].create(
            {
                "company_id": company.id,
                "from_user_id": giver.id,
                "to_user_id": taker.id,
                "reason": "The region moves to another team.",
                "line_ids": [
                    Command.create({"customer_id": account.id})
                    for account in cores.filtered(lambda c, giver=giver: c.user_id == giver)[:3]
                ],
            }
        )
        handover.action_give()
        override = env["logistics.value.class.override"].create(
            {
                "customer_id": cores[1].id,
                "value_class": "key",
                "reason": "Opens the door to the whole industry of the region.",
                "date_to": today + timedelta(days=180),
            }
        )
        override.action_approve()
