# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownMonetary

# kind: (label, kind in the ledger of concessions)
DEVELOPMENT = {
    "training": ("Training", "training"),
    "exchange": ("Exchange of Experience", "exchange"),
    "study": ("Study Visit", "exchange"),
    "research": ("Market Research", "consulting"),
    "planning": ("Planning and Design", "consulting"),
    "promotion": ("Promotion", "consulting"),
    "mix": ("Product or Service Mix", "consulting"),
}
DEVELOPMENT_KINDS = [(kind, label) for kind, (label, _ledger) in DEVELOPMENT.items()]


class LogisticsDevelopmentEvent(models.Model):
    """Something that makes customers better at their own business: training, exchange, help."""

    _name = "logistics.development.event"
    _description = "Development of Customers"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.readonly.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    kind = fields.Selection(
        DEVELOPMENT_KINDS, required=True, default="training", index=True, tracking=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        tracking=True,
    )
    date_from = fields.Date(
        string="From", required=True, index=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date(
        string="Until", compute="_compute_date_to", store=True, readonly=False, precompute=True
    )
    place = fields.Char()
    state = fields.Selection(
        [("planned", "Planned"), ("held", "Held"), ("cancelled", "Cancelled")],
        string="Status",
        compute="_compute_state",
        store=True,
        precompute=True,
        index=True,
        copy=False,
        tracking=True,
    )
    topics = fields.Text(help="What it is about, and what the customers shall be able to do then.")
    outcome = fields.Text(copy=False, help="What came of it.")
    cost = KnownMonetary(
        tracking=True,
        help="All in all, company currency. Divided among the customers who came, by their "
        "people, unless a customer's own cost is given. Empty: not known.",
    )
    participant_ids = fields.One2many(
        "logistics.development.participant", "event_id", string="Customers", copy=True
    )
    customer_count = fields.Integer(compute="_compute_counts")
    people_count = fields.Integer(string="People", compute="_compute_counts")

    _dates = models.Constraint("CHECK (date_to >= date_from)", "It cannot end before it begins.")
    _cost_positive = models.Constraint(
        "CHECK (cost IS NULL OR cost >= 0)", "A cost cannot be negative."
    )

    def _compute_state(self):
        # Not a default: a user could give another one.
        for event in self:
            event.state = event.state or "planned"

    @api.depends("date_from")
    def _compute_date_to(self):
        for event in self:
            if not event.date_to or event.date_to < event.date_from:
                event.date_to = event.date_from

    @api.depends("participant_ids.people", "participant_ids.came", "state")
    def _compute_counts(self):
        for event in self:
            rows = event.participant_ids
            if event.state == "held":
                rows = rows.filtered("came")
            event.customer_count = len(rows)
            event.people_count = sum(rows.mapped("people"))

    def action_held(self):
        """Note that these took place; their cost goes to the ledger of the customers who came.

        :raise UserError: before the first day, or when nobody came
        """
        self.check_access("write")
        for event in self:
            if event.date_from > fields.Date.context_today(event):
                raise UserError(self.env._("%s lies in the future.", event.name))
            if not event.participant_ids.filtered("came"):
                raise UserError(self.env._("Mark the customers who came to %s first.", event.name))
        self.sudo().write({"state": "held"})
        return True

    def action_cancel(self):
        """Cancel these; nothing of them stays in the ledger after the next night."""
        self.check_access("write")
        self.sudo().write({"state": "cancelled"})
        return True

    def action_plan(self):
        """Set these back to planned."""
        self.check_access("write")
        self.sudo().write({"state": "planned"})
        return True


class LogisticsDevelopmentParticipant(models.Model):
    """A customer in a training, exchange or study visit, who came, and what came of it."""

    _name = "logistics.development.participant"
    _description = "Development of a Customer"
    _inherit = ["logistics.unknown.last.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "customer_id"

    event_id = fields.Many2one(
        "logistics.development.event", required=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="event_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(related="event_id.kind", store=True)
    state = fields.Selection(related="event_id.state", store=True)
    date_from = fields.Date(related="event_id.date_from", store=True, index=True)
    value_class = fields.Selection(related="customer_id.value_class")
    contact_ids = fields.Many2many("res.partner", string="Who", help="People of the customer.")
    people = fields.Integer(
        compute="_compute_people",
        store=True,
        readonly=False,
        precompute=True,
        help="How many people of the customer.",
    )
    came = fields.Boolean(default=True)
    cost = KnownMonetary(
        string="Own Cost", help="What this customer alone cost. Empty: its share of the whole."
    )
    share_cost = KnownMonetary(
        string="Cost",
        compute="_compute_share_cost",
        help="Own cost, or the share of the whole by people. Empty: not known, or not there.",
    )
    outcome = fields.Char(help="What the customer does differently now.")

    _people_positive = models.Constraint(
        "CHECK (people > 0 AND (cost IS NULL OR cost >= 0))",
        "At least one person, and no negative cost.",
    )

    @api.depends("contact_ids")
    def _compute_people(self):
        for row in self:
            row.people = max(len(row.contact_ids), row.people or 1, 1)

    @api.depends(
        "cost",
        "came",
        "people",
        "event_id.cost",
        "event_id.participant_ids.came",
        "event_id.participant_ids.cost",
        "event_id.participant_ids.people",
    )
    def _compute_share_cost(self):
        for row in self:
            if not row.came:
                row.share_cost = False
            elif row.cost is not False:
                row.share_cost = row.cost
            elif row.event_id.cost is False:
                row.share_cost = False
            else:
                there = row.event_id.participant_ids.filtered("came")
                own = there.filtered(lambda other: other.cost is not False)
                people = sum((there - own).mapped("people"))
                rest = max(row.event_id.cost - sum(own.mapped("cost")), 0)
                row.share_cost = rest * row.people / people if people else False

    @api.constrains("event_id", "customer_id")
    def _check_customer(self):
        for row in self:
            if row.customer_id.company_id != row.event_id.company_id:
                raise ValidationError(
                    self.env._(
                        "%(customer)s is a customer of %(company)s. Choose one of the company "
                        "that invites.",
                        customer=row.customer_id.display_name,
                        company=row.customer_id.company_id.name,
                    )
                )
            twins = row.event_id.participant_ids.filtered(
                lambda other, row=row: other.customer_id == row.customer_id
            )
            if len(twins) > 1:
                raise ValidationError(
                    self.env._("%s is on the list already.", row.customer_id.display_name)
                )


class LogisticsConcession(models.Model):
    """What the development of a customer cost goes to its ledger of concessions."""

    _inherit = "logistics.concession"

    @api.model
    def _derived_sources(self, company, as_of, date_from):
        return [
            *super()._derived_sources(company, as_of, date_from),
            (
                tuple(sorted({ledger for _label, ledger in DEVELOPMENT.values()})),
                self._development_source_sql(company, as_of, date_from),
            ),
        ]

    @api.model
    def _development_source_sql(self, company, as_of, date_from):
        """Customers who came to something that was held, with their cost or their share of it."""
        kinds = SQL(", ").join(
            SQL("(%s, %s)", kind, ledger) for kind, (_label, ledger) in DEVELOPMENT.items()
        )
        return SQL(
            """
            SELECT c.partner_id, k.ledger AS kind, 'development:' || p.id AS source_key,
                   e.date_from AS date, NULL::integer AS move_id, e.name AS document,
                   CASE WHEN p.cost IS NOT NULL THEN p.cost
                        WHEN e.cost IS NOT NULL
                        THEN GREATEST(e.cost - r.own, 0) * p.people / r.people END AS amount
              FROM logistics_development_participant p
              JOIN logistics_development_event e ON e.id = p.event_id
              JOIN logistics_customer c ON c.id = p.customer_id
              JOIN (VALUES %(kinds)s) AS k (kind, ledger) ON k.kind = e.kind
             CROSS JOIN LATERAL (
                   SELECT COALESCE(sum(o.cost), 0) AS own,
                          NULLIF(sum(o.people) FILTER (WHERE o.cost IS NULL), 0) AS people
                     FROM logistics_development_participant o
                    WHERE o.event_id = e.id AND o.came) r
             WHERE e.company_id = %(company)s AND e.state = 'held' AND p.came
               AND e.date_from BETWEEN %(date_from)s AND %(as_of)s
            """,
            kinds=kinds,
            company=company.id,
            as_of=as_of,
            date_from=date_from,
        )


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    development_ids = fields.One2many("logistics.development.participant", "customer_id")
    development_count = fields.Integer(string="Trainings and Help", compute="_compute_development")

    @api.depends("development_ids")
    def _compute_development(self):
        counts = dict(
            self.env["logistics.development.participant"]._read_group(
                [("customer_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["customer_id"],
                ["__count"],
            )
        )
        for customer in self:
            customer.development_count = counts.get(customer, 0)

    def action_open_development(self):
        """Open the trainings, exchanges and study visits of these customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_development_participant"
        )
        action["domain"] = [("customer_id", "in", self.ids)]
        action["context"] = {}
        return action
