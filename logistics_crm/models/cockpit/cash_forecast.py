# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

# The front page never shows an older forecast than a week.
FRESH_DAYS = 7


class LogisticsCashForecast(models.Model):
    """Which forecast is the one to look at: the latest computed of its company."""

    _inherit = "logistics.cash.forecast"

    is_latest = fields.Boolean(
        string="Latest",
        compute="_compute_is_latest",
        search="_search_is_latest",
        help="The latest computed forecast of its company.",
    )

    @api.model
    def _latest_sql(self):
        """Subquery of the ids of the latest computed forecast of each company."""
        return SQL(
            "(SELECT DISTINCT ON (company_id) id FROM logistics_cash_forecast"
            " WHERE computed_on IS NOT NULL ORDER BY company_id, as_of DESC, id DESC)"
        )

    @api.depends("computed_on", "as_of", "company_id")
    def _compute_is_latest(self):
        self.env.flush_all()
        latest = {ident for (ident,) in self.env.execute_query(self._latest_sql())}
        for forecast in self:
            forecast.is_latest = forecast.id in latest

    @api.model
    def _search_is_latest(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in" if True in value else "not in", self._latest_sql())]

    @api.model
    def _refresh_week(self, company):
        """Make a new forecast when the latest is a week old and something is owed.

        :param company: ``res.company``
        :return: the new forecast, or an empty recordset
        """
        today = fields.Date.context_today(self)
        forecasts = self.sudo().with_company(company)
        since = fields.Date.subtract(today, days=FRESH_DAYS)
        ours = [("company_id", "=", company.id)]
        if forecasts.search_count(
            [*ours, ("computed_on", "!=", False), ("as_of", ">", since)], limit=1
        ) or not self.env["logistics.customer"].sudo().search_count(
            [*ours, ("open_amount", ">", 0)], limit=1
        ):
            return forecasts
        forecast = forecasts.create({"company_id": company.id, "as_of": today})
        forecast.action_compute()
        return forecast
