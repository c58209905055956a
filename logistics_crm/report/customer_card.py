# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class ReportCustomerCard(models.AbstractModel):
    """The customer card for the company's own people, in the language of who prints it."""

    _name = "report.logistics_crm.report_customer_card"
    _description = "Customer Card"

    _hand_out = False

    @api.model
    def _get_report_values(self, docids, data=None):
        """Cards of the accounts that the user may read.

        :raise AccessError: when one of them is somebody else's customer
        """
        customers = self.env["logistics.customer"].browse(docids)
        customers.check_access("read")
        return {
            "doc_ids": customers.ids,
            "doc_model": customers._name,
            "docs": customers,
            "cards": {customer.id: customer._card(self._hand_out) for customer in customers},
            "series": {} if self._hand_out else customers._month_series(),
            "hand_out": self._hand_out,
            "today": fields.Date.context_today(self),
        }


class ReportCustomerCardHandOut(models.AbstractModel):
    """The card without anything the company thinks of the customer."""

    _name = "report.logistics_crm.report_customer_card_hand_out"
    _inherit = "report.logistics_crm.report_customer_card"
    _description = "Customer Card to Hand Out"

    _hand_out = True
