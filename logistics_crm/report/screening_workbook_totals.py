# Part of logistics_crm. License LGPL-3 or later.
from odoo.tools import SQL


class Totals:
    """What the formulas of the workbook give, summed up by PostgreSQL.

    Only over lines the reader may see; None is unknown.

    * ``line``: field -> sum over the customers
    * ``month``: 1..12 (or 6) -> quantity, amount, known_quantity (quantity of lines with an amount)
    * ``service_month``: 1..12 (or 6) -> amount; ``service_year``: amount, quantity
    * ``service``: service id or None -> lines, quantity, amount
    * ``service_rows``: number of pairs of customer and service
    * ``proposal``, ``decision``: code -> (customers, revenue)
    """

    def __init__(self, line_model, domain, columns, months):
        self.env = line_model.env
        self.lines = line_model._search(domain).subselect()
        self._summed = [column.name for column in columns if column.total]
        self._months = range(1, months + 1)
        self._sum_lines()
        self._sum_months()
        self._sum_services()
        self.proposal = self._count_by("proposal")
        self.decision = self._count_by("decision")

    def _sum_lines(self):
        [row] = self.env.execute_query_dict(
            SQL(
                """
                SELECT %s, count(*) AS customers,
                       count(*) FILTER (WHERE traded) AS traded,
                       count(*) FILTER (WHERE traded AND revenue IS NOT NULL) AS known,
                       sum(cost_coverage * turnover) / NULLIF(sum(turnover), 0) AS coverage
                  FROM logistics_screening_line WHERE id IN %s
                """,
                SQL(", ").join(
                    SQL("sum(%s) AS %s", SQL.identifier(name), SQL.identifier(name))
                    for name in self._summed
                ),
                self.lines,
            )
        )
        self.line = {name: _number(value) for name, value in row.items()}

    def _sum_months(self):
        self.month = {
            month: {"quantity": 0.0, "amount": 0.0, "known_quantity": 0.0} for month in self._months
        }
        customers = self.line["customers"]
        for month, found, quantity, known, amount, q_count, a_count in self.env.execute_query(
            SQL(
                """
                SELECT m.key::int, count(*), sum((m.value ->> 2)::numeric),
                       sum((m.value ->> 3)::numeric), sum((m.value ->> 4)::numeric),
                       count(m.value ->> 2), count(m.value ->> 4)
                  FROM logistics_screening_line l, jsonb_each(l.month_data) m
                 WHERE l.id IN %s
                 GROUP BY m.key
                """,
                self.lines,
            )
        ):
            # customers without trade in the month are known to have nothing
            idle = customers > found
            self.month[month] = {
                "quantity": _number(quantity or 0) if q_count or idle else None,
                "known_quantity": _number(known or 0),
                "amount": _number(amount or 0) if a_count or idle else None,
            }

    def _sum_services(self):
        self.service, self.service_rows = {}, 0
        self.service_year = {"quantity": None, "amount": None}
        self.service_month = dict.fromkeys(self._months)
        elements = SQL(
            """
            SELECT l.id, (e.value ->> 0)::int AS service, (e.value ->> 1)::int AS month,
                   (e.value ->> 2)::int AS lines, (e.value ->> 4)::numeric AS quantity,
                   (e.value ->> 6)::numeric AS amount
              FROM logistics_screening_line l, jsonb_array_elements(l.service_data) e
             WHERE l.id IN %s
            """,
            self.lines,
        )
        year = {"quantity": [], "amount": []}
        for service, rows, lines, quantity, amount in self.env.execute_query(
            SQL(
                """
                SELECT service, count(DISTINCT id), sum(lines), sum(quantity), sum(amount)
                  FROM (%s) s GROUP BY service ORDER BY sum(amount) DESC NULLS LAST, service
                """,
                elements,
            )
        ):
            self.service_rows += rows
            self.service[service] = {
                "lines": _number(lines),
                "quantity": _number(quantity),
                "amount": _number(amount),
            }
            for name, value in (("quantity", quantity), ("amount", amount)):
                if value is not None:
                    year[name].append(value)
        for name, values in year.items():
            if values:
                self.service_year[name] = _number(sum(values))
        found = dict.fromkeys(self._months, 0)
        for month, rows, amount in self.env.execute_query(
            SQL("SELECT month, count(*), sum(amount) FROM (%s) s GROUP BY month", elements)
        ):
            found[month] = rows
            self.service_month[month] = _number(amount)
        for month, rows in found.items():
            # a pair of customer and service that rested in the month counts as a known zero
            if self.service_month[month] is None and rows < self.service_rows:
                self.service_month[month] = 0.0

    def _count_by(self, name):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(name)s, count(*), sum(revenue) FROM logistics_screening_line
                 WHERE id IN %(lines)s GROUP BY %(name)s
                """,
                name=SQL.identifier(name),
                lines=self.lines,
            )
        )
        return {code: (count, _number(revenue)) for code, count, revenue in rows}


def _number(value):
    """A number as a worksheet holds it; None stays None."""
    return value if value is None or isinstance(value, int) else float(value)
