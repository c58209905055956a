# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

OWNERS = [("representative", "Representative"), ("user", "Named User")]
REACHED_BY = [
    ("hand", "Ticked by Hand"),
    ("orders", "Trade Days"),
    ("touch", "Visit or Call"),
]


class LogisticsOnboardingStep(models.Model):
    """A milestone every newcomer should reach: what, until when, and whose task it is."""

    _name = "logistics.onboarding.step"
    _description = "Onboarding Step"
    _order = "sequence, due_days, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: in every company that onboards."
    )
    customer_type_id = fields.Many2one(
        "logistics.customer.type",
        index="btree_not_null",
        ondelete="cascade",
        help="Only for newcomers of this type. Empty: for every newcomer.",
    )
    due_days = fields.Integer(
        "Due After (Days)",
        required=True,
        default=7,
        help="Calendar days after the day of the first trade.",
    )
    owner = fields.Selection(
        OWNERS,
        required=True,
        default="representative",
        help="Whose task it is. Where a newcomer has no representative it is nobody's until one "
        "is named.",
    )
    user_id = fields.Many2one(
        "res.users", string="Named User", domain=[("share", "=", False)], check_company=True
    )
    reached_by = fields.Selection(
        REACHED_BY,
        required=True,
        default="hand",
        help="Ticked by Hand: the owner says so. Trade Days: the customer has traded on so many "
        "days. Visit or Call: a visit or call was made after the first trade. The last two are "
        "ticked by the nightly job, on the day it happened.",
    )
    order_count = fields.Integer("Trade Days", default=2)
    note = fields.Text(translate=True, help="What is to be done, in words everybody knows.")

    _due_sane = models.Constraint(
        "CHECK (due_days >= 0)", "A milestone is not due before the first trade."
    )
    _orders_sane = models.Constraint(
        "CHECK (reached_by != 'orders' OR order_count >= 2)",
        "The first trade day makes a newcomer: ask for two or more.",
    )
    _user_named = models.Constraint(
        "CHECK (owner != 'user' OR user_id IS NOT NULL)", "Name the user whose task this is."
    )

    @api.model
    def _missing_sql(self, company):
        """Rows ``customer_id, step_id, user_id, due_date`` that newcomers of a company lack.

        Newcomers are the accounts whose stage is *New* as of the last refresh. A step that was
        added later comes to those who are still new.
        """
        return SQL(
            """
            SELECT c.id AS customer_id, s.id AS step_id,
                   CASE WHEN s.owner = 'user' THEN s.user_id ELSE c.user_id END AS user_id,
                   c.first_trade_date + s.due_days AS due_date
              FROM logistics_customer c
              JOIN logistics_onboarding_step s
                ON s.active AND (s.company_id IS NULL OR s.company_id = c.company_id)
               AND (s.customer_type_id IS NULL OR s.customer_type_id = c.customer_type_id)
             WHERE c.company_id = %(company)s AND c.active AND c.lifecycle_stage = 'new'
               AND c.first_trade_date IS NOT NULL
               AND NOT EXISTS (SELECT FROM logistics_onboarding_milestone m
                                WHERE m.customer_id = c.id AND m.step_id = s.id)
            """,
            company=company.id,
        )
