# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models


class LogisticsFactLogMixin(models.AbstractModel):
    """Facts typed by people keep their previous value, with who changed it and when."""

    _name = "logistics.fact.log.mixin"
    _description = "Facts Keep Their Previous Values"

    @api.model
    def _fact_names(self):
        """Names of the fields whose previous values are kept."""
        return []

    def _fact_log_keys(self):
        """Where a change belongs: partner_id, customer_id and company_id by record id.

        Records that are left out keep no history.
        """
        return {}

    def _fact_text(self, name):
        """The value of a fact as a person reads it, empty when there is none."""
        self.ensure_one()
        field = self._fields[name]
        value = self[name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if value is False or value is None or value == "":
            return ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return str(value)

    def write(self, vals):
        names = [name for name in self._fact_names() if name in vals]
        keys = self.sudo()._fact_log_keys() if names and self else {}
        if not keys:
            return super().write(vals)
        records = self.sudo().browse(keys)
        before = {
            record.id: {name: record._fact_text(name) for name in names} for record in records
        }
        result = super().write(vals)
        rows = []
        for record in records:
            for name in names:
                new = record._fact_text(name)
                if new != before[record.id][name]:
                    rows.append(
                        {
                            **keys[record.id],
                            "field_name": name,
                            "old_value": before[record.id][name],
                            "new_value": new,
                            "user_id": self.env.uid,
                        }
                    )
        if rows and self.env.context.get("logistics_fact_log", True):
            self.env["logistics.fact.change"].sudo().create(rows)
        if rows:
            records._facts_changed()
        return result

    def _facts_changed(self):
        """Called with the records (sudo) whose facts differ after a write."""
