# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models

from ...complaint_words import OPEN_STATES, SEVERITIES
from ..customer.logistics_customer import VALUE_CLASSES


class LogisticsComplaintTerm(models.Model):
    """In how many working hours a complaint of a severity is answered and solved."""

    _name = "logistics.complaint.term"
    _description = "Complaint Terms"
    _order = "company_id, sequence, id"
    _rec_name = "severity"

    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: companies without terms of their own."
    )
    severity = fields.Selection(SEVERITIES, required=True)
    value_class = fields.Selection(
        VALUE_CLASSES, help="Terms of one class only. Empty: everybody else's."
    )
    answer_hours = fields.Float(
        string="First Answer Within (Hours)", required=True, help="Working hours."
    )
    solution_hours = fields.Float(string="Solved Within (Hours)", required=True)

    around_the_clock = fields.Boolean(
        help="The hours run at night and on days off, too. Otherwise they are working hours."
    )

    _severity_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), severity, COALESCE(value_class, ''))",
        "This severity has its terms already.",
    )
    _hours_sane = models.Constraint(
        "CHECK (answer_hours > 0 AND solution_hours >= answer_hours)",
        "Terms are longer than nothing, and a solution comes after the first answer.",
    )

    @api.model
    def _of(self, company, severity, value_class=False):
        """The terms of a severity: those of the company and the value class before others.

        :return: ``logistics.complaint.term``, empty without terms
        """
        return self.sudo().search(
            [
                ("severity", "=", severity),
                ("company_id", "in", (company.id, False)),
                ("value_class", "in", (value_class, False)),
            ],
            order="value_class NULLS LAST, company_id NULLS LAST",
            limit=1,
        )


