# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...fields_unknown import KnownMonetary

LEVELS = [("1", "1 Financial"), ("2", "2 Social"), ("3", "3 Structural")]
# kind: (label, level of the bond, lowers the invoice and so the margin already)
KINDS = {
    "discount": ("Discount", "1", True),
    "below_list": ("Price Below List", "1", True),
    "rebate": ("Rebate", "1", False),
    "terms": ("Longer Payment Terms", "1", False),
    "late_payment": ("Late Payment Borne", "1", False),
    "claim": ("Claim Paid", "1", False),
    "gift": ("Gift", "2", False),
    "visit": ("Visit", "2", False),
    "event": ("Event or Symposium", "2", False),
    "care": ("Personal Care", "2", False),
    "link": ("EDI, API or Portal Link", "3", False),
    "dedicated": ("Dedicated Resource", "3", False),
    "training": ("Training", "3", False),
    "exchange": ("Exchange or Study Visit", "2", False),
    "consulting": ("Consulting or Help", "3", False),
    "custom": ("Service Made to Measure", "3", False),
}


class LogisticsConcession(models.Model):
    """What keeping a customer costs: one row per measure, derived from documents or recorded.

    Three levels of bond: 1 financial (anybody can copy a price), 2 social, 3 structural.
    """

    _name = "logistics.concession"
    _description = "Concession"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
    _order = "date desc, id desc"
    _rec_name = "document"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="customer_id.user_id", string="Representative")
    value_class = fields.Selection(related="customer_id.value_class")
    date = fields.Date(required=True, index=True, default=fields.Date.context_today)
    valid_until = fields.Date(
        help="The last day it holds, for a bond that lasts: an EDI link, a dedicated team. Empty: "
        "for one of level 3 no end is known, others are over with the day."
    )
    kind = fields.Selection(
        [(kind, label) for kind, (label, _level, _in) in KINDS.items()], required=True, index=True
    )
    level = fields.Selection(
        LEVELS,
        compute="_compute_from_kind",
        store=True,
        precompute=True,
        index=True,
        help="1 financial: a price anybody can copy. 2 social: people who know each other. "
        "3 structural: systems and resources that are costly to replace.",
    )
    in_margin = fields.Boolean(
        string="In the Margin Already",
        compute="_compute_from_kind",
        store=True,
        precompute=True,
        readonly=False,
        help="It lowered an invoice, so that revenue and margin are net of it. A rebate paid by "
        "credit note is, too. It is not deducted a second time.",
    )
    amount = KnownMonetary(
        string="Cost",
        help="What it cost the company, in company currency. Empty: not known. Negative: taken "
        "back by a credit note.",
    )
    derived = fields.Boolean(
        readonly=True, help="Read from a document every night. Cannot be changed by hand."
    )
    source_key = fields.Char(readonly=True)
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    document = fields.Char(help="Number of the document, contract or receipt.")
    programme_id = fields.Many2one(
        "logistics.retention.programme",
        index="btree_not_null",
        check_company=True,
        help="The retention programme it was granted under.",
    )
    note = fields.Char()
    active = fields.Boolean(default=True)

    _source_uniq = models.UniqueIndex(
        "(kind, source_key) WHERE derived", "This document is in the ledger already."
    )
    _customer_date = models.Index("(customer_id, date)")
    _recorded_positive = models.Constraint(
        "CHECK (derived OR amount IS NULL OR amount >= 0)",
        "The cost of a concession cannot be negative.",
    )
    _valid_after = models.Constraint(
        "CHECK (valid_until IS NULL OR valid_until >= date)",
        "A concession cannot end before it begins.",
    )

    @api.depends("kind")
    def _compute_from_kind(self):
        for row in self:
            _label, row.level, row.in_margin = KINDS.get(row.kind, (None, False, False))

    @api.depends("kind", "document", "date")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            parts = (
                kinds.get(row.kind),
                row.document,
                row.date and fields.Date.to_string(row.date),
            )
            row.display_name = " · ".join(part for part in parts if part)

    def write(self, vals):
        """Refuse to change what was derived from a document.

        :raise UserError: for a user who changes a derived row
        """
        self._refuse_derived()
        return super().write(vals)

    def unlink(self):
        """Delete recorded rows; derived ones only with their document.

        :raise UserError: for a user who deletes a derived row
        """
        self._refuse_derived()
        return super().unlink()

    def _refuse_derived(self):
        if not self.env.su and any(self.sudo().mapped("derived")):
            raise UserError(
                self.env._(
                    "This concession is read from a document every night. Change the document, or "
                    "record another concession beside it."
                )
            )

    def action_open_document(self):
        """Open the invoice a derived concession was read from."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
