# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models

from ...fields_unknown import KnownFloat, KnownMonetary
from ..trading.logistics_customer_figures import LEDGER_GROUPS

_PARTS = {
    "credit_receivable": "receivable",
    "credit_unapplied": "unapplied",
    "credit_draft_invoices": "draft_invoices",
    "credit_orders": "orders",
    "credit_delivered": "delivered_not_invoiced",
    "credit_exposure": "total",
}


class LogisticsCustomer(models.Model):
    """The exposure on the customer's form: live, for people who may see the ledger."""

    _inherit = "logistics.customer"

    credit_receivable = fields.Monetary(
        string="Receivable",
        compute="_compute_credit_exposure",
        groups=LEDGER_GROUPS,
        help="Posted and not paid, less payments and credit notes that are not allocated yet. "
        "Company with all its branches.",
    )
    credit_unapplied = fields.Monetary(
        string="Of Which Unapplied Payments",
        compute="_compute_credit_exposure",
        groups=LEDGER_GROUPS,
    )
    credit_draft_invoices = fields.Monetary(
        string="Draft Invoices",
        compute="_compute_credit_exposure",
        groups=LEDGER_GROUPS,
        help="Drafts that do not come from an order counted below.",
    )
    credit_orders = fields.Monetary(
        string="Orders to Invoice",
        compute="_compute_credit_exposure",
        groups=LEDGER_GROUPS,
        help="Confirmed and not invoiced, tax included, less what is paid in advance.",
    )
    credit_delivered = fields.Monetary(
        string="Of Which Delivered", compute="_compute_credit_exposure", groups=LEDGER_GROUPS
    )
    credit_exposure = fields.Monetary(
        string="Exposure", compute="_compute_credit_exposure", groups=LEDGER_GROUPS
    )
    credit_limit_state = fields.Selection(
        [("not_set", "Not Set"), ("unlimited", "Unlimited"), ("amount", "Amount")],
        string="Limit Is",
        compute="_compute_credit_exposure",
        groups=LEDGER_GROUPS,
    )
    credit_limit_total = KnownMonetary(
        string="Credit Limit",
        compute="_compute_credit_exposure",
        groups=LEDGER_GROUPS,
        help="Base or temporary limit in force, plus what insured sums count.",
    )
    credit_insured = KnownMonetary(
        string="Of Which Insured", compute="_compute_credit_exposure", groups=LEDGER_GROUPS
    )
    credit_available = KnownMonetary(
        string="Available", compute="_compute_credit_exposure", groups=LEDGER_GROUPS
    )
    credit_utilisation = KnownFloat(
        string="Use of Limit",
        compute="_compute_credit_exposure",
        groups=LEDGER_GROUPS,
        digits=(16, 4),
    )

    @api.depends("partner_id", "company_id")
    def _compute_credit_exposure(self):
        exposure = self.env["logistics.credit.exposure"]
        for company, accounts in self.grouped("company_id").items():
            rows = exposure._exposures(accounts.partner_id.ids, company) if company else {}
            for account in accounts:
                row = rows.get(account.partner_id.id, {})
                for name, part in _PARTS.items():
                    account[name] = row.get(part, 0.0)
                limit = account._credit_limit() if account.partner_id else {}
                total = limit.get("total")
                has_amount = limit.get("state") == "amount"
                account.credit_limit_state = limit.get("state", "not_set")
                account.credit_limit_total = total if has_amount else False
                account.credit_insured = limit.get("insured") or False
                account.credit_available = total - account.credit_exposure if has_amount else False
                account.credit_utilisation = (
                    account.credit_exposure / total if has_amount and total else False
                )

    def action_open_credit_limits(self):
        """Open the limit documents of these customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_credit_limit")
        action["domain"] = [("customer_id", "in", self.ids)]
        action["context"] = {"default_customer_id": self.id} if len(self) == 1 else {}
        return action
