# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

# From this share of the limit on the gauge warns.
NEAR_LIMIT = 0.8


class LogisticsCustomer(models.Model):
    """What the customer's form answers at a glance: the year's trade, the limit, what is open."""

    _inherit = "logistics.customer"

    month_series = fields.Json(
        string="Twelve Months",
        compute="_compute_month_series",
        help="Revenue by month, with the same months of the year before.",
    )
    limit_gauge = fields.Json(
        string="Credit Limit in Use",
        compute="_compute_limit_gauge",
        help="How far the limit is used. Amounts only for those who may see the ledger.",
    )
    open_points = fields.Json(
        string="What Is Open",
        compute="_compute_open_points",
        help="What waits for somebody: documents, overdue items, activities.",
    )

    # ------------------------------------------------------------------ trade by month
    @api.depends_context("uid")
    def _compute_month_series(self):
        series = self._month_series()
        for account in self:
            account.month_series = series.get(account.id, False)

    def _month_series(self, as_of=None):
        """Revenue of the twelve months up to a day, and of the twelve before; one statement.

        :param as_of: date or ISO text; the day of the figures, or today, when omitted
        :return: ``{account id: dict(months=['YYYY-MM'] * 12, this=[...], last=[...])}``; a value
            is company currency untaxed, 0 where nothing was traded, None where trade is known
            but no amount
        """
        accounts = self.filtered("id")
        if not accounts:
            return {}
        accounts.check_access("read")
        day = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        first = day.replace(day=1) - relativedelta(months=23)
        partners = accounts.partner_id
        facts = (
            self.env["logistics.trading.facts"]
            .sudo()
            ._facts_sql(date_from=first, date_to=day, partner_ids=partners.ids)
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.partner_id, f.company_id, to_char(f.date, 'YYYY-MM'), sum(f.amount)::float8
                  FROM %s AS f GROUP BY 1, 2, 3
                """,
                facts,
            )
        )
        amounts = {(partner, company, month): amount for partner, company, month, amount in rows}
        months = [(first + relativedelta(months=index)).strftime("%Y-%m") for index in range(24)]
        result = {}
        for account in accounts:
            values = [
                amounts.get((account.partner_id.id, account.company_id.id, month), 0.0)
                for month in months
            ]
            result[account.id] = {"months": months[12:], "this": values[12:], "last": values[:12]}
        return result

    # ------------------------------------------------------------------ limit
    @api.depends_context("uid")
    def _compute_limit_gauge(self):
        ledger = self._sees_ledger()
        for account in self:
            account.limit_gauge = account.id and account._limit_gauge(ledger)

    def _limit_gauge(self, ledger):
        """The use of the limit; a state in one word for those who may not see the ledger."""
        account = self.sudo()
        state, total = account.credit_limit_state, account.credit_limit_total
        if state == "amount":
            exposure = account.credit_exposure
            share = exposure / total if total else None
            if not total:
                state = "cash"
            elif share > 1:
                state = "over"
            elif share >= NEAR_LIMIT:
                state = "near"
            else:
                state = "within"
            if ledger:
                return {"state": state, "share": share, "exposure": exposure, "limit": total}
        elif ledger:
            return {"state": state, "exposure": account.credit_exposure}
        return {"state": state}

    # ------------------------------------------------------------------ what is open
    @api.depends_context("uid", "lang")
    def _compute_open_points(self):
        for account in self:
            account.open_points = account._points_by_level() if account.id else False

    def _points_by_level(self):
        """What waits for somebody, the most pressing first; in a level as the areas tell it."""
        levels = ("danger", "warning", "info")
        return sorted(self._open_points(), key=lambda point: levels.index(point["level"]))

    def _open_points(self):
        """What waits for somebody at this customer.

        Areas add theirs by override: ``return [*super()._open_points(), {...}]``. They search as
        the user, so that everybody is told what he may see. Only for a form: a few queries per
        customer.

        :return: list of dicts: ``code``, ``text`` (in the reader's language), ``level``
            ('danger', 'warning' or 'info'), ``action`` (name of a method of the account that
            opens the records, or False), and ``page`` (name of the page of the form that tells
            more) where there is one
        """
        self.ensure_one()
        points = []
        days = self.sudo().overdue_oldest_days
        if days:
            points.append(
                {
                    "code": "overdue",
                    "level": "danger",
                    "text": self.env._("Overdue, the oldest item for %s days", days),
                    "action": "action_open_overdue",
                }
            )
        counts = dict(self._open_order_counts())
        for code, level, one, many in (
            (
                "held",
                "danger",
                self.env._("1 order waits for credit control"),
                self.env._("%s orders wait for credit control"),
            ),
            (
                "quotation",
                "info",
                self.env._("1 open quotation"),
                self.env._("%s open quotations"),
            ),
            (
                "order",
                "info",
                self.env._("1 order to invoice"),
                self.env._("%s orders to invoice"),
            ),
        ):
            if count := counts.get(code):
                points.append(
                    {
                        "code": code,
                        "level": level,
                        "text": one if count == 1 else many % count,
                        "action": "action_open_to_invoices"
                        if code == "order"
                        else f"action_open_{code}s",
                    }
                )
        deadline = self.activity_date_deadline
        if deadline:
            late = deadline < fields.Date.context_today(self)
            points.append(
                {
                    "code": "activity",
                    "level": "warning" if late else "info",
                    "text": self.env._(
                        "Next activity: %(what)s on %(date)s",
                        what=self.activity_summary or self.activity_type_id.name or "",
                        date=format_date(self.env, deadline),
                    ),
                    "action": False,
                }
            )
        return points

    def _open_order_domain(self, code):
        self.ensure_one()
        domain = fields.Domain(
            [
                ("partner_id", "child_of", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        return domain & fields.Domain(
            {
                "held": [
                    ("state", "in", ("draft", "sent")),
                    ("logistics_credit_state", "in", ("hold", "declined")),
                ],
                "quotation": [
                    ("state", "in", ("draft", "sent")),
                    ("logistics_credit_state", "not in", ("hold", "declined")),
                ],
                "order": [("state", "=", "sale"), ("invoice_status", "=", "to invoice")],
            }[code]
        )

    def _open_order_counts(self):
        """How many orders wait, as far as the user may see them."""
        orders = self.env["sale.order"]
        if not orders.has_access("read"):
            return []
        return [
            (code, orders.search_count(self._open_order_domain(code)))
            for code in ("held", "quotation", "order")
        ]

    # ------------------------------------------------------------------ actions
    def _action_orders(self, code):
        action = self.action_open_orders()
        action["domain"] = list(self._open_order_domain(code))
        return action

    def action_open_helds(self):
        """Open the orders of this customer that credit control holds."""
        return self._action_orders("held")

    def action_open_quotations(self):
        """Open the quotations of this customer that wait for an answer."""
        return self._action_orders("quotation")

    def action_open_to_invoices(self):
        """Open the orders of this customer that can be invoiced."""
        return self._action_orders("order")

    def action_open_overdue(self):
        """Open the posted invoices of the customer that are past due and not paid."""
        action = self.action_open_invoices()
        action["domain"] = [
            *action["domain"],
            ("state", "=", "posted"),
            ("payment_state", "in", ("not_paid", "partial")),
            ("invoice_date_due", "<", fields.Date.to_string(fields.Date.context_today(self))),
        ]
        return action
