# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ...fields_unknown import KnownFloat, KnownMonetary
from ..file.logistics_customer_facts import LEVELS
from .screening import LEDGER_GROUPS
from .screening_settings import CRITERIA

# The raw figures each criterion rests on, in the order in which form, sheet and workbook show
# them: the one list of them. A figure the reader may not see is left out.
CRITERION_FIGURES = {
    "volume": (
        *("revenue", "revenue_previous", "revenue_change", "revenue_rank", "revenue_share"),
        *("pareto_share", "line_count", "amount_coverage", "quantity", "average_price"),
    ),
    "margin": (
        *("gross_margin", "margin_rate", "cost_coverage", "given_on_price", "concession_cost"),
        *("late_payment_cost", "claim_cost", "visit_cost", "unknown_cost_count", "net_margin"),
        "net_margin_rate",
    ),
    "safety": (
        *("due_count", "due_amount", "collected_share", "late_share", "average_days_late"),
        *("open_amount", "overdue_amount", "disputed_count", "disputed_amount", "gate_state"),
        "credit_grade_code",
    ),
    "future": (
        *("future_basis", "revenue_trend", "revenue_before", "first_trade_date", "tenure_years"),
        *("market_influence", "development_potential", "innovation_ability", "business_growth"),
        *("business_year", "share_of_wallet", "contract_state", "contract_until"),
    ),
    "cooperation": (
        *("active_months", "regularity", "trade_days", "on_time_share", "quote_count"),
        *("quote_conversion", "promise_count", "promises_kept", "complaint_count"),
        *("complaint_justified", "complaint_unjustified"),
    ),
}
SIZE_BANDS = [
    ("large", "Large"),
    ("medium", "Medium"),
    ("small", "Small"),
    ("none", "No Known Revenue"),
]
PEER_LEVELS = [
    ("type_band", "Same Type and Size"),
    ("type", "Same Type"),
    ("band", "Same Size"),
    ("all", "All Screened Customers"),
]
SHARES = {
    *("revenue_change", "revenue_share", "pareto_share", "amount_coverage", "margin_rate"),
    *("cost_coverage", "net_margin_rate", "collected_share", "late_share", "revenue_trend"),
    *("business_growth", "share_of_wallet", "regularity", "on_time_share"),
    *("quote_conversion", "promises_kept"),
}
POINTS = (5, 2)


