# Part of logistics_crm. License LGPL-3 or later.
from textwrap import shorten

from odoo import models
from odoo.tools import format_date

# How many touches the sheet of a handover tells of.
TOUCHES = 5


class LogisticsHandover(models.Model):
    """Whoever takes over a customer takes over the touches that are planned."""

    _inherit = "logistics.handover"

    def _move(self, customers):
        result = super()._move(customers)
        visits = self.env["logistics.visit"]._open_of(self.from_user_id, self.company_id)
        visits = visits.filtered(lambda visit: visit.customer_id in customers)
        visits.sudo().with_context(tracking_disable=True).write({"user_id": self.to_user_id.id})
        return result


class LogisticsCustomer(models.Model):
    """The sheet of a handover tells of the last touches and what came of them."""

    _inherit = "logistics.customer"

    def _handover_sheet(self):
        touches = self._sheet_touches()
        found = [(self.env._("Last Touches"), touches)] if touches else []
        return [*super()._handover_sheet(), *found]

    def _sheet_touches(self):
        visits = self.env["logistics.visit"].sudo()
        labels = {
            name: dict(visits._fields[name]._description_selection(self.env))
            for name in ("kind", "channel", "result")
        }
        last = visits.search(
            [("customer_id", "=", self.id), ("state", "=", "done")],
            order="done_date desc, id desc",
            limit=TOUCHES,
        )
        return [
            ", ".join(
                part
                for part in (
                    format_date(self.env, visit.done_date),
                    labels["kind"][visit.kind],
                    labels["channel"][visit.channel],
                    labels["result"].get(visit.result),
                    visit.user_id.name,
                    shorten(visit.findings or "", 120, placeholder="…"),
                )
                if part
            )
            for visit in last
        ]
