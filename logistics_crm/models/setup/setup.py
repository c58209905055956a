# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError

STEPS = [
    ("history", "History"),
    ("grades", "Grade Rules"),
    ("visits", "Visit Plans"),
    ("users", "Users"),
    ("done", "Ready"),
]
_CODES = [code for code, _label in STEPS]


class LogisticsSetup(models.Model):
    """The first steps of a company, from installed to first figures.

    One record a company: it can be left and continued, and every step can be done again. Whether
    a step is done is read from the company's data, never ticked.
    """

    _name = "logistics.setup"
    _description = "First Steps"
    _inherit = ["logistics.readonly.mixin"]
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    step = fields.Selection(STEPS, default="history", required=True)
    finished = fields.Boolean(help="The front page does not remind of the first steps any more.")

    history_count = fields.Integer(string="Rows of History", compute="_compute_facts")
    customer_count = fields.Integer(string="Customers", compute="_compute_facts")
    figures_as_of = fields.Date(string="Figures of", compute="_compute_facts")
    first_trade_date = fields.Date(string="First Trade", compute="_compute_facts")
    last_trade_date = fields.Date(string="Last Trade", compute="_compute_facts")
    plan_count = fields.Integer(string="Visit Plans", compute="_compute_facts")
    unassigned_count = fields.Integer(
        string="Customers Without a Representative", compute="_compute_facts"
    )
    credit_control = fields.Char(string="Credit Control Is", compute="_compute_facts")

    done_history = fields.Boolean(string="Customers and trade are in", compute="_compute_done")
    done_figures = fields.Boolean(string="Figures are computed", compute="_compute_done")
    done_grades = fields.Boolean(string="Grade rules are chosen", compute="_compute_done")
    done_visits = fields.Boolean(string="Visit plans are written", compute="_compute_done")
    done_users = fields.Boolean(string="Customers have representatives", compute="_compute_done")
    done_count = fields.Integer(compute="_compute_done")
    step_count = fields.Integer(compute="_compute_done")

    preset = fields.Selection(
        [("cautious", "Cautious"), ("balanced", "Balanced"), ("lenient", "Lenient")],
        string="Rules",
        default="balanced",
        help="Cautious gives good grades to few, lenient to many. Nothing changes before you "
        "take the rules.",
    )
    applied_preset = fields.Selection(
        [("cautious", "Cautious"), ("balanced", "Balanced"), ("lenient", "Lenient")],
        string="Rules Taken",
        readonly=True,
        copy=False,
    )
    applied_on = fields.Date(string="Taken On", readonly=True, copy=False)
    previewed_on = fields.Date(string="Preview of", readonly=True, copy=False)
    preview = fields.Json(readonly=True, copy=False)
    preview_html = fields.Html(string="Who Lands Where", compute="_compute_preview_html")
    preview_ids = fields.One2many(
        "logistics.setup.preview", "setup_id", string="Decided by the Choice", readonly=True
    )

    _company_uniq = models.UniqueIndex(
        "(company_id)", "The first steps of this company have been begun already: go on with them."
    )

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for setup in self:
            setup.display_name = self.env._("First Steps: %s", setup.company_id.name)

    # ------------------------------------------------------------------ what there is
    @api.depends("company_id")
    def _compute_facts(self):
        for setup in self:
            ours = [("company_id", "=", setup.company_id.id)]
            accounts = self.env["logistics.customer"].sudo()
            setup.history_count = self.env["logistics.trading.history"].sudo().search_count(ours)
            [(setup.customer_count, first, last, as_of)] = accounts._read_group(
                ours,
                [],
                ["__count", "first_trade_date:min", "last_trade_date:max", "figures_as_of:min"],
            )
            setup.first_trade_date, setup.last_trade_date = first, last
            setup.figures_as_of = as_of
            setup.unassigned_count = accounts.search_count([*ours, ("user_id", "=", False)])
            setup.plan_count = self.env["logistics.visit.plan"].sudo().search_count(ours)
            company = setup.company_id.sudo()
            setup.credit_control = dict(
                company._fields["logistics_credit_control"]._description_selection(self.env)
            ).get(company.logistics_credit_control)

    @api.depends("company_id", "applied_on")
    def _compute_done(self):
        policies = self.env["logistics.credit.policy"].sudo()
        for setup in self:
            policy = policies.search([("company_id", "=", setup.company_id.id)], limit=1)
            setup.done_history = bool(setup.customer_count and setup.first_trade_date)
            setup.done_figures = bool(setup.figures_as_of)
            setup.done_grades = bool(setup.applied_on or policy.version > 1)
            setup.done_visits = bool(setup.plan_count)
            setup.done_users = bool(
                setup.customer_count and setup.unassigned_count < setup.customer_count
            )
            marks = [setup[name] for name in self._done_names()]
            setup.done_count, setup.step_count = sum(marks), len(marks)

    @api.model
    def _done_names(self):
        return ("done_history", "done_figures", "done_grades", "done_visits", "done_users")

    # ------------------------------------------------------------------ opening, going on
    @api.model
    def _for_company(self, company):
        """The first steps of a company, begun when there are none; with superuser rights."""
        setups = self.sudo()
        return setups.search([("company_id", "=", company.id)], limit=1) or setups.create(
            {"company_id": company.id, "preset": "balanced", "step": "history"}
        )

    @api.model
    def action_open(self):
        """Open the first steps of the current company where they were left.

        :raise AccessError: for users who are no managers
        """
        self.check_access("create")
        return self._for_company(self.env.company)._reopen()

    def _reopen(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
            "name": self.env._("First Steps"),
        }

    def _go(self, step):
        self.check_access("write")
        self.step = _CODES[max(0, min(_CODES.index(self.step) + step, len(_CODES) - 1))]
        return True

    def action_next(self):
        """Go on with the next step; nothing is asked for, steps may be left out."""
        return self._go(1)

    def action_back(self):
        """Go back to the step before."""
        return self._go(-1)

    def action_finish(self):
        """End the first steps and open the front page."""
        self.check_access("write")
        self.finished = True
        return self.env["ir.actions.actions"]._for_xml_id("logistics_crm.action_front_page")

    # ------------------------------------------------------------------ history and figures
    def action_import(self):
        """Open the import of the trading history for this company."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "logistics_crm.action_trading_history_import"
        )
        action["context"] = {"default_company_id": self.company_id.id}
        return action

    def action_refresh(self):
        """Compute the figures of this company now, and its portfolio.

        :raise AccessError: for users who are no managers
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("logistics_crm.group_manager"):
            raise AccessError(self.env._("Only managers have the figures computed."))
        company = self.company_id
        self.env["logistics.customer"].sudo().with_company(company)._refresh_figures(
            company=company
        )
        self.env["logistics.portfolio.run"]._refresh_night(company)
        return True

    # ------------------------------------------------------------------ visits, customers
    def action_create_plans(self):
        """Write the usual visit plans; nothing is added when there are plans."""
        self.ensure_one()
        self.env["logistics.visit.plan"].with_company(self.company_id).action_create_usual()
        return True

    def action_open_plans(self):
        """Open the visit plans."""
        return self.env["ir.actions.actions"]._for_xml_id("logistics_crm.action_visit_plan")

    def action_open_unassigned(self):
        """Open the customers without a representative, to give them to somebody."""
        action = self.env["ir.actions.actions"]._for_xml_id("logistics_crm.action_customer")
        action["domain"] = [("company_id", "=", self.company_id.id), ("user_id", "=", False)]
        action["context"] = {}
        return action


class LogisticsFrontPage(models.AbstractModel):
    """The front page reminds managers of first steps that are not done."""

    _inherit = "logistics.front.page"

    @api.model
    def _setup_state(self, role):
        setups = self.env["logistics.setup"]
        if not setups.has_access("create"):
            return super()._setup_state(role)
        ours = [("company_id", "=", self.env.company.id)]
        setup = setups.sudo().search(ours, limit=1) or setups.sudo().new(
            {"company_id": self.env.company.id}
        )
        return {
            "open": not setup.finished and setup.done_count < setup.step_count,
            "done": setup.done_count,
            "total": setup.step_count,
        }
