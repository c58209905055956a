# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models


class LogisticsCustomer(models.Model):
    """Reminders of the file: documents, contracts and occasions, each once, when switched on."""

    _inherit = "logistics.customer"

    @api.model
    def _cron_file_reminders(self):
        """Daily: move occasions on to their next day, and plan activities where switched on.

        What has no responsible user waits until it has one; the worklists show it all the same.
        """
        today = fields.Date.context_today(self)
        self.env["logistics.person.occasion"].sudo()._roll_forward(today)
        waiting = [
            *self._documents_to_remind(today),
            *self._contracts_to_remind(today),
            *self._occasions_to_remind(today),
        ]
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for record, deadline in waiting:
            record._remind(deadline, today)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _documents_to_remind(self, today):
        documents = (
            self.env["logistics.document"]
            .sudo()
            .search(
                [
                    ("company_id.logistics_file_reminders", "=", True),
                    ("customer_id.active", "=", True),
                    ("date_expiry", ">=", today),
                    ("customer_id.user_id", "!=", False),
                ]
            )
        )
        return [
            (document, document.date_expiry)
            for document in documents
            if document.type_id.reminder_days
            and document.reminded_for != document.date_expiry
            and document.date_expiry <= today + timedelta(days=document.type_id.reminder_days)
        ]

    @api.model
    def _contracts_to_remind(self, today):
        contracts = (
            self.env["logistics.contract"]
            .sudo()
            .search(
                [
                    ("company_id.logistics_file_reminders", "=", True),
                    ("customer_id.active", "=", True),
                    ("state", "=", "signed"),
                    ("renewed", "=", False),
                    ("date_end", ">=", today),
                    ("user_id", "!=", False),
                ]
            )
        )
        return [
            (contract, contract.date_end)
            for contract in contracts
            if contract.reminder_days
            and contract.reminded_for != contract.date_end
            and contract.date_end <= today + timedelta(days=contract.reminder_days)
        ]

    @api.model
    def _occasions_to_remind(self, today):
        found = []
        companies = self.env["res.company"].sudo().search([("logistics_occasion_days", ">", 0)])
        for company in companies:
            last = today + timedelta(days=company.logistics_occasion_days)
            occasions = self.env["logistics.person.occasion"].sudo()._upcoming(today, last, company)
            found += [
                (occasion, occasion.next_date)
                for occasion in occasions
                if occasion.reminded_for != occasion.next_date
                and occasion.user_id
                and occasion.customer_id.active
            ]
        return found
