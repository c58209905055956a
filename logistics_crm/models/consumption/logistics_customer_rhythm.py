# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Pauses of the last two years speak for today's rhythm, older ones only where there are too few.
RHYTHM_YEARS = 2


class LogisticsCustomer(models.Model):
    """When the next order is to be expected, from the customer's own rhythm."""

    _inherit = "logistics.customer"

    next_order_date = fields.Date(
        string="Next Order Expected",
        readonly=True,
        index=True,
        help="Last trade plus the customer's own median pause between two order days of the last "
        "two years. Empty: fewer than three order days.",
    )
    next_order_from = fields.Date(
        string="Expected From",
        readonly=True,
        help="A quarter of the customer's pauses were shorter than up to this day.",
    )
    next_order_until = fields.Date(
        string="Expected Until",
        readonly=True,
        help="A quarter of the customer's pauses were longer than up to this day.",
    )

    @api.model
    def _rhythm_sql(self, as_of):
        """Quartiles of the pauses between trade days per customer; reads the CTE ``pause``.

        ``pauses`` holds the lower quartile, the median and the upper quartile in days, over the
        two years before ``as_of`` where these have two pauses, else over all; NULL with fewer
        than two pauses (three order days).
        """
        recent = SQL("p.date > %s", as_of - relativedelta(years=RHYTHM_YEARS))
        return SQL(
            """
            SELECT p.company_id, p.partner_id,
                   CASE WHEN count(p.pause) FILTER (WHERE %(recent)s) >= 2
                        THEN percentile_cont(ARRAY[0.25, 0.5, 0.75]::float8[])
                             WITHIN GROUP (ORDER BY p.pause::float8) FILTER (WHERE %(recent)s)
                        WHEN count(p.pause) >= 2
                        THEN percentile_cont(ARRAY[0.25, 0.5, 0.75]::float8[])
                             WITHIN GROUP (ORDER BY p.pause::float8)
                   END AS pauses
              FROM pause p
             WHERE p.pause IS NOT NULL
             GROUP BY p.company_id, p.partner_id
            """,
            recent=recent,
        )

    @api.model
    def _next_order_columns_sql(self):
        """What the figures refresh sets from the rhythm ``r`` and the trade ``t``."""
        return SQL(
            """
            next_order_date = t.last_trade_date + round(r.pauses[2])::integer,
            next_order_from = t.last_trade_date + floor(r.pauses[1])::integer,
            next_order_until = t.last_trade_date + ceil(r.pauses[3])::integer
            """
        )
