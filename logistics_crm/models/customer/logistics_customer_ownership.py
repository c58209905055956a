# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

OWNERSHIP_GAPS = [
    ("rep", "No Representative"),
    ("left", "Representative Has Left"),
    ("backup", "No Backup"),
    ("backup_left", "Backup Has Left"),
]


class LogisticsCustomer(models.Model):
    """Who looks after a customer: the representative, the backup, and for how long undisputed."""

    _inherit = "logistics.customer"

    backup_user_id = fields.Many2one(
        "res.users",
        string="Backup Representative",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id), ('id', '!=', user_id)]",
        help="Stands in for the representative, works with everything of the customer as the "
        "representative does, goes on visits when the representative cannot, and takes over when "
        "that user is archived.",
    )
    protected_until = fields.Date(
        readonly=True,
        copy=False,
        help="Until this day nobody but a manager gives the customer to another representative. "
        "Set with every assignment, for the days of the settings.",
    )
    ownership_gap = fields.Selection(
        OWNERSHIP_GAPS,
        compute="_compute_ownership_gap",
        search="_search_ownership_gap",
        help="What the entitlements of the value class ask for and nobody has taken care of. A "
        "representative who has left is a gap in every class.",
    )
    handover_line_ids = fields.One2many(
        "logistics.handover.line", "customer_id", string="Handovers"
    )

    @api.constrains("user_id", "backup_user_id")
    def _check_backup(self):
        for account in self:
            if account.user_id and account.user_id == account.backup_user_id:
                raise ValidationError(
                    self.env._(
                        "%s: representative and backup must be two persons.", account.display_name
                    )
                )

    def _representatives(self):
        """Who looks after these customers, the backups too; with superuser rights.

        The backup works with the customer as the representative does, so neither of them decides
        where somebody else has to.
        """
        accounts = self.sudo()
        return accounts.user_id | accounts.backup_user_id

    # ------------------------------------------------------------------ gaps
    @api.model
    def _classes_needing(self, name):
        """The classes that must have a rep or a backup, as ``{company id: [codes]}``."""
        lines = (
            self.env["logistics.value.class.entitlement"]
            .sudo()
            .search_fetch(
                [(name, "=", True), ("policy_id.active", "=", True)], ["company_id", "value_class"]
            )
        )
        return {
            company.id: rows.mapped("value_class")
            for company, rows in lines.grouped("company_id").items()
        }

    @api.depends("user_id", "backup_user_id", "value_class", "user_id.active")
    def _compute_ownership_gap(self):
        rep, backup = (
            self._classes_needing("rep_required"),
            self._classes_needing("backup_required"),
        )
        for account in self:
            company = account.company_id.id
            user, second = account.user_id.sudo(), account.backup_user_id.sudo()
            if user and not user.active:
                account.ownership_gap = "left"
            elif not user and account.value_class in rep.get(company, ()):
                account.ownership_gap = "rep"
            elif second and not second.active:
                account.ownership_gap = "backup_left"
            elif not second and account.value_class in backup.get(company, ()):
                account.ownership_gap = "backup"
            else:
                account.ownership_gap = False

    @api.model
    def _search_ownership_gap(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        gone = self.env["res.users"].sudo().with_context(active_test=False)
        gone_ids = gone._search([("active", "=", False)])
        left = fields.Domain("user_id", "in", gone_ids)
        no_rep = fields.Domain("user_id", "=", False)
        backup_left = fields.Domain("backup_user_id", "in", gone_ids)
        no_backup = fields.Domain("backup_user_id", "=", False)

        def needed(name):
            return fields.Domain.OR(
                fields.Domain("company_id", "=", company)
                & fields.Domain("value_class", "in", classes)
                for company, classes in self._classes_needing(name).items()
            )

        rep_missing = no_rep & needed("rep_required")
        settled = ~left & ~rep_missing
        domains = {
            "left": left,
            "rep": rep_missing,
            "backup_left": settled & backup_left,
            "backup": settled & no_backup & needed("backup_required"),
        }
        domain = fields.Domain.OR(domains[code] for code in value if code in domains)
        if False in value:
            domain |= ~fields.Domain.OR(domains.values())
        return ~domain if operator == "not in" else domain

    # ------------------------------------------------------------------ protection
    @api.model
    def _is_ownership_manager(self):
        # The superuser is this addon's own code; sudo() in a user's request is not.
        return self.env.uid == SUPERUSER_ID or self.env.user.has_group(
            "logistics_crm.group_manager"
        )

    def _check_protection(self, new_user_id):
        """Refuse to give a protected customer to another representative, unless by a manager.

        :raise UserError: naming the customer, the representative and the day
        """
        if self._is_ownership_manager():
            return
        today = fields.Date.context_today(self)
        for account in self.sudo():
            if (
                account.user_id
                and account.user_id.active
                and account.user_id.id != new_user_id
                and account.protected_until
                and account.protected_until >= today
            ):
                raise UserError(
                    self.env._(
                        "%(customer)s is protected for %(rep)s until %(date)s. Ask for it: the "
                        "representative or a manager decides.",
                        customer=account.display_name,
                        rep=account.user_id.name,
                        date=format_date(self.env, account.protected_until),
                    )
                )

    def _protection_end(self, company):
        days = company.sudo().logistics_protection_days
        return fields.Date.context_today(self) + timedelta(days=days) if days else False

    def write(self, vals):
        if "user_id" not in vals:
            return super().write(vals)
        changing = self.filtered(lambda account: account.user_id.id != (vals["user_id"] or False))
        changing._check_protection(vals["user_id"] or False)
        for account in changing.sudo():
            # the new representative cannot back up himself
            if account.backup_user_id and account.backup_user_id.id == vals["user_id"]:
                if "backup_user_id" not in vals:
                    account.backup_user_id = False
        result = super().write(vals)
        for company, accounts in changing.grouped("company_id").items():
            accounts.sudo().protected_until = (
                self._protection_end(company) if vals["user_id"] else False
            )
        return result

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        for account in accounts.filtered("user_id"):
            if end := self._protection_end(account.company_id):
                account.sudo().protected_until = end
        return accounts

    # ------------------------------------------------------------------ actions
    def action_ask_for(self):
        """Suggest that this customer is handed over to the user: the representative decides.

        :raise UserError: when the user looks after it already, or nobody does
        """
        self.ensure_one()
        self.check_access("read")
        if not self.user_id:
            raise UserError(self.env._("Nobody looks after this customer: just take it over."))
        if self.user_id == self.env.user:
            raise UserError(self.env._("You look after this customer already."))
        handover = self.env["logistics.handover"]._suggest(self, self.env.user)
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.handover",
            "res_id": handover.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_hand_over(self):
        """Open a new handover of these customers, which must have one representative."""
        self.check_access("write")
        if len(self.company_id) > 1 or len(self.user_id) > 1:
            raise UserError(
                self.env._("Choose customers of one company and one representative for a handover.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand Over"),
            "res_model": "logistics.handover",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_company_id": self.company_id.id,
                "default_from_user_id": self.user_id.id,
                "default_line_ids": [(0, 0, {"customer_id": account.id}) for account in self],
            },
        }
