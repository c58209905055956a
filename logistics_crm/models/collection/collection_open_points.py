# Part of logistics_crm. License LGPL-3 or later.
from odoo import models
from odoo.tools import format_date


class LogisticsCustomer(models.Model):
    """Promises and disputes on top of the customer's form: how many and until when, no amounts."""

    _inherit = "logistics.customer"

    def _open_points(self):
        return [*super()._open_points(), *self._open_points_collection()]

    def _open_points_collection(self):
        """Broken and open promises, open disputes, as far as the user may see them."""
        points = []
        for code, level, model, states, day, texts, action in (
            (
                "promise_broken",
                "danger",
                "logistics.payment.promise",
                ("broken", "partly"),
                "date_promised:max",
                (
                    self.env._("1 payment promise not kept, for %(date)s"),
                    self.env._("%(count)s payment promises not kept, the last for %(date)s"),
                ),
                "action_open_promises",
            ),
            (
                "promise",
                "warning",
                "logistics.payment.promise",
                ("open",),
                "date_promised:min",
                (
                    self.env._("Payment promised until %(date)s"),
                    self.env._("%(count)s payment promises open, the first until %(date)s"),
                ),
                "action_open_promises",
            ),
            (
                "dispute",
                "warning",
                "logistics.dispute",
                ("open",),
                "deadline:min",
                (
                    self.env._("1 open dispute, to answer by %(date)s"),
                    self.env._("%(count)s open disputes, the first to answer by %(date)s"),
                ),
                "action_open_disputes",
            ),
        ):
            if not self.env[model].has_access("read"):
                continue
            domain = [("customer_id", "=", self.id), ("state", "in", states)]
            [(count, date)] = self.env[model]._read_group(domain, [], ["__count", day])
            if count:
                text = texts[count > 1] % {"count": count, "date": format_date(self.env, date)}
                points.append({"code": code, "level": level, "text": text, "action": action})
        return points
