# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command, fields, models
from odoo.exceptions import UserError


class LogisticsValueClassEntitlement(models.Model):
    """Services a class gets without paying for them, and whether they are put on quotations."""

    _inherit = "logistics.value.class.entitlement"

    door_delivery = fields.Boolean(
        string="Free Door Delivery", help="Goods are brought to the door at no charge."
    )
    technical_service = fields.Boolean(help="A technical service team looks after the customer.")
    free_product_ids = fields.Many2many(
        "product.product",
        "logistics_entitlement_product_rel",
        string="Free Services",
        domain="[('sale_ok', '=', True)]",
        help="Put on quotations with one click, at their list price and a discount of 100 %: the "
        "customer sees what it is worth, and the ledger of concessions what it costs.",
    )

    def _words(self):
        words = super()._words()
        if self.door_delivery:
            words.append(self.env._("free door delivery"))
        if self.technical_service:
            words.append(self.env._("technical service"))
        free = self.sudo().free_product_ids
        if free:
            words.append(self.env._("free: %s", ", ".join(product.name for product in free)))
        return words


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    logistics_entitlement = fields.Boolean(
        string="Entitled",
        readonly=True,
        copy=False,
        help="Put on the order because the customer's value class is entitled to it.",
    )


class SaleOrder(models.Model):
    """Entitled services are added to a quotation as free lines."""

    _inherit = "sale.order"

    logistics_entitled_missing = fields.Integer(
        string="Entitled Services Missing",
        compute="_compute_logistics_entitled_missing",
        groups="logistics_crm.group_user",
    )

    def _logistics_entitlements(self):
        """The entitlement rows of these orders' customers: ``{order: row}``, sudo."""
        partners = self.partner_id.commercial_partner_id._origin
        accounts = (
            self.env["logistics.customer"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", partners.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("value_class", "!=", False),
                ]
            )
        )
        rows = (
            self.env["logistics.value.class.entitlement"]
            .sudo()
            .search([("company_id", "in", self.company_id.ids), ("policy_id.active", "=", True)])
        )
        by_class = {(row.company_id, row.value_class): row for row in rows}
        by_partner = {
            (a.company_id, a.partner_id): by_class.get((a.company_id, a.value_class))
            for a in accounts
        }
        result = {}
        for order in self:
            key = (order.company_id.sudo(), order.partner_id.commercial_partner_id._origin.sudo())
            result[order] = by_partner.get(key) or rows.browse()
        return result

    def _compute_logistics_entitled_missing(self):
        rows = self._logistics_entitlements()
        for order in self:
            free = rows[order].free_product_ids
            order.logistics_entitled_missing = (
                len(free - order.order_line.product_id.sudo())
                if order.state in ("draft", "sent")
                else 0
            )

    def action_add_entitled(self):
        """Put the free services of the customer's class on these quotations.

        At list price and a discount of 100 %: what it is worth goes to the ledger of concessions
        with the invoice. Lines that are there stay.

        :raise UserError: for orders that are confirmed or cancelled
        """
        rows = self._logistics_entitlements()
        for order in self:
            if order.state not in ("draft", "sent"):
                raise UserError(
                    self.env._("Entitled services are added before an order is confirmed.")
                )
            for product in rows[order].free_product_ids - order.order_line.product_id.sudo():
                order.write(
                    {
                        "order_line": [
                            Command.create({"product_id": product.id, "product_uom_qty": 1.0})
                        ]
                    }
                )
                line = order.order_line.filtered(lambda sol, p=product: sol.product_id.id == p.id)
                line[-1:].sudo().write({"discount": 100.0, "logistics_entitlement": True})
        return True
