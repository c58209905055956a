# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...fields_unknown import KnownMonetary


class LogisticsContract(models.Model):
    """A contract with a customer; its chain of renewals makes the continuous contract years."""

    _name = "logistics.contract"
    _description = "Customer Contract"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "logistics.file.part.mixin",
        "logistics.file.reminder.mixin",
    ]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, tracking=True)
    customer_id = fields.Many2one(
        "logistics.customer",
        required=True,
        index=True,
        ondelete="cascade",
        tracking=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("framework", "Framework Agreement"),
            ("rates", "Rate Agreement"),
            ("warehousing", "Warehousing"),
            ("transport", "Transport"),
            ("other", "Other"),
        ],
        default="framework",
        required=True,
    )
    state = fields.Selection(
        [("draft", "Draft"), ("signed", "Signed"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        index=True,
        tracking=True,
        copy=False,
    )
    date_issue = fields.Date(string="Signed On", tracking=True, copy=False)
    date_start = fields.Date(string="From", required=True, tracking=True, index=True)
    date_end = fields.Date(
        string="Until",
        tracking=True,
        index="btree_not_null",
        help="The last day of the contract. Empty: until further notice.",
    )
    reminder_days = fields.Integer(
        string="Remind (Days Before)",
        default=60,
        help="So long before the last day the responsible user is reminded, when reminders are "
        "switched on. 0: no reminder.",
    )
    yearly_amount = KnownMonetary(
        string="Agreed per Year", help="Untaxed, company currency. Empty: nothing was agreed."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    previous_id = fields.Many2one(
        "logistics.contract",
        string="Renews",
        index="btree_not_null",
        ondelete="set null",
        domain="[('customer_id', '=', customer_id)]",
        copy=False,
    )
    next_ids = fields.One2many("logistics.contract", "previous_id", string="Renewed By")
    renewed = fields.Boolean(compute="_compute_renewed", store=True)
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    note = fields.Text(string="Terms in Short")

    @api.depends("customer_id.user_id")
    def _compute_user_id(self):
        for contract in self:
            if not contract.user_id or contract.user_id == contract._origin.customer_id.user_id:
                contract.user_id = contract.customer_id.user_id

    @api.depends("next_ids.state")
    def _compute_renewed(self):
        for contract in self:
            contract.renewed = any(follower.state == "signed" for follower in contract.next_ids)

    @api.constrains("date_issue", "date_start", "date_end")
    def _check_dates(self):
        for contract in self:
            ends = contract.date_end
            begins = [day for day in (contract.date_issue, contract.date_start) if day]
            if ends and any(day > ends for day in begins):
                raise ValidationError(
                    self.env._(
                        "Contract %(name)s would end on %(ends)s, before it was signed or began. "
                        "Check the dates.",
                        name=contract.name,
                        ends=fields.Date.to_string(ends),
                    )
                )

    @api.constrains("previous_id", "customer_id")
    def _check_previous(self):
        if self._has_cycle("previous_id"):
            raise ValidationError(self.env._("A contract cannot renew itself, nor a later one."))
        for contract in self.filtered("previous_id"):
            if contract.previous_id.customer_id != contract.customer_id:
                raise ValidationError(
                    self.env._(
                        "Contract %(name)s renews one of another customer: %(other)s.",
                        name=contract.name,
                        other=contract.previous_id.customer_id.display_name,
                    )
                )

    def action_sign(self):
        """Note that the contract is signed; it counts from then on."""
        for contract in self:
            contract.write(
                {
                    "state": "signed",
                    "date_issue": contract.date_issue
                    or min(
                        fields.Date.context_today(self), contract.date_end or fields.Date.today()
                    ),
                }
            )

    def action_cancel(self):
        """Note that the contract never came into force."""
        self.write({"state": "cancelled"})

    def action_draft(self):
        """Take the contract back into draft."""
        self.write({"state": "draft"})

    def action_renew(self):
        """Open a draft that follows on this contract for the same time.

        :raise UserError: when this contract has no last day
        """
        self.ensure_one()
        if not self.date_end:
            raise UserError(
                self.env._("Contract %(name)s runs until further notice.", name=self.name)
            )
        start = fields.Date.add(self.date_end, days=1)
        renewal = self.copy(
            {
                "previous_id": self.id,
                "name": self.env._("%(name)s (renewal)", name=self.name),
                "date_start": start,
                "date_end": start + relativedelta(start, self.date_start) - timedelta(days=1),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": renewal.id,
            "view_mode": "form",
        }

    @api.model
    def get_import_templates(self):
        """Offer the template file in the import screen."""
        return [
            {
                "label": self.env._("Import Template for Contracts"),
                "template": "/logistics_crm/static/csv/contract_template.csv",
            }
        ]

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        contracts.customer_id._refresh_contract_years()
        return contracts

    def write(self, vals):
        customers = self.customer_id
        result = super().write(vals)
        if {"state", "date_start", "date_end", "customer_id"} & vals.keys():
            (customers | self.customer_id)._refresh_contract_years()
        return result

    def unlink(self):
        customers = self.customer_id
        result = super().unlink()
        customers._refresh_contract_years()
        return result
