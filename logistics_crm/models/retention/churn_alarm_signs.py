# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class LogisticsChurnAlarm(models.Model):
    """What else the file says about a customer that gives cause for alarm."""

    _inherit = "logistics.churn.alarm"

    signs = fields.Char(
        "What Else We Know",
        compute="_compute_signs",
        help="From ninety days before the alarm to its day (competitors: half a year): late "
        "deliveries, opinions and complaints that wait, competitors seen, a contract that ends, "
        "the last visit or call. They raise no alarm themselves.",
    )

    @api.depends("customer_id", "date")
    def _compute_signs(self):
        for alarm in self:
            alarm.signs = " ".join(alarm._signs()) or False

    def _signs(self):
        """The lines of one alarm, each a sentence; read as superuser: its reader may know them."""
        self.ensure_one()
        customer, day = self.sudo().customer_id, self.date
        env, since = self.sudo().env, self.date - timedelta(days=90)
        told = []
        facts = env["logistics.trading.facts"]._facts_sql(
            company=self.company_id,
            date_from=since,
            date_to=day,
            partner_ids=customer.partner_id.ids,
        )
        [(late, both)] = env.execute_query(
            SQL(
                "SELECT count(*) FILTER (WHERE f.delivered_date > f.promised_date),"
                " count(*) FILTER (WHERE f.delivered_date IS NOT NULL"
                " AND f.promised_date IS NOT NULL) FROM %s AS f",
                facts,
            )
        )
        if late:
            told.append(
                self.env._("%(late)s of %(all)s deliveries came late.", late=late, all=both)
            )
        own = [("customer_id", "=", customer.id)]
        waiting = env["logistics.opinion"].search_count(
            [*own, ("date", "<=", day), ("state", "in", ("open", "answered"))]
        )
        if waiting:
            told.append(self.env._("%s opinions wait for an answer.", waiting))
        open_complaints = env["logistics.complaint"].search_count(
            [*own, ("received_on", "<=", day), ("closed_on", "=", False)]
        )
        if open_complaints:
            told.append(self.env._("%s complaints are open.", open_complaints))
        seen = env["logistics.competitor.observation"].search(
            [*own, ("date", "<=", day), ("date", ">=", day - timedelta(days=180))]
        )
        if seen:
            told.append(
                self.env._(
                    "Seen there: %s.", ", ".join(sorted(set(seen.competitor_id.mapped("name"))))
                )
            )
        ends = customer.contract_end_date
        if ends and day - timedelta(days=30) <= ends <= day + timedelta(days=90):
            told.append(self.env._("The contract ends on %s.", ends))
        touch = env["logistics.visit"].search(
            [*own, ("state", "=", "done"), ("done_date", "<=", day)],
            order="done_date desc",
            limit=1,
        )
        if touch:
            told.append(
                self.env._("Last visit or call %s days before.", (day - touch.done_date).days)
            )
        return told
