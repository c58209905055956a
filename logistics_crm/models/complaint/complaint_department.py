# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class LogisticsComplaintDepartment(models.Model):
    """Who in the company answers for what went wrong."""

    _name = "logistics.complaint.department"
    _description = "Complaint Department"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: every company has this department."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Head",
        domain="[('share', '=', False)]",
        help="Told when a complaint of the department runs late.",
    )
    handler_id = fields.Many2one(
        "res.users",
        string="Usual Handler",
        domain="[('share', '=', False)]",
        help="Gets new complaints of this department unless somebody else is named.",
    )
    member_ids = fields.Many2many(
        "res.users",
        "logistics_complaint_department_user_rel",
        "department_id",
        "user_id",
        string="Members",
        domain="[('share', '=', False)]",
        help="May read and work on the complaints of the department.",
    )
