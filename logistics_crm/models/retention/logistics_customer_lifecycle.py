# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat

# A holiday shutdown is no sign of anything.
LATE_FLOOR = 21
LOST_FLOOR = 90
# The pauses at which a customer's own rhythm and the company's weigh the same.
TRUST = 4


class LogisticsCustomer(models.Model):
    """Where the relation stands: the lifecycle stage, from the dates of trade."""

    _inherit = "logistics.customer"

    is_target = fields.Boolean(
        string="Target Customer",
        tracking=True,
        help="A company we want to win. Without trade it stands as target, not as prospect.",
    )
    trade_days_total = fields.Integer(
        string="Trade Days",
        readonly=True,
        help="Days with at least one invoiced or recorded trade, over the whole history.",
    )
    longest_pause_days = KnownFloat(
        string="Longest Pause (days)",
        readonly=True,
        aggregator="avg",
        digits=(16, 0),
        help="The longest pause between two trade days from which the customer came back. "
        "Empty: fewer than two trade days.",
    )
    amount_per_trade_day = KnownFloat(
        string="Amount per Trade Day",
        readonly=True,
        aggregator="avg",
        help="Untaxed, less credit notes, over the whole history, company currency, per trade "
        "day whose amount is known. Empty: no amount is known.",
    )

    @api.model
    def _lost_base_sql(self):
        """Days of silence after which a customer without a rhythm of its own is lost."""
        return SQL("COALESCE(rh.lost_days, co.logistics_lost_customer_days)::float8")

    @api.model
    def _rhythm_join_sql(self, as_of):
        """Join ``rh``, the company's rhythm of the day, to an account ``x``."""
        return SQL(
            "LEFT JOIN logistics_rhythm rh ON rh.company_id = x.company_id AND rh.as_of = %s",
            as_of,
        )

    @api.model
    def _lost_after_sql(self):
        """Days of silence after which an account counts as lost; ``t``, ``co``, ``rh``.

        Three times the longest pause it ever came back from, mixed with the company's base: the
        more pauses are known (k), the more its own counts (k / (k + 4)). Never under 90 days nor
        under twice its own interval.
        """
        return SQL(
            """
            GREATEST(%(floor)s, 2 * COALESCE(t.order_interval_days, 0), exp(
                %(own)s * ln(3.0 * GREATEST(COALESCE(t.longest_pause_days, 1), 1))
                + (1 - %(own)s) * ln(%(base)s)))
            """,
            floor=LOST_FLOOR,
            own=self._own_weight_sql(),
            base=self._lost_base_sql(),
        )

    @api.model
    def _late_after_sql(self):
        """Days of silence after which an account is at risk; ``t``, ``co``, ``rh``.

        Its own longest pause, mixed in the same way with the usual longest pause in the company
        (a quarter of the lost days where that is not known). Never under three weeks nor under
        one and a half of its own intervals.
        """
        return SQL(
            """
            GREATEST(%(floor)s, 1.5 * COALESCE(t.order_interval_days, 0), exp(
                %(own)s * ln(GREATEST(COALESCE(t.longest_pause_days, 1), 1)::float8)
                + (1 - %(own)s) * ln(GREATEST(COALESCE(rh.usual_pause_days, %(base)s / 4), 1))))
            """,
            floor=LATE_FLOOR,
            own=self._own_weight_sql(),
            base=self._lost_base_sql(),
        )

    @api.model
    def _own_weight_sql(self):
        return SQL("((t.trade_days_total - 1)::float8 / (t.trade_days_total - 1 + %s))", TRUST)

    @api.model
    def _lifecycle_sql(self, as_of):
        """Lifecycle stage from the dates of trade.

        ``x`` account, ``t`` trade, ``g`` pauses, ``co`` company, ``rh`` its rhythm. Lost after
        `_lost_after_sql`, dormant after half of that; won back for the new-customer days after a
        pause that counted as lost in this company; new for those days after the first trade; at
        risk after `_late_after_sql`; loyal after three years.
        """
        return SQL(
            """
            CASE WHEN t.last_trade_date IS NULL
                      THEN CASE WHEN x.is_target THEN 'target' ELSE 'prospect' END
                 WHEN %(gap)s > %(lost)s THEN 'lost'
                 WHEN %(gap)s > %(lost)s / 2 THEN 'dormant'
                 WHEN g.resumed_on > %(as_of)s::date - co.logistics_new_customer_days
                      THEN 'won_back'
                 WHEN t.first_trade_date > %(as_of)s::date - co.logistics_new_customer_days
                      THEN 'new'
                 WHEN %(gap)s > %(late)s THEN 'at_risk'
                 WHEN t.first_trade_date <= %(as_of)s::date - 3 * 365 THEN 'loyal'
                 ELSE 'regular'
            END
            """,
            gap=SQL("(%s::date - t.last_trade_date)", as_of),
            lost=self._lost_after_sql(),
            late=self._late_after_sql(),
            as_of=as_of,
        )
