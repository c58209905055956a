# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class LogisticsCreditHold(models.Model):
    """A controller stops a customer's orders by hand.

    A plain hold ends by itself on its last day, or as soon as the customer owes nothing that is
    overdue. A forced hold ends only when a controller lifts it with a reason: no payment, no
    date and no scheduled job does.
    """

    _name = "logistics.credit.hold"
    _description = "Manual Credit Hold"
    _inherit = ["logistics.credit.document"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    reason = fields.Text(required=True)
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_until = fields.Date(string="Until", tracking=True, help="The last day it applies.")
    forced = fields.Boolean(
        tracking=True,
        help="Stays until a controller lifts it, whatever is paid in the meantime.",
    )
    state = fields.Selection(
        [("in_force", "In Force"), ("lifted", "Lifted")],
        default="in_force",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    lifted_by = fields.Many2one("res.users", readonly=True, copy=False)
    lifted_on = fields.Datetime(readonly=True, copy=False)
    lift_reason = fields.Text(readonly=True, copy=False)

    _dates_in_order = models.Constraint(
        "CHECK (date_until IS NULL OR date_until >= date_from)",
        "A hold cannot end before it begins.",
    )
    _forced_has_no_end = models.Constraint(
        "CHECK (NOT forced OR date_until IS NULL)",
        "A forced hold has no last day: it stays until a controller lifts it.",
    )

    @api.model
    def _given_fields(self):
        return {"customer_id", "reason", "date_from", "date_until", "forced"}

    def _open_fields(self):
        # Made milder only by lifting; a plain hold may be given another last day.
        return {"date_until"} if self.state == "in_force" and not self.forced else set()

    @api.depends("customer_id", "forced")
    def _compute_display_name(self):
        for hold in self:
            kind = self.env._("Forced hold") if hold.forced else self.env._("Hold")
            hold.display_name = f"{kind}: {hold.customer_id.display_name or ''}"

    @api.constrains("reason")
    def _check_reason(self):
        for hold in self:
            if not (hold.reason or "").strip():
                raise ValidationError(self.env._("A hold needs a reason."))

    def action_lift(self, reason=None):
        """End the holds. Without a reason, ask for it in a dialog.

        :param reason: why the customer may order again
        :raise AccessError: for anybody but a credit controller, and for the customer's own rep
        """
        self._check_controller(self.env._("lift a hold"))
        self.check_access("write")
        self._check_not_own_customer(self.env._("lift the hold"))
        if reason is None:
            return self.env["logistics.credit.decision"]._ask(self, "lift")
        reason = self._need_reason(reason)
        self.lock_for_update()
        if any(hold.state != "in_force" for hold in self):
            raise UserError(self.env._("This hold is lifted already."))
        self.sudo()._lift(reason, self.env.user)
        return True

    def _lift(self, reason, user):
        self._step().write(
            {
                "state": "lifted",
                "lifted_by": user.id,
                "lifted_on": fields.Datetime.now(),
                "lift_reason": reason,
            }
        )

    @api.model
    def _in_force_domain(self, on):
        return (
            Domain("state", "=", "in_force")
            & Domain("date_from", "<=", on)
            & (Domain("date_until", "=", False) | Domain("date_until", ">=", on))
        )

    @api.model
    def _end_settled(self, company):
        """End plain holds of customers that owe nothing overdue any more.

        Called when money arrives. A customer who never had anything overdue was held for
        another reason, so only holds that began while something was overdue end here.

        :return: the holds that ended
        """
        holds = self.sudo().search(
            self._in_force_domain(fields.Date.context_today(self))
            & Domain("forced", "=", False)
            & Domain("company_id", "=", company.id)
        )
        if not holds:
            return holds
        today = fields.Date.context_today(self)
        overdue_now = self._overdue_partners(holds, today, today, company)
        ended = self.browse()
        for start, started in holds.grouped("date_from").items():
            # As it stood the evening before: what was paid on the first day itself counts.
            eve = fields.Date.subtract(start, days=1)
            overdue_then = self._overdue_partners(started, eve, start, company)
            ended |= started.filtered(
                lambda hold, then=overdue_then: (
                    hold.customer_id.partner_id.id in then
                    and hold.customer_id.partner_id.id not in overdue_now
                )
            )
        if ended:
            ended._lift(self.env._("Everything overdue was paid."), self.env.user)
        return ended

    @api.model
    def _overdue_partners(self, holds, as_of, due_before, company):
        """Return the ids of the holds' entities with an open item due before a day."""
        items = self.env["logistics.settlement.facts"]._items_sql(
            as_of, company=company, partner_ids=holds.customer_id.partner_id.ids
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT s.partner_id FROM %s AS s"
                " WHERE s.kind = 'item' AND s.is_open AND s.due_date < %s",
                items,
                due_before,
            )
        )
        return {row[0] for row in rows}


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    def _manual_hold(self, on):
        """Return the hold document in force on a day, forced ones first, or an empty recordset.

        :param on: a date
        """
        self.ensure_one()
        hold = self.env["logistics.credit.hold"].sudo()
        return hold.search(
            Domain("customer_id", "=", self.id) & hold._in_force_domain(on),
            order="forced DESC, date_from, id",
            limit=1,
        )