class LogisticsComplaint(models.Model):
    """The two terms of a complaint: by severity, never worse than what everyone is promised."""

    _inherit = "logistics.complaint"

    answer_due = fields.Datetime(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The customer hears from us by then. Working hours by severity, and no later than "
        "the service floor or a programme promises.",
    )
    solution_due = fields.Datetime(
        readonly=True, copy=False, index="btree_not_null", help="Answered in substance by then."
    )
    first_answer_at = fields.Datetime(
        string="First Answered",
        readonly=True,
        copy=False,
        help="When the customer first heard from us: a message, the answer, or told by phone.",
    )
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")
    due_next = fields.Datetime(
        string="Next Deadline",
        compute="_compute_due_next",
        store=True,
        index="btree_not_null",
        help="The first answer until it was given, then the solution.",
    )

    @api.depends("answer_due", "solution_due", "first_answer_at", "answered_at", "state")
    def _compute_due_next(self):
        for complaint in self:
            if complaint.state not in OPEN_STATES or complaint.answered_at:
                complaint.due_next = False
            elif complaint.first_answer_at:
                complaint.due_next = complaint.solution_due
            else:
                complaint.due_next = complaint.answer_due or complaint.solution_due

    @api.depends("due_next")
    def _compute_overdue(self):
        now = fields.Datetime.now()
        for complaint in self:
            complaint.overdue = bool(complaint.due_next and complaint.due_next < now)

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = fields.Domain("due_next", "<", fields.Datetime.now())
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        return late if True in value else ~late

    # ------------------------------------------------------------------ terms
    def _working_time(self, start, hours):
        """The moment some working hours after (before, when negative) another one, UTC naive."""
        if not hours:
            # asked for no time at all, a calendar answers with the next working morning
            return start
        calendar = self.company_id._complaint_calendar()
        found = calendar and calendar.plan_hours(hours, start, compute_leaves=True)
        return found or start + timedelta(hours=hours)

    def _term_time(self, start, hours, term):
        """The moment the hours of a term are over."""
        if term.around_the_clock:
            return start + timedelta(hours=hours)
        return self._working_time(start, hours)

    def _promised(self):
        """What the customer is promised: hours to an answer, days to the end; None: nothing."""
        customer = self.customer_id.sudo()
        if customer:
            hours, days = customer.service_response_hours, customer.service_complaint_days
        else:
            # the floor is for everyone, also for a sender nobody has recognised yet
            floor = (
                self.env["logistics.service.floor"]
                .sudo()
                .search([("company_id", "=", self.company_id.id)], limit=1)
            )
            hours, days = floor.response_hours, floor.complaint_days
        return hours or None, days or None

    def _set_terms(self, start=None):
        """Set both deadlines anew.

        :param start: when the terms begin; the receipt when None
        """
        for complaint in self:
            begin = start or complaint.received_at
            term = self.env["logistics.complaint.term"]._of(
                complaint.company_id, complaint.severity, complaint.customer_id.sudo().value_class
            )
            promised_hours, promised_days = complaint._promised()
            answers, solutions = [], []
            if term:
                answers.append(complaint._term_time(begin, term.answer_hours, term))
                solutions.append(complaint._term_time(begin, term.solution_hours, term))
            if promised_hours:
                answers.append(complaint._working_time(begin, promised_hours))
            if promised_days:
                solutions.append(begin + timedelta(days=promised_days))
            complaint._step().write(
                {
                    "answer_due": min(answers, default=False),
                    "solution_due": min(solutions, default=False),
                }
            )
        self._plan_escalation()

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._set_terms()
        complaints._follow_handler()
        return complaints

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"severity", "customer_id", "type_id"} and "state" not in vals:
            waiting = self.filtered(lambda c: c.state in OPEN_STATES and not c.answered_at)
            waiting.filtered(lambda c: not c.reopen_count)._set_terms()
        if vals.keys() & {"user_id", "state", "first_answer_at"}:
            self._follow_handler()
        return result

    def _move_to(self, state, sources, **values):
        if state == "answered" or values.get("answered_at"):
            values.setdefault("first_answer_at", self[:1].first_answer_at or fields.Datetime.now())
        result = super()._move_to(state, sources, **values)
        if "reopen_count" in values:
            self._step().write({"first_answer_at": False})
            self._set_terms(fields.Datetime.now())
        else:
            self._plan_escalation()
        return result

    def action_told(self):
        """The customer heard from us in another way: by phone, at a visit."""
        self.check_access("write")
        for complaint in self.filtered(lambda c: not c.first_answer_at and c.state in OPEN_STATES):
            complaint._step().write({"first_answer_at": fields.Datetime.now()})
            complaint._plan_escalation()
        return True

    def _message_post_after_hook(self, message, msg_values):
        """The first message of ours that the customer can read is the first answer."""
        result = super()._message_post_after_hook(message, msg_values)
        if (
            not self.first_answer_at
            and self.state in OPEN_STATES
            and message.message_type == "comment"
            and not message.is_internal
            and not message.subtype_id.internal
            and message.author_id.user_ids.filtered(lambda user: not user.share)
        ):
            self.sudo()._step().write({"first_answer_at": fields.Datetime.now()})
            self.sudo()._plan_escalation()
        return result

    def _follow_handler(self):
        """Keep one activity of the handler for each complaint that waits for an answer."""
        if self.env.context.get("logistics_no_activities"):
            return
        for complaint in self.sudo().with_context(mail_activity_quick_update=True):
            kind = "logistics_crm.activity_complaint"
            activity = complaint.activity_ids.filtered("automated")[:1]
            waiting = complaint.state in OPEN_STATES and not complaint.answered_at
            if not waiting or not complaint.user_id:
                complaint.activity_unlink([kind])
                continue
            due = complaint.due_next or complaint.received_at or fields.Datetime.now()
            day = fields.Datetime.context_timestamp(complaint, due).date()
            if not activity:
                complaint.activity_schedule(
                    kind,
                    date_deadline=day,
                    summary=complaint.name,
                    user_id=complaint.user_id.id,
                )
            elif (activity.user_id, activity.date_deadline) != (complaint.user_id, day):
                activity.write({"user_id": complaint.user_id.id, "date_deadline": day})
