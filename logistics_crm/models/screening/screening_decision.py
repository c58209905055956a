# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import formatLang

from ...fields_unknown import KnownMonetary
from .screening_line import PROPOSALS


class LogisticsScreeningLine(models.Model):
    """Who decided what about a customer, under which conditions, and who countersigned."""

    _inherit = "logistics.screening.line"

    decided_by = fields.Many2one("res.users", readonly=True, copy=False, index="btree_not_null")
    decided_on = fields.Date(readonly=True, copy=False)
    countersigned_by = fields.Many2one("res.users", readonly=True, copy=False, tracking=True)
    countersigned_on = fields.Date(readonly=True, copy=False)
    needs_countersign = fields.Boolean(
        string="Waits for a Second Signature",
        compute="_compute_needs_countersign",
        search="_search_needs_countersign",
        help="Decided, larger than the campaign's limit for one signature, and not countersigned.",
    )
    rectify_until = fields.Date(
        copy=False, tracking=True, help="Until when the customer has to meet the conditions."
    )
    rectify_condition = fields.Text(
        string="Conditions to Rectify",
        copy=False,
        help="What the customer has to do, in words that can be shown to the customer.",
    )
    target_revenue = KnownMonetary(
        copy=False,
        help="Revenue agreed or planned with the customer for the following year, untaxed.",
    )

    @api.model
    def _decision_fields(self):
        return super()._decision_fields() | {
            "rectify_until",
            "rectify_condition",
            "target_revenue",
        }

    @api.depends("decision", "revenue", "countersigned_by", "screening_id.countersign_revenue")
    def _compute_needs_countersign(self):
        for line in self:
            limit = line.screening_id.countersign_revenue
            line.needs_countersign = bool(
                limit is not False
                and line.decision
                and line.revenue is not False
                and line.revenue >= limit
                and not line.countersigned_by
            )

    def _search_needs_countersign(self, operator, value):
        if operator != "in" or set(value) - {True, False}:
            return NotImplemented
        waiting = fields.Domain.OR(
            fields.Domain(
                [
                    ("screening_id", "=", screening.id),
                    ("decision", "!=", False),
                    ("countersigned_by", "=", False),
                    ("revenue", ">=", screening.countersign_revenue),
                ]
            )
            for screening in self.env["logistics.screening"].search(
                [("countersign_revenue", "!=", False)]
            )
        )
        return waiting if True in value else ~waiting

    @api.constrains("decision", "rectify_until")
    def _check_rectify_until(self):
        for line in self:
            if line.rectify_until and line.rectify_until <= line.screening_id.date_to:
                raise ValidationError(
                    self.env._(
                        "%(customer)s: rectifying until %(date)s would end before the screened "
                        "year did. Choose a later day.",
                        customer=line.customer_name,
                        date=line.rectify_until,
                    )
                )

    # ------------------------------------------------------------------ deciding
    def write(self, vals):
        if "decision" not in vals:
            return super().write(vals)
        changed = self.filtered(lambda line: line.decision != vals["decision"])
        if not changed:
            return super().write(vals)
        changed._check_decision(vals["decision"], vals.get("decision_reason"))
        result = super().write(vals)
        changed._write_computed(
            {
                "decided_by": self.env.uid if vals["decision"] else False,
                "decided_on": fields.Date.context_today(self) if vals["decision"] else False,
                "countersigned_by": False,
                "countersigned_on": False,
            }
        )
        return result

    def _check_decision(self, decision, reason):
        """:raise UserError: when a decision is not allowed for one of the lines.

        A customer is let go only for no profit and no potential, or for proven bad faith. Who
        changes what another manager decided says why, so that two managers who decide the same
        customer do not overwrite each other unseen.
        """
        for line in self:
            if decision == "wind_down" and not line._may_wind_down():
                raise UserError(
                    self.env._(
                        "%(customer)s cannot be wound down: that takes a known loss without "
                        "growth and without future, or proven bad faith (grade D). Rectify with "
                        "conditions and a date instead.",
                        customer=line.customer_name,
                    )
                )
            other = line.decided_by
            if line.decision and other and other.id != self.env.uid and not (reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(user)s has decided %(customer)s already: %(decision)s. To change that, "
                        "give your reason together with the new decision.",
                        user=other.name,
                        customer=line.customer_name,
                        decision=dict(line._fields["decision"]._description_selection(self.env))[
                            line.decision
                        ],
                    )
                )

    def _may_wind_down(self):
        """Whether the line shows no profit and no potential, or the customer bad faith."""
        self.ensure_one()
        line = self.sudo()
        return (
            line.proposal_rule == "no_profit_no_potential"
            or line.credit_grade_code == "D"
            or line.customer_id.credit_grade_code == "D"
        )

    def action_decide(self):
        """Decide several customers at once; ``decision`` comes from the context."""
        decision = self.env.context.get("decision")
        if decision not in dict(PROPOSALS):
            raise UserError(self.env._("Choose keep, develop, maintain, rectify or wind down."))
        self.write({"decision": decision})
        return True

    def action_countersign(self):
        """Give the second signature to decided customers.

        :raise AccessError: unless a manager who did not take the decision, or the board
        """
        roles = "logistics_crm.group_manager,logistics_crm.group_board"
        if not self.env.su and not self.env.user.has_groups(roles):
            raise AccessError(self.env._("Only managers and the board countersign decisions."))
        self.check_access("read")
        self.screening_id._hold_open()
        for line in self:
            if not line.decision:
                raise UserError(
                    self.env._("%s is not decided yet: nothing to sign.", line.customer_name)
                )
            if line.decided_by.id == self.env.uid:
                raise AccessError(
                    self.env._(
                        "You decided %s yourself. The second signature is somebody else's.",
                        line.customer_name,
                    )
                )
        self.sudo()._write_computed(
            {
                "countersigned_by": self.env.uid,
                "countersigned_on": fields.Date.context_today(self),
            }
        )
        return True


