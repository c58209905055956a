# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL


class LogisticsCustomer(models.Model):
    """Limits proposed by the formula of each grade."""

    _inherit = "logistics.customer"

    @api.model
    def _propose_limits(self, company=None):
        """Propose a base limit for every customer whose grade has a formula: one statement.

        Months of the grade times the average monthly revenue of the last twelve months, rounded
        to two leading digits, never above the grade's highest limit. Left out: customers without
        revenue, grades that are stopped or have no formula, customers for whom a proposal is
        open, and those whose limit in force is what the formula says.

        :param company: limit to this ``res.company``
        :return: the proposals, for controllers to approve or refuse
        """
        companies = company or self.env["res.company"].search([("active", "in", (True, False))])
        self.env["logistics.credit.policy"]._for_companies(companies)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO logistics_credit_limit
                       (customer_id, company_id, kind, limit_type, amount, date_from, state,
                        origin, counted_percent, extension_days, notification_days,
                        requested_by, basis, create_uid, create_date, write_uid, write_date)
                SELECT f.customer_id, f.company_id, 'base', 'amount', f.amount, %(today)s,
                       'proposed', 'formula', 100, 0, 0, %(bot)s,
                       f.grade || ': ' || f.limit_months || ' x '
                           || round(f.monthly::numeric, 2) || CASE WHEN f.capped
                           THEN ' <= ' || f.limit_cap ELSE '' END,
                       %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM (
                    SELECT c.id AS customer_id, c.company_id, g.grade, g.limit_months,
                           g.limit_cap, r.monthly, r.rounded > g.limit_cap AS capped,
                           LEAST(r.rounded, g.limit_cap) AS amount
                      FROM logistics_customer c
                      JOIN logistics_credit_policy p ON p.company_id = c.company_id AND p.active
                      JOIN logistics_credit_grade_policy g
                        ON g.policy_id = p.id AND g.grade = COALESCE(c.credit_grade_code, 'N')
                     CROSS JOIN LATERAL (
                           SELECT (c.revenue_12m / 12)::numeric AS monthly,
                                  (c.revenue_12m / 12 * g.limit_months)::numeric AS exact) e
                     CROSS JOIN LATERAL (
                           SELECT e.monthly, round(e.exact,
                                  1 - floor(log(GREATEST(e.exact, 1)))::int) AS rounded) r
                     WHERE c.active AND c.revenue_12m > 0 AND g.limit_months > 0
                       AND NOT COALESCE(g.stop, FALSE) AND c.company_id IN %(companies)s
                       ) f
                 WHERE f.amount > 0
                   AND NOT EXISTS (
                       SELECT 1 FROM logistics_credit_limit l
                        WHERE l.customer_id = f.customer_id AND l.kind = 'base'
                          AND (l.state = 'proposed'
                               OR l.state = 'in_force' AND l.date_from <= %(today)s
                              AND (l.date_to IS NULL OR l.date_to >= %(today)s)
                              AND (l.limit_type = 'unlimited' OR l.amount = f.amount)))
                 RETURNING id
                """,
                today=fields.Date.context_today(self),
                bot=SUPERUSER_ID,
                uid=self.env.uid,
                companies=tuple(companies.ids) or (0,),
            )
        )
        return self.env["logistics.credit.limit"].browse(row[0] for row in rows)


class LogisticsCreditLimit(models.Model):
    """What happens to limits as days pass, accounts merge and formulas are asked."""

    _inherit = "logistics.credit.limit"

    @api.model
    def _cron_credit_limits(self):
        """Daily: close what is past its last day, keep core's limit in step with the dates."""
        today = fields.Date.context_today(self)
        limits = self.sudo().search([("state", "=", "in_force"), ("date_to", "<", today)])
        limits._step().write({"state": "ended"})
        begun = self.sudo().search(
            [
                ("kind", "in", ("base", "temporary")),
                ("state", "=", "in_force"),
                ("date_from", ">=", today - relativedelta(days=7)),
                ("date_from", "<=", today),
            ]
        )
        (limits | begun).customer_id._sync_core_credit_limit()

    @api.model
    def action_propose_limits(self):
        """Propose base limits by the formula of each grade, and open the proposals.

        :raise AccessError: for anybody but a credit controller
        """
        self._check_controller(self.env._("propose credit limits"))
        self.check_access("create")
        proposals = self.env["logistics.customer"].sudo()._propose_limits(self.env.company)
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_credit_limit")
        action["domain"] = [("id", "in", proposals.ids)]
        return action

    @api.model
    def _fold_customer(self, source, destination):
        """Join the limits of two accounts that become one; the surviving account's stay.

        A base or temporary limit of the folded account is set aside where the other one has such
        a limit on the same days: two of a kind would contradict each other.
        """
        limits = self.sudo().with_context(active_test=False)
        kept = limits.search([("customer_id", "=", destination.id), ("state", "=", "in_force")])
        note = self.env._("Folded into the account of %(name)s.", name=destination.name or "")
        for limit in limits.search([("customer_id", "=", source.id)]):
            clash = limit.state == "in_force" and any(
                other.kind == limit.kind != "insurance"
                and (not other.date_to or other.date_to >= limit.date_from)
                and (not limit.date_to or limit.date_to >= other.date_from)
                for other in kept
            )
            values = {"customer_id": destination.id}
            if clash:
                values.update(state="refused", ended_by=self.env.uid, end_reason=note)
            limit._step().write(values)
