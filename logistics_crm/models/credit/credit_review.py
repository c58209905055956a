# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary
from ..customer.logistics_customer import CREDIT_GRADES
from ..trading.logistics_customer_figures import LEDGER_GROUPS
from .logistics_customer_grade import GRADE_BASES, RULE_NAMES

REVIEW_KINDS = [
    ("first", "First grade"),
    ("periodic", "Periodic review"),
    ("manual", "Review on demand"),
    ("fall", "Fell between reviews"),
]


class LogisticsCreditReview(models.Model):
    """What a review found: one dated row per customer, never changed afterwards."""

    _name = "logistics.credit.review"
    _description = "Credit Review"
    _inherit = "logistics.unknown.last.mixin"
    _order = "as_of desc, customer_id"
    _rec_name = "customer_id"
    # Written by the system, 100,000 at a time: two foreign keys less to check, and `kind` says why.
    _log_access = False

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    as_of = fields.Date(string="Reviewed On", required=True, readonly=True, index=True)
    kind = fields.Selection(REVIEW_KINDS, required=True, readonly=True)
    grade = fields.Selection(
        CREDIT_GRADES,
        readonly=True,
        help="The grade that counted after this review. Empty: not rated.",
    )
    previous_grade = fields.Selection(
        CREDIT_GRADES, readonly=True, help="The grade that counted after the review before."
    )
    computed_grade = fields.Selection(
        CREDIT_GRADES,
        string="By the Rules",
        readonly=True,
        help="What the rules alone said on this day.",
    )
    settled_grade = fields.Selection(
        CREDIT_GRADES,
        string="By Reviews",
        readonly=True,
        help="What the rules said over the reviews, without overrides and bad faith.",
    )
    movement = fields.Selection(
        [("up", "Rose"), ("same", "Kept"), ("down", "Fell"), ("first", "First")],
        readonly=True,
    )
    basis = fields.Selection(GRADE_BASES, readonly=True)
    rule = fields.Selection(RULE_NAMES, string="Deciding Rule", readonly=True)
    policy_version = fields.Integer(readonly=True, aggregator=None)
    invoice_count_due = fields.Integer(string="Items Due", readonly=True)
    late_share = KnownFloat(readonly=True, aggregator="avg")
    average_days_late = KnownFloat(string="Mean Days Late", readonly=True, aggregator="avg")
    overdue_oldest_days = fields.Integer(
        string="Oldest Overdue (days)", readonly=True, aggregator="max"
    )
    overdue_share = KnownFloat(readonly=True, aggregator="avg", groups=LEDGER_GROUPS)
    open_amount = KnownMonetary(readonly=True, groups=LEDGER_GROUPS)
    overdue_amount = KnownMonetary(string="Overdue", readonly=True, groups=LEDGER_GROUPS)

    _customer_day_uniq = models.UniqueIndex(
        "(customer_id, as_of DESC)", "A customer is reviewed once a day."
    )

    @api.depends("customer_id", "as_of")
    def _compute_display_name(self):
        for review in self:
            review.display_name = f"{review.customer_id.display_name} ({review.as_of})"

    @api.model
    def _fold_customer(self, source, destination):
        """Two accounts became one: reviews of days both have stay the destination's."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM logistics_credit_review r
                      USING logistics_credit_review d
                      WHERE r.customer_id = %s AND d.customer_id = %s AND d.as_of = r.as_of
                """,
                source.id,
                destination.id,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE logistics_credit_review SET customer_id = %s WHERE customer_id = %s",
                destination.id,
                source.id,
            )
        )
        self.invalidate_model()


