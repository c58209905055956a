# Part of logistics_crm. License LGPL-3 or later.
"""Computing a campaign: the facts are read once, by a few statements, however many customers.

Trade and settlement are read into two temporary tables, ``period`` and ``settled``. The rest is a
chain of common table expressions, each built by a method of its own that says what it takes and
gives: period -> month -> traded -> figure (with settled and the further sources) -> ranked ->
scored -> levelled -> placed -> mixed -> totalled -> judged -> INSERT ... ON CONFLICT. The second
half, from figure on, also runs over the figures of the lines: screening_what_if.py.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...sentences import join_sentences
from .screening_facts import LOOKUP_LIMIT
from .screening_figure import FURTHER_FIGURES
from .screening_what_if import SCORED


class LogisticsScreening(models.Model):
    _inherit = "logistics.screening"

    def _run_computation(self):
        """Compute one campaign. Runs inside the savepoint of :meth:`action_compute`."""
        self.ensure_one()
        self._refuse_closed()
        today = fields.Date.context_today(self)
        as_of = min(self.date_to, today)
        if self.date_from > today:
            raise UserError(
                self.env._("%s has not begun yet, there is nothing to screen.", self._period_name())
            )
        # Writing the campaign first makes a second manager who computes at the same moment wait
        # and then start again on fresh figures (REPEATABLE READ): never half old, half new.
        self._write_results(
            {
                "state": "computed",
                "as_of": as_of,
                "computed_at": fields.Datetime.now(),
                "computed_by": self.env.uid,
                "run": self.run + 1,
                "needs_recompute": False,
                "needs_rescore": False,
                "rescored_at": fields.Datetime.now(),
            }
        )
        self.env.flush_all()
        self._stage_facts()
        self._ensure_screened_accounts()
        self.env.execute_query(self._lines_sql())
        self.env.invalidate_all(flush=False)
        Line = self.env["logistics.screening.line"].sudo()
        gone = Line.search(
            [
                ("screening_id", "=", self.id),
                ("run", "!=", self.run),
                ("folded", "=", False),
            ]
        )
        dropped_decisions = gone.filtered("decision").mapped("customer_name")
        gone.unlink()
        self._update_totals()
        self._log_computation(dropped_decisions, self._missing_rates())

    def _log_computation(self, dropped_decisions, missing_rates):
        body = self.env._(
            "Computed as of %(date)s: %(traded)s customers traded in %(year)s, %(lines)s lines.",
            date=format_date(self.env, self.as_of),
            traded=self.sudo().traded_count,
            year=self._period_name(),
            lines=self.sudo().trade_line_count,
        )
        if dropped_decisions:
            body = join_sentences(
                body,
                self.env._(
                    "Decisions dropped, because these customers are no longer in scope: %s.",
                    ", ".join(dropped_decisions[:20]),
                ),
            )
        for currency, year, customers in missing_rates:
            body = join_sentences(
                body,
                self.env._(
                    "No exchange rate of %(currency)s up to the end of %(year)s: the share of "
                    "wallet of %(customers)s customers is not known. Enter the rate and compute "
                    "again.",
                    currency=currency,
                    year=str(year),
                    customers=customers,
                ),
            )
        self._message_log(body=body)

    def _update_totals(self):
        """Sum the lines up on the campaign.

        :raise UserError: when nobody traded in the year
        """
        [totals] = self.env.execute_query_dict(
            SQL(
                """
                SELECT count(*) AS customer_count,
                       count(*) FILTER (WHERE traded) AS traded_count,
                       count(*) FILTER (WHERE traded AND revenue IS NOT NULL)
                           AS known_amount_count,
                       COALESCE(sum(line_count), 0) AS trade_line_count,
                       COALESCE(sum(late_count), 0) AS late_count,
                       sum(revenue) AS revenue,
                       sum(revenue_previous) AS revenue_previous,
                       sum(gross_margin) AS gross_margin,
                       COALESCE(sum(cost_coverage * turnover) / NULLIF(sum(turnover), 0), 0)
                           AS cost_coverage,
                       COALESCE(sum(known_line_count)::float8 / NULLIF(sum(line_count), 0), 0)
                           AS amount_coverage
                  FROM logistics_screening_line
                 WHERE screening_id = %s AND folded IS NOT TRUE
                """,
                self.id,
            )
        )
        if not totals["trade_line_count"]:
            raise UserError(
                self.env._(
                    "%(company)s has no trading in %(year)s: no posted invoice and no trading "
                    "history. Choose another year, or import the history first.",
                    company=self.company_id.name,
                    year=self._period_name(),
                )
            )
        self._write_results(totals)

    # ------------------------------------------------------------------ the statement
    def _lines_sql(self):
        """INSERT or refresh the lines of the campaign; decisions are left as they are."""
        columns = self._line_columns()
        names = [SQL.identifier(name) for name in columns]
        return SQL(
            """
            WITH %(figures)s, %(points)s
            INSERT INTO logistics_screening_line AS line (%(names)s)
            SELECT %(values)s
              FROM judged j
              LEFT JOIN service s ON s.partner_id = j.partner_id
             ORDER BY j.revenue DESC NULLS LAST, j.customer_id
                ON CONFLICT (screening_id, customer_id) WHERE folded IS NOT TRUE
                DO UPDATE SET %(updates)s,
                   decision_differs = line.decision IS NOT NULL
                                      AND line.decision <> EXCLUDED.proposal
            """,
            figures=self._figure_chain_sql(),
            points=self._point_chain_sql(),
            names=SQL(", ").join(names),
            values=SQL(", ").join(columns.values()),
            updates=SQL(", ").join(
                SQL("%s = EXCLUDED.%s", name, name)
                for column, name in zip(columns, names, strict=True)
                if column not in ("create_uid", "create_date")
            ),
        )

    def _figure_chain_sql(self):
        """Common table expressions from the facts to ``figure``, the raw figures."""
        return SQL(
            """
            period AS (SELECT * FROM screening_period),
            settled AS (SELECT * FROM screening_settled),
            month AS MATERIALIZED (%(month)s),
            service AS (%(service)s),
            traded AS (%(traded)s),
            early AS (%(early)s),
            %(further)s,
            figure AS MATERIALIZED (%(figure)s)
            """,
            month=self._month_sql(),
            service=self._service_sql(),
            traded=self._traded_sql(),
            early=self._early_sql(),
            further=SQL(", ").join(
                SQL("%s AS (%s)", SQL.identifier(name), query)
                for name, query in self._further_sources().items()
            ),
            figure=self._figure_sql(),
        )

    def _stage_facts(self):
        """Read trade and settlement, each once, into temporary tables of this transaction.

        Apart from the INSERT, because PostgreSQL reads in parallel only for a statement that
        writes no table of others, and because it then knows how many customers come.
        """
        self.ensure_one()
        self.env.cr.execute("DROP TABLE IF EXISTS screening_period, screening_settled")
        for table, query in (
            ("screening_period", self._period_sql()),
            ("screening_settled", self._settled_sql()),
        ):
            name = SQL.identifier(table)
            self.env.cr.execute(SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", name, query))
            self.env.cr.execute(SQL("ANALYZE %s", name))

    def _point_chain_sql(self):
        """Common table expressions from ``figure`` to ``judged``: points, total, proposal."""
        return SQL(
            """
            band AS (%(band)s),
            ranked AS (%(ranked)s),
            scored AS (%(scored)s),
            levelled AS MATERIALIZED (%(levelled)s),
            grouped AS MATERIALIZED (%(grouped)s),
            member AS MATERIALIZED (%(member)s),
            placed AS (%(placed)s),
            mixed AS MATERIALIZED (%(mixed)s),
            totalled AS MATERIALIZED (%(totalled)s),
            group_place AS (%(group_place)s),
            judged AS (%(judged)s)
            """,
            band=self._band_sql(),
            ranked=self._ranked_sql(),
            scored=self._scored_sql(),
            levelled=self._levelled_sql(),
            grouped=self._grouped_sql(),
            member=self._member_sql(),
            placed=self._placed_sql(),
            mixed=self._mixed_sql(),
            totalled=self._totalled_sql(),
            group_place=self._group_place_sql(),
            judged=self._judged_sql(),
        )

    def _ensure_screened_accounts(self):
        """Open the accounts that staged customers lack: a look at all documents only for many."""
        missing = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT s.partner_id FROM screening_period s
                 WHERE NOT EXISTS (SELECT 1 FROM logistics_customer c
                                    WHERE c.partner_id = s.partner_id AND c.company_id = %s)
                """,
                self.company_id.id,
            )
        )
        if missing:
            partners = None
            if len(missing) <= LOOKUP_LIMIT:
                partners = self.env["res.partner"].sudo().browse(row[0] for row in missing)
            self.env["logistics.customer"].sudo()._ensure_accounts(self.company_id, partners)
            self.env.flush_all()

    def _line_columns(self):
        """Column of a line -> SQL over ``j`` (judged) and ``s`` (service months)."""
        now = SQL("now() AT TIME ZONE 'UTC'")
        plain = (
            "customer_id",
            "partner_id",
            "user_id",
            "country_id",
            "customer_name",
            "value_class",
            "credit_grade_code",
            "lifecycle_stage",
            "customer_type_id",
            *self._figure_columns(),
            *FURTHER_FIGURES,
            *SCORED,
        )
        return {
            "screening_id": SQL("%s", self.id),
            "company_id": SQL("%s", self.company_id.id),
            "currency_id": SQL("%s", self.currency_id.id),
            "run": SQL("%s", self.run),
            **{name: SQL.identifier("j", name) for name in plain},
            "service_data": SQL("COALESCE(s.service_data, '[]'::jsonb)"),
            "create_uid": SQL("%s", self.env.uid),
            "create_date": now,
            "write_uid": SQL("%s", self.env.uid),
            "write_date": now,
        }

    @api.model
    def _figure_columns(self):
        """Raw figures of a line, as named in ``ranked``."""
        return (
            "traded",
            "is_new",
            "line_count",
            "known_line_count",
            "trade_days",
            "active_months",
            "quantity",
            "revenue",
            "turnover",
            "revenue_previous",
            "revenue_before",
            "lines_previous",
            "lines_before",
            "revenue_change",
            "revenue_trend",
            "average_price",
            "gross_margin",
            "margin_rate",
            "cost_coverage",
            "amount_coverage",
            "late_count",
            "on_time_rate",
            "first_trade_date",
            "tenure_years",
            "due_count",
            "due_amount",
            "collected_share",
            "late_share",
            "average_days_late",
            "open_amount",
            "open_debt",
            "overdue_amount",
            "has_overdue",
            "regularity",
            "revenue_rank",
            "revenue_share",
            "pareto_share",
            "month_data",
        )
