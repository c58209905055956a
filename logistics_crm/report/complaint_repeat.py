# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..fields_unknown import KnownMonetary
from ..models.customer.logistics_customer import VALUE_CLASSES

# Customers that together make this share of a year's revenue are its large ones.
LARGE_SHARE = 0.5


class LogisticsComplaintRepeat(models.Model):
    """Customers that complained several times in a year: which large ones, and were they asked?

    A customer is large when it is a key account, or among those that together made half of that
    year's revenue.
    """

    _name = "logistics.complaint.repeat"
    _description = "Repeated Complaints"
    _inherit = "logistics.unknown.last.mixin"
    _auto = False
    _order = "year desc, large desc, complaints desc, id"
    _rec_name = "customer_id"
    _depends = {
        "account.move": ["state", "move_type", "partner_id"],
        "account.move.line": ["balance", "date", "display_type"],
        "logistics.trading.history": ["amount", "date", "partner_id"],
        "logistics.complaint": [
            "active",
            "compensation_amount",
            "customer_id",
            "duplicate_of_id",
            "received_on",
            "state",
            "verdict",
        ],
        "logistics.customer": ["user_id", "value_class"],
        "logistics.inquest": ["customer_id", "kind", "state", "year"],
        "res.company": ["logistics_complaint_repeat"],
    }

    year = fields.Integer(readonly=True, aggregator=None)
    customer_id = fields.Many2one("logistics.customer", readonly=True)
    representative_id = fields.Many2one("res.users", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    complaints = fields.Integer(readonly=True)
    justified = fields.Integer(readonly=True, help="Justified or partly justified.")
    waiting = fields.Integer(string="Not Closed", readonly=True)
    compensation_amount = KnownMonetary(string="Compensated", readonly=True)
    revenue = KnownMonetary(readonly=True, help="Untaxed revenue of the year, company currency.")
    large = fields.Boolean(
        readonly=True,
        help="A key account, or one of those that together made half of the year's revenue.",
    )
    inquest_id = fields.Many2one("logistics.inquest", readonly=True)
    inquest_state = fields.Selection(
        [("none", "Missing"), ("open", "Open"), ("closed", "Closed")],
        readonly=True,
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY r.year, r.customer_id) AS id, r.*,
                   i.id AS inquest_id, COALESCE(i.state, 'none') AS inquest_state
              FROM %s AS r
              LEFT JOIN logistics_inquest i ON i.customer_id = r.customer_id
                   AND i.year = r.year AND i.kind = 'complaints'
            """,
            self._repeat_sql(),
        )

    @api.model
    def _counting_sql(self, alias="logistics_complaint"):
        """SQL: which complaints count; also for the other analyses and the yearly screening.

        :param alias: of ``logistics_complaint`` in the query
        """
        return SQL(
            "%(c)s.active AND %(c)s.duplicate_of_id IS NULL AND %(c)s.state <> 'cancelled'",
            c=SQL.identifier(alias),
        )

    @api.model
    def _counting_domain(self):
        """The same as a domain on ``logistics.complaint``, to open those that were counted."""
        return Domain(
            [("active", "=", True), ("duplicate_of_id", "=", False), ("state", "!=", "cancelled")]
        )

    @api.model
    def _link_inquests(self, company, year, date_from, date_to):
        """Link the complaints of these days with the inquest they led to."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE logistics_complaint c SET inquest_id = i.id
                  FROM logistics_inquest i
                 WHERE i.kind = 'complaints' AND i.year = %(year)s AND i.company_id = %(company)s
                   AND c.customer_id = i.customer_id AND c.inquest_id IS NULL
                   AND c.received_on BETWEEN %(start)s AND %(end)s
                """,
                year=year,
                company=company.id,
                start=date_from,
                end=date_to,
            )
        )

    @api.model
    def _repeat_sql(self, company=None, year=None):
        """Return a subquery of customers that complained repeatedly in a calendar year.

        Columns ``year``, ``customer_id``, ``company_id``, ``currency_id``,
        ``representative_id``, ``value_class``, ``complaints``, ``justified``, ``waiting``,
        ``compensation_amount``, ``revenue``, ``large``. Repeated: at least the company's
        ``logistics_complaint_repeat``; merged and cancelled complaints do not count.

        :param company: limit to this ``res.company``
        :param year: limit to this calendar year
        """
        where = [self._counting_sql("c")]
        span = {}
        if company:
            where.append(SQL("c.company_id = %s", company.id))
            span["company"] = company
        if year:
            where.append(SQL("extract(year FROM c.received_on) = %s", year))
            span |= {
                "date_from": fields.Date.to_date(f"{year}-01-01"),
                "date_to": fields.Date.to_date(f"{year}-12-31"),
            }
        return SQL(
            """
            (WITH counted AS (
                SELECT extract(year FROM c.received_on)::int AS year, c.customer_id,
                       count(*) AS complaints,
                       count(*) FILTER (WHERE c.verdict IN ('justified', 'partly')) AS justified,
                       count(*) FILTER (WHERE c.closed_on IS NULL) AS waiting,
                       sum(c.compensation_amount) AS compensation_amount
                  FROM logistics_complaint c
                 WHERE %(where)s AND c.customer_id IS NOT NULL
                 GROUP BY 1, 2
            ),
            revenue AS (
                SELECT f.company_id, f.partner_id, extract(year FROM f.date)::int AS year,
                       sum(f.amount) AS revenue
                  FROM %(facts)s AS f GROUP BY 1, 2, 3
            ),
            placed AS (
                SELECT r.*,
                       (sum(GREATEST(revenue, 0)) OVER (
                            PARTITION BY company_id, year ORDER BY revenue DESC, partner_id
                            ROWS UNBOUNDED PRECEDING) - GREATEST(revenue, 0))
                       / NULLIF(sum(GREATEST(revenue, 0)) OVER (
                            PARTITION BY company_id, year), 0) AS place
                  FROM revenue r
            )
            SELECT n.year, n.customer_id, k.company_id, p.currency_id,
                   k.user_id AS representative_id, k.value_class, n.complaints, n.justified,
                   n.waiting, n.compensation_amount, r.revenue,
                   (k.value_class = 'key') IS TRUE
                   OR (r.revenue > 0 AND r.place < %(share)s) IS TRUE AS large
              FROM counted n
              JOIN logistics_customer k ON k.id = n.customer_id
              JOIN res_company p ON p.id = k.company_id
              LEFT JOIN placed r ON r.company_id = k.company_id
                   AND r.partner_id = k.partner_id AND r.year = n.year
             WHERE n.complaints >= p.logistics_complaint_repeat)
            """,
            where=SQL(" AND ").join(where),
            facts=self.env["logistics.trading.facts"]._facts_sql(**span),
            share=LARGE_SHARE,
        )

    def action_open(self):
        """Open the customer's complaints of that year."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_complaint")
        own = [
            ("customer_id", "=", self.customer_id.id),
            ("received_on", ">=", f"{self.year}-01-01"),
            ("received_on", "<=", f"{self.year}-12-31"),
        ]
        action["domain"] = list(self._counting_domain() & Domain(own))
        action["context"] = {}
        return action

    @api.model
    def action_raise_inquests(self):
        """Open an inquest for each large customer that complained repeatedly last year.

        Asked again it adds only what is missing. Shows the inquests.

        :raise AccessError: for others than managers
        """
        if not self.env.user.has_group("logistics_crm.group_manager"):
            raise AccessError(self.env._("Only managers open inquests."))
        year = fields.Date.context_today(self).year - 1
        for company in self.env.companies:
            self._raise_inquests(company, year)
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_inquest")
        action["domain"] = [
            ("kind", "=", "complaints"),
            ("company_id", "in", self.env.companies.ids),
        ]
        return action

    @api.model
    def _raise_inquests(self, company, year):
        """Insert the missing inquests of a company and year; link the complaints with them."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO logistics_inquest (
                       kind, year, customer_id, company_id, user_id, revenue, state,
                       create_uid, create_date, write_uid, write_date)
                SELECT 'complaints', r.year, r.customer_id, r.company_id, r.representative_id,
                       r.revenue, 'open', %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,
                       now() AT TIME ZONE 'UTC'
                  FROM %(rows)s AS r
                 WHERE r.large
                    ON CONFLICT (customer_id, year, kind) DO NOTHING
                """,
                uid=self.env.uid,
                rows=self._repeat_sql(company=company, year=year),
            )
        )
        first = fields.Date.to_date(f"{year}-01-01")
        self._link_inquests(company, year, first, first.replace(month=12, day=31))
        self.env.invalidate_all()
