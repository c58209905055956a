# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models

from ..models.credit.credit_release import REASONS


class LogisticsCreditReleaseRequest(models.TransientModel):
    """The small dialog behind "Request Release" on a held order."""

    _name = "logistics.credit.release.request"
    _description = "Request a Credit Release"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    company_id = fields.Many2one(related="order_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    explanation = fields.Text(compute="_compute_explanation", string="Why It Is Held")
    scope = fields.Selection(
        [("order", "This Order"), ("customer", "All Orders Until a Day")],
        required=True,
        default="order",
    )
    reason_code = fields.Selection(REASONS, string="Why Release", required=True)
    reason = fields.Text(string="Explanation", required=True)
    amount = fields.Monetary(
        string="Up To in Total", help="All orders together, company currency including tax."
    )
    valid_until = fields.Date(
        required=True,
        compute="_compute_valid_until",
        precompute=True,
        store=True,
        readonly=False,
    )

    @api.depends("order_id")
    def _compute_explanation(self):
        for request in self:
            request.explanation = (
                self.env["logistics.credit.release"]._reasons_text(
                    request.order_id._credit_verdict()
                )
                if request.order_id
                else False
            )

    @api.depends("order_id")
    def _compute_valid_until(self):
        for request in self:
            days = request.order_id.company_id.logistics_release_days
            request.valid_until = fields.Date.add(fields.Date.context_today(request), days=days)

    def action_request(self):
        """Ask for the release; see ``logistics.credit.release._request``."""
        self.ensure_one()
        self.env["logistics.credit.release"]._request(
            self.order_id,
            self.reason_code,
            self.reason,
            scope=self.scope,
            amount=self.amount,
            valid_until=self.valid_until,
        )
        return {"type": "ir.actions.act_window_close"}
