# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat


class LogisticsCustomer(models.Model):
    """The place of a customer in the distribution network: who supplies it, and on which tier.

    The company itself is the root. Customers without a supplier are supplied by the company.
    """

    _inherit = "logistics.customer"

    network_parent_id = fields.Many2one(
        "logistics.customer",
        string="Supplied By",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        tracking=True,
        domain="[('company_id', '=', company_id), ('id', '!=', id)]",
        help="The distributor that passes our service on to this customer. Empty: the company "
        "itself.",
    )
    network_child_ids = fields.One2many(
        "logistics.customer", "network_parent_id", string="Supplies"
    )
    network_tier_id = fields.Many2one(
        "logistics.network.tier",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    network_child_count = fields.Integer(
        string="Supplied Customers", compute="_compute_network_counts"
    )
    territory_count = fields.Integer(compute="_compute_network_counts")
    network_finding_count = fields.Integer(
        string="Open Findings", compute="_compute_network_counts"
    )
    territory_ids = fields.One2many("logistics.territory", "customer_id")
    network_finding_ids = fields.One2many("logistics.network.finding", "customer_id")
    supply_distance = KnownFloat(
        string="Distance (km)",
        digits=(16, 1),
        aggregator=None,
        help="From our nearest place to the customer, by road. Empty: as the crow flies, where "
        "both places are known.",
    )

    resale_margin = KnownFloat(
        string="Earns with Us",
        digits=(5, 4),
        aggregator="avg",
        tracking=True,
        help="What the customer earns on what it sells on from us, rebates included, as a share "
        "of its own price, as told or worked out. A relation lasts only where the customer earns, "
        "too. Empty: unknown.",
    )
    resale_margin_note = fields.Char(
        string="How It Is Known", help="Who said it, when, or how it was worked out."
    )

    @api.depends("network_child_ids", "territory_ids", "network_finding_ids.state")
    def _compute_network_counts(self):
        children = dict(
            self._read_group(
                [("network_parent_id", "in", self.ids)], ["network_parent_id"], ["__count"]
            )
        )
        territories = dict(
            self.env["logistics.territory"]._read_group(
                [("customer_id", "in", self.ids)], ["customer_id"], ["__count"]
            )
        )
        findings = dict(
            self.env["logistics.network.finding"]._read_group(
                [("customer_id", "in", self.ids), ("state", "!=", "closed")],
                ["customer_id"],
                ["__count"],
            )
        )
        for customer in self:
            customer.network_child_count = children.get(customer, 0)
            customer.territory_count = territories.get(customer, 0)
            customer.network_finding_count = findings.get(customer, 0)

    # ------------------------------------------------------------------ the tree
    @api.constrains("network_parent_id")
    def _check_network_loop(self):
        """Refuse a loop, also one that two people close at the same moment.

        The rows above are locked: when another transaction changed one of them meanwhile,
        PostgreSQL has this one tried again, and it then sees the other's change.
        """
        self.flush_recordset(["network_parent_id"])
        for account in self.filtered("network_parent_id"):
            path = [account.sudo()]
            while parent := path[-1].network_parent_id:
                if parent in path:
                    raise ValidationError(
                        self.env._(
                            "A loop in the network: %(path)s. Choose another supplier for one of "
                            "them.",
                            path=" → ".join(a.display_name for a in [*path, parent]),
                        )
                    )
                path.append(parent)
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM logistics_customer WHERE id IN %s ORDER BY id FOR UPDATE",
                    tuple(a.id for a in path[1:]),
                )
            )

    @api.constrains("network_parent_id", "network_tier_id")
    def _check_network_tier(self):
        for account in self.sudo() | self.sudo().network_child_ids:
            above, below = account.network_parent_id.network_tier_id, account.network_tier_id
            if above.terminal:
                raise ValidationError(
                    self.env._(
                        "%(parent)s is a terminal customer and supplies nobody. Change its tier "
                        "first.",
                        parent=account.network_parent_id.display_name,
                    )
                )
            if above and below and below.level <= above.level:
                raise ValidationError(
                    self.env._(
                        "%(child)s (%(low)s) cannot be supplied by %(parent)s (%(high)s): the "
                        "supplier's tier must lie above.",
                        child=account.display_name,
                        low=below.name,
                        parent=account.network_parent_id.display_name,
                        high=above.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        placed = accounts.filtered("network_parent_id")
        if placed:
            placed._network_roots()._update_network()
        return accounts

    def write(self, vals):
        if "network_parent_id" not in vals:
            return super().write(vals)
        before = self._network_roots()
        result = super().write(vals)
        (before | self._network_roots())._update_network()
        return result

    def _network_roots(self):
        """The accounts at the top of these accounts' trees (themselves when nobody supplies)."""
        self.flush_model(["network_parent_id"])
        if not self.ids:
            return self.browse()
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE up AS (
                    SELECT c.id, c.network_parent_id, ARRAY[c.id] AS path
                      FROM logistics_customer c WHERE c.id IN %s
                     UNION ALL
                    SELECT p.id, p.network_parent_id, u.path || p.id
                      FROM up u JOIN logistics_customer p ON p.id = u.network_parent_id
                     WHERE p.id <> ALL(u.path)
                )
                SELECT DISTINCT id FROM up WHERE network_parent_id IS NULL
                """,
                tuple(self.ids),
            )
        )
        return self.sudo().browse(row[0] for row in rows)

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.network.tier"]

    def _open_points(self):
        points = super()._open_points()
        findings = self.env["logistics.network.finding"]
        if findings.has_access("read") and self.network_finding_count:
            points.append(
                {
                    "code": "network_finding",
                    "level": "warning",
                    "text": self.env._("Network findings: %s", self.network_finding_count),
                    "action": "action_open_network_findings",
                }
            )
        return points

    # ------------------------------------------------------------------ actions
    def action_open_network(self):
        """Open the tree around these customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_network")
        action["domain"] = [
            "|",
            ("id", "in", self.ids),
            ("network_parent_id", "in", self.ids),
        ]
        action["context"] = {}
        return action

    def action_open_territories(self):
        """Open the territories of these customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_territory")
        action["domain"] = [("customer_id", "in", self.ids)]
        action["context"] = {"default_customer_id": self.id} if len(self) == 1 else {}
        return action

    def action_open_network_findings(self):
        """Open what the checks of the network found about these customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_network_finding"
        )
        action["domain"] = [("customer_id", "in", self.ids)]
        action["context"] = {"search_default_open": 1}
        return action


class LogisticsNetworkTier(models.Model):
    """Two accounts become one: the tree must not close a loop."""

    _inherit = "logistics.network.tier"

    @api.model
    def _fold_customer(self, src, dst):
        """Lift the destination out of the source's tree, when it hangs in it."""
        node, seen = dst, dst.browse()
        while node and node not in seen:
            if node.network_parent_id == src:
                # Whoever stands between the two comes to hang on the destination.
                parent = src.network_parent_id
                dst.network_parent_id = parent if parent != dst else False
                return
            seen |= node
            node = node.network_parent_id
        if not dst.network_parent_id and src.network_parent_id:
            above, node = src.browse(), src.network_parent_id
            while node and node not in above:
                above |= node
                node = node.network_parent_id
            high, low = src.network_parent_id.network_tier_id, dst.network_tier_id
            if dst not in above and not (high and low and low.level <= high.level):
                dst.network_parent_id = src.network_parent_id
        if not dst.network_tier_id and dst.network_parent_id == src.network_parent_id:
            dst.network_tier_id = src.network_tier_id
