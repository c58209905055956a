# Part of logistics_crm. License LGPL-3 or later.
import math

from odoo import api, fields, models
from odoo.exceptions import UserError


class LogisticsCompensationAuthority(models.Model):
    """Up to which amount a person or role grants compensation, alone or with a colleague."""

    _name = "logistics.compensation.authority"
    _description = "Compensation Authority"
    _inherit = ["mail.thread"]
    _order = "company_id, unlimited, max_amount, id"

    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False)]",
    )
    group_id = fields.Many2one("res.groups", string="Role", index="btree_not_null", tracking=True)
    alone_amount = fields.Monetary(
        string="Alone Up To",
        tracking=True,
        help="What the front line gives at once, without a second person. In company currency, "
        "for all compensations of one complaint or invoice together.",
    )
    max_amount = fields.Monetary(
        string="Approves Up To",
        tracking=True,
        help="The largest request of somebody else this authority approves, in company currency, "
        "for all compensations of one complaint or invoice together.",
    )
    unlimited = fields.Boolean(
        tracking=True,
        help="Approves any amount somebody else requests; alone only up to the limit.",
    )

    _one_holder = models.Constraint(
        "CHECK ((user_id IS NULL) <> (group_id IS NULL))",
        "An authority belongs to either a person or a role: choose exactly one.",
    )
    _amounts_sane = models.Constraint(
        "CHECK (alone_amount >= 0 AND (unlimited OR max_amount >= alone_amount))",
        "Nobody grants more alone than together with somebody else.",
    )

    @api.depends("user_id", "group_id")
    def _compute_display_name(self):
        for authority in self:
            holder = authority.user_id or authority.group_id
            authority.display_name = holder.display_name or self.env._("New authority")

    @api.model_create_multi
    def create(self, vals_list):
        authorities = super().create(vals_list)
        authorities._check_not_to_oneself()
        return authorities

    def write(self, vals):
        self._check_not_to_oneself()
        result = super().write(vals)
        self._check_not_to_oneself()
        return result

    def _check_not_to_oneself(self):
        if not self.env.su and self.env.user in self.user_id:
            raise UserError(
                self.env._("Nobody grants an authority to himself: ask another manager.")
            )

    @api.model
    def _ceilings(self, user, company):
        """Return what a user may grant alone and approve for others, in company currency.

        :return: ``(alone, others)``; 0.0 without any authority, ``math.inf`` when unlimited
        """
        held = self.sudo().search(
            [
                ("company_id", "parent_of", company.id),
                "|",
                ("user_id", "=", user.id),
                ("group_id", "in", user.sudo().all_group_ids.ids),
            ]
        )
        alone = max(held.mapped("alone_amount"), default=0.0)
        others = max((math.inf if a.unlimited else a.max_amount for a in held), default=0.0)
        return alone, others
