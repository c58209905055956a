# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    logistics_competitor_id = fields.Many2one(
        "logistics.competitor",
        string="Lost To",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The competitor who got the business.",
    )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    logistics_competitor_id = fields.Many2one(
        "logistics.competitor",
        string="Lost To",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The competitor who got the business.",
    )
    logistics_lost_reason_id = fields.Many2one(
        "crm.lost.reason",
        string="Lost Reason",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    def action_lost_to_competitor(self):
        """Ask who got this quotation's business, and why."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.lost.quote",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_ids": self.ids},
            "name": self.env._("Lost to a Competitor"),
        }

    def action_draft(self):
        """A quotation that is taken up again is not lost."""
        result = super().action_draft()
        self.filtered("logistics_competitor_id").write(
            {"logistics_competitor_id": False, "logistics_lost_reason_id": False}
        )
        return result
