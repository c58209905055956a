# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...fields_unknown import KnownFloat, KnownMonetary


class LogisticsValueDelivered(models.Model):
    """What a customer gained from working with us, for the next review with the customer."""

    _name = "logistics.value.delivered"
    _description = "Value Delivered to a Customer"
    _inherit = ["mail.thread", "logistics.unknown.last.mixin"]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="What Changed", required=True, help="In the customer's words, as one tells it."
    )
    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", tracking=True
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("decision", "Faster Decisions"),
            ("time", "Time Saved"),
            ("conflict", "Fewer Conflicts"),
            ("cost", "Costs Saved"),
            ("profit", "Profit Gained"),
            ("risk", "Lower Risk"),
            ("other", "Other"),
        ],
        string="Gain",
        required=True,
        default="cost",
        index=True,
        tracking=True,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.start_of(fields.Date.context_today(self), "year"),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        index=True,
        default=fields.Date.context_today,
        help="The period the gain is counted for.",
    )
    amount = KnownMonetary(
        string="Worth",
        tracking=True,
        help="What it is worth to the customer in the period, in company currency. Empty: nobody "
        "put a figure on it.",
    )
    quantity = KnownFloat(
        aggregator=None,
        help="How much, where it is not money: 12 days, 30 disputes. Empty: unknown.",
    )
    unit = fields.Selection(
        [
            ("hour", "Hours"),
            ("day", "Days"),
            ("case", "Cases"),
            ("percent", "Percent"),
            ("shipment", "Shipments"),
        ],
    )
    basis = fields.Selection(
        [
            ("customer", "Told by the Customer"),
            ("measured", "Measured"),
            ("estimate", "Own Estimate"),
        ],
        string="Says Who",
        required=True,
        default="estimate",
        tracking=True,
    )
    evidence = fields.Text(help="How it was measured or what was said, so that it can be repeated.")
    visit_id = fields.Many2one(
        "logistics.visit",
        index="btree_not_null",
        ondelete="set null",
        domain="[('customer_id', '=', customer_id)]",
        help="The visit or call on which it was learned.",
    )
    confirmed_on = fields.Date(
        tracking=True,
        help="The day on which the customer agreed. Only what is confirmed is printed for the "
        "customer.",
    )
    person_id = fields.Many2one(
        "logistics.key.person",
        string="Confirmed By",
        index="btree_not_null",
        ondelete="set null",
        domain="[('customer_id', '=', customer_id)]",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Recorded By",
        default=lambda self: self.env.user,
        readonly=True,
        index="btree_not_null",
    )
    active = fields.Boolean(default=True)

    @api.constrains("date_from", "date_to", "confirmed_on", "quantity", "unit")
    def _check_period(self):
        today = fields.Date.context_today(self)
        for row in self:
            if row.date_to < row.date_from:
                raise ValidationError(
                    self.env._("%s: the period ends before it begins.", row.display_name)
                )
            if row.confirmed_on and row.confirmed_on > today:
                raise ValidationError(
                    self.env._(
                        "%s: write the day on which the customer agreed, not a coming one.",
                        row.display_name,
                    )
                )
            if row.quantity is not False and not row.unit:
                raise ValidationError(
                    self.env._("%s: say what the quantity counts.", row.display_name)
                )

    @api.constrains("person_id", "visit_id", "customer_id")
    def _check_same_customer(self):
        for row in self.sudo():
            for other in (row.person_id, row.visit_id):
                if other and other.customer_id != row.customer_id:
                    raise ValidationError(
                        self.env._(
                            "%(other)s belongs to another customer than %(customer)s.",
                            other=other.display_name,
                            customer=row.customer_id.display_name,
                        )
                    )

    def _sentence(self):
        """The gain in one line, for cards: what, how much, worth what."""
        self.ensure_one()
        customer = self.customer_id
        labels = dict(self._fields["unit"]._description_selection(self.env))
        parts = []
        if self.quantity is not False:
            parts.append(f"{customer._card_text('quantity', self)} {labels[self.unit]}")
        if self.amount is not False:
            parts.append(customer._card_text("amount", self))
        return f"{self.name} ({', '.join(parts)})" if parts else self.name


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    value_delivered_ids = fields.One2many("logistics.value.delivered", "customer_id")

    def _card(self, hand_out=False):
        card = super()._card(hand_out=hand_out)
        kinds = dict(
            self.env["logistics.value.delivered"]._fields["kind"]._description_selection(self.env)
        )
        rows = [
            (kinds[row.kind], row._sentence())
            for row in self.value_delivered_ids
            if row.confirmed_on or not hand_out
        ]
        if rows:
            card["sections"].append((self.env._("What They Gained with Us"), rows))
        return card
