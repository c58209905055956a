# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models


class LogisticsComplaint(models.Model):
    """A new complaint gets its number, its handler and, as far as known, its customer."""

    _inherit = "logistics.complaint"

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        for complaint in complaints:
            number = (
                self.env["ir.sequence"]
                .sudo()
                .with_company(complaint.company_id)
                .next_by_code("logistics.complaint", sequence_date=complaint.received_on)
            )
            values = {"reference": number}
            if not complaint.user_id:
                values["user_id"] = complaint._usual_handler().id
            if not complaint.customer_id and complaint.contact_id:
                values["customer_id"] = complaint._customer_of(complaint.contact_id).id
            complaint._step().write(values)
        return complaints

    def _usual_handler(self):
        """Who gets a new complaint: the department's handler, else the representative."""
        self.ensure_one()
        return (
            self.department_id.sudo().handler_id.filtered(
                lambda user: user.active and self.company_id in user.company_ids
            )
            or self.customer_id.sudo().user_id
        )

    def _customer_of(self, partner):
        """The account of a contact's commercial entity in the complaint's company, or nothing."""
        return (
            self.env["logistics.customer"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("partner_id", "=", partner.sudo().commercial_partner_id.id),
                    ("company_id", "=", self.company_id.id),
                ],
                limit=1,
            )
        )
