# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models


class LogisticsOpinion(models.Model):
    """Whether the same customer said the same before."""

    _inherit = "logistics.opinion"

    repeated = fields.Boolean(
        compute="_compute_repeated",
        help="The customer raised the same topic within the year before.",
    )

    @api.depends("customer_id", "topic_id", "date")
    def _compute_repeated(self):
        known = {}
        for opinion in self.sudo().search(
            [
                ("customer_id", "in", self.customer_id.ids),
                ("topic_id", "in", self.topic_id.ids),
            ]
        ):
            known.setdefault((opinion.customer_id, opinion.topic_id), []).append(opinion)
        for opinion in self:
            day = opinion.date
            opinion.repeated = bool(day) and any(
                other.id != opinion._origin.id
                and other.date
                and day - timedelta(days=365) <= other.date <= day
                and (other.date, other.id) < (day, opinion._origin.id or 10**12)
                for other in known.get((opinion.customer_id, opinion.topic_id), [])
            )
