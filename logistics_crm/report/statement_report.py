# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models

from ..models.receivable.statement import BUCKETS, Statements


class StatementDocument(models.AbstractModel):
    """What the statement's page shows; who may print it is decided by the customer model."""

    _name = "report.logistics_crm.statement_document"
    _description = "Customer Statement Values"

    @api.model
    def _get_report_values(self, docids, data=None):
        data = data or {}
        customers = self.env["logistics.customer"].browse(docids or data.get("customer_ids") or [])
        statements = data.get("statements")
        if not isinstance(statements, Statements):
            statements = customers._statement_data(data.get("as_of"), data.get("date_from"))
        as_of = fields.Date.to_date(data.get("as_of")) or fields.Date.context_today(self)
        return {
            "doc_ids": customers.ids,
            "doc_model": customers._name,
            "docs": customers.sudo(),
            "statements": statements,
            "as_of": as_of,
            "bucket_names": BUCKETS,
            "bar_share": self._bar_share,
        }

    @api.model
    def _bar_share(self, statement):
        """Return ``[(column, amount, percent of everything owed)]`` for the ageing bar."""
        owed = sum(statement["columns"].values())
        return [
            (name, amount, 100.0 * amount / owed if owed else 0.0)
            for name, amount in statement["columns"].items()
        ]


class ConfirmationDocument(models.AbstractModel):
    """What the balance confirmation's page shows."""

    _name = "report.logistics_crm.confirmation_document"
    _description = "Balance Confirmation Values"
    _inherit = "report.logistics_crm.statement_document"
