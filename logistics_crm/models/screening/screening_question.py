# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownMonetary


class LogisticsTargetCustomer(models.Model):
    """A customer the company most wants to win this year."""

    _name = "logistics.target.customer"
    _description = "Target Customer of the Year"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.unknown.last.mixin"]
    _order = "year desc, priority desc, id"
    _rec_name = "name"
    _check_company_auto = True

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, required=True, precompute=True
    )
    year = fields.Integer(
        required=True,
        default=lambda self: fields.Date.context_today(self).year,
        aggregator=None,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        check_company=True,
        help="Empty while the customer is only a name.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "High"), ("2", "Highest")], default="0", required=True
    )
    reason = fields.Text(required=True, help="Why this customer, and why this year.")
    competitor_id = fields.Many2one(
        "logistics.competitor",
        string="Competitor Today",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Who carries the customer's goods now. Empty: not known yet.",
    )
    competitor_name = fields.Char(
        compute="_compute_competitor_name",
        store=True,
        readonly=False,
        help="Name of a competitor that has no record of its own.",
    )
    expected_revenue = KnownMonetary(help="Per year, untaxed. Empty: nobody knows yet.")
    opportunity_ids = fields.Many2many(
        "crm.lead",
        "logistics_target_customer_lead_rel",
        "target_id",
        "lead_id",
        string="Opportunities",
        check_company=True,
    )
    opportunity_count = fields.Integer(
        string="Linked Opportunities", compute="_compute_opportunities"
    )
    opportunity_won = fields.Boolean(
        compute="_compute_opportunities", help="One of the linked opportunities is won."
    )
    pipeline_revenue = fields.Monetary(
        string="In the Pipeline",
        compute="_compute_opportunities",
        help="Expected revenue of the linked opportunities that are neither won nor lost.",
    )
    progress = fields.Selection(
        [
            ("chosen", "Chosen"),
            ("contacted", "Contacted"),
            ("offered", "Offered"),
            ("won", "Won"),
            ("given_up", "Given Up"),
        ],
        default="chosen",
        required=True,
        tracking=True,
        index=True,
    )
    next_step = fields.Char()
    review_q1 = fields.Char(string="First Quarter", help="How it stands at the end of March.")
    review_q2 = fields.Char(string="Second Quarter", help="How it stands at the end of June.")
    review_q3 = fields.Char(string="Third Quarter", help="How it stands at the end of September.")
    review_q4 = fields.Char(string="Fourth Quarter", help="How it stands at the end of the year.")
    first_trade_date = fields.Date(
        compute="_compute_first_trade",
        help="First trade of the customer account. It proves a win better than any mark.",
    )

    @api.depends("partner_id")
    def _compute_name(self):
        for target in self:
            if target.partner_id or not target.name:
                target.name = target.partner_id.commercial_partner_id.name or target.name

    @api.depends("competitor_id")
    def _compute_competitor_name(self):
        for target in self:
            target.competitor_name = target.competitor_id.name or target.competitor_name

    @api.depends("opportunity_ids.won_status", "opportunity_ids.expected_revenue")
    def _compute_opportunities(self):
        """Linked opportunities as far as the reader may see them."""
        for target in self:
            leads = target.with_context(active_test=False).opportunity_ids
            running = leads.filtered(lambda lead: lead.won_status == "pending")
            target.opportunity_count = len(leads)
            target.pipeline_revenue = sum(running.mapped("expected_revenue"))
            target.opportunity_won = "won" in leads.mapped("won_status")

    @api.depends("partner_id", "company_id")
    def _compute_first_trade(self):
        accounts = (
            self.env["logistics.customer"]
            .sudo()
            .search_fetch(
                [
                    ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ],
                ["partner_id", "company_id", "first_trade_date"],
            )
        )
        dates = {(a.partner_id.id, a.company_id.id): a.first_trade_date for a in accounts}
        for target in self:
            key = (target.partner_id.commercial_partner_id.id, target.company_id.id)
            target.first_trade_date = dates.get(key, False)

    @api.constrains("year")
    def _check_year(self):
        for target in self:
            if not 1990 <= target.year <= 9998:
                raise ValidationError(self.env._("Enter the year with four digits."))

    def action_create_opportunity(self):
        """Open a new opportunity that is linked with this target."""
        self.ensure_one()
        lead = self.env["crm.lead"].create(
            {
                "name": self.env._("Win %s", self.name),
                "type": "opportunity",
                "partner_id": self.partner_id.id,
                "user_id": self.user_id.id,
                "company_id": self.company_id.id,
                "expected_revenue": self.expected_revenue or 0,
            }
        )
        self.opportunity_ids = [fields.Command.link(lead.id)]
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": lead.id,
            "view_mode": "form",
        }


