# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# A broken promise makes a case urgent for so long.
BROKEN_URGENT_DAYS = 60


class LogisticsCollectionCase(models.Model):
    """Who owes what, and which step is due when: set-based, for all customers of a company."""

    _inherit = "logistics.collection.case"

    @api.model
    def _collect_items_sql(self, as_of, company, partner_ids=None):
        """Return a subquery of the open items of a company with what collections do about them.

        Columns of ``_items_sql`` that matter here, and ``age`` (days since the due date, 0 when
        due on the day) and ``treat``: 'collect', 'disputed', 'legal', 'excluded' (taken out of
        follow-up: core's No Follow-Up, which Odoo sets on miscellaneous entries) or 'credit'.
        """
        items = self.env["logistics.settlement.facts"]._items_sql(
            as_of, company=company, partner_ids=partner_ids
        )
        law = self.env["logistics.legal.case"]._items_in_law_sql(as_of, company)
        return SQL(
            """
            (SELECT i.company_id, i.partner_id, i.source, i.ref_id, i.document, i.document_date,
                    i.due_date, i.open_amount, %(as_of)s::date - i.due_date AS age,
                    CASE WHEN i.kind = 'credit' THEN 'credit'
                         WHEN i.disputed THEN 'disputed'
                         WHEN i.source = 'invoice' AND i.ref_id IN (SELECT w.line_id FROM %(law)s w)
                              THEN 'legal'
                         WHEN l.no_followup THEN 'excluded'
                         ELSE 'collect' END AS treat
               FROM %(items)s AS i
               LEFT JOIN account_move_line l ON i.source = 'invoice' AND l.id = i.ref_id
              WHERE i.is_open AND i.open_amount IS NOT NULL)
            """,
            as_of=as_of,
            items=items,
            law=law,
        )

    @api.model
    def _rates_sql(self, company):
        """Recovery rates of a company as a subquery: ``days_from``, ``days_to``, ``rate``.

        A rate of the company's own stands in for the shared one of the same age.
        """
        self.env["logistics.collection.rate"].flush_model()
        return SQL(
            """
            (SELECT r.days_from, r.rate,
                    COALESCE(lead(r.days_from) OVER (ORDER BY r.days_from), 1000000) AS days_to
               FROM (SELECT DISTINCT ON (days_from) days_from, rate
                       FROM logistics_collection_rate
                      WHERE company_id = %(company)s OR company_id IS NULL
                      ORDER BY days_from, company_id NULLS LAST) r)
            """,
            company=company.id,
        )

    @api.model
    def _refresh_cases(self, company, as_of=None):
        """Open, update and close the cases of a company from its ledger; then plan what is next.

        :param company: a ``res.company``
        :param as_of: the day, today when omitted
        :return: number of open cases
        """
        as_of = as_of or fields.Date.context_today(self)
        ladders = self.env["logistics.collection.step"]._ladders(company)
        ahead = -min([0, *(step.days for steps in ladders.values() for step in steps)])
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH item AS (%(items)s), rate AS (%(rates)s),
                owed AS (
                    SELECT i.partner_id,
                           COALESCE(sum(i.open_amount) FILTER (WHERE %(overdue)s), 0) AS overdue,
                           COALESCE(sum(i.open_amount) FILTER (WHERE %(soon)s), 0) AS soon,
                           COALESCE(-sum(i.open_amount) FILTER (WHERE i.treat = 'credit'), 0)
                               AS credits,
                           min(i.due_date) FILTER (WHERE %(soon)s) AS oldest,
                           sum(i.open_amount) FILTER (WHERE i.treat = 'disputed') AS disputed,
                           sum(i.open_amount * COALESCE(rate.rate, 0)) FILTER (WHERE %(overdue)s)
                               AS expected
                      FROM item i
                      LEFT JOIN rate ON i.age >= rate.days_from AND i.age < rate.days_to
                     GROUP BY i.partner_id
                ),
                wanted AS (
                    SELECT c.id AS customer_id, o.*, GREATEST(o.overdue - o.credits, 0) AS net
                      FROM owed o
                      JOIN logistics_customer c
                        ON c.partner_id = o.partner_id AND c.company_id = %(company)s
                     WHERE o.oldest IS NOT NULL AND o.soon - o.credits > %(least)s
                ),
                written AS (
                    INSERT INTO logistics_collection_case AS k
                           (customer_id, company_id, owner_id, state, cycle, cycle_until,
                            figures_as_of, overdue_amount, disputed_amount, oldest_due_date,
                            oldest_days, expected_recovery, priority, create_uid, create_date,
                            write_uid, write_date)
                    SELECT w.customer_id, %(company)s, %(owner)s, 'open', 1,
                           GREATEST(%(as_of)s::date, w.oldest), %(as_of)s, w.net,
                           COALESCE(w.disputed, 0), w.oldest, %(as_of)s::date - w.oldest,
                           round((COALESCE(w.expected, 0) * w.net
                                  / NULLIF(w.overdue, 0))::numeric, 2),
                           '0', %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,
                           now() AT TIME ZONE 'UTC'
                      FROM wanted w
                     ORDER BY w.customer_id
                        ON CONFLICT (customer_id) DO UPDATE
                       SET figures_as_of = EXCLUDED.figures_as_of,
                           overdue_amount = EXCLUDED.overdue_amount,
                           disputed_amount = EXCLUDED.disputed_amount,
                           oldest_due_date = EXCLUDED.oldest_due_date,
                           oldest_days = EXCLUDED.oldest_days,
                           expected_recovery = COALESCE(EXCLUDED.expected_recovery, 0),
                           owner_id = COALESCE(k.owner_id, EXCLUDED.owner_id),
                           state = 'open',
                           cycle = k.cycle + CASE WHEN k.state = 'closed'
                               OR EXCLUDED.oldest_due_date > k.cycle_until THEN 1 ELSE 0 END,
                           cycle_until = CASE WHEN k.state = 'closed'
                               OR EXCLUDED.oldest_due_date > k.cycle_until
                               THEN EXCLUDED.cycle_until ELSE k.cycle_until END
                 RETURNING k.id
                )
                SELECT id FROM written
                """,
                items=SQL("SELECT * FROM %s AS x", self._collect_items_sql(as_of, company)),
                rates=SQL("SELECT * FROM %s AS x", self._rates_sql(company)),
                overdue=SQL("i.treat = 'collect' AND i.age > 0"),
                soon=SQL("i.treat = 'collect' AND i.age >= %s", -ahead),
                least=company.logistics_collection_min_amount or 0.0,
                company=company.id,
                owner=company.logistics_credit_controller_id.id or None,
                as_of=as_of,
                uid=self.env.uid,
            )
        )
        open_ids = [row[0] for row in rows]
        self.env.execute_query(
            SQL(
                """
                UPDATE logistics_collection_case
                   SET state = 'closed', overdue_amount = 0, expected_recovery = 0,
                       disputed_amount = 0, oldest_due_date = NULL, oldest_days = 0,
                       next_step_id = NULL, next_action_date = NULL, priority = '0',
                       promise_date = NULL, problem = NULL, figures_as_of = %(as_of)s
                 WHERE company_id = %(company)s AND state = 'open' AND NOT id = ANY(%(open)s)
             RETURNING id
                """,
                as_of=as_of,
                company=company.id,
                open=open_ids,
            )
        )
        self.invalidate_model()
        self.browse(open_ids)._plan_next(as_of)
        return len(open_ids)

    def _plan_next(self, as_of=None):
        """Find the next step of these cases and its day, in one statement for each company.

        The next step is the first of the ladder above the last one taken in this cycle, so that
        an old debt climbs from the first reminder and nobody wakes up to a court letter. Friendly
        reminders are left out once something is overdue. It waits for its own day, the days
        between two letters, open promises and a pause.
        """
        as_of = as_of or fields.Date.context_today(self)
        self.env.flush_all()
        for company, cases in self.grouped("company_id").items():
            ladders = self.env["logistics.collection.step"]._ladders(company)
            values = [
                SQL("(%s, %s, %s, %s)", grade, step.id, rank, step.days)
                for (_company, grade), steps in ladders.items()
                for rank, step in enumerate(steps)
            ] or [SQL("('-', 0, 0, 0)")]
            self.env.execute_query(
                SQL(
                    """
                    WITH ladder (grade, step_id, rank, days) AS (VALUES %(ladder)s),
                    word AS (
                        SELECT customer_id,
                               max(date_deadline) FILTER (WHERE state = 'open') AS until,
                               bool_or(state IN ('broken', 'partly')
                                       AND date_deadline >= %(urgent)s) AS broken
                          FROM logistics_payment_promise
                         WHERE company_id = %(company)s AND state IN ('open', 'broken', 'partly')
                         GROUP BY customer_id
                    ),
                    plan AS (
                        SELECT k.id, n.step_id, done.last_step, touched.last_date,
                               word.until, COALESCE(word.broken, FALSE) AS broken,
                               GREATEST(k.oldest_due_date + n.days,
                                        touched.last_date + %(gap)s,
                                        CASE WHEN k.paused_until >= %(as_of)s
                                             THEN k.paused_until + 1 END,
                                        word.until + 1) AS day
                          FROM logistics_collection_case k
                          JOIN logistics_customer c ON c.id = k.customer_id
                          LEFT JOIN word ON word.customer_id = k.customer_id
                          LEFT JOIN LATERAL (
                               SELECT max(t.date) AS last_date
                                 FROM logistics_collection_touch t
                                WHERE t.case_id = k.id AND t.step_id IS NOT NULL) touched ON TRUE
                          LEFT JOIN LATERAL (
                               SELECT l.rank, t.step_id AS last_step
                                 FROM logistics_collection_touch t
                                 JOIN ladder l ON l.step_id = t.step_id
                                  AND l.grade = COALESCE(c.credit_grade_code, 'N')
                                WHERE t.case_id = k.id AND t.cycle = k.cycle
                                ORDER BY l.rank DESC LIMIT 1) done ON TRUE
                          LEFT JOIN LATERAL (
                               SELECT l.step_id, l.days
                                 FROM ladder l
                                WHERE l.grade = COALESCE(c.credit_grade_code, 'N')
                                  AND l.rank > COALESCE(done.rank, -1)
                                  AND (l.days >= 0 OR k.oldest_due_date >= %(as_of)s)
                                  AND NOT EXISTS (
                                      SELECT FROM logistics_collection_touch t
                                       WHERE t.customer_id = k.customer_id
                                         AND t.step_id = l.step_id AND t.cycle = k.cycle)
                                ORDER BY l.rank LIMIT 1) n ON TRUE
                         WHERE k.id IN %(ids)s AND k.state = 'open'
                    )
                    UPDATE logistics_collection_case k
                       SET next_step_id = p.step_id,
                           next_action_date = CASE WHEN p.step_id IS NOT NULL THEN p.day END,
                           last_step_id = p.last_step,
                           last_touch_date = p.last_date,
                           promise_date = p.until,
                           priority = CASE WHEN p.broken THEN '2'
                                           WHEN p.step_id IS NOT NULL AND p.day <= %(as_of)s
                                           THEN '1' ELSE '0' END
                      FROM plan p
                     WHERE k.id = p.id
                 RETURNING k.id
                    """,
                    ladder=SQL(", ").join(values),
                    company=company.id,
                    gap=company.logistics_collection_gap_days,
                    urgent=as_of - timedelta(days=BROKEN_URGENT_DAYS),
                    as_of=as_of,
                    ids=tuple(cases.ids),
                )
            )
        self.invalidate_model()

    def _item_rows(self, as_of=None):
        """The open items a letter to these customers lists, oldest due date first.

        :return: ``{case id: [dict(document, document_date, due_date, age, open_amount, treat)]}``,
            without disputed items, those in a legal case and those out of follow-up; open credits
            are listed, because they lower what is to be paid
        """
        as_of = as_of or fields.Date.context_today(self)
        rows = {}
        for company, cases in self.sudo().grouped("company_id").items():
            by_partner = {case.customer_id.partner_id.id: case.id for case in cases}
            for row in self.env.execute_query_dict(
                SQL(
                    """
                    SELECT x.* FROM %s AS x
                     WHERE x.treat IN ('collect', 'credit')
                     ORDER BY x.due_date, x.document, x.ref_id
                    """,
                    self._collect_items_sql(as_of, company, list(by_partner)),
                )
            ):
                row["open_amount"] = float(row["open_amount"])
                rows.setdefault(by_partner[row["partner_id"]], []).append(row)
        return rows

    # ------------------------------------------------------------------ recovery rates
    @api.model
    def _learn_rates(self, company, as_of=None, sample=10000.0):
        """Learn a company's recovery rates from its own ledger.

        For each age class: of what was overdue 90, 180 and 270 days ago, the share that was paid
        within the 90 days after (credit notes are no payment). A class with less than ``sample``
        overdue in all, company currency, keeps the default rate.

        :return: number of classes learned
        """
        as_of = as_of or fields.Date.context_today(self)
        facts = self.env["logistics.settlement.facts"]
        ages = self.env["logistics.collection.rate"].sudo()
        shared = ages.search([("company_id", "=", False)], order="days_from").mapped("days_from")
        if not shared:
            return 0
        totals = {age: [0.0, 0.0] for age in shared}
        for back in (90, 180, 270):
            start = as_of - timedelta(days=back)
            end = start + timedelta(days=90)
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT a.due_date, sum(a.open_amount),
                           sum(LEAST(a.open_amount, GREATEST(0, b.paid_amount - a.paid_amount)))
                      FROM %(before)s AS a
                      LEFT JOIN %(after)s AS b ON b.source = a.source AND b.ref_id = a.ref_id
                     WHERE a.kind = 'item' AND a.is_open AND a.due_date < %(start)s
                       AND a.open_amount > 0
                     GROUP BY a.due_date
                    """,
                    before=facts._items_sql(start, company=company),
                    after=facts._items_sql(end, company=company),
                    start=start,
                )
            )
            for due, open_amount, paid in rows:
                age = max((a for a in shared if a <= (start - due).days), default=shared[0])
                totals[age][0] += float(open_amount or 0.0)
                totals[age][1] += float(paid or 0.0)
        own = {rate.days_from: rate for rate in ages.search([("company_id", "=", company.id)])}
        learned = 0
        for age, (open_amount, paid) in totals.items():
            if open_amount < sample:
                continue
            if age in own and not own[age].learned:
                continue  # somebody set it by hand
            values = {
                "rate": min(1.0, paid / open_amount),
                "learned": True,
                "learned_on": as_of,
                "sample_amount": open_amount,
            }
            learned += 1
            if age in own:
                own[age].write(values)
            else:
                ages.create({"company_id": company.id, "days_from": age, **values})
        return learned
