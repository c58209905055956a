# Part of logistics_crm. License LGPL-3 or later.
"""The SQL of a trading history import, from the temporary table into the history."""

import io

from odoo.tools import SQL

MAX_WARNINGS = 200

_LOAD_COLUMNS = (
    "line",
    "customer_ref",
    "document",
    "doc_line",
    "service",
    "date",
    "promised_date",
    "delivered_date",
    "due_date",
    "paid_date",
    "disputed",
    "quantity",
    "weight_kg",
    "amount",
    "cost",
    "currency_id",
    "factor",
    "content",
)


class HistoryStore:
    """What an import does set-based. ``HistoryLoad`` fills the attributes."""

    # ------------------------------------------------------------------ temporary tables
    def _create_tables(self):
        self._drop_tables()
        # content is a hash of everything but the identity: it tells identical rows from
        # contradicting ones without comparing fourteen columns
        self.cr.execute(
            """
            CREATE TEMPORARY TABLE logistics_history_load (
                line bigint, customer_ref varchar, document varchar, doc_line varchar,
                service varchar, date date, promised_date date, delivered_date date,
                due_date date, paid_date date, disputed varchar, quantity numeric,
                weight_kg numeric, amount numeric, cost numeric, currency_id int,
                factor numeric, content bigint
            ) ON COMMIT DROP
            """
        )

    def _drop_tables(self):
        self.cr.execute(
            "DROP TABLE IF EXISTS logistics_history_load, logistics_history_ref,"
            " logistics_history_service"
        )

    def _copy(self, records):
        if records:
            self.cr.copy_expert(
                f"COPY logistics_history_load ({', '.join(_LOAD_COLUMNS)}) FROM STDIN",
                io.StringIO("\n".join(records)),
            )

    # ------------------------------------------------------------------ storing
    def _used_services(self):
        """Keys of the services to be created, among the rows that are going in."""
        if not self.services.wanted:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT service FROM logistics_history_load WHERE service = ANY(%s)",
                list(self.services.wanted),
            )
        )
        return [key for (key,) in rows]

    def _is_there_sql(self):
        """Condition that row ``l`` of customer ``r`` is in the history already.

        Rows that people typed for a customer without a reference are found by the contact.
        """
        return SQL(
            """
            (EXISTS (SELECT 1 FROM logistics_trading_history h
                      WHERE h.company_id = %(company)s AND h.customer_ref = l.customer_ref
                        AND h.document = l.document AND h.line = l.doc_line)
             OR EXISTS (SELECT 1 FROM logistics_trading_history h
                         WHERE h.company_id = %(company)s AND h.customer_ref IS NULL
                           AND h.partner_id = r.partner_id
                           AND h.document = l.document AND h.line = l.doc_line))
            """,
            company=self.company.id,
        )

    def _count_new(self):
        """Return how many rows would be created and how many were loaded."""
        ((created, loaded),) = self.env.execute_query(
            SQL(
                """
                SELECT count(DISTINCT (l.customer_ref, l.document, l.doc_line))
                           FILTER (WHERE NOT %s),
                       count(*)
                  FROM logistics_history_load l
                  JOIN logistics_history_ref r ON r.ref = l.customer_ref
                """,
                self._is_there_sql(),
            )
        )
        return created, loaded

    def _amount_sql(self):
        """Columns of a row rounded and converted as the ORM would when it was typed."""
        rounded = {
            name: SQL("round(%s / cu.rounding) * cu.rounding", SQL.identifier("l", name))
            for name in ("amount", "cost")
        }
        home = {
            name: SQL(
                "CASE WHEN l.currency_id = %(home)s THEN %(value)s"
                " ELSE round(%(value)s * l.factor / hc.rounding) * hc.rounding END",
                home=self.company.currency_id.id,
                value=value,
            )
            for name, value in rounded.items()
        }
        return SQL(
            "round(l.quantity, 4), round(l.weight_kg, 3), l.currency_id, %s, %s, %s, %s",
            rounded["amount"],
            rounded["cost"],
            home["amount"],
            home["cost"],
        )

    def _insert(self):
        """Insert the new rows; return how many, and how many were loaded."""
        self.cr.execute(
            """
            CREATE TEMPORARY TABLE logistics_history_service (key varchar PRIMARY KEY, id int)
            ON COMMIT DROP
            """
        )
        if self.services.known:
            self.cr.execute_values(
                "INSERT INTO logistics_history_service (key, id) VALUES %s",
                list(self.services.known.items()),
            )
        self.cr.execute(
            SQL(
                """
                INSERT INTO logistics_trading_history
                       (company_id, partner_id, customer_id, customer_ref, document, line, date,
                        service_id, quantity, weight_kg, currency_id, amount, cost,
                        amount_company, cost_company, promised_date, delivered_date, due_date,
                        paid_date, disputed, create_uid, create_date, write_uid, write_date)
                SELECT %(company)s, r.partner_id, c.id, l.customer_ref, l.document, l.doc_line,
                       l.date, s.id, %(amounts)s, l.promised_date, l.delivered_date, l.due_date,
                       l.paid_date, l.disputed, %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,
                       now() AT TIME ZONE 'UTC'
                  FROM logistics_history_load l
                  JOIN logistics_history_ref r ON r.ref = l.customer_ref
                  JOIN res_partner p ON p.id = r.partner_id
                  JOIN res_currency cu ON cu.id = l.currency_id
                  JOIN res_currency hc ON hc.id = %(home)s
                  LEFT JOIN logistics_history_service s ON s.key = l.service
                  LEFT JOIN logistics_customer c ON c.partner_id = p.commercial_partner_id
                                                AND c.company_id = %(company)s
                 WHERE NOT %(is_there)s
                 ORDER BY l.line
                    ON CONFLICT DO NOTHING
                """,
                company=self.company.id,
                home=self.company.currency_id.id,
                uid=self.env.uid,
                amounts=self._amount_sql(),
                is_there=self._is_there_sql(),
            )
        )
        created = self.cr.rowcount
        ((loaded,),) = self.env.execute_query(SQL("SELECT count(*) FROM logistics_history_load"))
        return created, loaded

    def _warn_about_changes(self):
        """Say which skipped rows hold other values than the history: they were not updated."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.line
                  FROM logistics_history_load l
                  JOIN logistics_history_ref r ON r.ref = l.customer_ref
                  JOIN res_currency cu ON cu.id = l.currency_id
                  JOIN res_currency hc ON hc.id = %(home)s
                  LEFT JOIN logistics_history_service s ON s.key = l.service
                  JOIN logistics_trading_history h
                    ON h.company_id = %(company)s AND h.customer_ref = l.customer_ref
                   AND h.document = l.document AND h.line = l.doc_line
                 WHERE (h.date, h.service_id, h.quantity, h.weight_kg, h.currency_id, h.amount,
                        h.cost, h.promised_date, h.delivered_date, h.due_date, h.paid_date,
                        h.disputed)
                       IS DISTINCT FROM
                       (l.date, s.id, %(values)s, l.promised_date, l.delivered_date, l.due_date,
                        l.paid_date, l.disputed)
                 ORDER BY l.line
                 LIMIT %(limit)s
                """,
                home=self.company.currency_id.id,
                company=self.company.id,
                values=SQL(
                    "round(l.quantity, 4), round(l.weight_kg, 3), l.currency_id,"
                    " round(l.amount / cu.rounding) * cu.rounding,"
                    " round(l.cost / cu.rounding) * cu.rounding"
                ),
                limit=MAX_WARNINGS,
            )
        )
        for (line,) in rows:
            self.warn(
                line,
                "",
                self.env._(
                    "The row is in the history already with other values, which were kept. "
                    "Delete it there first if the file is right."
                ),
            )
