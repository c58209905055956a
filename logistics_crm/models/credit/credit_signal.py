# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

LEVELS = [("warn", "Warn"), ("hold", "Hold Orders")]


class LogisticsCreditSignalType(models.Model):
    _name = "logistics.credit.signal.type"
    _description = "Risk Signal Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    level = fields.Selection(
        LEVELS,
        required=True,
        default="warn",
        help="What one signal of this type does to new orders of the customer.",
    )
    weight = fields.Integer(
        required=True,
        default=3,
        help="From 1 to 10. Signals in force whose weights add up to 10 hold orders together, "
        "even when each of them only warns.",
    )
    valid_days = fields.Integer(
        string="Valid For (Days)", help="0: until a controller closes the signal."
    )

    _code_uniq = models.UniqueIndex("(code)", "The code of a signal type is unique.")
    _weight_range = models.Constraint(
        "CHECK (weight BETWEEN 1 AND 10)", "A weight lies between 1 and 10."
    )
    _valid_days_positive = models.Constraint(
        "CHECK (valid_days >= 0)", "The days a signal is valid cannot be negative."
    )


class LogisticsCreditSignal(models.Model):
    """Something that points to bankruptcy or evasion, with its date and source."""

    _name = "logistics.credit.signal"
    _description = "Risk Signal"
    _inherit = ["logistics.credit.document"]
    _order = "date desc, id desc"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    type_id = fields.Many2one(
        "logistics.credit.signal.type", required=True, ondelete="restrict", index=True
    )
    date = fields.Date(
        string="Noticed On", required=True, default=fields.Date.context_today, tracking=True
    )
    date_until = fields.Date(
        string="Until",
        compute="_compute_from_type",
        store=True,
        readonly=False,
        tracking=True,
        help="The last day it counts. Empty: until a controller closes it.",
    )
    level = fields.Selection(
        LEVELS, compute="_compute_from_type", store=True, readonly=False, tracking=True
    )
    weight = fields.Integer(compute="_compute_from_type", store=True, readonly=False, tracking=True)
    source = fields.Char(
        required=True, help="Where it comes from: court gazette, bank, driver, press, visit ..."
    )
    note = fields.Text()
    recorded_by = fields.Many2one(
        "res.users", default=lambda self: self.env.user, readonly=True, required=True
    )
    state = fields.Selection(
        [("active", "Active"), ("closed", "Closed")],
        default="active",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    closed_by = fields.Many2one("res.users", readonly=True, copy=False)
    closed_on = fields.Datetime(readonly=True, copy=False)
    close_reason = fields.Text(readonly=True, copy=False)

    _dates_in_order = models.Constraint(
        "CHECK (date_until IS NULL OR date_until >= date)",
        "A signal cannot end before it was noticed.",
    )
    _weight_range = models.Constraint(
        "CHECK (weight IS NULL OR weight BETWEEN 1 AND 10)", "A weight lies between 1 and 10."
    )

    @api.model
    def _given_fields(self):
        names = {"customer_id", "type_id", "date", "source", "note"}
        if self.env.user.has_group("logistics_crm.group_credit_controller"):
            # Anybody may report; only a controller says it matters less or more than usual.
            names |= {"level", "weight", "date_until"}
        return names

    def _open_fields(self):
        if self.state != "active" or not self.env.user.has_group(
            "logistics_crm.group_credit_controller"
        ):
            return set()
        return {"level", "weight", "date_until", "note"}

    @api.depends("type_id", "date")
    def _compute_from_type(self):
        for signal in self:
            kind = signal.type_id
            signal.level = kind.level
            signal.weight = kind.weight
            signal.date_until = (
                signal.date + relativedelta(days=kind.valid_days)
                if kind.valid_days and signal.date
                else False
            )

    @api.depends("type_id", "customer_id")
    def _compute_display_name(self):
        for signal in self:
            signal.display_name = self.env._(
                "%(type)s: %(customer)s",
                type=signal.type_id.name or "",
                customer=signal.customer_id.display_name or "",
            )

    @api.constrains("date")
    def _check_date(self):
        for signal in self:
            if signal.date > fields.Date.context_today(signal):
                raise ValidationError(
                    self.env._("A signal cannot have been noticed in the future.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        signals = super().create(vals_list)
        for signal in signals:
            signal._ask_review()
        return signals

    def _ask_review(self):
        """Put the customer on a controller's list, when credit control is on."""
        self.ensure_one()
        signal = self.sudo()
        if signal.company_id._credit_control() == "off":
            return
        controllers = self.env["logistics.credit.release"]._controllers(signal.company_id)
        controllers -= signal.customer_id.user_id
        named = signal.company_id.logistics_credit_controller_id & controllers
        if reviewer := named or controllers[:1]:
            signal.activity_schedule(
                "logistics_crm.activity_credit_review",
                user_id=reviewer.id,
                summary=self.env._("Review the credit: %(signal)s", signal=signal.type_id.name),
            )

    def action_close(self, reason=None):
        """Close the signals: they no longer count. Without a reason, ask for it in a dialog.

        :param reason: why it does not matter any more
        :raise AccessError: for anybody but a credit controller, and for the customer's own rep
        """
        self._check_controller(self.env._("close a signal"))
        self.check_access("write")
        self._check_not_own_customer(self.env._("close the signal"))
        if reason is None:
            return self.env["logistics.credit.decision"]._ask(self, "close")
        reason = self._need_reason(reason)
        self.lock_for_update()
        if any(signal.state != "active" for signal in self):
            raise UserError(self.env._("This signal is closed already."))
        self.sudo()._step().write(
            {
                "state": "closed",
                "closed_by": self.env.user.id,
                "closed_on": fields.Datetime.now(),
                "close_reason": reason,
            }
        )
        self.sudo().activity_feedback(["logistics_crm.activity_credit_review"], feedback=reason)
        return True

    @api.model
    def _active_for(self, customer, on):
        """Return the signals of a customer that count on a day, the heaviest first.

        :param customer: one ``logistics.customer``
        :param on: a date
        """
        return self.sudo().search(
            Domain("customer_id", "=", customer.id)
            & Domain("state", "=", "active")
            & Domain("date", "<=", on)
            & (Domain("date_until", "=", False) | Domain("date_until", ">=", on)),
            order="level, weight DESC, date, id",
        )

    def _joint_level(self):
        """Return what these signals do together: 'hold', 'warn', or None when there are none.

        One signal that holds is enough; signals that only warn hold together once their weights
        add up to ten.
        """
        return self._level_of([(signal.level, signal.weight) for signal in self])

    @api.model
    def _level_of(self, signals):
        """The same for ``(level, weight)`` pairs, as the verdict reads them."""
        if not signals:
            return None
        if any(level == "hold" for level, _w in signals) or sum(w for _l, w in signals) >= 10:
            return "hold"
        return "warn"
