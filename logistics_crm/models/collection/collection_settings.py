# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models

from ...fields_unknown import KnownMonetary

COLLECTION_MODES = [
    ("off", "Off"),
    ("worklist", "Worklist Only"),
    ("auto", "Send Automatically"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_collections = fields.Selection(
        COLLECTION_MODES,
        string="Collections",
        default="off",
        required=True,
        help="Off: nothing happens. Worklist Only: cases are kept and the next step of each is "
        "proposed, nothing is sent by itself. Send Automatically: the daily job takes the steps "
        "that are due.",
    )
    logistics_promise_grace_days = fields.Integer(
        string="Promise Grace Days",
        default=2,
        help="A promise of payment is judged so many days after the promised day, because money "
        "travels. Changing it changes no promise that was made before.",
    )
    logistics_collection_gap_days = fields.Integer(
        string="Days Between Two Letters",
        default=7,
        help="A customer gets no second step of the collection ladder within so many days.",
    )
    logistics_collection_weekdays = fields.Selection(
        [("5", "Monday to Friday"), ("6", "Monday to Saturday"), ("7", "Every Day")],
        string="Collection Days",
        default="5",
        required=True,
        help="On the other days, and on collection holidays, nothing is sent and no step is taken.",
    )
    logistics_collection_min_amount = KnownMonetary(
        string="Smallest Overdue Amount",
        help="Customers with not more than this overdue, unallocated payments and credit notes "
        "deducted, are left in peace. Empty: every amount counts.",
    )

    _logistics_collection_sane = models.Constraint(
        "CHECK (logistics_promise_grace_days BETWEEN 0 AND 60"
        " AND logistics_collection_gap_days BETWEEN 1 AND 365)",
        "The promise grace is 0 to 60 days, and between two letters lie 1 to 365 days.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_collections = fields.Selection(
        related="company_id.logistics_collections", readonly=False, required=True
    )
    logistics_promise_grace_days = fields.Integer(
        related="company_id.logistics_promise_grace_days", readonly=False
    )
    logistics_collection_gap_days = fields.Integer(
        related="company_id.logistics_collection_gap_days", readonly=False
    )
    logistics_collection_weekdays = fields.Selection(
        related="company_id.logistics_collection_weekdays", readonly=False, required=True
    )
    logistics_collection_min_amount = KnownMonetary(
        related="company_id.logistics_collection_min_amount",
        currency_field="logistics_credit_currency_id",
        readonly=False,
    )
