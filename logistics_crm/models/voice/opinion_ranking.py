# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat


class LogisticsOpinionRanking(models.Model):
    """What customers say most often: one row per company and topic, over twelve months."""

    _name = "logistics.opinion.ranking"
    _description = "Opinion Ranking"
    _auto = False
    _order = "opinion_count desc, customer_count desc, topic_id"
    _rec_name = "topic_id"
    _depends = {
        "logistics.opinion": [
            "company_id",
            "topic_id",
            "customer_id",
            "date",
            "state",
            "deadline",
            "answered_on",
            "satisfied",
        ],
        "logistics.opinion.focus": ["company_id", "topic_id", "executive_id", "state"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    topic_id = fields.Many2one("logistics.opinion.topic", readonly=True)
    rank = fields.Integer(readonly=True, aggregator=None, help="1 is raised most often.")
    opinion_count = fields.Integer(
        string="Opinions", readonly=True, help="Raised in the last twelve months."
    )
    before_count = fields.Integer(
        string="Year Before", readonly=True, help="Raised in the twelve months before."
    )
    customer_count = fields.Integer(
        string="Customers", readonly=True, help="How many customers raised it."
    )
    open_count = fields.Integer(string="Open", readonly=True)
    overdue_count = fields.Integer(
        string="Overdue", readonly=True, help="Open, and the deadline is over."
    )
    answer_days = KnownFloat(
        string="Days to Answer",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Mean days from being raised to the answer. Empty: none is answered yet.",
    )
    satisfied_share = KnownFloat(
        string="Satisfied",
        readonly=True,
        aggregator="avg",
        help="Of the answers that were checked with the customer, those that helped. Empty: none "
        "was checked.",
    )
    share = KnownFloat(
        readonly=True,
        aggregator="sum",
        help="Among all opinions with a topic of the twelve months.",
    )
    focus_id = fields.Many2one("logistics.opinion.focus", string="Taken Up", readonly=True)
    executive_id = fields.Many2one("res.users", readonly=True)

    @property
    def _table_query(self):
        today = fields.Date.context_today(self)
        return SQL(
            """
            WITH counted AS (
                SELECT o.company_id, o.topic_id,
                       count(*) FILTER (WHERE o.date > %(today)s::date - 365) AS opinion_count,
                       count(*) FILTER (WHERE o.date <= %(today)s::date - 365) AS before_count,
                       count(DISTINCT o.customer_id)
                           FILTER (WHERE o.date > %(today)s::date - 365) AS customer_count,
                       count(*) FILTER (WHERE o.state = 'open') AS open_count,
                       count(*) FILTER (WHERE o.state = 'open' AND o.deadline < %(today)s)
                           AS overdue_count,
                       avg(o.answered_on - o.date)::float8 AS answer_days,
                       avg(CASE o.satisfied WHEN 'yes' THEN 1.0 WHEN 'no' THEN 0.0 END)::float8
                           AS satisfied_share
                  FROM logistics_opinion o
                 WHERE o.topic_id IS NOT NULL AND o.date > %(today)s::date - 730
                   AND o.date <= %(today)s
                 GROUP BY o.company_id, o.topic_id
            )
            SELECT row_number() OVER (ORDER BY c.company_id, c.topic_id)::integer AS id, c.*,
                   rank() OVER (PARTITION BY c.company_id
                                ORDER BY c.opinion_count DESC)::integer AS rank,
                   c.opinion_count::float8
                       / NULLIF(sum(c.opinion_count) OVER (PARTITION BY c.company_id), 0) AS share,
                   f.id AS focus_id, f.executive_id
              FROM counted c
              LEFT JOIN logistics_opinion_focus f ON f.company_id = c.company_id
               AND f.topic_id = c.topic_id AND f.state = 'open'
            """,
            today=today,
        )

    def action_take_up(self):
        """Open the topic for an executive to take up, or what was taken up already."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.opinion.focus",
            "view_mode": "form",
            "res_id": self.focus_id.id,
            "context": {
                "default_topic_id": self.topic_id.id,
                "default_company_id": self.company_id.id,
            },
        }

    def action_open_opinions(self):
        """Open the opinions behind this row."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_opinion")
        action["domain"] = [
            ("topic_id", "=", self.topic_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        action["context"] = {}
        return action
