# Part of logistics_crm. License LGPL-3 or later.
"""Customers, orders, invoices, credit notes and history of the benchmark company, as copies."""

from company_staging import CREDIT_EVERY, unit

CHUNK = 100_000  # invoices written by one statement
# lpad would cut longer numbers, and two invoices of a year would bear one name
NUMBER = "lpad(g.number::text, GREATEST(5, length(g.number::text)), '0')"


class Documents:
    def _reserve(self, table, count):
        """Reserve ids; the n-th row (from 0) gets the returned number + n."""
        sequence = f"{table}_id_seq"
        self.cr.execute("SELECT nextval(%s)", [sequence])
        first = self.cr.fetchone()[0] + 1
        self.cr.execute("SELECT setval(%s, %s)", [sequence, first + count])
        self.base[table] = first
        return first

    def _copy(self, table, pattern, columns, source, key=None):
        """Insert a copy of a pattern row for each row of ``source``, with columns of its own.

        :param columns: ``{column: SQL over the aliases of source; t is the pattern row}``
        :param key: an invoice number in ``source``: the rows are then written in chunks of it
        """
        query = self._copy_sql(table, pattern, columns, source)
        if not key:
            self._run(query)
        for low, high in self._chunks() if key else ():
            self._run(f"{query} WHERE {key} >= {low} AND {key} < {high}")

    def _chunks(self):
        last = self.invoices + self.invoices // CREDIT_EVERY + 1
        return [(low, low + CHUNK) for low in range(0, last, CHUNK)]

    def _copy_sql(self, table, pattern, columns, source):
        self.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND table_schema = current_schema() AND is_generated = 'NEVER'",
            [table],
        )
        names = [row[0] for row in self.cr.fetchall()]
        unknown = set(columns) - set(names)
        if unknown:
            raise ValueError(f"{table} has no column {', '.join(sorted(unknown))}")
        values = ", ".join(columns.get(name, f't."{name}"') for name in names)
        quoted = ", ".join(f'"{name}"' for name in names)
        return (
            f"INSERT INTO {table} ({quoted}) SELECT {values} FROM {source}"
            f" JOIN {table} t ON t.id = {self.pattern[pattern]}"
        )

    def _write_partners(self):
        first = self._reserve("res_partner", self.size.customers)
        name = f"concat('Bench customer ', lpad(g.c::text, 6, '0'), ' ({self.name})')"
        self._copy(
            "res_partner",
            "res_partner",
            {
                "id": f"{first} + g.c",
                "name": name,
                "complete_name": name,
                "commercial_company_name": name,
                "commercial_partner_id": f"{first} + g.c",
                "ref": "concat('BENCH-', g.c)",
                "country_id": "(SELECT min(id) + g.c % 40 FROM res_country)",
            },
            "bench_customer g",
        )

    def _write_orders(self):
        """One order per invoice of nine in ten; a line per line of its invoice."""
        first = self._reserve("sale_order", self.invoices)
        partner = f"{self.base['res_partner']} + g.c"
        # what was credited was not done: the order has one unit less
        done = "(l.quantity - CASE WHEN g.credit_i IS NOT NULL AND l.j = 0 THEN 1 ELSE 0 END)"
        amount = f"({done} * l.price)"
        total = "(g.total - g.credit)"
        cost = f"(SELECT sum({done} * l.cost) FROM bench_line l WHERE l.i = g.i)"
        self._copy(
            "sale_order",
            "sale_order",
            {
                "id": f"{first} + g.i",
                "name": f"concat('B{self.company.id}-', g.i)",
                "partner_id": partner,
                "partner_invoice_id": partner,
                "partner_shipping_id": partner,
                "date_order": "g.day - 4 + TIME '09:00'",
                "access_token": "NULL",
                "amount_untaxed": total,
                "amount_total": total,
                "margin": f"{total} - {cost}",
                "margin_percent": f"1 - {cost} / NULLIF({total}, 0)",
                "invoice_status": "'invoiced'",
            },
            "(SELECT * FROM bench_total WHERE has_order AND NOT refund) g",
            key="g.i",
        )
        lines = self._reserve("sale_order_line", self.size.lines)
        self._copy(
            "sale_order_line",
            "sale_order_line",
            {
                "id": f"{lines} + l.n",
                "order_id": f"{first} + g.i",
                "order_partner_id": partner,
                "sequence": "10 + l.j",
                "product_id": f"{self.first_product} + l.product",
                "logistics_service_id": f"{self.first_service} + l.product",
                "name": "concat('Service ', l.product)",
                "product_uom_qty": done,
                "qty_invoiced": done,
                "qty_to_invoice": "0",
                "untaxed_amount_to_invoice": "0",
                "invoice_status": "'invoiced'",
                "price_unit": "l.price",
                "technical_price_unit": "l.price",
                "price_reduce_taxexcl": "l.price",
                "price_reduce_taxinc": "l.price",
                "price_subtotal": amount,
                "price_total": amount,
                "untaxed_amount_invoiced": amount,
                "purchase_price": "l.cost",
                "margin": f"{amount} - {done} * l.cost",
                "margin_percent": f"1 - {done} * l.cost / NULLIF({amount}, 0)",
                "logistics_promised_date": "l.promised",
                "logistics_delivered_date": "l.delivered",
            },
            "bench_total g JOIN bench_line l ON l.i = g.i AND g.has_order AND NOT g.refund",
            key="g.i",
        )

    def _write_invoices(self):
        count = self.invoices + self._credit_count()
        first = self._reserve("account_move", count)
        partner = f"{self.base['res_partner']} + g.c"
        # signed columns of credit notes are negative, and so is their side of the ledger
        sign = "CASE WHEN g.refund THEN -1 ELSE 1 END"
        left = "(g.total - g.credit - COALESCE(g.paid, 0))"
        residual = f"CASE WHEN g.refund THEN 0 ELSE {left} END"
        state = f"""CASE WHEN g.refund OR {left} = 0 THEN 'paid'
                         WHEN g.credit > 0 OR g.paid > 0 THEN 'partial' ELSE 'not_paid' END"""
        for pattern, refund in (("invoice", "FALSE"), ("refund", "TRUE")):
            prefix = (
                "regexp_replace(t.sequence_prefix, '[0-9]{4}/$', '') || to_char(g.day, 'YYYY/')"
            )
            name = f"concat({prefix}, {NUMBER})"
            self._copy(
                "account_move",
                pattern,
                {
                    "id": f"{first} + g.i",
                    "name": name,
                    "sequence_prefix": prefix,
                    "sequence_number": "g.number",
                    "payment_reference": name if refund == "FALSE" else "NULL",
                    "invoice_origin": f"concat('B{self.company.id}-', g.of_invoice)",
                    "partner_id": partner,
                    "commercial_partner_id": partner,
                    "partner_shipping_id": partner,
                    "invoice_partner_display_name": "concat('Bench customer ', g.c)",
                    "reversed_entry_id": f"{first} + g.of_invoice" if refund == "TRUE" else "NULL",
                    "access_token": "NULL",
                    "date": "g.day",
                    "invoice_date": "g.day",
                    "invoice_date_due": "g.due" if refund == "FALSE" else "g.day",
                    "delivery_date": "g.day",
                    "amount_untaxed": "g.total",
                    "amount_total": "g.total",
                    "amount_residual": residual,
                    "amount_untaxed_signed": f"({sign}) * g.total",
                    "amount_untaxed_in_currency_signed": f"({sign}) * g.total",
                    "amount_total_signed": f"({sign}) * g.total",
                    "amount_total_in_currency_signed": f"({sign}) * g.total",
                    "amount_residual_signed": residual,
                    "payment_state": state,
                },
                f"(SELECT * FROM bench_total WHERE refund = {refund}) g",
                key="g.i",
            )
            self._write_invoice_lines(pattern, refund, name, partner, residual)
        self._run(f"""
            INSERT INTO sale_order_line_invoice_rel (invoice_line_id, order_line_id)
            SELECT {self.base["product_line"]} + l.n, {self.base["sale_order_line"]} + o.n
              FROM bench_line l
              JOIN bench_total g ON g.i = l.i AND g.has_order
              JOIN bench_line o ON o.i = g.of_invoice AND o.j = l.j""")

    def _credit_count(self):
        self.cr.execute("SELECT count(*) FROM bench_invoice WHERE refund")
        return self.cr.fetchone()[0]

    def _write_invoice_lines(self, pattern, refund, name, partner, residual):
        name = name.replace("t.sequence_prefix", "m.sequence_prefix")
        moves = f"JOIN account_move m ON m.id = {self.pattern[pattern]}"
        move = f"{self.base['account_move']} + g.i"
        if "product_line" not in self.base:
            self.base["product_line"] = self._reserve("account_move_line", self.size.lines)
            count = self.invoices + self._credit_count()
            self.base["due_line"] = self._reserve("account_move_line", count)
        sign = "1" if refund == "FALSE" else "-1"
        common = {
            "move_id": move,
            "move_name": name,
            "partner_id": partner,
            "date": "g.day",
            "invoice_date": "g.day",
        }
        amount = f"(-({sign}) * l.amount)"
        self._copy(
            "account_move_line",
            f"{pattern}_line",
            common
            | {
                "id": f"{self.base['product_line']} + l.n",
                "sequence": "10 + l.j",
                "product_id": f"{self.first_product} + l.product",
                "name": "concat('Service ', l.product)",
                "quantity": "l.quantity",
                "price_unit": "l.price",
                "price_subtotal": "l.amount",
                "price_total": "l.amount",
                "balance": amount,
                "amount_currency": amount,
                "debit": f"GREATEST({amount}, 0)",
                "credit": f"GREATEST(-{amount}, 0)",
            },
            f"bench_total g JOIN bench_line l ON l.i = g.i AND g.refund = {refund} {moves}",
            key="g.i",
        )
        total = f"({sign} * g.total)"
        self._copy(
            "account_move_line",
            f"{pattern}_due",
            common
            | {
                "id": f"{self.base['due_line']} + g.i",
                "name": name if refund == "FALSE" else "NULL",
                "date_maturity": "g.due" if refund == "FALSE" else "g.day",
                "balance": total,
                "amount_currency": total,
                "debit": f"GREATEST({total}, 0)",
                "credit": f"GREATEST(-{total}, 0)",
                "amount_residual": residual,
                "amount_residual_currency": residual,
                "reconciled": f"({residual}) = 0",
                "full_reconcile_id": "NULL",
                "matching_number": "NULL",
            },
            f"bench_total g {moves} AND g.refund = {refund}",
            key="g.i",
        )

    def _write_history(self):
        """Shipments of the two years before the ledger; a third of the amounts is unknown."""
        first = self._reserve("logistics_trading_history", self.size.history)
        days = 730
        document = "g.h / 3"  # three lines each
        known = f"{unit('g.h', 43)} < 0.67"
        amount = f"CASE WHEN {known} THEN round((20 + 400 * {unit('g.h', 44)})::numeric, 2) END"
        day = f"(DATE '{self.first_day}' - 1 - floor({days} * {unit(document, 42)})::int)"
        self._copy(
            "logistics_trading_history",
            "history",
            {
                "id": f"{first} + g.h",
                "partner_id": f"{self.base['res_partner']} + floor({self.size.customers}"
                f" * pow({unit(document, 41)}, 2.2))::int",
                "customer_id": "NULL",
                "service_id": f"{self.first_service} + g.h % 12",
                "document": f"concat('OLD-', {document})",
                "line": "(1 + g.h % 3)::text",
                "date": day,
                "quantity": "1 + g.h % 9",
                "amount": amount,
                "amount_company": amount,
                "due_date": f"{day} + 30",
                "paid_date": f"{day} + 25 + ({document})::int % 20",
            },
            f"generate_series(0, {self.size.history - 1}) AS g(h)",
        )