class LogisticsScreening(models.Model):
    """What has to be decided and signed before a campaign is closed."""

    _inherit = "logistics.screening"

    countersign_revenue = KnownMonetary(
        string="Second Signature From",
        tracking=True,
        help="Decisions on customers with at least this revenue need a second manager's "
        "or the board's signature before closing. Empty: one signature is enough for everybody.",
    )

    @api.model
    def _open_fields(self):
        return super()._open_fields() | {"countersign_revenue"}

    def action_close(self):
        for screening in self.sudo():
            screening._check_signatures()
        return super().action_close()

    def _check_signatures(self):
        """:raise UserError: when a decision lacks its reason or second signature."""
        Line = self.env["logistics.screening.line"]
        mine = [("screening_id", "=", self.id), ("folded", "=", False)]
        unsigned = Line.search([*mine, ("needs_countersign", "=", True)])
        if unsigned:
            raise UserError(
                self.env._(
                    "%(count)s decisions on customers from %(limit)s wait for a second signature: "
                    "%(names)s.",
                    count=len(unsigned),
                    limit=formatLang(
                        self.env, self.countersign_revenue, currency_obj=self.currency_id
                    ),
                    names=", ".join(unsigned[:5].mapped("customer_name")),
                )
            )
        bare = Line.search(
            [*mine, ("decision_differs", "=", True), ("decision_reason", "=", False)]
        )
        if bare:
            raise UserError(
                self.env._(
                    "%(count)s decisions differ from the proposal without a reason: %(names)s. "
                    "Write down why before closing.",
                    count=len(bare),
                    names=", ".join(bare[:5].mapped("customer_name")),
                )
            )

    def action_open_unsigned(self):
        """Open the decided customers that wait for a second signature."""
        action = self.action_open_lines()
        action["context"] = {"search_default_unsigned": 1, "logistics_single_screening": 1}
        return action
