# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary

# How many of the largest customers the share of the largest is told for.
TOP = 10
# Past year ends the night computes by itself.
YEARS = 3


class LogisticsPortfolioRun(models.Model):
    """The mix and the concentration of a company's customers on a day, frozen."""

    _name = "logistics.portfolio.run"
    _description = "Portfolio Mix"
    _inherit = ["logistics.readonly.mixin"]
    _order = "as_of desc, id desc"
    _rec_name = "as_of"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    as_of = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The twelve months up to this day, as the trade was known then. Addresses, "
        "industries and sizes are those of today: their past is not kept.",
    )
    year = fields.Char(compute="_compute_year", store=True, help="Year of the day.")
    year_end = fields.Boolean(compute="_compute_year", store=True)
    nightly = fields.Boolean(
        readonly=True, help="Computed every night, and replaced the next night."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Computed")], compute="_compute_state", store=True
    )
    is_latest = fields.Boolean(
        string="Latest", compute="_compute_is_latest", search="_search_is_latest"
    )
    computed_at = fields.Datetime(readonly=True)
    target_id = fields.Many2one("logistics.portfolio.target", readonly=True, ondelete="set null")
    revenue = KnownMonetary(
        readonly=True,
        help="Of the customers with a positive revenue in the twelve months, untaxed, company "
        "currency.",
    )
    customer_count = fields.Integer(
        string="Customers", readonly=True, help="With a positive revenue in the twelve months."
    )
    unknown_count = fields.Integer(
        string="Lines Without an Amount",
        readonly=True,
        help="Traded, but nobody knows for how much: they are in no share.",
    )
    top_share = KnownFloat(
        string="Share of the Ten Largest (%)", readonly=True, aggregator="avg", digits=(5, 1)
    )
    largest_share = KnownFloat(
        string="Share of the Largest (%)", readonly=True, aggregator="avg", digits=(5, 1)
    )
    largest_customer_id = fields.Many2one("logistics.customer", readonly=True, ondelete="set null")
    hhi = KnownFloat(
        string="Concentration (HHI)",
        readonly=True,
        aggregator="avg",
        digits=(8, 0),
        help="Herfindahl-Hirschman index: the sum of the squared shares in percent. 10,000 is one "
        "single customer; below 1,500 is usually called not concentrated.",
    )
    line_ids = fields.One2many("logistics.portfolio.line", "run_id", readonly=True)
    customer_ids = fields.One2many("logistics.portfolio.customer", "run_id", readonly=True)

    _night_uniq = models.UniqueIndex(
        "(company_id) WHERE nightly", "There is one portfolio of the night a company."
    )

    @api.depends("computed_at")
    def _compute_state(self):
        for run in self:
            run.state = "done" if run.computed_at else "draft"

    @api.depends("as_of")
    def _compute_year(self):
        for run in self:
            run.year = str(run.as_of.year) if run.as_of else False
            run.year_end = bool(run.as_of and run.as_of.month == 12 and run.as_of.day == 31)

    @api.depends("company_id", "as_of")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.company_id.name}, {run.as_of}" if run.as_of else ""

    # ------------------------------------------------------------------ the latest
    @api.model
    def _latest_sql(self):
        """Subquery of the ids of the latest computed portfolio of each company."""
        return SQL(
            "(SELECT DISTINCT ON (company_id) id FROM logistics_portfolio_run"
            " WHERE state = 'done' ORDER BY company_id, as_of DESC, id DESC)"
        )

    def _compute_is_latest(self):
        self.env.flush_all()
        latest = {ident for (ident,) in self.env.execute_query(self._latest_sql())}
        for run in self:
            run.is_latest = run.id in latest

    @api.model
    def _search_is_latest(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in" if True in value else "not in", self._latest_sql())]

    # ------------------------------------------------------------------ computing
    def action_compute(self):
        """Compute these portfolios from the trading facts; again replaces their lines.

        :raise AccessError: for who may not write them
        :raise UserError: for a day in the future
        """
        self.check_access("write")
        today = fields.Date.context_today(self)
        for run in self:
            if run.as_of > today:
                raise UserError(
                    self.env._(
                        "Nobody knows the trade of a day to come: choose today or a past day."
                    )
                )
            run.sudo()._compute_portfolio()
        return True

    @api.model
    def _refresh_night(self, company, today=None):
        """Compute the portfolio of the night of a company, and year ends that are missing.

        :param company: ``res.company``
        :param today: date, the company's today when omitted
        :return: the portfolio of the night
        """
        today = fields.Date.to_date(today) or fields.Date.context_today(self)
        runs = self.sudo().with_company(company)
        night = runs.search([("company_id", "=", company.id), ("nightly", "=", True)])
        if night:
            night.as_of = today
        else:
            night = runs.create({"company_id": company.id, "as_of": today, "nightly": True})
        night._compute_portfolio()
        first = (
            self.env["logistics.customer"]
            .sudo()
            .search(
                [("company_id", "=", company.id), ("first_trade_date", "!=", False)],
                order="first_trade_date",
                limit=1,
            )
            .first_trade_date
        )
        for back in range(1, YEARS + 1):
            end = today.replace(month=12, day=31) - relativedelta(years=back)
            if not first or end < first:
                break
            known = runs.search_count(
                [("company_id", "=", company.id), ("as_of", "=", end), ("state", "=", "done")],
                limit=1,
            )
            if not known:
                runs.create({"company_id": company.id, "as_of": end})._compute_portfolio()
        return night

    @api.model
    def _cron_refresh(self):
        """Nightly, company by company: a company that is done stays done."""
        companies = (
            self.env["logistics.customer"].sudo()._read_group([], ["company_id"], ["__count"])
        )
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company, _count in companies:
            self._refresh_night(company)
            self.env["logistics.customer.strategy"].sudo().search(
                [
                    ("company_id", "=", company.id),
                    ("year", "=", fields.Date.context_today(self).year),
                ]
            )._measure()
            self.env["logistics.cash.forecast"]._refresh_week(company)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    # ------------------------------------------------------------------ actions
    def action_open_lines(self):
        """The mix by dimension of this portfolio."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("logistics_crm.action_portfolio_line")
        action.update(domain=[("run_id", "=", self.id)], context={"search_default_by_dimension": 1})
        return action

    def action_open_customers(self):
        """The largest customers of this portfolio."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "logistics_crm.action_portfolio_customer"
        )
        action.update(domain=[("run_id", "=", self.id)], context={})
        return action
