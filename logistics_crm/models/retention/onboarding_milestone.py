# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

STATES = [("open", "Open"), ("done", "Done"), ("skipped", "Skipped")]
# Activities are planned so many days before a milestone is due, so many in one night.
AHEAD_DAYS = 7
ACTIVITIES_A_NIGHT = 500


class LogisticsOnboardingMilestone(models.Model):
    """One milestone of one newcomer: until when, by whom, and when it was reached."""

    _name = "logistics.onboarding.milestone"
    _description = "Onboarding Milestone"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.readonly.mixin"]
    _order = "due_date, sequence, id"
    _rec_name = "step_id"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True, readonly=True, precompute=True
    )
    step_id = fields.Many2one(
        "logistics.onboarding.step",
        string="Milestone",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    sequence = fields.Integer(related="step_id.sequence", store=True)
    task = fields.Text(related="step_id.note", string="What to Do")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        index=True,
        tracking=True,
        domain=[("share", "=", False)],
        check_company=True,
    )
    representative_id = fields.Many2one(related="customer_id.user_id", string="Representative")
    value_class = fields.Selection(related="customer_id.value_class")
    due_date = fields.Date("Due On", required=True, tracking=True)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="open", index=True, tracking=True
    )
    done_on = fields.Date(readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    note = fields.Char()
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")

    _step_uniq = models.UniqueIndex(
        "(customer_id, step_id)", "This newcomer has this milestone already."
    )

    @api.depends("state", "due_date")
    def _compute_overdue(self):
        today = fields.Date.context_today(self)
        for milestone in self:
            milestone.overdue = milestone.state == "open" and milestone.due_date < today

    @api.model
    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = fields.Domain("state", "=", "open") & fields.Domain("due_date", "<", "today")
        if set(value) == {True}:
            return late
        return ~late if set(value) == {False} else fields.Domain.TRUE

    # ------------------------------------------------------------------ by hand
    def action_done(self):
        """Tick these milestones as reached today.

        :raise UserError: when one is not open
        """
        self._end("done")

    def action_skip(self):
        """Leave these milestones out: they do not fit this customer.

        :raise UserError: when one is not open
        """
        self._end("skipped")

    def _end(self, state):
        self.check_access("write")
        if any(milestone.state != "open" for milestone in self):
            raise UserError(self.env._("This milestone is ticked or skipped already. Reopen it."))
        self.sudo().write(
            {
                "state": state,
                "done_on": fields.Date.context_today(self),
                "done_by_id": self.env.uid,
            }
        )
        self.sudo().activity_ids.action_feedback()

    def action_reopen(self):
        """Take back a tick or a skip."""
        self.check_access("write")
        self.sudo().write({"state": "open", "done_on": False, "done_by_id": False})

    # ------------------------------------------------------------------ by night
    @api.model
    def _refresh_company(self, company, as_of=None):
        """Bring the milestones of a company in step with its newcomers; set-based.

        Newcomers get what they lack, what is measured is ticked on the day it happened, and what
        is still open of customers who are dormant or lost is skipped. Running it again changes
        nothing.

        :param company: ``res.company``
        :param as_of: date; today when omitted. Visits and trade after it are not looked at.
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO logistics_onboarding_milestone (customer_id, company_id, step_id,
                    sequence, user_id, due_date, state, create_uid, write_uid, create_date,
                    write_date)
                SELECT n.customer_id, %(company)s, n.step_id, s.sequence, n.user_id, n.due_date,
                       'open', 1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM (%(missing)s) n JOIN logistics_onboarding_step s ON s.id = n.step_id
                ON CONFLICT DO NOTHING
                """,
                company=company.id,
                missing=self.env["logistics.onboarding.step"]._missing_sql(company),
            )
        )
        self._tick_orders(company, as_of)
        self._tick_touches(company, as_of)
        self.env.cr.execute(
            SQL(
                """
                UPDATE logistics_onboarding_milestone m
                   SET state = 'skipped', done_on = %(as_of)s
                  FROM logistics_customer c
                 WHERE c.id = m.customer_id AND m.company_id = %(company)s AND m.state = 'open'
                   AND c.lifecycle_stage IN ('dormant', 'lost')
                """,
                as_of=as_of,
                company=company.id,
            )
        )
        self.env.invalidate_all()
        self.search(
            [
                ("company_id", "=", company.id),
                ("state", "!=", "open"),
                ("activity_ids", "!=", False),
            ]
        ).activity_ids.action_feedback()

    @api.model
    def _tick_orders(self, company, as_of):
        """Tick what asks for a number of trade days, on the day of the last of them."""
        waiting = self.env.execute_query(
            SQL(
                """SELECT DISTINCT c.partner_id
                     FROM logistics_onboarding_milestone m
                     JOIN logistics_onboarding_step s ON s.id = m.step_id
                     JOIN logistics_customer c ON c.id = m.customer_id
                    WHERE m.company_id = %s AND m.state = 'open' AND s.reached_by = 'orders'
                      AND c.trade_days_total >= s.order_count""",
                company.id,
            )
        )
        if not waiting:
            return
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=company, date_to=as_of, partner_ids=[row[0] for row in waiting]
        )
        self.env.cr.execute(
            SQL(
                """
                WITH day AS (
                    SELECT f.partner_id, f.date,
                           row_number() OVER (PARTITION BY f.partner_id ORDER BY f.date) AS place
                      FROM %(facts)s AS f
                     GROUP BY f.partner_id, f.date
                    HAVING bool_or(COALESCE(f.amount, f.quantity, 0) >= 0)
                )
                UPDATE logistics_onboarding_milestone m
                   SET state = 'done', done_on = d.date
                  FROM logistics_onboarding_step s, logistics_customer c, day d
                 WHERE s.id = m.step_id AND c.id = m.customer_id AND m.state = 'open'
                   AND m.company_id = %(company)s AND s.reached_by = 'orders'
                   AND d.partner_id = c.partner_id AND d.place = s.order_count
                """,
                facts=facts,
                company=company.id,
            )
        )

    @api.model
    def _tick_touches(self, company, as_of):
        """Tick what asks for a visit or call, on the day of the first after the first trade."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE logistics_onboarding_milestone m
                   SET state = 'done', done_on = v.done_date, done_by_id = v.user_id
                  FROM logistics_onboarding_step s, logistics_customer c,
                       LATERAL (SELECT v.done_date, v.user_id FROM logistics_visit v
                                 WHERE v.customer_id = c.id AND v.state = 'done'
                                   AND v.done_date >= c.first_trade_date
                                   AND v.done_date <= %(as_of)s
                                 ORDER BY v.done_date, v.id LIMIT 1) v
                 WHERE s.id = m.step_id AND c.id = m.customer_id AND m.state = 'open'
                   AND m.company_id = %(company)s AND s.reached_by = 'touch'
                """,
                as_of=as_of,
                company=company.id,
            )
        )

    @api.model
    def _plan_activities(self, company, as_of):
        """One activity for the owner of each open milestone that is due within a week."""
        due = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("user_id", "!=", False),
                ("due_date", "<=", fields.Date.add(as_of, days=AHEAD_DAYS)),
                ("activity_ids", "=", False),
            ],
            limit=ACTIVITIES_A_NIGHT,
        )
        for milestone in due.with_context(mail_activity_quick_update=True):
            milestone.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=milestone.due_date,
                user_id=milestone.user_id.id,
                summary=milestone.step_id.name,
                note=milestone.task,
            )
        return due

    @api.model
    def _cron_refresh(self):
        """Nightly, company by company, where the company switched onboarding on."""
        today = fields.Date.context_today(self)
        companies = self.env["res.company"].search([("logistics_onboarding", "=", True)])
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            milestones = self.with_company(company)
            milestones._refresh_company(company, today)
            if company.logistics_onboarding_activities:
                milestones._plan_activities(company, today)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _fold_customer(self, src, dst):
        """Of two milestones of one step that of the destination stays, done before open."""
        known = {milestone.step_id: milestone for milestone in dst.milestone_ids}
        for milestone in src.milestone_ids:
            twin = known.get(milestone.step_id)
            if twin and twin.state == "open" and milestone.state != "open":
                twin.unlink()
            elif twin:
                milestone.unlink()
