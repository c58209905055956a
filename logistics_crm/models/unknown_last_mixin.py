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

    def sorted(self, key=None, reverse=False):
        """Sort in memory as the database does: unknown last, reversed or not."""
        if key is None or isinstance(key, str):
            nulls = "NULLS FIRST" if reverse else "NULLS LAST"
            key = ", ".join(
                f"{part} {nulls}" if self._sorts_unknown(part) else part
                for part in (key or self._order).split(",")
            )
        return super().sorted(key, reverse)

    def _sorts_unknown(self, part):
        name = part.split()[0]
        return "nulls" not in part.lower() and isinstance(
            self._fields.get(name), (KnownFloat, KnownMonetary)
        )
