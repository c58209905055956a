# Part of logistics_crm. License LGPL-3 or later.
from odoo import models
from odoo.tools import SQL

from ..fields_unknown import KnownFloat, KnownMonetary


class LogisticsUnknownLastMixin(models.AbstractModel):
    """Sort unknown figures behind the known ones, whichever way a user sorts.

    PostgreSQL puts NULL first when sorting downwards: a manager who clicks on a revenue column
    would meet a page of unknowns before the largest customer.
    """

    _name = "logistics.unknown.last.mixin"
    _description = "Unknown Figures Sort Last"

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        field = self._fields.get(field_name)
        if not nulls and isinstance(field, (KnownFloat, KnownMonetary)):
            nulls = SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
