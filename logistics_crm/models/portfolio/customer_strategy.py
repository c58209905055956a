# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ...fields_unknown import KnownFloat
from ...year_pace import ON_TRACK, elapsed

STATUSES = [
    ("unknown", "Not Known"),
    ("on_track", "On Track"),
    ("behind", "Behind"),
]


class LogisticsCustomerStrategy(models.Model):
    """What a company wants of its customers in a year: how many to keep, how many to win.

    Measured from the dated history of the lifecycle, when it is written, every night and by a
    button. Keeping and winning stand side by side and are never netted.
    """

    _name = "logistics.customer.strategy"
    _description = "Customer Strategy"
    _inherit = ["mail.thread", "logistics.readonly.mixin"]
    _order = "year desc, company_id, id"
    _rec_name = "year"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    year = fields.Integer(
        required=True,
        aggregator=None,
        default=lambda self: fields.Date.context_today(self).year,
    )
    strategy = fields.Text(
        tracking=True, help="Which customers we want, what we offer them, and whom we let go."
    )
    keep_target = KnownFloat(
        string="To Keep (%)",
        digits=(5, 1),
        aggregator=None,
        tracking=True,
        help="Of the customers on the first of January, the part that is not lost by the end of "
        "the year. Empty: no goal.",
    )
    win_target = KnownFloat(
        string="To Win",
        digits=(16, 0),
        aggregator=None,
        tracking=True,
        help="New and won-back customers of the year. Empty: no goal.",
    )
    start_count = fields.Integer(
        string="Customers on 1 January", readonly=True, copy=False, aggregator=None
    )
    kept_count = fields.Integer(
        string="Of These Kept",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Not lost on the day of the measurement.",
    )
    won_count = fields.Integer(string="Won", readonly=True, copy=False, aggregator=None)
    measured_on = fields.Date(readonly=True, copy=False)
    kept_share = KnownFloat(
        string="Kept (%)",
        compute="_compute_status",
        digits=(5, 1),
        aggregator=None,
        help="Empty: nobody was a customer on the first of January.",
    )
    keep_status = fields.Selection(STATUSES, compute="_compute_status")
    win_status = fields.Selection(STATUSES, compute="_compute_status")

    _company_year_uniq = models.UniqueIndex(
        "(company_id, year)", "The strategy of this company and year is there already: change it."
    )
    _keep_range = models.Constraint(
        "CHECK (keep_target IS NULL OR keep_target BETWEEN 0 AND 100)",
        "The part of the customers to keep lies between 0 and 100 percent.",
    )
    _win_positive = models.Constraint(
        "CHECK (win_target IS NULL OR win_target >= 0)",
        "The number of customers to win cannot be negative.",
    )
    _year_range = models.Constraint(
        "CHECK (year BETWEEN 1990 AND 2200)", "Write the year with four digits."
    )

    @api.depends("start_count", "kept_count", "won_count", "keep_target", "win_target")
    def _compute_status(self):
        for row in self:
            known = bool(row.measured_on)
            row.kept_share = (
                100.0 * row.kept_count / row.start_count if known and row.start_count else False
            )
            row.keep_status = row.win_status = "unknown"
            if row.kept_share is not False and row.keep_target is not False:
                row.keep_status = "on_track" if row.kept_share >= row.keep_target else "behind"
            if known and row.win_target is not False:
                due = ON_TRACK * row.win_target * elapsed(row.year, row.measured_on)
                row.win_status = "on_track" if row.won_count >= due else "behind"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.sudo()._measure()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if {"year", "company_id"} & vals.keys():
            self.sudo()._measure()
        return result

    def action_measure(self):
        """Count anew who was kept and won, until today or the end of the year.

        :raise AccessError: for who may not write the strategy
        """
        self.check_access("write")
        self.sudo()._measure()
        return True

    def _measure(self, today=None):
        """Count from the lifecycle changes: one statement a row.

        Kept: had traded and was not lost before the first of January, and is not lost on the
        day. Won: new or won back in the year; the first line of a history that begins late is no
        gain.

        :param today: date, the user's when omitted; the end of the year when that is earlier
        """
        today = fields.Date.to_date(today) or fields.Date.context_today(self)
        self.env.flush_all()
        for row in self:
            first, last = date(row.year, 1, 1), min(today, date(row.year, 12, 31))
            if last < first:
                row.write({"start_count": 0, "kept_count": 0, "won_count": 0, "measured_on": False})
                continue
            [(start, kept, won)] = self.env.execute_query(
                SQL(
                    """
                    WITH before AS (
                        SELECT DISTINCT ON (customer_id) customer_id, to_stage
                          FROM logistics_stage_change
                         WHERE company_id = %(company)s AND date < %(first)s
                         ORDER BY customer_id, date DESC),
                    latest AS (
                        SELECT DISTINCT ON (customer_id) customer_id, to_stage
                          FROM logistics_stage_change
                         WHERE company_id = %(company)s AND date <= %(last)s
                         ORDER BY customer_id, date DESC),
                    kept AS (
                        SELECT count(*) AS start,
                               count(*) FILTER (WHERE l.to_stage <> 'lost') AS kept
                          FROM before b JOIN latest l USING (customer_id)
                         WHERE b.to_stage NOT IN ('target', 'prospect', 'lost'))
                    SELECT k.start, k.kept,
                           (SELECT count(DISTINCT h.customer_id)
                              FROM logistics_stage_change h
                              JOIN logistics_customer c ON c.id = h.customer_id
                             WHERE h.company_id = %(company)s AND h.movement = 'gain'
                               AND h.date BETWEEN %(first)s AND %(last)s
                               AND (h.from_stage IS NOT NULL
                                    OR c.first_trade_date > h.date - 45))
                      FROM kept k
                    """,
                    company=row.company_id.id,
                    first=first,
                    last=last,
                )
            )
            row.write(
                {
                    "start_count": start,
                    "kept_count": kept,
                    "won_count": won,
                    "measured_on": last,
                }
            )

    def _in_short(self):
        """What was asked for and reached, in one line; empty without a goal."""
        self.ensure_one()
        parts = []
        if self.kept_share is not False and self.keep_target is not False:
            parts.append(
                self.env._(
                    "kept %(kept)s of %(target)s %%",
                    kept=formatLang(self.env, self.kept_share, digits=1),
                    target=formatLang(self.env, self.keep_target, digits=1),
                )
            )
        if self.win_target is not False:
            parts.append(
                self.env._(
                    "won %(won)s of %(target)s",
                    won=self.won_count,
                    target=formatLang(self.env, self.win_target, digits=0),
                )
            )
        return ", ".join(parts)

    def _open_changes(self, movement):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_stage_change")
        action["context"] = {}
        action["domain"] = [
            ("company_id", "=", self.company_id.id),
            ("movement", "=", movement),
            ("date", ">=", date(self.year, 1, 1)),
            ("date", "<=", date(self.year, 12, 31)),
        ]
        return action

    def action_open_won(self):
        """The gains of the year."""
        return self._open_changes("gain")

    def action_open_lost(self):
        """The losses of the year."""
        return self._open_changes("loss")