class LogisticsInquest(models.Model):
    """Why a large customer stopped, or complains again and again: causes and what was done."""

    _name = "logistics.inquest"
    _description = "Customer Inquest"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.unknown.last.mixin"]
    _order = "year desc, revenue desc nulls last, id"
    _rec_name = "customer_id"
    _check_company_auto = True

    kind = fields.Selection(
        [("stopped", "Large Customer Stopped"), ("complaints", "Complained Repeatedly")],
        required=True,
        default="stopped",
        index=True,
    )
    year = fields.Integer(
        required=True,
        aggregator=None,
        index=True,
        default=lambda self: fields.Date.context_today(self).year - 1,
        help="The screened year that raised the question.",
    )
    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_id = fields.Many2one(
        "logistics.screening.line",
        string="Screened Customer",
        readonly=True,
        index=True,
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        index=True,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    revenue = KnownMonetary(
        string="Revenue of the Year Before",
        readonly=True,
        help="What the customer bought in its last year with us.",
    )
    revenue_since = KnownMonetary(
        compute="_compute_revenue_since",
        help="Revenue of the last twelve months, from the customer's figures: trading again?",
    )
    cause_side = fields.Selection(
        [("internal", "Internal: ours"), ("external", "External: not ours"), ("both", "Both")],
        string="Cause",
        tracking=True,
    )
    cause = fields.Text(string="What Happened")
    evidence = fields.Text(help="What the finding rests on: who said it, which document shows it.")
    measure = fields.Text(string="Counter-Measure")
    review_date = fields.Date(tracking=True, index="btree_not_null")
    outcome = fields.Selection(
        [
            ("back", "Customer Is Back"),
            ("mended", "Cause Mended"),
            ("accepted", "Loss Accepted"),
            ("unfounded", "No Cause on Our Side"),
        ],
        tracking=True,
    )
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )

    _kind_year_uniq = models.UniqueIndex(
        "(customer_id, year, kind)", "This customer has its inquest for that year already."
    )

    @api.depends("customer_id.revenue_12m")
    def _compute_revenue_since(self):
        for inquest in self:
            inquest.revenue_since = inquest.customer_id.sudo().revenue_12m

    def action_close(self):
        """Close the inquest.

        :raise UserError: without cause, evidence, counter-measure or outcome
        """
        self.check_access("write")
        for inquest in self:
            missing = [
                inquest._fields[name]._description_string(self.env)
                for name in ("cause_side", "cause", "evidence", "measure", "outcome")
                if not inquest[name]
            ]
            if missing:
                raise UserError(
                    self.env._(
                        "%(customer)s: an inquest ends with findings. Still missing: %(fields)s.",
                        customer=inquest.customer_id.display_name,
                        fields=", ".join(missing),
                    )
                )
        self.write({"state": "closed"})
        return True

    def action_reopen(self):
        """Take up the inquest again."""
        self.write({"state": "open"})
        return True

    @api.model
    def _fold_customer(self, src_customer, dst_customer):
        """Move inquests to the surviving account; where both have one, keep both findings."""
        for inquest in self.search([("customer_id", "=", src_customer.id)]):
            twin = self.search(
                [
                    ("customer_id", "=", dst_customer.id),
                    ("year", "=", inquest.year),
                    ("kind", "=", inquest.kind),
                ]
            )
            if not twin:
                inquest.customer_id = dst_customer
                continue
            for name in ("cause", "evidence", "measure"):
                twin[name] = "\n".join(filter(None, (twin[name], inquest[name]))) or False
            inquest.unlink()


class LogisticsScreening(models.Model):
    """The questions a screening raises, as lists that are worked on."""

    _inherit = "logistics.screening"

    inquest_share = fields.Float(
        string="Large Customers for Inquests",
        default=0.5,
        aggregator=None,
        help="Customers that together made this share of last year's revenue and did not trade "
        "in the screened year are asked about.",
    )

    @api.model
    def _open_fields(self):
        return super()._open_fields() | {"inquest_share"}

    def action_open_inquests(self):
        """Open inquests for last year's largest customers that stopped trading, and show them.

        Asked again it adds only what is missing.

        :raise UserError: without figures
        """
        self.ensure_one()
        self._require_figures()
        if self.has_access("write"):
            self._raise_inquests()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_inquest")
        action["domain"] = [("company_id", "=", self.company_id.id), ("year", "=", self.year)]
        return action

    def _raise_inquests(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH placed AS (
                    SELECT id, customer_id, user_id, company_id, revenue_previous, traded,
                           (sum(GREATEST(revenue_previous, 0)) OVER (
                                ORDER BY revenue_previous DESC NULLS LAST, customer_id
                                ROWS UNBOUNDED PRECEDING) - GREATEST(revenue_previous, 0))
                           / NULLIF(sum(GREATEST(revenue_previous, 0)) OVER (), 0) AS place
                      FROM logistics_screening_line
                     WHERE screening_id = %(screening)s AND folded IS NOT TRUE
                )
                INSERT INTO logistics_inquest (
                       kind, year, customer_id, company_id, line_id, user_id, revenue, state,
                       create_uid, create_date, write_uid, write_date)
                SELECT 'stopped', %(year)s, customer_id, company_id, id, user_id,
                       revenue_previous, 'open', %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,
                       now() AT TIME ZONE 'UTC'
                  FROM placed
                 WHERE NOT traded AND revenue_previous > 0 AND place < %(share)s
                    ON CONFLICT (customer_id, year, kind) DO NOTHING
                """,
                screening=self.id,
                year=self.year,
                uid=self.env.uid,
                share=self.inquest_share,
            )
        )
        self.env["logistics.inquest"].invalidate_model()


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    @api.model
    def _folding_models(self):
        return [
            *super()._folding_models(),
            "logistics.inquest",
            "logistics.screening.bridge",
        ]
