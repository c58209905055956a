# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ...visit_kinds import CHANNELS, KINDS, STATUSES

# What the refresh writes; a row changes only when one of these does.
_COLUMNS = [
    "company_id",
    "plan_id",
    "override_id",
    "user_id",
    "channel",
    "interval_days",
    "tolerance_days",
    "before_date",
    "last_done",
    "next_due",
    "planned_date",
    "status",
    "overdue_days",
    "priority",
]


class LogisticsVisitStatus(models.Model):
    """Where a customer stands with one kind of touch: derived, never typed."""

    _name = "logistics.visit.status"
    _description = "Visit Status"
    _inherit = ["logistics.readonly.mixin"]
    _order = "priority desc, next_due, id"
    _rec_name = "customer_id"

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    plan_id = fields.Many2one("logistics.visit.plan", readonly=True, ondelete="set null")
    override_id = fields.Many2one("logistics.visit.override", readonly=True, ondelete="set null")
    user_id = fields.Many2one(
        "res.users",
        string="Goes",
        readonly=True,
        index="btree_not_null",
        help="Who is to touch the customer. Empty: nobody can; name a representative.",
    )
    channel = fields.Selection(CHANNELS, readonly=True)
    interval_days = fields.Integer(string="Days Between", readonly=True, aggregator="avg")
    tolerance_days = fields.Integer(string="Tolerance (Days)", readonly=True, aggregator="avg")
    before_date = fields.Date(string="Before", readonly=True)
    last_done = fields.Date(
        string="Last Touch",
        readonly=True,
        help="The last completed touch of this kind through a channel that counts. For a date to "
        "be reached: within its window.",
    )
    next_due = fields.Date(
        readonly=True,
        help="Last touch plus the days between. For a date to be reached: that date. Empty: never "
        "touched.",
    )
    planned_date = fields.Date(
        string="Planned On", readonly=True, help="The next planned touch, today or later."
    )
    status = fields.Selection(
        STATUSES,
        readonly=True,
        required=True,
        index=True,
        help="Covered: not due yet. Planned: due, and a touch is planned. Due: due, within the "
        "tolerance. Overdue: beyond the tolerance and nothing planned. Never: no touch yet and "
        "nothing planned.",
    )
    overdue_days = fields.Integer(
        string="Visit Debt (days)",
        readonly=True,
        help="Days since the due date. A customer never touched has as many as the days between.",
    )
    priority = fields.Integer(
        readonly=True,
        help="Days overdue times the weight of the value class: 4 key account, 3 core, 2 standard, "
        "1 others.",
    )
    # as the customer is now: for filters and grouping
    value_class = fields.Selection(related="customer_id.value_class", store=True)
    credit_grade_code = fields.Selection(related="customer_id.credit_grade_code")
    city = fields.Char(related="customer_id.city")
    phone = fields.Char(related="customer_id.phone", readonly=True)
    last_trade_date = fields.Date(related="customer_id.last_trade_date")

    _customer_kind_uniq = models.UniqueIndex(
        "(customer_id, kind)", "A customer has one status for each kind of touch."
    )
    _worklist_idx = models.Index("(user_id, priority DESC)")

    @api.model
    def _today(self, company):
        """The current day where the company is: in the zone of its working hours."""
        zone = company.resource_calendar_id.tz or company.partner_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    @api.model
    def _refresh(self, company=None, today=None, customers=None):
        """Bring the status rows in step with plans and touches, set-based.

        One statement writes what changed and one removes what is no longer required, whatever the
        number of customers.

        :param company: limit to this ``res.company``; all that have plans, rows or are the
            customers' otherwise
        :param today: the day of the answer, a date; the companies' own today when omitted
        :param customers: limit to these ``logistics.customer``
        :return: how many rows changed
        """
        if customers is not None:
            customers = customers.sudo().exists()
            companies = customers.company_id
        else:
            companies = company or self._companies()
        changed = 0
        for one in companies.sudo():
            some = None
            if customers is not None:
                some = customers.filtered(lambda account, one=one: account.company_id == one)
            changed += self._refresh_company(one, today or self._today(one), some)
        if changed:
            self.invalidate_model()
        return changed

    @api.model
    def _companies(self):
        """The companies that plan visits, or did."""
        groups = self.env["logistics.visit.plan"].sudo().with_context(active_test=False)
        return self.env["res.company"].union(
            *(company for (company,) in groups._read_group([], ["company_id"]))
        )

    @api.model
    def _refresh_company(self, company, today, customers):
        if customers is not None:
            return self._refresh_rows(company, today, customers)
        # A hundred thousand rows written a moment ago are unknown to the statistics: taken for a
        # handful, they would be joined row by row, which takes half an hour instead of seconds.
        [(usual,)] = self.env.execute_query(SQL("SELECT current_setting('enable_nestloop')"))
        setting = "SELECT set_config('enable_nestloop', %s, TRUE)"
        self.env.cr.execute(SQL(setting, "off"))
        changed = self._refresh_rows(company, today, None)
        self.env.cr.execute(SQL(setting, usual))
        return changed

    @api.model
    def _refresh_rows(self, company, today, customers):
        requirements = self.env["logistics.visit.requirement"]._requirements_sql(
            company, today, customers
        )
        scope = (
            SQL("AND customer_id IN %s", tuple(customers.ids) or (0,))
            if customers is not None
            else SQL()
        )
        columns = SQL(", ").join(SQL.identifier(name) for name in _COLUMNS)
        # grouped, not joined: after a hundred thousand new rows the statistics know nothing of
        # them, and every join the database would choose then is quadratic
        gone = self.env.execute_query(
            SQL(
                """
                DELETE FROM logistics_visit_status
                 WHERE id = ANY (ARRAY(
                       SELECT min(x.id)
                         FROM (SELECT id, customer_id, kind FROM logistics_visit_status
                                WHERE company_id = %(company)s %(scope)s
                                UNION ALL
                               SELECT NULL, r.customer_id, r.kind FROM %(requirements)s AS r
                                WHERE NOT r.dated OR r.before_date IS NOT NULL) x
                        GROUP BY x.customer_id, x.kind
                       HAVING count(*) = count(x.id)))
             RETURNING 1
                """,
                company=company.id,
                scope=scope,
                requirements=requirements,
            )
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH required AS MATERIALIZED (SELECT * FROM %(requirements)s AS r
                                   WHERE NOT r.dated OR r.before_date IS NOT NULL),
                done AS (
                    SELECT r.customer_id, r.kind, max(v.done_date) AS last_done
                      FROM required r
                      JOIN logistics_visit v
                        ON v.customer_id = r.customer_id AND v.kind = r.kind
                       AND v.state = 'done' AND v.done_date <= %(today)s
                     WHERE v.channel = ANY(r.counted)
                       AND (r.doers IS NULL OR v.user_id = ANY(r.doers))
                       AND (NOT r.dated OR v.done_date BETWEEN r.window_from AND r.before_date)
                     GROUP BY r.customer_id, r.kind
                ),
                open AS (
                    SELECT customer_id, kind, min(planned_date) AS planned_date
                      FROM logistics_visit
                     WHERE state = 'planned' AND planned_date >= %(today)s
                       AND company_id = %(company)s %(scope)s
                     GROUP BY customer_id, kind
                ),
                dated AS (
                    SELECT r.*, d.last_done, o.planned_date,
                           CASE WHEN r.dated THEN r.before_date
                                ELSE d.last_done + r.interval_days END AS next_due
                      FROM required r
                      LEFT JOIN done d ON d.customer_id = r.customer_id AND d.kind = r.kind
                      LEFT JOIN open o ON o.customer_id = r.customer_id AND o.kind = r.kind
                ),
                judged AS (
                    SELECT *,
                           CASE WHEN dated AND last_done IS NOT NULL THEN 'covered'
                                WHEN NOT dated AND next_due > %(today)s THEN 'covered'
                                WHEN planned_date IS NOT NULL THEN 'planned'
                                WHEN dated AND %(today)s <= before_date THEN 'due'
                                WHEN dated THEN 'overdue'
                                WHEN last_done IS NULL THEN 'never'
                                WHEN %(today)s <= next_due + tolerance_days THEN 'due'
                                ELSE 'overdue' END AS status,
                           CASE WHEN dated AND last_done IS NOT NULL THEN 0
                                WHEN dated THEN GREATEST(0, %(today)s - before_date)
                                WHEN last_done IS NULL THEN interval_days
                                ELSE GREATEST(0, %(today)s - next_due) END AS overdue_days
                      FROM dated
                )
                INSERT INTO logistics_visit_status AS s
                       (customer_id, kind, %(columns)s, value_class,
                        create_uid, create_date, write_uid, write_date)
                SELECT j.customer_id, j.kind, j.company_id, j.plan_id, j.override_id, j.user_id,
                       j.channel, j.interval_days, j.tolerance_days,
                       CASE WHEN j.dated THEN j.before_date END, j.last_done, j.next_due,
                       j.planned_date, j.status, j.overdue_days, j.overdue_days * j.weight,
                       c.value_class, %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM judged j JOIN logistics_customer c ON c.id = j.customer_id
                 ORDER BY j.customer_id, j.kind
                    ON CONFLICT (customer_id, kind) DO UPDATE
                   SET (%(columns)s, value_class, write_date) =
                       ROW(%(excluded)s, EXCLUDED.value_class, EXCLUDED.write_date)
                 WHERE (%(current)s, s.value_class)
                       IS DISTINCT FROM (%(excluded)s, EXCLUDED.value_class)
             RETURNING 1
                """,
                requirements=requirements,
                today=today,
                company=company.id,
                scope=scope,
                columns=columns,
                excluded=SQL(", ").join(SQL.identifier("excluded", name) for name in _COLUMNS),
                current=SQL(", ").join(SQL.identifier("s", name) for name in _COLUMNS),
                uid=self.env.uid,
            )
        )
        return len(rows) + len(gone)

    @api.model
    def _fold_customer(self, src_customer, dst_customer):
        """Statuses are derived: those of the folded account go, the survivor's are refreshed."""
        self.search([("customer_id", "=", src_customer.id)]).unlink()

    # ------------------------------------------------------------------ actions
    def action_plan_visit(self):
        """Open a new touch of this customer and kind, to be planned by hand."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.visit",
            "view_mode": "form",
            "name": self.env._("Plan a Touch"),
            "context": {
                "default_customer_id": self.customer_id.id,
                "default_kind": self.kind,
                "default_channel": self.channel,
                "default_user_id": self.user_id.id or self.env.uid,
                "default_planned_date": fields.Date.context_today(self),
            },
        }

    def action_plan_today(self):
        """Plan one touch of today for each of these, done by the current user.

        Customers who have a touch planned for today keep it and get no second one.
        """
        self.check_access("read")
        today = fields.Date.context_today(self)
        rows = self.filtered(lambda row: row.planned_date != today)
        return self.env["logistics.visit"].create(
            [
                {
                    "customer_id": row.customer_id.id,
                    "kind": row.kind,
                    "channel": row.channel,
                    "user_id": self.env.uid,
                    "planned_date": today,
                }
                for row in rows
            ]
        )
