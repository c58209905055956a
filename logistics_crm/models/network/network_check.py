# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# What a found row brings; checks that have no value for one leave it out.
COLUMNS = {
    "customer_id": "integer",
    "other_customer_id": "integer",
    "territory_id": "integer",
    "other_territory_id": "integer",
    "country_id": "integer",
    "service_id": "integer",
    "amount": "numeric",
    "facts": "jsonb",
}


class LogisticsNetworkFinding(models.Model):
    """Run the checks of the network: one statement each, repeatable without doubles."""

    _inherit = "logistics.network.finding"

    @api.model
    def _cron_check(self):
        """Check the networks of the companies that switched it on, one after the other."""
        companies = self.env["res.company"].search([("logistics_network_checks", "=", True)])
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self.with_company(company)._run_checks(company)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def action_run_checks(self):
        """Check the networks of the user's companies now.

        :raise AccessError: for users who are no managers
        """
        if not self.env.user.has_group("logistics_crm.group_manager"):
            raise AccessError(self.env._("Only a manager runs the checks of the network."))
        for company in self.env.companies:
            self.sudo()._run_checks(company)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_network_finding"
        )
        return action | {"target": "main"}

    @api.model
    def _checks(self, company, as_of):
        """The checks as pairs of kind and subquery; areas may add theirs by override.

        A subquery has ``key`` (text, unique per kind and company) and any of :data:`COLUMNS`
        under ``names``: triples of kind, names and SQL.

        :param company: the ``res.company``
        :param as_of: the day; nothing dated later is looked at
        """
        return []

    @api.model
    def _run_checks(self, company, as_of=None):
        """Make and renew the findings of a company: two statements per check.

        What is found again is renewed, not doubled: amount, facts and the day last seen. What a
        person wrote stays. A closed finding opens again when more was delivered or the price fell
        further than when it was closed, or when what had been changed is back; one that was
        accepted or a mistake stays closed while it is no worse.

        :param company: the ``res.company``
        :param as_of: date; today when omitted. Nothing dated later is looked at.
        :return: the number of findings that stand
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        self.env.flush_all()
        count = 0
        for kind, names, query in self._checks(company, as_of):
            count += self._store(company, as_of, kind, names, query)
        self.invalidate_model()
        return count

    @api.model
    def _default_owner(self, company):
        """Who owns findings nobody is responsible for: a person, not the robot."""
        if company.logistics_network_owner_id:
            return company.logistics_network_owner_id
        if not self.env.user._is_superuser() and self.env.user.active:
            return self.env.user
        managers = self.env.ref("logistics_crm.group_manager").all_user_ids.filtered(
            lambda user: user.active and company in user.company_ids and not user._is_superuser()
        )
        return managers.sorted("id")[:1] or self.env.user

    @api.model
    def _store(self, company, as_of, kind, names, query):
        columns = SQL(", ").join(
            SQL("f.%s", SQL.identifier(name))
            if name in names
            else SQL("NULL::%s", SQL(column_type))
            for name, column_type in COLUMNS.items()
        )
        owner = self._default_owner(company).id
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO logistics_network_finding AS old
                       (kind, key, company_id, state, first_seen, last_seen, still_found, deadline,
                        user_id, reopened_count, %(names)s,
                        create_uid, create_date, write_uid, write_date)
                SELECT %(kind)s, f.key, %(company)s, 'open', %(as_of)s, %(as_of)s, TRUE,
                       %(deadline)s,
                       COALESCE(ta.user_id, hc.user_id, cu.user_id, %(owner)s), 0, %(columns)s,
                       %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM (%(query)s) f
                  LEFT JOIN logistics_territory ta ON ta.id = %(territory)s
                  LEFT JOIN logistics_customer hc ON hc.id = ta.customer_id
                  LEFT JOIN logistics_customer cu ON cu.id = %(customer)s
                    ON CONFLICT (company_id, kind, key) DO UPDATE
                   SET last_seen = EXCLUDED.last_seen, still_found = TRUE,
                       amount = EXCLUDED.amount, facts = EXCLUDED.facts,
                       state = CASE WHEN %(worse)s THEN 'open' ELSE old.state END,
                       outcome = CASE WHEN %(worse)s THEN NULL ELSE old.outcome END,
                       closed_on = CASE WHEN %(worse)s THEN NULL ELSE old.closed_on END,
                       deadline = CASE WHEN %(worse)s THEN EXCLUDED.deadline
                                       ELSE old.deadline END,
                       reopened_count = old.reopened_count + CASE WHEN %(worse)s THEN 1
                                                                  ELSE 0 END
                RETURNING id
                """,
                kind=kind,
                company=company.id,
                as_of=as_of,
                deadline=as_of + relativedelta(days=company.logistics_network_deadline_days),
                owner=owner,
                uid=self.env.uid,
                names=SQL(", ").join(SQL.identifier(name) for name in COLUMNS),
                columns=columns,
                query=query,
                territory=SQL("f.territory_id") if "territory_id" in names else SQL("NULL"),
                customer=SQL("f.customer_id") if "customer_id" in names else SQL("NULL"),
                worse=SQL(
                    """old.state = 'closed'
                       AND (NOT old.still_found AND old.outcome = 'changed'
                            OR old.kind IN ('diversion', 'price')
                               AND EXCLUDED.amount > old.amount * 1.01)"""
                ),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE logistics_network_finding
                   SET still_found = FALSE
                 WHERE company_id = %s AND kind = %s AND still_found AND id <> ALL(%s)
                """,
                company.id,
                kind,
                [row[0] for row in rows],
            )
        )
        return len(rows)
