# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models

from ..fields_unknown import KnownMonetary


class LogisticsScreeningBeside(models.TransientModel):
    """Frozen and recomputed figures of one closed campaign, side by side."""

    _name = "logistics.screening.beside"
    _description = "Screening Recomputed Beside"
    _rec_name = "screening_id"

    screening_id = fields.Many2one(
        "logistics.screening", required=True, readonly=True, ondelete="cascade"
    )
    as_of = fields.Date(related="screening_id.as_of")
    closed_at = fields.Datetime(related="screening_id.closed_at")
    currency_id = fields.Many2one(related="screening_id.currency_id")
    line_ids = fields.One2many("logistics.screening.beside.line", "beside_id", readonly=True)
    document_ids = fields.One2many(
        "logistics.screening.beside.document", "beside_id", readonly=True
    )
    line_count = fields.Integer(string="Customers That Differ", compute="_compute_counts")

    @api.depends("line_ids")
    def _compute_counts(self):
        for beside in self:
            beside.line_count = len(beside.line_ids)


class LogisticsScreeningBesideLine(models.TransientModel):
    """A customer whose frozen and present figures differ."""

    _name = "logistics.screening.beside.line"
    _description = "Customer Recomputed Beside"
    _order = "id"

    beside_id = fields.Many2one(
        "logistics.screening.beside", required=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one("logistics.customer", string="Customer Account")
    customer_name = fields.Char(string="Customer")
    currency_id = fields.Many2one("res.currency")
    revenue_frozen = KnownMonetary()
    revenue_now = KnownMonetary()
    margin_frozen = KnownMonetary()
    margin_now = KnownMonetary()
    open_frozen = KnownMonetary()
    open_now = KnownMonetary()


class LogisticsScreeningBesideDocument(models.TransientModel):
    """A document that was touched after the closing."""

    _name = "logistics.screening.beside.document"
    _description = "Document Touched after Closing"
    _order = "touched_at, id"

    beside_id = fields.Many2one(
        "logistics.screening.beside", required=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one("logistics.customer", string="Customer Account")
    kind = fields.Selection(
        [
            ("new", "Entered Later"),
            ("changed", "Changed Later"),
            ("settled", "Settled Later"),
            ("history", "History Changed Later"),
        ]
    )
    move_id = fields.Many2one("account.move", string="Journal Entry")
    document = fields.Char()
    date = fields.Date()
    touched_at = fields.Datetime()
    currency_id = fields.Many2one("res.currency")
    amount = KnownMonetary()
