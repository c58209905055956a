# Part of logistics_crm. License LGPL-3 or later.
import math

from odoo import api, fields, models
from odoo.exceptions import UserError


class LogisticsCreditAuthority(models.Model):
    """Up to which amount a person or role may release orders, and who may lift arrears gates."""

    _name = "logistics.credit.authority"
    _description = "Credit Authority"
    _inherit = ["mail.thread"]
    _order = "company_id, unlimited, max_excess, id"

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
    max_excess = fields.Monetary(
        string="Up To",
        tracking=True,
        help="The largest amount this authority releases, in company currency. It is compared "
        "with the amount over the limit when the limit is the only reason, and with the whole "
        "amount at risk when any other rule holds the order.",
    )
    unlimited = fields.Boolean(tracking=True)
    may_lift_gate = fields.Boolean(
        string="Lifts Arrears Gates",
        tracking=True,
        help="May let a customer order again although last year's account is not settled.",
    )

    _one_holder = models.Constraint(
        "CHECK ((user_id IS NULL) <> (group_id IS NULL))",
        "An authority belongs to either a person or a role: choose exactly one.",
    )
    _amount_positive = models.Constraint(
        "CHECK (max_excess >= 0)", "An authority cannot be negative."
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
    def _held_by(self, user, company):
        """Return the authorities of a user in a company or one of its parents."""
        records = self.sudo().search(
            [
                ("company_id", "parent_of", company.id),
                "|",
                ("user_id", "=", user.id),
                ("group_id", "in", user.sudo().all_group_ids.ids),
            ]
        )
        return records

    @api.model
    def _ceiling(self, user, company):
        """Return up to which amount (company currency) a user may release.

        :return: None without any authority, ``math.inf`` when unlimited
        """
        ceilings = [
            math.inf if authority.unlimited else authority.max_excess
            for authority in self._held_by(user, company)
            if authority.unlimited or authority.max_excess
        ]
        return max(ceilings, default=None)

    @api.model
    def _may_lift_gates(self, user, company):
        """Tell whether a user is named to lift arrears gates of a company."""
        return any(self._held_by(user, company).mapped("may_lift_gate"))
