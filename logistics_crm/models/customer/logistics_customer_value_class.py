# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary
from .logistics_customer import VALUE_CLASSES
from .value_class_change import VALUE_BASES


class LogisticsCustomer(models.Model):
    """What the customer is worth: the value class, by the rules or by hand."""

    _inherit = "logistics.customer"

    value_class_computed = fields.Selection(
        VALUE_CLASSES,
        string="Class by the Rules",
        readonly=True,
        help="What the rules say, whatever is set by hand.",
    )
    value_class_basis = fields.Selection(VALUE_BASES, string="Class Is Given", readonly=True)
    value_worth = KnownMonetary(
        string="Worth (12 m)",
        readonly=True,
        help="What the class goes by: the margin of twelve months, or the revenue where the "
        "company's margins are mostly unknown. Empty: unknown.",
    )
    value_worth_basis = fields.Selection(
        [("margin", "Margin"), ("revenue", "Revenue")], string="Worth Is", readonly=True
    )
    value_rank = fields.Integer(
        string="Rank by Worth",
        readonly=True,
        aggregator=None,
        help="1 is the customer that earns the company most. 0: not ranked.",
    )
    value_place = KnownFloat(
        string="Place in the Profit",
        readonly=True,
        aggregator=None,
        help="Share of the company's profit of twelve months that larger customers earn.",
    )
    value_cumulated = KnownFloat(
        string="Cumulated Profit",
        readonly=True,
        aggregator="max",
        help="Share of the company's profit that this and all larger customers earn.",
    )
    value_gap = KnownMonetary(
        string="Gap to Next Class",
        readonly=True,
        aggregator=None,
        help="How much more margin (or revenue) in twelve months would have brought the customer "
        "to the place of the next higher class. 0: the place is good enough, something else is "
        "missing. Empty: there is no higher class, or its rules do not look at the place.",
    )
    upgrade_candidate = fields.Boolean(
        readonly=True,
        help="The gap to the next class is within the share that the value class policy names.",
    )
    value_override_ids = fields.One2many(
        "logistics.value.class.override", "customer_id", string="Classes by Hand"
    )
    value_change_ids = fields.One2many(
        "logistics.value.class.change", "customer_id", string="Class History"
    )

    @api.model
    def _value_placed_sql(self, as_of, companies):
        """Every trading account's worth, rank and place in its company's profit.

        Worth is the margin of twelve months, or the revenue where fewer than half of the
        company's trading customers have a known margin; losses count as nothing. ``place`` is
        the share of the sum that larger customers earn.

        :return: SELECT of id, company_id, as_of, worth, by_margin, gain, rank, place, cumulated
        """
        return SQL(
            """
            SELECT b.*, GREATEST(COALESCE(worth, 0), 0) AS gain,
                   row_number() OVER by_gain AS rank,
                   (sum(GREATEST(COALESCE(worth, 0), 0)) OVER by_gain
                    - GREATEST(COALESCE(worth, 0), 0))
                   / NULLIF(sum(GREATEST(COALESCE(worth, 0), 0)) OVER (PARTITION BY company_id), 0)
                       AS place,
                   sum(GREATEST(COALESCE(worth, 0), 0)) OVER by_gain
                   / NULLIF(sum(GREATEST(COALESCE(worth, 0), 0)) OVER (PARTITION BY company_id), 0)
                       AS cumulated
              FROM (SELECT m.*, CASE WHEN by_margin THEN margin_12m ELSE revenue_12m END AS worth
                      FROM (SELECT c.id, c.company_id, %(as_of)s::date AS as_of, c.trade_days_12m,
                                   c.margin_12m, c.revenue_12m,
                                   avg(CASE WHEN c.margin_12m IS NULL THEN 0.0 ELSE 1.0 END)
                                       FILTER (WHERE c.trade_days_12m > 0)
                                       OVER (PARTITION BY c.company_id) >= 0.5 AS by_margin
                              FROM logistics_customer c
                             WHERE c.last_trade_date IS NOT NULL %(company)s) m) b
            WINDOW by_gain AS (PARTITION BY company_id
                               ORDER BY GREATEST(COALESCE(worth, 0), 0) DESC, id
                               ROWS UNBOUNDED PRECEDING)
            """,
            as_of=as_of,
            company=self._company_filter_sql(companies),
        )

    @api.model
    def _company_filter_sql(self, companies):
        return SQL("AND c.company_id IN %s", tuple(companies.ids)) if companies else SQL()

    @api.model
    def _value_class_update_sql(self, as_of, companies, only_ids=None):
        """Put every account into the highest class whose criteria it meets.

        The criteria come from the active policy of each company; a class by hand that is
        approved and in force on the day goes before them. None for accounts that did not trade
        in the twelve months or whose worth is unknown.

        :param as_of: the day of the figures
        :param companies: limit to these ``res.company``; all when empty or None
        :param only_ids: ids of accounts; of the others only a change of class or candidacy is
            written, because one customer's trade moves the place of everybody below it
        """
        return SQL(
            """
            WITH placed AS MATERIALIZED (%(placed)s),
            met AS (
                SELECT pl.id, cr.value_class, po.id AS policy_id,
                       COALESCE(bool_and(%(ok)s) FILTER (WHERE cr.requirement = 'must'), TRUE)
                       AND (count(*) FILTER (WHERE cr.requirement = 'alternative') = 0
                            OR count(*) FILTER (WHERE cr.requirement = 'alternative' AND %(ok)s)
                               >= CASE cr.value_class WHEN 'key' THEN po.alternatives_key
                                                      WHEN 'core' THEN po.alternatives_core
                                                      ELSE po.alternatives_standard END) AS ok
                  FROM placed pl
                  JOIN logistics_customer c ON c.id = pl.id
                  JOIN res_partner p ON p.id = c.partner_id
                  JOIN logistics_value_class_policy po ON po.company_id = pl.company_id
                                                      AND po.active
                  JOIN logistics_value_class_criterion cr ON cr.policy_id = po.id
                  CROSS JOIN LATERAL (SELECT %(value)s AS value) v
                 WHERE pl.trade_days_12m > 0 AND pl.worth IS NOT NULL
                 GROUP BY pl.id, cr.value_class, po.id
            ),
            classed AS (
                SELECT pl.id, CASE WHEN bool_or(m.ok AND m.value_class = 'key') THEN 'key'
                                   WHEN bool_or(m.ok AND m.value_class = 'core') THEN 'core'
                                   WHEN bool_or(m.ok AND m.value_class = 'standard')
                                        THEN 'standard'
                                   ELSE 'marginal' END AS value_class
                  FROM placed pl LEFT JOIN met m ON m.id = pl.id
                 WHERE pl.trade_days_12m > 0 AND pl.place IS NOT NULL AND pl.worth IS NOT NULL
                 GROUP BY pl.id
            ),
            bound AS (
                SELECT pl.company_id, cr.value_class,
                       min(pl.gain) FILTER (WHERE pl.place * 100 < cr.threshold) AS gain
                  FROM placed pl
                  JOIN logistics_value_class_policy po ON po.company_id = pl.company_id
                                                      AND po.active
                  JOIN logistics_value_class_criterion cr ON cr.policy_id = po.id
                                                         AND cr.criterion = 'place'
                 WHERE pl.trade_days_12m > 0 AND pl.worth IS NOT NULL
                 GROUP BY pl.company_id, cr.value_class
            ),
            by_hand AS (
                SELECT DISTINCT ON (o.customer_id) o.customer_id, o.value_class
                  FROM logistics_value_class_override o
                 WHERE o.state = 'approved'
                   AND o.date_from <= %(as_of)s AND o.date_to >= %(as_of)s
                 ORDER BY o.customer_id, o.date_from DESC, o.id DESC
            ),
            result AS (
                SELECT c.id, COALESCE(h.value_class, r.value_class) AS value_class,
                       r.value_class AS computed,
                       CASE WHEN h.value_class IS NOT NULL THEN 'override'
                            WHEN r.value_class IS NOT NULL THEN 'rule' END AS basis,
                       CASE WHEN r.id IS NOT NULL THEN pl.worth END AS worth,
                       CASE WHEN r.id IS NULL THEN NULL
                            WHEN pl.by_margin THEN 'margin' ELSE 'revenue' END AS worth_basis,
                       CASE WHEN r.id IS NOT NULL THEN pl.rank ELSE 0 END AS rank,
                       CASE WHEN r.id IS NOT NULL THEN pl.place END AS place,
                       CASE WHEN r.id IS NOT NULL THEN pl.cumulated END AS cumulated,
                       CASE WHEN b.gain IS NOT NULL AND r.id IS NOT NULL
                            THEN GREATEST(b.gain - pl.worth, 0) END AS gap,
                       COALESCE(r.value_class <> 'key' AND pl.gain > 0
                                AND b.gain - pl.worth
                                    BETWEEN 0 AND pl.gain * po.candidate_gap_percent / 100,
                                FALSE) AS candidate
                  FROM logistics_customer c
                  LEFT JOIN placed pl ON pl.id = c.id
                  LEFT JOIN classed r ON r.id = c.id
                  LEFT JOIN by_hand h ON h.customer_id = c.id
                  LEFT JOIN logistics_value_class_policy po ON po.company_id = c.company_id
                                                           AND po.active
                  LEFT JOIN bound b ON b.company_id = c.company_id
                       AND b.value_class = CASE r.value_class WHEN 'core' THEN 'key'
                                                              WHEN 'standard' THEN 'core'
                                                              WHEN 'marginal' THEN 'standard' END
                 WHERE TRUE %(company)s
            )
            UPDATE logistics_customer c
               SET value_class = r.value_class, value_class_computed = r.computed,
                   value_class_basis = r.basis, value_worth = r.worth,
                   value_worth_basis = r.worth_basis, value_rank = r.rank,
                   value_place = r.place, value_cumulated = r.cumulated, value_gap = r.gap,
                   upgrade_candidate = r.candidate
              FROM result r
             WHERE r.id = c.id
               AND ((c.value_class, c.value_class_computed, c.value_class_basis,
                     c.upgrade_candidate)
                    IS DISTINCT FROM (r.value_class, r.computed, r.basis, r.candidate)
                    OR %(everything)s
                       AND (c.value_worth, c.value_worth_basis, c.value_rank, c.value_place,
                            c.value_cumulated, c.value_gap)
                           IS DISTINCT FROM
                           (r.worth, r.worth_basis, r.rank, r.place, r.cumulated, r.gap))
         RETURNING c.id
            """,
            placed=self._value_placed_sql(as_of, companies),
            ok=SQL(
                "COALESCE(CASE WHEN cr.criterion = 'place' THEN v.value < cr.threshold"
                " ELSE v.value >= cr.threshold END, FALSE)"
            ),
            value=self.env["logistics.value.class.criterion"]._value_case_sql(),
            as_of=as_of,
            company=self._company_filter_sql(companies),
            everything=SQL("c.id IN %s", tuple(only_ids)) if only_ids else SQL("TRUE"),
        )

    @api.model
    def _value_change_insert_sql(self, as_of, companies):
        """Write down whose class differs from the last one written down.

        Figures asked for a day before that last one leave the history alone: it only grows. The
        last ones are read at once: looked up one by one, a first refresh would read what it is
        writing again and again.
        """
        return SQL(
            """
            INSERT INTO logistics_value_class_change
                   (customer_id, company_id, date, value_from, value_to, movement, basis, worth,
                    place, policy_version, override_id)
            SELECT c.id, c.company_id, %(as_of)s, l.value_to, c.value_class,
                   CASE WHEN c.value_class IS NULL THEN 'none'
                        WHEN l.value_to IS NULL THEN 'first'
                        WHEN array_position(o.ranks, c.value_class)
                             < array_position(o.ranks, l.value_to) THEN 'up' ELSE 'down' END,
                   COALESCE(c.value_class_basis, 'rule'), c.value_worth, c.value_place,
                   po.version, h.id
              FROM logistics_customer c
              CROSS JOIN (SELECT ARRAY['key', 'core', 'standard', 'marginal']::varchar[] AS ranks) o
              LEFT JOIN logistics_value_class_policy po ON po.company_id = c.company_id
                                                       AND po.active
              LEFT JOIN (
                   SELECT DISTINCT ON (x.customer_id) x.customer_id, x.value_to, x.date
                     FROM logistics_value_class_change x
                    ORDER BY x.customer_id, x.date DESC, x.id DESC) l ON l.customer_id = c.id
              LEFT JOIN LATERAL (
                   SELECT y.id FROM logistics_value_class_override y
                    WHERE y.customer_id = c.id AND y.state = 'approved'
                      AND y.date_from <= %(as_of)s AND y.date_to >= %(as_of)s
                    ORDER BY y.date_from DESC, y.id DESC LIMIT 1) h
                   ON c.value_class_basis = 'override'
             WHERE c.value_class IS DISTINCT FROM l.value_to
               AND (l.date IS NULL OR l.date <= %(as_of)s) %(company)s
         RETURNING id
            """,
            as_of=as_of,
            company=self._company_filter_sql(companies),
        )

    def _refresh_value_classes(self, as_of, companies):
        """Class the customers of companies from their figures, and write down the changes.

        Two statements whatever the number of customers; companies without a policy get the
        default one first. Called on a few accounts, the places of the others are left as they
        were, but not their classes.

        :param as_of: the day of the figures, a date
        :param companies: ``res.company``; all that have customers when empty or None
        :return: the number of changes written down
        """
        if not companies:
            groups = self.sudo().with_context(active_test=False)._read_group([], ["company_id"])
            companies = self.env["res.company"].union(*(company for (company,) in groups))
        if not companies:
            return 0
        self.env["logistics.value.class.policy"]._for_companies(companies)
        self.env.flush_all()
        self.env.execute_query(self._value_class_update_sql(as_of, companies, self.ids))
        changes = self.env.execute_query(self._value_change_insert_sql(as_of, companies))
        self.env["logistics.value.class.change"].invalidate_model()
        self.invalidate_model()
        return len(changes)

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        self._refresh_value_classes(as_of, companies)
        return result

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.value.class.override"]

    # ------------------------------------------------------------------ actions
    def action_propose_value_class(self):
        """Open a new class by hand for this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose Value Class"),
            "res_model": "logistics.value.class.override",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
            "context": {"default_customer_id": self.id},
        }
