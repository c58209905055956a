# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..trading.logistics_customer_figures import LEDGER_GROUPS

LEGAL_STATES = [
    ("proposed", "Proposed"),
    ("lawyer", "With the Lawyer"),
    ("court", "In Court"),
    ("enforced", "Enforcement"),
    ("closed", "Closed"),
    ("declined", "Declined"),
]
_NEXT = {
    "proposed": ("lawyer", "declined"),
    "lawyer": ("court", "closed"),
    "court": ("enforced", "closed"),
    "enforced": ("closed",),
}


class LogisticsLegalCase(models.Model):
    """Debts that are recovered by legal means. Its items get no reminders any more."""

    _name = "logistics.legal.case"
    _description = "Legal Case"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.readonly.mixin"]
    _order = "date_opened desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Case Number", tracking=True, help="The lawyer's or court's number.")
    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Commercial Entity")
    state = fields.Selection(
        LEGAL_STATES, default="proposed", required=True, readonly=True, tracking=True, index=True
    )
    owner_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    lawyer_id = fields.Many2one("res.partner", tracking=True)
    court = fields.Char(tracking=True)
    date_opened = fields.Date(
        string="Opened On", default=fields.Date.context_today, required=True, tracking=True
    )
    date_filed = fields.Date(string="Filed On", tracking=True)
    date_hearing = fields.Date(string="Next Hearing", tracking=True)
    date_judgement = fields.Date(string="Judgement On", tracking=True)
    date_closed = fields.Date(string="Closed On", readonly=True, tracking=True)
    item_ids = fields.Many2many(
        "account.move.line",
        "logistics_legal_case_item_rel",
        "case_id",
        "line_id",
        string="Items",
        groups=LEDGER_GROUPS,
    )
    claimed_amount = fields.Monetary(
        tracking=True,
        groups=LEDGER_GROUPS,
        help="What is claimed, interest and costs included. At first the open amount of the items.",
    )
    cost_amount = fields.Monetary(
        string="Costs", tracking=True, groups=LEDGER_GROUPS, help="Lawyer and court fees so far."
    )
    recovered_amount = fields.Monetary(
        compute="_compute_outcome",
        groups=LEDGER_GROUPS,
        help="Payments allocated to the items since the case was opened. From the ledger.",
    )
    written_off_amount = fields.Monetary(
        compute="_compute_outcome",
        groups=LEDGER_GROUPS,
        help="Entries that are neither payments nor credit notes, allocated to the items since "
        "the case was opened. From the ledger.",
    )
    open_amount = fields.Monetary(
        string="Still Open", compute="_compute_outcome", groups=LEDGER_GROUPS
    )
    note = fields.Html()

    _amounts_positive = models.Constraint(
        "CHECK (COALESCE(claimed_amount, 0) >= 0 AND COALESCE(cost_amount, 0) >= 0)",
        "Claim and costs cannot be negative.",
    )

    @api.model
    def default_get(self, fields):
        """A case begins as a proposal, whatever a default says."""
        values = super().default_get(fields)
        if "state" in fields:
            values["state"] = "proposed"
        return values

    @api.depends("customer_id", "name")
    def _compute_display_name(self):
        for case in self:
            case.display_name = " ".join(
                filter(None, [case.customer_id.display_name, case.name and f"({case.name})"])
            )

    @api.depends("item_ids.amount_residual", "date_opened")
    def _compute_outcome(self):
        outcome = {}
        if self.ids:
            self.env.flush_all()
            outcome = {
                row[0]: row[1:]
                for row in self.env.execute_query(
                    SQL(
                        """
                        SELECT c.id,
                               sum(r.amount) FILTER (WHERE j.type IN ('bank', 'cash', 'credit')),
                               sum(r.amount) FILTER (WHERE j.type = 'general'
                                   AND j.id IS DISTINCT FROM co.currency_exchange_journal_id)
                          FROM logistics_legal_case c
                          JOIN res_company co ON co.id = c.company_id
                          JOIN logistics_legal_case_item_rel rel ON rel.case_id = c.id
                          JOIN account_partial_reconcile r ON r.debit_move_id = rel.line_id
                          JOIN account_move_line p ON p.id = r.credit_move_id
                          JOIN account_journal j ON j.id = p.journal_id
                         WHERE c.id IN %s AND p.date >= c.date_opened
                         GROUP BY c.id
                        """,
                        tuple(self.ids),
                    )
                )
            }
        for case in self:
            paid, written_off = outcome.get(case._origin.id, (0.0, 0.0))
            case.recovered_amount = paid or 0.0
            case.written_off_amount = written_off or 0.0
            case.open_amount = sum(case.sudo().item_ids.mapped("amount_residual"))

    @api.constrains("item_ids", "customer_id")
    def _check_items(self):
        for case in self.sudo():
            for line in case.item_ids:
                if (
                    line.account_type != "asset_receivable"
                    or line.parent_state != "posted"
                    or line.company_id != case.company_id
                    or line.partner_id.commercial_partner_id != case.partner_id
                ):
                    raise ValidationError(
                        self.env._(
                            "%(item)s is no posted receivable item of %(customer)s.",
                            item=line.display_name,
                            customer=case.customer_id.display_name,
                        )
                    )

    @api.constrains("date_opened", "date_filed", "date_judgement")
    def _check_dates(self):
        for case in self:
            dates = [d for d in (case.date_opened, case.date_filed, case.date_judgement) if d]
            if dates != sorted(dates):
                raise ValidationError(
                    self.env._("A case is opened, then filed, then judged: check the dates.")
                )

    def _go(self, state):
        self.check_access("write")
        for case in self:
            if state not in _NEXT.get(case.state, ()):
                raise UserError(
                    self.env._("This step does not follow on the state the case is in.")
                )
        values = {"state": state}
        if state in ("closed", "declined"):
            values["date_closed"] = fields.Date.context_today(self)
        self.sudo().write(values)
        labels = dict(self._fields["state"]._description_selection(self.env))
        for case in self.sudo():
            case.customer_id._message_log(
                body=self.env._("Legal case: %s.", labels[state]),
                author_id=self.env.user.partner_id.id,
            )
        return True

    def action_lawyer(self):
        """Hand the case to the lawyer."""
        if any(not case.lawyer_id for case in self):
            raise UserError(self.env._("Choose the lawyer first."))
        return self._go("lawyer")

    def action_court(self):
        """The claim is filed with the court."""
        if any(not case.court or not case.date_filed for case in self):
            raise UserError(self.env._("Give the court and the day the claim was filed."))
        return self._go("court")

    def action_enforce(self):
        """The judgement is enforced."""
        return self._go("enforced")

    def action_close(self):
        """Close the case; its items are collected like any other again."""
        return self._go("closed")

    def action_decline(self):
        """Do not go to law."""
        return self._go("declined")

    @api.model
    def _items_in_law_sql(self, as_of, company=None):
        """Return a subquery of the journal items (``line_id``) in a legal case on a day.

        A case that is only proposed counts as well: nobody is reminded of what a lawyer is about
        to claim.
        """
        self.env.flush_all()
        return SQL(
            """
            (SELECT rel.line_id
               FROM logistics_legal_case_item_rel rel
               JOIN logistics_legal_case lc ON lc.id = rel.case_id
              WHERE lc.date_opened <= %(as_of)s
                AND (lc.date_closed IS NULL OR lc.date_closed > %(as_of)s) %(company)s)
            """,
            as_of=as_of,
            company=SQL("AND lc.company_id = %s", company.id) if company else SQL(),
        )
