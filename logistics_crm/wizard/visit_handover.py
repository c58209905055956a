# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError


class LogisticsVisitHandover(models.TransientModel):
    """Give one person's open visits, and the customers if wanted, to somebody else."""

    _name = "logistics.visit.handover"
    _description = "Hand Over Visits"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_from_id = fields.Many2one(
        "res.users",
        string="From",
        required=True,
        context={"active_test": False},
        domain="[('share', '=', False)]",
        help="May be archived already.",
    )
    target = fields.Selection(
        [
            ("backup", "Each Customer's Backup"),
            ("rep", "Each Customer's Representative"),
            ("user", "One Person"),
        ],
        string="To",
        required=True,
        default="user",
    )
    user_to_id = fields.Many2one("res.users", string="Person", domain="[('share', '=', False)]")
    customers_too = fields.Boolean(help="The person becomes the customers' representative as well.")
    open_count = fields.Integer(string="Open Visits", compute="_compute_open_count")

    @api.depends("user_from_id", "company_id")
    def _compute_open_count(self):
        for wizard in self:
            wizard.open_count = len(wizard._open_visits())

    def _open_visits(self):
        self.ensure_one()
        return self.env["logistics.visit"]._open_of(self.user_from_id, self.company_id)

    def _taker(self, visit):
        """Who takes over this touch; nobody when nobody is named."""
        return {
            "user": self.user_to_id,
            "backup": visit.customer_id.backup_user_id,
            "rep": visit.customer_id.user_id,
        }[self.target]

    def action_hand_over(self):
        """Move the open visits; those whose customer has nobody else stay, and it says so."""
        self.ensure_one()
        if self.target == "user" and not self.user_to_id:
            raise UserError(self.env._("Choose who takes over."))
        if self.user_to_id == self.user_from_id and self.target == "user":
            raise UserError(self.env._("Choose somebody else to take over."))
        visits = self._open_visits()
        moved = visits.browse()
        # All of one taker at once: two hundred visits are no more statements than two.
        for taker, taken in visits.grouped(self._taker).items():
            if taker and taker.active and taker != self.user_from_id:
                taken.with_context(tracking_disable=True).user_id = taker
                moved += taken
        if self.customers_too and self.target == "user":
            self.env["logistics.customer"].search(
                [("company_id", "=", self.company_id.id), ("user_id", "=", self.user_from_id.id)]
            ).write({"user_id": self.user_to_id.id})
        left = len(visits) - len(moved)
        message = self.env._("%s visits handed over.", len(moved))
        if left:
            message += " " + self.env._("%s stay: nobody else is named for them.", left)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if left else "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
