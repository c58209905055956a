# Part of logistics_crm. License LGPL-3 or later.
from odoo import SUPERUSER_ID, fields, models

# What core's own limit gets for "cash only": zero would mean "no check" there.
CORE_CASH_ONLY = 0.01


def limit_of_rows(rows, on, default=None):
    """Return the credit limit on a day from limit documents.

    The one place where documents become a limit; the verdict and the customer form use it.

    :param rows: dicts of documents that were approved once (``id, rank, kind, limit_type,
        amount, date_from, date_to, review_date, counted_percent, extension_days,
        notification_days, guarantor, ended_by``); dates as dates, ``rank`` 0 for the company's
        own account, higher for the companies above it
    :param on: the day
    :param default: the company's limit for customers without one, None when there is none
    :return: dict with ``state`` ('not_set', 'unlimited' or 'amount'), ``base``, ``temporary``,
        ``insured`` and ``total`` (amounts or None), ``source`` ('document', 'default' or None),
        ``expired_on`` (a base limit ran out on that day and nothing followed), ``review_date``,
        ``insurances`` (the rows in force)
    """
    in_force = [
        row
        for row in rows
        if row["date_from"] <= on and (row["date_to"] is None or row["date_to"] >= on)
    ]
    insurances = [row for row in in_force if row["kind"] == "insurance"]
    insured = sum(row["amount"] * row["counted_percent"] / 100.0 for row in insurances)
    result = {
        "state": "not_set",
        "base": None,
        "temporary": None,
        "insured": insured,
        "total": None,
        "source": None,
        "expired_on": None,
        "review_date": None,
        "insurances": insurances,
    }
    # The nearest account that ever had a limit decides; a branch without one uses its parent's.
    ranks = {row["rank"] for row in rows if row["kind"] != "insurance" and row["date_from"] <= on}
    for rank in sorted(ranks):
        mine = [row for row in in_force if row["rank"] == rank]
        base = next((row for row in mine if row["kind"] == "base"), None)
        temporary = next((row for row in mine if row["kind"] == "temporary"), None)
        if base is None:
            ran_out = [
                row["date_to"]
                for row in rows
                if row["rank"] == rank
                and row["kind"] == "base"
                and row["date_to"]
                and row["date_to"] < on
            ]
            last = max(ran_out, default=None)
            by_hand = any(
                row["ended_by"]
                for row in rows
                if row["rank"] == rank and row["kind"] == "base" and row["date_to"] == last
            )
            if last and not by_hand and temporary is None:
                result["expired_on"] = last
                return result
        deciding = temporary or base
        if deciding is None:
            continue
        result["source"] = "document"
        result["review_date"] = (base or deciding)["review_date"]
        if base is not None and base["limit_type"] == "amount":
            result["base"] = base["amount"]
        if deciding["limit_type"] == "unlimited":
            result["state"] = "unlimited"
            return result
        if temporary is not None:
            result["temporary"] = temporary["amount"]
        result["state"] = "amount"
        result["total"] = deciding["amount"] + insured
        return result
    if default is not None and default is not False:
        result.update(state="amount", base=default, total=default + insured, source="default")
    return result


class LogisticsCustomer(models.Model):
    """How much a customer may owe: from the limit documents, for this addon and for core."""

    _inherit = "logistics.customer"

    credit_limit_ids = fields.One2many(
        "logistics.credit.limit",
        "customer_id",
        string="Credit Limits",
        groups="logistics_crm.group_credit_controller,logistics_crm.group_manager",
    )

    def _credit_limit(self, on=None):
        """Return the limit of this customer on a day.

        A branch whose account has no limit uses that of the company above it. Without any, the
        default of the company (or of one above it) applies.

        :param on: the day, today by default
        :return: see :func:`limit_of_rows`; amounts in company currency including tax
        """
        self.ensure_one()
        on = on or fields.Date.context_today(self)
        account = self.sudo()
        chain = account.company_id._credit_chain_ids()
        documents = (
            self.env["logistics.credit.limit"]
            .sudo()
            .search(
                [
                    ("customer_id.partner_id", "=", account.partner_id.id),
                    ("company_id", "in", chain),
                    ("state", "in", ("in_force", "ended")),
                    ("date_from", "<=", on),
                ],
                order="date_from DESC, id DESC",
            )
        )
        rows = [
            {
                "id": document.id,
                "rank": chain.index(document.company_id.id),
                "kind": document.kind,
                "limit_type": document.limit_type,
                "amount": document.amount,
                "date_from": document.date_from,
                "date_to": document.date_to or None,
                "review_date": document.review_date or None,
                "counted_percent": document.counted_percent,
                "extension_days": document.extension_days,
                "notification_days": document.notification_days,
                "guarantor": document.guarantor,
                "ended_by": document.ended_by.id,
            }
            for document in documents
        ]
        default = None
        for company in self.env["res.company"].sudo().browse(chain):
            if company.logistics_default_credit_limit is not False:
                default = company.logistics_default_credit_limit
                break
        return limit_of_rows(rows, on, default)

    def _sync_core_credit_limit(self):
        """Write the limit in force today to core's ``res.partner.credit_limit``, one way.

        For core's banner and for other addons: the base or temporary limit, without insured
        sums. Core reads 0 as "no check", so "unlimited" and "not set" become 0 and "cash only"
        becomes 0.01. Nothing is ever read back: typing a figure there changes no limit here.
        """
        for account in self.sudo():
            limit = account._credit_limit()
            amount = limit["base"] if limit["temporary"] is None else limit["temporary"]
            if limit["source"] != "document" or limit["state"] != "amount":
                core = 0.0
            else:
                core = amount or CORE_CASH_ONLY
            partner = account.partner_id.with_company(account.company_id)
            if partner.credit_limit != core:
                partner.credit_limit = core

    def _grant_limit(self, amount, kind="base", reason=None, **values):
        """Put a limit into force without asking anybody: for set-up code and migrations.

        :param amount: company currency; None for unlimited
        :param kind: 'base', 'temporary' or 'insurance'
        :param values: further fields of the document (dates, guarantor ...)
        :return: the ``logistics.credit.limit`` in force
        """
        self.ensure_one()
        limits = self.env["logistics.credit.limit"].with_user(SUPERUSER_ID)
        limit = limits.create(
            {
                "customer_id": self.id,
                "kind": kind,
                "limit_type": "unlimited" if amount is None else "amount",
                "amount": amount or 0.0,
                "reason": reason,
                **values,
            }
        )
        limit._approve(limit.env.user)
        return limit
