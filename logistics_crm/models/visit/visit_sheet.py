# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..complaint.complaint import OPEN_STATES

QUESTIONS = [
    ("product", "Product Quality"),
    ("service", "Service Quality"),
    ("strategy", "Sales Strategy"),
    ("salespeople", "Our Salespeople"),
]


class LogisticsVisitAnswer(models.Model):
    """What a customer's management said to one of the questions of an executive visit.

    A rule for everybody hides the answer about our salespeople from those it is about, whatever
    their other rights.
    """

    _name = "logistics.visit.answer"
    _description = "Executive Visit Answer"
    _order = "visit_id, sequence, id"

    visit_id = fields.Many2one("logistics.visit", required=True, index=True, ondelete="cascade")
    customer_id = fields.Many2one(related="visit_id.customer_id", store=True, index=True)
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)
    question = fields.Selection(QUESTIONS, required=True)
    sequence = fields.Integer(compute="_compute_sequence", store=True)
    rating = fields.Selection(
        [("1", "Very Poor"), ("2", "Poor"), ("3", "Fair"), ("4", "Good"), ("5", "Very Good")],
    )
    text = fields.Text(string="In the Customer's Words")
    about_ids = fields.Many2many(
        "res.users",
        "logistics_visit_answer_about_rel",
        readonly=True,
        help="The salespeople the answer is about: they cannot read it.",
    )

    _question_uniq = models.UniqueIndex(
        "(visit_id, question)", "Each question is answered once per visit."
    )

    @api.depends("question")
    def _compute_sequence(self):
        order = {code: number for number, (code, _name) in enumerate(QUESTIONS)}
        for answer in self:
            answer.sequence = order.get(answer.question, 9)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # Who an answer is about is frozen from the customer's file, never typed.
            vals_list = [{k: v for k, v in vals.items() if k != "about_ids"} for vals in vals_list]
        answers = super().create(vals_list)
        for answer in answers.sudo():
            if answer.question == "salespeople" and not answer.about_ids:
                customer = answer.visit_id.customer_id
                answer.about_ids = customer._representatives()
        return answers

    def write(self, vals):
        if not self.env.su and vals.keys() & {"about_ids", "visit_id", "question"}:
            raise UserError(self.env._("An answer stays with its visit, question and people."))
        return super().write(vals)


class LogisticsVisit(models.Model):
    """The visit sheet: what to know before, what to ask there, what it changed in the file."""

    _inherit = "logistics.visit"

    answer_ids = fields.One2many("logistics.visit.answer", "visit_id", string="Four Questions")
    fact_ids = fields.One2many("logistics.visit.fact", "visit_id", string="What to Ask")
    facts_gained = fields.Integer(
        readonly=True, copy=False, help="Facts of the file newly learned or confirmed."
    )
    observation_ids = fields.One2many(
        "logistics.competitor.observation", "visit_id", string="Competitors Seen"
    )
    promise_ids = fields.Many2many(
        "logistics.payment.promise", string="Open Promises", compute="_compute_know"
    )
    opinion_ids = fields.One2many(
        "logistics.opinion",
        "res_id",
        string="Opinions Raised",
        domain=[("res_model", "=", "logistics.visit")],
        context={"default_res_model": "logistics.visit"},
    )
    open_opinion_ids = fields.Many2many(
        "logistics.opinion", string="Open Opinions", compute="_compute_know"
    )
    complaint_ids = fields.Many2many(
        "logistics.complaint", string="Open Complaints", compute="_compute_know"
    )
    order_ids = fields.Many2many("sale.order", string="Recent Orders", compute="_compute_know")
    last_visit_ids = fields.Many2many(
        "logistics.visit", string="Last Touches", compute="_compute_know"
    )
    arrears_state = fields.Selection(
        [("none", "Nothing Overdue"), ("overdue", "Overdue"), ("unknown", "Unknown")],
        string="Arrears",
        compute="_compute_know",
        help="Whether anything is overdue. The amount is for controllers and managers.",
    )

    @api.depends("customer_id")
    def _compute_know(self):
        opinions = self.env["logistics.opinion"]
        complaints = self.env["logistics.complaint"]
        orders = self.env["sale.order"]
        for visit in self:
            customer = visit.customer_id.sudo()
            visit.open_opinion_ids = opinions.search(
                [("customer_id", "=", customer.id), ("state", "=", "open")], limit=10
            )
            visit.complaint_ids = complaints.search(
                [("customer_id", "=", customer.id), ("state", "in", OPEN_STATES)], limit=10
            )
            visit.order_ids = orders.search(
                [
                    ("partner_id.commercial_partner_id", "=", customer.partner_id.id),
                    ("company_id", "=", customer.company_id.id),
                    ("state", "=", "sale"),
                ],
                order="date_order desc",
                limit=5,
            )
            visit.last_visit_ids = self.search(
                [
                    ("customer_id", "=", customer.id),
                    ("state", "=", "done"),
                    ("id", "!=", visit._origin.id),
                ],
                order="done_date desc, id desc",
                limit=5,
            )
            visit.promise_ids = self.env["logistics.payment.promise"].search(
                [("customer_id", "=", customer.id), ("state", "=", "open")], limit=5
            )
            overdue = customer.overdue_amount
            visit.arrears_state = (
                "unknown" if overdue is False else "overdue" if overdue > 0 else "none"
            )

    @api.model
    def _sheet_questions(self):
        """The questions of an executive visit as (code, label in the user's language)."""
        return (
            self.env["logistics.visit.answer"]._fields["question"]._description_selection(self.env)
        )

    def action_prepare_sheet(self):
        """Put what is missing or stale in the customer's file on the sheet, and open it.

        The four questions of an executive visit are added too. Prepared again, it adds what is
        missing and keeps what was filled in.
        """
        for visit in self._act(("planned", "missed", "done"), self.env._("Cancelled:")):
            visit._prepare_sheet()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.visit",
            "res_id": self[:1].id,
            "view_mode": "form",
            "views": [
                (self.env.ref("logistics_crm.visit_view_form_sheet").id, "form"),
            ],
            "name": self.env._("Visit Sheet"),
        }

    def _prepare_sheet(self):
        self.ensure_one()
        have = set(self.fact_ids.mapped("fact_key"))
        facts = [
            {"visit_id": self.id, **values}
            for values in self.env["logistics.visit.fact"]._wanted(self.customer_id)
            if values["fact_key"] not in have
        ]
        self.env["logistics.visit.fact"].create(facts)
        if self.kind == "executive":
            asked = set(self.answer_ids.mapped("question"))
            self.env["logistics.visit.answer"].create(
                [
                    {"visit_id": self.id, "question": code}
                    for code, _label in QUESTIONS
                    if code not in asked
                ]
            )

    def action_print_sheet(self):
        """Print the sheet as PDF."""
        self.check_access("read")
        for visit in self.sudo():
            if visit.state in ("planned", "missed"):
                visit._prepare_sheet()
        return self.env.ref("logistics_crm.action_report_visit_sheet").report_action(self)

    def _apply_sheet(self):
        result = super()._apply_sheet()
        for visit in self:
            visit.fact_ids._apply()
        return result
