# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.exceptions import AccessError


class LogisticsReadonlyMixin(models.AbstractModel):
    """Stored fields that are readonly on screen are readonly for RPC and imports too.

    Odoo's ``readonly`` binds the web client only: a figure, a grade or a copied name could still
    be typed with a `write`, a spreadsheet or a default value. Code that computes them runs as
    superuser or writes SQL.
    """

    _name = "logistics.readonly.mixin"
    _description = "Readonly Fields Cannot Be Typed"

    @api.model
    def _readonly_names(self, names):
        """Which of these field names may never be given by a user."""
        return [
            name
            for name in names
            if (field := self._fields.get(name))
            and field.store
            and field.readonly
            and name not in models.MAGIC_COLUMNS
        ]

    @api.model
    def _refuse_readonly(self, names):
        if not self.env.su and (typed := self._readonly_names(names)):
            raise AccessError(
                self.env._(
                    "%(fields)s: computed by the system and cannot be typed or imported.",
                    fields=", ".join(
                        str(self._fields[name]._description_string(self.env)) for name in typed
                    ),
                )
            )

    @api.model
    def default_get(self, fields):
        """Leave out defaults of readonly fields: a context key or a stored default would be a
        way to type them.
        """
        readonly = set() if self.env.su else set(self._readonly_names(fields))
        return super().default_get([name for name in fields if name not in readonly])

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_readonly(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_readonly(vals)
        return super().write(vals)
