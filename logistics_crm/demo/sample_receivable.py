# Part of logistics_crm. License LGPL-3 or later.
"""Receivables of the sample company: bank account, month ends, key figures, confirmations."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

BANKS = {
    "main": ("Pacific Trade Bank", "PTBKUS33", "US64 0210 0002 1234 5678 9"),
    "abroad": ("Handelsbank Rotterdam", "HARONL2R", "NL91 ABNA 0417 1643 00"),
}
# how the customers answered last year's confirmation: agreed, their balance, name, reason
ANSWERS = (
    (True, 0.0, "Lin Mei", None),
    (True, 0.0, "J. Carter", None),
    (False, -1200.0, "R. Olsen", "Credit note for the damaged pallet is missing."),
    None,
)


def add_receivable(env, plan, companies):
    """Give the sample company month ends, key figures, confirmations and a kept run.

    Nothing is mailed: the letters are printed, as in a company that has not switched mail on.
    """
    today = plan["today"]
    month = today.replace(day=1)
    for home, company in companies.items():
        name, bic, number = BANKS[home]
        bank = env["res.bank"].search([("bic", "=", bic)], limit=1) or env["res.bank"].create(
            {"name": name, "bic": bic}
        )
        env["res.partner.bank"].create(
            {"partner_id": company.partner_id.id, "acc_number": number, "bank_id": bank.id}
        )
        kpis = env["logistics.receivable.kpi"].with_company(company)
        first = kpis._first_day(company)
        for back in range(12, -1, -1):
            begin = month - relativedelta(months=back)
            if first and begin + relativedelta(day=31) >= first:
                kpis._store_month(company, begin)
        for back in range(3, 0, -1):
            end = month - relativedelta(months=back - 1) - timedelta(days=1)
            env["logistics.ageing.snapshot"].with_company(company)._store(company, end)
    company = companies["main"]
    company.logistics_portal_statement = True
    run = env["logistics.receivable.report"].create(
        {"company_id": company.id, "as_of": today, "kept": True}
    )
    run._compute_run()
    _confirmations(env, company, month - timedelta(days=1))


def _confirmations(env, company, day):
    """The letters of the last month's end, and what came back so far."""
    ageing = env["logistics.receivable.report"]._ageing(day, company)
    largest = sorted(
        (row for row in ageing if row["partner_id"] and row["total"] > 0),
        key=lambda row: -row["total"],
    )[: 2 * len(ANSWERS)]
    customers = env["logistics.customer"].search(
        [
            ("partner_id", "in", [row["partner_id"] for row in largest]),
            ("company_id", "=", company.id),
        ],
        order="name",
    )
    balances = {row["partner_id"]: row["total"] for row in largest}
    for position, customer in enumerate(customers):
        confirmation = env["logistics.balance.confirmation"]._confirmation_of(
            customer, day, balances[customer.partner_id.id]
        )
        confirmation._mark_sent(env["ir.attachment"])
        if answer := ANSWERS[position % len(ANSWERS)]:
            agreed, difference, name, reason = answer
            confirmation._answer(
                agreed,
                name=name,
                origin="192.0.2.10",
                their_balance=confirmation.balance + difference,
                reason=reason,
            )
