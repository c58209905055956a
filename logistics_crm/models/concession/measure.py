# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.exceptions import UserError

from ...fields_unknown import KnownFloat, KnownMonetary
from .concession import LEVELS

STATES = [
    ("new", "Not Measured"),
    ("early", "Too Early"),
    ("interim", "Interim"),
    ("final", "Final"),
]


class LogisticsRetentionMeasure(models.Model):
    """What a measure did: its customers before and after, against comparable ones without it.

    Customers who shrink or grow do so without us, too. The change of comparable customers over
    the same days is taken off; what is left is the effect. See docs/concessions.md.
    """

    _name = "logistics.retention.measure"
    _description = "Retention Measure"
    _inherit = ["logistics.readonly.mixin", "mail.thread"]
    _order = "start_date desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", string="Responsible", default=lambda self: self.env.user, index=True
    )
    level = fields.Selection(LEVELS, tracking=True)
    programme_id = fields.Many2one(
        "logistics.retention.programme", check_company=True, index="btree_not_null"
    )
    start_date = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    window_months = fields.Selection(
        [("6", "6 Months"), ("12", "12 Months")],
        string="Before and After",
        required=True,
        default="6",
        tracking=True,
    )
    customer_ids = fields.Many2many(
        "logistics.customer",
        string="Customers",
        check_company=True,
        help="Who got the measure.",
    )
    description = fields.Text(help="What was done, and what it was meant to change.")
    cost = KnownMonetary(help="What the measure cost in all. Empty: not known.")

    state = fields.Selection(
        STATES, compute="_compute_state", store=True, precompute=True, index=True
    )
    measured_on = fields.Date(readonly=True)
    days = fields.Integer(
        string="Days Compared",
        readonly=True,
        help="As many days before the start as have passed since, up to the window.",
    )
    treated_count = fields.Integer(
        string="Measured",
        readonly=True,
        help="Customers with the measure that have comparable customers.",
    )
    control_count = fields.Integer(
        string="Compared With",
        readonly=True,
        help="Comparable customers without it.",
    )
    revenue_before = KnownMonetary(string="Before", readonly=True, help="Revenue per customer.")
    revenue_after = KnownMonetary(string="After", readonly=True, help="Revenue per customer.")
    control_change = KnownMonetary(
        string="Change Without It",
        readonly=True,
        help="Mean change of the revenue of comparable customers over the same days.",
    )
    revenue_effect = KnownMonetary(
        string="Effect per Customer",
        readonly=True,
        help="Change of the revenue with the measure less the change without it, per customer. "
        "Empty: there is nobody to compare with.",
    )
    revenue_effect_share = KnownFloat(
        string="Effect (%)", readonly=True, help="The effect by the revenue before."
    )
    margin_effect = KnownMonetary(
        string="Margin Effect per Customer",
        readonly=True,
        help="The same with margins. Empty: margins are not known.",
    )
    order_effect = KnownFloat(
        string="Order Days Effect per Customer",
        readonly=True,
        help="The same with the number of days with an order.",
    )

    def _compute_state(self):
        # Not a default: a user could give another one.
        for record in self:
            record.state = record.state or "new"

    def action_measure(self):
        """Measure these again from today's documents.

        :raise UserError: when a measure names no customer
        """
        self.check_access("write")
        for measure in self:
            if not measure.customer_ids:
                raise UserError(self.env._("Name the customers who got “%s” first.", measure.name))
            measure.sudo()._measure()

    def action_from_programme(self):
        """Take over the present members of the programme as the customers of the measure."""
        self.check_access("write")
        for measure in self.filtered("programme_id"):
            rows = measure.programme_id.membership_ids
            measure.customer_ids = rows.filtered(lambda row: not row.date_to).customer_id
