# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .logistics_customer import VALUE_CLASSES

_DECIDED = {
    "customer_id",
    "company_id",
    "value_class",
    "reason",
    "date_from",
    "date_to",
    "user_id",
    "approved_by",
    "state",
    "end_reason",
}


class LogisticsValueClassOverride(models.Model):
    """A value class set by hand: proposed by anybody, approved by a manager, until a day."""

    _name = "logistics.value.class.override"
    _description = "Value Class Set by Hand"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _rec_name = "customer_id"

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True, precompute=True
    )
    value_class = fields.Selection(VALUE_CLASSES, required=True)
    reason = fields.Text(required=True)
    date_from = fields.Date(
        string="From", required=True, default=lambda self: fields.Date.context_today(self)
    )
    date_to = fields.Date(string="Until", required=True, tracking=True)
    state = fields.Selection(
        [("proposed", "Proposed"), ("approved", "Approved"), ("refused", "Refused")],
        required=True,
        readonly=True,
        default="proposed",
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Proposed By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    approved_by = fields.Many2one("res.users", readonly=True, tracking=True)
    end_reason = fields.Text(string="Ended Early Because", readonly=True, tracking=True)
    in_force = fields.Boolean(compute="_compute_in_force", search="_search_in_force")

    _dates = models.Constraint(
        "CHECK (date_to >= date_from - 1)", "A class by hand cannot end before it begins."
    )

    @api.depends("date_from", "date_to", "state")
    def _compute_in_force(self):
        today = fields.Date.context_today(self)
        for override in self:
            override.in_force = bool(
                override.state == "approved"
                and override.date_from
                and override.date_to
                and override.date_from <= today <= override.date_to
            )

    def _search_in_force(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        domain = fields.Domain(
            [("state", "=", "approved"), ("date_from", "<=", today), ("date_to", ">=", today)]
        )
        if True in value and False in value:
            return fields.Domain.TRUE
        return domain if True in value else ~domain

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                vals.update(user_id=self.env.uid, state="proposed", approved_by=False)
                vals.pop("end_reason", None)
        overrides = super().create(vals_list)
        overrides._check_terms(new=True)
        approved = overrides.filtered(lambda override: override.state == "approved")
        approved._apply()
        for override in overrides - approved:
            override.customer_id.sudo().message_post(
                body=self.env._(
                    "%(user)s proposes the value class %(class)s until %(until)s: %(reason)s",
                    **{"class": override._class_label()},
                    user=override.user_id.name,
                    until=override.date_to,
                    reason=override.reason,
                )
            )
        return overrides

    def write(self, vals):
        """A class by hand is a decision on record: it is ended, not rewritten."""
        if not self.env.su and set(vals) & _DECIDED:
            raise UserError(
                self.env._(
                    "A class set by hand stays as it was decided. End it, and propose a new one "
                    "if needed."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.env.su:
            raise UserError(self.env._("A class set by hand is ended, not deleted."))

    def _class_label(self):
        labels = dict(self._fields["value_class"]._description_selection(self.env))
        return labels[self.value_class]

    def _check_terms(self, new=False):
        """Refuse what the policy does not allow, and two classes for one day, in words."""
        policies = self.env["logistics.value.class.policy"]._for_companies(
            self.customer_id.sudo().company_id
        )
        today = fields.Date.context_today(self)
        for override in self:
            customer = override.customer_id.sudo()
            days = policies[customer.company_id.id].override_max_days
            if not (override.reason or "").strip():
                raise ValidationError(self.env._("Give the reason why the rules do not see it."))
            if new and override.date_from < today and not self.env.su:
                raise ValidationError(self.env._("A class by hand cannot begin in the past."))
            if override.date_to < override.date_from:
                raise ValidationError(self.env._("A class by hand cannot end before it begins."))
            latest = override.date_from + timedelta(days=days)
            if override.date_to > latest:
                raise ValidationError(
                    self.env._(
                        "The policy allows a class by hand for at most %(days)s days: until "
                        "%(date)s here.",
                        days=days,
                        date=latest,
                    )
                )
            if self.sudo().search_count(
                [
                    ("customer_id", "=", customer.id),
                    ("id", "!=", override.id),
                    ("state", "!=", "refused"),
                    ("date_from", "<=", override.date_to),
                    ("date_to", ">=", override.date_from),
                ],
                limit=1,
            ):
                raise ValidationError(
                    self.env._(
                        "%s already has a class by hand in this time. End that one first.",
                        customer.display_name,
                    )
                )

    def _check_manager(self):
        """Only managers decide, and nobody about a customer he looks after himself.

        :raise AccessError: otherwise
        """
        if self.env.su:
            return
        if not self.env.user.has_group("logistics_crm.group_manager"):
            raise AccessError(self.env._("Only a manager decides about a class set by hand."))
        for override in self:
            if self.env.user in override.customer_id._representatives():
                raise AccessError(
                    self.env._(
                        "You look after %s yourself. Another manager must decide.",
                        override.customer_id.sudo().display_name,
                    )
                )

    def _apply(self):
        today = fields.Date.context_today(self)
        customers = self.customer_id.sudo()
        for company in customers.company_id:
            customers._refresh_value_classes(today, company)

    def action_approve(self):
        """Approve proposed classes: they count from their first day on.

        :raise AccessError: for others than managers, and for the customer's own representative
        """
        self._check_manager()
        for override in self:
            if override.state != "proposed":
                raise UserError(self.env._("This proposal has been decided already."))
        self.sudo().write({"state": "approved", "approved_by": self.env.uid})
        self._apply()
        for override in self:
            override.customer_id.sudo().message_post(
                body=self.env._(
                    "Value class %(class)s by hand until %(until)s, approved by %(user)s. Reason: "
                    "%(reason)s",
                    **{"class": override._class_label()},
                    until=override.date_to,
                    user=self.env.user.name,
                    reason=override.reason,
                )
            )

    def action_refuse(self):
        """Refuse proposed classes; managers only."""
        self._check_manager()
        for override in self:
            if override.state != "proposed":
                raise UserError(self.env._("This proposal has been decided already."))
        self.sudo().write({"state": "refused", "approved_by": self.env.uid})

    def action_end(self, reason=None):
        """End classes by hand today; the class by the rules counts again at once.

        :param reason: text; who ended it when omitted
        """
        self._check_manager()
        yesterday = fields.Date.context_today(self) - timedelta(days=1)
        for override in self.sudo():
            if override.date_to <= yesterday:
                raise UserError(self.env._("This class by hand has ended already."))
            override.write(
                {
                    "date_to": max(yesterday, override.date_from - timedelta(days=1)),
                    "end_reason": reason or self.env._("Ended by %s.", self.env.user.name),
                }
            )
        self._apply()

    @api.model
    def _fold_customer(self, source, destination):
        """Two accounts become one: the destination's class by hand stays where both have one.

        The other one is kept on record, ended on the day before.
        """
        today = fields.Date.context_today(self)
        mine = self.search(
            [
                ("customer_id", "=", destination.id),
                ("state", "!=", "refused"),
                ("date_to", ">=", today),
            ]
        )
        if not mine:
            return
        for override in self.search(
            [
                ("customer_id", "=", source.id),
                ("state", "!=", "refused"),
                ("date_to", ">=", today),
            ]
        ):
            end = today - timedelta(days=1)
            override.write(
                {
                    "date_from": min(override.date_from, today),
                    "date_to": max(end, min(override.date_from, today) - timedelta(days=1)),
                    "end_reason": self.env._("The customer was merged into another one."),
                }
            )
