# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

from ..fields_unknown import KnownFloat, KnownMonetary


class LogisticsComplaintExposure(models.Model):
    """Who complains speaks for others who say nothing: a scenario in money, by cause.

    The multiplier and the share that leaves are settings with a source, no knowledge. Beside them
    stands what the books say: how many of those that complained stopped buying, and of the others.
    """

    _name = "logistics.complaint.exposure"
    _description = "Silent Exposure"
    _auto = False
    _order = "exposure desc nulls last, id"
    _rec_name = "cause_id"
    _depends = {
        "account.move": ["state", "move_type", "partner_id"],
        "account.move.line": ["balance", "date", "display_type"],
        "logistics.trading.history": ["amount", "date", "partner_id"],
        "logistics.complaint": [
            "active",
            "cause_id",
            "customer_id",
            "duplicate_of_id",
            "received_on",
            "state",
        ],
        "res.company": ["logistics_silent_customers", "logistics_silent_leave_share"],
    }

    cause_id = fields.Many2one("logistics.complaint.cause", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    complaints = fields.Integer(readonly=True, help="Of the last twelve months.")
    customers = fields.Integer(string="Customers Complaining", readonly=True)
    silent = KnownFloat(
        string="Silent Customers",
        readonly=True,
        aggregator="sum",
        help="Customers complaining times the multiplier, but no more than trade with us without "
        "complaining. Causes overlap: their sum may be more than there are.",
    )
    average_revenue = KnownMonetary(
        string="Average Revenue",
        readonly=True,
        aggregator="avg",
        help="Revenue of twelve months per trading customer, company currency.",
    )
    exposure = KnownMonetary(
        string="Revenue at Stake",
        readonly=True,
        help="Silent customers x share that leaves x average revenue of a year. A scenario.",
    )
    multiplier = KnownFloat(
        readonly=True,
        aggregator="avg",
        help="A setting; its source is an optional column here.",
    )
    leave_share = KnownFloat(string="Of Them Leave", readonly=True, aggregator="avg")
    source = fields.Char(string="Source of the Multiplier", compute="_compute_source")
    measured_left = KnownFloat(
        string="Complained and Left (Measured)",
        readonly=True,
        aggregator="avg",
        help="Of the customers that traded and complained in the twelve months before the last "
        "twelve: the share without trade since.",
    )
    measured_left_others = KnownFloat(
        string="Others Left (Measured)",
        readonly=True,
        aggregator="avg",
        help="The same share of those that traded then and did not complain.",
    )

    def _compute_source(self):
        for row in self:
            row.source = row.company_id.sudo().logistics_silent_source

    @property
    def _table_query(self) -> SQL:
        today = fields.Date.context_today(self)
        facts = self.env["logistics.trading.facts"]._facts_sql(
            date_from=today - relativedelta(years=2) + relativedelta(days=1), date_to=today
        )
        return SQL(
            """
            WITH trade AS (
                SELECT f.company_id, f.partner_id,
                       sum(f.amount) FILTER (WHERE f.date > %(year)s) AS revenue,
                       bool_or(f.date > %(year)s) AS now, bool_or(f.date <= %(year)s) AS before
                  FROM %(facts)s AS f GROUP BY 1, 2
            ),
            complaint AS (
                SELECT c.company_id, c.cause_id, c.customer_id, k.partner_id,
                       c.received_on > %(year)s AS recent
                  FROM logistics_complaint c
                  LEFT JOIN logistics_customer k ON k.id = c.customer_id
                 WHERE %(counting)s
                   AND c.received_on > %(since)s AND c.received_on <= %(today)s
            ),
            whole AS (
                SELECT t.company_id,
                       count(*) FILTER (WHERE t.now) AS trading,
                       count(*) FILTER (WHERE t.now AND c.recent IS TRUE) AS complaining,
                       avg(t.revenue) FILTER (WHERE t.now) AS average,
                       avg(CASE WHEN t.now THEN 0.0 ELSE 1.0 END)
                           FILTER (WHERE t.before AND c.earlier IS TRUE) AS left_complained,
                       avg(CASE WHEN t.now THEN 0.0 ELSE 1.0 END)
                           FILTER (WHERE t.before AND c.earlier IS NOT TRUE) AS left_others
                  FROM trade t
                  LEFT JOIN (SELECT company_id, partner_id, bool_or(recent) AS recent,
                                    bool_or(NOT recent) AS earlier
                               FROM complaint GROUP BY 1, 2) c
                    ON c.company_id = t.company_id AND c.partner_id = t.partner_id
                 GROUP BY t.company_id
            ),
            cause AS (
                SELECT company_id, cause_id, count(*) AS complaints,
                       count(DISTINCT customer_id) AS customers
                  FROM complaint WHERE recent GROUP BY 1, 2
            ),
            scenario AS (
                SELECT c.*, w.average, w.left_complained, w.left_others,
                       p.currency_id, p.logistics_silent_customers AS multiplier,
                       p.logistics_silent_leave_share / 100.0 AS leave_share,
                       LEAST(c.customers * p.logistics_silent_customers,
                             GREATEST(w.trading - w.complaining, 0)) AS silent
                  FROM cause c
                  JOIN res_company p ON p.id = c.company_id
                  LEFT JOIN whole w ON w.company_id = c.company_id
            )
            SELECT row_number() OVER (ORDER BY company_id, cause_id) AS id, company_id, cause_id,
                   currency_id, complaints, customers, silent, average AS average_revenue,
                   silent * leave_share * average AS exposure, multiplier, leave_share,
                   left_complained AS measured_left, left_others AS measured_left_others
              FROM scenario
            """,
            counting=self.env["logistics.complaint.repeat"]._counting_sql("c"),
            year=today - relativedelta(years=1),
            since=today - relativedelta(years=2),
            today=today,
            facts=facts,
        )
