# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...fields_unknown import KnownMonetary
from .screening_period import month_number

EFFECTS = ("volume", "price", "mix", "new", "other")


class LogisticsScreeningBridge(models.Model):
    """From the screened year's month to the same month of the next: volume, price and mix."""

    _name = "logistics.screening.bridge"
    _description = "Month against the Screened Year"
    _inherit = ["logistics.unknown.last.mixin"]
    _order = "date desc, customer_id"
    _rec_name = "date"

    screening_id = fields.Many2one(
        "logistics.screening",
        string="Baseline",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    date = fields.Date(string="Month", required=True, readonly=True, help="First day of the month.")
    baseline_revenue = KnownMonetary(
        readonly=True, help="Revenue of the same month of the screened year, as frozen there."
    )
    effect_volume = KnownMonetary(
        string="Volume",
        readonly=True,
        help="(quantity - quantity then) x average price then, over services with both.",
    )
    effect_price = KnownMonetary(
        string="Price",
        readonly=True,
        help="Sum over services of quantity x (average price - average price then).",
    )
    effect_mix = KnownMonetary(
        string="Mix",
        readonly=True,
        help="Sum over services of quantity x price then, less all quantity x average price then.",
    )
    effect_new = KnownMonetary(
        string="New",
        readonly=True,
        help="Revenue of services the customer did not buy in that month of the screened year.",
    )
    effect_other = KnownMonetary(
        string="Without Quantity",
        readonly=True,
        help="Change of revenue of services whose quantity then is not known.",
    )
    actual_revenue = KnownMonetary(readonly=True, help="Revenue of the month. Empty: unknown.")

    _month_uniq = models.UniqueIndex("(screening_id, customer_id, date)")

    @api.model
    def _waterfalls(self, domain, groupby):
        """Sums for the waterfall chart, as far as the reader may see them.

        :return: ``{key: dict of baseline, the effects, actual and unknown}``; amounts in company
            currency, ``unknown`` counts the customer months without a known amount; the keys are
            the groups, as tuples
        """
        figures = [
            "baseline_revenue:sum",
            *(f"effect_{effect}:sum" for effect in EFFECTS),
            "actual_revenue:sum",
            "__count",
            "actual_revenue:count",
        ]
        result = {}
        for row in self._read_group(domain, groupby, figures):
            baseline, *effects, actual, count, known = row[len(groupby) :]
            result[row[: len(groupby)]] = {
                "baseline": baseline or 0,
                **{name: value or 0 for name, value in zip(EFFECTS, effects, strict=True)},
                "actual": actual or 0,
                "unknown": count - known,
            }
        return result

    @api.model
    def _fold_customer(self, src_customer, dst_customer):
        """Add the months of an account to those of the account it is merged into."""
        self.env.flush_all()
        figures = ("baseline_revenue", *(f"effect_{name}" for name in EFFECTS), "actual_revenue")
        self.env.cr.execute(
            SQL(
                """
                UPDATE logistics_screening_bridge d
                   SET %(sums)s
                  FROM logistics_screening_bridge s
                 WHERE d.customer_id = %(dst)s AND s.customer_id = %(src)s
                   AND s.screening_id = d.screening_id AND s.date = d.date
                """,
                sums=SQL(", ").join(
                    SQL("%s = d.%s + s.%s", *([SQL.identifier(name)] * 3)) for name in figures
                ),
                src=src_customer.id,
                dst=dst_customer.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM logistics_screening_bridge s USING logistics_screening_bridge d
                 WHERE d.customer_id = %(dst)s AND s.customer_id = %(src)s
                   AND s.screening_id = d.screening_id AND s.date = d.date
                """,
                src=src_customer.id,
                dst=dst_customer.id,
            )
        )
        self.invalidate_model()
        self.search([("customer_id", "=", src_customer.id)]).customer_id = dst_customer


class LogisticsScreeningLine(models.Model):
    _inherit = "logistics.screening.line"

    bridge_data = fields.Json(
        compute="_compute_bridge_data",
        help="The customer's baseline, what volume, price and mix did since, and the present.",
    )

    @api.depends("screening_id.bridge_until", "customer_id")
    @api.depends_context("uid")
    def _compute_bridge_data(self):
        found = self.env["logistics.screening.bridge"]._waterfalls(
            [
                ("screening_id", "in", self.screening_id.ids),
                ("customer_id", "in", self.customer_id.ids),
            ],
            ["screening_id", "customer_id"],
        )
        for line in self:
            line.bridge_data = found.get((line.screening_id, line.customer_id), False)


class LogisticsScreening(models.Model):
    """What was learned is carried into the next year: the closed months become the baseline."""

    _inherit = "logistics.screening"

    carried_at = fields.Datetime(string="Carried Over at", readonly=True, copy=False)
    bridge_until = fields.Date(
        string="Compared until",
        readonly=True,
        copy=False,
        help="Last complete month that is compared with the baseline.",
    )
    bridge_ids = fields.One2many("logistics.screening.bridge", "screening_id", readonly=True)
    bridge_data = fields.Json(
        compute="_compute_bridge_data",
        help="Sums of the baseline, the effects and the present, as far as the reader may see.",
    )

    @api.model
    def _result_fields(self):
        return super()._result_fields() | {"carried_at", "bridge_until"}

    @api.depends("bridge_until")
    @api.depends_context("uid")
    def _compute_bridge_data(self):
        found = self.env["logistics.screening.bridge"]._waterfalls(
            [("screening_id", "in", self.ids)], ["screening_id"]
        )
        for screening in self:
            screening.bridge_data = found.get((screening,), False)

    def action_carry_over(self):
        """Make the closed months the baseline of the following year and compare from now on.

        :raise UserError: unless the campaign is closed
        """
        self.check_access("write")
        for screening in self:
            if screening.state != "closed":
                raise UserError(
                    self.env._("%s is not closed: close it first.", screening.display_name)
                )
            screening._write_results({"carried_at": fields.Datetime.now()})
            screening._refresh_bridge()
        return True

    @api.model
    def _cron_refresh_bridges(self):
        """Compare the complete months of the running year with the last carried campaigns."""
        carried = self.search([("carried_at", "!=", False)], order="id")
        month = fields.Date.context_today(self).replace(day=1)
        waiting = carried.filtered(
            lambda s: (
                s._bridged_until()
                < min(month, s._month_after(s.date_from + relativedelta(years=1)))
            )
        )
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for screening in waiting:
            screening._refresh_bridge()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _bridged_until(self):
        """First day that is not compared yet; to begin with, that of the baseline a year later."""
        if self.bridge_until:
            return self.bridge_until + relativedelta(days=1)
        return self.date_from + relativedelta(years=1)

    def _refresh_bridge(self, as_of=None):
        """Split the difference to the baseline for every complete month of the next year.

        One row per customer and month. The effects add up to actual less baseline revenue:
        volume = (Q1 - Q0) x P0, price = sum q1 (p1 - p0), mix = sum q1 p0 - Q1 P0 over the
        services with a known price then; the rest is new services and services without
        quantity. A month whose amounts are not known has no effects at all.

        :param as_of: months that ended before this day are compared; today when omitted
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        for screening in self:
            start = screening.date_from + relativedelta(years=1)
            end = min(as_of.replace(day=1), screening._month_after(start))
            end -= relativedelta(days=1)
            self.env.flush_all()
            self.env.cr.execute(
                SQL("DELETE FROM logistics_screening_bridge WHERE screening_id = %s", screening.id)
            )
            if end > start:
                self.env.cr.execute(screening._bridge_sql(start, end))
            screening._write_results({"bridge_until": end if end > start else False})
        self.env["logistics.screening.bridge"].invalidate_model()
        self.invalidate_recordset(["bridge_data", "bridge_ids"])

    def _bridge_sql(self, start, end):
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=self.company_id, date_from=start, date_to=end
        )
        return SQL(
            """
            WITH then_ AS (
                SELECT l.customer_id, (e.row ->> 0)::int AS service_id,
                       (e.row ->> 1)::int AS month,
                       sum((e.row ->> 3)::int) AS known,
                       sum((e.row ->> 5)::numeric) AS quantity,
                       sum((e.row ->> 6)::numeric) AS amount
                  FROM logistics_screening_line l
                 CROSS JOIN LATERAL jsonb_array_elements(l.service_data) AS e(row)
                 WHERE l.screening_id = %(screening)s
                   AND (e.row ->> 1)::int <= %(months)s
                 -- customers merged after closing have two lines here
                 GROUP BY 1, 2, 3
            ),
            now_ AS (
                SELECT c.id AS customer_id, f.service_id, %(month)s AS month,
                       count(f.amount) AS known,
                       sum(f.quantity) FILTER (WHERE f.amount IS NOT NULL) AS quantity,
                       sum(f.amount) AS amount
                  FROM %(facts)s AS f
                  JOIN logistics_customer c ON c.partner_id = f.partner_id
                                           AND c.company_id = %(company)s
                 GROUP BY 1, 2, 3
            ),
            service AS (
                SELECT COALESCE(a.customer_id, b.customer_id) AS customer_id,
                       COALESCE(a.month, b.month) AS month,
                       a.customer_id IS NOT NULL AS was,
                       COALESCE(a.known = 0, FALSE) AS unknown_then,
                       COALESCE(b.known = 0, FALSE) AS unknown_now,
                       COALESCE(a.amount, 0) AS r0, COALESCE(b.amount, 0) AS r1,
                       COALESCE(a.quantity, 0) AS q0, COALESCE(b.quantity, 0) AS q1,
                       a.amount / NULLIF(a.quantity, 0) AS p0
                  FROM then_ a
                  FULL JOIN now_ b ON b.customer_id = a.customer_id AND b.month = a.month
                                  AND b.service_id IS NOT DISTINCT FROM a.service_id
            ),
            total AS (
                SELECT customer_id, month, bool_or(unknown_then) AS unknown_then,
                       bool_or(unknown_now) AS unknown_now,
                       sum(r0) AS r0, sum(r1) AS r1,
                       sum(q0) FILTER (WHERE p0 IS NOT NULL) AS q0,
                       sum(q1) FILTER (WHERE p0 IS NOT NULL) AS q1,
                       sum(r0) FILTER (WHERE p0 IS NOT NULL)
                           / NULLIF(sum(q0) FILTER (WHERE p0 IS NOT NULL), 0) AS average,
                       sum(r1) FILTER (WHERE p0 IS NOT NULL) AS r1_priced,
                       sum(r0) FILTER (WHERE p0 IS NOT NULL) AS r0_priced,
                       sum(q1 * p0) AS q1_at_p0,
                       sum(r1) FILTER (WHERE NOT was) AS fresh,
                       sum(r1 - r0) FILTER (WHERE was AND p0 IS NULL) AS other
                  FROM service
                 GROUP BY customer_id, month
            ),
            effect AS (
                SELECT *, unknown_then OR unknown_now AS unknown,
                       CASE WHEN average IS NULL THEN 0 ELSE (q1 - q0) * average END AS volume,
                       CASE WHEN average IS NULL THEN 0 ELSE q1_at_p0 - q1 * average END AS mix
                  FROM total
            )
            INSERT INTO logistics_screening_bridge (
                   screening_id, company_id, currency_id, customer_id, date, baseline_revenue,
                   effect_volume, effect_price, effect_mix, effect_new, effect_other,
                   actual_revenue)
            SELECT %(screening)s, %(company)s, %(currency)s, customer_id,
                   (%(start)s::date + make_interval(months => month - 1))::date,
                   CASE WHEN NOT unknown_then THEN r0 END,
                   CASE WHEN NOT unknown THEN volume END,
                   CASE WHEN NOT unknown
                        THEN COALESCE(r1_priced - r0_priced, 0) - volume - mix END,
                   CASE WHEN NOT unknown THEN mix END,
                   CASE WHEN NOT unknown THEN COALESCE(fresh, 0) END,
                   CASE WHEN NOT unknown THEN COALESCE(other, 0) END,
                   CASE WHEN NOT unknown_now THEN r1 END
              FROM effect
            """,
            screening=self.id,
            company=self.company_id.id,
            currency=self.currency_id.id,
            start=start,
            months=(end.year - start.year) * 12 + end.month - start.month + 1,
            month=SQL("(%s - %s)", month_number(SQL("f.date")), start.year * 12 + start.month - 1),
            facts=facts,
        )
