# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ..fields_unknown import KnownFloat


class LogisticsScreeningProgress(models.Model):
    """How far each representative is with the customers in scope of a campaign."""

    _name = "logistics.screening.progress"
    _description = "Progress of a Screening by Representative"
    _auto = False
    _order = "screening_id desc, customer_count desc, id"
    _rec_name = "user_id"
    _depends = {
        "logistics.screening": ["date_from", "company_id", "state"],
        "logistics.screening.line": ["screening_id", "customer_id", "judged", "decision", "folded"],
        "logistics.screening.signature": ["screening_id", "step", "user_id", "signed_at"],
        "logistics.customer": [
            "user_id",
            "completeness",
            "missing_fact_count",
            "verification_due_date",
            "last_trade_date",
        ],
    }

    screening_id = fields.Many2one("logistics.screening", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    complete_count = fields.Integer(string="Complete Files", readonly=True)
    stale_count = fields.Integer(
        string="To Verify", readonly=True, help="Files whose review is due."
    )
    missing_count = fields.Integer(string="Missing Facts", readonly=True)
    completeness = KnownFloat(readonly=True, aggregator="avg", help="Mean of the files.")
    judged_count = fields.Integer(string="Judged", readonly=True)
    decided_count = fields.Integer(string="Decided", readonly=True)
    complete_share = fields.Float(string="Complete (%)", readonly=True, aggregator="avg")
    judged_share = fields.Float(string="Judged (%)", readonly=True, aggregator="avg")
    decided_share = fields.Float(string="Decided (%)", readonly=True, aggregator="avg")
    prepared_at = fields.Datetime(string="Files Signed", readonly=True)
    judged_at = fields.Datetime(string="Judgement Signed", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            WITH scope AS (
                SELECT s.id AS screening_id, s.company_id, c.id AS customer_id,
                       FALSE AS judged, FALSE AS decided
                  FROM logistics_screening s
                  JOIN logistics_customer c ON c.company_id = s.company_id AND c.active
                 WHERE s.state = 'draft' AND c.last_trade_date >= s.date_from - interval '1 year'
                 UNION ALL
                SELECT l.screening_id, l.company_id, l.customer_id, COALESCE(l.judged, FALSE),
                       l.decision IS NOT NULL
                  FROM logistics_screening_line l
                 WHERE l.folded IS NOT TRUE
            )
            SELECT p.screening_id::bigint * 1000000 + COALESCE(c.user_id, 0) AS id,
                   p.screening_id, p.company_id, c.user_id,
                   count(*) AS customer_count,
                   count(*) FILTER (WHERE c.missing_fact_count = 0) AS complete_count,
                   count(*) FILTER (WHERE c.verification_due_date <= CURRENT_DATE) AS stale_count,
                   sum(c.missing_fact_count) AS missing_count,
                   avg(c.completeness) AS completeness,
                   count(*) FILTER (WHERE p.judged) AS judged_count,
                   count(*) FILTER (WHERE p.decided) AS decided_count,
                   100.0 * count(*) FILTER (WHERE c.missing_fact_count = 0) / count(*)
                       AS complete_share,
                   100.0 * count(*) FILTER (WHERE p.judged) / count(*) AS judged_share,
                   100.0 * count(*) FILTER (WHERE p.decided) / count(*) AS decided_share,
                   max(g.signed_at) AS prepared_at,
                   max(j.signed_at) AS judged_at
              FROM scope p
              JOIN logistics_customer c ON c.id = p.customer_id
              LEFT JOIN logistics_screening_signature g
                     ON g.screening_id = p.screening_id AND g.user_id = c.user_id
                    AND g.step = 'prepare'
              LEFT JOIN logistics_screening_signature j
                     ON j.screening_id = p.screening_id AND j.user_id = c.user_id
                    AND j.step = 'judge'
             GROUP BY p.screening_id, p.company_id, c.user_id
            """
        )

    @api.readonly
    def action_open_customers(self):
        """Open the representative's customers in scope."""
        self.ensure_one()
        if self.screening_id.state == "draft":
            return self.screening_id.action_open_my_files()
        action = self.screening_id.action_open_lines()
        action["domain"] = [
            ("screening_id", "=", self.screening_id.id),
            ("customer_id.user_id", "=", self.user_id.id),
        ]
        action["context"] = {"logistics_single_screening": 1}
        return action

    def action_open_gaps(self):
        """List what the files of this representative's customers lack."""
        self.ensure_one()
        return self.screening_id._open_gaps(
            fields.Domain("user_id", "=", self.user_id.id),
            self.user_id.name or self.env._("Nobody's Customers"),
        )
