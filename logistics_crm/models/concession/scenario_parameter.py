# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat

MEASURES = [
    ("acquisition", "Cost of a New Customer by Cost of Keeping One"),
    ("retention_gain", "Profit Gained by More Retention (%)"),
    ("pareto", "Share of the Margin from the Best Fifth (%)"),
    ("none", "Not Measured"),
]
# What is measured once; other numbers of points are in proportion.
GAIN_POINTS = 5.0


class LogisticsScenarioParameter(models.Model):
    """A rule of thumb people quote, beside what the company's own books say.

    It is never used in a computation: it is shown with its source, next to the measured value.
    """

    _name = "logistics.scenario.parameter"
    _description = "Scenario Parameter"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: shown in every company."
    )
    measure = fields.Selection(MEASURES, required=True, default="none")
    points = fields.Float(
        "Points of Retention",
        default=5.0,
        digits=(16, 1),
        help="How many more of a hundred customers stay, in the question that is asked.",
    )
    value_low = KnownFloat(string="Quoted From", digits=(16, 2))
    value_high = KnownFloat(string="Quoted To", digits=(16, 2))
    source = fields.Text(
        required=True, translate=True, help="Who says so, and for which companies."
    )
    measured = KnownFloat(
        string="Measured Here",
        compute="_compute_measured",
        digits=(16, 2),
        help="The same figure from the books of the current company. Empty: it cannot be known "
        "from what is recorded.",
    )
    measured_note = fields.Char(string="How It Was Measured", compute="_compute_measured")

    _points_sane = models.Constraint(
        "CHECK (points > 0 AND points <= 100)", "More than none and at most all customers stay."
    )
    _range_sane = models.Constraint(
        "CHECK (value_low IS NULL OR value_high IS NULL OR value_low <= value_high)",
        "The range must begin with the lower value.",
    )

    @api.constrains("value_low", "value_high")
    def _check_value(self):
        for parameter in self:
            if parameter.value_low is False and parameter.value_high is False:
                raise ValidationError(
                    self.env._("Enter the value that is quoted for “%s”.", parameter.name)
                )

    @api.depends_context("company")
    @api.depends("measure", "points")
    def _compute_measured(self):
        today = fields.Date.context_today(self)
        found = {"none": (False, "")}
        for parameter in self:
            if parameter.measure not in found:
                method = getattr(self, f"_measured_{parameter.measure}")
                found[parameter.measure] = method(self.env.company, today)
            measured, note = found[parameter.measure]
            if parameter.measure == "retention_gain" and measured is not False:
                measured *= parameter.points / GAIN_POINTS
            parameter.measured, parameter.measured_note = measured, note

    @api.model
    def _measured_acquisition(self, company, as_of):
        """Recorded cost of winning a customer by the recorded cost of keeping one, twelve months.

        Winning: concessions to those who had not traded by then, per customer whose first trade
        lies in the twelve months. Keeping: all other concessions, per other trading customer.
        """
        self.env["logistics.customer"].flush_model()
        self.env["logistics.concession"].flush_model()
        [row] = self.env.execute_query_dict(
            SQL(
                """
                WITH cost AS (
                    SELECT (c.first_trade_date IS NULL OR w.date < c.first_trade_date) AS winning,
                           w.amount
                      FROM logistics_concession w
                      JOIN logistics_customer c ON c.id = w.customer_id
                     WHERE w.company_id = %(company)s AND w.active
                       AND w.date > %(since)s AND w.date <= %(as_of)s
                )
                SELECT (SELECT sum(amount) FROM cost WHERE winning) AS winning,
                       (SELECT sum(amount) FROM cost WHERE NOT winning) AS keeping,
                       count(*) FILTER (WHERE first_trade_date > %(since)s) AS won,
                       count(*) FILTER (WHERE first_trade_date <= %(since)s
                                          AND last_trade_date > %(since)s) AS kept
                  FROM logistics_customer
                 WHERE company_id = %(company)s
                """,
                company=company.id,
                since=as_of - relativedelta(years=1),
                as_of=as_of,
            )
        )
        if not (row["winning"] and row["keeping"] and row["won"] and row["kept"]):
            return False, self.env._(
                "Not known: no cost is recorded for prospects, or no customer was won or kept."
            )
        ratio = (row["winning"] / row["won"]) / (row["keeping"] / row["kept"])
        return float(ratio), self.env._(
            "Recorded costs of 12 months: %(won)s won, %(kept)s kept. Costs nobody recorded are "
            "missing on both sides.",
            won=row["won"],
            kept=row["kept"],
        )

    @api.model
    def _measured_retention_gain(self, company, as_of):
        """Margin that five more of a hundred kept customers would have left, in percent of all.

        Base: who traded in the twelve months before the last twelve. A customer kept more is
        taken to leave as much as those who stayed.
        """
        year_ago = as_of - relativedelta(years=1)
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=company,
            date_from=as_of - relativedelta(years=2) + relativedelta(days=1),
            date_to=as_of,
        )
        [row] = self.env.execute_query_dict(
            SQL(
                """
                WITH customer AS (
                    SELECT f.partner_id,
                           bool_or(f.date <= %(year_ago)s) AS base,
                           bool_or(f.date > %(year_ago)s) AS now,
                           sum(f.amount - f.cost) FILTER (WHERE f.date > %(year_ago)s) AS margin
                      FROM %(facts)s AS f
                     GROUP BY f.partner_id
                )
                SELECT count(*) FILTER (WHERE base) AS base,
                       count(*) FILTER (WHERE base AND now) AS kept,
                       avg(margin) FILTER (WHERE base AND now) AS margin_kept,
                       sum(margin) AS margin
                  FROM customer
                """,
                year_ago=year_ago,
                facts=facts,
            )
        )
        if not row["base"] or row["margin_kept"] is None or (row["margin"] or 0) <= 0:
            return False, self.env._("Not known: two years of trade with known cost are needed.")
        gain = GAIN_POINTS * row["base"] * float(row["margin_kept"]) / float(row["margin"])
        return gain, self.env._(
            "Retention was %(rate)s %% (%(kept)s of %(base)s). One more customer kept is taken to "
            "leave as much as those who stayed; nothing else changes.",
            rate=round(100 * row["kept"] / row["base"]),
            kept=row["kept"],
            base=row["base"],
        )

    @api.model
    def _measured_pareto(self, company, as_of):
        """Share of the margin of twelve months that the best fifth of the customers leaves."""
        margins = sorted(
            (
                customer["margin_12m"]
                for customer in self.env["logistics.customer"]
                .sudo()
                .search_read(
                    [
                        ("company_id", "=", company.id),
                        ("trade_days_12m", ">", 0),
                        ("margin_12m", "!=", False),
                    ],
                    ["margin_12m"],
                )
            ),
            reverse=True,
        )
        whole = sum(margins)
        if len(margins) < 5 or whole <= 0:
            return False, self.env._("Not known: five customers with a known margin are needed.")
        best = margins[: max(1, round(len(margins) / 5))]
        return sum(best) / whole * 100, self.env._(
            "The best %(best)s of %(all)s customers with a known margin, last twelve months.",
            best=len(best),
            all=len(margins),
        )
