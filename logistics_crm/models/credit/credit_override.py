# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class LogisticsCreditOverride(models.Model):
    """A grade set by hand: by whom, why, and until when."""

    _name = "logistics.credit.override"
    _description = "Credit Grade Override"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _rec_name = "customer_id"

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True, precompute=True
    )
    grade = fields.Selection(
        [("A", "A"), ("B", "B"), ("C", "C")],
        required=True,
        help="Grade D is never set by hand: it needs recorded evidence of bad faith.",
    )
    reason = fields.Text(required=True)
    date_from = fields.Date(
        string="From", required=True, default=lambda self: fields.Date.context_today(self)
    )
    date_to = fields.Date(string="Until", required=True, tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="Set By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    end_reason = fields.Text(string="Ended Early Because", readonly=True, tracking=True)
    in_force = fields.Boolean(compute="_compute_in_force", search="_search_in_force")

    _dates = models.Constraint(
        "CHECK (date_to >= date_from - 1)", "An override cannot end before it begins."
    )

    @api.depends("date_from", "date_to")
    def _compute_in_force(self):
        today = fields.Date.context_today(self)
        for override in self:
            override.in_force = bool(
                override.date_from
                and override.date_to
                and override.date_from <= today <= override.date_to
            )

    def _search_in_force(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        domain = fields.Domain("date_from", "<=", today) & fields.Domain("date_to", ">=", today)
        if True in value and False in value:
            return fields.Domain.TRUE
        return domain if True in value else ~domain

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                vals.update(user_id=self.env.uid)
                vals.pop("end_reason", None)
        overrides = super().create(vals_list)
        overrides._check_authority()
        overrides._check_terms(new=True)
        overrides._apply()
        for override in overrides:
            override.customer_id.sudo().message_post(
                body=self.env._(
                    "Credit grade set to %(grade)s by hand until %(until)s. Reason: %(reason)s",
                    grade=override.grade,
                    until=override.date_to,
                    reason=override.reason,
                )
            )
        return overrides

    def write(self, vals):
        """An override is a decision on record: only its end may be brought forward."""
        if not self.env.su and (set(vals) & set(self._decided_fields())):
            raise UserError(
                self.env._(
                    "An override stays as it was decided. End it, and set a new one if needed."
                )
            )
        return super().write(vals)

    @api.model
    def _decided_fields(self):
        return (
            "customer_id",
            "company_id",
            "grade",
            "reason",
            "date_from",
            "date_to",
            "user_id",
            "end_reason",
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.env.su:
            raise UserError(self.env._("An override is ended, not deleted."))

    def _check_authority(self):
        """Only credit controllers set grades, and nobody that of his own customer.

        :raise AccessError: otherwise
        """
        if self.env.su:
            return
        self.env["logistics.credit.policy"]._check_controller()
        for override in self:
            if self.env.user in override.customer_id._representatives():
                raise AccessError(
                    self.env._(
                        "You look after %s yourself. Somebody else must decide about its grade.",
                        override.customer_id.sudo().display_name,
                    )
                )

    def _check_terms(self, new=False):
        policies = self.env["logistics.credit.policy"]._for_companies(
            self.customer_id.sudo().company_id
        )
        today = fields.Date.context_today(self)
        for override in self:
            customer = override.customer_id.sudo()
            name = customer.display_name
            days = policies[customer.company_id.id].override_max_days
            if not (override.reason or "").strip():
                raise ValidationError(self.env._("Give the reason for the override."))
            if new and override.date_from < today and not self.env.su:
                raise ValidationError(
                    self.env._("An override cannot begin in the past: orders were decided then.")
                )
            if override.date_to < override.date_from:
                raise ValidationError(self.env._("An override cannot end before it begins."))
            if override.date_to > override.date_from + relativedelta(days=days):
                raise ValidationError(
                    self.env._(
                        "The policy allows an override of at most %(days)s days: until "
                        "%(date)s here.",
                        days=days,
                        date=override.date_from + relativedelta(days=days),
                    )
                )
            others = self.sudo().search_count(
                [
                    ("customer_id", "=", customer.id),
                    ("id", "!=", override.id),
                    ("date_from", "<=", override.date_to),
                    ("date_to", ">=", override.date_from),
                ],
                limit=1,
            )
            if others:
                raise ValidationError(
                    self.env._("%s already has an override in this time. End that one first.", name)
                )
            if customer._bad_faith_in_force():
                raise ValidationError(
                    self.env._(
                        "%s is graded D for confirmed bad faith. That is closed by two persons, "
                        "not overridden by one.",
                        name,
                    )
                )

    def _apply(self):
        self.customer_id.sudo()._refresh_figures()

    def action_end(self, reason=None):
        """End these overrides today; the grade by the rules counts again at once.

        :param reason: text; asked for when called from a form with ``end_reason`` in context
        :raise AccessError: for others than controllers, and for the customer's own rep
        """
        self.check_access("write")
        self._check_authority()
        yesterday = fields.Date.context_today(self) - relativedelta(days=1)
        for override in self.sudo():
            if override.date_to <= yesterday:
                raise UserError(self.env._("This override has ended already."))
            override.write(
                {
                    # One that begins today never counts.
                    "date_to": max(yesterday, override.date_from - relativedelta(days=1)),
                    "end_reason": reason or self.env._("Ended by %s.", self.env.user.name),
                }
            )
        self._apply()

    @api.model
    def _fold_customer(self, source, destination):
        """Two accounts become one: of two grades by hand in the same time the worse one stays.

        The other one is kept on record and ended on the day before. One that stands alone holds
        for the joined customer until its end.
        """
        today = fields.Date.context_today(self)
        live = self.search(
            [("customer_id", "in", (source | destination).ids), ("date_to", ">=", today)]
        )
        mine = live.filtered(lambda override: override.customer_id == destination)
        for theirs in live - mine:
            for own in mine:
                if own.date_from > theirs.date_to or own.date_to < theirs.date_from:
                    continue
                better = own if own.grade < theirs.grade else theirs
                better.write(
                    {
                        "date_to": max(
                            today - relativedelta(days=1),
                            better.date_from - relativedelta(days=1),
                        ),
                        "end_reason": self.env._("The customer was merged into another one."),
                    }
                )
