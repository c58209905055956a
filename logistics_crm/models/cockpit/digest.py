# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.exceptions import AccessError

GROUPS = ("logistics_crm.group_manager", "logistics_crm.group_credit_controller")


class DigestDigest(models.Model):
    """The few figures of customer management a manager wants by mail, per company.

    Amounts are in the currency of the digest's company. What stands still between two mails
    (receivables, customers at risk) is told as it is when the mail is written, what happens is
    counted over the period of the digest.
    """

    _inherit = "digest.digest"

    kpi_logistics_overdue = fields.Boolean("Overdue Amounts")
    kpi_logistics_overdue_value = fields.Monetary(compute="_compute_kpi_logistics_overdue_value")
    kpi_logistics_held = fields.Boolean("Orders on Credit Hold")
    kpi_logistics_held_value = fields.Integer(compute="_compute_kpi_logistics_held_value")
    kpi_logistics_gains = fields.Boolean("Customers Won")
    kpi_logistics_gains_value = fields.Integer(compute="_compute_kpi_logistics_gains_value")
    kpi_logistics_losses = fields.Boolean("Customers Lost")
    kpi_logistics_losses_value = fields.Integer(compute="_compute_kpi_logistics_losses_value")
    kpi_logistics_alarms = fields.Boolean("Churn Alarms Closed")
    kpi_logistics_alarms_value = fields.Integer(compute="_compute_kpi_logistics_alarms_value")
    kpi_logistics_touches = fields.Boolean("Visits and Calls Done")
    kpi_logistics_touches_value = fields.Integer(compute="_compute_kpi_logistics_touches_value")

    def _logistics_check(self, *groups):
        """Core leaves a figure out of the mail of a user whose compute raises AccessError.

        :raise AccessError: when the user has none of the groups
        """
        if not any(self.env.user.has_group(group) for group in groups or GROUPS):
            raise AccessError(
                self.env._("Do not have access, skip this data for user's digest email")
            )

    def _compute_kpi_logistics_overdue_value(self):
        self._logistics_check()
        sums = self._logistics_stock(
            "logistics.customer", [("overdue_amount", ">", 0)], "overdue_amount:sum"
        )
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_logistics_overdue_value = sums.get(company.id, 0.0)

    def _compute_kpi_logistics_held_value(self):
        self._logistics_check()
        counts = self._logistics_stock(
            "sale.order", self.env["logistics.front.page"]._held_orders(), "__count"
        )
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_logistics_held_value = counts.get(company.id, 0)

    def _logistics_stock(self, model, domain, aggregate):
        """What there is now, by company id."""
        companies = self.company_id | self.env.company
        return {
            company.id: value
            for company, value in self.env[model]
            .sudo()
            ._read_group(
                [("company_id", "in", companies.ids), *domain], ["company_id"], [aggregate]
            )
        }

    def _compute_kpi_logistics_gains_value(self):
        self._logistics_check("logistics_crm.group_manager")
        self._logistics_movement("gain", "kpi_logistics_gains_value")

    def _compute_kpi_logistics_losses_value(self):
        self._logistics_check("logistics_crm.group_manager")
        self._logistics_movement("loss", "kpi_logistics_losses_value")

    def _logistics_movement(self, movement, name):
        self._calculate_company_based_kpi(
            "logistics.stage.change",
            name,
            date_field="date",
            additional_domain=[("movement", "=", movement)],
        )

    def _compute_kpi_logistics_alarms_value(self):
        self._logistics_check("logistics_crm.group_manager")
        self._calculate_company_based_kpi(
            "logistics.churn.alarm",
            "kpi_logistics_alarms_value",
            date_field="closed_on",
            additional_domain=[("state", "=", "closed")],
        )

    def _compute_kpi_logistics_touches_value(self):
        self._logistics_check("logistics_crm.group_manager")
        self._calculate_company_based_kpi(
            "logistics.visit",
            "kpi_logistics_touches_value",
            date_field="done_date",
            additional_domain=[("state", "=", "done")],
        )

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("logistics_crm.menu_root").id
        for name, action in (
            ("overdue", "action_receivable_report_new"),
            ("held", "action_credit_held_orders"),
            ("gains", "action_stage_change"),
            ("losses", "action_stage_change"),
            ("alarms", "action_churn_alarm"),
            ("touches", "action_visit"),
        ):
            actions[f"kpi_logistics_{name}"] = f"logistics_crm.{action}?menu_id={menu}"
        return actions
