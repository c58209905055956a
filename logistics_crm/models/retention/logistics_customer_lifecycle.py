# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL


class LogisticsCustomer(models.Model):
    """Where the relation stands: the lifecycle stage, from the dates of trade."""

    _inherit = "logistics.customer"

    @api.model
    def _lifecycle_sql(self, as_of):
        """Lifecycle stage from the dates of trade; ``t`` trade, ``g`` gaps, ``co`` company.

        Lost after the company's lost days or twice the customer's own rhythm, whichever is
        longer; dormant after half of that; at risk when the present gap exceeds three times the
        own rhythm and thirty days; won back for the new-customer period after a pause that
        counted as lost; new for that period after the first trade; loyal after three years.
        """
        gap = SQL("(%s::date - t.last_trade_date)", as_of)
        patience = SQL(
            "GREATEST(co.logistics_lost_customer_days, 2 * COALESCE(t.order_interval_days, 0))"
        )
        return SQL(
            """
            CASE WHEN t.last_trade_date IS NULL THEN 'prospect'
                 WHEN %(gap)s > %(patience)s THEN 'lost'
                 WHEN %(gap)s > %(patience)s / 2 THEN 'dormant'
                 WHEN g.resumed_on > %(as_of)s::date - co.logistics_new_customer_days
                      THEN 'won_back'
                 WHEN t.first_trade_date > %(as_of)s::date - co.logistics_new_customer_days
                      THEN 'new'
                 WHEN %(gap)s > GREATEST(30, 3 * t.order_interval_days) THEN 'at_risk'
                 WHEN t.first_trade_date <= %(as_of)s::date - 3 * 365 THEN 'loyal'
                 ELSE 'regular'
            END
            """,
            gap=gap,
            patience=patience,
            as_of=as_of,
        )