class LogisticsCustomer(models.Model):
    """Reviewing customers: the grade settles, and the review is written down."""

    _inherit = "logistics.customer"

    credit_review_ids = fields.One2many(
        "logistics.credit.review", "customer_id", string="Credit Reviews", readonly=True
    )

    @api.model
    def _review_grades(self, as_of=None, company=None, kind="periodic"):
        """Review all customers on a day, in a number of statements that does not grow.

        A grade rises when as many consecutive reviews as the policy asks for, this one
        included, found a better one (to the worst of what they found), and falls likewise (to
        the best of what they found). A day already reviewed stays as it is, so that the job can
        be started again. Customers without a grade now or before get no row.

        :param as_of: date or ISO text, today when omitted; nothing dated later is looked at
        :param company: limit to this ``res.company``
        :param kind: one of the kinds of a review
        :return: the number of customers reviewed
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        self.env.flush_all()
        self._plan_in_bulk()
        # A table of its own: PostgreSQL reads in parallel for that, never for an INSERT, and it
        # then knows how many customers there are.
        self.env.cr.execute("DROP TABLE IF EXISTS pg_temp.logistics_review_pay")
        self.env.cr.execute(
            SQL(
                "CREATE TEMP TABLE logistics_review_pay ON COMMIT DROP AS %s",
                self._payment_figures_sql(as_of, company, None),
            )
        )
        self.env.cr.execute("ANALYZE logistics_review_pay")
        rows = self.env.execute_query(
            SQL(
                """
                WITH found AS MATERIALIZED (
                    SELECT x.id, x.company_id, p.raw_grade, p.grade_rule,
                           COALESCE(p.due_count, 0) AS due_count, p.late_share,
                           p.average_days_late, p.overdue_oldest_days, p.overdue_share,
                           CASE WHEN p.open_unknown THEN NULL
                                ELSE COALESCE(p.open_amount, 0) END AS open_amount,
                           CASE WHEN p.overdue_unknown THEN NULL
                                ELSE COALESCE(p.overdue_amount, 0) END AS overdue_amount,
                           rv.id AS review_id, rv.grade AS previous_grade,
                           %(settled)s AS settled,
                           bf.id AS bad_faith_id, ov.id AS override_id, ov.grade AS ov_grade
                      FROM logistics_customer x
                      LEFT JOIN logistics_review_pay p ON p.partner_id = x.partner_id
                                     AND p.company_id = x.company_id
                      %(joins)s
                      %(earlier)s
                     WHERE %(scope)s
                )
                INSERT INTO logistics_credit_review
                    (customer_id, company_id, as_of, kind, grade, previous_grade,
                     computed_grade, settled_grade, movement, basis, rule, policy_version,
                     invoice_count_due, late_share, average_days_late, overdue_oldest_days,
                     overdue_share, open_amount, overdue_amount)
                SELECT f.id, f.company_id, %(as_of)s, %(kind)s, e.grade, f.previous_grade,
                       f.raw_grade, f.settled,
                       CASE WHEN f.previous_grade IS NULL OR e.grade IS NULL THEN
                                 CASE WHEN f.review_id IS NULL THEN 'first' ELSE 'same' END
                            WHEN e.grade < f.previous_grade THEN 'up'
                            WHEN e.grade > f.previous_grade THEN 'down' ELSE 'same' END,
                       CASE WHEN f.bad_faith_id IS NOT NULL THEN 'bad_faith'
                            WHEN f.override_id IS NOT NULL THEN 'override'
                            WHEN f.settled IS NULL THEN NULL
                            WHEN f.settled = f.raw_grade THEN 'rules' ELSE 'review' END,
                       f.grade_rule, pol.version,
                       f.due_count, f.late_share, f.average_days_late,
                       COALESCE(f.overdue_oldest_days, 0), f.overdue_share, f.open_amount,
                       f.overdue_amount
                  FROM found f
                  JOIN %(policy)s AS pol ON pol.company_id = f.company_id
                  CROSS JOIN LATERAL (
                       SELECT CASE WHEN f.bad_faith_id IS NOT NULL THEN 'D'
                                   WHEN f.override_id IS NOT NULL THEN f.ov_grade
                                   ELSE f.settled END AS grade) e
                 WHERE e.grade IS NOT NULL OR f.raw_grade IS NOT NULL OR f.review_id IS NOT NULL
                    ON CONFLICT (customer_id, as_of) DO NOTHING
             RETURNING customer_id
                """,
                settled=self._reviewed_grade_sql(),
                joins=self._grade_joins_sql(as_of),
                earlier=self._earlier_reviews_sql(as_of),
                scope=SQL("x.company_id = %s", company.id) if company else SQL("TRUE"),
                policy=self._grading_policy_sql(as_of, company),
                as_of=as_of,
                kind=kind,
            )
        )
        self.env.execute_query(
            SQL(
                """
                UPDATE logistics_customer c
                   SET credit_grade_code = r.grade, credit_grade_computed = r.computed_grade,
                       credit_grade_basis = r.basis, credit_grade_rule = r.rule
                  FROM logistics_credit_review r
                 WHERE r.customer_id = c.id AND r.as_of = %(as_of)s
                   AND (c.figures_as_of IS NULL OR c.figures_as_of <= %(as_of)s)
                   AND (c.credit_grade_code, c.credit_grade_computed, c.credit_grade_basis,
                        c.credit_grade_rule)
                       IS DISTINCT FROM (r.grade, r.computed_grade, r.basis, r.rule)
                   AND %(scope)s
             RETURNING c.id
                """,
                as_of=as_of,
                scope=SQL("c.company_id = %s", company.id) if company else SQL("TRUE"),
            )
        )
        self.invalidate_model()
        self.env["logistics.credit.review"].invalidate_model()
        return len(rows)

    @api.model
    def _plan_in_bulk(self):
        """Switch PostgreSQL's compiler off until the end of the transaction.

        Compiling one statement over all customers takes longer than running it, more than
        twice as long in all at 20,000 customers.
        """
        self.env.cr.execute("SET LOCAL jit = off")

    @api.model
    def _earlier_reviews_sql(self, as_of):
        """``hist.computed``: what earlier reviews of ``x`` found, the latest first."""
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT array_agg(r.computed_grade ORDER BY r.as_of DESC) AS computed
                  FROM (SELECT computed_grade, as_of FROM logistics_credit_review
                         WHERE customer_id = x.id AND as_of < %s
                         ORDER BY as_of DESC LIMIT 11) r) hist ON rv.id IS NOT NULL
            """,
            as_of,
        )

    @api.model
    def _reviewed_grade_sql(self):
        """The settled grade after this review (see `_review_grades`)."""
        consecutive = (
            "(SELECT CASE WHEN count(h) = p.%(times)s - 1 THEN %(pick)s(%(agg)s(h), p.raw_grade)"
            " END FROM unnest(hist.computed[1:p.%(times)s - 1]) AS h)"
        )
        rise = SQL(consecutive % {"times": "reviews_to_rise", "pick": "GREATEST", "agg": "max"})
        fall = SQL(consecutive % {"times": "reviews_to_fall", "pick": "LEAST", "agg": "min"})
        return SQL(
            """
            CASE WHEN rv.settled_grade IS NULL THEN p.raw_grade
                 WHEN p.raw_grade IS NULL
                      THEN CASE WHEN p.overdue_oldest_days > 0 THEN rv.settled_grade END
                 WHEN p.raw_grade < rv.settled_grade THEN LEAST(%(rise)s, rv.settled_grade)
                 WHEN p.raw_grade > rv.settled_grade THEN GREATEST(%(fall)s, rv.settled_grade)
                 ELSE rv.settled_grade END
            """,
            rise=rise,
            fall=fall,
        )

    @api.model
    def _record_grade_changes(self, as_of, company):
        """Write down, after the figures were refreshed, who was graded first or fell.

        Hysteresis starts with the first grade, and a fall between two reviews must be risen
        from like any other. From the refreshed figures, without another look at documents.

        :return: the number of reviews written
        """
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO logistics_credit_review
                    (customer_id, company_id, as_of, kind, grade, previous_grade,
                     computed_grade, settled_grade, movement, basis, rule, policy_version,
                     invoice_count_due, late_share, average_days_late, overdue_oldest_days,
                     overdue_share, open_amount, overdue_amount)
                SELECT c.id, c.company_id, %(as_of)s,
                       CASE WHEN rv.id IS NULL THEN 'first' ELSE 'fall' END,
                       c.credit_grade_code, rv.grade, c.credit_grade_computed,
                       c.credit_grade_computed,
                       CASE WHEN rv.grade IS NULL THEN 'first'
                            WHEN c.credit_grade_code > rv.grade THEN 'down'
                            WHEN c.credit_grade_code < rv.grade THEN 'up' ELSE 'same' END,
                       c.credit_grade_basis, c.credit_grade_rule, pol.version,
                       c.invoice_count_due, c.late_share, c.average_days_late,
                       c.overdue_oldest_days, c.overdue_share, c.open_amount, c.overdue_amount
                  FROM logistics_customer c
                  JOIN %(policy)s AS pol ON pol.company_id = c.company_id
                  LEFT JOIN LATERAL (
                       SELECT r.id, r.grade, r.settled_grade FROM logistics_credit_review r
                        WHERE r.customer_id = c.id AND r.as_of <= %(as_of)s
                        ORDER BY r.as_of DESC LIMIT 1) rv ON TRUE
                 WHERE c.company_id = %(company)s AND c.figures_as_of = %(as_of)s
                   AND c.credit_grade_computed IS NOT NULL
                   AND (rv.settled_grade IS NULL
                        OR pol.reviews_to_fall = 1
                           AND c.credit_grade_computed > rv.settled_grade)
                    ON CONFLICT (customer_id, as_of) DO NOTHING
             RETURNING customer_id
                """,
                policy=self._grading_policy_sql(as_of, company),
                company=company.id,
                as_of=as_of,
            )
        )
        self.env["logistics.credit.review"].invalidate_model()
        return len(rows)
