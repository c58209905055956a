# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import format_date

from ...complaint_words import OPEN_STATES


class LogisticsCustomer(models.Model):
    """Complaints on the customer's form: how many, how many open, and on top what waits."""

    _inherit = "logistics.customer"

    complaint_ids = fields.One2many("logistics.complaint", "customer_id", string="Complaints")
    complaint_count = fields.Integer(compute="_compute_complaint_count")
    complaint_open_count = fields.Integer(
        string="Open Complaints", compute="_compute_complaint_count"
    )

    @api.depends_context("uid")
    def _compute_complaint_count(self):
        groups = self.env["logistics.complaint"]._read_group(
            [("customer_id", "in", self.ids)], ["customer_id", "state"], ["__count"]
        )
        counts = {}
        for customer, state, count in groups:
            total, still_open = counts.get(customer, (0, 0))
            counts[customer] = (
                total + count,
                still_open + count * (state in OPEN_STATES),
            )
        for customer in self:
            total, still_open = counts.get(customer, (0, 0))
            customer.complaint_count, customer.complaint_open_count = total, still_open

    def action_open_complaints(self):
        """Open the complaints of this customer, and record new ones there."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_complaint")
        action["domain"] = [("customer_id", "=", self.id)]
        action["context"] = {"default_customer_id": self.id}
        return action

    def _open_points(self):
        return [*super()._open_points(), *self._open_points_complaints()]

    def _open_points_complaints(self):
        """Open complaints, as far as the user may see them; red when a term has passed."""
        complaints = self.env["logistics.complaint"]
        if not complaints.has_access("read"):
            return []
        waiting = complaints.search(
            [("customer_id", "=", self.id), ("state", "in", OPEN_STATES)], order="due_next, id"
        )
        if not waiting:
            return []
        dues = [due for due in waiting.mapped("due_next") if due]
        late = bool(dues) and min(dues) < fields.Datetime.now()
        if len(waiting) == 1:
            text = self.env._("Open complaint: %s", waiting.name)
        elif dues:
            text = self.env._(
                "%(count)s open complaints, the next to answer by %(date)s",
                count=len(waiting),
                date=format_date(
                    self.env, fields.Datetime.context_timestamp(self, min(dues)).date()
                ),
            )
        else:
            text = self.env._("%s open complaints", len(waiting))
        return [
            {
                "code": "complaint",
                "level": "danger" if late else "warning",
                "text": text,
                "action": "action_open_complaints",
            }
        ]


class ComplaintDocumentMixin(models.AbstractModel):
    """Complaints about a document of the customer: an order or an invoice."""

    _name = "logistics.complaint.document.mixin"
    _description = "Document With Complaints"

    logistics_complaint_count = fields.Integer(
        string="Complaints",
        compute="_compute_logistics_complaint_count",
        groups="base.group_user",
    )

    @property
    def _complaint_link(self):
        return {"sale.order": "order_id", "account.move": "move_id"}[self._name]

    def _compute_logistics_complaint_count(self):
        link = self._complaint_link
        counts = dict(
            self.env["logistics.complaint"]._read_group(
                [(link, "in", self.ids)], [link], ["__count"]
            )
        )
        for record in self:
            record.logistics_complaint_count = counts.get(record._origin, 0)

    def action_logistics_complaints(self):
        """Open the complaints about this document, or record the first."""
        self.ensure_one()
        link = self._complaint_link
        account = (
            self.env["logistics.customer"]
            .sudo()
            ._ensure_for(self.partner_id, self.company_id or self.env.company)
        )
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_complaint")
        action["domain"] = [(link, "=", self.id)]
        action["context"] = {
            f"default_{link}": self.id,
            "default_customer_id": account[:1].id,
            "default_contact_id": self.partner_id.id,
        }
        if not self.logistics_complaint_count:
            action |= {"view_mode": "form", "views": [(False, "form")]}
        return action


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "logistics.complaint.document.mixin"]


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "logistics.complaint.document.mixin"]
