# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# What people may fill in; everything else is set by the steps below.
_TYPED = {"customer_id", "evidence", "attachment_ids", "close_reason"}


class LogisticsCreditBadFaith(models.Model):
    """Evidence that a customer delays on purpose or will not pay: grade D, by two persons."""

    _name = "logistics.credit.bad.faith"
    _description = "Bad Faith Record"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "customer_id"

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True, precompute=True
    )
    evidence = fields.Text(
        required=True,
        tracking=True,
        help="What happened, when, and what shows it: letters, calls, returned cheques.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Documents", bypass_search_access=True
    )
    state = fields.Selection(
        [
            ("reported", "Reported"),
            ("confirmed", "Confirmed"),
            ("refused", "Not Confirmed"),
            ("closing", "Closing Proposed"),
            ("closed", "Closed"),
        ],
        default="reported",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    reported_by = fields.Many2one(
        "res.users", required=True, readonly=True, default=lambda self: self.env.user
    )
    reported_on = fields.Date(
        required=True, readonly=True, default=lambda self: fields.Date.context_today(self)
    )
    confirmed_by = fields.Many2one("res.users", readonly=True)
    confirmed_on = fields.Date(readonly=True)
    close_reason = fields.Text(tracking=True, help="Why the customer is believed again.")
    close_proposed_by = fields.Many2one("res.users", readonly=True)
    closed_by = fields.Many2one("res.users", readonly=True)
    closed_on = fields.Date(readonly=True)

    _two_persons = models.Constraint(
        "CHECK (confirmed_by IS NULL OR confirmed_by <> reported_by)",
        "Bad faith is confirmed by another person than the one who reported it.",
    )
    _two_persons_close = models.Constraint(
        "CHECK (closed_by IS NULL OR closed_by <> close_proposed_by)",
        "A bad faith record is closed by another person than the one who proposed it.",
    )

    @api.constrains("evidence")
    def _check_evidence(self):
        for record in self:
            if len((record.evidence or "").strip()) < 10:
                raise ValidationError(
                    self.env._("Describe the evidence: what happened, when, and what shows it.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                for name in set(vals) - _TYPED:
                    if name in self._fields and not name.startswith(("message_", "activity_")):
                        vals.pop(name)
                vals.update(reported_by=self.env.uid, state="reported")
        records = super(LogisticsCreditBadFaith, self._without_defaults()).create(vals_list)
        return records.with_env(self.env)

    def _without_defaults(self):
        """Defaults of the steps cannot come from a context key."""
        steps = {f"default_{name}" for name in self._fields if name not in _TYPED}
        kept = {key: value for key, value in self.env.context.items() if key not in steps}
        return self.with_env(self.env(context=kept))

    def write(self, vals):
        """Evidence may be completed until it is confirmed; steps are taken by the buttons."""
        if not self.env.su:
            typed = {
                name
                for name in vals
                if name in self._fields and not name.startswith(("message_", "activity_"))
            }
            if typed - _TYPED or "customer_id" in typed:
                raise AccessError(
                    self.env._("The steps of a bad faith record are taken by its buttons.")
                )
            if typed & {"evidence", "attachment_ids"} and any(
                record.state != "reported" for record in self
            ):
                raise UserError(
                    self.env._("The evidence was decided on and cannot be changed any more.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.env.su:
            raise UserError(self.env._("A bad faith record is closed, not deleted."))

    def _check_decider(self, others):
        """A credit controller who is neither of ``others`` nor looks after the customer.

        :raise AccessError: otherwise
        """
        self.env["logistics.credit.policy"]._check_controller()
        self.check_access("write")
        for record in self:
            if self.env.user in others(record):
                raise AccessError(
                    self.env._("A second person must decide this, not the one who proposed it.")
                )
            if self.env.user in record.customer_id._representatives():
                raise AccessError(
                    self.env._(
                        "You look after %s yourself. Somebody else must decide this.",
                        record.customer_id.sudo().display_name,
                    )
                )

    def _check_state(self, *states):
        for record in self:
            if record.state not in states:
                raise UserError(self.env._("This step does not fit the state of the record."))

    def action_confirm(self):
        """Confirm as the second person: the customer is graded D at once.

        :raise AccessError: for the reporter, the customer's rep and non-controllers
        """
        self._check_decider(lambda record: record.reported_by)
        self._check_state("reported")
        self.sudo().write(
            {
                "state": "confirmed",
                "confirmed_by": self.env.uid,
                "confirmed_on": fields.Date.context_today(self),
            }
        )
        self._apply()

    def action_refuse(self):
        """Decide that the evidence does not show bad faith."""
        self._check_decider(lambda record: record.env["res.users"])
        self._check_state("reported")
        self.sudo().write({"state": "refused"})

    def action_propose_close(self):
        """Propose to believe the customer again; a second person decides.

        :raise UserError: without a reason
        """
        self.env["logistics.credit.policy"]._check_controller()
        self.check_access("write")
        self._check_state("confirmed")
        for record in self:
            if not (record.close_reason or "").strip():
                raise UserError(self.env._("Write down first why the customer is believed again."))
        self.sudo().write({"state": "closing", "close_proposed_by": self.env.uid})

    def action_close(self):
        """Close as the second person: the grade by the rules counts again."""
        self._check_decider(lambda record: record.close_proposed_by)
        self._check_state("closing")
        self.sudo().write(
            {
                "state": "closed",
                "closed_by": self.env.uid,
                "closed_on": fields.Date.context_today(self),
            }
        )
        self._apply()

    def action_keep(self):
        """Do not close after all."""
        self._check_decider(lambda record: record.env["res.users"])
        self._check_state("closing")
        self.sudo().write({"state": "confirmed", "close_proposed_by": False})

    def _apply(self):
        self.customer_id.sudo()._refresh_figures()


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    credit_override_ids = fields.One2many(
        "logistics.credit.override", "customer_id", string="Grade Overrides"
    )
    credit_bad_faith_ids = fields.One2many(
        "logistics.credit.bad.faith", "customer_id", string="Bad Faith Records"
    )

    def _bad_faith_in_force(self, on=None):
        """The confirmed bad faith records of this account that count on a day."""
        on = fields.Date.to_date(on) or fields.Date.context_today(self)
        return self.sudo().credit_bad_faith_ids.filtered(
            lambda record: (
                record.confirmed_on
                and record.confirmed_on <= on
                and not (record.closed_on and record.closed_on <= on)
            )
        )
