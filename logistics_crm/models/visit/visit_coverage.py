# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat
from ...visit_kinds import KINDS
from ..customer.logistics_customer import CREDIT_GRADES, VALUE_CLASSES

_COLUMNS = [
    "company_id",
    "user_id",
    "value_class",
    "credit_grade_code",
    "area",
    "interval_days",
    "covered",
    "required",
    "done",
    "attained",
    "over",
    "debt_days",
    "channels_used",
    "as_of",
]


class LogisticsVisitCoverage(models.Model):
    """Month by month, how well each customer's requirement was met: frozen when the month ends.

    Representative, class and area are those of then, so that a customer who changes hands leaves
    the old figures with those who made them.
    """

    _name = "logistics.visit.coverage"
    _description = "Visit Coverage"
    _inherit = ["logistics.readonly.mixin"]
    _order = "month desc, customer_id, kind"
    _rec_name = "customer_id"

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    month = fields.Date(required=True, readonly=True, index=True, help="Its first day.")
    as_of = fields.Date(readonly=True, help="The last day of the month, or the last refresh.")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    credit_grade_code = fields.Selection(CREDIT_GRADES, string="Credit Grade", readonly=True)
    area = fields.Char(readonly=True)
    target = fields.Integer(default=1, readonly=True, string="Customers with a Target")
    covered = fields.Integer(
        string="Covered Customers",
        readonly=True,
        help="1 when a touch that counts lies no longer back than days between plus tolerance "
        "(for a date to be reached: in its window).",
    )
    coverage_rate = fields.Float(
        string="Coverage",
        compute="_compute_rate",
        store=True,
        readonly=True,
        aggregator="avg",
        help="Covered customers over customers with a target.",
    )
    interval_days = fields.Integer(string="Days Between", readonly=True, aggregator="avg")
    required = fields.Integer(
        string="Touches Required",
        readonly=True,
        help="In the twelve months up to then, or since the requirement began: whole intervals.",
    )
    done = fields.Integer(string="Touches Done", readonly=True, help="That count, in that time.")
    attained = fields.Integer(
        string="Touches Attained",
        readonly=True,
        help="Done, but no more than required: extra visits to easy customers hide no gaps. "
        "Attained over required is the frequency attainment.",
    )
    over = fields.Integer(
        string="Touches Beyond",
        readonly=True,
        help="Done beyond required. Beyond over done is the over-servicing.",
    )
    debt_days = fields.Integer(
        string="Visit Debt (days)", readonly=True, help="Days since the touch was due."
    )
    channels_used = KnownFloat(
        readonly=True,
        aggregator="avg",
        help="Different channels over all touches done in that time: 1 when every touch came "
        "another way. Empty: no touch.",
    )

    _once_uniq = models.UniqueIndex(
        "(customer_id, month, kind)", "One row per customer, month and kind."
    )

    @api.depends("covered")
    def _compute_rate(self):
        for row in self:
            row.coverage_rate = float(row.covered)

    @api.model
    def _refresh(self, company, today=None):
        """Write the rows of the month that ``today`` lies in, in two statements.

        Rows of earlier months are never written again: what was measured stays measured.

        :param company: the ``res.company``
        :param today: the day of knowledge, a date; the company's today when omitted
        :return: how many rows were written
        """
        status = self.env["logistics.visit.status"]
        today = today or status._today(company)
        status._refresh(company, today)
        year_ago = today - timedelta(days=365)
        columns = SQL(", ").join(SQL.identifier(name) for name in _COLUMNS)
        rows = self.env.execute_query(
            SQL(
                """
                WITH base AS (
                    SELECT s.*, p.who, p.before_date IS NOT NULL AND s.override_id IS NULL AS dated,
                           p.lead_days,
                           LEAST(365, %(today)s - GREATEST(
                               s.create_date::date, %(year_ago)s)) AS days
                      FROM logistics_visit_status s
                      LEFT JOIN logistics_visit_plan p ON p.id = s.plan_id
                     WHERE s.company_id = %(company)s
                ),
                counted AS (
                    SELECT r.customer_id, r.kind, count(*) AS done
                      FROM %(requirements)s AS r
                      JOIN base b ON b.customer_id = r.customer_id AND b.kind = r.kind
                      JOIN logistics_visit v
                        ON v.customer_id = r.customer_id AND v.kind = r.kind AND v.state = 'done'
                       AND v.channel = ANY(r.counted)
                       AND (r.doers IS NULL OR v.user_id = ANY(r.doers))
                       AND v.done_date <= %(today)s
                       AND v.done_date > CASE WHEN r.dated THEN r.window_from - 1
                                              ELSE %(today)s - b.days END
                     GROUP BY r.customer_id, r.kind
                ),
                variety AS (
                    SELECT customer_id,
                           count(DISTINCT channel)::float8 / LEAST(count(*), 6) AS channels_used
                      FROM logistics_visit
                     WHERE company_id = %(company)s AND state = 'done'
                       AND done_date > %(year_ago)s AND done_date <= %(today)s
                     GROUP BY customer_id
                ),
                measured AS (
                    SELECT b.customer_id, b.kind, b.company_id, b.user_id, c.value_class,
                           c.credit_grade_code,
                           COALESCE(NULLIF(p.city, ''), st.name) AS area, b.interval_days,
                           CASE WHEN b.dated THEN (b.last_done IS NOT NULL)::int
                                ELSE (b.last_done IS NOT NULL AND
                                      b.last_done + b.interval_days + b.tolerance_days
                                      >= %(today)s)::int END AS covered,
                           CASE WHEN b.dated THEN 1
                                ELSE b.days / b.interval_days END AS required,
                           COALESCE(n.done, 0) AS done, b.overdue_days AS debt_days,
                           v.channels_used
                      FROM base b
                      JOIN logistics_customer c ON c.id = b.customer_id
                      JOIN res_partner p ON p.id = c.partner_id
                      LEFT JOIN res_country_state st ON st.id = p.state_id
                      LEFT JOIN counted n ON n.customer_id = b.customer_id AND n.kind = b.kind
                      LEFT JOIN variety v ON v.customer_id = b.customer_id
                )
                INSERT INTO logistics_visit_coverage AS t
                       (customer_id, month, kind, target, coverage_rate, %(columns)s,
                        create_uid, create_date, write_uid, write_date)
                SELECT customer_id, date_trunc('month', %(today)s::date)::date, kind, 1, covered,
                       company_id, user_id, value_class, credit_grade_code, area, interval_days,
                       covered, required, done, LEAST(done, required),
                       GREATEST(0, done - required), debt_days, channels_used, %(today)s,
                       %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM measured
                 ORDER BY customer_id, kind
                    ON CONFLICT (customer_id, month, kind) DO UPDATE
                   SET (%(columns)s, coverage_rate, write_date) =
                       ROW(%(excluded)s, EXCLUDED.coverage_rate, EXCLUDED.write_date)
                 WHERE t.as_of <= EXCLUDED.as_of
             RETURNING 1
                """,
                requirements=self.env["logistics.visit.requirement"]._requirements_sql(
                    company, today
                ),
                company=company.id,
                today=SQL("%s::date", today),
                year_ago=SQL("%s::date", year_ago),
                columns=columns,
                excluded=SQL(", ").join(SQL.identifier("excluded", name) for name in _COLUMNS),
                uid=self.env.uid,
            )
        )
        self.invalidate_model()
        return len(rows)

    @api.model
    def _fold_customer(self, src_customer, dst_customer):
        """Months both accounts have stay the survivor's; the others move to it."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM logistics_visit_coverage s
                 USING logistics_visit_coverage d
                 WHERE s.customer_id = %s AND d.customer_id = %s
                   AND d.month = s.month AND d.kind = s.kind
                """,
                src_customer.id,
                dst_customer.id,
            )
        )
        self.invalidate_model()
