# Part of logistics_crm. License LGPL-3 or later.
from ast import literal_eval

from odoo import api, fields, models


class LogisticsCustomer(models.Model):
    """The call list: who is due, one click to plan the call, one to report it."""

    _inherit = "logistics.customer"

    call_planned = fields.Boolean(
        compute="_compute_call_planned",
        help="A call to this customer is planned and not done yet.",
    )

    @api.model
    def _call_type(self):
        return self.env.ref("mail.mail_activity_data_call")

    @api.depends("activity_ids.activity_type_id", "activity_ids.active")
    def _compute_call_planned(self):
        call = self._call_type()
        for customer in self:
            planned = customer.activity_ids.filtered("active")
            customer.call_planned = call in planned.activity_type_id

    def action_plan_call(self):
        """Plan a call today to each of these customers that has none planned yet.

        The activity goes to the customer's representative, or to the current user where nobody
        looks after the customer. Two clicks make one call: the account's row is locked first.
        """
        self.check_access("write")
        self.lock_for_update()
        self.invalidate_recordset(["activity_ids"])
        for customer in self.filtered(lambda account: not account.call_planned):
            if customer.next_order_date:
                summary = self.env._(
                    "Order expected around %(date)s",
                    date=fields.Date.to_string(customer.next_order_date),
                )
            else:
                summary = self.env._("Ask for the next order")
            customer.activity_schedule(
                "mail.mail_activity_data_call",
                summary=summary,
                user_id=(customer.user_id or self.env.user).id,
            )
        self.invalidate_recordset(["call_planned"])

    def action_call_done(self):
        """Mark the planned calls to these customers as done, now."""
        self.check_access("write")
        self.activity_feedback(["mail.mail_activity_data_call"])
        self.invalidate_recordset(["activity_ids", "call_planned"])

    def action_open_consumption(self):
        """Open what these customers buy, service by service, as a pivot of the trading facts."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_consumption_report"
        )
        action["domain"] = [("customer_id", "in", self.ids)]
        action["context"] = {"search_default_recent": 1}
        return action

    @api.model
    def _call_list_domain(self):
        """Customers with a known rhythm that are neither dormant nor lost."""
        action = self.env.ref("logistics_crm.action_call_list")
        return literal_eval(action.sudo().domain)
