# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models


class LogisticsPersonalDossierAccess(models.Model):
    """Who read a personal dossier on which day. Written by the system only."""

    _name = "logistics.personal.dossier.access"
    _description = "Reading of a Personal Dossier"
    _inherit = ["logistics.readonly.mixin"]
    _order = "date desc, id desc"
    _rec_name = "user_id"

    dossier_id = fields.Many2one(
        "logistics.personal.dossier", required=True, readonly=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(
        "logistics.customer", readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    user_id = fields.Many2one("res.users", string="Read By", required=True, readonly=True)
    date = fields.Date(string="Read On", required=True, readonly=True)

    _once_a_day = models.UniqueIndex("(dossier_id, user_id, date)")
