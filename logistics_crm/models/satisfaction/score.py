# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

from ...fields_unknown import KnownFloat
from .dimension import GROUPS


class LogisticsSatisfactionScore(models.Model):
    """What one person said about one dimension: how important, and how well perceived."""

    _name = "logistics.satisfaction.score"
    _description = "Satisfaction Answer"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
    _order = "date desc, dimension_id, id"
    _rec_name = "dimension_id"

    invitation_id = fields.Many2one(
        "logistics.satisfaction.invitation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        related="invitation_id.partner_id", string="Contact", store=True, index=True
    )
    value_class = fields.Selection(related="customer_id.value_class", store=True)
    user_id = fields.Many2one(related="customer_id.user_id", string="Representative", store=True)
    dimension_id = fields.Many2one(
        "logistics.satisfaction.dimension",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    group = fields.Selection(GROUPS, readonly=True, required=True)
    date = fields.Date(required=True, readonly=True, index=True)
    expected = KnownFloat(
        string="Importance",
        readonly=True,
        aggregator="avg",
        help="How important it is, or what is expected: 0 to 100. Empty: not answered.",
    )
    perceived = KnownFloat(
        string="Perception",
        readonly=True,
        aggregator="avg",
        help="How well it is done: 0 to 100. Empty: not answered.",
    )
    gap = KnownFloat(
        readonly=True,
        aggregator="avg",
        help="Perception less importance. Negative: below what is expected. Empty: one of the "
        "two was not answered.",
    )

    _dimension_uniq = models.UniqueIndex(
        "(invitation_id, dimension_id)", "A dimension counts once per questionnaire."
    )
