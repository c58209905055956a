# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .receivable_report import COLUMNS, LAST_DAYS

ROLLS = ("roll_0", "roll_30", "roll_60", "roll_90", "roll_120")
AGES = [name for name, _days in LAST_DAYS] + ["b120_plus"]
COUNTBACK_MONTHS = 36


class LogisticsReceivableKpi(models.Model):
    """The formulas: a constant number of statements per month, whatever the ledger's size."""

    _inherit = "logistics.receivable.kpi"

    @api.model
    def _compute_month(self, company, month):
        """Return the values of a month; the formulas stand in the help of the fields."""
        end = self._month_end(month)
        before = month - timedelta(days=1)
        now = self._totals(company, end)
        begin = self._totals(company, before)
        sales = self._monthly_sales(company, end)
        window_start = month - relativedelta(months=2)
        window = sum(sales.get(month - relativedelta(months=back), 0.0) for back in range(3))
        days = (end - window_start).days + 1
        receivable, overdue = now["total"], now["overdue"]
        values = {
            "as_of": end,
            "computed_at": fields.Datetime.now(),
            "receivable": receivable,
            "owed": now["owed"],
            "overdue": overdue,
            "unallocated": now["unallocated"],
            "credit_sales": sales.get(month, 0.0),
            "credit_sales_window": window,
            "window_days": days,
            "overdue_share": overdue / now["owed"] if now["owed"] else False,
            "dso": False,
            "dso_best": False,
            "days_delinquent": False,
            "dso_countback": self._count_back(receivable, sales, month, end),
        }
        if window > 0:
            values |= {
                "dso": receivable / window * days,
                "dso_best": (receivable - overdue) / window * days,
                "days_delinquent": overdue / window * days,
            }
        due = begin["total"] + values["credit_sales"]
        collectable = due - (receivable - overdue)
        values["collection_index"] = (due - receivable) / collectable if collectable > 0 else False
        values["turnover"] = self._turnover(company, end, sales, month)
        values["promise_kept_rate"] = self._promise_kept_rate(company, month, end)
        values["cost_of_credit"] = self._cost_of_credit(company, month, end)
        values |= self._payments_of(company, month, end)
        values |= self._rolls(company, before, end, begin)
        values |= self._expected_loss(company, month, now, values)
        return values

    @api.model
    def _totals(self, company, as_of):
        """Sums of the ageing columns over all customers on a day."""
        query = self.env["logistics.receivable.report"]._ageing_sql(as_of, company)
        names = SQL(", ").join(SQL.identifier(name) for name in ("partner_id", *COLUMNS))
        sums = SQL(", ").join(SQL("sum(%s)", SQL.identifier(name)) for name in COLUMNS)
        (row,) = self.env.execute_query(SQL("SELECT %s FROM (%s) AS a (%s)", sums, query, names))
        totals = {name: float(value or 0) for name, value in zip(COLUMNS, row, strict=True)}
        totals["owed"] = sum(totals[name] for name in AGES)
        totals["overdue"] = totals["owed"] - totals["not_due"]
        return totals

    @api.model
    def _monthly_sales(self, company, end):
        """Invoices less credit notes per month of the last three years, tax included."""
        first = end.replace(day=1) - relativedelta(months=COUNTBACK_MONTHS - 1)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT date_trunc('month', aml.date)::date, sum(aml.balance)
                  FROM account_move_line aml
                  JOIN account_account aa ON aa.id = aml.account_id
                  JOIN account_move am ON am.id = aml.move_id
                 WHERE aml.parent_state = 'posted' AND aa.account_type = 'asset_receivable'
                   AND am.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                   AND aml.company_id = %s AND aml.date BETWEEN %s AND %s
                 GROUP BY 1
                """,
                company.id,
                first,
                end,
            )
        )
        return {month: float(amount) for month, amount in rows}

    @api.model
    def _count_back(self, receivable, sales, month, end):
        """DSO by subtracting sales backwards; False when three years do not exhaust it."""
        if receivable <= 0:
            return 0.0
        days, left, last = 0.0, receivable, end
        for back in range(COUNTBACK_MONTHS):
            begin = month - relativedelta(months=back)
            amount = sales.get(begin, 0.0)
            length = (last - begin).days + 1
            if amount >= left > 0:
                return days + length * left / amount
            days += length
            left -= amount
            last = begin - timedelta(days=1)
        return False

    @api.model
    def _turnover(self, company, end, sales, month):
        """Sales of twelve months / mean receivable at their ends; False for a younger ledger."""
        first = self._first_day(company)
        start = month - relativedelta(months=11)
        if not first or first > start:
            return False
        ends = [min(start + relativedelta(months=n, day=31), end) for n in range(12)]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.day, sum(aml.balance)
                  FROM unnest(%s::date[]) AS d(day)
                  JOIN account_move_line aml ON aml.date <= d.day
                  JOIN account_account aa ON aa.id = aml.account_id
                 WHERE aml.parent_state = 'posted' AND aa.account_type = 'asset_receivable'
                   AND aml.company_id = %s
                 GROUP BY 1
                """,
                ends,
                company.id,
            )
        )
        average = sum(float(balance) for _day, balance in rows) / len(ends)
        sold = sum(sales.get(start + relativedelta(months=n), 0.0) for n in range(12))
        return sold / average if average > 0 else False

    @api.model
    def _first_day(self, company):
        """Return the day of the company's first receivable journal item, or None."""
        ((day,),) = self.env.execute_query(
            SQL(
                """
                SELECT min(aml.date) FROM account_move_line aml
                  JOIN account_account aa ON aa.id = aml.account_id
                 WHERE aml.parent_state = 'posted' AND aa.account_type = 'asset_receivable'
                   AND aml.company_id = %s
                """,
                company.id,
            )
        )
        return day

    @api.model
    def _promise_kept_rate(self, company, month, end):
        """Promises kept of those whose last day lay in the month; False when none did."""
        promises = self.env["logistics.payment.promise"].sudo()
        promises = promises.search(
            [
                ("company_id", "=", company.id),
                ("date_deadline", ">=", month),
                ("date_deadline", "<=", end),
                "|",
                ("cancelled_on", "=", False),
                ("cancelled_on", ">", end),
            ]
        )
        judged = promises._judge_on(end) if promises else {}
        states = [row["state"] for row in judged.values()]
        due = [state for state in states if state in ("kept", "partly", "broken")]
        return due.count("kept") / len(due) if due else False

    @api.model
    def _cost_of_credit(self, company, month, end):
        """Receivable of every day x rate / 365; False without a rate.

        An item counts on every day from its own date (or the month's first) to the last day.
        """
        rate = company.sudo().logistics_capital_rate
        if rate is False:
            return False
        ((daily,),) = self.env.execute_query(
            SQL(
                """
                SELECT sum(aml.balance * (%(end)s::date - GREATEST(aml.date, %(month)s) + 1))
                  FROM account_move_line aml
                  JOIN account_account aa ON aa.id = aml.account_id
                 WHERE aml.parent_state = 'posted' AND aa.account_type = 'asset_receivable'
                   AND aml.company_id = %(company)s AND aml.date <= %(end)s
                """,
                end=end,
                month=month,
                company=company.id,
            )
        )
        return float(daily or 0) * rate / 100 / 365

    @api.model
    def _payments_of(self, company, month, end):
        """Days late and on-time rate from the settlement facts at both ends of the month.

        Both sums of the facts only grow as payments come in: what was paid in the month is the
        difference between its ends.
        """
        facts = self.env["logistics.settlement.facts"]

        def paid(as_of):
            items = facts._items_sql(as_of, company=company)
            (row,) = self.env.execute_query(
                SQL(
                    "SELECT sum(i.weighted_days_late), sum(i.paid_amount) FROM %s AS i"
                    " WHERE i.source = 'invoice' AND i.kind = 'item'",
                    items,
                )
            )
            return [float(value or 0) for value in row]

        late_end, paid_end = paid(end)
        late_begin, paid_begin = paid(month - timedelta(days=1))
        amount = paid_end - paid_begin
        grace = company.sudo().logistics_grace_days
        items = facts._items_sql(end, company=company)
        ((punctual, due),) = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FILTER (WHERE NOT i.is_open
                                          AND COALESCE(i.last_paid_date, i.due_date)
                                              <= i.due_date + %(grace)s),
                       count(*)
                  FROM %(items)s AS i
                 WHERE i.source = 'invoice' AND i.kind = 'item'
                   AND i.due_date BETWEEN %(month)s AND %(end)s
                   AND NOT (i.is_open AND i.due_date + %(grace)s >= %(end)s)
                """,
                grace=grace,
                items=items,
                month=month,
                end=end,
            )
        )
        return {
            "days_late": (late_end - late_begin) / amount if amount > 0.005 else False,
            "on_time_rate": punctual / due if due else False,
        }

    @api.model
    def _rolls(self, company, before, end, begin):
        """Which share of each bucket of a month ago is open in an older one now."""
        facts = self.env["logistics.settlement.facts"]
        old = facts._ledger_items_sql(before, company)
        new = facts._ledger_items_sql(end, company)
        bucket = SQL(
            "width_bucket(%s::date - o.due_date, ARRAY[1, 31, 61, 91, 121])",
            before,
        )
        later = SQL("width_bucket(%s::date - n.due_date, ARRAY[1, 31, 61, 91, 121])", end)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(bucket)s AS bucket,
                       sum(LEAST(n.open_amount, o.open_amount))
                           FILTER (WHERE %(later)s > %(bucket)s)
                  FROM %(old)s AS o JOIN %(new)s AS n ON n.line_id = o.line_id
                 WHERE o.open_amount > 0 AND NOT o.is_credit AND n.open_amount > 0
                 GROUP BY 1
                """,
                bucket=bucket,
                later=later,
                old=old,
                new=new,
            )
        )
        rolled = {bucket: float(amount or 0) for bucket, amount in rows}
        return {
            name: rolled.get(index, 0.0) / begin[AGES[index]] if begin[AGES[index]] > 0 else False
            for index, name in enumerate(ROLLS)
        }

    @api.model
    def _expected_loss(self, company, month, now, values):
        """Loss by the rates of the buckets when they are all given, else by own roll rates."""
        sets = self.env["logistics.ageing.bucket.set"].sudo()
        bucket_set = sets.search(
            [("company_id", "in", (False, company.id)), ("basis", "=", "due")], limit=1
        )
        buckets = bucket_set.bucket_ids.sorted("sort_from")
        if buckets and all(bucket.loss_rate is not False for bucket in buckets):
            items = self.env["logistics.settlement.facts"]._ledger_items_sql(
                values["as_of"], company
            )
            age = SQL("(%s::date - i.due_date)", values["as_of"])
            ((loss,),) = self.env.execute_query(
                SQL(
                    "SELECT sum(i.open_amount * b.loss_rate / 100) FROM %s AS i"
                    " JOIN logistics_ageing_bucket b ON b.id = %s"
                    " WHERE i.open_amount <> 0 AND NOT i.is_credit",
                    items,
                    bucket_set._bucket_case_sql(age),
                )
            )
            return {"expected_loss": float(loss or 0), "expected_loss_source": "rates"}
        past = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("month", "<", month),
                ("month", ">", month - relativedelta(months=12)),
            ]
        )
        chain, loss = 1.0, now["b120_plus"]
        for index in range(len(ROLLS) - 1, -1, -1):
            known = [
                rate
                for rate in [values[ROLLS[index]], *past.mapped(ROLLS[index])]
                if rate is not False
            ]
            # Where one step is unknown, so is everything that would have to pass it.
            chain = (
                chain * min(1.0, sum(known) / len(known)) if known and chain is not None else None
            )
            amount = now[AGES[index]]
            if amount and chain is None:
                return {"expected_loss": False, "expected_loss_source": False}
            loss += amount * (chain or 0.0)
        return {"expected_loss": loss, "expected_loss_source": "roll"}
