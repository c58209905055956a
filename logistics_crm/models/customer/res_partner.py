# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    logistics_customer_ids = fields.One2many(
        "logistics.customer",
        "partner_id",
        string="Customer Accounts",
        groups="logistics_crm.group_user,logistics_crm.group_credit_controller",
        context={"active_test": False},
    )
    logistics_customer_id = fields.Many2one(
        "logistics.customer",
        string="Customer Account",
        compute="_compute_logistics_customer_id",
        groups="logistics_crm.group_user,logistics_crm.group_credit_controller",
        help="The account of the commercial entity in the current company.",
    )

    @api.depends("commercial_partner_id", "logistics_customer_ids")
    @api.depends_context("company", "uid")
    def _compute_logistics_customer_id(self):
        accounts = self.env["logistics.customer"].search_fetch(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("active", "in", (True, False)),
            ],
            ["partner_id"],
        )
        by_partner = {account.partner_id.id: account for account in accounts}
        for partner in self:
            partner.logistics_customer_id = by_partner.get(partner.commercial_partner_id.id, False)

    def write(self, vals):
        if "active" in vals and self:
            accounts = self._logistics_accounts().filtered(
                lambda account: account.active != bool(vals["active"])
            )
        old_reps = {partner.id: partner.user_id for partner in self} if "user_id" in vals else {}
        result = super().write(vals)
        if "active" in vals and self and accounts:
            accounts.write({"active": bool(vals["active"])})
        if old_reps:
            self._logistics_pass_on_rep(old_reps)
        if {"parent_id", "is_company"} & vals.keys():
            moving = self._logistics_accounts().filtered(
                lambda account: account.partner_id.commercial_partner_id != account.partner_id
            )
            self._logistics_check_fold(moving)
            moving._follow_partner()
        return result

    def unlink(self):
        self.check_access("unlink")
        # Through the ORM, so that messages, activities and attachments of the account go too.
        self._logistics_accounts().unlink()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_trading_history(self):
        count = (
            self.env["logistics.trading.history"]
            .sudo()
            .search_count([("partner_id", "in", self.ids)])
        )
        if count:
            raise UserError(
                self.env._(
                    "%(count)s lines of trading history belong to these contacts. Archive the "
                    "contacts, or merge them into others.",
                    count=count,
                )
            )

    def _logistics_accounts(self):
        """The accounts of these contacts in every company, archived ones included (sudo)."""
        return (
            self.env["logistics.customer"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "in", self.ids)])
        )

    def _logistics_pass_on_rep(self, old_reps):
        """Let accounts whose representative was the contact's salesperson follow the change.

        Only those the user may change: who may edit a contact must not get at another's
        customer by naming himself its salesperson.
        """
        accounts = self._logistics_accounts()
        if not self.env.su:
            allowed = accounts.sudo(False)._filtered_access("write")
            accounts = accounts.browse(allowed.ids)
        for account in accounts:
            if account.user_id == old_reps[account.partner_id.id]:
                new_rep = account.partner_id.user_id
                if account.user_id != new_rep:
                    account.user_id = new_rep

    def _logistics_check_fold(self, accounts):
        """Salespeople may not get at another's customer by folding it into one of their own.

        :param accounts: accounts that are about to fold or to move to another contact
        :raise AccessError: when the user is a salesperson who may not change one of them
        """
        if self.env.su or not self.env.user.has_group("logistics_crm.group_user"):
            return
        accounts = accounts.filtered(lambda account: account.company_id in self.env.companies)
        foreign = accounts - accounts.sudo(False)._filtered_access("write").sudo()
        if foreign:
            raise AccessError(
                self.env._(
                    "%(names)s: customer of another representative. Ask a manager to join it.",
                    names=", ".join(foreign.mapped("display_name")),
                )
            )

    def action_logistics_customer(self):
        """Open the customer account of the entity in the current company, made on demand.

        :raise AccessError: for a user who may not work with customer accounts, or not with this
        :raise UserError: for a contact that is reserved for another company
        """
        self.ensure_one()
        if not self.env.user.has_group("logistics_crm.group_user") and not self.env.user.has_group(
            "logistics_crm.group_credit_controller"
        ):
            raise AccessError(
                self.env._("Only users of customer accounts can open one. Ask a manager.")
            )
        self.check_access("read")
        account = self.env["logistics.customer"]._ensure_for(self, self.env.company)
        if not account:
            raise UserError(
                self.env._(
                    "%(contact)s is reserved for another company and has no account here.",
                    contact=self.display_name,
                )
            )
        account.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.customer",
            "res_id": account.id,
            "view_mode": "form",
        }
