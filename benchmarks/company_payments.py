# Part of logistics_crm. License LGPL-3 or later.
"""Payments and reconciliations of the benchmark company, as copies."""


class Payments:
    def _write_payments(self):
        """One payment per paid invoice: its record, its entry, bank and receivable line."""
        first = self._reserve("account_payment", self.invoices)
        moves = self._reserve("account_move", self.invoices)
        due = self._reserve("account_move_line", self.invoices)
        bank = self._reserve("account_move_line", self.invoices)
        self.base |= {"account_payment": first, "payment_move": moves, "payment_due": due}
        partner = f"{self.base['res_partner']} + g.c"
        source = "(SELECT * FROM bench_total WHERE paid > 0) g"
        name = "concat('B', left(t.sequence_prefix, -5), to_char(g.pay_day, 'YYYY/'), g.i)"
        signed = {
            "amount_total": "g.paid",
            "amount_total_signed": "g.paid",
            "amount_total_in_currency_signed": "g.paid",
        }
        move = self._copy_sql(
            "account_move",
            "payment_move",
            signed
            | {
                "id": f"{moves} + g.i",
                "name": name,
                "sequence_prefix": "concat('B', left(t.sequence_prefix, -5), "
                "to_char(g.pay_day, 'YYYY/'))",
                "sequence_number": "g.i",
                "partner_id": partner,
                "commercial_partner_id": partner,
                "origin_payment_id": f"{first} + g.i",
                "date": "g.pay_day",
                "access_token": "NULL",
                "ref": "concat('Bench payment ', g.i)",
            },
            source,
        )
        payment = self._copy_sql(
            "account_payment",
            "account_payment",
            {
                "id": f"{first} + g.i",
                "move_id": f"{moves} + g.i",
                "partner_id": partner,
                "name": "concat('BENCH/', g.i)",
                "memo": "concat('Bench payment ', g.i)",
                "date": "g.pay_day",
                "amount": "g.paid",
                "amount_company_currency_signed": "g.paid",
            },
            source,
        )
        # each refers to the other: one statement writes both
        for low, high in self._chunks():
            chunk = f"WHERE g.i >= {low} AND g.i < {high}"
            self._run(f"WITH payment AS ({payment} {chunk}) {move} {chunk}")
        source += f" JOIN account_move m ON m.id = {self.pattern['payment_move']}"
        name = name.replace("t.sequence_prefix", "m.sequence_prefix")
        for pattern, line, sign in (("payment_due", due, "-1"), ("payment_bank", bank, "1")):
            amount = f"({sign} * g.paid)"
            values = {
                "id": f"{line} + g.i",
                "move_id": f"{moves} + g.i",
                "move_name": name,
                "partner_id": partner,
                "payment_id": f"CASE WHEN t.payment_id IS NOT NULL THEN {first} + g.i END",
                "date": "g.pay_day",
                "date_maturity": "g.pay_day",
                "balance": amount,
                "amount_currency": amount,
                "debit": f"GREATEST({amount}, 0)",
                "credit": f"GREATEST(-{amount}, 0)",
            }
            if pattern == "payment_due":
                values |= {
                    "amount_residual": "0",
                    "amount_residual_currency": "0",
                    "reconciled": "TRUE",
                    "full_reconcile_id": "NULL",
                    "matching_number": "NULL",
                }
            else:
                values |= {"amount_residual": amount, "amount_residual_currency": amount}
            self._copy("account_move_line", pattern, values, source, key="g.i")

    def _write_reconciliations(self):
        """Match credit notes and payments with invoices, fully where nothing is left."""
        payments = self._reserve("account_partial_reconcile", self.invoices)
        credits_ = self._reserve("account_partial_reconcile", self.invoices)
        full = self._reserve("account_full_reconcile", self.invoices)
        closed = "(g.paid IS NOT NULL AND g.total = g.credit + g.paid)"
        self._copy(
            "account_full_reconcile",
            "full",
            {"id": f"{full} + g.i"},
            f"(SELECT * FROM bench_total g WHERE {closed}) g",
            key="g.i",
        )
        due = self.base["due_line"]
        for base, other, amount, day, condition in (
            (payments, f"{self.base['payment_due']} + g.i", "g.paid",
             "GREATEST(g.day, g.pay_day)", "paid > 0"),
            (credits_, f"{due} + g.credit_i", "g.credit",
             "GREATEST(g.day, r.day)", "credit_i IS NOT NULL"),
        ):  # fmt: skip
            self._copy(
                "account_partial_reconcile",
                "partial",
                {
                    "id": f"{base} + g.i",
                    "debit_move_id": f"{due} + g.i",
                    "credit_move_id": other,
                    "amount": amount,
                    "debit_amount_currency": amount,
                    "credit_amount_currency": amount,
                    "full_reconcile_id": f"CASE WHEN {closed} THEN {full} + g.i END",
                    "exchange_move_id": "NULL",
                    "max_date": day,
                },
                f"(SELECT * FROM bench_total WHERE {condition}) g"
                " LEFT JOIN bench_total r ON r.i = g.credit_i",
                key="g.i",
            )
        # the lines bear the number of their match
        self._run(f"""
            UPDATE account_move_line aml
               SET full_reconcile_id = p.full_reconcile_id,
                   matching_number = COALESCE(p.full_reconcile_id::text, concat('P', p.number))
              FROM (SELECT line_id, max(full_reconcile_id) AS full_reconcile_id,
                           min(number) AS number
                      FROM (SELECT debit_move_id AS line_id, full_reconcile_id,
                                   min(id) OVER (PARTITION BY debit_move_id) AS number
                              FROM account_partial_reconcile WHERE id >= {payments}
                             UNION ALL
                            SELECT credit_move_id, full_reconcile_id,
                                   min(id) OVER (PARTITION BY debit_move_id)
                              FROM account_partial_reconcile WHERE id >= {payments}) AS sides
                     GROUP BY line_id) AS p
             WHERE aml.id = p.line_id""")
