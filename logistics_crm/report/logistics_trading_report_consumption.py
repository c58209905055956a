# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ..fields_unknown import KnownFloat, KnownMonetary

MONTHS = [
    ("01", "January"),
    ("02", "February"),
    ("03", "March"),
    ("04", "April"),
    ("05", "May"),
    ("06", "June"),
    ("07", "July"),
    ("08", "August"),
    ("09", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]
WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]
# (key, label, heaviest line in kg that belongs to it)
WEIGHTS = [
    ("1", "Up to 1 kg", 1),
    ("2", "1 to 5 kg", 5),
    ("3", "5 to 20 kg", 20),
    ("4", "20 to 70 kg", 70),
    ("5", "70 to 300 kg", 300),
    ("6", "300 kg to 1 t", 1000),
    ("7", "1 to 10 t", 10000),
]
HEAVIEST = ("8", "Over 10 t")


class LogisticsTradingReport(models.Model):
    """How customers consume: season, weekday, lane, weight band, department, price level."""

    _inherit = "logistics.trading.report"

    month_of_year = fields.Selection(MONTHS, string="Season (Month)", readonly=True)
    weekday = fields.Selection(WEEKDAYS, readonly=True)
    weight_band = fields.Selection(
        [band[:2] for band in WEIGHTS] + [HEAVIEST],
        readonly=True,
        help="Weight of the document line. Empty: the weight is not known.",
    )
    lane_id = fields.Many2one("logistics.lane", readonly=True)
    origin_id = fields.Many2one("logistics.zone", string="From Zone", readonly=True)
    destination_id = fields.Many2one("logistics.zone", string="To Zone", readonly=True)
    state_id = fields.Many2one("res.country.state", string="Region", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    team_id = fields.Many2one(
        "crm.team",
        string="Department",
        readonly=True,
        help="The sales team of the invoice; of the representative where the document has none.",
    )
    average_price = KnownFloat(
        readonly=True,
        aggregator="avg",
        digits="Product Price",
        help="Revenue per unit, over lines that know both. Weighted: total revenue by total "
        "quantity.",
    )
    peer_amount = KnownMonetary(
        string="Revenue at Peers' Price",
        readonly=True,
        help="The quantity at the average price that all customers of the company paid for the "
        "same service in the same year.",
    )
    price_level = KnownFloat(
        readonly=True,
        aggregator="avg",
        digits=(16, 3),
        help="Revenue by the revenue at the peers' price: 1 is the average price, 0.9 ten percent "
        "below it. Weighted over the lines where both are known.",
    )

    @api.model
    def _further_columns_sql(self):
        band = SQL(" ").join(
            SQL("WHEN abs(f.weight_kg) <= %s THEN %s", limit, key) for key, _label, limit in WEIGHTS
        )
        return SQL(
            """%(before)s,
                   to_char(f.date, 'MM') AS month_of_year,
                   EXTRACT(ISODOW FROM f.date)::integer::varchar AS weekday,
                   CASE %(band)s WHEN f.weight_kg IS NOT NULL THEN %(heaviest)s END AS weight_band,
                   f.lane_id, lane.origin_id, lane.destination_id,
                   entity.state_id, entity.industry_id,
                   COALESCE(f.team_id, rep.sale_team_id) AS team_id,
                   f.amount / NULLIF(f.quantity, 0) AS average_price,
                   CASE WHEN f.amount IS NOT NULL THEN f.quantity * peer.price END AS peer_amount,
                   f.amount / NULLIF(f.quantity * peer.price, 0) AS price_level
            """,
            before=super()._further_columns_sql(),
            band=band,
            heaviest=HEAVIEST[0],
        )

    @api.model
    def _further_joins_sql(self):
        # Grouped by all it is joined on: PostgreSQL drops the join where no price is asked for.
        return SQL(
            """%(before)s
              LEFT JOIN res_partner entity ON entity.id = f.partner_id
              LEFT JOIN res_users rep ON rep.id = c.user_id
              LEFT JOIN logistics_lane lane ON lane.id = f.lane_id
              LEFT JOIN (
                    SELECT p.company_id, p.service_id, EXTRACT(YEAR FROM p.date) AS year,
                           sum(p.amount) / NULLIF(sum(p.quantity), 0) AS price
                      FROM %(facts)s AS p
                     WHERE p.amount IS NOT NULL AND p.quantity IS NOT NULL
                     GROUP BY p.company_id, p.service_id, EXTRACT(YEAR FROM p.date)
              ) peer ON peer.company_id = f.company_id AND peer.service_id = f.service_id
                    AND peer.year = EXTRACT(YEAR FROM f.date)
            """,
            before=super()._further_joins_sql(),
            facts=self.env["logistics.trading.facts"]._facts_sql(),
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Prices of a group are ratios of sums, not means of the lines' ratios."""
        amount = self._field_to_sql(self._table, "amount", query)
        if aggregate_spec == "average_price:avg":
            quantity = self._field_to_sql(self._table, "quantity", query)
            return self._ratio_sql(amount, quantity)
        if aggregate_spec == "price_level:avg":
            return self._ratio_sql(amount, self._field_to_sql(self._table, "peer_amount", query))
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _ratio_sql(self, above, below):
        return SQL(
            "SUM(%(above)s) FILTER (WHERE %(below)s IS NOT NULL)"
            " / NULLIF(SUM(%(below)s) FILTER (WHERE %(above)s IS NOT NULL), 0)",
            above=above,
            below=below,
        )
