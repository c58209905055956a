# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command, api, fields, models
from odoo.exceptions import UserError

# Field, group; the first are contained in the later ones of the same privilege.
ROLES = (
    ("rep_user_ids", "logistics_crm.group_user"),
    ("lead_user_ids", "logistics_crm.group_user_all"),
    ("manager_user_ids", "logistics_crm.group_manager"),
    ("controller_user_ids", "logistics_crm.group_credit_controller"),
)
_DOMAIN = "[('share', '=', False), ('company_ids', 'in', company_id)]"


class LogisticsSetup(models.Model):
    """Who works here in which role. Rights are given with the rights of who gives them."""

    _inherit = "logistics.setup"

    rep_user_ids = fields.Many2many(
        "res.users",
        string="Representatives",
        compute="_compute_users",
        inverse="_inverse_users",
        domain=_DOMAIN,
        help="They see their own customers and those nobody looks after.",
    )
    lead_user_ids = fields.Many2many(
        "res.users",
        string="Team Leads",
        compute="_compute_users",
        inverse="_inverse_users",
        domain=_DOMAIN,
        help="They see every customer of their companies.",
    )
    manager_user_ids = fields.Many2many(
        "res.users",
        string="Managers",
        compute="_compute_users",
        inverse="_inverse_users",
        domain=_DOMAIN,
        help="They set policies and plans, and run the yearly screening.",
    )
    controller_user_ids = fields.Many2many(
        "res.users",
        string="Credit Controllers",
        compute="_compute_users",
        inverse="_inverse_users",
        domain=_DOMAIN,
        help="They grant credit. No sales right contains this one.",
    )
    may_give_rights = fields.Boolean(compute="_compute_users")

    @api.depends("company_id")
    @api.depends_context("uid")
    def _compute_users(self):
        groups = [(name, self.env.ref(group).sudo()) for name, group in ROLES]
        may = self.env.user.has_group("base.group_erp_manager")
        for setup in self:
            for name, group in groups:
                users = group.user_ids.filtered(
                    lambda user, setup=setup: (
                        not user.share and setup.company_id in user.company_ids
                    )
                )
                setup[name] = users.ids
            setup.may_give_rights = may

    def _inverse_users(self):
        for setup in self:
            for name, xmlid in ROLES:
                group = self.env.ref(xmlid)
                before = group.sudo().user_ids.filtered(
                    lambda user, setup=setup: (
                        not user.share and setup.company_id in user.company_ids
                    )
                )
                wanted = setup[name]
                gone = before - wanted
                if name == "manager_user_ids" and self.env.user in gone:
                    raise UserError(
                        self.env._(
                            "You would take the manager's rights from yourself and could not go "
                            "on here. Ask another manager to do it."
                        )
                    )
                if gone:
                    gone.write({"group_ids": [Command.unlink(group.id)]})
                if wanted - before:
                    (wanted - before).write({"group_ids": [Command.link(group.id)]})
