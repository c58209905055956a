# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ...fields_unknown import KnownFloat

# An override needs a last day: the next screening decides anew.
OVERRIDE_MONTHS = 12


class LogisticsScreeningLine(models.Model):
    _inherit = "logistics.screening.line"

    target_visit_days = KnownFloat(
        string="Days between Visits from Now On",
        digits=(6, 0),
        aggregator=None,
        copy=False,
        help="Set as an override of the visit plan for a year when the campaign is closed. "
        "Empty: the visit plan of the value class decides.",
    )

    _visit_days_positive = models.Constraint(
        "CHECK (target_visit_days IS NULL OR target_visit_days >= 1)",
        "The days between two visits must be positive. Empty: the visit plan decides.",
    )

    @api.model
    def _decision_fields(self):
        return super()._decision_fields() | {"target_visit_days"}


class LogisticsVisitOverride(models.Model):
    _inherit = "logistics.visit.override"

    screening_effect_id = fields.Many2one(
        "logistics.screening.effect",
        string="From the Screening",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )


class LogisticsScreeningEffect(models.Model):
    """What closing does to the visits of a customer."""

    _inherit = "logistics.screening.effect"

    kind = fields.Selection(selection_add=[("visit", "Visit Plan")], ondelete={"visit": "cascade"})
    override_ids = fields.One2many("logistics.visit.override", "screening_effect_id")

    @api.model
    def _wanted(self, line):
        wanted = super()._wanted(line)
        if not line.decision:
            return wanted
        if line.decision == "wind_down":
            wanted["visit"] = self.env._("No visits from now on")
        elif line.target_visit_days:
            wanted["visit"] = self.env._(
                "Every %s days, whatever the plan says", int(line.target_visit_days)
            )
        elif "class" in wanted:
            wanted["class"] = self._with_visits(line, wanted["class"])
        return wanted

    @api.model
    def _with_visits(self, line, text):
        """Say what the plan of the new class means for the visits: they follow by themselves."""
        customer = line.customer_id.sudo()
        then, now = (
            self._plan_of_class(customer, value_class).interval_days
            for value_class in (line.target_class, customer.value_class)
        )
        if not then or then == now:
            return text
        if not now:
            return self.env._(
                "%(class)s, and with it a visit every %(days)s days", **{"class": text}, days=then
            )
        return self.env._(
            "%(class)s, and with it a visit every %(days)s instead of %(before)s days",
            **{"class": text},
            days=then,
            before=now,
        )

    @api.model
    def _plan_of_class(self, customer, value_class):
        """The patrol plan that a customer has in a value class: the one with the most criteria."""
        wanted = {
            "value_class": value_class or False,
            "customer_type_id": customer.customer_type_id,
            "credit_grade_code": customer.credit_grade_code or False,
        }
        plans = (
            self.env["logistics.visit.plan"]
            .sudo()
            .search([("company_id", "=", customer.company_id.id), ("kind", "=", "patrol")])
            .filtered(
                lambda plan: all(not plan[name] or plan[name] == wanted[name] for name in wanted)
            )
        )
        # the class tells more than the type, the type more than the grade
        return plans.sorted(
            lambda plan: (
                -sum(8 + len(wanted) - place for place, name in enumerate(wanted) if plan[name]),
                plan.sequence,
                plan.id,
            )
        )[:1]

    def _apply_visit(self, line):
        """One override of the patrol; who is wound down is not visited in any other way either."""
        plans = self.env["logistics.visit.plan"].search(
            [("company_id", "=", line.company_id.id), ("kind", "!=", "warm")]
        )
        skip = line.decision == "wind_down"
        kinds = ["patrol", *sorted(set(plans.mapped("kind")) - {"patrol", "collection"})]
        today = fields.Date.context_today(self)
        overrides = self.env["logistics.visit.override"].create(
            [
                {
                    "customer_id": line.customer_id.id,
                    "kind": kind,
                    "skip": skip,
                    "interval_days": int(line.target_visit_days or 0) or 30,
                    "date_start": today,
                    "date_end": today + relativedelta(months=OVERRIDE_MONTHS),
                    "reason": self._reason(line),
                    "screening_effect_id": self.id,
                }
                for kind in (kinds if skip else kinds[:1])
            ]
        )
        return overrides[:1]

    def _reverse_visit(self, override, reason):
        """End the overrides yesterday; one that begins today is deleted, it never counted."""
        today = fields.Date.context_today(self)
        fresh = self.override_ids.filtered(lambda one: one.date_start >= today)
        running = (self.override_ids - fresh).filtered(lambda one: one.date_end >= today)
        for one in running:
            one._message_log(body=reason)
        running.date_end = today - relativedelta(days=1)
        fresh.unlink()
