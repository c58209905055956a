# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary


class LogisticsCustomer(models.Model):
    """What keeping the customer costs, and what is left of the margin after it."""

    _inherit = "logistics.customer"

    concession_ids = fields.One2many("logistics.concession", "customer_id")
    concession_financial_12m = KnownMonetary(
        string="Financial Concessions (12 m)",
        readonly=True,
        help="Level 1: discounts, prices below list, rebates, terms, late payment, claims. Empty: "
        "there are some, but no cost is known.",
    )
    concession_social_12m = KnownMonetary(
        string="Social Concessions (12 m)",
        readonly=True,
        help="Level 2: gifts, visits, events, personal care. Empty: there are some, but no cost "
        "is known.",
    )
    concession_structural_12m = KnownMonetary(
        string="Structural Concessions (12 m)",
        readonly=True,
        help="Level 3: links, dedicated resources, training, services made to measure. Empty: "
        "there are some, but no cost is known.",
    )
    concession_coverage_12m = KnownFloat(
        string="Concession Coverage",
        readonly=True,
        aggregator="avg",
        help="Share of the concessions of the last twelve months whose cost is known. Empty: "
        "there are none.",
    )
    true_margin_12m = KnownMonetary(
        string="True Margin (12 m)",
        readonly=True,
        help="Margin of the last twelve months less all known concessions that did not lower an "
        "invoice already. Empty: the margin is not known. See the cost and concession coverage.",
    )
    structural_tie = fields.Boolean(
        readonly=True,
        index=True,
        help="A structural bond is in force: a link, a dedicated resource, training, a service "
        "made to measure.",
    )
    price_only = fields.Boolean(
        string="Held by Price Alone",
        readonly=True,
        index=True,
        help="There are financial concessions in the last twelve months (late payment alone is "
        "none), and neither a social nor a structural bond.",
    )

    @api.model
    def _update_concession_figures(self, company, as_of):
        """Write the concessions of twelve months and the true margin on accounts, set-based.

        A structural bond without an end, or whose end lies ahead, holds whenever it was made;
        its cost counts in the twelve months of its date.

        :param company: the ``res.company``
        :param as_of: the last day that counts, a date
        """
        self.env.flush_all()
        recent = SQL("w.date > %s", as_of - relativedelta(years=1))
        # 0: none; NULL: there are some, but no cost is known
        by_level = {
            name: SQL(
                "CASE WHEN count(*) FILTER (WHERE %(own)s) = 0 THEN 0"
                " ELSE sum(w.amount) FILTER (WHERE %(own)s) END",
                own=SQL("%s AND w.level = %s", recent, level),
            )
            for name, level in (("financial", "1"), ("social", "2"), ("structural", "3"))
        }
        self.env.cr.execute(
            SQL(
                """
                WITH held AS (
                    SELECT w.customer_id, %(financial)s AS financial, %(social)s AS social,
                           %(structural)s AS structural,
                           count(*) FILTER (WHERE %(recent)s) AS measures,
                           count(w.amount) FILTER (WHERE %(recent)s) AS measured,
                           COALESCE(sum(w.amount) FILTER (WHERE %(recent)s AND NOT w.in_margin), 0)
                               AS extra,
                           bool_or(w.level = '1' AND w.kind <> 'late_payment' AND %(recent)s)
                               AS priced,
                           bool_or(w.level = '2' AND %(recent)s
                                   OR w.level = '3' AND (w.valid_until IS NULL
                                                         OR w.valid_until >= %(as_of)s)) AS bound,
                           bool_or(w.level = '3' AND (w.valid_until IS NULL
                                                      OR w.valid_until >= %(as_of)s)) AS tied
                      FROM logistics_concession w
                     WHERE w.company_id = %(company)s AND w.active AND w.date <= %(as_of)s
                     GROUP BY w.customer_id
                )
                UPDATE logistics_customer c
                   SET concession_financial_12m = CASE WHEN h.customer_id IS NULL THEN 0
                                                       ELSE h.financial END,
                       concession_social_12m = CASE WHEN h.customer_id IS NULL THEN 0
                                                    ELSE h.social END,
                       concession_structural_12m = CASE WHEN h.customer_id IS NULL THEN 0
                                                        ELSE h.structural END,
                       concession_coverage_12m = h.measured::float8 / NULLIF(h.measures, 0),
                       true_margin_12m = c.margin_12m - COALESCE(h.extra, 0),
                       structural_tie = COALESCE(h.tied, FALSE),
                       price_only = COALESCE(h.priced AND NOT h.bound, FALSE)
                  FROM logistics_customer x
                  LEFT JOIN held h ON h.customer_id = x.id
                 WHERE x.id = c.id AND x.company_id = %(company)s
                """,
                **by_level,
                recent=recent,
                as_of=as_of,
                company=company.id,
            )
        )
        self.invalidate_model()

    def action_open_concessions(self):
        """Open the concession ledger of these customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_concession")
        action["domain"] = [("customer_id", "in", self.ids)]
        action["context"] = {"default_customer_id": self.id} if len(self) == 1 else {}
        return action

    def action_open_true_margin(self):
        """Open the true margin of these customers, period by period."""
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_true_margin")
        action["domain"] = [("customer_id", "in", self.ids)]
        action["context"] = {"search_default_recent": 1}
        return action
