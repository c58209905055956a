# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownMonetary
from .churn_alarm import CAUSES

STATES = [("open", "Open"), ("offered", "Offered"), ("won", "Won"), ("given_up", "Given Up")]
RUNNING = ("open", "offered")


class LogisticsWinback(models.Model):
    """One attempt to win a lost customer back: why it went, what we offer, what came of it."""

    _name = "logistics.winback"
    _description = "Win-back"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "logistics.readonly.mixin",
        "logistics.unknown.last.mixin",
    ]
    _order = "contact_date, id desc"
    _rec_name = "customer_id"

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    alarm_id = fields.Many2one(
        "logistics.churn.alarm",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The alarm that ended in the verdict Lost.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        index=True,
        tracking=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
        help="Who wins the customer back.",
    )
    reason = fields.Selection(
        [cause for cause in CAUSES if cause[0] != "none"],
        tracking=True,
        help="Why the customer left, in the words of the alarms.",
    )
    offer = fields.Text(help="What we offer, so that the customer comes back.")
    offer_date = fields.Date(
        "Offered On", tracking=True, help="The revenue is counted from the day after."
    )
    contact_date = fields.Date("Contact On", help="When the owner speaks to the customer.")
    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        default="open",
        index=True,
        tracking=True,
        group_expand=True,
    )
    closed_on = fields.Date(readonly=True, copy=False)
    ordered_on = fields.Date(
        "Ordered Again",
        readonly=True,
        copy=False,
        help="First day of trade after the offer, as of the last refresh of the figures.",
    )
    revenue = KnownMonetary(
        "Revenue Since the Offer",
        readonly=True,
        copy=False,
        help="Untaxed, less credit notes, company currency, after the day of the offer and up to "
        "the last refresh of the figures. Empty: no offer yet, or no amount is known.",
    )

    _one_running = models.UniqueIndex(
        "(customer_id) WHERE state IN ('open', 'offered')",
        "This customer is on the win-back list already.",
    )

    @api.constrains("state", "offer", "offer_date")
    def _check_offer(self):
        for winback in self:
            if winback.state == "offered" and not (winback.offer or "").strip():
                raise ValidationError(self.env._("Write down what is offered first."))
            if winback.offer_date and winback.offer_date > fields.Date.context_today(winback):
                raise ValidationError(self.env._("The day of the offer lies in the future."))

    @api.model_create_multi
    def create(self, vals_list):
        winbacks = super().create(vals_list)
        winbacks._note_days()
        return winbacks

    def write(self, vals):
        result = super().write(vals)
        if {"state", "offer_date"} & vals.keys():
            self._note_days()
        if "offer_date" in vals:
            self._measure()
        return result

    def _note_days(self):
        """The day of the offer and of the end, where the status calls for one."""
        today = fields.Date.context_today(self)
        for winback in self.sudo():
            if winback.state == "offered" and not winback.offer_date:
                winback.offer_date = today
            ended = winback.state not in RUNNING
            if ended != bool(winback.closed_on):
                winback.closed_on = today if ended else False

    # ------------------------------------------------------------------ result
    def _measure(self, as_of=None, companies=None):
        """Measure the revenue since the offer: one statement, nothing later than the day.

        Trade of the day of the offer itself does not count: it may have come before. No trade is
        a revenue of zero; trade whose amounts are all unknown leaves it unknown.

        :param as_of: date; today when omitted
        :param companies: all win-backs of these ``res.company``, or of all companies when it is
            empty; ``None``: those in ``self``
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        self.env.flush_all()
        if companies is None:
            which = SQL("w.id IN %s", tuple(self.ids) or (0,))
            partners = self.sudo().customer_id.partner_id.ids
        else:
            which = SQL("w.company_id IN %s", tuple(companies.ids)) if companies else SQL("TRUE")
            self.env.cr.execute(
                SQL(
                    """SELECT DISTINCT c.partner_id FROM logistics_winback w
                         JOIN logistics_customer c ON c.id = w.customer_id
                        WHERE w.offer_date IS NOT NULL AND %s""",
                    which,
                )
            )
            partners = [row[0] for row in self.env.cr.fetchall()]
        facts = self.env["logistics.trading.facts"]._facts_sql(date_to=as_of, partner_ids=partners)
        self.env.cr.execute(
            SQL(
                """
                UPDATE logistics_winback t
                   SET revenue = CASE WHEN n.offer_date IS NULL THEN NULL
                                      WHEN n.lines = 0 THEN 0 ELSE n.revenue END,
                       ordered_on = n.ordered_on
                  FROM (SELECT w.id, w.offer_date, count(f.date) AS lines,
                               sum(f.amount) AS revenue,
                               min(f.date) FILTER (WHERE COALESCE(f.amount, f.quantity, 0) > 0)
                                   AS ordered_on
                          FROM logistics_winback w
                          JOIN logistics_customer c ON c.id = w.customer_id
                          LEFT JOIN %(facts)s AS f ON f.partner_id = c.partner_id
                               AND f.company_id = c.company_id AND f.date > w.offer_date
                         WHERE %(which)s
                         GROUP BY w.id) n
                 WHERE n.id = t.id
                """,
                facts=facts,
                which=which,
            )
        )
        self.env["logistics.winback"].invalidate_model(["revenue", "ordered_on"])

    # ------------------------------------------------------------------ buttons
    def action_offer(self):
        """Note that the offer was made, today unless a day is given.

        :raise ValidationError: without an offer
        """
        return self.write({"state": "offered"})

    def action_won(self):
        """Close as won."""
        return self.write({"state": "won"})

    def action_give_up(self):
        """Close as given up."""
        return self.write({"state": "given_up"})

    def action_reopen(self):
        """Take up a closed win-back again."""
        for winback in self:
            winback.state = "offered" if winback.offer_date else "open"
        return True

    @api.model
    def _fold_customer(self, src, dst):
        """A customer has one running win-back: that of the destination, with the offer made."""
        mine = src.winback_ids.filtered(lambda winback: winback.state in RUNNING)
        theirs = dst.winback_ids.filtered(lambda winback: winback.state in RUNNING)
        if mine and theirs:
            if not theirs.offer:
                theirs.write({name: mine[name] for name in ("offer", "offer_date", "state")})
            mine.unlink()


class LogisticsCustomer(models.Model):
    """The win-backs of an account."""

    _inherit = "logistics.customer"

    winback_ids = fields.One2many("logistics.winback", "customer_id")
    winback_count = fields.Integer(string="Win-backs", compute="_compute_winback_count")

    @api.depends("winback_ids")
    def _compute_winback_count(self):
        for customer in self:
            customer.winback_count = len(customer.winback_ids)

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        self.env["logistics.winback"]._measure(as_of, companies or self.env["res.company"])
        return result

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.winback"]

    def action_win_back(self):
        """Put these customers on the win-back list, or find them there; open it.

        The reason is that of the last alarm closed as lost, the owner the representative.

        :raise UserError: for customers that are neither dormant nor lost
        """
        running = self.winback_ids.filtered(lambda winback: winback.state in RUNNING)
        new = self - running.customer_id
        trading = new.filtered(
            lambda customer: (
                customer.lifecycle_stage not in ("dormant", "lost")
                and not customer.churn_alarm_ids.filtered(lambda a: a.outcome == "lost")
            )
        )
        if trading:
            raise UserError(
                self.env._(
                    "Only dormant and lost customers are won back: %(names)s.",
                    names=", ".join(trading[:5].mapped("display_name")),
                )
            )
        alarms = self.env["logistics.churn.alarm"].search(
            [("customer_id", "in", new.ids), ("state", "=", "closed"), ("outcome", "=", "lost")],
            order="closed_on, id",
        )
        last = {alarm.customer_id: alarm for alarm in alarms}
        values = []
        for customer in new:
            alarm = last.get(customer, self.env["logistics.churn.alarm"])
            values.append(
                {
                    "customer_id": customer.id,
                    "user_id": customer.user_id.id or self.env.uid,
                    "reason": alarm.cause if alarm.cause != "none" else False,
                    "contact_date": fields.Date.context_today(self),
                }
            )
        winbacks = self.env["logistics.winback"].create(values)
        for winback in winbacks.sudo():
            winback.alarm_id = last.get(winback.customer_id)
        return self.action_open_winbacks(running + winbacks)

    def action_open_winbacks(self, winbacks=None):
        """Open the win-backs of these customers."""
        winbacks = self.winback_ids if winbacks is None else winbacks
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_winback")
        action |= {"domain": [("id", "in", winbacks.ids)], "context": {}}
        if len(winbacks) == 1:
            action |= {"views": [(False, "form")], "res_id": winbacks.id}
        return action


class LogisticsChurnAlarm(models.Model):
    _inherit = "logistics.churn.alarm"

    def action_win_back(self):
        """Put the customer of an alarm closed as lost on the win-back list.

        :raise UserError: when the verdict is not Lost
        """
        self.ensure_one()
        if self.state != "closed" or self.outcome != "lost":
            raise UserError(self.env._("Close the alarm as lost first."))
        return self.customer_id.action_win_back()
