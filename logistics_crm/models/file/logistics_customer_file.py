# Part of logistics_crm. License LGPL-3 or later.
import json

from odoo import api, fields, models
from odoo.tools import SQL, date_utils

from ...fields_unknown import KnownFloat

VERIFICATION_STATES = [
    ("never", "Never Verified"),
    ("stale", "Stale"),
    ("due", "Due This Month"),
    ("verified", "Verified"),
]


class LogisticsCustomer(models.Model):
    """How complete and how fresh the file of a customer is, for all files at once."""

    _inherit = "logistics.customer"

    completeness = KnownFloat(
        readonly=True,
        index=True,
        aggregator="avg",
        digits=(5, 4),
        help="Share of what the file should tell, by weight (0 .. 1). Which sections count, and "
        "how much, comes from the customer type and the value class.",
    )
    missing_fact_count = fields.Integer(
        string="Facts Missing",
        readonly=True,
        aggregator="avg",
        help="How many items the file should tell and does not.",
    )
    nothing_but_name = fields.Boolean(
        string="Nothing but a Name",
        readonly=True,
        index=True,
        help="The file holds basic items at most: name, address, phone, email.",
    )
    verification_due_date = fields.Date(
        string="To Verify By",
        readonly=True,
        index=True,
        help="The first day on which a section of the file needs a look: its last verification "
        "plus the review months; the opening of the account for one that never was.",
    )
    verification_state = fields.Selection(
        VERIFICATION_STATES,
        string="Verification",
        readonly=True,
        index=True,
        help="Never: nobody verified any section. Stale: a section is past its date.",
    )
    verification_ids = fields.One2many(
        "logistics.file.verification", "customer_id", string="Verifications"
    )

    @api.model
    def _file_plan(self, companies):
        """What counts in a file, for every company, type and class.

        :return: ``(items, plans)``: the ``logistics.file.item`` records that count, and dicts of
            company_id, type_id (0: none), value_class ('': none), weights (one for each item, all
            together 1 or 0), sections and months (of those that are reviewed)
        """
        items = self.env["logistics.file.item"].sudo().search([("weight", ">", 0)])
        today = fields.Date.context_today(self)
        items = items.filtered(lambda item: item._known_sql(today) is not None)
        within = {}
        for item in items:
            within[item.section] = within.get(item.section, 0.0) + item.weight
        plans = []
        rules = self.env["logistics.file.section.rule"]._resolve(companies)
        for (company_id, type_id, value_class), by_section in rules.items():
            shown = {section: rule for section, rule in by_section.items() if rule.shown}
            total = sum(rule.weight for section, rule in shown.items() if section in within)
            reviewed = {s: rule.review_months for s, rule in shown.items() if rule.review_months}
            plans.append(
                {
                    "company_id": company_id,
                    "type_id": type_id or 0,
                    "value_class": value_class or "",
                    "weights": [
                        shown[item.section].weight * item.weight / within[item.section] / total
                        if total and item.section in shown
                        else 0.0
                        for item in items
                    ],
                    "sections": list(reviewed),
                    "months": list(reviewed.values()),
                }
            )
        return items, plans

    @api.model
    def _file_facts_sql(self, items, plans, as_of, scope):
        """Subquery: one row per account with what is known and what its plan counts.

        Columns: ``id``, ``known`` and ``weights`` (arrays in the order of ``items``), ``sections``
        and ``months`` (reviewed sections), ``opened_on``.
        """
        known = SQL(", ").join(item._known_sql(as_of) for item in items) if items else SQL()
        return SQL(
            """
            (SELECT c.id, plan.weights, plan.sections, plan.months,
                    c.create_date::date AS opened_on, ARRAY[%(known)s]::bool[] AS known
               FROM logistics_customer c
               JOIN res_partner p ON p.id = c.partner_id
               JOIN jsonb_to_recordset(%(plans)s::jsonb)
                    AS plan(company_id int, type_id int, value_class text, weights float8[],
                            sections text[], months int[])
                 ON plan.company_id = c.company_id
                AND plan.type_id = COALESCE(c.customer_type_id, 0)
                AND plan.value_class = COALESCE(c.value_class, '')
              WHERE %(scope)s)
            """,
            known=known,
            plans=json.dumps(plans),
            scope=scope,
        )

    def _refresh_files(self, as_of, companies):
        """Recompute completeness and verification of these accounts, or of whole companies.

        One statement, whatever the number of accounts.

        :param as_of: the day that tells stale from fresh
        :param companies: with an empty recordset, the companies whose files are meant; all when
            empty
        :return: the number of accounts whose row changed
        """
        companies = (
            self.company_id
            or companies
            or self.env["res.company"].sudo().search([("id", "!=", False)])
        )
        self.env.flush_all()
        items, plans = self._file_plan(companies)
        scope = SQL("c.company_id IN %s", tuple(companies.ids))
        if self:
            scope = SQL("c.id IN %s", tuple(self.ids))
        rows = self.env.execute_query(
            SQL(
                """
                WITH checked AS (
                    SELECT customer_id, jsonb_object_agg(section, date) AS dates
                      FROM (SELECT customer_id, section, max(date) AS date
                              FROM logistics_file_verification
                             WHERE date <= %(as_of)s GROUP BY customer_id, section) v
                     GROUP BY customer_id
                ),
                result AS (
                    SELECT f.id, score.*, review.due,
                           CASE WHEN review.due IS NULL THEN NULL
                                WHEN checked.customer_id IS NULL THEN 'never'
                                WHEN review.due < %(as_of)s THEN 'stale'
                                WHEN review.due <= %(month_end)s THEN 'due'
                                ELSE 'verified' END AS state
                      FROM %(facts)s f
                      LEFT JOIN checked ON checked.customer_id = f.id
                     CROSS JOIN LATERAL (
                           SELECT CASE WHEN sum(u.weight) > 0 THEN round(COALESCE(
                                       sum(u.weight) FILTER (WHERE u.known), 0)::numeric, 4)
                                       END AS completeness,
                                  count(*) FILTER (WHERE NOT u.known AND u.weight > 0) AS missing,
                                  NOT COALESCE(bool_or(u.known AND NOT u.basic), FALSE) AS bare
                             FROM unnest(f.known, f.weights, %(basic)s::bool[])
                                  AS u(known, weight, basic)
                           ) score
                     CROSS JOIN LATERAL (
                           SELECT min((COALESCE((checked.dates ->> r.section)::date, f.opened_on)
                                  + r.months * interval '1 month' * CASE WHEN
                                    checked.dates ->> r.section IS NULL THEN 0 ELSE 1 END)::date)
                                  AS due
                             FROM unnest(f.sections, f.months) AS r(section, months)
                           ) review
                )
                UPDATE logistics_customer c
                   SET completeness = r.completeness, missing_fact_count = r.missing,
                       nothing_but_name = r.bare, verification_due_date = r.due,
                       verification_state = r.state
                  FROM result r
                 WHERE r.id = c.id
                   AND (c.completeness, c.missing_fact_count, c.nothing_but_name,
                        c.verification_due_date, c.verification_state)
                       IS DISTINCT FROM (r.completeness, r.missing, r.bare, r.due, r.state)
             RETURNING c.id
                """,
                as_of=as_of,
                month_end=date_utils.end_of(as_of, "month"),
                facts=self._file_facts_sql(items, plans, as_of, scope),
                basic=items.mapped("basic"),
            )
        )
        return len(rows)

    def _refresh_file(self):
        """Recompute the files of these accounts after somebody typed something."""
        if self:
            self.sudo()._refresh_files(fields.Date.context_today(self), None)
            self.invalidate_recordset(
                [
                    "completeness",
                    "missing_fact_count",
                    "nothing_but_name",
                    "verification_due_date",
                    "verification_state",
                    "file_overview",
                ]
            )

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        self._refresh_files(as_of, companies)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        accounts._refresh_file()
        return accounts
