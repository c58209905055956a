# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

from ...fields_unknown import KnownFloat


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_complaint_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours for Complaints",
        help="The terms for answer and solution run in these hours. Empty: the company's own.",
    )
    logistics_complaint_executive_id = fields.Many2one(
        "res.users",
        string="Executive for Complaints",
        domain="[('share', '=', False)]",
        help="The last one complaints escalate to.",
    )
    logistics_complaint_mail = fields.Boolean(
        string="Mails About Complaints",
        help="Customers get a mail when a complaint arrives and when it is answered. Off: nothing "
        "is sent by itself; people write from the complaint.",
    )
    logistics_complaint_rating = fields.Boolean(
        string="Ask for Satisfaction",
        help="When a complaint is closed or refused, the customer is asked by mail how well it "
        "was handled.",
    )
    logistics_complaint_repeat = fields.Integer(
        string="Repeated Complaints From",
        default=3,
        help="A customer that complained this often in twelve months complained repeatedly.",
    )
    logistics_complaint_duplicate_days = fields.Integer(
        string="Possible Duplicates Within (Days)",
        default=14,
        help="Two open complaints of a customer about the same order, invoice, waybill or type "
        "within these days are shown as possible duplicates.",
    )
    logistics_complaint_flood = fields.Integer(
        string="Complaints per Sender and Hour",
        default=5,
        help="Further mails of the sender are added to the last complaint; the portal asks to "
        "wait.",
    )
    logistics_complaint_file_mb = fields.Integer(
        string="Largest File (MB)", default=10, help="For files that customers send."
    )
    logistics_claim_post = fields.Boolean(
        string="Post Credit Notes of Claims",
        help="On: the credit note of an approved compensation is posted at once. Off: it stays a "
        "draft until accounting posts it.",
    )
    logistics_claim_product_id = fields.Many2one(
        "product.product",
        string="Product of Compensations",
        help="Gives the account of compensations. Empty: credit notes on an invoice use the "
        "invoice's accounts, and compensation without an invoice is not possible.",
    )
    logistics_claim_target_days = fields.Integer(
        string="Compensation Within (Days)",
        default=30,
        help="A claim that is not credited or refused in this time counts as slow.",
    )
    logistics_silent_customers = KnownFloat(
        string="Silent Customers per Complaint",
        default=20.0,
        help="How many customers are taken to feel the same for one who complains. A rule of "
        "thumb, used in the silent exposure only.",
    )
    logistics_silent_source = fields.Char(
        string="Source of the Silent Multiplier",
        translate=True,
        default=lambda self: self.env._(
            "Rule of thumb of the trade press: behind one complaint stand 20 who say nothing. "
            "Not measured here."
        ),
    )
    logistics_silent_leave_share = fields.Float(
        string="Of Them Leave (%)",
        default=10.0,
        help="Share of the silent ones whose business is taken to be at stake.",
    )

    _logistics_complaint_sane = models.Constraint(
        "CHECK (logistics_complaint_repeat > 1 AND logistics_complaint_duplicate_days >= 0"
        " AND logistics_complaint_flood > 0 AND logistics_complaint_file_mb > 0"
        " AND logistics_claim_target_days > 0"
        " AND logistics_silent_leave_share >= 0 AND logistics_silent_leave_share <= 100"
        " AND (logistics_silent_customers IS NULL OR logistics_silent_customers >= 0))",
        "Numbers of complaints, days and megabytes must be positive, repeated means at least "
        "two, and a share lies between 0 and 100 percent.",
    )

    def _complaint_calendar(self):
        """The working hours in which the terms of complaints run; may be empty (every hour)."""
        self.ensure_one()
        company = self.sudo()
        return company.logistics_complaint_calendar_id or company.resource_calendar_id


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_complaint_calendar_id = fields.Many2one(
        related="company_id.logistics_complaint_calendar_id", readonly=False
    )
    logistics_complaint_executive_id = fields.Many2one(
        related="company_id.logistics_complaint_executive_id", readonly=False
    )
    logistics_complaint_mail = fields.Boolean(
        related="company_id.logistics_complaint_mail", readonly=False
    )
    logistics_complaint_rating = fields.Boolean(
        related="company_id.logistics_complaint_rating", readonly=False
    )
    logistics_complaint_repeat = fields.Integer(
        related="company_id.logistics_complaint_repeat", readonly=False
    )
    logistics_complaint_duplicate_days = fields.Integer(
        related="company_id.logistics_complaint_duplicate_days", readonly=False
    )
    logistics_complaint_flood = fields.Integer(
        related="company_id.logistics_complaint_flood", readonly=False
    )
    logistics_complaint_file_mb = fields.Integer(
        related="company_id.logistics_complaint_file_mb", readonly=False
    )
    logistics_claim_post = fields.Boolean(related="company_id.logistics_claim_post", readonly=False)
    logistics_claim_product_id = fields.Many2one(
        related="company_id.logistics_claim_product_id", readonly=False
    )
    logistics_claim_target_days = fields.Integer(
        related="company_id.logistics_claim_target_days", readonly=False
    )
    logistics_silent_customers = KnownFloat(
        related="company_id.logistics_silent_customers", readonly=False
    )
    logistics_silent_source = fields.Char(
        related="company_id.logistics_silent_source", readonly=False
    )
    logistics_silent_leave_share = fields.Float(
        related="company_id.logistics_silent_leave_share", readonly=False
    )
