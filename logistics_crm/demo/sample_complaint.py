# Part of logistics_crm. License LGPL-3 or later.
"""Complaints of the sample company: a year of them, most settled, a few late and one repeated."""

import random
from datetime import datetime, time, timedelta

from odoo import Command

# subject, type, usual cause, what is found, what the customer is told
CASES = [
    (
        "Parcel two days late",
        "late",
        "process",
        "The night sort closed before the last lorry was unloaded.",
        "Your parcel missed the night sort. The sort now waits for the last lorry.",
    ),
    (
        "Collected on Monday, still not delivered",
        "not_delivered",
        "subcontractor",
        "The partner in the delivery area had no driver for two days.",
        "Our partner was short of drivers. Your goods are delivered tomorrow before ten.",
    ),
    (
        "Crate arrived broken",
        "damaged",
        "equipment",
        "A worn belt edge of sorter 3 catches wooden crates.",
        "The belt that broke your crate is replaced. We credit the damage.",
    ),
    (
        "Pallet lost between hubs",
        "lost",
        "staff",
        "The pallet was scanned out but loaded on the wrong lorry.",
        "Your pallet was loaded on the wrong lorry and found again in the second hub.",
    ),
    (
        "Sent to the wrong city",
        "misrouted",
        "customer_data",
        "The postal code in the customer's file belongs to another city.",
        "The postal code of your order belongs to another city. We deliver on Thursday.",
    ),
    (
        "Fuel surcharge twice on the bill",
        "overcharged",
        "process",
        "The surcharge was in the price and added again by hand.",
        "You are right: the surcharge is on the bill twice. We credit it.",
    ),
    (
        "Driver was rude to the doorman",
        "attitude",
        "staff",
        "The driver was an hour behind and lost his temper.",
        "We have spoken with the driver and apologise.",
    ),
    (
        "Refund promised in spring still missing",
        "slow_compensation",
        "sales_conduct",
        "The promise was made by phone and never written down.",
        "The credit note goes out today. Promises are written down from now on.",
    ),
    (
        "Delivery held up by the snow",
        "late",
        "external",
        "The pass was closed for a day; all carriers waited.",
        "The pass was closed. We could not do better, and are sorry.",
    ),
]
# the complaint whose compensation waits for the manager
WAITING = 4
CHANNELS = ["phone", "phone", "mail", "portal", "visit"]


def add_complaints(env, plan, companies):
    """Write the complaints, authorities and settings of the main company."""
    company = companies["main"]
    env = env(context={**env.context, "logistics_no_activities": True})
    company = company.with_env(env)
    today = plan["today"]
    users = {user.login: user for user in env["res.users"].search([])}
    manager, sales = users.get("manager"), users.get("sales")
    handler_group = env.ref("logistics_crm.group_complaint_handler")
    if sales:
        sales.group_ids |= handler_group
    _settings(env, company, manager, sales)
    customers = env["logistics.customer"].search(
        [("company_id", "=", company.id), ("revenue_12m", ">", 0)],
        order="revenue_12m desc, id",
        limit=60,
    )
    if not customers:
        return
    _portal_user(env, customers[0], company)
    complaints = _complaints(env, company, customers, today, sales)
    _progress(complaints, today)
    _compensate(env, complaints, manager, sales)


def _settings(env, company, manager, sales):
    company.write(
        {
            "logistics_complaint_executive_id": manager.id if manager else False,
            "logistics_claim_post": True,
        }
    )
    for code in ("operations", "claims", "billing"):
        department = env.ref(f"logistics_crm.complaint_department_{code}")
        department.write(
            {
                "user_id": manager.id if manager else False,
                "handler_id": sales.id if sales else False,
            }
        )
    authority = env["logistics.compensation.authority"]
    authority.create(
        [
            {
                "company_id": company.id,
                "group_id": env.ref("logistics_crm.group_complaint_handler").id,
                "alone_amount": 150.0,
                "max_amount": 500.0,
            },
            {
                "company_id": company.id,
                "group_id": env.ref("logistics_crm.group_manager").id,
                "alone_amount": 500.0,
                "unlimited": True,
            },
        ]
    )


def _portal_user(env, customer, company):
    """A person of the largest customer with portal access; login and password: customer."""
    if env["res.users"].with_context(active_test=False).search_count([("login", "=", "customer")]):
        return
    contact = env["res.partner"].create(
        {
            "name": "Mei Lin",
            "parent_id": customer.partner_id.id,
            "email": "customer@harbour-rail.example.com",
            "function": "Shipping Manager",
        }
    )
    env["res.users"].create(
        {
            "name": contact.name,
            "login": "customer",
            "password": "customer",
            "partner_id": contact.id,
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            "group_ids": [Command.set(env.ref("base.group_portal").ids)],
        }
    )


