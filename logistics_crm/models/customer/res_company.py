# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_ledger_start = fields.Date(
        string="Ledger Start",
        help="The day from which this company's invoices are in Odoo. Trading history on or "
        "after that day is refused, and unpaid history no longer counts as open from that day "
        "on, because the opening entries carry it.",
    )
    logistics_grace_days = fields.Integer(
        string="Payment Grace Days",
        default=0,
        help="Days after the due date during which a payment still counts as on time.",
    )
    logistics_new_customer_days = fields.Integer(
        string="New Customer Days",
        default=180,
        help="A customer counts as new for this many days after the first trade.",
    )
    logistics_lost_customer_days = fields.Integer(
        string="Lost Customer Days",
        default=365,
        help="A customer without trade for this many days counts as lost, after half of them "
        "as dormant. A customer with a slower rhythm of its own is given twice that rhythm.",
    )
    logistics_protection_days = fields.Integer(
        string="Customer Protection Days",
        default=0,
        help="For so many days after a customer was given to a representative, nobody but a "
        "manager gives it to another one. 0: no protection.",
    )

    _logistics_protection_positive = models.Constraint(
        "CHECK (logistics_protection_days >= 0)", "Protection days cannot be negative."
    )
    _logistics_days_positive = models.Constraint(
        "CHECK (logistics_grace_days >= 0 AND logistics_new_customer_days > 0"
        " AND logistics_lost_customer_days > 0)",
        "Grace days cannot be negative, and the new and lost customer days must be positive.",
    )
