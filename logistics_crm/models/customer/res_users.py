# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class ResUsers(models.Model):
    """A representative who leaves does not leave customers behind unnoticed."""

    _inherit = "res.users"

    logistics_customer_count = fields.Integer(
        string="Customers Looked After",
        compute="_compute_logistics_customer_count",
        groups="base.group_erp_manager,logistics_crm.group_manager",
    )

    def _compute_logistics_customer_count(self):
        counts = dict(
            self.env["logistics.customer"]
            .sudo()
            ._read_group([("user_id", "in", self.ids)], ["user_id"], ["__count"])
        )
        for user in self:
            user.logistics_customer_count = counts.get(user, 0)

    def write(self, vals):
        """Archiving a representative drafts the handover of the customers and says so."""
        leaving = self.browse()
        if "active" in vals and not vals["active"]:
            leaving = self.filtered("active")
        result = super().write(vals)
        leaving._logistics_draft_handovers()
        return result

    def _logistics_draft_handovers(self):
        """Suggest who takes over the customers of representatives who leave: their backups.

        One suggestion per representative, backup and company; a manager decides.
        """
        customers = self.env["logistics.customer"].sudo().search([("user_id", "in", self.ids)])
        if not customers:
            return
        handovers = self.env["logistics.handover"]
        for (_user, _company, backup), accounts in customers.grouped(
            lambda c: (c.user_id, c.company_id, c.backup_user_id)
        ).items():
            handovers |= handovers._suggest(
                accounts,
                backup if backup.active else backup.browse(),
                self.env._("The representative has left."),
            )
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Customers without a representative"),
                "message": self.env._(
                    "%(count)s customers of %(users)s need another representative. The handovers "
                    "are drafted under Ownership.",
                    count=len(customers),
                    users=", ".join(self.mapped("name")),
                ),
            },
        )

    @api.model
    def _action_logistics_customers(self):
        return self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_customer")

    def action_logistics_customers(self):
        """Open the customers these users look after."""
        action = self._action_logistics_customers()
        action["domain"] = [("user_id", "in", self.ids)]
        action["context"] = {}
        return action
