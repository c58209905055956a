# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError


class LogisticsCustomer(models.Model):
    """The milestones of a newcomer on its account."""

    _inherit = "logistics.customer"

    milestone_ids = fields.One2many("logistics.onboarding.milestone", "customer_id")
    milestone_progress = fields.Char(
        string="Milestones",
        compute="_compute_milestones",
        help="Milestones reached, of all that were not skipped.",
    )
    next_milestone_id = fields.Many2one(
        "logistics.onboarding.milestone", compute="_compute_milestones"
    )
    next_milestone_date = fields.Date(string="Milestone Due", compute="_compute_milestones")

    @api.depends("milestone_ids.state", "milestone_ids.due_date")
    def _compute_milestones(self):
        for customer in self:
            rows = customer.milestone_ids.filtered(lambda row: row.state != "skipped")
            waiting = rows.filtered(lambda row: row.state == "open").sorted("due_date")
            customer.milestone_progress = (
                f"{len(rows) - len(waiting)} / {len(rows)}" if rows else False
            )
            customer.next_milestone_id = waiting[:1]
            customer.next_milestone_date = waiting[:1].due_date

    def action_onboard(self):
        """Give these newcomers the milestones they lack, without waiting for the night.

        :raise UserError: where the company does not onboard
        """
        self.check_access("read")
        for company in self.company_id:
            if not company.logistics_onboarding:
                raise UserError(
                    self.env._(
                        "%s does not use onboarding milestones. A manager switches them on in "
                        "the settings.",
                        company.name,
                    )
                )
            self.env["logistics.onboarding.milestone"].sudo()._refresh_company(company)
        return True

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.onboarding.milestone"]
