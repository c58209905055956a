# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

from ..complaint_words import VERDICTS
from ..fields_unknown import KnownFloat, KnownMonetary
from ..models.customer.logistics_customer import VALUE_CLASSES

WINDOW_DAYS = 90


class LogisticsComplaintEffect(models.Model):
    """What customers bought before a complaint and after it ended: the same number of days.

    A complaint that ended less than these days ago has no figure yet. Other things happen
    meanwhile: the change of those who did not complain stands beside it.
    """

    _name = "logistics.complaint.effect"
    _description = "Revenue After Complaints"
    _inherit = "logistics.unknown.last.mixin"
    _auto = False
    _order = "closed_on desc, id desc"
    _rec_name = "complaint_id"
    _depends = {
        "account.move": ["state", "move_type", "partner_id", "logistics_complaint_id"],
        "account.move.line": ["balance", "date", "display_type"],
        "logistics.trading.history": ["amount", "date", "partner_id"],
        "logistics.complaint": [
            "cause_id",
            "closed_on",
            "compensation_amount",
            "customer_id",
            "received_on",
            "state",
            "type_id",
            "verdict",
        ],
        "logistics.customer": ["user_id", "value_class"],
    }

    complaint_id = fields.Many2one("logistics.complaint", readonly=True)
    customer_id = fields.Many2one("logistics.customer", readonly=True)
    representative_id = fields.Many2one("res.users", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    type_id = fields.Many2one("logistics.complaint.type", readonly=True)
    cause_id = fields.Many2one("logistics.complaint.cause", readonly=True)
    state = fields.Selection([("closed", "Closed"), ("refused", "Refused")], readonly=True)
    verdict = fields.Selection(VERDICTS, readonly=True)
    received_on = fields.Date(readonly=True)
    closed_on = fields.Date(readonly=True)
    compensated = fields.Boolean(readonly=True)
    is_over = fields.Boolean(string="Days After Are Over", readonly=True)
    revenue_before = KnownMonetary(
        readonly=True,
        help="Untaxed revenue of the 90 days before the complaint came in, company currency, "
        "without the credit notes of complaints.",
    )
    revenue_after = KnownMonetary(
        readonly=True,
        help="Revenue of the 90 days after it ended. Empty: these days are not over yet.",
    )
    change = KnownMonetary(
        readonly=True, help="After less before. Empty: too recent, or nothing is known."
    )
    ratio = KnownFloat(
        string="After by Before",
        readonly=True,
        aggregator="avg",
        help="1 means the same. Empty: too recent, or nothing was bought before.",
    )
    lost = KnownFloat(
        string="Bought Nothing After",
        readonly=True,
        aggregator="avg",
        help="Share that bought nothing in the 90 days after, of those that bought before.",
    )
    company_ratio = KnownFloat(
        string="Others, After by Before",
        readonly=True,
        aggregator="avg",
        help="The same ratio, of the same days, for all other customers of the company together.",
    )

    @property
    def _table_query(self) -> SQL:
        today = fields.Date.context_today(self)
        facts = self.env["logistics.trading.facts"]._facts_sql(
            date_from=today - relativedelta(years=3, days=WINDOW_DAYS), date_to=today
        )
        return SQL(
            """
            WITH ended AS (
                SELECT c.*, k.partner_id AS entity_id, k.user_id AS representative_id,
                       k.value_class, p.currency_id,
                       c.closed_on + %(window)s <= %(today)s AS over
                  FROM logistics_complaint c
                  JOIN logistics_customer k ON k.id = c.customer_id
                  JOIN res_company p ON p.id = c.company_id
                 WHERE c.state IN ('closed', 'refused') AND c.active
                   AND c.received_on > %(since)s
            ),
            day AS MATERIALIZED (
                SELECT f.company_id, f.partner_id, f.date, sum(f.amount) AS amount
                  FROM %(facts)s AS f
                 WHERE NOT EXISTS (SELECT 1 FROM account_move m
                                    WHERE m.id = f.document_id
                                      AND m.logistics_complaint_id IS NOT NULL)
                 GROUP BY 1, 2, 3
            ),
            whole AS MATERIALIZED (
                SELECT company_id, date, sum(amount) AS amount
                  FROM day GROUP BY 1, 2
            ),
            own AS (
                SELECT e.id,
                       sum(d.amount) FILTER (WHERE d.date < e.received_on) AS before,
                       sum(d.amount) FILTER (WHERE d.date > e.closed_on) AS after
                  FROM ended e
                  JOIN day d ON d.company_id = e.company_id AND d.partner_id = e.entity_id
                   AND ((d.date >= e.received_on - %(window)s AND d.date < e.received_on)
                     OR (d.date > e.closed_on AND d.date <= e.closed_on + %(window)s))
                 GROUP BY e.id
            ),
            period AS (
                SELECT DISTINCT company_id, received_on, closed_on FROM ended WHERE over
            ),
            everyone AS (
                SELECT e.company_id, e.received_on, e.closed_on,
                       sum(w.amount) FILTER (WHERE w.date < e.received_on) AS before,
                       sum(w.amount) FILTER (WHERE w.date > e.closed_on) AS after
                  FROM period e
                  JOIN whole w ON w.company_id = e.company_id
                   AND ((w.date >= e.received_on - %(window)s AND w.date < e.received_on)
                     OR (w.date > e.closed_on AND w.date <= e.closed_on + %(window)s))
                 GROUP BY 1, 2, 3
            )
            SELECT e.id, e.id AS complaint_id, e.customer_id, e.representative_id, e.value_class,
                   e.company_id, e.currency_id, e.type_id, e.cause_id, e.state, e.verdict,
                   e.received_on, e.closed_on, e.compensation_amount > 0 AS compensated,
                   e.over AS is_over,
                   COALESCE(o.before, 0) AS revenue_before,
                   CASE WHEN e.over THEN COALESCE(o.after, 0) END AS revenue_after,
                   CASE WHEN e.over THEN COALESCE(o.after, 0) - COALESCE(o.before, 0) END
                       AS change,
                   CASE WHEN e.over AND o.before > 0
                        THEN COALESCE(o.after, 0) / o.before END AS ratio,
                   CASE WHEN e.over AND o.before > 0
                        THEN CASE WHEN COALESCE(o.after, 0) <= 0 THEN 1.0 ELSE 0.0 END END
                       AS lost,
                   CASE WHEN e.over
                        THEN (COALESCE(a.after, 0) - COALESCE(o.after, 0))
                             / NULLIF(a.before - COALESCE(o.before, 0), 0) END AS company_ratio
              FROM ended e
              LEFT JOIN own o ON o.id = e.id
              LEFT JOIN everyone a ON a.company_id = e.company_id
                   AND a.received_on = e.received_on AND a.closed_on = e.closed_on
            """,
            window=WINDOW_DAYS,
            today=today,
            since=today - relativedelta(years=3),
            facts=facts,
        )
