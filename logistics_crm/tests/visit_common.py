# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from .common import LogisticsCommon

# a Monday, so that weeks are whole
TODAY = fields.Date.to_date("2026-03-02")


class VisitCommon(LogisticsCommon):
    """A company with a working week and two representatives, and a day that stands still."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Week", "company_id": cls.company.id, "tz": "Europe/Paris"}
        )
        cls.anna = cls._user("seller", login="visit_anna", tz="Europe/Paris")
        cls.ben = cls._user("seller", login="visit_ben", tz="America/New_York")
        cls.boss = cls._user("manager", login="visit_boss", tz="Europe/Paris")
        cls.visits = cls.env["logistics.visit"]
        cls.status = cls.env["logistics.visit.status"]
        cls.plans = cls.env["logistics.visit.plan"]

    @classmethod
    def _plan_of(cls, **values):
        return cls.plans.create(
            {
                "company_id": cls.company.id,
                "kind": "patrol",
                "interval_days": 28,
                "tolerance_days": 7,
                **values,
            }
        )

    @classmethod
    def _customer(cls, user=None, value_class=None, **values):
        city = values.pop("city", "Lyon")
        account = cls._account(
            cls._partner(city=city, zip=values.pop("zip", "69000")),
            user_id=(user or cls.anna).id,
            **values,
        )
        if value_class:
            account.flush_recordset()
            cls.env.cr.execute(
                SQL(
                    "UPDATE logistics_customer SET value_class = %s WHERE id = %s",
                    value_class,
                    account.id,
                )
            )
            account.invalidate_recordset()
        return account

    @classmethod
    def _touch(cls, account, day, state="done", **values):
        """A touch of a customer on a day, done or planned by hand."""
        day = fields.Date.to_date(day)
        visit = cls.visits.create(
            {
                "customer_id": account.id,
                "user_id": account.user_id.id,
                "planned_date": day,
                **values,
            }
        )
        if state == "done":
            visit.write({"state": "done", "done_date": day})
        return visit

    @classmethod
    def _status_of(cls, account, kind="patrol", today=TODAY):
        cls.status._refresh(cls.company, today)
        return cls.status.search([("customer_id", "=", account.id), ("kind", "=", kind)])

    @classmethod
    def _run(cls, today=TODAY, weeks=12, **kwargs):
        return cls.visits._plan(cls.company, weeks=weeks, today=today, **kwargs)

    @classmethod
    def _open(cls, account=None):
        domain = [("company_id", "=", cls.company.id), ("state", "=", "planned")]
        if account:
            domain.append(("customer_id", "=", account.id))
        return cls.visits.search(domain, order="planned_date, id")

    @staticmethod
    def _days(count):
        return timedelta(days=count)
