# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...fields_unknown import KnownMonetary


class LogisticsArrearsGate(models.Model):
    """Last year's account must be settled before new orders, however large they are.

    A gate lists the documents that were open on 31 December. What is left of it is read from
    the ledger each time and falls only by what is allocated to these documents: a payment that
    is not allocated yet, or is allocated to a newer invoice, leaves the gate as it is.
    """

    _name = "logistics.arrears.gate"
    _description = "Arrears Gate"
    _inherit = ["logistics.credit.document"]
    _order = "year desc, amount desc, id"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="customer_id.user_id", string="Representative")
    year = fields.Integer(string="Closed Year", required=True, readonly=True, index=True)
    item_ids = fields.One2many("logistics.arrears.gate.item", "gate_id", readonly=True)
    amount = KnownMonetary(
        string="Open at Year End",
        readonly=True,
        help="What was open on 31 December, company currency. Documents whose amount the trading "
        "history does not know are not in it.",
    )
    remaining = KnownMonetary(
        compute="_compute_remaining", help="What is left to be allocated to these documents today."
    )
    oldest_document = fields.Char(compute="_compute_remaining")
    oldest_date = fields.Date(compute="_compute_remaining")
    who = fields.Char(compute="_compute_remaining", string="May Be Lifted By")
    state = fields.Selection(
        [("open", "Open"), ("settled", "Settled"), ("lifted", "Lifted")],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
        help="A settled gate opens again when an allocation is undone. A lifted one stays lifted.",
    )
    lifted_by = fields.Many2one("res.users", readonly=True, tracking=True)
    lifted_on = fields.Datetime(readonly=True)
    lift_reason = fields.Text(readonly=True, tracking=True)
    lifted_amount = fields.Monetary(readonly=True, help="What was left when it was lifted.")

    _customer_year_uniq = models.UniqueIndex(
        "(customer_id, year)", "A customer has one arrears gate per closed year."
    )

    @api.depends("customer_id", "year")
    def _compute_display_name(self):
        for gate in self:
            gate.display_name = f"{gate.customer_id.display_name or ''} {gate.year}"

    @api.depends("state", "item_ids")
    @api.depends_context("lang")
    def _compute_remaining(self):
        live = {row["gate"].id: row for row in self._live(self.ids)}
        for gate in self:
            row = live.get(gate.id)
            gate.remaining = row["remaining"] if row else False
            gate.oldest_document = row["oldest_document"] if row else False
            gate.oldest_date = row["oldest_date"] if row else False
            gate.who = row["who"] if row else False

    # ------------------------------------------------------------------ lifting
    def action_lift(self, reason=None):
        """Let the customers order again although the year is not settled.

        Without a reason, ask for it in a dialog.

        :param reason: why, kept with the name of who lifted it
        :raise AccessError: for anybody who is not named for it, and for the customer's own rep
        """
        user = self.env.user
        if not (
            user.has_group("logistics_crm.group_manager")
            or user.has_group("logistics_crm.group_credit_controller")
        ):
            raise AccessError(
                self.env._("Only a manager or credit controller may lift an arrears gate.")
            )
        self.check_access("read")
        self._check_not_own_customer(self.env._("lift the gate"))
        for gate in self:
            if not self.env["logistics.credit.authority"]._may_lift_gates(
                user, gate.sudo().company_id
            ):
                raise AccessError(
                    self.env._(
                        "You are not named to lift arrears gates. %(who)s may.",
                        who=gate.sudo().who or self.env._("Nobody in this company"),
                    )
                )
        if reason is None:
            return self.env["logistics.credit.decision"]._ask(self, "lift")
        reason = self._need_reason(reason)
        self.lock_for_update()
        for gate in self.sudo():
            if gate.state == "lifted":
                raise UserError(self.env._("This gate is lifted already."))
            gate._step().write(
                {
                    "state": "lifted",
                    "lifted_by": user.id,
                    "lifted_on": fields.Datetime.now(),
                    "lift_reason": reason,
                    "lifted_amount": gate.remaining or 0.0,
                }
            )
        self.env["res.company"].browse(self.sudo().company_id.ids)._release_money_arrived()
        return True

    def action_open_customer(self):
        """Open the customer account the gate belongs to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.customer",
            "res_id": self.customer_id.id,
            "view_mode": "form",
        }

    def action_open_items(self):
        """Open the invoices behind the gate."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents of the Gate"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.item_ids.move_id.ids)],
        }

    # ------------------------------------------------------------------ merging accounts
    @api.model
    def _fold_customer(self, source, destination):
        """Join the gates of two accounts that become one, year by year; nothing is lost.

        A gate that one of them still has to settle is not lifted by the other's lift.
        """
        mine = {gate.year: gate for gate in self.search([("customer_id", "=", destination.id)])}
        for gate in self.search([("customer_id", "=", source.id)]):
            kept = mine.get(gate.year)
            if not kept:
                gate._step().customer_id = destination
                continue
            if kept.state == "lifted" and gate.state != "lifted":
                kept.item_ids.unlink()
                kept._step().write({"state": gate.state, "lifted_by": False, "lifted_on": False})
                gate.item_ids.gate_id = kept
            elif gate.state != "lifted" or kept.state == "lifted":
                gate.item_ids.gate_id = kept
            kept._step().amount = sum(item.amount or 0.0 for item in kept.item_ids)
            self.env.flush_all()
            self.env.cr.execute("DELETE FROM logistics_arrears_gate WHERE id = %s", [gate.id])
        self.env.invalidate_all()


class LogisticsArrearsGateItem(models.Model):
    _name = "logistics.arrears.gate.item"
    _description = "Arrears Gate Document"
    _order = "document_date, document, id"

    gate_id = fields.Many2one(
        "logistics.arrears.gate", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="gate_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    source = fields.Selection(
        [("invoice", "Ledger"), ("history", "Trading History")], required=True, readonly=True
    )
    move_id = fields.Many2one(
        "account.move", string="Entry", readonly=True, index="btree_not_null", ondelete="set null"
    )
    document = fields.Char(readonly=True)
    document_date = fields.Date(string="Date", readonly=True)
    due_date = fields.Date(readonly=True)
    amount = KnownMonetary(string="Open at Year End", readonly=True)
    remaining = KnownMonetary(compute="_compute_remaining")

    @api.depends("gate_id")
    def _compute_remaining(self):
        left = self.env["logistics.arrears.gate"]._remaining_of_items(self.ids)
        for item in self:
            item.remaining = left.get(item.id, False)
