# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError


class LogisticsSymposiumAgenda(models.Model):
    """A point of the agenda. The first is always what became of last time's opinions."""

    _name = "logistics.symposium.agenda"
    _description = "Agenda Item"
    _order = "follow_up desc, sequence, id"

    symposium_id = fields.Many2one(
        "logistics.symposium", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="symposium_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Point", required=True)
    user_id = fields.Many2one("res.users", string="Presented By", domain="[('share', '=', False)]")
    minutes = fields.Integer(default=20)
    follow_up = fields.Boolean(
        string="Last Time's Opinions",
        readonly=True,
        help="The first point of every symposium: what became of what customers said last time.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_not_first(self):
        if not self.env.su and any(point.follow_up for point in self):
            raise UserError(
                self.env._(
                    "The first point stays: customers want to know what became of what they "
                    "said last time."
                )
            )


class LogisticsSymposium(models.Model):
    _inherit = "logistics.symposium"

    def _ensure_first_point(self):
        """Put last time's opinions on top of the agenda; a copied agenda keeps the one it has."""
        self.ensure_one()
        points = self.sudo().agenda_ids
        first = points.filtered("follow_up")
        (first - first[:1]).unlink()
        if not first:
            self.env["logistics.symposium.agenda"].sudo().create(
                {
                    "symposium_id": self.id,
                    "sequence": 0,
                    "name": self.env._("What became of what you told us last time"),
                    "user_id": self.user_id.id,
                    "follow_up": True,
                }
            )
