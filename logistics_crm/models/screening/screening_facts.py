# Part of logistics_crm. License LGPL-3 or later.
"""The facts a screening reads: trade by period, months, first trade, and settlement."""

from odoo import api, models
from odoo.tools import SQL

# Beyond this many customers without a known first day of trade, reading all earlier facts is
# cheaper than looking each of them up.
LOOKUP_LIMIT = 1000


class LogisticsScreening(models.Model):
    _inherit = "logistics.screening"

    def _period_sql(self):
        """Facts of three years per customer and period: the only scan of the trading facts.

        ``period`` is the month 1..12 of the screened ones (split by service), 0 for the whole
        year before and -1 for the one before that (of half a year: the same months then, and
        -2 for those between, which only tell the first day of trade). ``days`` has one bit per
        day of the month with trade; a credit alone is no trade.
        """
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=self.company_id, date_from=self._window_start(), date_to=self.as_of
        )
        return SQL(
            """
            SELECT f.partner_id,
                   %(period)s AS period,
                   CASE WHEN f.date >= %(start)s THEN f.service_id END AS service_id,
                   count(*) AS lines,
                   count(f.amount) AS known_lines,
                   sum(f.quantity) AS quantity,
                   sum(f.quantity) FILTER (WHERE f.amount IS NOT NULL) AS known_quantity,
                   sum(f.amount) AS amount,
                   sum(abs(f.amount)) AS turnover,
                   sum(abs(f.amount)) FILTER (WHERE f.cost IS NOT NULL) AS covered,
                   sum(f.amount) FILTER (WHERE f.cost IS NOT NULL) AS costed_amount,
                   sum(f.amount - f.cost) AS margin,
                   bit_or(CASE WHEN COALESCE(f.amount, f.quantity, 0) >= 0
                               THEN 1 << (date_part('day', f.date)::int - 1) ELSE 0 END) AS days,
                   count(*) FILTER (WHERE f.delivered_date > f.promised_date) AS late,
                   count(*) FILTER (WHERE f.delivered_date <= f.promised_date) AS on_time,
                   min(f.date) FILTER (WHERE COALESCE(f.amount, f.quantity, 0) >= 0)
                       AS first_date
              FROM %(facts)s AS f
             GROUP BY 1, 2, 3
            """,
            start=self.date_from,
            period=self._period_index_sql(SQL("f.date")),
            facts=facts,
        )

    @api.model
    def _month_sql(self):
        """``period`` without the services."""
        return SQL(
            """
            SELECT partner_id, period, sum(lines) AS lines, sum(known_lines) AS known_lines,
                   sum(quantity) AS quantity, sum(known_quantity) AS known_quantity,
                   sum(amount) AS amount, sum(turnover) AS turnover, sum(covered) AS covered,
                   sum(costed_amount) AS costed_amount, sum(margin) AS margin,
                   bit_or(days) AS days, sum(late) AS late, sum(on_time) AS on_time,
                   min(first_date) AS first_date
              FROM period
             GROUP BY partner_id, period
            """
        )

    @api.model
    def _service_sql(self):
        """Months by service, as rows of service, month and the five figures of a month."""
        return SQL(
            """
            SELECT partner_id,
                   jsonb_agg(jsonb_build_array(service_id, period, lines, known_lines,
                                               quantity, known_quantity, amount)
                             ORDER BY service_id, period) AS service_data
              FROM period
             WHERE period > 0
             GROUP BY partner_id
            """
        )

    @api.model
    def _traded_sql(self):
        """One row per customer with facts in the year or the year before."""
        year, previous = SQL("FILTER (WHERE period > 0)"), SQL("FILTER (WHERE period = 0)")
        return SQL(
            """
            SELECT partner_id,
                   COALESCE(sum(lines) %(year)s, 0) AS lines,
                   COALESCE(sum(known_lines) %(year)s, 0) AS known_lines,
                   sum(quantity) %(year)s AS quantity,
                   sum(known_quantity) %(year)s AS known_quantity,
                   sum(amount) %(year)s AS amount,
                   sum(turnover) %(year)s AS turnover,
                   sum(covered) %(year)s AS covered,
                   sum(costed_amount) %(year)s AS costed_amount,
                   sum(margin) %(year)s AS margin,
                   COALESCE(sum(late) %(year)s, 0) AS late,
                   COALESCE(sum(on_time) %(year)s, 0) AS on_time,
                   COALESCE(sum(length(replace(days::bit(31)::text, '0', ''))) %(year)s, 0)
                       AS trade_days,
                   count(*) FILTER (WHERE period > 0 AND days <> 0) AS active_months,
                   jsonb_object_agg(period, jsonb_build_array(lines, known_lines, quantity,
                                    known_quantity, amount)) %(year)s AS month_data,
                   COALESCE(sum(lines) %(previous)s, 0) AS lines_previous,
                   sum(amount) %(previous)s AS amount_previous,
                   COALESCE(sum(lines) FILTER (WHERE period = -1), 0) AS lines_before,
                   sum(amount) FILTER (WHERE period = -1) AS amount_before,
                   min(first_date) AS first_date
              FROM month
             GROUP BY partner_id
            HAVING bool_or(period >= 0)
            """,
            year=year,
            previous=previous,
        )

    def _early_sql(self):
        """First trade before the window, of customers whose account does not know it yet."""
        start = self._window_start()
        missing = self.env.execute_query(
            SQL(
                """
                SELECT partner_id FROM logistics_customer
                 WHERE company_id = %(company)s AND first_trade_date IS NULL
                   AND (figures_as_of IS NULL OR figures_as_of < %(start)s)
                """,
                company=self.company_id.id,
                start=start,
            )
        )
        if not missing:
            return SQL("SELECT NULL::int AS partner_id, NULL::date AS first_date WHERE FALSE")
        ids = [row[0] for row in missing] if len(missing) <= LOOKUP_LIMIT else None
        return SQL(
            """
            SELECT f.partner_id, min(f.date) AS first_date
              FROM %(facts)s AS f
             WHERE COALESCE(f.amount, f.quantity, 0) >= 0 AND f.date < %(start)s
             GROUP BY f.partner_id
            """,
            facts=self.env["logistics.trading.facts"]._facts_sql(
                company=self.company_id, date_to=start, partner_ids=ids
            ),
            start=start,
        )

    def _settled_sql(self):
        """What fell due in the year (or is still open), as known on the closing date.

        Late means after the company's grace days, as in the figures of the customer account.
        """
        items = self.env["logistics.settlement.facts"]._items_sql(
            self.as_of, company=self.company_id, due_from=self.date_from
        )
        return SQL(
            """
            SELECT i.partner_id,
                   count(*) FILTER (WHERE %(due)s) AS due_count,
                   sum(i.amount) FILTER (WHERE %(due)s) AS due_amount,
                   COALESCE(
                       1 - sum(i.open_amount) FILTER (WHERE %(due)s)
                           / NULLIF(sum(i.amount) FILTER (
                                        WHERE %(due)s AND i.open_amount IS NOT NULL), 0),
                       avg(CASE WHEN i.is_open THEN 0 ELSE 1 END) FILTER (WHERE %(due)s)
                   )::float8 AS collected_share,
                   (count(*) FILTER (WHERE %(due)s AND %(late)s))::float8
                       / NULLIF(count(*) FILTER (WHERE %(due)s), 0) AS late_share,
                   COALESCE(
                       sum(i.weighted_days_late) FILTER (WHERE %(due)s)
                           / NULLIF(sum(i.paid_amount) FILTER (WHERE %(due)s), 0),
                       avg(GREATEST(0, i.last_paid_date - i.due_date))
                           FILTER (WHERE %(due)s AND i.amount IS NULL
                                     AND i.last_paid_date IS NOT NULL)
                   )::float8 AS average_days_late,
                   CASE WHEN count(*) FILTER (WHERE i.is_open) = 0 THEN 0
                        WHEN count(i.open_amount) FILTER (WHERE i.is_open) > 0
                        THEN sum(i.open_amount)
                   END AS open_amount,
                   CASE WHEN count(*) FILTER (WHERE %(overdue)s) = 0 THEN 0
                        ELSE sum(i.open_amount) FILTER (WHERE %(overdue)s)
                   END AS overdue_amount,
                   CASE WHEN count(*) FILTER (WHERE %(debt)s) = 0 THEN 0
                        ELSE sum(i.open_amount) FILTER (WHERE %(debt)s)
                   END AS open_debt,
                   bool_or(%(overdue)s) AS has_overdue,
                   count(*) FILTER (WHERE i.is_open AND i.disputed) AS disputed_count,
                   sum(i.open_amount) FILTER (WHERE i.is_open AND i.disputed) AS disputed_amount,
                   sum(i.weighted_days_late
                       + CASE WHEN %(overdue)s
                              THEN i.open_amount * (%(as_of)s::date - i.due_date) ELSE 0 END)
                       FILTER (WHERE i.kind = 'item' AND i.document_date >= %(start)s) AS waited,
                   array_agg(i.ref_id) FILTER (WHERE %(older)s AND i.source = 'invoice')
                       AS open_lines,
                   array_agg(i.document) FILTER (WHERE %(older)s AND i.source = 'history')
                       AS open_documents
              FROM %(items)s AS i
             GROUP BY i.partner_id
            """,
            due=SQL("i.kind = 'item' AND i.due_date <= %s", self.as_of),
            late=SQL(
                "(i.is_open AND i.due_date + %(grace)s < %(as_of)s"
                " OR i.last_paid_date > i.due_date + %(grace)s)",
                grace=self.company_id.logistics_grace_days,
                as_of=self.as_of,
            ),
            debt=SQL("i.is_open AND i.kind <> 'credit'"),
            overdue=SQL("i.is_open AND i.kind <> 'credit' AND i.due_date < %s", self.as_of),
            as_of=self.as_of,
            start=self.date_from,
            older=SQL("i.is_open AND i.document_date < %s", self.date_from),
            items=items,
        )
