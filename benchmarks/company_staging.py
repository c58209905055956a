# Part of logistics_crm. License LGPL-3 or later.
"""What happens in the benchmark company: tables of our own, filled by hashes of row numbers."""

CREDIT_EVERY = 30  # invoices: one of so many, the one with this remainder and most lines,
CREDIT_AT = 9  # has one line less and a credit note instead
MONTHS = 36
SEASON = (0.8, 0.75, 0.95, 0.97, 1.0, 1.0, 0.93, 0.92, 1.05, 1.15, 1.35, 1.2)


def unit(number, salt):
    """SQL of a number in [0, 1) that depends on a row number and a salt only."""
    return f"((hashint8extended(({number})::int8, {salt}) & 1073741823)::float8 / 1073741824.0)"


class Staging:
    def _run(self, query):
        """Run SQL that is made of our own constants only."""
        self.cr.execute(query)
        return self.cr.rowcount

    def _stage(self):
        weights = [SEASON[month % 12] * (1 + 0.04 * (month // 12)) for month in range(MONTHS)]
        total, bounds = sum(weights), []
        for month in range(MONTHS - 1):
            bounds.append(sum(weights[: month + 1]) / total)
        days = (self.last_day - self.first_day).days
        turns = self.size.lines_per_invoice
        pattern = ",".join(map(str, turns))
        for table in ("customer", "invoice", "line", "total"):
            self._run(f"DROP TABLE IF EXISTS bench_{table}")
        # size: a few are large; some come later, some stop
        self._run(f"""
            CREATE UNLOGGED TABLE bench_customer AS
            SELECT c, 0.4 + 6 * pow(1 - c::float8 / {self.size.customers}, 6) AS volume,
                   {unit("c", 11)} AS payer,
                   CASE WHEN {unit("c", 12)} < 0.12 THEN 0.9 * {unit("c", 13)} ELSE 0 END AS first,
                   CASE WHEN {unit("c", 14)} < 0.15 THEN 0.25 + 0.65 * {unit("c", 15)}
                        ELSE 1 END AS last
              FROM generate_series(0, {self.size.customers - 1}) AS c""")
        self._run(f"""
            CREATE UNLOGGED TABLE bench_invoice AS
            SELECT i, c.c, c.volume, c.payer, FALSE AS refund,
                   {unit("i", 4)} < 0.9 AS has_order,
                   LEAST(DATE '{self.last_day}', DATE '{self.first_day}' + floor({days} * (
                       LEAST(c.first, c.last)
                       + (month + {unit("i", 3)}) / {MONTHS} * abs(c.last - c.first)))::int) AS day,
                   i AS of_invoice,
                   CASE WHEN i % {CREDIT_EVERY} = {CREDIT_AT} THEN {turns[-1] - 1}
                        ELSE (ARRAY[{pattern}])[1 + i % {len(turns)}] END AS size
              FROM (SELECT i, floor({self.size.customers} * pow({unit("i", 1)}, 2.2))::int AS c,
                           width_bucket({unit("i", 2)}, ARRAY{bounds}::float8[]) AS month
                      FROM generate_series(0, {self.invoices - 1}) AS i) AS g
              JOIN bench_customer c USING (c)""")
        self._run(f"""
            INSERT INTO bench_invoice
            SELECT {self.invoices} + (row_number() OVER (ORDER BY i))::int - 1, c, volume, payer,
                   TRUE, has_order, LEAST(day + 10, DATE '{self.last_day}'), i, 1
              FROM bench_invoice WHERE i % {CREDIT_EVERY} = {CREDIT_AT}""")
        self._run("CREATE UNIQUE INDEX ON bench_invoice (i)")
        self._run(f"""
            CREATE UNLOGGED TABLE bench_line AS
            SELECT n, i, j, of_line, day, product, quantity, price,
                   (quantity * price)::numeric(16, 2) AS amount,
                   -- a sixth of the order lines has no cost: it is unknown
                   CASE WHEN {unit("of_line", 24)} < 0.83
                        THEN round(price * (0.55 + 0.5 * {unit("of_line", 25)})::numeric, 2)
                        ELSE 0 END AS cost,
                   of_day + product % 5 AS promised,
                   of_day + product % 5 + CASE WHEN {unit("of_line", 26)} < 0.12
                        THEN 1 + (of_line % 4)::int ELSE 0 END AS delivered
              FROM (SELECT n, i, j, of_line, day, of_day, refund,
                           floor(12 * pow({unit("of_line", 21)}, 1.5))::int AS product,
                           round((4 + 180 * pow({unit("of_line", 23)}, 3))::numeric, 2) AS price,
                           CASE WHEN refund THEN 1
                                ELSE 1 + floor(volume * 12 * {unit("of_line", 22)})::int
                           END AS quantity
                      FROM (SELECT (row_number() OVER (ORDER BY b.i, j))::int - 1 AS n, b.i, j,
                                   b.of_invoice::int8 * 8 + j AS of_line, b.day, b.refund,
                                   o.day AS of_day, b.volume
                              FROM bench_invoice b
                              JOIN bench_invoice o ON o.i = b.of_invoice
                             CROSS JOIN LATERAL generate_series(0, b.size - 1) AS j) AS numbered
                   ) AS drawn""")
        self._run("CREATE INDEX ON bench_line (i)")
        self._stage_totals()

    def _stage_totals(self):
        """Totals, and who pays what when: prompt, mostly on time, slow, bad; nothing later."""
        self._run(f"""
            CREATE UNLOGGED TABLE bench_total AS
            WITH total AS (SELECT i, sum(amount) AS total FROM bench_line GROUP BY i),
            due AS (
                SELECT b.i, b.c, b.day, b.day + 30 AS due, t.total, b.refund, b.of_invoice,
                       b.has_order, b.payer, b.size, COALESCE(r.total, 0) AS credit,
                       r.i AS credit_i,
                       {unit("b.i", 31)} AS chance, {unit("b.i", 32)} AS spread
                  FROM bench_invoice b
                  JOIN total t ON t.i = b.i
                  LEFT JOIN bench_invoice ri ON ri.of_invoice = b.i AND ri.refund AND NOT b.refund
                  LEFT JOIN total r ON r.i = ri.i
            ),
            paid AS (
                SELECT *, CASE
                    WHEN refund OR NOT {self.size.paying} THEN NULL
                    WHEN payer < 0.4 THEN due - (9 * spread)::int
                    WHEN payer < 0.75 AND chance < 0.85 THEN due - (6 * spread)::int
                    WHEN payer < 0.75 THEN due + 2 + (14 * spread)::int
                    WHEN payer < 0.93 THEN due + 3 + (40 * spread)::int
                    WHEN chance < 0.8 THEN due + 20 + (110 * spread)::int END AS pay_day,
                    CASE WHEN {unit("i", 33)} < 0.05 AND payer >= 0.4 THEN 0.3 + 0.5 * spread
                         ELSE 1 END AS share
                  FROM due
            )
            SELECT *, row_number() OVER (PARTITION BY refund, extract(year FROM day)
                                         ORDER BY day, i) + 10 AS number,
                   CASE WHEN pay_day <= DATE '{self.last_day}'
                        THEN CASE WHEN share = 1 THEN total - credit
                                  ELSE round((total - credit) * share::numeric, 2) END
                   END AS paid
              FROM paid""")
        self._run("CREATE UNIQUE INDEX ON bench_total (i)")
        self._run("ANALYZE bench_line; ANALYZE bench_total; ANALYZE bench_invoice")
