# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class LogisticsCreditRelease(models.Model):
    """What happens to holds and releases as money arrives and days pass."""

    _inherit = "logistics.credit.release"

    @api.model
    def _cron_reevaluate_holds(self):
        """Re-evaluate what is held, company by company; started when money arrives, and daily.

        Ends releases past their day, marks gates that are settled, ends plain manual holds of
        customers that paid everything overdue, and puts every held order that would pass now on
        the "ready to release" list. Orders under a forced hold stay.
        """
        companies = self.env["res.company"].search([("logistics_credit_control", "!=", "off")])
        # A branch is controlled with the companies above it.
        companies = companies.search([("id", "child_of", companies.ids)])
        for company in companies:
            self = self.with_company(company)
            self._expire(company)
            self.env["logistics.arrears.gate"]._settle(company)
            self.env["logistics.credit.hold"]._end_settled(company)
        orders = self.env["sale.order"]._release_held(companies)
        self.env["ir.cron"]._commit_progress(remaining=len(orders))
        for order in orders:
            # One at a time: the cache is emptied by the commit below.
            self.env["sale.order"].browse(order.id)._release_reevaluate()
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break

    @api.model
    def _expire(self, company):
        """End what is past its last day: requests nobody decided and releases nobody used."""
        overdue = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("requested", "approved")),
                ("valid_until", "<", fields.Date.context_today(self)),
            ]
        )
        if not overdue:
            return overdue
        overdue._close("expired", self.env._("Its last day has passed."))
        released = overdue.order_id.filtered(
            lambda order: (
                order.logistics_credit_state == "released" and order.state in ("draft", "sent")
            )
        )
        for order in released:
            if not order._release_covered():
                order._release_set_state("hold")
        return overdue

    def action_reevaluate(self):
        """Take the figures of open requests anew; orders that pass now become ready."""
        self._check_controller(self.env._("re-evaluate held orders"))
        for release in self.filtered(lambda r: r.state == "requested"):
            release.sudo().order_id._release_reevaluate()
            if release.state == "requested":
                release.sudo()._refresh_request()
        return True


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials.company_id._release_money_arrived()
        return partials


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        # Unallocated money lowers the exposure, too.
        money = posted.filtered(lambda move: move.origin_payment_id or move.statement_line_id)
        money.company_id._release_money_arrived()
        return posted
