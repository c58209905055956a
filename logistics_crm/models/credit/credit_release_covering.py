# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.fields import Domain

from .credit_release import NOT_RELEASABLE


class LogisticsCreditRelease(models.Model):
    """Which orders a release lets pass."""

    _inherit = "logistics.credit.release"

    @api.model
    def _covering(self, order, excess, rules=None):
        """Return the release in force that lets an order pass, or an empty recordset. One query.

        In force: approved, not after its last day, of the order's company. An order's own
        release comes first and covers the approved amount plus its tolerance; one for all
        orders covers what is left of its total. The limit may not be exceeded by more than at
        the approval, either, plus the tolerance: what others were granted since then needs a
        release of its own.

        :param order: one ``sale.order``
        :param excess: by how much the limit is exceeded with it, company currency
        :param rules: codes of the rules that hold the order now; a rule that did not hold it at
            the approval is not covered
        """
        order.ensure_one()
        rules = set(rules or ())
        if rules & NOT_RELEASABLE:
            return self.browse()
        entity = order._credit_entity()
        states = ["approved", "used"] if order.state == "sale" else ["approved"]
        releases = self.sudo().search(
            Domain("state", "in", states)
            & Domain("valid_until", ">=", fields.Date.context_today(self))
            & Domain("company_id", "=", order.company_id.id)
            & (
                (Domain("scope", "=", "order") & Domain("order_id", "=", order.id))
                | (
                    Domain("scope", "=", "customer")
                    & Domain("customer_id.partner_id", "=", entity.id)
                )
            ),
            order="scope DESC, decided_on DESC, id DESC",
        )
        for release in releases:
            if rules <= release._codes() and release._covers(order, excess):
                return release.with_env(self.env)
        return self.browse()

    def _covers(self, order, excess):
        """Tell whether the amounts of an order lie within this release."""
        self.ensure_one()
        currency = order.company_id.currency_id
        amount = order._credit_company_amount()
        if self.scope == "customer":
            amount += self.used_amount
            if order.logistics_release_id == self and order.state == "sale":
                amount -= order.logistics_release_amount
        growth = self.approved_amount * self.tolerance / 100.0
        # Approving less than was asked for lowers the excess that was accepted as well.
        accepted = max(0.0, self.excess - (self.requested_amount - self.approved_amount))
        return (
            currency.compare_amounts(amount, self.approved_amount + growth) <= 0
            and currency.compare_amounts(excess or 0.0, accepted + growth) <= 0
        )
