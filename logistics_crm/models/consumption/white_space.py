# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...fields_unknown import KnownFloat, KnownMonetary
from .consumption import KINDS

STATES = [
    ("open", "Open"),
    ("opportunity", "Opportunity"),
    ("won", "Bought"),
    ("dismissed", "Dismissed"),
]
DISMISS_REASONS = [
    ("no_need", "No Need"),
    ("competitor", "Bound to a Competitor"),
    ("own", "Does It Themselves"),
    ("cannot", "We Cannot Offer It"),
    ("other", "Other"),
]


class LogisticsWhiteSpace(models.Model):
    """A service or lane that similar customers buy and this one does not.

    The method is written out in docs/consumption.md. Proposals are made anew each night; what
    somebody decided about one stays.
    """

    _name = "logistics.white.space"
    _description = "White Space"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
    _order = "expected_margin desc, expected_revenue desc, id"
    _rec_name = "item_name"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="customer_id.user_id", string="Representative")
    value_class = fields.Selection(related="customer_id.value_class")
    lifecycle_stage = fields.Selection(related="customer_id.lifecycle_stage")
    share_of_wallet = KnownFloat(related="customer_id.share_of_wallet", aggregator=None)
    share_of_wallet_year = fields.Char(related="customer_id.share_of_wallet_year")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    service_id = fields.Many2one(
        "logistics.service", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    lane_id = fields.Many2one(
        "logistics.lane", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    item_name = fields.Char(string="Not Bought Yet", compute="_compute_item_name")
    because_service_id = fields.Many2one("logistics.service", readonly=True, ondelete="cascade")
    because_lane_id = fields.Many2one("logistics.lane", readonly=True, ondelete="cascade")
    buyer_count = fields.Integer(
        string="Buyers", readonly=True, help="Similar customers that buy both."
    )
    peer_count = fields.Integer(
        string="Similar Customers",
        readonly=True,
        help="Other customers of the group that buy what this customer buys already.",
    )
    share = KnownFloat(
        string="Share of Them",
        readonly=True,
        aggregator="avg",
        help="Share of the similar customers that buy this, too.",
    )
    bought_before = fields.Boolean(
        readonly=True,
        help="The customer bought it in the twelve months before the last twelve.",
    )
    expected_revenue = KnownMonetary(
        string="Expected Revenue (a Year)",
        readonly=True,
        help="Median share this has in the revenue of the similar customers that buy it, times "
        "this customer's revenue of the last twelve months.",
    )
    expected_margin = KnownMonetary(
        string="Expected Margin (a Year)",
        readonly=True,
        help="The same with the margin similar customers leave. Empty: none of their margins is "
        "known.",
    )
    reason = fields.Char(string="Why", compute="_compute_reason")
    as_of = fields.Date(readonly=True, required=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="open", index=True)
    lead_id = fields.Many2one(
        "crm.lead", string="Opportunity", readonly=True, index="btree_not_null", copy=False
    )
    dismiss_reason = fields.Selection(DISMISS_REASONS, readonly=True)
    dismiss_note = fields.Char(string="Note", readonly=True)
    decided_by = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Date(readonly=True)

    _item_uniq = models.UniqueIndex(
        "(customer_id, kind, COALESCE(service_id, 0), COALESCE(lane_id, 0))",
        "This service or lane is already proposed for this customer.",
    )

    @api.depends("service_id", "lane_id")
    def _compute_item_name(self):
        for proposal in self:
            proposal.item_name = proposal.service_id.name or proposal.lane_id.name

    @api.depends("buyer_count", "peer_count", "because_service_id", "because_lane_id")
    def _compute_reason(self):
        for proposal in self:
            proposal.reason = self.env._(
                "%(buyers)s of %(peers)s similar customers with %(because)s also buy it.",
                buyers=proposal.buyer_count,
                peers=proposal.peer_count,
                because=proposal.because_service_id.name or proposal.because_lane_id.name,
            )

    def action_create_opportunity(self):
        """Make one opportunity in CRM of each open proposal, and open it.

        A proposal that has its opportunity already opens it again: the row is locked first, so
        that two clicks make one.

        :raise UserError: when a proposal was dismissed or is bought meanwhile
        """
        self.check_access("read")
        self.customer_id.check_access("write")
        proposals = self.sudo()
        proposals.lock_for_update()
        proposals.invalidate_recordset(["state", "lead_id"])
        for proposal in proposals.filtered(lambda row: not row.lead_id):
            if proposal.state != "open":
                raise UserError(
                    self.env._(
                        "%(item)s for %(customer)s is decided already. Reopen it first.",
                        item=proposal.item_name,
                        customer=proposal.customer_id.name,
                    )
                )
            lead = self.env["crm.lead"].create(proposal._prepare_opportunity(self.env.user))
            proposal._decide(self.env.user, state="opportunity", lead_id=lead.id)
        action = {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "view_mode": "form",
            "name": self.env._("Opportunity"),
        }
        if len(self) == 1:
            return action | {"res_id": proposals.lead_id.id}
        return action | {"view_mode": "list,form", "domain": [("id", "in", proposals.lead_id.ids)]}

    def _prepare_opportunity(self, user):
        """Values of the opportunity made of this proposal; the amount in company currency."""
        self.ensure_one()
        customer = self.customer_id
        return {
            "type": "opportunity",
            "name": self.env._(
                "%(item)s for %(customer)s", item=self.item_name, customer=customer.name
            ),
            "partner_id": customer.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": (customer.user_id or user).id,
            "expected_revenue": self.expected_revenue or 0.0,
            "description": self._opportunity_note(),
        }

    def _opportunity_note(self):
        """Why this is worth a conversation, and how much of the wallet is ours already."""
        self.ensure_one()
        if self.share_of_wallet is False:
            return self.reason
        return self.env._(
            "%(reason)s Our share of the customer's logistics spend in %(year)s: %(share)s %%.",
            reason=self.reason,
            year=self.share_of_wallet_year,
            share=f"{100 * self.share_of_wallet:.0f}",
        )

    def _decide(self, user, **values):
        self.write(values | {"decided_by": user.id, "decided_on": fields.Date.context_today(self)})

    def action_dismiss(self):
        """Ask for the reason why these proposals are not worth a conversation."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.white.space.dismissal",
            "name": self.env._("Dismiss"),
            "view_mode": "form",
            "target": "new",
            "context": {"default_proposal_ids": self.ids},
        }

    def action_reopen(self):
        """Take back a dismissal."""
        self.check_access("read")
        self.customer_id.check_access("write")
        self.sudo().filtered(lambda row: row.state == "dismissed")._decide(
            self.env.user, state="open", dismiss_reason=False, dismiss_note=False
        )

    @api.model
    def _fold_customer(self, src_customer, dst_customer):
        """Move proposals to the account that stays; of two for one item a decided one stays."""
        rows = self.search([("customer_id", "=", src_customer.id)])
        known = {
            (row.kind, row.service_id, row.lane_id): row
            for row in self.search([("customer_id", "=", dst_customer.id)])
        }
        for row in rows:
            other = known.get((row.kind, row.service_id, row.lane_id))
            if other and other.state == "open" and row.state != "open":
                other.unlink()
                other = None
            if other:
                row.unlink()
            else:
                row.customer_id = dst_customer


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    consumption_ids = fields.One2many("logistics.consumption", "customer_id", readonly=True)
    white_space_ids = fields.One2many(
        "logistics.white.space",
        "customer_id",
        readonly=True,
        domain=[("state", "in", ("open", "opportunity"))],
    )

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.white.space"]
