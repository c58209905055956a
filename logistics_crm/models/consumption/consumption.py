# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary

KINDS = [("service", "Service"), ("lane", "Lane")]


class LogisticsConsumption(models.Model):
    """What a customer buys: one row per service and per lane over twelve months.

    A table of its own, made anew each night: the customer's page shows it at once, and the
    white space compares 100,000 baskets without reading the invoices again.
    """

    _name = "logistics.consumption"
    _description = "Consumption"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
    _order = "kind desc, revenue desc, id"

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="customer_id.user_id")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    service_id = fields.Many2one(
        "logistics.service", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    lane_id = fields.Many2one(
        "logistics.lane", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    as_of = fields.Date(readonly=True, required=True)
    trade_days = fields.Integer(readonly=True, help="Days with this service or lane.")
    quantity = KnownFloat(readonly=True)
    weight_kg = KnownFloat(string="Weight (kg)", readonly=True)
    revenue = KnownMonetary(string="Revenue (12 m)", readonly=True)
    margin = KnownMonetary(
        string="Margin (12 m)",
        readonly=True,
        help="Revenue less cost, only over lines whose cost is known.",
    )
    revenue_previous = KnownMonetary(
        string="Twelve Months Before",
        readonly=True,
        help="Revenue of the twelve months before the last twelve.",
    )
    share = KnownFloat(
        readonly=True,
        aggregator=None,
        help="Share of the customer's revenue of the last twelve months.",
    )
    average_price = KnownFloat(
        readonly=True,
        aggregator=None,
        digits="Product Price",
        help="Revenue per unit of the service.",
    )
    price_level = KnownFloat(
        readonly=True,
        aggregator=None,
        digits=(16, 3),
        help="Average price by the average price all customers of the company paid for it: 1 is "
        "average. Only for services: a lane carries different ones.",
    )

    @api.model
    def _refresh(self, company, as_of=None):
        """Make the rows of a company anew from the trading facts, in two statements.

        :param company: the ``res.company``
        :param as_of: date; today when omitted. Nothing dated later is looked at.
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM logistics_consumption WHERE company_id = %s", company.id)
        )
        self.env.cr.execute(self._insert_sql(company, as_of))
        self.env.cr.execute(
            SQL(
                "UPDATE res_company SET logistics_consumption_as_of = %s WHERE id = %s",
                as_of,
                company.id,
            )
        )
        self.env.cr.execute(SQL("ANALYZE logistics_consumption"))
        self.invalidate_model()
        company.invalidate_recordset(["logistics_consumption_as_of"])

    @api.model
    def _insert_sql(self, company, as_of):
        """One pass over two years of facts, grouped by service and by lane at once."""
        year_ago = as_of - relativedelta(years=1)
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=company,
            date_from=as_of - relativedelta(years=2) + relativedelta(days=1),
            date_to=as_of,
        )
        return SQL(
            """
            WITH basket AS (
                SELECT f.partner_id, f.service_id, f.lane_id,
                       GROUPING(f.service_id) AS by_lane,
                       count(DISTINCT f.date) FILTER (WHERE %(recent)s
                             AND COALESCE(f.amount, f.quantity, 0) >= 0) AS trade_days,
                       count(*) FILTER (WHERE %(recent)s) AS lines,
                       sum(f.quantity) FILTER (WHERE %(recent)s) AS quantity,
                       sum(f.weight_kg) FILTER (WHERE %(recent)s) AS weight_kg,
                       sum(f.amount) FILTER (WHERE %(recent)s) AS revenue,
                       sum(f.amount - f.cost) FILTER (WHERE %(recent)s) AS margin,
                       count(*) FILTER (WHERE NOT %(recent)s) AS lines_previous,
                       sum(f.amount) FILTER (WHERE NOT %(recent)s) AS revenue_previous,
                       sum(f.amount) FILTER (WHERE %(priced)s) AS priced,
                       sum(f.quantity) FILTER (WHERE %(priced)s) AS priced_quantity
                  FROM %(facts)s AS f
                 GROUP BY GROUPING SETS ((f.partner_id, f.service_id), (f.partner_id, f.lane_id))
            ),
            measured AS (
                SELECT b.*,
                       b.priced / NULLIF(b.priced_quantity, 0) AS price,
                       sum(b.priced) OVER item / NULLIF(sum(b.priced_quantity) OVER item, 0)
                           AS peer_price,
                       -- over all rows of one grouping: unnamed services and lanes count too
                       sum(b.revenue) OVER (PARTITION BY b.by_lane, b.partner_id) AS whole
                  FROM basket b
                WINDOW item AS (PARTITION BY b.by_lane, b.service_id, b.lane_id)
            )
            INSERT INTO logistics_consumption
                   (customer_id, company_id, kind, service_id, lane_id, as_of, trade_days,
                    quantity, weight_kg, revenue, margin, revenue_previous, share,
                    average_price, price_level, create_uid, write_uid, create_date, write_date)
            SELECT c.id, c.company_id, CASE m.by_lane WHEN 1 THEN 'lane' ELSE 'service' END,
                   m.service_id, m.lane_id, %(as_of)s, m.trade_days,
                   CASE WHEN m.lines = 0 THEN 0 ELSE m.quantity END,
                   CASE WHEN m.lines = 0 THEN 0 ELSE m.weight_kg END,
                   CASE WHEN m.lines = 0 THEN 0 ELSE m.revenue END,
                   CASE WHEN m.lines = 0 THEN 0 ELSE m.margin END,
                   CASE WHEN m.lines_previous = 0 THEN 0 ELSE m.revenue_previous END,
                   m.revenue / NULLIF(m.whole, 0),
                   -- a lane carries different services: its mean price compares nothing
                   CASE m.by_lane WHEN 0 THEN m.price END,
                   CASE m.by_lane WHEN 0 THEN m.price / NULLIF(m.peer_price, 0) END,
                   %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM measured m
              JOIN logistics_customer c ON c.partner_id = m.partner_id
                                       AND c.company_id = %(company)s
             WHERE m.service_id IS NOT NULL OR m.lane_id IS NOT NULL
            """,
            recent=SQL("f.date > %s", year_ago),
            priced=SQL("f.date > %s AND f.amount IS NOT NULL AND f.quantity IS NOT NULL", year_ago),
            facts=facts,
            as_of=as_of,
            company=company.id,
            uid=self.env.uid,
        )

    @api.model
    def _cron_refresh(self):
        """Nightly: consumption, white space and concessions, company by company.

        Each company is its own transaction. One that is done today stays done when the job is
        killed, and is not done again when it goes on.
        """
        today = fields.Date.context_today(self)
        companies = self.env["res.company"].search(
            [
                "|",
                ("logistics_consumption_as_of", "=", False),
                ("logistics_consumption_as_of", "!=", today),
            ]
        )
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self.with_company(company)._refresh_company(company, today)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _refresh_company(self, company, as_of):
        """Refresh everything that is derived from a company's consumption as of a day."""
        self._refresh(company, as_of)
        self.env["logistics.white.space"]._refresh(company, as_of)
        self.env["logistics.concession"]._derive(company, as_of)

    @api.model
    def _refresh_on_demand(self):
        """Refresh the current company now.

        :raise AccessError: for anybody but managers
        """
        if not self.env.user.has_group("logistics_crm.group_manager"):
            raise AccessError(
                self.env._("Only managers may refresh a whole company. It happens every night.")
            )
        company = self.env.company
        self.sudo()._refresh_company(company, fields.Date.context_today(self))
