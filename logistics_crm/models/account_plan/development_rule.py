# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..customer.logistics_customer import VALUE_CLASSES
from .development import DEVELOPMENT_KINDS


class LogisticsDevelopmentRule(models.Model):
    """How often a year customers of a class get a training, an exchange, a study visit."""

    _name = "logistics.development.rule"
    _description = "Development Plan of a Class"
    _order = "company_id, value_class, kind, id"
    _rec_name = "kind"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    value_class = fields.Selection(VALUE_CLASSES, required=True, default="key")
    kind = fields.Selection(DEVELOPMENT_KINDS, required=True, default="training")
    per_year = fields.Integer(string="Times a Year", required=True, default=1, aggregator=None)
    active = fields.Boolean(default=True)

    _class_kind_uniq = models.UniqueIndex(
        "(company_id, value_class, kind) WHERE active",
        "The plan of this class and kind is there already.",
    )
    _per_year_positive = models.Constraint(
        "CHECK (per_year > 0)", "At least once a year. Archive the row to stop it."
    )


class LogisticsDevelopmentDue(models.Model):
    """Which customers have not had yet what their class is planned to get this year."""

    _name = "logistics.development.due"
    _description = "Development Due"
    _inherit = ["logistics.unknown.last.mixin"]
    _auto = False
    _order = "missing desc, customer_id, kind"
    _rec_name = "customer_id"
    _depends = {
        "logistics.development.rule": ["company_id", "value_class", "kind", "per_year", "active"],
        "logistics.development.participant": ["customer_id", "came", "event_id"],
        "logistics.development.event": ["kind", "state", "date_from"],
        "logistics.customer": ["company_id", "value_class", "active", "user_id"],
    }

    customer_id = fields.Many2one("logistics.customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    kind = fields.Selection(DEVELOPMENT_KINDS, readonly=True)
    wanted = fields.Integer(string="Times a Year", readonly=True)
    held = fields.Integer(string="Held This Year", readonly=True)
    planned = fields.Integer(string="Planned This Year", readonly=True)
    missing = fields.Integer(readonly=True, help="Neither held nor planned this year.")

    @property
    def _table_query(self):
        today = fields.Date.context_today(self)
        return SQL(
            """
            SELECT r.id::bigint * 1000000000 + c.id AS id, c.id AS customer_id, c.company_id,
                   c.user_id, c.value_class, r.kind, r.per_year AS wanted,
                   COALESCE(h.held, 0) AS held,
                   COALESCE(h.planned, 0) AS planned,
                   GREATEST(r.per_year - COALESCE(h.held, 0) - COALESCE(h.planned, 0), 0)
                       AS missing
              FROM logistics_development_rule r
              JOIN logistics_customer c ON c.company_id = r.company_id
                                       AND c.value_class = r.value_class AND c.active
              LEFT JOIN LATERAL (
                   SELECT count(*) FILTER (WHERE e.state = 'held' AND p.came)::int AS held,
                          count(*) FILTER (WHERE e.state = 'planned')::int AS planned
                     FROM logistics_development_participant p
                     JOIN logistics_development_event e ON e.id = p.event_id
                    WHERE p.customer_id = c.id AND e.kind = r.kind
                      AND e.date_from BETWEEN %s AND %s
              ) h ON TRUE
             WHERE r.active
            """,
            today.replace(month=1, day=1),
            today.replace(month=12, day=31),
        )

    def action_invite(self):
        """Put the customers of these rows on one new plan of their kind, and open it.

        :raise UserError: for rows of several kinds or companies
        """
        first = self[:1]
        if any(row.kind != first.kind or row.company_id != first.company_id for row in self):
            raise UserError(self.env._("Choose rows of one kind and one company."))
        event = self.env["logistics.development.event"].create(
            {
                "name": dict(self._fields["kind"]._description_selection(self.env))[first.kind],
                "kind": first.kind,
                "company_id": first.company_id.id,
                "participant_ids": [
                    fields.Command.create({"customer_id": customer.id})
                    for customer in self.customer_id
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.development.event",
            "res_id": event.id,
            "view_mode": "form",
        }
