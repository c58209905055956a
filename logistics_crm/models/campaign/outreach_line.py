# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models

from ...fields_unknown import KnownMonetary

PARTS = [("contact", "Contacted"), ("holdout", "Held Out"), ("excluded", "Excluded")]
EXCLUSIONS = [
    ("no_email", "No Mail Address"),
    ("blacklist", "Wants No Mail"),
    ("other", "In Another Campaign"),
]


class LogisticsOutreachLine(models.Model):
    """One customer of a campaign."""

    _name = "logistics.outreach.line"
    _description = "Campaign Customer"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
    _order = "contact_date, id"
    _rec_name = "customer_id"

    outreach_id = fields.Many2one(
        "logistics.outreach", required=True, readonly=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="customer_id.user_id", string="Representative")
    value_class = fields.Selection(related="customer_id.value_class")
    part = fields.Selection(PARTS, required=True, readonly=True)
    exclusion = fields.Selection(EXCLUSIONS, string="Why Not", readonly=True)
    contact_date = fields.Date(
        readonly=True, help="The day of the contact; for those held out, what it would have been."
    )
    prepared = fields.Boolean(
        readonly=True, help="The call, opportunity or list entry has been made."
    )
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")
    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True, ondelete="set null")
    responded = fields.Boolean(
        readonly=True, help="Ordered or traded within the response days after the contact."
    )
    order_count = fields.Integer(
        string="Orders", readonly=True, help="Orders confirmed within the response days."
    )
    revenue = KnownMonetary(
        readonly=True, help="Revenue within the response days. Empty: not measured yet."
    )
    called = fields.Boolean(readonly=True, help="The call is marked as done.")
    won = fields.Boolean(readonly=True, help="The opportunity was won.")

    _customer_uniq = models.UniqueIndex(
        "(outreach_id, customer_id)", "This customer is in the campaign already."
    )
    _waiting_idx = models.Index(
        "(outreach_id, contact_date, id) WHERE part = 'contact' AND prepared IS NOT TRUE"
    )

    @api.model
    def _fold_customer(self, src_customer, dst_customer):
        """Move lines to the account that stays; one line per campaign, the destination's."""
        known = self.search([("customer_id", "=", dst_customer.id)]).outreach_id
        for line in self.search([("customer_id", "=", src_customer.id)]):
            if line.outreach_id in known:
                line.unlink()
            else:
                line.customer_id = dst_customer


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.outreach.line"]