class LogisticsScreeningLine(models.Model):
    """The further raw figures of the criteria, and where the customer stands among its peers."""

    _inherit = "logistics.screening.line"

    # ------------------------------------------------------------------ peers
    customer_type_id = fields.Many2one(
        "logistics.customer.type",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="When computed.",
    )
    size_band = fields.Selection(
        SIZE_BANDS,
        string="Size",
        readonly=True,
        help="By revenue of the year, within the limits of the campaign.",
    )
    peer_level = fields.Selection(
        PEER_LEVELS,
        string="Compared With",
        readonly=True,
        help="The smallest group of similar customers that is large enough; see the smallest peer "
        "group of the campaign.",
    )
    peer_count = fields.Integer(
        string="Customers in the Group", readonly=True, aggregator=None, help="This one included."
    )
    peer_place = fields.Integer(
        string="Place in the Group", readonly=True, aggregator=None, help="By total, 1 is the best."
    )
    peer_group_name = fields.Char(string="Peer Group", compute="_compute_peer_group_name")
    criteria_html = fields.Html(
        string="Points Side by Side", compute="_compute_criteria_html", sanitize=False
    )

    # ------------------------------------------------------------------ margin
    given_on_price = KnownMonetary(
        string="Given on Price",
        readonly=True,
        groups=LEDGER_GROUPS,
        help="Discounts and prices below list in the year. They lowered the invoices already and "
        "are not deducted again.",
    )
    concession_cost = KnownMonetary(
        string="Further Concessions",
        readonly=True,
        groups=LEDGER_GROUPS,
        help="Known cost of what was granted in the year beyond the invoices: rebates, longer "
        "terms, events, links, dedicated resources. Late payment, claims and visits stand beside.",
    )
    late_payment_cost = KnownMonetary(
        string="Cost of Late Payment",
        readonly=True,
        groups=LEDGER_GROUPS,
        help="Amounts x days late up to the closing date x the cost of capital, over documents of "
        "the year. Empty: paid late, but no cost of capital is set.",
    )
    claim_cost = KnownMonetary(
        string="Claims Paid",
        readonly=True,
        groups=LEDGER_GROUPS,
        help="Known cost of the year: claims of the concession ledger, and credit notes of "
        "complaints.",
    )
    visit_cost = KnownMonetary(
        string="Visits and Gifts",
        readonly=True,
        groups=LEDGER_GROUPS,
        help="Known cost of the visits done in the year and the gifts brought.",
    )
    unknown_cost_count = fields.Integer(
        string="Costs Not Known",
        readonly=True,
        help="Concessions, claims and visits of the year whose cost is not known: the margin "
        "after them is lower by what they really cost.",
    )
    net_margin = KnownMonetary(
        string="Margin after Concessions",
        readonly=True,
        groups=LEDGER_GROUPS,
        help="Gross margin less further concessions, late payment, claims, visits and gifts of "
        "known cost. Empty: no cost of the services is known.",
    )
    net_margin_rate = KnownFloat(
        string="Rate after Concessions",
        readonly=True,
        aggregator="avg",
        groups=LEDGER_GROUPS,
        help="Margin rate less these costs as a share of the revenue.",
    )

    # ------------------------------------------------------------------ safety
    disputed_count = fields.Integer(
        string="Items in Dispute", readonly=True, help="Open and disputed on the closing date."
    )
    disputed_amount = KnownMonetary(
        string="In Dispute",
        readonly=True,
        groups=LEDGER_GROUPS,
        help="What is open of invoices in dispute on the closing date.",
    )
    gate_state = fields.Selection(
        [("open", "Open"), ("settled", "Settled"), ("lifted", "Lifted")],
        string="Arrears Gate",
        readonly=True,
        help="The latest arrears gate up to the screened year, on the closing date. Empty: none.",
    )

    # ------------------------------------------------------------------ future
    market_influence = fields.Selection(LEVELS, readonly=True, help="When computed.")
    development_potential = fields.Selection(LEVELS, readonly=True, help="When computed.")
    innovation_ability = fields.Selection(
        LEVELS,
        string="Business Method",
        readonly=True,
        help="How well the customer takes up and develops new ways of working. When computed.",
    )
    business_growth = KnownFloat(
        string="Growth of Own Business",
        readonly=True,
        aggregator="avg",
        help="Yearly growth of the customer's own revenue, from the last two years its file "
        "knows in one currency. Empty: not known.",
    )
    business_year = fields.Char(
        string="Year of the Growth", readonly=True, help="The later of the two years."
    )
    share_of_wallet = KnownFloat(
        string="Share of Wallet",
        readonly=True,
        aggregator="avg",
        digits=(16, 4),
        help="Our revenue over what the customer spent on logistics in the screened year, else in "
        "the year before. Empty: the spend, an exchange rate or our revenue is not known.",
    )
    contract_state = fields.Selection(
        [("running", "Running"), ("ended", "Ended")],
        string="Contract",
        readonly=True,
        help="On the closing date. Empty: no signed contract is recorded.",
    )
    contract_until = fields.Date(
        readonly=True, help="Last day of the contract. Empty with a running one: until notice."
    )
    future_basis = fields.Char(string="Judged From", compute="_compute_future_basis")

    # ------------------------------------------------------------------ cooperation
    on_time_share = KnownFloat(
        string="Paid on Time",
        compute="_compute_on_time_share",
        help="Share of the items due that were not late.",
    )
    quote_count = fields.Integer(
        string="Quotations Decided",
        readonly=True,
        help="Confirmed in the year, cancelled, or sent and expired without an order.",
    )
    quote_conversion = KnownFloat(
        string="Quotations Won",
        readonly=True,
        aggregator="avg",
        help="Share of the decided quotations that became orders. Empty: none was decided.",
    )
    promise_count = fields.Integer(
        string="Promises Due",
        readonly=True,
        help="Payment promises whose last day lay in the year.",
    )
    promises_kept = KnownFloat(
        readonly=True,
        aggregator="avg",
        help="Share of these promises that were kept in full. Empty: nothing was promised.",
    )
    complaint_count = fields.Integer(
        string="Complaints", readonly=True, help="Received in the year."
    )
    complaint_justified = KnownFloat(
        string="Complaints Justified",
        readonly=True,
        digits=(16, 1),
        help="Of those with a verdict by the closing date; partly justified counts half. Empty: "
        "no verdict is known.",
    )
    complaint_unjustified = KnownFloat(
        string="Complaints Not Justified",
        readonly=True,
        digits=(16, 1),
        help="Of those with a verdict by the closing date; partly justified counts half. Empty: "
        "no verdict is known.",
    )

    # ------------------------------------------------------------------ points, side by side
    absolute_volume = KnownFloat(readonly=True, aggregator="avg", digits=POINTS)
    absolute_margin = KnownFloat(readonly=True, aggregator="avg", digits=POINTS)
    absolute_safety = KnownFloat(readonly=True, aggregator="avg", digits=POINTS)
    absolute_future = KnownFloat(readonly=True, aggregator="avg", digits=POINTS)
    absolute_cooperation = KnownFloat(readonly=True, aggregator="avg", digits=POINTS)
    peer_volume = KnownFloat(readonly=True, aggregator="avg", digits=POINTS)
    peer_margin = KnownFloat(readonly=True, aggregator="avg", digits=POINTS)
    peer_safety = KnownFloat(readonly=True, aggregator="avg", digits=POINTS)
    peer_future = KnownFloat(readonly=True, aggregator="avg", digits=POINTS)
    peer_cooperation = KnownFloat(readonly=True, aggregator="avg", digits=POINTS)
    place_volume = fields.Integer(readonly=True, aggregator=None)
    place_margin = fields.Integer(readonly=True, aggregator=None)
    place_safety = fields.Integer(readonly=True, aggregator=None)
    place_future = fields.Integer(readonly=True, aggregator=None)
    place_cooperation = fields.Integer(readonly=True, aggregator=None)
    known_volume = fields.Float(readonly=True, aggregator="avg")
    known_margin = fields.Float(readonly=True, aggregator="avg")
    known_safety = fields.Float(readonly=True, aggregator="avg")
    known_future = fields.Float(readonly=True, aggregator="avg")
    known_cooperation = fields.Float(readonly=True, aggregator="avg")

    @api.depends("peer_level", "customer_type_id", "size_band")
    @api.depends_context("lang")
    def _compute_peer_group_name(self):
        bands = dict(self._fields["size_band"]._description_selection(self.env))
        levels = dict(self._fields["peer_level"]._description_selection(self.env))
        for line in self:
            parts = []
            if line.peer_level in ("type_band", "type"):
                parts.append(line.sudo().customer_type_id.name)
            if line.peer_level in ("type_band", "band"):
                parts.append(bands[line.size_band])
            line.peer_group_name = " · ".join(parts) or levels.get(line.peer_level, False)

    @api.depends("late_share")
    def _compute_on_time_share(self):
        for line in self:
            line.on_time_share = False if line.late_share is False else 1 - line.late_share

    @api.model
    def _figures_of_criteria(self):
        """The raw figures of each criterion, and which of all figures are shares of 1."""
        return CRITERION_FIGURES, SHARES

    @api.depends(
        *("judged_future", "revenue_trend", "market_influence", "development_potential"),
        *("innovation_ability", "business_growth", "share_of_wallet"),
    )
    @api.depends_context("lang")
    def _compute_future_basis(self):
        for line in self:
            facts = (
                line.market_influence,
                line.development_potential,
                line.innovation_ability,
            )
            parts = [
                (line.judged_future is not False, self.env._("judgement")),
                (any(facts), self.env._("customer file")),
                (line.business_growth is not False, self.env._("growth of the customer")),
                (line.share_of_wallet is not False, self.env._("share of wallet")),
                (line.revenue_trend is not False, self.env._("trade of three years")),
            ]
            line.future_basis = ", ".join(label for known, label in parts if known) or False

    @api.depends(
        *(f"{part}_{criterion}" for part in ("score", "absolute", "peer") for criterion in CRITERIA)
    )
    @api.depends_context("lang")
    def _compute_criteria_html(self):
        """Points of the criteria side by side, for the table on form and sheet."""
        for line in self:
            line.criteria_html = self.env["ir.qweb"]._render(
                "logistics_crm.screening_criteria_table", {"line": line}
            )

    def _criteria_points(self):
        """Points of each criterion side by side.

        :return: ``[dict(criterion=, label=, weight=, score=, absolute=, peer=, place=, known=)]``;
            points are texts, or None when not known; ``place`` is a number, ``known`` a text
        """
        self.ensure_one()
        weights = self.sudo().screening_id._weights()

        def points(value):
            return None if value is False else formatLang(self.env, value, digits=1)

        return [
            {
                "criterion": criterion,
                "label": self._fields[f"score_{criterion}"]._description_string(self.env),
                "weight": formatLang(self.env, weights[criterion], digits=0),
                **{
                    part: points(self[f"{part}_{criterion}"])
                    for part in ("score", "absolute", "peer")
                },
                "place": self[f"place_{criterion}"],
                "known": self._reason_percent(self[f"known_{criterion}"]),
            }
            for criterion in CRITERIA
        ]

    def _criterion_figures(self, criterion):
        """Labels and texts of the raw figures of a criterion, as the reader may see them.

        :return: ``[(field name, label, text)]``; the text of what is not known is None
        """
        self.ensure_one()
        return [
            (name, self._fields[name]._description_string(self.env), self._figure_text(name))
            for name in CRITERION_FIGURES[criterion]
            if self._has_field_access(self._fields[name], "read")
        ]

    def _figure_text(self, name):
        field, value = self._fields[name], self[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value)
        if field.type == "date":
            return format_date(self.env, value) if value else None
        if field.type == "char":
            return value or None
        if value is False:
            return None
        if name in SHARES:
            return self._reason_percent(value)
        if field.type == "monetary":
            return formatLang(self.env, value, currency_obj=self.currency_id)
        return formatLang(self.env, value, digits=0 if field.type == "integer" else 1)
