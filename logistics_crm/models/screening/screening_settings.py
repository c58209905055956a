# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...fields_unknown import KnownFloat
from ..credit.credit_policy import MARKET_STATES

CRITERIA = ("volume", "margin", "safety", "future", "cooperation")
WEIGHTS = tuple(f"weight_{criterion}" for criterion in CRITERIA)
THRESHOLDS = (
    "threshold_pareto",
    "threshold_growth",
    "threshold_overdue",
    "threshold_days_late",
    "target_margin_rate",
    "target_revenue",
    "minimum_cost_coverage",
    "market_state",
    "market_factor",
    "peer_share",
    "peer_minimum",
    "band_medium_from",
    "band_large_from",
)
# Factors of a market where no credit policy says otherwise.
CAUTIOUS, DOWNTURN = 0.8, 0.5


class LogisticsScreeningSettingsMixin(models.AbstractModel):
    """Weights and limits of a screening: of the campaign, of a scenario, of a what-if."""

    _name = "logistics.screening.settings.mixin"
    _description = "Weights and Limits of a Screening"

    weight_volume = fields.Float(
        string="Weight of Volume", default=20, aggregator=None, digits=(5, 2)
    )
    weight_margin = fields.Float(
        string="Weight of Margin", default=20, aggregator=None, digits=(5, 2)
    )
    weight_safety = fields.Float(
        string="Weight of Safety", default=20, aggregator=None, digits=(5, 2)
    )
    weight_future = fields.Float(
        string="Weight of Future", default=20, aggregator=None, digits=(5, 2)
    )
    weight_cooperation = fields.Float(
        string="Weight of Cooperation", default=20, aggregator=None, digits=(5, 2)
    )
    threshold_pareto = fields.Float(
        string="Share of Revenue to Keep",
        default=0.8,
        aggregator=None,
        help="The largest customers that together make this share of the revenue are kept.",
    )
    threshold_growth = fields.Float(
        string="Growth to Develop",
        default=0.2,
        aggregator=None,
        help="Customers that grew at least this much are worth developing.",
    )
    threshold_overdue = fields.Float(
        string="Overdue to Rectify",
        default=0.05,
        aggregator=None,
        help="Rectify when the overdue amount exceeds this share of what fell due.",
    )
    threshold_days_late = fields.Float(
        string="Days Late to Rectify",
        default=30,
        aggregator=None,
        help="Rectify when money comes this many days late on average.",
    )
    target_margin_rate = fields.Float(
        default=0.2,
        aggregator=None,
        help="A margin rate of this much or more gets all points for the rate.",
    )
    minimum_cost_coverage = fields.Float(
        string="Cost Coverage Needed",
        default=0.5,
        aggregator=None,
        help="Below this share of revenue with known cost, a loss is not believed and never a "
        "reason to part with a customer.",
    )

    market_state = fields.Selection(
        MARKET_STATES,
        default=lambda self: self._default_market_state(),
        required=True,
        help="In a bad market customers are screened harder: the limits for overdue money and days "
        "late count times the factor, and who makes a loss needs more future to stay. To begin "
        "with, the market of the credit policy.",
    )
    market_factor = fields.Float(
        compute="_compute_market_factor",
        store=True,
        readonly=False,
        precompute=True,
        digits=(4, 2),
        aggregator=None,
        help="1 in a normal market. To begin with, the factor of the credit policy.",
    )

    target_revenue = KnownFloat(
        string="Revenue for All Points",
        aggregator=None,
        digits=(16, 0),
        help="A revenue of this much or more, in company currency, gets all points for size. "
        "Empty: size is the share of all screened customers with less revenue.",
    )
    peer_share = fields.Float(
        string="Points from the Peer Group",
        default=0.5,
        aggregator=None,
        help="Share of each criterion's points that comes from the place among similar "
        "customers. The rest comes from the limits that are the same for everybody.",
    )
    peer_minimum = fields.Integer(
        string="Smallest Peer Group",
        default=10,
        aggregator=None,
        help="Customers are compared with those of the same type and size. With fewer of them "
        "than this, with all of the same type, then of the same size, then with everybody.",
    )
    band_medium_from = KnownFloat(
        string="Medium from a Revenue of",
        aggregator=None,
        digits=(16, 0),
        help="Company currency. Empty: one third of the customers with revenue are small.",
    )
    band_large_from = KnownFloat(
        string="Large from a Revenue of",
        aggregator=None,
        digits=(16, 0),
        help="Company currency. Empty: one third of the customers with revenue are large.",
    )

    def _market_company(self):
        """The company whose market it is."""
        return self.env.company

    @api.model
    def _market_policy(self, company):
        """The credit policy that knows the market of a company and its factors."""
        return (
            self.env["logistics.credit.policy"]
            .sudo()
            .search([("company_id", "=", company.id)], limit=1)
        )

    @api.model
    def _default_market_state(self):
        return self._market_policy(self.env.company).market_state or "normal"

    @api.depends("market_state")
    def _compute_market_factor(self):
        for company, records in self.grouped(lambda record: record._market_company()).items():
            policy = self._market_policy(company)
            factors = {
                "cautious": policy.factor_cautious or CAUTIOUS,
                "downturn": policy.factor_downturn or DOWNTURN,
            }
            for record in records:
                record.market_factor = factors.get(record.market_state, 1.0)

    @api.constrains("market_factor")
    def _check_market(self):
        for record in self:
            if not 0 < record.market_factor <= 1:
                raise ValidationError(
                    self.env._("The factor of the market lies above 0 and is at most 1.")
                )

    @api.constrains(*(f"weight_{criterion}" for criterion in CRITERIA))
    def _check_weights(self):
        for record in self:
            weights = record._weights()
            total = sum(weights.values())
            if min(weights.values()) < 0:
                raise ValidationError(self.env._("The weight of a criterion cannot be negative."))
            if abs(total - 100) > 0.005:
                raise ValidationError(
                    self.env._(
                        "The weights of the five criteria must add up to 100, they make %(total)s.",
                        total=f"{total:g}",
                    )
                )

    @api.constrains(
        "threshold_pareto",
        "threshold_growth",
        "threshold_overdue",
        "threshold_days_late",
        "target_margin_rate",
        "minimum_cost_coverage",
    )
    def _check_thresholds(self):
        for record in self:
            shares = (
                record.threshold_pareto,
                record.threshold_overdue,
                record.minimum_cost_coverage,
            )
            if not all(0 <= share <= 1 for share in shares):
                raise ValidationError(
                    self.env._(
                        "The share of revenue to keep, the overdue share and the cost coverage "
                        "needed must lie between 0 and 100 %."
                    )
                )
            if (
                record.threshold_growth < 0
                or record.threshold_days_late < 0
                or record.target_margin_rate <= 0
            ):
                raise ValidationError(
                    self.env._(
                        "The growth and days late limits cannot be negative, and the target "
                        "margin rate must be above zero."
                    )
                )

    @api.constrains(
        "target_revenue", "peer_share", "peer_minimum", "band_medium_from", "band_large_from"
    )
    def _check_peers(self):
        for record in self:
            if not 0 <= record.peer_share <= 1:
                raise ValidationError(
                    self.env._("The share of points from the peer group is 0 to 100 %.")
                )
            if record.peer_minimum < 2:
                raise ValidationError(
                    self.env._("A peer group needs at least two customers to compare.")
                )
            amounts = [record.target_revenue, record.band_medium_from, record.band_large_from]
            if any(amount is not False and amount <= 0 for amount in amounts):
                raise ValidationError(
                    self.env._(
                        "Limits of revenue are above zero. Empty the field when there is no limit."
                    )
                )
            _target, medium, large = amounts
            if medium is not False and large is not False and medium > large:
                raise ValidationError(
                    self.env._("Medium customers cannot begin at a higher revenue than large ones.")
                )

    def _weights(self):
        """Weight of each criterion, in points of 100."""
        self.ensure_one()
        return {criterion: self[f"weight_{criterion}"] for criterion in CRITERIA}

    @api.model
    def _settings_names(self):
        """Names of the fields that are weights or limits."""
        return (*WEIGHTS, *THRESHOLDS)

    def _settings(self):
        """Weights and limits as a dict of values, to carry them to another record."""
        self.ensure_one()
        return {name: self[name] for name in self._settings_names()}
