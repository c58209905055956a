# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models

from ...complaint_words import OPEN_STATES

BATCH = 200


class LogisticsComplaintEscalation(models.Model):
    """One step of the chain: who is told how long before or after a term has passed."""

    _name = "logistics.complaint.escalation"
    _description = "Complaint Escalation"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for every company."
    )
    term = fields.Selection(
        [("answer", "First Answer"), ("solution", "Solution")], required=True, default="answer"
    )
    hours = fields.Float(
        string="Working Hours Late",
        help="After the term has passed; negative: before. 0: at once.",
    )
    who = fields.Selection(
        [
            ("handler", "Handler"),
            ("representative", "Representative of the Customer"),
            ("department", "Head of the Department"),
            ("user", "A Person"),
            ("executive", "Executive for Complaints"),
        ],
        required=True,
        default="handler",
        help="The executive is named in the settings.",
    )
    user_id = fields.Many2one("res.users", string="Person", domain="[('share', '=', False)]")

    _person_named = models.Constraint(
        "CHECK (who <> 'user' OR user_id IS NOT NULL)", "Name the person."
    )

    def _told(self, complaint):
        """Who is told of this complaint; falls back on whoever is nearer to it."""
        complaint = complaint.sudo()
        candidates = {
            "handler": complaint.user_id,
            "representative": complaint.customer_id.user_id,
            "department": complaint.department_id.user_id,
            "user": self.user_id,
            "executive": complaint.company_id.logistics_complaint_executive_id,
        }
        order = [self.who, "department", "handler", "representative"]
        for who in order:
            user = candidates[who].filtered(
                lambda user: user.active and complaint.company_id in user.company_ids
            )
            if user:
                return user
        return self.env["res.users"]


class LogisticsComplaintEscalationLog(models.Model):
    """That somebody was told, and when."""

    _name = "logistics.complaint.escalation.log"
    _description = "Complaint Escalated"
    _order = "date desc, id desc"

    complaint_id = fields.Many2one(
        "logistics.complaint", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    escalation_id = fields.Many2one(
        "logistics.complaint.escalation", string="Step", index="btree_not_null", ondelete="set null"
    )
    user_id = fields.Many2one("res.users", string="Told", index="btree_not_null")
    date = fields.Datetime(default=fields.Datetime.now, required=True)
    round = fields.Integer(help="0 at first, then the number of times it was reopened.")

    _once_uniq = models.UniqueIndex(
        "(complaint_id, escalation_id, round) WHERE escalation_id IS NOT NULL"
    )


class LogisticsComplaint(models.Model):
    _inherit = "logistics.complaint"

    next_escalation_id = fields.Many2one(
        "logistics.complaint.escalation", readonly=True, copy=False, index="btree_not_null"
    )
    next_escalation_at = fields.Datetime(readonly=True, copy=False, index="btree_not_null")
    escalation_log_ids = fields.One2many(
        "logistics.complaint.escalation.log", "complaint_id", string="Escalations", readonly=True
    )
    escalation_count = fields.Integer(string="Times Escalated", readonly=True, copy=False)
    escalated_to_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The last one who was told that a term is passing.",
    )

    def _plan_escalation(self):
        """Find the next step of the chain for each complaint, or none."""
        steps = (
            self.env["logistics.complaint.escalation"]
            .sudo()
            .search([("company_id", "in", [*self.company_id.ids, False])])
        )
        for complaint in self.sudo():
            done = complaint.escalation_log_ids.filtered(
                lambda log, complaint=complaint: log.round == complaint.reopen_count
            ).escalation_id
            plans = []
            if complaint.state in OPEN_STATES and not complaint.answered_at:
                for step in steps - done:
                    if step.company_id and step.company_id != complaint.company_id:
                        continue
                    if step.term == "answer" and complaint.first_answer_at:
                        continue
                    if due := complaint[f"{step.term}_due"]:
                        moment = complaint._working_time(due, step.hours)
                        plans.append((moment, step.sequence, step))
            none = (False, 0, steps.browse())
            moment, _sequence, step = min(plans, key=lambda plan: plan[:2], default=none)
            if (complaint.next_escalation_at, complaint.next_escalation_id) != (moment, step):
                complaint._step().write(
                    {"next_escalation_at": moment, "next_escalation_id": step.id}
                )

    @api.model
    def _cron_escalate(self):
        """Tell everyone whose turn it is, batch by batch; may be killed and started again."""
        domain = fields.Domain("next_escalation_at", "<=", fields.Datetime.now()) & fields.Domain(
            "state", "in", OPEN_STATES
        )
        while complaints := self.search(domain, order="next_escalation_at, id", limit=BATCH):
            complaints._escalate()
            left = self.search_count(domain)
            if not self.env["ir.cron"]._commit_progress(len(complaints), remaining=left):
                break

    def _escalate(self):
        """Tell the next one of the chain: an activity, a line in the log, a note in the chatter."""
        kind = self.env.ref("logistics_crm.activity_complaint_escalated")
        model_id = self.env["ir.model"]._get_id(self._name)
        today = fields.Date.context_today(self)
        logs, activities, notes = [], [], {}
        for complaint in self.sudo():
            step = complaint.next_escalation_id
            user = step._told(complaint)
            logs.append(
                {
                    "complaint_id": complaint.id,
                    "escalation_id": step.id,
                    "user_id": user.id,
                    "round": complaint.reopen_count,
                }
            )
            if user:
                activities.append(
                    {
                        "res_model_id": model_id,
                        "res_id": complaint.id,
                        "activity_type_id": kind.id,
                        "summary": step.name,
                        "date_deadline": today,
                        "user_id": user.id,
                        "automated": False,
                    }
                )
                notes[complaint.id] = self.env._(
                    "Escalated: %(step)s. %(user)s was told.", step=step.name, user=user.name
                )
                values = {"escalation_count": complaint.escalation_count + 1}
                if step.who != "handler":
                    values["escalated_to_id"] = user.id
                complaint._step().write(values)
            else:
                notes[complaint.id] = self.env._(
                    "Escalated: %(step)s. Nobody is named for it: see the settings.",
                    step=step.name,
                )
        self.env["logistics.complaint.escalation.log"].sudo().create(logs)
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            activities
        )
        self.browse(notes).sudo()._message_log_batch(bodies=notes)
        self._plan_escalation()
