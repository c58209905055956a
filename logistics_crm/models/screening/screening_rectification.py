# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang

from ...fields_unknown import KnownFloat, KnownMonetary
from .screening import LEDGER_GROUPS


class LogisticsRectification(models.Model):
    """A customer that has to change something until a date, and whether it did."""

    _name = "logistics.rectification"
    _description = "Rectification Order"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.unknown.last.mixin"]
    _order = "until, id"
    _rec_name = "customer_id"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_id = fields.Many2one(
        "logistics.screening.line",
        string="Screened Customer",
        index=True,
        readonly=True,
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index=True,
        tracking=True,
        domain="[('share', '=', False)]",
        help="Who sees to it that the customer meets the conditions.",
    )
    until = fields.Date(required=True, tracking=True)
    condition = fields.Text(
        help="What the customer has to do, in words that can be shown to the customer."
    )
    max_overdue = KnownMonetary(
        string="Overdue at Most",
        default=0.0,
        tracking=True,
        help="Overdue amount on the day of the check. Empty: not checked.",
    )
    max_days_late = KnownFloat(
        string="Days Late at Most",
        tracking=True,
        help="Average days late of the last twelve months. Empty: not checked.",
    )
    min_margin = KnownMonetary(
        string="Margin at Least",
        tracking=True,
        help="Margin of the last twelve months. Empty: not checked.",
    )
    state = fields.Selection(
        [
            ("open", "Running"),
            ("fulfilled", "Fulfilled"),
            ("failed", "Not Fulfilled"),
            ("unknown", "Cannot Be Judged"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    checked_on = fields.Date(readonly=True, copy=False)
    finding = fields.Text(readonly=True, copy=False, groups=LEDGER_GROUPS)

    _one_per_line = models.UniqueIndex(
        "(line_id) WHERE line_id IS NOT NULL AND state <> 'cancelled'",
        "This screened customer has its rectification order already.",
    )

    @api.constrains("until")
    def _check_until(self):
        for order in self:
            if order.state == "open" and order.until < order.create_date.date():
                raise ValidationError(
                    self.env._("The day until which to rectify must not lie in the past.")
                )

    @api.constrains("max_overdue", "max_days_late")
    def _check_limits(self):
        for order in self:
            if (order.max_overdue or 0) < 0 or (order.max_days_late or 0) < 0:
                raise ValidationError(
                    self.env._("The limits of a rectification cannot be negative.")
                )

    def _findings(self):
        """Compare the conditions with the customer's figures.

        :return: list of ``(met, text)``; ``met`` is None where the figure is unknown
        """
        self.ensure_one()
        customer = self.customer_id.sudo()
        money = {"currency_obj": self.currency_id}
        checks = (
            (self.max_overdue, customer.overdue_amount, False, self.env._("Overdue"), money),
            (
                self.max_days_late,
                customer.average_days_late,
                False,
                self.env._("Average days late"),
                {"digits": 1},
            ),
            (self.min_margin, customer.margin_12m, True, self.env._("Margin of 12 months"), money),
        )
        findings = []
        for limit, value, at_least, label, options in checks:
            if limit is False:
                continue
            if value is False:
                findings.append((None, self.env._("%s: unknown", label)))
                continue
            met = value >= limit if at_least else value <= limit
            findings.append(
                (
                    met,
                    self.env._(
                        "%(label)s: %(value)s, agreed %(limit)s",
                        label=label,
                        value=formatLang(self.env, value, **options),
                        limit=formatLang(self.env, limit, **options),
                    ),
                )
            )
        return findings

    def action_check(self):
        """Check the conditions now, on the customer's figures as last refreshed.

        Met conditions fulfil the order at once; unmet ones fail it only after its last day.
        Without any figure to compare it cannot be judged, which is not a failure.

        :raise UserError: when the order is not running
        """
        today = fields.Date.context_today(self)
        for order in self:
            if order.state != "open":
                raise UserError(
                    self.env._("This rectification is finished. Start a new one instead.")
                )
            findings = order._findings()
            judged = [met for met, _text in findings if met is not None]
            over = today > order.until
            state = "open"
            if judged and all(judged) and len(judged) == len(findings):
                state = "fulfilled"
            elif over:
                state = "failed" if not all(judged) else "unknown"
            order.sudo().write(
                {
                    "state": state,
                    "checked_on": today,
                    "finding": "\n".join(text for _met, text in findings)
                    or self.env._("No figure was agreed: judge by the conditions in words."),
                }
            )
            if state in ("failed", "unknown") and order.user_id:
                order.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=today,
                    user_id=order.user_id.id,
                    summary=self.env._(
                        "Rectification ended on %s: decide what follows",
                        format_date(self.env, order.until),
                    ),
                )
        return True

    def action_cancel(self):
        """Withdraw the order; it stays on record."""
        self.check_access("write")
        self.filtered(lambda order: order.state == "open").write({"state": "cancelled"})
        return True

    def action_judge_fulfilled(self):
        """Judge an order by hand whose conditions are words or whose figures are unknown."""
        return self._judge("fulfilled")

    def action_judge_failed(self):
        """Judge an order by hand as not fulfilled."""
        return self._judge("failed")

    def _judge(self, state):
        self.check_access("write")
        today = fields.Date.context_today(self)
        self.filtered(lambda order: order.state in ("open", "unknown")).write(
            {"state": state, "checked_on": today}
        )
        return True

    @api.model
    def _cron_check(self):
        """Check running orders in their last week and after it; finished ones stay as they are."""
        today = fields.Date.context_today(self)
        due = self.search(
            [("state", "=", "open"), ("until", "<=", today + relativedelta(days=7))], order="id"
        )
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for order in due:
            order.action_check()
            if not self.env["ir.cron"]._commit_progress(1):
                break
