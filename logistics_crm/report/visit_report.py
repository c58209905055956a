# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ..fields_unknown import KnownFloat, KnownMonetary
from ..models.customer.logistics_customer import CREDIT_GRADES, VALUE_CLASSES
from ..visit_kinds import CHANNELS, KINDS, RESULTS, STATES

# What a touch brought is looked for this long after it.
YIELD_DAYS = 30


class LogisticsVisitReport(models.Model):
    """Touches to pivot and graph: kept to plan or not, what they cost and what followed.

    An order, a payment or a complaint closed within thirty days is counted once, for the last
    touch before it.
    """

    _name = "logistics.visit.report"
    _description = "Visit Analysis"
    _inherit = "logistics.unknown.last.mixin"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "customer_id"
    _depends = {
        "logistics.visit": ["state", "done_date", "planned_date", "cost", "result", "channel"],
        "logistics.customer": ["user_id", "value_class", "credit_grade_code"],
        "sale.order": ["state", "date_order", "amount_untaxed", "partner_id"],
        "account.move.line": ["balance", "date", "parent_state"],
        "logistics.complaint": ["state", "closed_on", "customer_id"],
    }

    visit_id = fields.Many2one("logistics.visit", readonly=True)
    date = fields.Date(readonly=True, help="Done on, else planned for.")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    customer_id = fields.Many2one("logistics.customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    credit_grade_code = fields.Selection(CREDIT_GRADES, string="Credit Grade", readonly=True)
    city = fields.Char(string="Area", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    state = fields.Selection(STATES, readonly=True)
    result = fields.Selection(RESULTS, readonly=True)
    touch_count = fields.Integer(string="Touches", readonly=True)
    done_count = fields.Integer(string="Done", readonly=True)
    on_day_rate = KnownFloat(
        string="Plan Compliance",
        readonly=True,
        aggregator="avg",
        help="Done on the planned day, over all that were planned for a day that has passed.",
    )
    late_rate = KnownFloat(string="Late", readonly=True, aggregator="avg")
    missed_rate = KnownFloat(string="Missed", readonly=True, aggregator="avg")
    response_rate = KnownFloat(
        string="Response",
        readonly=True,
        aggregator="avg",
        help="Share of the done touches with a result in which the customer was reached.",
    )
    far_rate = KnownFloat(
        string="Off Site",
        readonly=True,
        aggregator="avg",
        help="Share of the check-ins with a known distance that were far from the address.",
    )
    cost = KnownMonetary(readonly=True)
    cost_per_touch = KnownMonetary(
        string="Cost per Touch",
        readonly=True,
        aggregator="avg",
        help="Of the done touches whose cost is known: time at the hourly cost, travel and gift.",
    )
    time_spent = KnownFloat(string="Time Spent (hours)", readonly=True)
    facts_gained = fields.Integer(readonly=True)
    facts_per_touch = KnownFloat(
        string="Facts per Touch",
        readonly=True,
        aggregator="avg",
        help="Facts of the file newly learned or confirmed, over the done touches.",
    )
    orders = fields.Integer(string="Orders (30 days)", readonly=True)
    order_amount = fields.Monetary(
        string="Ordered (30 days)",
        readonly=True,
        help="Untaxed, company currency, confirmed within thirty days after the touch.",
    )
    collected = fields.Monetary(
        string="Collected (30 days)",
        readonly=True,
        groups="logistics_crm.group_credit_controller,logistics_crm.group_manager",
        help="Payments allocated to receivables within thirty days after the touch, company "
        "currency.",
    )

    complaints_closed = fields.Integer(
        string="Complaints Closed (30 days)",
        readonly=True,
        help="Complaints of the customer closed within thirty days after the touch; refused and "
        "cancelled ones do not count.",
    )

    @property
    def _table_query(self) -> SQL:
        return self._report_sql()

    @api.model
    def _report_sql(self, scope=None):
        """One row per touch.

        :param scope: condition on ``logistics_visit v`` that limits for which done touches is
            looked up what followed; all by default. It may not leave out a later touch.
        """
        return SQL(
            """
            WITH touched AS (
                SELECT v.id, v.company_id, v.customer_id, c.partner_id, v.done_date,
                       LEAST(v.done_date + %(days)s,
                             COALESCE(lead(v.done_date) OVER (
                                 PARTITION BY v.customer_id ORDER BY v.done_date, v.id) - 1,
                                 'infinity'::date)) AS until
                  FROM logistics_visit v JOIN logistics_customer c ON c.id = v.customer_id
                 WHERE v.state = 'done' AND %(scope)s
            ),
            ordered AS (
                SELECT t.id, count(*) AS orders,
                       sum(so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1)) AS amount
                  FROM touched t
                  JOIN res_partner p ON p.commercial_partner_id = t.partner_id
                  JOIN sale_order so ON so.partner_id = p.id AND so.company_id = t.company_id
                   AND so.state = 'sale'
                   AND so.date_order::date BETWEEN t.done_date AND t.until
                 GROUP BY t.id
            ),
            collected AS (
                SELECT t.id, sum(r.amount) AS amount
                  FROM touched t
                  JOIN res_partner p ON p.commercial_partner_id = t.partner_id
                  JOIN account_move_line l ON l.partner_id = p.id
                   AND l.company_id = t.company_id AND l.parent_state = 'posted'
                  JOIN account_account a ON a.id = l.account_id
                   AND a.account_type = 'asset_receivable'
                  JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                   AND r.max_date BETWEEN t.done_date AND t.until
                  JOIN account_move_line cl ON cl.id = r.credit_move_id
                  JOIN account_move cm ON cm.id = cl.move_id AND cm.move_type <> 'out_refund'
                 GROUP BY t.id
            ),
            settled AS (
                SELECT t.id, count(*) AS complaints
                  FROM touched t
                  JOIN logistics_complaint k ON k.customer_id = t.customer_id
                   AND k.state = 'closed' AND k.closed_on BETWEEN t.done_date AND t.until
                 GROUP BY t.id
            )
            SELECT v.id, v.id AS visit_id, COALESCE(v.done_date, v.planned_date) AS date,
                   v.company_id, co.currency_id, v.customer_id, v.user_id, c.value_class,
                   c.credit_grade_code, p.city, v.kind, v.channel, v.state, v.result,
                   1 AS touch_count, (v.state = 'done')::int AS done_count,
                   CASE WHEN v.state = 'missed' THEN 0
                        WHEN v.state = 'done' THEN (v.done_date = v.planned_date)::int END::float8
                       AS on_day_rate,
                   CASE WHEN v.state = 'missed' THEN 0
                        WHEN v.state = 'done' THEN (v.done_date > v.planned_date)::int END::float8
                       AS late_rate,
                   CASE WHEN v.state IN ('done', 'missed') THEN (v.state = 'missed')::int
                        END::float8 AS missed_rate,
                   CASE WHEN v.state = 'done' AND v.result IS NOT NULL
                        THEN (v.result <> 'no_response')::int END::float8 AS response_rate,
                   CASE WHEN v.distance_m IS NOT NULL THEN (v.presence = 'far')::int END::float8
                       AS far_rate,
                   v.cost, CASE WHEN v.state = 'done' THEN v.cost END AS cost_per_touch,
                   v.time_spent, COALESCE(v.facts_gained, 0) AS facts_gained,
                   CASE WHEN v.state = 'done' THEN COALESCE(v.facts_gained, 0) END::float8
                       AS facts_per_touch,
                   COALESCE(o.orders, 0) AS orders, COALESCE(o.amount, 0) AS order_amount,
                   COALESCE(m.amount, 0) AS collected,
                   COALESCE(k.complaints, 0) AS complaints_closed
              FROM logistics_visit v
              JOIN logistics_customer c ON c.id = v.customer_id
              JOIN res_partner p ON p.id = c.partner_id
              JOIN res_company co ON co.id = v.company_id
              LEFT JOIN ordered o ON o.id = v.id
              LEFT JOIN collected m ON m.id = v.id
              LEFT JOIN settled k ON k.id = v.id
            """,
            days=YIELD_DAYS,
            scope=scope or SQL("TRUE"),
        )

    @api.model
    def _month_figures(self, company, month):
        """What the touches of one month cost and brought, in one statement.

        Rates and averages are of the touches they are known of; amounts in company currency.

        :param company: the ``res.company``
        :param month: its first day, a date
        :return: ``{(user id, kind): dict}`` with ``plan_compliance``, ``response``,
            ``cost_per_touch``, ``facts_per_touch``, ``order_amount``, ``collected`` and
            ``complaints_closed``; what followed is unknown where nothing was done
        """
        self.env["logistics.visit"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT user_id, kind, avg(on_day_rate) AS plan_compliance,
                       avg(response_rate) AS response, avg(cost_per_touch) AS cost_per_touch,
                       avg(facts_per_touch) AS facts_per_touch,
                       sum(order_amount) FILTER (WHERE done_count = 1) AS order_amount,
                       sum(collected) FILTER (WHERE done_count = 1) AS collected,
                       sum(complaints_closed) FILTER (WHERE done_count = 1) AS complaints_closed
                  FROM (%(report)s) r
                 WHERE company_id = %(company)s
                   AND date >= %(month)s AND date < %(month)s + interval '1 month'
                 GROUP BY user_id, kind
                """,
                report=self._report_sql(
                    SQL("v.company_id = %s AND v.done_date >= %s", company.id, month)
                ),
                company=company.id,
                month=SQL("%s::date", month),
            )
        )
        return {(row.pop("user_id"), row.pop("kind")): row for row in rows}
