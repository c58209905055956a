# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownMonetary
from .receivable_report import COLUMNS


class LogisticsAgeingSnapshot(models.Model):
    """The aged receivables of a month's end as they were when they were stored.

    Books that are dated back or reconciled anew later change what a past day looks like. The
    stored figures do not change: comparing shows by customer what has moved since.
    """

    _name = "logistics.ageing.snapshot"
    _description = "Month-End Receivables"
    _inherit = ["mail.thread", "logistics.readonly.mixin"]
    _order = "date desc, id desc"
    _rec_name = "date"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(string="Month End", required=True, readonly=True)
    stored_at = fields.Datetime(readonly=True)
    total = fields.Monetary(readonly=True, tracking=True)
    overdue = fields.Monetary(readonly=True)
    ledger_balance = fields.Monetary(
        string="Ledger When Stored",
        readonly=True,
        help="Balance of the receivable accounts on that day, when the figures were stored.",
    )
    compared_at = fields.Datetime(readonly=True)
    today_total = KnownMonetary(
        string="Ledger Today",
        readonly=True,
        help="What the books say today of that day. Empty: not compared yet.",
    )
    difference = KnownMonetary(readonly=True, help="Ledger today less what was stored.")
    changed_count = fields.Integer(
        string="Customers That Differ",
        readonly=True,
        help="Customers whose total or one of whose columns is another today.",
    )
    line_ids = fields.One2many("logistics.ageing.snapshot.line", "snapshot_id")

    _company_date_uniq = models.UniqueIndex(
        "(company_id, date)", "The receivables of this day are stored already."
    )

    @api.model
    def _store(self, company, date):
        """Store the aged receivables of a company as of a day, in place of what was stored.

        :return: the snapshot
        :raise UserError: for a day to come, or a locked period that is stored already
        """
        self.env["logistics.receivable.report"]._check_day(date)
        snapshot = self.sudo().search([("company_id", "=", company.id), ("date", "=", date)])
        self.env["logistics.receivable.kpi"]._check_unlocked(company, date, snapshot)
        if not snapshot:
            snapshot = self.sudo().create({"company_id": company.id, "date": date})
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM logistics_ageing_snapshot_line WHERE snapshot_id = %s", snapshot.id)
        )
        names = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO logistics_ageing_snapshot_line
                       (snapshot_id, company_id, partner_id, customer_id, %(names)s)
                SELECT %(snapshot)s, %(company)s, a.partner_id, c.id, %(values)s
                  FROM (%(ageing)s) AS a (partner_id, %(names)s)
                  LEFT JOIN logistics_customer c
                         ON c.partner_id = a.partner_id AND c.company_id = %(company)s
                """,
                names=names,
                values=SQL(", ").join(
                    SQL("COALESCE(a.%s, 0)", SQL.identifier(name)) for name in COLUMNS
                ),
                snapshot=snapshot.id,
                company=company.id,
                ageing=self.env["logistics.receivable.report"]._ageing_sql(date, company),
            )
        )
        balances = self.env["logistics.settlement.facts"]._ledger_balance_sql(date, company)
        ((total, owed, not_due),) = self.env.execute_query(
            SQL(
                "SELECT sum(total), sum(total - unallocated), sum(not_due)"
                " FROM logistics_ageing_snapshot_line WHERE snapshot_id = %s",
                snapshot.id,
            )
        )
        ((balance,),) = self.env.execute_query(SQL("SELECT sum(b.balance) FROM %s AS b", balances))
        snapshot.write(
            {
                "stored_at": fields.Datetime.now(),
                "total": float(total or 0),
                "overdue": float((owed or 0) - (not_due or 0)),
                "ledger_balance": float(balance or 0),
                "compared_at": False,
                "today_total": False,
                "difference": False,
                "changed_count": 0,
            }
        )
        snapshot.line_ids.invalidate_model()
        snapshot.invalidate_recordset()
        return snapshot

    def action_compare(self):
        """Compare what was stored with what the books say today, and open what differs."""
        self.ensure_one()
        self.check_access("read")
        self.env["logistics.letter.batch"]._check_sender()
        self.sudo()._compare()
        return self.action_open_lines(only_changed=True)

    def _compare(self):
        """One statement: today's figures beside the stored ones; new customers get a line."""
        self.ensure_one()
        self.env.flush_all()
        ageing = self.env["logistics.receivable.report"]._ageing_sql(self.date, self.company_id)
        names = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        cent = self.currency_id.rounding / 2
        differs = SQL(" OR ").join(
            SQL(
                "abs(COALESCE(a.%(n)s, 0) - l.%(n)s) >= %(cent)s", n=SQL.identifier(name), cent=cent
            )
            for name in COLUMNS
        )
        self.env.cr.execute(
            SQL(
                """
                WITH today AS (SELECT a.* FROM (%(ageing)s) AS a (partner_id, %(names)s)),
                new AS (
                    INSERT INTO logistics_ageing_snapshot_line
                           (snapshot_id, company_id, partner_id, customer_id, %(names)s,
                            today_total, difference, changed)
                    SELECT %(snapshot)s, %(company)s, a.partner_id, c.id, %(zeros)s, a.total,
                           a.total, TRUE
                      FROM today a
                      LEFT JOIN logistics_customer c
                             ON c.partner_id = a.partner_id AND c.company_id = %(company)s
                     WHERE NOT EXISTS (SELECT 1 FROM logistics_ageing_snapshot_line l
                                        WHERE l.snapshot_id = %(snapshot)s
                                          AND l.partner_id IS NOT DISTINCT FROM a.partner_id)
                )
                UPDATE logistics_ageing_snapshot_line l
                   SET today_total = COALESCE(a.total, 0),
                       difference = COALESCE(a.total, 0) - l.total,
                       changed = %(differs)s
                  FROM logistics_ageing_snapshot_line x
                  LEFT JOIN today a ON COALESCE(a.partner_id, 0) = COALESCE(x.partner_id, 0)
                 WHERE x.id = l.id AND x.snapshot_id = %(snapshot)s
                """,
                ageing=ageing,
                names=names,
                zeros=SQL(", ").join([SQL("0")] * len(COLUMNS)),
                snapshot=self.id,
                company=self.company_id.id,
                differs=differs,
            )
        )
        ((today, changed),) = self.env.execute_query(
            SQL(
                "SELECT sum(today_total), count(*) FILTER (WHERE changed)"
                " FROM logistics_ageing_snapshot_line WHERE snapshot_id = %s",
                self.id,
            )
        )
        self.line_ids.invalidate_model()
        self.write(
            {
                "compared_at": fields.Datetime.now(),
                "today_total": float(today or 0),
                "difference": float(today or 0) - self.total,
                "changed_count": changed,
            }
        )

    def action_store_again(self):
        """Store these month ends anew from what the books say now.

        :raise UserError: for a locked period
        """
        self.check_access("read")
        self.env["logistics.letter.batch"]._check_sender()
        for snapshot in self:
            self._store(snapshot.company_id, snapshot.date)
            snapshot.sudo()._message_log(body=self.env._("Stored again from the books of today."))
        return True

    def action_store_last_month(self):
        """Store the last complete month of the user's company, and open it."""
        self.env["logistics.letter.batch"]._check_sender()
        day = fields.Date.context_today(self).replace(day=1) - relativedelta(days=1)
        snapshot = self._store(self.env.company, day)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": snapshot.id,
            "view_mode": "form",
        }

    def action_open_lines(self, only_changed=False):
        """Open the customers of a month end."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_ageing_snapshot_line"
        )
        action["domain"] = [("snapshot_id", "=", self.id)]
        action["context"] = {"search_default_changed": bool(only_changed and self.changed_count)}
        return action

    def unlink(self):
        """Refuse to remove what a locked period rests on."""
        kpi = self.env["logistics.receivable.kpi"]
        for snapshot in self:
            kpi._check_unlocked(snapshot.company_id, snapshot.date, snapshot)
        return super().unlink()

    @api.model
    def _cron_store_month_ends(self):
        """Daily: store the last month's end of every company that is not stored yet."""
        day = fields.Date.context_today(self).replace(day=1) - relativedelta(days=1)
        done = self.search([("date", "=", day)]).company_id
        ledgers = self.env["logistics.receivable.kpi"]._companies_with_ledger()
        companies = [
            company for company, first in ledgers.items() if company not in done and first <= day
        ]
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self.with_company(company)._store(company, day)
            if not self.env["ir.cron"]._commit_progress(1):
                break


class LogisticsAgeingSnapshotLine(models.Model):
    """One customer at a month's end."""

    _name = "logistics.ageing.snapshot.line"
    _description = "Month-End Receivables of a Customer"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
    _order = "total desc, id"
    _rec_name = "partner_id"
    _log_access = False

    snapshot_id = fields.Many2one(
        "logistics.ageing.snapshot", readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(related="snapshot_id.date", store=False)
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    customer_id = fields.Many2one(
        "logistics.customer", readonly=True, index="btree_not_null", ondelete="set null"
    )
    not_due = fields.Monetary(readonly=True)
    b1_30 = fields.Monetary(string="1-30", readonly=True)
    b31_60 = fields.Monetary(string="31-60", readonly=True)
    b61_90 = fields.Monetary(string="61-90", readonly=True)
    b91_120 = fields.Monetary(string="91-120", readonly=True)
    b120_plus = fields.Monetary(string="Over 120", readonly=True)
    unallocated = fields.Monetary(readonly=True)
    total = fields.Monetary(readonly=True)
    today_total = KnownMonetary(string="Ledger Today", readonly=True)
    difference = KnownMonetary(readonly=True)
    changed = fields.Boolean(
        readonly=True, help="The total or one of the columns is another today."
    )
