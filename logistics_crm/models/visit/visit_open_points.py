# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.tools import format_date


class LogisticsCustomer(models.Model):
    """Touches on top of the customer's form: the next one, and what is owed."""

    _inherit = "logistics.customer"

    def _open_points(self):
        return [*super()._open_points(), *self._open_points_visits()]

    def _open_points_visits(self):
        """The touch most overdue and the next planned one, as far as the user may see them."""
        points = []
        status = self.env["logistics.visit.status"]
        if status.has_access("read"):
            owed = status.search(
                [("customer_id", "=", self.id), ("status", "in", ("overdue", "never"))],
                order="overdue_days desc, id",
            )
            late = owed.filtered(lambda row: row.status == "overdue")[:1]
            kinds = dict(status._fields["kind"]._description_selection(self.env))
            if late:
                text = self.env._(
                    "%(kind)s overdue for %(days)s days",
                    kind=kinds[late.kind],
                    days=late.overdue_days,
                )
            elif owed:
                text = self.env._("%s never made, none planned", kinds[owed[0].kind])
            if owed:
                points.append(
                    {
                        "code": "visit_overdue",
                        "level": "warning",
                        "text": text,
                        "action": "action_open_visits",
                    }
                )
        visits = self.env["logistics.visit"]
        if visits.has_access("read"):
            visit = visits.search(
                [
                    ("customer_id", "=", self.id),
                    ("state", "=", "planned"),
                    ("planned_date", ">=", fields.Date.context_today(self)),
                ],
                order="planned_date, start, id",
                limit=1,
            )
            if visit:
                labels = dict(visits._fields["kind"]._description_selection(self.env))
                points.append(
                    {
                        "code": "visit",
                        "level": "info",
                        "text": self.env._(
                            "Next touch: %(kind)s on %(date)s, %(user)s",
                            kind=labels[visit.kind],
                            date=format_date(self.env, visit.planned_date),
                            user=visit.user_id.sudo().name or self.env._("nobody yet"),
                        ),
                        "action": "action_open_visits",
                    }
                )
        return points