def _complaints(env, company, customers, today, sales):
    rng = random.Random("complaints")
    vals_list = []
    invoices = env["account.move"].search_fetch(
        [
            ("commercial_partner_id", "in", customers.partner_id.ids),
            ("company_id", "=", company.id),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
        ],
        ["invoice_date", "commercial_partner_id", "amount_total", "currency_id"],
        order="invoice_date desc, id",
        limit=5000,
    )
    by_partner = {}
    for invoice in invoices:
        by_partner.setdefault(invoice.commercial_partner_id.id, []).append(invoice)
    orders = {}
    for order in env["sale.order"].search_fetch(
        [
            ("partner_id", "child_of", customers.partner_id.ids),
            ("company_id", "=", company.id),
            ("state", "=", "sale"),
        ],
        ["date_order", "partner_id"],
        order="date_order desc, id",
        limit=5000,
    ):
        orders.setdefault(order.partner_id.commercial_partner_id.id, []).append(order)
    for number in range(70):
        # the largest customer complains again and again
        customer = customers[0] if number % 10 == 0 else rng.choice(customers)
        name, kind, cause, finding, answer = CASES[min(int(rng.expovariate(0.45)), len(CASES) - 1)]
        if number == WAITING and invoices:
            name, kind, cause, finding, answer = CASES[2]
            entity = invoices[0].commercial_partner_id
            customer = customers.filtered(lambda c, entity=entity: c.partner_id == entity)
        age = 1 + number * 6 if number > 8 else number
        received = today - timedelta(days=age)
        while received.weekday() > 4:
            received -= timedelta(days=1)
        vals = {
            "name": name,
            "customer_id": customer.id,
            "contact_id": customer.partner_id.id,
            "company_id": company.id,
            "received_on": received,
            "received_at": datetime.combine(received, time(8 + number % 7, 15)),
            "channel": CHANNELS[number % len(CHANNELS)],
            "type_id": env.ref(f"logistics_crm.complaint_type_{kind}").id,
            "description": f"<p>{name}. Please tell us what happened and what you will do.</p>",
            "shipment_ref": f"WB{300000 + number * 37}",
            "user_id": sales.id if sales else False,
        }
        known = [i for i in by_partner.get(customer.partner_id.id, ()) if i.invoice_date < received]
        if known and kind in ("damaged", "lost", "overcharged", "slow_compensation"):
            invoice = known[min(number % 3, len(known) - 1)]
            vals |= {
                "move_id": invoice.id,
                "order_id": invoice.line_ids.sale_line_ids.order_id[:1].id,
                "claim_amount": round(min(invoice.amount_total * 0.4, 90 + number * 7), 2),
                "claim_currency_id": invoice.currency_id.id,
            }
        else:
            earlier = orders.get(customer.partner_id.id, ())
            vals["order_id"] = next(
                (o.id for o in earlier if o.date_order.date() < received), False
            )
        if cause == "sales_conduct":
            vals["responsible_id"] = customer.user_id.id
        if number > 3:
            vals |= {
                "cause_id": env.ref(f"logistics_crm.complaint_cause_{cause}").id,
                "root_cause": finding,
                "recovery": "Called the customer the same day.",
                "answer": answer,
            }
        vals_list.append(vals)
    vals_list.append(
        {
            "name": "Where is my parcel?",
            "email_from": "somebody@unknown.example.com",
            "company_id": company.id,
            "channel": "mail",
            "received_on": today,
            "description": "<p>Nobody answers the phone.</p>",
        }
    )
    return env["logistics.complaint"].create(vals_list)


def _progress(complaints, today):
    """Take the older ones to their end, with the dates such an end would have."""
    rng = random.Random("progress")
    for number, complaint in enumerate(complaints[:-1]):
        start = complaint.received_at
        accepted = start + timedelta(hours=rng.choice((1, 2, 3, 6, 30)))
        answered = start + timedelta(days=rng.choice((1, 2, 3, 5, 9)), hours=2)
        if number < 3:
            continue
        values = {"accepted_at": accepted, "first_answer_at": accepted, "state_since": accepted}
        if number < 6:
            values["state"] = "accepted" if number < 5 else "investigating"
        elif answered.date() >= today:
            values["state"] = "investigating"
        else:
            values |= {
                "state": "answered",
                "answered_at": answered,
                "state_since": answered,
                "verdict": rng.choice(("justified", "justified", "partly", "not_justified")),
            }
            if number > 8:
                refused = complaint.claim_amount and values["verdict"] == "not_justified"
                values |= {
                    "state": "refused" if refused else "closed",
                    "closed_on": min(answered.date() + timedelta(days=2), today),
                    "closed_by": complaint.user_id.id,
                }
        complaint._step().write(values)
    complaints._plan_escalation()


def _compensate(env, complaints, manager, sales):
    """Claims that ended in credit notes of their day; one of the open ones waits for approval."""
    claims = complaints.filtered(lambda c: c.claim_amount and c.move_id)
    requests = env["logistics.complaint.compensation"].with_user(sales or env.user).sudo()
    waiting = claims.filtered(lambda c: c.state in ("new", "accepted", "investigating"))
    for complaint in waiting[:1]:
        requests.create(
            {
                "complaint_id": complaint.id,
                "amount": complaint.claim_amount,
                "reason": complaint.name,
            }
        )
    ended = claims.filtered(lambda c: c.state == "closed" and c.verdict in ("justified", "partly"))
    company = complaints.company_id[:1]
    # drafts first: they are dated on the day each complaint ended, and posted then
    company.logistics_claim_post = False
    for complaint in ended[:16]:
        day = complaint.closed_on
        complaint._step().write({"state": "answered"})
        request = requests.create(
            {
                "complaint_id": complaint.id,
                "amount": round(complaint.claim_amount * 0.8, 2),
                "reason": complaint.name,
            }
        )
        request.with_user(manager or env.user).action_approve()
        note = request.credit_note_id
        note.write({"invoice_date": day, "date": day})
        note.action_post()
        request._set_off(note)
        request._step().write({"requested_on": complaint.received_on, "decided_on": day})
        complaint._step().write({"state": "closed"})
    company.logistics_claim_post = True
