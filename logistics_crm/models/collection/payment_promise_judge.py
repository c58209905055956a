# Part of logistics_crm. License LGPL-3 or later.
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, formatLang

# A judgement is looked at again for so long after its deadline: entries arrive late.
REJUDGE_DAYS = 120


class LogisticsPaymentPromise(models.Model):
    """The judge: what became of promises, as of any day, from two statements for all of them."""

    _inherit = "logistics.payment.promise"

    @api.model
    def _payments_sql(self, as_of, company_ids, partner_ids, date_from):
        """Money received, one row per receivable entry of a bank, cash or card journal.

        ``amount`` (company currency) is what is left after payments sent back (a returned
        cheque); credit notes and write-offs are no money.
        """
        return SQL(
            """
            SELECT p.id, p.company_id, rp.commercial_partner_id AS partner_id, p.date,
                   p.currency_id, -p.amount_currency AS amount_currency, -p.balance AS balance,
                   COALESCE((
                       SELECT sum(r.amount)
                         FROM account_partial_reconcile r
                         JOIN account_move_line d ON d.id = r.debit_move_id
                         JOIN account_journal dj ON dj.id = d.journal_id
                        WHERE r.credit_move_id = p.id AND r.max_date <= %(as_of)s
                          AND dj.type IN ('bank', 'cash', 'credit')), 0) AS returned
              FROM account_move_line p
              JOIN account_account aa ON aa.id = p.account_id
              JOIN account_journal j ON j.id = p.journal_id
              JOIN res_partner rp ON rp.id = p.partner_id
             WHERE aa.account_type = 'asset_receivable' AND p.parent_state = 'posted'
               AND p.balance < 0 AND j.type IN ('bank', 'cash', 'credit')
               AND p.date >= %(date_from)s AND p.date <= %(as_of)s
               AND p.company_id IN %(companies)s
               AND rp.commercial_partner_id IN %(partners)s
             ORDER BY p.date, p.id
            """,
            as_of=as_of,
            date_from=date_from,
            companies=tuple(company_ids),
            partners=tuple(partner_ids),
        )

    def _judge_on(self, as_of):
        """Judge these promises as they stood on a day, from payments dated up to that day.

        Money is counted once. First, what is allocated to the items of a promise keeps it; then
        promises take what is left by deadline: one for items takes money nobody has allocated,
        one without items any payment.

        :param as_of: a date; promises made later or withdrawn by then are left out
        :return: ``{promise id: dict(state, kept, kept_on)}``, ``kept`` in promise currency
        """
        promises = self.sudo().search(
            [
                ("customer_id", "in", self.sudo().customer_id.ids),
                ("date_made", "<=", as_of),
                "|",
                ("cancelled_on", "=", False),
                ("cancelled_on", ">", as_of),
            ],
            order="date_deadline, id",
        )
        if not promises:
            return {}
        money = self._money_of(promises, as_of)
        judged = {
            promise.id: {"kept": 0.0, "left": promise.amount, "kept_on": None}
            for promise in promises
        }
        for allocated in (True, False):
            for promise in promises:
                if allocated and not promise.item_ids:
                    continue
                self._serve(promise, judged[promise.id], money, as_of, allocated)
        for promise in promises:
            row = judged[promise.id]
            full = promise.currency_id.compare_amounts(row["kept"], promise.amount) >= 0
            if full:
                row["state"] = "kept"
            elif as_of <= promise.date_deadline:
                row["state"] = "open"
            else:
                none = promise.currency_id.is_zero(row["kept"])
                row["state"] = "broken" if none else "partly"
            if not full:
                row["kept_on"] = None
        return {promise_id: judged[promise_id] for promise_id in self.ids if promise_id in judged}

    @api.model
    def _money_of(self, promises, as_of):
        """Payments of the promises' customers as ``{(company, partner): [payment, ...]}``."""
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            self._payments_sql(
                as_of,
                promises.company_id.ids,
                promises.partner_id.ids,
                min(promises.mapped("date_made")),
            )
        )
        items = promises.item_ids.ids
        allocated = defaultdict(dict)
        unallocated = {row["id"]: float(row["balance"] - row["returned"]) for row in rows}
        if rows:
            for payment_id, line_id, amount in self.env.execute_query(
                SQL(
                    """
                    SELECT r.credit_move_id, r.debit_move_id, sum(r.amount)
                      FROM account_partial_reconcile r
                      JOIN account_move_line d ON d.id = r.debit_move_id
                      JOIN account_journal dj ON dj.id = d.journal_id
                     WHERE r.credit_move_id IN %s AND r.max_date <= %s
                       AND dj.type NOT IN ('bank', 'cash', 'credit')
                     GROUP BY r.credit_move_id, r.debit_move_id
                    """,
                    tuple(row["id"] for row in rows),
                    as_of,
                )
            ):
                unallocated[payment_id] -= float(amount)
                if line_id in items:
                    allocated[payment_id][line_id] = float(amount)
        money = defaultdict(list)
        for row in rows:
            balance = float(row["balance"])
            money[row["company_id"], row["partner_id"]].append(
                {
                    "date": row["date"],
                    "balance": balance,
                    "currency_id": row["currency_id"],
                    "rate": float(row["amount_currency"]) / balance if balance else 0.0,
                    # Company currency; each falls as promises take from it.
                    "left": balance - float(row["returned"]),
                    "unallocated": max(0.0, unallocated[row["id"]]),
                    "items": allocated[row["id"]],
                }
            )
        return money

    @api.model
    def _serve(self, promise, row, money, as_of, allocated):
        """Let one promise take from the payments in its days what it still lacks."""
        last = min(as_of, promise.date_deadline)
        items = set(promise.item_ids.ids)
        for payment in money[promise.company_id.id, promise.partner_id.id]:
            if row["left"] <= 1e-9 or payment["date"] > last:
                break
            if payment["date"] < promise.date_made:
                continue
            if allocated:
                free = sum(amount for item, amount in payment["items"].items() if item in items)
            else:
                free = payment["unallocated"] if items else payment["left"]
            free = min(free, payment["left"])
            if free <= 1e-9:
                continue
            rate = self._payment_rate(promise, payment)
            taken = min(free, row["left"] / rate)
            row["kept"] += taken * rate
            row["left"] -= taken * rate
            row["kept_on"] = payment["date"]
            payment["left"] -= taken
            if allocated:
                rest = taken
                for item in items & payment["items"].keys():
                    part = min(rest, payment["items"][item])
                    payment["items"][item] -= part
                    rest -= part
            else:
                payment["unallocated"] = min(payment["unallocated"], payment["left"])

    @api.model
    def _payment_rate(self, promise, payment):
        """Units of the promise's currency for one unit of company currency of a payment."""
        company = promise.company_id
        if promise.currency_id.id == payment["currency_id"] and payment["rate"] > 0:
            return payment["rate"]
        if promise.currency_id == company.currency_id:
            return 1.0
        rate = self.env["res.currency"]._get_conversion_rate(
            company.currency_id, promise.currency_id, company, payment["date"]
        )
        return rate or 1.0

    def _judge_and_store(self):
        """Judge these promises today and keep what changed; tell the customers' timelines.

        :return: the promises whose state changed
        """
        today = fields.Date.context_today(self)
        waiting = self.sudo().filtered(lambda promise: promise.state != "cancelled")
        if not waiting:
            return waiting
        found = waiting._judge_on(today)
        changed = unchanged = self.browse()
        for promise in waiting:
            row = found.get(promise.id)
            if not row:
                continue
            kept = promise.currency_id.round(row["kept"])
            same = promise.state == row["state"] and not promise.currency_id.compare_amounts(
                promise.kept_amount, kept
            )
            if same:
                unchanged |= promise
                continue
            if promise.state != row["state"]:
                changed |= promise
            promise._step().write(
                {
                    "state": row["state"],
                    "kept_amount": kept,
                    "kept_on": row["kept_on"],
                    "judged_on": today,
                }
            )
        unchanged._step().write({"judged_on": today})
        bodies = defaultdict(str)
        labels = dict(self._fields["state"]._description_selection(self.env))
        for promise in changed:
            bodies[promise.customer_id.id] += self.env._(
                "Payment promise of %(amount)s: %(state)s. ",
                amount=formatLang(self.env, promise.amount, currency_obj=promise.currency_id),
                state=labels[promise.state],
            )
        if bodies:
            self.env["logistics.customer"].sudo().browse(bodies)._message_log_batch(bodies=bodies)
        return changed

    @api.model
    def _judge(self, company=None):
        """Judge what may have changed: open promises, and those that were due lately.

        :param company: limit to this ``res.company``
        :return: the promises whose state changed
        """
        self.flush_model(["state"])
        waiting = SQL("SELECT 1 FROM logistics_payment_promise WHERE state <> 'cancelled' LIMIT 1")
        if not self.env.execute_query(waiting):
            return self.browse()
        since = fields.Date.context_today(self) - timedelta(days=REJUDGE_DAYS)
        domain = [
            ("state", "!=", "cancelled"),
            "|",
            ("state", "=", "open"),
            ("date_deadline", ">=", since),
        ]
        if company:
            domain.append(("company_id", "=", company.id))
        return self.sudo().search(domain)._judge_and_store()
