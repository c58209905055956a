# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.tools import SQL

# Months the report looks back, the running one included.
MONTHS = 24


class LogisticsAdoption(models.Model):
    """Who works with the customer system: one row per user, company and month with any work.

    Who has logged nothing in the running month has a row of zeros for it, in the own company.
    Counts what was done, not how well: a person with few customers has little to log. A user
    sees the own rows; managers see everybody's.
    """

    _name = "logistics.adoption"
    _description = "Adoption"
    _auto = False
    _order = "month desc, user_id, id"
    _rec_name = "user_id"
    _depends = {
        "logistics.visit": ["user_id", "company_id", "state", "done_date"],
        "logistics.churn.alarm": ["closed_by_id", "company_id", "state", "closed_on"],
        "logistics.file.verification": ["user_id", "company_id", "date"],
        "logistics.opinion": ["owner_id", "company_id", "answered_on"],
        "logistics.payment.promise": ["recorded_by", "company_id", "date_made"],
        "crm.team.member": ["user_id", "crm_team_id", "active"],
        "res.users": ["company_id", "group_ids"],
    }

    user_id = fields.Many2one("res.users", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    month = fields.Date(readonly=True, help="Its first day.")
    touches = fields.Integer(
        readonly=True, help="Visits, calls and other touches logged as done in the month."
    )
    alarms_closed = fields.Integer(readonly=True, help="Closed with cause and outcome.")
    files_verified = fields.Integer(string="File Sections Verified", readonly=True)
    opinions_answered = fields.Integer(readonly=True)
    promises_recorded = fields.Integer(readonly=True)
    total = fields.Integer(string="All Entries", readonly=True)

    @property
    def _table_query(self) -> SQL:
        since = fields.Date.subtract(
            fields.Date.context_today(self).replace(day=1), months=MONTHS - 1
        )
        # of the running month everybody has a row, so that who logged nothing is seen, too
        users = self.env.ref("logistics_crm.group_user").sudo().all_user_ids
        names = (
            "touches",
            "alarms_closed",
            "files_verified",
            "opinions_answered",
            "promises_recorded",
        )
        sources = (
            SQL(
                "SELECT user_id, company_id, done_date AS day, 1 AS what FROM logistics_visit"
                " WHERE state = 'done' AND done_date >= %s",
                since,
            ),
            SQL(
                "SELECT closed_by_id, company_id, closed_on, 2 FROM logistics_churn_alarm"
                " WHERE state = 'closed' AND closed_on >= %s",
                since,
            ),
            SQL(
                "SELECT user_id, company_id, date, 3 FROM logistics_file_verification"
                " WHERE date >= %s",
                since,
            ),
            SQL(
                "SELECT owner_id, company_id, answered_on, 4 FROM logistics_opinion"
                " WHERE answered_on >= %s",
                since,
            ),
            SQL(
                "SELECT recorded_by, company_id, date_made, 5 FROM logistics_payment_promise"
                " WHERE date_made >= %s",
                since,
            ),
            SQL(
                "SELECT id, company_id, %s::date, 0 FROM res_users WHERE active AND id IN %s",
                fields.Date.context_today(self),
                tuple(users.ids) or (0,),
            ),
        )
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY w.month, w.user_id, w.company_id)::integer AS id,
                   w.*,
                   (SELECT m.crm_team_id FROM crm_team_member m
                     WHERE m.user_id = w.user_id AND m.active ORDER BY m.id LIMIT 1) AS team_id
              FROM (SELECT e.user_id, e.company_id, date_trunc('month', e.day)::date AS month,
                           %(counts)s,
                           count(*) FILTER (WHERE e.what > 0)::integer AS total
                      FROM (%(sources)s) e
                     WHERE e.user_id IS NOT NULL
                     GROUP BY e.user_id, e.company_id, date_trunc('month', e.day)::date) w
            """,
            counts=SQL(", ").join(
                SQL(
                    "count(*) FILTER (WHERE e.what = %s)::integer AS %s",
                    number,
                    SQL.identifier(name),
                )
                for number, name in enumerate(names, start=1)
            ),
            sources=SQL(" UNION ALL ").join(sources),
        )
