# Part of logistics_crm. License LGPL-3 or later.
"""How the money comes in: one half of the books of the sample company."""

from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command


class Payments:
    """Payments of the last twelve months one by one, those before as collective bank entries."""

    def _payments(self, home, shares):
        """Post payments; one of a customer and day takes all the invoices planned for it."""
        groups = defaultdict(list)
        for day, index, share in sorted(shares, key=lambda entry: entry[:2]):
            left = self.remaining[index]
            amount = left if share is None else min(left, round(left * share, 2))
            if amount <= 0:
                continue
            self.remaining[index] = round(left - amount, 2)
            customer = self.plan["orders"][index].customer
            # a part payment stands alone: among others Odoo would give it to the oldest invoice
            alone = index if share is not None else None
            groups[day, customer.ref, alone].append((index, amount))
        before = self.plan["today"].replace(day=1) - relativedelta(months=12)
        single, collective = [], defaultdict(list)
        for (day, ref, _alone), parts in groups.items():
            orders = [self.plan["orders"][index] for index, _amount in parts]
            foreign = orders[0].customer.euro and home == "main"
            # with a credit note and a bank entry Odoo would call an invoice reversed, not paid
            credited = any(order.credit for order in orders)
            payment = {
                "day": day,
                "partner": self.partners[ref],
                "amount": round(sum(amount for _index, amount in parts), 2),
                "invoices": [self.invoices[index] for index, _amount in parts],
            }
            if day >= before or foreign or credited:
                single.append(payment)
            else:
                collective[day].append(payment)
        reconciliations = self._collective_entries(home, collective)
        reconciliations += self._single_payments(home, single)
        if reconciliations:
            self._model("account.move.line", home)._reconcile_plan(reconciliations)
        return len(groups)

    def _owed(self, home, payment):
        return self._model("account.move.line", home).browse(
            self.receivables[invoice] for invoice in payment["invoices"]
        )

    def _collective_entries(self, home, days):
        """Post one bank entry per day; returns what to reconcile."""
        if not days:
            return []
        journal = self.journals[home]
        values = []
        for day, payments in days.items():
            lines = [
                {
                    "name": "Customer payments",
                    "account_id": journal.default_account_id.id,
                    "balance": round(sum(payment["amount"] for payment in payments), 2),
                }
            ]
            for payment in payments:
                owed = self._owed(home, payment)
                lines.append(
                    {
                        "name": f"Payment {owed[0].move_name}",
                        "account_id": owed[0].account_id.id,
                        "partner_id": payment["partner"].id,
                        "balance": -payment["amount"],
                    }
                )
            values.append(
                {
                    "move_type": "entry",
                    "company_id": self.companies[home].id,
                    "journal_id": journal.id,
                    "date": day,
                    "ref": f"Bank list {day:%Y-%m-%d}",
                    "line_ids": [
                        Command.create({**line, "analytic_distribution": False}) for line in lines
                    ],
                }
            )
        moves = self._model("account.move", home).create(values)
        moves.action_post()
        reconciliations = []
        for move, payments in zip(moves, days.values(), strict=True):
            received = move.line_ids.filtered("partner_id").sorted("id")
            for line, payment in zip(received, payments, strict=True):
                reconciliations.append(line | self._owed(home, payment))
        return reconciliations

    def _single_payments(self, home, planned):
        """Post payments as a bookkeeper registers them; returns what to reconcile."""
        values = []
        for payment in planned:
            owed = self._owed(home, payment)
            more = f" +{len(owed) - 1}" if len(owed) > 1 else ""
            values.append(
                self._payment_values(
                    home,
                    payment["partner"],
                    payment["day"],
                    payment["amount"],
                    f"{owed[0].move_name}{more}",
                    owed[0].currency_id,
                )
            )
        received = self._post_payments(home, values)
        return [
            payment.move_id.line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
            | self._owed(home, plan)
            for payment, plan in zip(received, planned, strict=True)
        ]

    def _payment_values(self, home, partner, day, amount, memo, currency):
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": partner.id,
            "company_id": self.companies[home].id,
            "journal_id": self.journals[home].id,
            "date": day,
            "amount": amount,
            "currency_id": currency.id,
            "memo": memo,
        }

    def _post_payments(self, home, values):
        payments = self._model("account.payment", home).create(values)
        if payments:
            payments.action_post()
            # settled now: otherwise Odoo asks the database for each when it is reconciled
            payments.action_validate()
        return payments

    def _advances(self):
        """Money that arrived without saying for what: it stays unallocated."""
        currency = self.companies["main"].currency_id
        values = [
            self._payment_values(
                "main",
                self.partners[customer.ref],
                self.plan["today"] - timedelta(days=10 * number + 6),
                1500.0 + 750.0 * number,
                "Advance payment",
                currency,
            )
            for number, customer in enumerate(self.plan["customers"][:12:4])
            if customer.home == "main" and not customer.euro
        ]
        return len(self._post_payments("main", values))
