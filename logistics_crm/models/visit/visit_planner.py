# Part of logistics_crm. License LGPL-3 or later.
import logging
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
# Needs whose slot came out too close to another touch of the customer are tried again.
ROUNDS = 5
BATCH = 200


class LogisticsVisit(models.Model):
    """Fills the coming weeks for all customers at once.

    What is planned and still valid stays where it is; only new needs, missed touches and touches
    whose plan changed look for a day. So a second run changes nothing.
    """

    _inherit = "logistics.visit"

    @api.model
    def _plan(self, company=None, weeks=12, today=None, replan=False):
        """Plan the touches of the coming weeks for every customer of a company, set-based.

        Needs come from the visit plans (``logistics.visit.requirement``), rolling from the last
        completed touch that counts. Backlogs are spread over the days between two touches, most
        important customers first; nobody gets more than the company's visits and calls per day,
        and none on holidays, days off or days the representative is away. Within the week a need
        falls in, the preferred weekday wins, then the day on which the representative is in the
        area already, then the emptiest days with neighbours together.

        The number of statements is bounded and does not depend on the number of customers.
        Calendar events and activities follow in :meth:`_publish_due`, for the days near enough.

        :param company: the ``res.company``; the current one when omitted
        :param weeks: how far ahead, in weeks
        :param today: plan from the day after this date; the company's today when omitted
        :param replan: give up every generated touch after today first, not only invalid ones
        :return: ``dict(created, moved, removed, unplanned, nobody)``: ``unplanned`` needs found
            no free slot, ``nobody`` are requirements without anybody to go
        """
        company = company or self.env.company
        today = today or self.env["logistics.visit.status"]._today(company)
        planner = self.sudo()
        planner.env["logistics.visit.status"]._refresh(company, today)
        cr = self.env.cr
        totals = {"created": 0, "moved": 0, "removed": 0, "unplanned": 0, "nobody": 0}
        end = today + timedelta(weeks=weeks)
        planner._plan_run(planner._plan_required_sql(company, today, end))
        cr.execute("SELECT count(*) FROM lv_req WHERE user_id IS NULL")
        totals["nobody"] = cr.fetchone()[0]
        planner._plan_run(planner._plan_calendar_sql(company, today, end))
        planner._plan_run(planner._plan_loose_sql(company, today, replan))
        planner._plan_run(planner._plan_kept_sql(company, today, end))
        for _round in range(ROUNDS):
            planner._plan_run(planner._plan_needs_sql(company, today, end))
            planner._plan_run(planner._plan_place_sql(today))
            cr.execute("SELECT count(*) FROM lv_need")
            needs = cr.fetchone()[0]
            cr.execute("SELECT count(*) FROM lv_placed")
            placed = cr.fetchone()[0]
            totals["unplanned"] = needs - placed
            if not placed:
                break
            planner._plan_run(planner._plan_keep_placed_sql())
        self._plan_write(company, today, totals)
        planner.env["logistics.visit.status"]._refresh(company, today)
        self._plan_run([SQL("DROP TABLE %s", table) for table in self._plan_tables()])
        _logger.info("Visits of %s planned: %s", company.name, totals)
        return totals

    @api.model
    def _plan_tables(self):
        names = ("req", "day", "loose", "kept", "assigned", "need", "placed")
        return [SQL.identifier("lv_" + name) for name in names]

    @api.model
    def _plan_run(self, statements):
        for statement in statements:
            self.env.cr.execute(statement)

    @api.model
    def _plan_write(self, company, today, totals):
        """Move loose touches to the new days in order, add the missing, take away the rest."""
        rows = self.env.execute_query(self._plan_move_sql())
        totals["moved"] = len(rows)
        moved = [visit_id for visit_id, published in rows if published]
        rows = self.env.execute_query(self._plan_insert_sql(company))
        totals["created"] = len(rows)
        rows = self.env.execute_query(
            SQL("SELECT id, published FROM lv_loose WHERE NOT used ORDER BY id")
        )
        totals["removed"] = len(rows)
        gone = tuple(visit_id for visit_id, published in rows if not published)
        if gone:
            self.env.cr.execute("DELETE FROM logistics_visit WHERE id IN %s", [gone])
        self.invalidate_model()
        quiet = self.sudo().with_context(tracking_disable=True)
        quiet.browse(moved)._publish()
        published = [visit_id for visit_id, published in rows if published]
        quiet.browse(published).write(
            {"state": "cancelled", "reason": self.env._("No longer in the visit plan")}
        )

    # ------------------------------------------------------------------ jobs and actions
    @api.model
    def _mark_missed(self, company, today):
        """Set planned touches that nobody completed in time to missed.

        :return: how many
        """
        limit = today - timedelta(days=company.logistics_visit_missed_days)
        domain = [
            ("company_id", "=", company.id),
            ("state", "=", "planned"),
            ("planned_date", "<", limit),
        ]
        if company.logistics_visit_lock_date:
            domain.append(("planned_date", ">", company.logistics_visit_lock_date))
        late = self.sudo().with_context(tracking_disable=True).search(domain)
        late.write({"state": "missed", "reason": self.env._("Not completed in time")})
        return len(late)

    @api.model
    def _publish_due(self, company, today, limit=None):
        """Make calendar events and activities for touches that came within the horizon.

        :return: how many touches were published
        """
        waiting = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "planned"),
                ("activity_id", "=", False),
                ("user_id.active", "=", True),
                ("planned_date", ">=", today),
                (
                    "planned_date",
                    "<=",
                    today + timedelta(days=company.logistics_visit_calendar_days),
                ),
            ],
            order="planned_date, id",
            limit=limit,
        )
        waiting._publish()
        return len(waiting)

    @api.model
    def _cron_plan(self):
        """Nightly: missed touches, plans and calendars, company by company.

        Each step is committed; killed and started again it goes on without doing anything twice.
        """
        companies = self.env["logistics.visit.status"]._companies().sorted("id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            visits = self.with_company(company)
            today = self.env["logistics.visit.status"]._today(company)
            visits._mark_missed(company, today)
            visits._propose_thanks(company, today)
            visits._plan(company, today=today)
            if not cron._commit_progress():
                return
            while visits._publish_due(company, today, limit=BATCH):
                if not cron._commit_progress():
                    return
            self.env["logistics.visit.coverage"]._refresh(company, today)
            if not cron._commit_progress(1):
                return

    @api.model
    def action_plan(self):
        """Plan the coming twelve weeks of the current company now, and say what came of it."""
        if not self.env.user.has_group("logistics_crm.group_manager"):
            raise AccessError(self.env._("A manager plans for everybody; plan your own by hand."))
        company = self.env.company
        totals = self._plan(company)
        today = self.env["logistics.visit.status"]._today(company)
        self._publish_due(company, today, limit=BATCH)
        message = self.env._(
            "%(created)s planned, %(moved)s moved, %(removed)s no longer needed.", **totals
        )
        if totals["unplanned"]:
            message += " " + self.env._(
                "%s found no free day: raise the visits per day or the days between.",
                totals["unplanned"],
            )
        if totals["nobody"]:
            message += " " + self.env._(
                "%s have nobody to go: name a representative.", totals["nobody"]
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if totals["unplanned"] or totals["nobody"] else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
