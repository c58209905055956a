# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...fields_unknown import KnownMonetary

KINDS = [
    ("diversion", "Delivery into Another's Territory"),
    ("price", "Price below the Siblings"),
    ("overlap", "Overlapping Territories"),
    ("uncovered", "Uncovered Area"),
    ("tier", "Tier That Could Be Left Out"),
    ("direct", "Candidate for Direct Supply"),
]
OUTCOMES = [
    ("changed", "Changed"),
    ("agreed", "Agreed with the Customer"),
    ("accepted", "Accepted As It Is"),
    ("mistake", "No Finding After All"),
]


class LogisticsNetworkFinding(models.Model):
    """What a check of the network found: an item somebody looks at, never a sanction."""

    _name = "logistics.network.finding"
    _description = "Network Finding"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "logistics.readonly.mixin",
        "logistics.unknown.last.mixin",
    ]
    _order = "deadline, id desc"
    _rec_name = "kind"
    _check_company_auto = True

    kind = fields.Selection(KINDS, required=True, readonly=True, index=True)
    key = fields.Char(readonly=True, copy=False)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(
        "logistics.customer", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    other_customer_id = fields.Many2one(
        "logistics.customer",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Who has the territory, or stands between.",
    )
    territory_id = fields.Many2one(
        "logistics.territory", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    other_territory_id = fields.Many2one(
        "logistics.territory", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    country_id = fields.Many2one(
        "res.country", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    service_id = fields.Many2one(
        "logistics.service", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    facts = fields.Json(readonly=True, copy=False)
    explanation = fields.Text(compute="_compute_explanation")
    amount = KnownMonetary(
        string="At Stake",
        readonly=True,
        help="Company currency: what was delivered, lacks to the siblings' price, or could be "
        "gained in twelve months. Empty: not known.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        index=True,
        required=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    deadline = fields.Date(index=True, required=True, tracking=True)
    state = fields.Selection(
        [("open", "Open"), ("progress", "In Work"), ("closed", "Closed")],
        string="Status",
        required=True,
        default="open",
        index=True,
        tracking=True,
        group_expand=True,
    )
    outcome = fields.Selection(OUTCOMES, tracking=True, copy=False)
    note = fields.Text(string="What Was Done", copy=False)
    closed_on = fields.Date(readonly=True, copy=False)
    first_seen = fields.Date(readonly=True)
    last_seen = fields.Date(readonly=True)
    still_found = fields.Boolean(
        readonly=True, index=True, help="The last run of the checks found it again."
    )
    reopened_count = fields.Integer(string="Reopened", readonly=True, aggregator=None)
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")

    _key_uniq = models.UniqueIndex("(company_id, kind, key)", "This is on the list already.")

    @api.depends("kind", "customer_id", "territory_id", "country_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for finding in self.sudo():
            who = finding.customer_id.name or finding.territory_id.name or finding.country_id.name
            finding.display_name = " · ".join(part for part in (kinds[finding.kind], who) if part)

    @api.depends("deadline", "state")
    @api.depends_context("tz")
    def _compute_overdue(self):
        today = fields.Date.context_today(self)
        for finding in self:
            finding.overdue = bool(
                finding.state != "closed" and finding.deadline and finding.deadline < today
            )

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = fields.Domain("state", "!=", "closed") & fields.Domain(
            "deadline", "<", fields.Date.context_today(self)
        )
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        return late if True in value else ~late

    @api.constrains("state", "outcome")
    def _check_outcome(self):
        for finding in self:
            if finding.state == "closed" and not finding.outcome:
                raise ValidationError(
                    self.env._("Say what came of it before you close the finding.")
                )

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            closed = vals["state"] == "closed"
            values = {"closed_on": fields.Date.context_today(self) if closed else False}
            if not closed:
                values["outcome"] = False
            super(LogisticsNetworkFinding, self.sudo()).write(values)
        return result

    # ------------------------------------------------------------------ buttons
    def action_start(self):
        """Take these findings into work."""
        return self.write({"state": "progress"})

    def action_close(self):
        """Close these findings.

        :raise ValidationError: without an outcome
        """
        return self.write({"state": "closed"})

    def action_reopen(self):
        """Open closed findings again."""
        return self.write({"state": "open"})
