# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class LogisticsCustomer(models.Model):
    """What the customer said and still waits for an answer to, on top of the customer's form."""

    _inherit = "logistics.customer"

    def _open_points(self):
        return [*super()._open_points(), *self._open_points_opinions()]

    def _open_points_opinions(self):
        """Opinions without an answer, as far as the user may see them."""
        opinions = self.env["logistics.opinion"]
        if not opinions.has_access("read"):
            return []
        waiting = opinions.search([("customer_id", "=", self.id), ("state", "=", "open")])
        if not waiting:
            return []
        late = min(waiting.mapped("deadline")) < fields.Date.context_today(self)
        count = len(waiting)
        if count == 1:
            text = self.env._("Waits for an answer: %s", waiting.name)
        else:
            text = self.env._("%s opinions wait for an answer", count)
        return [
            {
                "code": "opinion",
                "level": "danger" if late else "warning",
                "text": text,
                "action": "action_open_opinions",
            }
        ]

    def action_open_opinions(self):
        """Open what this customer said that is not closed yet, and record more there."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_opinion")
        action["domain"] = [("customer_id", "=", self.id)]
        action["context"] = {"default_customer_id": self.id}
        return action
