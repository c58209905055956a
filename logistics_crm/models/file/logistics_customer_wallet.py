# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from odoo import fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat


class LogisticsCustomer(models.Model):
    """Which part of what the customer spends on logistics is ours."""

    _inherit = "logistics.customer"

    share_of_wallet = KnownFloat(
        string="Share of Wallet",
        readonly=True,
        index=True,
        aggregator="avg",
        digits=(16, 4),
        help="Our revenue of a calendar year over what the customer spent on logistics in it, at "
        "the exchange rate of the year's end. Empty: the spend is not known, or none of our "
        "amounts is.",
    )
    share_of_wallet_year = fields.Char(
        string="Year of the Share", readonly=True, help="The last year whose spend is known."
    )

    def _refresh_wallet(self, as_of=None, companies=None):
        """Recompute the share of wallet from the last year whose spend is known.

        One statement to find the years, one for each of those years: their number is that of the
        years, not of the customers.

        :param as_of: date; today when omitted. Years that have not ended by then do not count.
        :param companies: with an empty recordset, limit to these ``res.company``
        """
        as_of = as_of or fields.Date.context_today(self)
        scope = SQL("TRUE")
        if self:
            scope = SQL("c.id IN %s", tuple(self.ids))
        elif companies:
            scope = SQL("c.company_id IN %s", tuple(companies.ids))
        self.env.flush_all()
        spend = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (c.id) c.id, c.partner_id, c.company_id, f.year,
                       f.logistics_spend, f.currency_id
                  FROM logistics_partner_financial f
                  JOIN logistics_customer c ON c.partner_id = f.partner_id
                 WHERE f.logistics_spend > 0 AND f.year < %(year)s AND %(scope)s
                 ORDER BY c.id, f.year DESC, f.id DESC
                """,
                year=as_of.year,
                scope=scope,
            )
        )
        rows = []
        revenues = self._revenues_of_years(spend)
        companies_by_id = {c.id: c for c in self.env["res.company"].browse({r[2] for r in spend})}
        for account_id, partner_id, company_id, year, amount, currency_id in spend:
            company = companies_by_id[company_id].sudo()
            ours = revenues.get((partner_id, company_id, year))
            theirs = (
                self.env["res.currency"]
                .browse(currency_id)
                ._convert(
                    float(amount), company.currency_id, company, date(year, 12, 31), round=False
                )
            )
            if ours is not None and theirs:
                rows.append((account_id, ours / theirs, str(year)))
        self.env.execute_query(
            SQL(
                """
                UPDATE logistics_customer c
                   SET share_of_wallet = r.share, share_of_wallet_year = r.year
                  FROM logistics_customer x
                  LEFT JOIN unnest(%(ids)s::int[], %(shares)s::float8[], %(years)s::text[])
                         AS r(id, share, year) ON r.id = x.id
                 WHERE x.id = c.id AND %(scope)s
                   AND (c.share_of_wallet, c.share_of_wallet_year)
                       IS DISTINCT FROM (round(r.share::numeric, 4), r.year)
             RETURNING c.id
                """,
                ids=[row[0] for row in rows],
                shares=[row[1] for row in rows],
                years=[row[2] for row in rows],
                scope=scope,
            )
        )
        self.invalidate_model(["share_of_wallet", "share_of_wallet_year"])

    def _revenues_of_years(self, spend):
        """Our revenue of the years asked for: ``{(partner id, company id, year): amount}``.

        A partner without any trade in the year has 0; one whose amounts are unknown is left out.
        """
        revenues = {}
        for year in {row[3] for row in spend}:
            partners = {row[1] for row in spend if row[3] == year}
            revenues.update({(row[1], row[2], year): 0.0 for row in spend if row[3] == year})
            found = self.env.execute_query(
                SQL(
                    "SELECT f.partner_id, f.company_id, sum(f.amount) FROM %s AS f GROUP BY 1, 2",
                    self.env["logistics.trading.facts"]._facts_sql(
                        date_from=date(year, 1, 1),
                        date_to=date(year, 12, 31),
                        partner_ids=list(partners),
                    ),
                )
            )
            for partner_id, company_id, amount in found:
                revenues[partner_id, company_id, year] = None if amount is None else float(amount)
        return revenues

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        self._refresh_wallet(as_of, companies)
        return result
