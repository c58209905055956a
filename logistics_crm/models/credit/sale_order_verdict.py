# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models

from .credit_case import Case, build_parties, order_rows

STATES = [
    ("none", "Not Checked"),
    ("pass", "Passed"),
    ("warn", "Warning"),
    ("hold", "On Credit Hold"),
    ("released", "Released"),
    ("declined", "Release Declined"),
]


class SaleOrder(models.Model):
    """What credit control says about an order."""

    _inherit = "sale.order"

    logistics_credit_state = fields.Selection(
        STATES,
        string="Credit",
        default="none",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        groups="base.group_user",
        help="The outcome of the last credit check of this order.",
    )
    # The values behind the words hold the ledger's figures, which salespeople do not read.
    logistics_credit_reasons = fields.Json(
        readonly=True,
        copy=False,
        groups="logistics_crm.group_credit_controller",
        export_string_translation=False,
    )
    logistics_credit_amount = fields.Float(
        string="Amount Checked",
        readonly=True,
        copy=False,
        digits=(16, 2),
        groups="base.group_user",
        help="The order's amount at its last credit check, company currency including tax. "
        "Beyond it (and the tolerance) the order is checked again.",
    )
    logistics_credit_explanation = fields.Text(
        string="Credit Check",
        compute="_compute_logistics_credit_explanation",
        groups="base.group_user",
        help="Why the order waits or warns. Quotations are checked live.",
    )
    logistics_credit_outlook = fields.Selection(
        [("pass", "Pass"), ("warn", "Warn"), ("hold", "Hold")],
        compute="_compute_logistics_credit_explanation",
        groups="base.group_user",
        help="What would happen if the quotation were confirmed now.",
    )

    @api.depends("logistics_credit_state", "logistics_credit_reasons", "amount_total", "state")
    @api.depends_context("lang", "uid")
    def _compute_logistics_credit_explanation(self):
        rules = self.env["logistics.credit.rules"]
        live = self.filtered(
            lambda order: (
                isinstance(order.id, int)
                and order.state in ("draft", "sent")
                and order.company_id._credit_control() != "off"
            )
        )
        verdicts = live._credit_verdicts()
        for order in self:
            verdict = verdicts.get(order.id)
            if verdict:
                told = [r for r in verdict["reasons"] if r["level"] != "pass"]
                order.logistics_credit_explanation = "\n".join(r["text"] for r in told)
                order.logistics_credit_outlook = verdict["state"]
            else:
                order.logistics_credit_explanation = rules._explain(
                    order.sudo().logistics_credit_reasons, order.company_id
                )
                order.logistics_credit_outlook = False

    # ------------------------------------------------------------------ who and how much
    def _credit_entity(self):
        """Return the commercial entity that will owe the money of this order."""
        self.ensure_one()
        order = self.sudo()
        return (order.partner_invoice_id or order.partner_id).commercial_partner_id

    def _credit_account(self):
        """Return the customer account that will owe, opened when there is none."""
        self.ensure_one()
        return self.env["logistics.customer"]._ensure_for(self._credit_entity(), self.company_id)

    def _credit_company_amount(self):
        """Return the order's amount in company currency, tax included, at the order's rate."""
        self.ensure_one()
        order = self.sudo()
        return order.company_id.currency_id.round(order.amount_total / (order.currency_rate or 1.0))

    # ------------------------------------------------------------------ verdict
    def _credit_verdict(self):
        """Return what credit control says about this order now, from the ledger.

        Live, whatever the company's setting, in the order's company and its currency (tax
        included), with the reasons worded for the current user.

        :return: dict with ``state`` ('pass', 'warn' or 'hold'); ``reasons``, all of them, each a
            dict with ``rule``, ``level``, ``text`` and ``values``; ``exposure`` of the entity
            that pays without this order; ``limit`` (its total, None when unlimited or not set)
            and ``limit_state`` ('amount', 'unlimited', 'not_set'); ``amount`` of the order,
            ``amount_at_risk`` (what is not prepaid of it); ``available`` (how much more the limit
            rule lets pass, without this order; None without a limit); ``excess`` (by how much
            the order goes beyond that); ``parts`` of the exposure
        """
        self.ensure_one()
        return self._credit_verdicts()[self.id]

    def _credit_verdicts(self, lock=False):
        """Return ``{order id: verdict}`` with a number of queries that does not grow.

        :param lock: decide for good: wait for other confirmations of the same customers, count
            what they confirmed, and let orders of one customer that pass here count for the next
        """
        result = {}
        if not self:
            return result
        self.env.flush_all()
        for company, orders in self.sudo().grouped("company_id").items():
            result.update(orders.with_company(company)._credit_judge(company, lock))
        # Worded for the person who asks, not for the superuser who computed.
        rules = self.env["logistics.credit.rules"]
        for order in self:
            for reason in result[order.id]["reasons"]:
                reason["text"] = rules._text(reason, order.company_id)
        return result

    def _credit_judge(self, company, lock):
        """Judge the orders of one company; see ``_credit_verdicts``."""
        exposure = self.env["logistics.credit.exposure"]
        today = fields.Date.context_today(self)
        entity_ids = sorted({order._credit_entity().id for order in self})
        if lock:
            exposure._lock(company, entity_ids)
        rows = {row["order_id"]: row for row in order_rows(self.env, company, self.ids, entity_ids)}
        parts = exposure._parts(company, entity_ids, rows.values(), today)
        elsewhere = {}
        if lock:
            known = {order_id: row["amount"] for order_id, row in rows.items() if row["counted"]}
            elsewhere = exposure._confirmed_elsewhere(company, entity_ids, known, set(self.ids))
        asked = {order_id: row for order_id, row in rows.items() if row["asked"]}
        buyers = {row["buyer_id"] for row in asked.values()}
        parties = build_parties(self.env, company, sorted(buyers.union(entity_ids)), today)
        counts = company.root_id.logistics_credit_count_unapplied
        confirmed_now = {}
        verdicts = {}
        for order_id, row in sorted(asked.items()):
            payer_id = row["entity_id"]
            # The customer's own prepayment makes this order no risk; it must not lower the
            # exposure at the same time, or it would count twice.
            own_credit = min(row["ledger_credit"], row["open_amount"]) if counts else 0.0
            paid = row["pending"] + row["ledger_credit"]
            case = Case(
                order_id=order_id,
                currency=company.currency_id,
                today=today,
                payer=parties[payer_id],
                buyer=parties[row["buyer_id"]],
                amount=row["amount"],
                at_risk=company.currency_id.round(max(0.0, row["open_amount"] - paid)),
                exposure=parts[payer_id]["total"]
                + elsewhere.get(payer_id, 0.0)
                + confirmed_now.get(payer_id, 0.0)
                - row["exposure"]
                + own_credit,
                parts=parts[payer_id],
                terms_days=row["terms_days"],
                missing_rate=row["missing_rate"],
            )
            verdict = verdicts[order_id] = self._credit_verdict_of(case)
            if lock and verdict["state"] != "hold" and not row["counted"]:
                confirmed_now[payer_id] = confirmed_now.get(payer_id, 0.0) + case.at_risk
        return verdicts

    @api.model
    def _credit_verdict_of(self, case):
        rules = self.env["logistics.credit.rules"]
        reasons = rules._reasons(case)
        limit = case.payer.limit
        round_ = case.currency.round
        available = None
        if limit["state"] == "amount" and not case.payer.excluded("limit"):
            hold = case.payer.value("limit", "hold_utilisation")
            share = 1.0 if hold is None else hold
            available = round_(limit["total"] * share - case.exposure)
        return {
            "state": rules._state(reasons),
            "exposure": round_(case.exposure),
            "limit": limit["total"] if limit["state"] == "amount" else None,
            "limit_state": limit["state"],
            "reasons": reasons,
            "amount": round_(case.amount),
            "amount_at_risk": case.at_risk,
            "available": available,
            "excess": 0.0 if available is None else max(0.0, round_(case.at_risk - available)),
            "parts": case.parts,
        }
