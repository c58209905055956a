# Part of logistics_crm. License LGPL-3 or later.
from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, models

# Ids of orders that are being confirmed after their verdict, and of orders whose lines are checked
# at the end of the order's own write. Kept in the thread, not in the context: nothing that arrives
# by RPC, import or a stored default can name an order here.
DECIDED = ContextVar("logistics_credit_decided", default=frozenset())
AT_THE_END = ContextVar("logistics_credit_at_the_end", default=frozenset())

# What changes how much a confirmed order is, or who owes it.
_AMOUNT_FIELDS = {
    "order_line",
    "date_order",
    "currency_id",
    "pricelist_id",
    "company_id",
    "partner_id",
    "partner_invoice_id",
}
_LINE_AMOUNT_FIELDS = {
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_ids",
    "product_id",
    "product_uom_id",
    "order_id",
}


@contextmanager
def with_orders(variable, ids):
    token = variable.set(variable.get() | frozenset(ids))
    try:
        yield
    finally:
        variable.reset(token)


class SaleOrder(models.Model):
    """Confirmed orders that become larger, or that somebody else is to pay."""

    _inherit = "sale.order"

    def _credit_watch(self, vals):
        """Return ``{order id: figures before}`` of confirmed orders this write may enlarge."""
        keys = _AMOUNT_FIELDS | {"payment_term_id", "commitment_date"}
        return self._credit_before() if keys & vals.keys() else {}

    def _credit_before(self):
        return {
            order.id: {
                "amount": order._credit_company_amount(),
                "entity": order._credit_entity().id,
                "terms": order.payment_term_id.id,
                "date": order.commitment_date,
            }
            for order in self
            if isinstance(order.id, int)
            and order.state == "sale"
            and order.id not in DECIDED.get()
            and order.id not in AT_THE_END.get()
            and order.company_id._credit_control() != "off"
        }

    def _credit_check_growth(self, before):
        """Check confirmed orders that are larger, or owed by somebody else, than before.

        :param before: ``{order id: figures}`` of ``_credit_before``
        :raise UserError: for anybody but a controller, when the order would now be held
        """
        grown = self.browse()
        for order in self.browse(before):
            old = before[order.id]
            tolerance = order.company_id.logistics_credit_growth_tolerance / 100.0
            basis = order.sudo().logistics_credit_amount or old["amount"]
            compare = order.company_id.currency_id.compare_amounts
            amount = order._credit_company_amount()
            if order.state != "sale":
                continue
            moved = order._credit_entity().id != old["entity"]
            longer = order.payment_term_id.id != old["terms"]
            larger = compare(amount, old["amount"]) > 0 and (
                compare(amount, basis * (1 + tolerance)) > 0
            )
            if moved or larger or longer:
                grown |= order
        if not grown:
            return
        verdicts = grown._credit_decide()
        for order in grown:
            verdict = verdicts[order.id]
            old = before[order.id]
            rules = {r["rule"] for r in verdict["reasons"] if r["level"] == "hold"}
            if order._credit_entity().id == old["entity"] and (
                order._credit_company_amount() <= old["amount"]
            ):
                # Only the terms changed: what else holds the customer is no news of this change.
                rules &= {"terms"}
            if not order._credit_enforced():
                order._credit_note_outcome(verdicts)
            elif not rules:
                # What holds the customer otherwise stays flagged as it is.
                if verdict["state"] != "hold":
                    order._credit_note_outcome(verdicts)
            elif order._credit_covering(verdict):
                order._credit_note_outcome(verdicts, state="released")
            elif self.env.su or self.env.user.has_group("logistics_crm.group_credit_controller"):
                # A controller knows what he does; an automatism must not break. Never silent.
                order._credit_hold(verdict)
            else:
                # An order that is created confirmed gets its lines afterwards.
                new = not old["amount"] and order.sudo().logistics_credit_state == "none"
                words = self.env._(
                    "%(order)s is confirmed and cannot be changed like this now.",
                    order=order.name,
                )
                order._credit_raise(verdict, None if new else words)

    def _credit_check_delivery(self, before):
        """Check again when a delivery date is set: an order may be held before it leaves."""
        due = self.filtered(
            lambda order: (
                order.commitment_date and order.commitment_date != before[order.id]["date"]
            )
        )
        if not due:
            return
        verdicts = due._credit_verdicts()
        for order in due.filtered(lambda order: order._credit_enforced()):
            verdict = verdicts[order.id]
            if verdict["state"] == "hold" and not order._credit_covering(verdict):
                order._credit_hold(verdict)


class SaleOrderLine(models.Model):
    """Lines of confirmed orders: the same check for whoever changes them directly."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Create; new lines of a confirmed order must pass credit control."""
        ids = {
            vals.get("order_id") or self.env.context.get("default_order_id") for vals in vals_list
        }
        ids = {order_id for order_id in ids if isinstance(order_id, int) and order_id}
        before = self.env["sale.order"].browse(ids)._credit_before()
        if not before:
            return super().create(vals_list)
        with self.env.cr.savepoint():
            lines = super().create(vals_list)
            self.env["sale.order"]._credit_check_growth(before)
        return lines

    def write(self, vals):
        """Write; larger lines of a confirmed order must pass credit control."""
        if not _LINE_AMOUNT_FIELDS & vals.keys():
            return super().write(vals)
        orders = self.order_id
        if vals.get("order_id"):
            orders |= orders.browse(vals["order_id"])
        before = orders._credit_before()
        if not before:
            return super().write(vals)
        with self.env.cr.savepoint():
            result = super().write(vals)
            self.env["sale.order"]._credit_check_growth(before)
        return result
