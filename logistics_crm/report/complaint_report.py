# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..complaint_words import CAUSE_SIDES, CHANNELS, SEVERITIES, STATES, VERDICTS
from ..fields_unknown import KnownFloat, KnownMonetary
from ..models.customer.logistics_customer import VALUE_CLASSES


class LogisticsComplaintReport(models.Model):
    """One row per complaint, for pivots and graphs: how many, why, how fast, at what cost.

    Merged duplicates and cancelled ones are left out: they would count a matter twice.
    """

    _name = "logistics.complaint.report"
    _description = "Complaint Analysis"
    _inherit = "logistics.unknown.last.mixin"
    _auto = False
    _order = "received_on desc, id desc"
    _rec_name = "complaint_id"
    _depends = {
        "logistics.complaint": [
            "active",
            "answer_due",
            "answered_at",
            "branch_id",
            "cause_id",
            "channel",
            "claimed_amount",
            "closed_on",
            "compensated_on",
            "compensation_amount",
            "customer_id",
            "department_id",
            "duplicate_of_id",
            "first_answer_at",
            "rating_last_value",
            "received_at",
            "received_on",
            "reopen_count",
            "responsible_id",
            "service_id",
            "severity",
            "solution_due",
            "state",
            "type_id",
            "user_id",
            "verdict",
        ],
        "logistics.complaint.compensation": ["credited_on", "credited_amount"],
        "logistics.customer": ["user_id", "value_class"],
        "logistics.complaint.cause": ["side"],
        "res.company": ["logistics_claim_target_days", "logistics_complaint_repeat"],
    }

    complaint_id = fields.Many2one("logistics.complaint", readonly=True)
    customer_id = fields.Many2one("logistics.customer", readonly=True)
    representative_id = fields.Many2one("res.users", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    received_on = fields.Date(readonly=True)
    closed_on = fields.Date(readonly=True)
    type_id = fields.Many2one("logistics.complaint.type", readonly=True)
    cause_id = fields.Many2one("logistics.complaint.cause", readonly=True)
    side = fields.Selection(CAUSE_SIDES, string="Whose", readonly=True)
    severity = fields.Selection(SEVERITIES, readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    service_id = fields.Many2one("logistics.service", readonly=True)
    department_id = fields.Many2one("logistics.complaint.department", readonly=True)
    branch_id = fields.Many2one("res.company", readonly=True)
    responsible_id = fields.Many2one(
        "res.users",
        string="Person Concerned",
        readonly=True,
        groups="logistics_crm.group_complaint_handler,logistics_crm.group_manager",
    )
    user_id = fields.Many2one("res.users", string="Handler", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    verdict = fields.Selection(VERDICTS, readonly=True)
    justified = KnownFloat(
        string="Justified Share",
        readonly=True,
        aggregator="avg",
        help="Justified or partly justified, of those with a verdict.",
    )
    repeated = KnownFloat(
        string="Repeated Share",
        readonly=True,
        aggregator="avg",
        help="Share that was at least the company's number of complaints of the customer within "
        "twelve months. Empty: the customer is unknown.",
    )
    reopened = KnownFloat(string="Reopened Share", readonly=True, aggregator="avg")
    answer_hours = KnownFloat(
        string="Hours to First Answer", readonly=True, aggregator="avg", help="By the clock."
    )
    solution_days = KnownFloat(
        string="Days to Solution", readonly=True, aggregator="avg", help="By the calendar."
    )
    answer_kept = KnownFloat(
        string="First Answers in Time",
        readonly=True,
        aggregator="avg",
        help="Share answered in time, of those answered or late already.",
    )
    solution_kept = KnownFloat(string="Solutions in Time", readonly=True, aggregator="avg")
    claimed_amount = KnownMonetary(string="Claimed", readonly=True)
    compensation_amount = KnownMonetary(string="Compensated", readonly=True)
    claim_days = KnownFloat(
        string="Days to Settle a Claim",
        readonly=True,
        aggregator="avg",
        help="From the receipt to the first posted credit note, or to the refusal. Claims still "
        "open are not in the average: see the slow share.",
    )
    claim_days_median = KnownFloat(
        string="Days to Settle, Median",
        readonly=True,
        aggregator="avg",
        help="Half of the settled claims took no longer than this.",
    )
    claim_slow = KnownFloat(
        string="Slow Claims",
        readonly=True,
        aggregator="avg",
        help="Share of the claims that took, or are taking, longer than the company's target.",
    )
    rating = KnownFloat(
        string="Satisfaction Afterwards",
        readonly=True,
        aggregator="avg",
        help="1 to 5, from customers who were asked and answered.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            WITH numbered AS (
                SELECT c.*,
                       count(*) OVER (
                           PARTITION BY c.customer_id ORDER BY c.received_on
                           RANGE BETWEEN interval '1 year' PRECEDING AND CURRENT ROW
                       ) AS number,
                       (SELECT min(g.credited_on) FROM logistics_complaint_compensation g
                         WHERE g.complaint_id = c.id AND g.credited_amount IS NOT NULL)
                           AS first_credit
                  FROM logistics_complaint c
                 WHERE %(counting)s
            ),
            settled AS (
                SELECT n.*,
                       COALESCE(n.first_credit,
                                CASE WHEN n.state IN ('closed', 'refused') THEN n.closed_on END)
                           AS settled_on
                  FROM numbered n
            )
            SELECT c.id, c.id AS complaint_id, c.customer_id, k.user_id AS representative_id,
                   k.value_class, c.company_id, p.currency_id, c.received_on, c.closed_on,
                   c.type_id, c.cause_id, u.side, c.severity, c.channel, c.service_id,
                   c.department_id, c.branch_id, c.responsible_id, c.user_id, c.state, c.verdict,
                   CASE WHEN c.verdict IN ('justified', 'partly') THEN 1.0
                        WHEN c.verdict = 'not_justified' THEN 0.0 END AS justified,
                   CASE WHEN c.customer_id IS NULL THEN NULL
                        WHEN c.number >= p.logistics_complaint_repeat THEN 1.0
                        ELSE 0.0 END AS repeated,
                   CASE WHEN c.reopen_count > 0 THEN 1.0 ELSE 0.0 END AS reopened,
                   extract(epoch FROM c.first_answer_at - c.received_at) / 3600 AS answer_hours,
                   extract(epoch FROM c.answered_at - c.received_at) / 86400 AS solution_days,
                   CASE WHEN c.answer_due IS NULL THEN NULL
                        WHEN c.first_answer_at <= c.answer_due THEN 1.0
                        WHEN c.first_answer_at IS NOT NULL THEN 0.0
                        WHEN c.answer_due < %(now)s AND c.answered_at IS NULL THEN 0.0
                   END AS answer_kept,
                   CASE WHEN c.solution_due IS NULL THEN NULL
                        WHEN c.answered_at <= c.solution_due THEN 1.0
                        WHEN c.answered_at IS NOT NULL THEN 0.0
                        WHEN c.solution_due < %(now)s THEN 0.0 END AS solution_kept,
                   c.claimed_amount, c.compensation_amount,
                   CASE WHEN c.settled_on IS NOT NULL
                         AND (c.claimed_amount IS NOT NULL OR c.first_credit IS NOT NULL)
                        THEN GREATEST(c.settled_on - c.received_on, 0) END AS claim_days,
                   CASE WHEN c.settled_on IS NOT NULL
                         AND (c.claimed_amount IS NOT NULL OR c.first_credit IS NOT NULL)
                        THEN GREATEST(c.settled_on - c.received_on, 0) END AS claim_days_median,
                   CASE WHEN c.claimed_amount IS NULL AND c.first_credit IS NULL THEN NULL
                        WHEN COALESCE(c.settled_on, %(today)s) - c.received_on
                             > p.logistics_claim_target_days THEN 1.0
                        WHEN c.settled_on IS NOT NULL THEN 0.0 END AS claim_slow,
                   NULLIF(c.rating_last_value, 0) AS rating
              FROM settled c
              JOIN res_company p ON p.id = c.company_id
              LEFT JOIN logistics_customer k ON k.id = c.customer_id
              LEFT JOIN logistics_complaint_cause u ON u.id = c.cause_id
            """,
            counting=self.env["logistics.complaint.repeat"]._counting_sql("c"),
            now=fields.Datetime.now(),
            today=fields.Date.context_today(self),
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """The median of a group is one: a mean of medians would be no figure at all."""
        if aggregate_spec == "claim_days_median:avg":
            return SQL(
                "percentile_cont(0.5) WITHIN GROUP (ORDER BY %s)",
                self._field_to_sql(self._table, "claim_days_median", query),
            )
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _usual_claim_days(self):
        """Median of the days until a claim was settled, of those received in twelve months.

        :return: days, or False when none was settled
        """
        since = fields.Date.context_today(self) - relativedelta(years=1)
        [(median,)] = self._read_group(
            [("received_on", ">", since), ("company_id", "in", self.env.companies.ids)],
            [],
            ["claim_days_median:avg"],
        )
        return median
