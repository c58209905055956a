# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models

# What a customer may read of the addon's fields on models that portal users have a right to.
_SHOWN = {
    "sale.order.line": {
        "logistics_service_id",
        "logistics_promised_date",
        "logistics_delivered_date",
    },
}


class LogisticsInternalFieldsMixin(models.AbstractModel):
    """Fields of the addon on core's models are for employees.

    Portal users may read their own orders and invoices, and their company. Grades, limits, lanes
    and the company's policy are none of their business: every field whose name begins with
    ``logistics_`` is closed to them, whoever adds it, unless it is named above.
    """

    _name = "logistics.internal.fields.mixin"
    _description = "Fields for Employees Only"

    @api.model
    def _has_field_access(self, field, operation):
        return super()._has_field_access(field, operation) and (
            self.env.su
            or not field.name.startswith("logistics_")
            or (operation == "read" and field.name in _SHOWN.get(self._name, ()))
            or self.env.user._is_internal()
        )


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "logistics.internal.fields.mixin"]


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "logistics.internal.fields.mixin"]


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "logistics.internal.fields.mixin"]


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "logistics.internal.fields.mixin"]


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "logistics.internal.fields.mixin"]


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "logistics.internal.fields.mixin"]
