# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ...fields_unknown import KnownMonetary


class LogisticsScreeningLine(models.Model):
    _inherit = "logistics.screening.line"

    target_limit = KnownMonetary(
        string="Credit Limit from Now On",
        copy=False,
        help="Proposed as the base limit when the campaign is closed; a credit controller decides "
        "about it. 0: the customer pays first. Empty: the limit stays.",
    )

    @api.model
    def _decision_fields(self):
        return super()._decision_fields() | {"target_limit"}


class LogisticsScreeningEffect(models.Model):
    """What closing does to the credit of a customer: a limit proposed, last year's account first.

    Neither takes the decision out of the hands of credit control: a limit is only proposed, and a
    gate is lifted by those who are named for it.
    """

    _inherit = "logistics.screening.effect"

    kind = fields.Selection(
        selection_add=[("limit", "Credit Limit Proposed"), ("gate", "Arrears Gate")],
        ondelete={"limit": "cascade", "gate": "cascade"},
    )

    @api.model
    def _wanted(self, line):
        wanted = super()._wanted(line)
        if line.decision and line.target_limit is not False:
            today = fields.Date.context_today(self)
            before = line.customer_id.sudo()._credit_limit(today)
            if before["state"] != "amount" or before["base"] != line.target_limit:
                wanted["limit"] = self.env._(
                    "%(amount)s, proposed to credit control",
                    amount=formatLang(self.env, line.target_limit, currency_obj=line.currency_id),
                )
        if line.decision and self._gate_wanted(line):
            wanted["gate"] = self.env._(
                "%(amount)s open on %(date)s: settled before new orders",
                amount=formatLang(self.env, line.sudo().open_debt, currency_obj=line.currency_id),
                date=format_date(self.env, line.screening_id.date_to),
            )
        return wanted

    @api.model
    def _gate_wanted(self, line):
        """Whether the customer owes something of a closed calendar year, and credit is checked."""
        return (
            not line.screening_id.is_interim
            and line.company_id.sudo()._credit_control() != "off"
            and line.screening_id.date_to < fields.Date.context_today(self)
            and (line.sudo().open_debt or 0) > 0
        )

    # ------------------------------------------------------------------ limit
    def _apply_limit(self, line):
        # superuser, so that the rights of proposing are the campaign's; the closing manager is
        # the requester, and therefore never who approves
        return (
            self.env["logistics.credit.limit"]
            .with_user(self.env.user)
            .sudo()
            .create(
                {
                    "customer_id": line.customer_id.id,
                    "kind": "base",
                    "amount": line.target_limit,
                    "reason": self._reason(line),
                }
            )
        )

    def _reverse_limit(self, limit, reason):
        """Withdraw what is still proposed; against an approved limit propose the one before."""
        if limit.state == "proposed":
            limit._step().write({"state": "refused", "decision_reason": reason})
        elif limit.state == "in_force" and limit.previous_type != "not_set":
            limit.create(
                {
                    "customer_id": limit.customer_id.id,
                    "kind": "base",
                    "limit_type": limit.previous_type,
                    "amount": limit.previous_amount,
                    "reason": reason,
                }
            )

    # ------------------------------------------------------------------ gate
    def _apply_gate(self, line):
        gates, year = self.env["logistics.arrears.gate"], line.screening_id.year
        mine = [("customer_id", "=", line.customer_id.id)]
        gate = gates.search([*mine, ("year", "=", year)])
        if not gate:
            # set-based for the company: the first customer makes the gates of all
            gates._create_gates(year, line.company_id)
            gate = gates.search([*mine, ("year", "=", year)])
        # what an older gate watches stays with that one
        return gate or gates.search([*mine, ("state", "=", "open")], order="year desc", limit=1)

    def _reverse_gate(self, gate, reason):
        """Lift the gate in the name of who takes it back: credit control names who may."""
        if gate.state == "open":
            gate.with_user(self.env.user).action_lift(reason)
