# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL

from .credit_grade_policy import GRADE_RULES

# Shares are quotients of floats: a third held against a third must not be told "above".
EPSILON = 1e-7
# A customer of grade C is compared with the last review at least this many days ago.
WATCH_DAYS = 30
# Overdue longer than this is a sign by itself that grade C turns into grade D.
WATCH_OLD_DAYS = 90


class LogisticsCustomer(models.Model):
    """The grading of all customers, as pieces of SQL around one pass over the settlement items.

    Aliases used by all pieces: ``x`` account, ``p`` payment figures with the grade the rules
    give, ``rv`` last review, ``w`` the review compared with for the watch list, ``ov`` override
    in force, ``bf`` confirmed bad faith in force, ``t`` and ``g`` trade, ``co`` company.
    """

    _inherit = "logistics.customer"

    @api.model
    def _grading_policy_sql(self, as_of, company):
        """The grading rules of a day as a subquery: one row per company."""
        companies = company or self.env["res.company"].sudo().search(
            [("active", "in", (True, False))]
        )
        policies = self.env["logistics.credit.policy"]._for_companies(companies)
        rows = []
        for policy in policies.values():
            values = policy._grading_values(as_of)
            limits = [
                SQL("%s::float8", values[grade, rule.code])
                for grade in "AB"
                for rule in GRADE_RULES
            ]
            rows.append(
                SQL(
                    "(%s, %s, %s::date, %s, %s, %s, %s, %s)",
                    values["company_id"],
                    values["version"],
                    values["window_from"],
                    values["grace_days"],
                    values["minimum_items"],
                    values["reviews_to_rise"],
                    values["reviews_to_fall"],
                    SQL(", ").join(limits),
                )
            )
        names = [
            SQL.identifier(f"{grade}_{rule.code}".lower()) for grade in "AB" for rule in GRADE_RULES
        ]
        return SQL(
            "(SELECT * FROM (VALUES %s) AS v (company_id, version, window_from, grace_days,"
            " minimum_items, reviews_to_rise, reviews_to_fall, %s))",
            SQL(", ").join(rows),
            SQL(", ").join(names),
        )

    @api.model
    def _broken_promises_sql(self, as_of, company, partner_ids):
        """Return a subquery of the promises of payment broken in the policy's window.

        Columns ``company_id``, ``partner_id`` (commercial entity), ``broken``; at most one row
        for each pair. A customer without a row, or with NULL, has no promises recorded: no rule
        is decided by them. The window of each company is ``window_from`` (exclusive) to
        ``as_of`` in ``_grading_policy_sql``. Whoever keeps promises answers here; empty, as long
        as nobody does.

        :param as_of: the day of knowledge, a date; later events are not looked at
        :param company: limit to this ``res.company``, or None
        :param partner_ids: limit to these commercial entities, or None
        """
        return SQL()

    @api.model
    def _payment_figures_sql(self, as_of, company, partner_ids):
        """Payment figures and the grade the rules give, ``raw_grade`` (NULL: not rated).

        ``grade_rule`` is the first rule that keeps the customer from the next better grade,
        'minimum' when too few items fell due.
        """
        promises = self._broken_promises_sql(as_of, company, partner_ids)
        q_figures = SQL(
            """
            SELECT q.*,
                   CASE WHEN q.due_known = q.due_count AND q.due_amount > 0
                        THEN COALESCE(q.overdue_late_amount,
                                      CASE WHEN q.overdue_oldest_days IS NULL THEN 0 END)
                             / q.due_amount END::float8 AS overdue_share,
                   q.late_count::float8 / NULLIF(q.due_count, 0) AS late_share,
                   %(broken)s AS broken_promises
              FROM (%(figures)s) q
              %(promises)s
            """,
            broken=SQL("pr.broken::float8") if promises else SQL("NULL::float8"),
            promises=SQL(
                "LEFT JOIN %s AS pr ON pr.company_id = q.company_id"
                " AND pr.partner_id = q.partner_id",
                promises,
            )
            if promises
            else SQL(),
            figures=super()._payment_figures_sql(as_of, company, partner_ids),
        )
        breaches = {
            grade: [
                (
                    rule.code,
                    SQL(
                        "f.%s > pol.%s + %s",
                        SQL.identifier(rule.figure),
                        SQL.identifier(f"{grade}_{rule.code}".lower()),
                        EPSILON,
                    ),
                )
                for rule in GRADE_RULES
            ]
            for grade in "AB"
        }
        return SQL(
            """
            SELECT f.*, pol.reviews_to_rise, pol.reviews_to_fall,
                   CASE WHEN f.due_count < pol.minimum_items THEN NULL
                        WHEN %(not_b)s THEN 'C'
                        WHEN %(not_a)s THEN 'B'
                        ELSE 'A' END AS raw_grade,
                   CASE WHEN f.due_count < pol.minimum_items THEN 'minimum'
                        %(rules)s END AS grade_rule
              FROM (%(figures)s) f
              JOIN %(policy)s AS pol ON pol.company_id = f.company_id
            """,
            not_b=SQL(" OR ").join(breach for _code, breach in breaches["B"]),
            not_a=SQL(" OR ").join(breach for _code, breach in breaches["A"]),
            rules=SQL(" ").join(
                SQL("WHEN %s THEN %s", breach, code)
                for grade in "BA"
                for code, breach in breaches[grade]
            ),
            figures=q_figures,
            policy=self._grading_policy_sql(as_of, company),
        )

    @api.model
    def _grade_joins_sql(self, as_of):
        """What people and earlier reviews say about the account ``x`` on a day."""
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT r.id, r.settled_grade, r.grade, r.as_of
                  FROM logistics_credit_review r
                 WHERE r.customer_id = x.id AND r.as_of <= %(as_of)s
                 ORDER BY r.as_of DESC LIMIT 1) rv ON TRUE
            LEFT JOIN LATERAL (
                SELECT r.late_share, r.overdue_amount
                  FROM logistics_credit_review r
                 WHERE r.customer_id = x.id AND r.as_of <= %(as_of)s::date - %(watch_days)s
                   AND (p.raw_grade = 'C' OR rv.settled_grade = 'C')
                 ORDER BY r.as_of DESC LIMIT 1) w ON TRUE
            LEFT JOIN (
                SELECT DISTINCT ON (o.customer_id) o.customer_id, o.id, o.grade
                  FROM logistics_credit_override o
                 WHERE o.date_from <= %(as_of)s AND o.date_to >= %(as_of)s
                 ORDER BY o.customer_id, o.id DESC) ov ON ov.customer_id = x.id
            LEFT JOIN (
                SELECT DISTINCT ON (b.customer_id) b.customer_id, b.id
                  FROM logistics_credit_bad_faith b
                 WHERE b.confirmed_on <= %(as_of)s
                   AND (b.closed_on IS NULL OR b.closed_on > %(as_of)s)
                 ORDER BY b.customer_id, b.id) bf ON bf.customer_id = x.id
            """,
            as_of=as_of,
            watch_days=WATCH_DAYS,
        )

    @api.model
    def _settled_grade_sql(self):
        """The grade between reviews, without overrides: it falls at once and rises by reviews.

        While money is overdue a grade is not lost to "not rated", however few items fell due.
        """
        return SQL(
            """
            CASE WHEN rv.settled_grade IS NULL THEN p.raw_grade
                 WHEN p.raw_grade IS NULL
                      THEN CASE WHEN p.overdue_oldest_days > 0 THEN rv.settled_grade END
                 WHEN p.raw_grade > rv.settled_grade AND p.reviews_to_fall = 1 THEN p.raw_grade
                 ELSE rv.settled_grade END
            """
        )

    @api.model
    def _effective_grade_sql(self, settled):
        """Confirmed bad faith is D whatever else is set; then overrides; then the rules."""
        return SQL(
            "CASE WHEN bf.id IS NOT NULL THEN 'D' WHEN ov.id IS NOT NULL THEN ov.grade ELSE %s END",
            settled,
        )

    @api.model
    def _grade_basis_sql(self, settled):
        return SQL(
            """
            CASE WHEN bf.id IS NOT NULL THEN 'bad_faith'
                 WHEN ov.id IS NOT NULL THEN 'override'
                 WHEN (%(settled)s) IS NULL THEN NULL
                 WHEN (%(settled)s) IS NOT DISTINCT FROM p.raw_grade THEN 'rules'
                 ELSE 'review' END
            """,
            settled=settled,
        )

    @api.model
    def _grade_columns_sql(self, as_of):
        """Assignments of everything the figures refresh keeps about the grade."""
        settled = self._settled_grade_sql()
        effective = self._effective_grade_sql(settled)
        signs = self._watch_signs_sql(as_of)
        return SQL(
            """
            credit_grade_code = %(effective)s,
            credit_grade_computed = p.raw_grade,
            credit_grade_rule = p.grade_rule,
            credit_grade_basis = %(basis)s,
            overdue_oldest_days = COALESCE(p.overdue_oldest_days, 0),
            overdue_share = p.overdue_share,
            credit_watch_signs = CASE WHEN (%(effective)s) = 'C' THEN NULLIF(%(signs)s, '') END,
            credit_watch_count = CASE WHEN (%(effective)s) = 'C' THEN
                COALESCE(cardinality(string_to_array(NULLIF(%(signs)s, ''), ',')), 0)
                ELSE 0 END
            """,
            effective=effective,
            basis=self._grade_basis_sql(settled),
            signs=signs,
        )

    @api.model
    def _watch_signal_sql(self, as_of):
        """Whether a warning signal of the account ``x`` stands on a day."""
        return SQL(
            """
            EXISTS (SELECT FROM logistics_credit_signal s
                     WHERE s.customer_id = x.id AND s.date <= %(as_of)s
                       AND (s.date_until IS NULL OR s.date_until >= %(as_of)s)
                       AND (s.state = 'active' OR s.closed_on > %(as_of)s::date + 1))
            """,
            as_of=as_of,
        )

    @api.model
    def _watch_signs_sql(self, as_of):
        """Signs that a customer of grade C turns bad, as codes joined by commas.

        ``later`` a larger share is late than at the compared review, ``more`` more is overdue,
        ``older`` something is overdue for very long, ``silent`` stopped buying while owing,
        ``promise`` a promise was broken, ``signal`` a warning signal stands.
        """
        return SQL(
            """
            concat_ws(',',
                CASE WHEN p.late_share > w.late_share + %(epsilon)s THEN 'later' END,
                CASE WHEN p.overdue_amount > w.overdue_amount THEN 'more' END,
                CASE WHEN p.overdue_oldest_days > %(old)s THEN 'older' END,
                CASE WHEN p.overdue_oldest_days > 0
                      AND (%(stage)s) IN ('at_risk', 'dormant', 'lost') THEN 'silent' END,
                CASE WHEN p.broken_promises > 0 THEN 'promise' END,
                CASE WHEN %(signal)s THEN 'signal' END)
            """,
            epsilon=EPSILON,
            old=WATCH_OLD_DAYS,
            stage=self._lifecycle_sql(as_of),
            signal=self._watch_signal_sql(as_of),
        )
