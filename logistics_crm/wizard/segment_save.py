# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class LogisticsSegmentSave(models.TransientModel):
    """Give the present filter of the customer list, or the selected customers, a name."""

    _name = "logistics.segment.save"
    _description = "Save as Segment"

    name = fields.Char(required=True)
    scope = fields.Selection(
        [("filter", "The Filter"), ("selected", "The Selected Customers")],
        required=True,
        default="filter",
        help="The Filter: whoever meets it later is in it, too. The Selected Customers: these "
        "and no others.",
    )
    customer_domain = fields.Char(string="Filter", required=True, default="[]")
    customer_ids = fields.Many2many("logistics.customer")
    selected_count = fields.Integer(compute="_compute_selected_count")

    @api.depends("customer_ids")
    def _compute_selected_count(self):
        for wizard in self:
            wizard.selected_count = len(wizard.customer_ids)

    @api.model
    def default_get(self, fields):
        """Take the list's filter and selection from the context the web client sends."""
        values = super().default_get(fields)
        context = self.env.context
        if context.get("active_model") == "logistics.customer":
            values["customer_domain"] = repr(list(context.get("active_domain") or []))
            if ids := context.get("active_ids"):
                values["customer_ids"] = ids
                values["scope"] = "selected"
        return values

    def action_save(self):
        """Make the segment and open it."""
        self.ensure_one()
        domain = self.customer_domain
        if self.scope == "selected":
            domain = repr([("id", "in", self.customer_ids.ids)])
        segment = self.env["logistics.segment"].create(
            {"name": self.name, "customer_domain": domain}
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.segment",
            "res_id": segment.id,
            "view_mode": "form",
        }
