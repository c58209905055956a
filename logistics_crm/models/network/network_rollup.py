# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary
from ..trading.logistics_customer_figures import LEDGER_GROUPS


class LogisticsCustomer(models.Model):
    """Figures of a whole branch of the network, on the account at its top."""

    _inherit = "logistics.customer"

    network_level = fields.Integer(
        readonly=True,
        aggregator=None,
        index="btree_not_null",
        help="1: supplied by the company. Empty: outside the network.",
    )
    network_root_id = fields.Many2one(
        "logistics.customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The customer of the first level whose branch this is.",
    )
    network_size = fields.Integer(
        string="Customers in the Branch",
        readonly=True,
        aggregator=None,
        help="This customer and all below it. Empty: outside the network.",
    )
    network_depth = fields.Integer(
        string="Levels Below",
        readonly=True,
        aggregator=None,
        help="Levels of customers below this one.",
    )
    network_revenue_12m = KnownMonetary(
        string="Branch Revenue (12 m)",
        readonly=True,
        aggregator=None,
        help="Known revenue of twelve months of this customer and all below it, company "
        "currency. Not summed over rows: a branch is part of the one above. Empty: none is known.",
    )
    network_margin_12m = KnownMonetary(
        string="Branch Margin (12 m)",
        readonly=True,
        aggregator=None,
        help="Known margin of twelve months of this customer and all below it. Empty: none is "
        "known.",
    )
    network_quantity_12m = KnownFloat(
        string="Branch Quantity (12 m)", readonly=True, aggregator=None
    )
    network_open_amount = KnownMonetary(
        string="Branch Open Amount", readonly=True, aggregator=None, groups=LEDGER_GROUPS
    )
    network_unknown_count = fields.Integer(
        string="Revenue Unknown",
        readonly=True,
        aggregator=None,
        help="Customers of the branch whose revenue is not known, and so not in the sum.",
    )

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        self._update_network_figures(companies)
        return result

    def _update_network(self):
        """Roll up the trees of these roots, and empty what stands alone now."""
        if self.ids:
            self._update_network_figures(None, self.ids)

    @api.model
    def _update_network_figures(self, companies, root_ids=None):
        """Write level, root and the sums of every branch: one statement, changed rows only.

        Archived customers count: what they traded was traded. A loop, which only raw SQL could
        make, ends where it returns.

        :param companies: limit to these ``res.company``; all when empty or None
        :param root_ids: only the trees of these accounts
        """
        self.env.flush_all()
        scope = SQL("TRUE %s", self._company_filter_sql(companies))
        roots = SQL("c.network_parent_id IS NULL")
        if root_ids is not None:
            roots = SQL("%s AND c.id IN %s", roots, tuple(root_ids))
            scope = SQL("%s AND (n.id IS NOT NULL OR c.id IN %s)", scope, tuple(root_ids))
        self.env.cr.execute(
            SQL(
                """
                WITH RECURSIVE down AS (
                    SELECT c.id, c.id AS root, 1 AS level, ARRAY[c.id] AS path
                      FROM logistics_customer c
                     WHERE %(roots)s
                       AND EXISTS (SELECT 1 FROM logistics_customer x
                                    WHERE x.network_parent_id = c.id)
                     UNION ALL
                    SELECT c.id, d.root, d.level + 1, d.path || c.id
                      FROM down d
                      JOIN logistics_customer c ON c.network_parent_id = d.id
                     WHERE c.id <> ALL(d.path)
                ),
                branch AS (
                    SELECT a.id, max(d.level) AS deepest, count(*) AS size,
                           sum(m.revenue_12m) AS revenue, sum(m.margin_12m) AS margin,
                           sum(m.quantity_12m) AS quantity, sum(m.open_amount) AS open_amount,
                           count(*) FILTER (WHERE m.revenue_12m IS NULL) AS unknown
                      FROM down d
                     CROSS JOIN LATERAL unnest(d.path) AS a (id)
                      JOIN logistics_customer m ON m.id = d.id
                     GROUP BY a.id
                ),
                node AS (
                    SELECT d.id, d.root, d.level, b.size, b.deepest - d.level AS depth, b.revenue,
                           b.margin, b.quantity, b.open_amount, b.unknown
                      FROM down d JOIN branch b ON b.id = d.id
                )
                UPDATE logistics_customer t
                   SET network_level = n.level, network_root_id = n.root, network_size = n.size,
                       network_depth = n.depth, network_revenue_12m = n.revenue,
                       network_margin_12m = n.margin, network_quantity_12m = n.quantity,
                       network_open_amount = n.open_amount, network_unknown_count = n.unknown
                  FROM logistics_customer c LEFT JOIN node n ON n.id = c.id
                 WHERE c.id = t.id AND %(scope)s
                   AND (t.network_level, t.network_root_id, t.network_size, t.network_depth,
                        t.network_revenue_12m, t.network_margin_12m, t.network_quantity_12m,
                        t.network_open_amount, t.network_unknown_count)
                       IS DISTINCT FROM
                       (n.level, n.root, n.size, n.depth, n.revenue, n.margin, n.quantity,
                        n.open_amount, n.unknown)
                """,
                roots=roots,
                scope=scope,
            )
        )
        self.invalidate_model()
