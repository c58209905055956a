# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary
from .screening import LEDGER_GROUPS, TOTALS_GROUPS
from .screening_line import PROPOSALS

COPIED = (
    *("customer_id", "customer_name", "user_id", "revenue", "gross_margin", "open_amount"),
    *("score_total", "proposal", "decision", "decision_reason"),
)


class LogisticsScreeningVersion(models.Model):
    """A closed state of a campaign that was reopened later: nothing that was signed is lost."""

    _name = "logistics.screening.version"
    _description = "Closed Version of a Screening"
    _order = "screening_id, number desc"
    _rec_name = "number"

    screening_id = fields.Many2one(
        "logistics.screening", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="screening_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="screening_id.currency_id")
    number = fields.Integer(string="Version", readonly=True, aggregator=None)
    as_of = fields.Date(string="Figures as of", readonly=True)
    closed_at = fields.Datetime(readonly=True)
    closed_by = fields.Many2one("res.users", readonly=True)
    reopened_at = fields.Datetime(readonly=True)
    reopened_by = fields.Many2one("res.users", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    revenue = KnownMonetary(readonly=True)
    gross_margin = KnownMonetary(readonly=True, groups=LEDGER_GROUPS)
    line_ids = fields.One2many("logistics.screening.version.line", "version_id", readonly=True)

    def action_open_lines(self):
        """Open the customers of this version."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(name)s, Version %(number)s",
                name=self.screening_id.display_name,
                number=self.number,
            ),
            "res_model": "logistics.screening.version.line",
            "view_mode": "list",
            "domain": [("version_id", "=", self.id)],
        }


class LogisticsScreeningVersionLine(models.Model):
    """One customer as it stood in a closed version."""

    _name = "logistics.screening.version.line"
    _description = "Customer in a Closed Version"
    _inherit = ["logistics.unknown.last.mixin"]
    _order = "revenue desc nulls last, id"
    _rec_name = "customer_name"

    version_id = fields.Many2one(
        "logistics.screening.version", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(
        "logistics.customer",
        string="Customer Account",
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    customer_name = fields.Char(string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    revenue = KnownMonetary(readonly=True)
    gross_margin = KnownMonetary(readonly=True, groups=LEDGER_GROUPS)
    open_amount = KnownMonetary(readonly=True, groups=LEDGER_GROUPS)
    score_total = KnownFloat(string="Total", readonly=True, aggregator="avg", digits=(5, 2))
    proposal = fields.Selection(PROPOSALS, readonly=True)
    decision = fields.Selection(PROPOSALS, readonly=True)
    decision_reason = fields.Text(readonly=True)


class LogisticsScreening(models.Model):
    _inherit = "logistics.screening"

    version_ids = fields.One2many(
        "logistics.screening.version", "screening_id", string="Closed Versions", readonly=True
    )
    version_number = fields.Integer(
        string="Version",
        readonly=True,
        copy=False,
        default=1,
        aggregator=None,
        groups=TOTALS_GROUPS,
        help="Goes up by one each time a closed screening is reopened.",
    )

    def action_reopen(self):
        """Keep the closed state as a version of its own, then allow decisions and computing."""
        self.check_access("write")
        for screening in self.filtered(lambda s: s.state == "closed"):
            screening._keep_version()
        return super().action_reopen()

    def _keep_version(self):
        """Copy what was closed; set-based, one row per customer."""
        self.ensure_one()
        self.env.flush_all()
        me = self.sudo()
        version = (
            self.env["logistics.screening.version"]
            .sudo()
            .create(
                {
                    "screening_id": me.id,
                    "number": me.version_number or 1,
                    "as_of": me.as_of,
                    "closed_at": me.closed_at,
                    "closed_by": me.closed_by.id,
                    "reopened_at": fields.Datetime.now(),
                    "reopened_by": self.env.uid,
                    "customer_count": me.customer_count,
                    "revenue": me.revenue,
                    "gross_margin": me.gross_margin,
                }
            )
        )
        self.env.flush_all()
        columns = SQL(", ").join(SQL.identifier(name) for name in COPIED)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO logistics_screening_version_line (version_id, company_id, %(columns)s)
                SELECT %(version)s, company_id, %(columns)s
                  FROM logistics_screening_line
                 WHERE screening_id = %(screening)s AND folded IS NOT TRUE
                """,
                columns=columns,
                version=version.id,
                screening=self.id,
            )
        )
        self._write_results({"version_number": (me.version_number or 1) + 1})
