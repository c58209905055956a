# Part of logistics_crm. License LGPL-3 or later.
from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class LogisticsSegment(models.Model):
    """A filter on customers with a name. Who is in it is decided anew each time."""

    _name = "logistics.segment"
    _description = "Segment"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", string="Owner", required=True, index=True, default=lambda self: self.env.user
    )
    customer_domain = fields.Char(
        string="Filter",
        required=True,
        default="[]",
        help="A filter on customers. Everybody sees only those they may see.",
    )
    customer_count = fields.Integer(
        string="Customers",
        compute="_compute_customer_count",
        help="How many of the customers you may see are in the segment today.",
    )
    outreach_ids = fields.One2many("logistics.outreach", "segment_id")
    outreach_count = fields.Integer(compute="_compute_outreach_count")
    note = fields.Text()

    def _customers_domain(self):
        """Domain of the active accounts of the segment's company that match its filter."""
        self.ensure_one()
        return Domain(literal_eval(self.customer_domain or "[]")) & Domain(
            [("company_id", "=", self.company_id.id), ("active", "=", True)]
        )

    @api.constrains("customer_domain")
    def _check_customer_domain(self):
        for segment in self:
            try:
                self.env["logistics.customer"]._try_filter(segment._customers_domain)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "The filter of “%(name)s” cannot be read as a filter on customers: "
                        "%(error)s",
                        name=segment.name,
                        error=error,
                    )
                ) from error

    @api.depends("customer_domain", "company_id")
    @api.depends_context("uid")
    def _compute_customer_count(self):
        for segment in self:
            segment.customer_count = self.env["logistics.customer"].search_count(
                segment._customers_domain()
            )

    @api.depends("outreach_ids")
    def _compute_outreach_count(self):
        for segment in self:
            segment.outreach_count = len(segment.outreach_ids)

    def action_open_customers(self):
        """Open the customers that are in the segment today."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_customer")
        action["domain"] = list(self._customers_domain())
        return action

    def action_new_outreach(self):
        """Prepare a campaign to this segment."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.outreach",
            "name": self.env._("Campaign"),
            "view_mode": "form",
            "context": {"default_segment_id": self.id, "default_name": self.name},
        }

    def action_open_outreaches(self):
        """Open the campaigns to this segment."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_outreach")
        action["domain"] = [("segment_id", "=", self.id)]
        action["context"] = {"default_segment_id": self.id, "default_name": self.name}
        return action
